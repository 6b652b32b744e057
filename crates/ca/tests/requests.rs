//! Requests of real devices, of OpenSSL, and hostile ones.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail"
)]

mod world;

use ca::{CertificateRequest, Error, Finding, Order, Profile, Subject, serial};
use proptest::prelude::*;
use tempfile::tempdir;
use world::{DAY, NOW, issue, openssl_agrees, openssl_request, root, write, write_certificate};

const WINDOWS: &[u8] = include_bytes!("fixtures/windows-10-19043.pkcs10.der");

const PLAIN: &str = "[req]\nprompt=no\ndistinguished_name=dn\n[dn]\nCN=device\n";
const RSA: &str = "RSA -pkeyopt rsa_keygen_bits:2048";

const ASKING: &str = "[req]
prompt=no
distinguished_name=dn
attributes=att
req_extensions=ext
utf8=yes
string_mask=utf8only
[dn]
O=Sceau
CN=Zoé
[att]
challengePassword=9F86D081884C7D65
[ext]
basicConstraints=critical,CA:TRUE
keyUsage=digitalSignature,keyCertSign,cRLSign
extendedKeyUsage=clientAuth,1.3.6.1.5.5.8.2.2
subjectAltName=@names
[names]
DNS.1=a.example
URI.1=tag:microsoft.com,2022-09-14:sid:S-1-5-21-1
";

#[test]
fn the_request_of_a_real_windows_device_is_read() {
    let request = CertificateRequest::read(WINDOWS).unwrap();
    let name = "BA405A5D-B1C7-4737-81C8-8F379A!1E08C6E95D8BB843B1278FF45BC60CC6";
    assert_eq!(request.common_name(), Some(name));
    assert_eq!(request.common_name_as_sent(), Some(format!("{name}\0").as_str()));
    assert!(request.signature_is_valid());
    assert_eq!(request.key_bits(), 2048);
    assert_eq!(request.challenge_password(), None);
    assert_eq!(request.key_usage(), None);
    let oid = ca::ObjectIdentifier::parse("1.3.6.1.4.1.311.66.1.0").unwrap();
    assert_eq!(
        request.requested_extension(&oid),
        Some(&b"1E08C6E95D8BB843B1278FF45BC60CC6\0"[..])
    );
}

#[test]
fn the_key_of_a_real_windows_device_gets_a_certificate_with_our_subject() {
    let folder = tempdir().unwrap();
    let root = root();
    let request = CertificateRequest::read(WINDOWS).unwrap();
    let subject = Subject::common_name("1E08C6E95D8BB843B1278FF45BC60CC6");
    let serial = serial::random().unwrap();
    let order = Order::new(
        Profile::device_identity(),
        subject,
        request.public_key(),
        serial,
        NOW,
        NOW + DAY * 90,
    );
    write_certificate(folder.path(), "device.pem", &issue(&root, order).der);
    write_certificate(folder.path(), "root.pem", root.certificate());
    let at = (NOW + DAY).to_string();
    openssl_agrees(
        folder.path(),
        &["verify", "-attime", &at, "-CAfile", "root.pem", "device.pem"],
    );
}

#[test]
fn the_subject_of_a_real_windows_device_can_be_copied_as_it_came() {
    let root = root();
    let request = CertificateRequest::read(WINDOWS).unwrap();
    let subject = Subject::Raw(request.subject().to_vec());
    let profile = Profile::from_request(&request);
    let serial = serial::random().unwrap();
    let issued = issue(
        &root,
        Order::new(profile, subject, request.public_key(), serial, NOW, NOW + DAY),
    );
    let holds = |part: &[u8]| issued.der.windows(part.len()).any(|window| window == part);
    assert!(holds(request.subject()) && holds(request.public_key()));
}

#[test]
fn the_other_identifier_of_sha1_with_rsa_counts_as_well() {
    // The same signature under sha1WithRSAEncryption (1.2.840.113549.1.1.5) instead of 1.3.14.3.2.29.
    let oiw = [0x30, 9, 6, 5, 0x2b, 0x0e, 3, 2, 29, 5, 0];
    let pkcs1 = [0x30, 13, 6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 5, 5, 0];
    let start = WINDOWS
        .windows(oiw.len())
        .position(|window| window == oiw)
        .unwrap();
    let mut changed = [&WINDOWS[..start], &pkcs1, &WINDOWS[start + oiw.len()..]].concat();
    let length = u16::try_from(changed.len() - 4).unwrap().to_be_bytes();
    changed[2..4].copy_from_slice(&length);
    assert!(CertificateRequest::read(&changed).unwrap().signature_is_valid());
}

#[test]
fn a_request_signed_with_pss_proves_possession() {
    let folder = tempdir().unwrap();
    openssl_request(folder.path(), RSA, PLAIN);
    for digest in ["-sha256", "-sha384", "-sha512"] {
        let line = format!(
            "req -new -key key.pem -config request.cnf -outform DER -out pss.der {digest} \
             -sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:digest"
        );
        openssl_agrees(folder.path(), &line.split_whitespace().collect::<Vec<_>>());
        let mut request = std::fs::read(folder.path().join("pss.der")).unwrap();
        assert!(CertificateRequest::read(&request).unwrap().signature_is_valid());
        *request.last_mut().unwrap() ^= 1;
        assert!(!CertificateRequest::read(&request).unwrap().signature_is_valid());
    }
}

#[test]
fn what_openssl_asks_for_is_seen() {
    let folder = tempdir().unwrap();
    let request = CertificateRequest::read(&openssl_request(folder.path(), RSA, ASKING)).unwrap();
    assert_eq!(request.common_name(), Some("Zoé"));
    assert_eq!(request.challenge_password(), Some("9F86D081884C7D65"));
    assert_eq!(request.key_usage(), Some(ca::KeyUsage::DIGITAL_SIGNATURE));
    let usages: Vec<String> = request
        .extended_key_usages()
        .iter()
        .map(ToString::to_string)
        .collect();
    assert_eq!(usages, ["1.3.6.1.5.5.7.3.2", "1.3.6.1.5.5.8.2.2"]);
    assert_eq!(request.subject_alternative_names().len(), 2);
    assert!(request.signature_is_valid());
}

#[test]
fn a_request_to_be_an_authority_is_never_copied() {
    let folder = tempdir().unwrap();
    let root = root();
    let request = CertificateRequest::read(&openssl_request(folder.path(), RSA, ASKING)).unwrap();
    let subject = Subject::Raw(request.subject().to_vec());
    let serial = serial::random().unwrap();
    let profile = Profile::from_request(&request);
    let mut order = Order::new(
        profile,
        subject,
        request.public_key(),
        serial,
        NOW,
        NOW + DAY * 90,
    );
    order.names = request.subject_alternative_names();
    write_certificate(folder.path(), "issued.pem", &issue(&root, order).der);
    write_certificate(folder.path(), "root.pem", root.certificate());
    let text = openssl_agrees(folder.path(), &["x509", "-in", "issued.pem", "-noout", "-text"]);
    assert!(text.contains("CA:FALSE") && !text.contains("CA:TRUE"), "{text}");
    assert!(
        !text.contains("Certificate Sign") && !text.contains("CRL Sign"),
        "{text}"
    );
    assert!(
        text.contains("DNS:a.example, URI:tag:microsoft.com,2022-09-14:sid:S-1-5-21-1"),
        "{text}"
    );
    let at = (NOW + DAY).to_string();
    openssl_agrees(
        folder.path(),
        &[
            "verify",
            "-x509_strict",
            "-attime",
            &at,
            "-CAfile",
            "root.pem",
            "issued.pem",
        ],
    );
}

#[test]
fn possession_of_keys_on_curves_is_proved_too() {
    let folder = tempdir().unwrap();
    for (curve, bits) in [("P-256", 256), ("P-384", 384)] {
        let kind = format!("EC -pkeyopt ec_paramgen_curve:{curve}");
        let request = CertificateRequest::read(&openssl_request(folder.path(), &kind, PLAIN)).unwrap();
        assert!(request.signature_is_valid(), "{curve}");
        assert_eq!(request.key_bits(), bits);
    }
}

#[test]
fn small_keys_and_weak_exponents_get_no_certificate() {
    let folder = tempdir().unwrap();
    let root = root();
    let finding = |kind: &str| {
        let request = CertificateRequest::read(&openssl_request(folder.path(), kind, PLAIN)).unwrap();
        assert!(request.signature_is_valid());
        let subject = Subject::common_name("device");
        let serial = serial::random().unwrap();
        let order = Order::new(
            Profile::from_request(&request),
            subject,
            request.public_key(),
            serial,
            NOW,
            NOW + DAY,
        );
        root.prepare(order).unwrap().lint().err()
    };
    assert_eq!(
        finding("RSA -pkeyopt rsa_keygen_bits:1024"),
        Some(Error::Lint(Finding::KeyTooSmall {
            bits: 1024,
            smallest: 2048
        }))
    );
    assert_eq!(
        finding("RSA -pkeyopt rsa_keygen_bits:2048 -pkeyopt rsa_keygen_pubexp:3"),
        Some(Error::Lint(Finding::WeakExponent { exponent: 3 }))
    );
}

#[test]
fn a_broken_self_signature_proves_nothing() {
    let mut broken = WINDOWS.to_vec();
    *broken.last_mut().unwrap() ^= 1;
    assert!(!CertificateRequest::read(&broken).unwrap().signature_is_valid());
    let mut other_name = WINDOWS.to_vec();
    other_name[30] ^= 1;
    assert!(
        !CertificateRequest::read(&other_name)
            .unwrap()
            .signature_is_valid()
    );
}

#[test]
fn a_request_cut_anywhere_is_refused() {
    for length in 0..WINDOWS.len() {
        assert!(CertificateRequest::read(&WINDOWS[..length]).is_err(), "{length}");
    }
}

#[test]
fn blank_space_after_the_request_passes_and_more_does_not() {
    assert!(CertificateRequest::read(&[WINDOWS, b"\r\n\0"].concat()).is_ok());
    assert!(CertificateRequest::read(&[WINDOWS, WINDOWS].concat()).is_err());
}

#[test]
fn oversized_and_absurd_lengths_are_refused() {
    let oversized = CertificateRequest::read(&vec![0x30; 65_537]);
    assert!(matches!(oversized, Err(Error::TooLarge { length: 65_537, .. })));
    for absurd in [
        &[0x30, 0x84, 0xff, 0xff, 0xff, 0xff][..],
        &[0x30, 0x88, 0x7f, 0xff],
        &[0x30, 0x80],
        &[0x3f, 1],
    ] {
        assert!(matches!(
            CertificateRequest::read(absurd),
            Err(Error::Malformed(_))
        ));
    }
}

#[test]
fn the_challenge_is_read_from_every_type_of_string() {
    let folder = tempdir().unwrap();
    for kind in ["PRINTABLE", "UTF8", "T61", "IA5", "BMP"] {
        let text = if kind == "BMP" { "FORMAT:UTF8,BMP:Aé1" } else { "" };
        let value = if text.is_empty() {
            format!("{kind}:A1B2")
        } else {
            text.to_owned()
        };
        let generated = format!(
            "asn1=SEQUENCE:att\n[att]\noid=OID:1.2.840.113549.1.9.7\nset=SET:set\n[set]\nvalue={value}\n"
        );
        write(folder.path(), "asn1.cnf", generated);
        openssl_agrees(
            folder.path(),
            &[
                "asn1parse",
                "-genconf",
                "asn1.cnf",
                "-noout",
                "-out",
                "attribute.der",
            ],
        );
        let attribute = std::fs::read(folder.path().join("attribute.der")).unwrap();
        let expected = if kind == "BMP" { "Aé1" } else { "A1B2" };
        let request = CertificateRequest::read(&with_attributes(&attribute)).unwrap();
        assert_eq!(request.challenge_password(), Some(expected), "{kind}");
    }
}

/// The Windows request with these attributes instead of its own; its signature breaks.
fn with_attributes(attributes: &[u8]) -> Vec<u8> {
    fn tlv(tag: u8, value: &[u8]) -> Vec<u8> {
        let length = u16::try_from(value.len()).unwrap().to_be_bytes();
        [&[tag, 0x82][..], &length, value].concat()
    }
    // Version, subject and key lie in octets 8 to 382, the signature behind the 442 of the content.
    let info = tlv(0x30, &[&WINDOWS[8..382], &tlv(0xa0, attributes)].concat());
    tlv(0x30, &[&info, &WINDOWS[450..]].concat())
}

#[test]
fn ten_thousand_attributes_cost_no_more_than_their_octets() {
    let request = with_attributes(&[0x30, 2, 6, 0].repeat(10_000));
    assert_eq!(
        CertificateRequest::read(&request).unwrap().challenge_password(),
        None
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn no_octets_make_the_reader_panic(octets in proptest::collection::vec(any::<u8>(), 0..600)) {
        let _ = CertificateRequest::read(&octets);
    }

    #[test]
    fn no_changed_octet_makes_the_reader_panic(position in 0_usize..WINDOWS.len(), value in any::<u8>()) {
        let mut changed = WINDOWS.to_vec();
        changed[position] = value;
        if let Ok(request) = CertificateRequest::read(&changed) {
            let _ = (request.signature_is_valid(), request.key_bits(), request.extended_key_usages());
            let _ = (request.key_usage(), request.subject_alternative_names(), request.common_name());
        }
    }
}
