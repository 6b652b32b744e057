//! A request, as a server opens it; and the octets as a PKCS#10 in an envelope that is right.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use scep::{CaCertificates, Capabilities, Enrolment, Identity, MessageType, Policy, RsaKey, open_request};

static CA: LazyLock<Identity> = LazyLock::new(|| Identity {
    certificate: include_bytes!("../fixtures/ca.certificate.der").to_vec(),
    key: RsaKey::from_pkcs8(include_bytes!("../fixtures/ca.key.der")).unwrap(),
});
static DEVICE: LazyLock<Identity> = LazyLock::new(|| Identity {
    certificate: include_bytes!("../fixtures/device.certificate.der").to_vec(),
    key: RsaKey::from_pkcs8(include_bytes!("../fixtures/device.key.der")).unwrap(),
});

fuzz_target!(|octets: &[u8]| {
    let policy = Policy {
        permits_md5: true,
        permits_single_des: true,
        ..Policy::default()
    };
    if let Ok(opened) = open_request(octets, &CA, &policy) {
        assert_ne!(opened.summary().message_type, MessageType::CertRep);
        let _ = (opened.challenge(), opened.is_for_signers_key());
    }
    let ca = CaCertificates::from_certificates([CA.certificate.clone()]).unwrap();
    if let Ok(mut client) = Enrolment::new(ca, &Capabilities::default(), octets, DEVICE.clone()) {
        let opened = open_request(&client.write_request().unwrap(), &CA, &policy).unwrap();
        assert!(octets.starts_with(opened.csr().unwrap()));
        let _ = (opened.challenge(), opened.is_for_signers_key());
    }
});
