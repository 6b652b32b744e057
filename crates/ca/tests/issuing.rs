//! What is issued here, judged by OpenSSL.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail"
)]

mod world;

use ca::{
    Attribute, CertificateAuthority, Error, Finding, GeneralName, IssuingKey, Profile, SerialNumber, Subject,
    serial,
};
use proptest::prelude::*;
use tempfile::tempdir;
use world::{DAY, NOW, YEAR, issue, key, openssl, openssl_agrees, order, root, root_of, write_certificate};

#[test]
fn openssl_verifies_a_device_identity_below_an_intermediate() {
    let folder = tempdir().unwrap();
    let root = root();
    let issuing = root
        .create_intermediate(
            "Laboratory Issuing",
            key(),
            NOW,
            YEAR * 5,
            serial::random().unwrap(),
        )
        .unwrap();
    let device = issue(&issuing, order(Profile::device_identity(), "9B1DEB4D"));
    write_certificate(folder.path(), "root.pem", root.certificate());
    write_certificate(folder.path(), "issuing.pem", issuing.certificate());
    write_certificate(folder.path(), "device.pem", &device.der);
    let at = (NOW + DAY).to_string();
    let verify = [
        "verify",
        "-x509_strict",
        "-attime",
        &at,
        "-CAfile",
        "root.pem",
        "-untrusted",
        "issuing.pem",
    ];

    openssl_agrees(
        folder.path(),
        &[&verify[..], &["-purpose", "sslclient", "device.pem"]].concat(),
    );
    let (is_server, text) = openssl(
        folder.path(),
        &[&verify[..], &["-purpose", "sslserver", "device.pem"]].concat(),
    );
    assert!(!is_server, "{text}");
}

#[test]
fn openssl_sees_the_parts_of_a_server_certificate() {
    let folder = tempdir().unwrap();
    let root = root();
    let mut order = order(Profile::tls_server(), "sceau.example");
    order.names = vec![
        GeneralName::Dns("sceau.example".into()),
        GeneralName::Ip("127.0.0.1".parse().unwrap()),
        GeneralName::Ip("::1".parse().unwrap()),
        GeneralName::UserPrincipalName("dora@sceau.example".into()),
    ];
    order.revocation_list_url = Some("http://sceau.example/ca/root/crl".into());
    order.serial = SerialNumber::from_octets(&[0, 0xff, 0, 0, 0, 0, 0, 0, 0x01]).unwrap();
    let server = issue(&root, order);
    write_certificate(folder.path(), "root.pem", root.certificate());
    write_certificate(folder.path(), "server.pem", &server.der);

    let at = (NOW + DAY).to_string();
    let verify = [
        "verify",
        "-x509_strict",
        "-attime",
        &at,
        "-CAfile",
        "root.pem",
        "-purpose",
        "sslserver",
    ];
    let host = ["-verify_hostname", "sceau.example", "server.pem"];
    openssl_agrees(folder.path(), &[&verify[..], &host[..]].concat());
    openssl_agrees(
        folder.path(),
        &[&verify[..], &["-verify_ip", "::1", "server.pem"]].concat(),
    );

    let text = openssl_agrees(
        folder.path(),
        &["x509", "-in", "server.pem", "-noout", "-text", "-fingerprint"],
    );
    for part in [
        "ff:00:00:00:00:00:00:01",
        "Signature Algorithm: sha256WithRSAEncryption",
        "Not Before: Nov 23 00:00:00 2026 GMT",
        "Not After : Nov 23 00:00:00 2027 GMT",
        "CA:FALSE",
        "Digital Signature, Key Encipherment",
        "TLS Web Server Authentication",
        "DNS:sceau.example, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1",
        "URI:http://sceau.example/ca/root/crl",
        "X509v3 Authority Key Identifier",
    ] {
        assert!(text.contains(part), "{part} is missing in {text}");
    }
    let thumbprint: Vec<String> = server.sha1.iter().map(|octet| format!("{octet:02X}")).collect();
    assert!(text.contains(&thumbprint.join(":")), "{text}");
    assert_eq!(server.serial.to_string(), "FF00000000000001");
}

#[test]
fn the_certificates_of_an_ndes_carry_its_usages() {
    let folder = tempdir().unwrap();
    let root = root();
    for (profile, usage) in [
        (Profile::registration_signing(), "Digital Signature\n"),
        (Profile::registration_encryption(), "Key Encipherment\n"),
    ] {
        let issued = issue(&root, order(profile, "SRV-MSCEP-RA"));
        write_certificate(folder.path(), "ra.pem", &issued.der);
        let text = openssl_agrees(folder.path(), &["x509", "-in", "ra.pem", "-noout", "-text"]);
        assert!(
            text.contains(usage) && text.contains("1.3.6.1.4.1.311.20.2.1"),
            "{text}"
        );
    }
}

#[test]
fn the_same_order_gives_the_identical_certificate_again() {
    let (key, order) = (key(), order(Profile::device_identity(), "again"));
    let pkcs8 = key.to_pkcs8().unwrap();
    let root = root_of(key);
    let reopened = {
        let key = IssuingKey::from_pkcs8(&pkcs8).unwrap();
        CertificateAuthority::open(root.certificate().to_vec(), key).unwrap()
    };
    assert_eq!(issue(&root, order.clone()), issue(&reopened, order));
}

#[test]
fn a_certificate_never_outlives_its_authority() {
    let root = root();
    let mut order = order(Profile::device_identity(), "long");
    order.not_after = NOW + 100 * 365 * DAY;
    assert_eq!(issue(&root, order).not_after, root.not_after());
}

#[test]
fn dates_beyond_2049_are_written_as_openssl_reads_them() {
    let folder = tempdir().unwrap();
    let root =
        CertificateAuthority::create_root("Far", key(), NOW, YEAR * 100, serial::random().unwrap()).unwrap();
    write_certificate(folder.path(), "root.pem", root.certificate());
    let text = openssl_agrees(folder.path(), &["x509", "-in", "root.pem", "-noout", "-dates"]);
    assert!(text.contains("notBefore=Nov 22 00:00:00 2026 GMT"), "{text}");
    assert!(text.contains("notAfter=Oct 30 00:00:00 2126 GMT"), "{text}");
}

#[test]
fn a_subject_of_many_attributes_reads_as_written() {
    let folder = tempdir().unwrap();
    let root = root();
    let mut order = order(Profile::device_identity(), "");
    order.subject = Subject::Attributes(vec![
        (Attribute::Country, "FR".into()),
        (Attribute::DomainComponent, "sceau".into()),
        (Attribute::Organization, "Sceau & Cie".into()),
        (Attribute::CommonName, "Zoé Ørsted".into()),
        (Attribute::EmailAddress, "zoe@sceau.example".into()),
    ]);
    write_certificate(folder.path(), "device.pem", &issue(&root, order).der);
    let print = [
        "x509",
        "-in",
        "device.pem",
        "-noout",
        "-subject",
        "-nameopt",
        "utf8,sep_comma_plus,show_type",
    ];
    let text = openssl_agrees(folder.path(), &print);
    for part in [
        "C=PRINTABLESTRING:FR",
        "DC=IA5STRING:sceau",
        "O=UTF8STRING:Sceau & Cie",
        "CN=UTF8STRING:Zoé Ørsted",
    ] {
        assert!(text.contains(part), "{part} is missing in {text}");
    }
}

#[test]
fn what_breaks_a_rule_is_never_signed() {
    let root = root();
    let refused = |change: &dyn Fn(&mut ca::Order)| {
        let mut order = order(Profile::device_identity(), "x");
        change(&mut order);
        match root.prepare(order).and_then(ca::Prepared::lint) {
            Ok(_) => panic!("nothing was found"),
            Err(error) => error,
        }
    };
    type Change<'a> = &'a dyn Fn(&mut ca::Order);
    let rules: [(Change<'_>, Error); 8] = [
        (
            &|order| order.not_after = order.not_before,
            Error::Lint(Finding::EndsBeforeItBegins),
        ),
        (
            &|order| order.subject = Subject::Attributes(vec![]),
            Error::Lint(Finding::NamesNobody),
        ),
        (
            &|order| order.public_key = root.key().public_key().to_vec(),
            Error::Lint(Finding::IssuersOwnKey),
        ),
        (
            &|order| order.profile.key_usage = ca::KeyUsage::NONE,
            Error::Lint(Finding::NoKeyUsage),
        ),
        (
            &|order| order.profile.key_usage = ca::KeyUsage::KEY_CERT_SIGN,
            Error::Lint(Finding::UnorderedAuthority),
        ),
        (
            &|order| order.profile = Profile::tls_server(),
            Error::Lint(Finding::ServerWithoutName),
        ),
        (
            &|order| order.subject = Subject::common_name("x".repeat(65)),
            Error::Invalid("the length of an attribute of the subject"),
        ),
        (
            &|order| order.subject = Subject::common_name("a\nb"),
            Error::Invalid("an attribute of the subject"),
        ),
    ];
    for (change, error) in rules {
        assert_eq!(refused(change), error);
    }
}

#[test]
fn a_raw_subject_is_held_to_the_same_length() {
    let root = root();
    let long: Vec<u8> = [
        &[
            0x30, 0x4e, 0x31, 0x4c, 0x30, 0x4a, 0x06, 3, 0x55, 4, 3, 0x13, 0x43,
        ][..],
        &[b'a'; 67],
    ]
    .concat();
    let mut order = order(Profile::device_identity(), "x");
    order.subject = Subject::Raw(long);
    let found = root.prepare(order).unwrap().lint().err();
    let oid = "2.5.4.3".to_owned();
    assert_eq!(
        found,
        Some(Error::Lint(Finding::AttributeTooLong { oid, characters: 67 }))
    );
}

#[test]
fn an_authority_opens_only_with_its_own_key() {
    let root = root();
    let opened = CertificateAuthority::open(root.certificate().to_vec(), key());
    assert_eq!(opened.err(), Some(Error::KeyMismatch));
    let leaf_key = key();
    let mut order = order(Profile::device_identity(), "leaf");
    order.public_key = leaf_key.spki().to_vec();
    let opened = CertificateAuthority::open(issue(&root, order).der, leaf_key);
    assert_eq!(opened.err(), Some(Error::NotAnAuthority));
}

#[test]
fn an_authority_knows_its_own_certificates() {
    let (root, other) = (root(), root());
    let ours = issue(&root, order(Profile::device_identity(), "ours")).der;
    let theirs = issue(&other, order(Profile::device_identity(), "theirs")).der;
    assert!(root.has_issued(&ours));
    // The other one bears the same name: only the signature tells them apart.
    assert!(!root.has_issued(&theirs));
    let mut changed = ours.clone();
    *changed.last_mut().unwrap() ^= 1;
    assert!(!root.has_issued(&changed));
    assert!(!root.has_issued(b"no certificate"));
}

#[test]
fn keys_of_other_sizes_are_refused_and_none_prints_itself() {
    assert!(matches!(IssuingKey::generate(1024), Err(Error::Key(_))));
    assert!(matches!(IssuingKey::from_pkcs8(b"nonsense"), Err(Error::Key(_))));
    assert_eq!(format!("{:?}", key()), "IssuingKey(…)");
}

#[test]
fn openssl_reads_the_private_key() {
    let folder = tempdir().unwrap();
    let key = key();
    world::write(
        folder.path(),
        "key.pem",
        ca::pem::private_key(&key.to_pkcs8().unwrap()).as_bytes(),
    );
    openssl_agrees(folder.path(), &["pkey", "-in", "key.pem", "-check", "-noout"]);
}

#[test]
fn serial_numbers_are_positive_and_of_at_most_twenty_octets() {
    assert_eq!(
        SerialNumber::from_octets(&[0, 0]),
        Err(Error::Invalid("the serial number"))
    );
    assert!(SerialNumber::from_octets(&[0x7f; 20]).is_ok());
    assert!(SerialNumber::from_octets(&[0xff; 20]).is_err());
    assert!(SerialNumber::from_octets(&[1; 21]).is_err());
    let (one, other) = (serial::random().unwrap(), serial::random().unwrap());
    assert_ne!(one, other);
    assert_eq!(one.octets().len(), 16);
    let moment = 1_795_000_000_000;
    let (early, same, late) = (
        serial::at(moment).unwrap(),
        serial::at(moment).unwrap(),
        serial::at(moment + 1).unwrap(),
    );
    assert_ne!(early, same);
    assert!(early.octets() < late.octets() && same.octets() < late.octets());
    assert_eq!(serial::at(0).unwrap().octets().len(), 16);
}

proptest! {
    #[test]
    fn object_identifiers_read_back_as_written(first in 0_u64..3, second in 0_u64..40, rest in proptest::collection::vec(any::<u64>(), 0..6)) {
        let arcs: Vec<String> = [first, second].into_iter().chain(rest).map(|arc| arc.to_string()).collect();
        let dotted = arcs.join(".");
        prop_assert_eq!(ca::ObjectIdentifier::parse(&dotted).unwrap().to_string(), dotted);
    }

    #[test]
    fn no_text_makes_the_reader_of_object_identifiers_panic(text in ".{0,40}") {
        let _ = ca::ObjectIdentifier::parse(&text);
    }
}
