//! Certificates made from what was ordered, and the rules that hold for all of them.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail"
)]

mod world;

use ca::{
    CertificateRequest, Error, Finding, GeneralName, KeyUsage, Order, Profile, SerialNumber, Subject, serial,
};
use tempfile::tempdir;
use world::asking::{CLIENT, KEY, SMART_CARD, asking, ordered};
use world::{DAY, NOW, issue, key, openssl_agrees, order, root, write_certificate};

#[test]
fn an_order_becomes_the_certificate_that_it_describes() {
    let folder = tempdir().unwrap();
    let root = root();
    let request = CertificateRequest::read(&asking(&[])).unwrap();
    let mut ordered = ordered();
    ordered.names = vec![
        GeneralName::Dns("pc-1.a.example".into()),
        GeneralName::Uri("tag:microsoft.com,2022-09-14:sid:S-1-5-21-1".into()),
    ];
    ordered.check().unwrap();
    request.check_against(&ordered).unwrap();
    let mut order = ordered.order(
        request.public_key(),
        serial::random().unwrap(),
        NOW,
        NOW + 90 * DAY,
    );
    order.revocation_list_url = Some("http://ca.example/ca/main/crl".into());
    order.issuer_certificate_url = Some("http://ca.example/ca/main/certificate".into());
    let issued = issue(&root, order);
    assert_eq!((issued.not_before, issued.not_after), (NOW, NOW + 90 * DAY));
    write_certificate(folder.path(), "root.pem", root.certificate());
    write_certificate(folder.path(), "device.pem", &issued.der);
    let at = (NOW + DAY).to_string();
    let verify = "verify -x509_strict -purpose sslclient -CAfile root.pem -attime";
    let verify: Vec<&str> = verify.split(' ').chain([at.as_str(), "device.pem"]).collect();
    openssl_agrees(folder.path(), &verify);
    let text = openssl_agrees(folder.path(), &["x509", "-in", "device.pem", "-noout", "-text"]);
    for part in [
        "Subject: CN = device",
        "CA Issuers - URI:http://ca.example/ca/main/certificate",
        "URI:http://ca.example/ca/main/crl",
        "Digital Signature, Key Encipherment",
        "TLS Web Client Authentication",
        "DNS:pc-1.a.example, URI:tag:microsoft.com,2022-09-14:sid:S-1-5-21-1",
        "CA:FALSE",
    ] {
        assert!(text.contains(part), "{part} is missing in {text}");
    }
    assert!(!text.contains("OCSP"), "{text}");
}

#[test]
fn the_size_that_was_ordered_is_the_smallest_that_is_certified() {
    let mut ordered = ordered();
    ordered.key_bits = ca::KeyBits::AtLeast(3072);
    let order = ordered.order(KEY.spki(), serial::random().unwrap(), NOW, NOW + DAY);
    let found = root().prepare(order).unwrap().lint().err();
    let expected = Finding::KeyTooSmall {
        bits: 2048,
        smallest: 3072,
    };
    assert_eq!(found, Some(Error::Lint(expected)));
    let (usage, none) = (KeyUsage::DIGITAL_SIGNATURE, Vec::new());
    assert_eq!(Profile::end_entity(usage, none, 1024).smallest_key, 2048);
}

#[test]
fn a_certificate_without_a_subject_has_critical_alternative_names() {
    let folder = tempdir().unwrap();
    let root = root();
    let mut order = order(Profile::device_identity(), "");
    order.subject = Subject::Attributes(vec![]);
    order.names = vec![GeneralName::Dns("pc-1.a.example".into())];
    write_certificate(folder.path(), "device.pem", &issue(&root, order).der);
    let text = openssl_agrees(folder.path(), &["x509", "-in", "device.pem", "-noout", "-text"]);
    assert!(
        text.contains("X509v3 Subject Alternative Name: critical"),
        "{text}"
    );
}

#[test]
fn a_certificate_never_begins_before_its_authority() {
    let root = root();
    let mut early = order(Profile::device_identity(), "early");
    early.not_before = NOW - 100 * DAY;
    assert_eq!(root.not_before(), NOW - DAY);
    assert_eq!(issue(&root, early).not_before, root.not_before());
}

#[test]
fn short_serial_numbers_are_not_signed() {
    let root = root();
    let found = |octets: &[u8]| {
        let mut order = order(Profile::device_identity(), "x");
        order.serial = SerialNumber::from_octets(octets).unwrap();
        root.prepare(order).unwrap().lint().err()
    };
    let short = |octets| Some(Error::Lint(Finding::SerialLength { octets }));
    assert_eq!(found(&[1]), short(1));
    assert_eq!(found(&[0, 0, 1, 2, 3, 4, 5, 6, 7]), short(7));
    assert_eq!(found(&[0xff; 8]), None);
    assert_eq!(found(&[0x7f; 20]), None);
}

#[test]
fn addresses_are_http() {
    let root = root();
    type Address = fn(&mut Order) -> &mut Option<String>;
    let fields: [Address; 2] = [
        |order| &mut order.revocation_list_url,
        |order| &mut order.issuer_certificate_url,
    ];
    for field in fields {
        let found = |url: &str| {
            let mut order = order(Profile::device_identity(), "x");
            *field(&mut order) = Some(url.into());
            root.prepare(order).unwrap().lint().err()
        };
        for url in ["http://a.example/crl", "https://a.example:8443/ca/main/crl"] {
            assert_eq!(found(url), None, "{url}");
        }
        for url in [
            "",
            "http://",
            "ldap:///CN=CA",
            "file:///etc/passwd",
            "javascript:alert(1)",
            "http://a.example/a crl",
            "http://a.example/\n",
            "a.example/crl",
        ] {
            assert_eq!(found(url), Some(Error::Lint(Finding::NotAnHttpUrl)), "{url:?}");
        }
    }
}

#[test]
fn a_smart_card_logon_is_certified_only_when_ordered() {
    let folder = tempdir().unwrap();
    let root = root();
    let mut ordered = ordered();
    let usages = [SMART_CARD, CLIENT].map(|usage| ca::ObjectIdentifier::parse(usage).unwrap());
    ordered.extended_key_usages = usages.to_vec();
    let order = ordered.order(key().spki(), serial::random().unwrap(), NOW, NOW + DAY);
    write_certificate(folder.path(), "card.pem", &issue(&root, order).der);
    let text = openssl_agrees(folder.path(), &["x509", "-in", "card.pem", "-noout", "-text"]);
    assert!(text.contains("Microsoft Smartcard Login"), "{text}");
}
