//! A reply, as a proxy and as a client see it: none is believed under a nonce that it can't know.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use scep::{CaCertificates, Capabilities, Enrolment, Identity, RsaKey};

static CLIENT: LazyLock<Enrolment> = LazyLock::new(|| {
    let ca = CaCertificates::parse(include_bytes!("../fixtures/ca.certificate.der")).unwrap();
    let signer = Identity {
        certificate: include_bytes!("../fixtures/device.certificate.der").to_vec(),
        key: RsaKey::from_pkcs8(include_bytes!("../fixtures/device.key.der")).unwrap(),
    };
    let csr = include_bytes!("../fixtures/device.csr.der");
    let mut client = Enrolment::new(ca, &Capabilities::default(), csr, signer).unwrap();
    client.write_request().unwrap();
    client
});

fuzz_target!(|octets: &[u8]| {
    let _ = scep::peek_reply(octets);
    assert!(CLIENT.read_reply(octets).is_err());
});
