//! Requests held against what was ordered: subject, names, usages and extensions.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail"
)]

mod world;

use ca::{Attribute, Deviation, GeneralName, KeyBits, ObjectIdentifier, Ordered, Subject};
use tempfile::tempdir;
use world::asking::*;
use world::csr::{common_name, extension, extension_request, name, oid, rdn, request, sequence, tlv};
use world::openssl_request;

#[test]
fn a_request_for_what_was_ordered_passes() {
    assert_eq!(check(&asking(&[]), &ordered()), Ok(()));
    let modest = [
        extension(KU, &[3, 2, 7, 0x80]),
        usages(&[CLIENT]),
        extension("2.5.29.19", &sequence(&[])),
        extension("2.5.29.14", &tlv(4, &[1; 20])),
        extension("2.5.29.35", &sequence(&[&tlv(0x80, &[1; 20])])),
        // "User" as a BMPString.
        extension("1.3.6.1.4.1.311.20.2", &tlv(0x1e, b"\0U\0s\0e\0r")),
        extension(
            "1.3.6.1.4.1.311.21.7",
            &sequence(&[&oid("1.3.6.1.4.1.311.21.8.1"), &tlv(2, &[1])]),
        ),
        extension("1.3.6.1.4.1.311.21.10", &sequence(&[&sequence(&[&oid(CLIENT)])])),
    ];
    assert_eq!(check(&asking(&modest), &ordered()), Ok(()));
}

#[test]
fn openssl_and_its_extensions_pass() {
    let folder = tempdir().unwrap();
    let configuration = "[req]\nprompt=no\ndistinguished_name=dn\nreq_extensions=ext\nutf8=yes\n\
        [dn]\nO=Sceau & Cie\nCN=Zoé\n[ext]\nbasicConstraints=CA:FALSE\nkeyUsage=critical,digitalSignature\n\
        extendedKeyUsage=clientAuth\nsubjectKeyIdentifier=hash\n\
        subjectAltName=@names\n[names]\nDNS=A.Example\nemail=zoe@a.example\n\
        URI=tag:microsoft.com,2022-09-14:sid:S-1-5-21-1\nIP.1=10.0.0.1\nIP.2=fd00::1\n\
        otherName=1.3.6.1.4.1.311.20.2.3;UTF8:zoe@a.example\n";
    let request = openssl_request(folder.path(), "RSA -pkeyopt rsa_keygen_bits:3072", configuration);
    let order = Ordered {
        subject: Subject::Attributes(vec![
            (Attribute::CommonName, "Zoé".into()),
            (Attribute::Organization, "Sceau & Cie".into()),
        ]),
        names: vec![
            GeneralName::UserPrincipalName("zoe@a.example".into()),
            GeneralName::Dns("a.example".into()),
            GeneralName::Email("zoe@a.example".into()),
            GeneralName::Uri("tag:microsoft.com,2022-09-14:sid:S-1-5-21-1".into()),
            GeneralName::Ip("fd00::1".parse().unwrap()),
            GeneralName::Ip("10.0.0.1".parse().unwrap()),
        ],
        key_bits: KeyBits::AtLeast(2048),
        ..ordered()
    };
    assert_eq!(check(&request, &order), Ok(()));
}

#[test]
fn the_subject_is_compared_as_text_in_any_order_and_type_of_string() {
    let order = Ordered {
        subject: Subject::Attributes(vec![
            (Attribute::Country, "FR".into()),
            (Attribute::Organization, "Sceau & Cie".into()),
            (Attribute::OrganizationalUnit, "A".into()),
            (Attribute::OrganizationalUnit, "B".into()),
            (Attribute::CommonName, "Zoé".into()),
        ]),
        ..ordered()
    };
    let pair = |attribute: &str, tag: u8, value: &[u8]| sequence(&[&oid(attribute), &tlv(tag, value)]);
    let subject = |zoe: Vec<u8>| {
        let both = [zoe, pair("2.5.4.11", 0x13, b"B")].concat();
        name(&[
            tlv(0x31, &both),
            rdn("2.5.4.10", 0x14, b"Sceau & Cie"),
            rdn("2.5.4.11", 0x0c, b"A"),
            rdn("2.5.4.6", 0x13, b"FR"),
        ])
    };
    for (tag, value) in [
        (0x0c, "Zoé".as_bytes()),
        (0x1e, b"\0Z\0o\0\xe9"),
        (0x14, b"Zo\xe9"),
        (0x1c, b"\0\0\0Z\0\0\0o\0\0\0\xe9"),
    ] {
        let request = with_subject(&subject(pair("2.5.4.3", tag, value)));
        assert_eq!(check(&request, &order), Ok(()), "{tag:#x}");
    }
    let asked = "zoé".to_owned();
    let attribute = "2.5.4.3".to_owned();
    let other_case = with_subject(&subject(pair("2.5.4.3", 0x0c, "zoé".as_bytes())));
    assert_eq!(
        check(&other_case, &order),
        Err(Deviation::SubjectNotOrdered { attribute, asked })
    );
}

#[test]
fn another_subject_is_refused() {
    let not_ordered = |attribute: &str, asked: &str| {
        Err(Deviation::SubjectNotOrdered {
            attribute: attribute.into(),
            asked: asked.into(),
        })
    };
    let admin = with_subject(&common_name("administrator"));
    assert_eq!(check(&admin, &ordered()), not_ordered("2.5.4.3", "administrator"));
    let device = rdn("2.5.4.3", 0x0c, b"device");
    let more = name(&[device.clone(), rdn("2.5.4.11", 0x0c, b"Admins")]);
    assert_eq!(
        check(&with_subject(&more), &ordered()),
        not_ordered("2.5.4.11", "Admins")
    );
    let twice = name(&[device.clone(), device.clone()]);
    assert_eq!(
        check(&with_subject(&twice), &ordered()),
        not_ordered("2.5.4.3", "device")
    );
    let long = "x".repeat(70);
    let shown = format!("{}…", "x".repeat(64));
    assert_eq!(
        check(&with_subject(&common_name(&long)), &ordered()),
        not_ordered("2.5.4.3", &shown)
    );
    let order = Ordered {
        subject: Subject::Attributes(vec![
            (Attribute::Organization, "Sceau".into()),
            (Attribute::CommonName, "device".into()),
        ]),
        ..ordered()
    };
    let attribute = "2.5.4.10".to_owned();
    assert_eq!(
        check(&asking(&[]), &order),
        Err(Deviation::SubjectIncomplete { attribute })
    );
}

#[test]
fn an_empty_subject_is_refused_where_one_was_ordered() {
    let empty = with_subject(&name(&[]));
    assert_eq!(check(&empty, &ordered()), Err(Deviation::EmptySubject));
    let nameless = Ordered {
        subject: Subject::Attributes(vec![]),
        names: vec![GeneralName::Dns("a.example".into())],
        ..ordered()
    };
    assert_eq!(check(&empty, &nameless), Ok(()));
    let unreadable = with_subject(&tlv(0x30, &[0x31, 0x05, 1]));
    assert_eq!(check(&unreadable, &ordered()), Err(Deviation::UnreadableSubject));
}

#[test]
fn characters_that_climb_out_of_a_name_are_refused() {
    let hostile = [
        "../device",
        "a/b",
        "a\\b",
        "device\0",
        "device\0.evil.example",
        "device\n",
        "a\r\nb",
        "a\u{1b}[31m",
        "a\u{85}b",
    ];
    for value in hostile {
        let attribute = "2.5.4.3".to_owned();
        assert_eq!(
            check(&with_subject(&common_name(value)), &ordered()),
            Err(Deviation::SubjectCharacters { attribute }),
            "{value:?}"
        );
    }
    // A slash that somebody ordered is a slash.
    let order = Ordered {
        subject: Subject::common_name("Dupont S/A"),
        ..ordered()
    };
    assert_eq!(check(&with_subject(&common_name("Dupont S/A")), &order), Ok(()));
}

#[test]
fn alternative_names_are_the_ordered_ones_or_none() {
    let order = Ordered {
        names: vec![
            GeneralName::Dns("PC-1.a.example".into()),
            GeneralName::Email("Dora@a.example".into()),
            GeneralName::Uri("tag:microsoft.com,2022-09-14:sid:S-1-5-21-1".into()),
            GeneralName::UserPrincipalName("dora@a.example".into()),
            GeneralName::Ip("10.0.0.1".parse().unwrap()),
            GeneralName::Ip("fd00::1".parse().unwrap()),
        ],
        ..ordered()
    };
    let mut all = vec![
        tlv(0x87, &[10, 0, 0, 1]),
        tlv(0x87, &[0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]),
        dns("pc-1.A.example"),
        upn("dora@a.example"),
        tlv(0x86, b"tag:microsoft.com,2022-09-14:sid:S-1-5-21-1"),
        tlv(0x81, b"Dora@a.example"),
    ];
    assert_eq!(check(&asking(&[]), &order), Ok(()));
    assert_eq!(check(&asking(&[alternative_names(&all)]), &order), Ok(()));
    // In two attributes, one of them said twice.
    let (some, others) = all.split_at(3);
    let both = [
        alternative_names(some),
        alternative_names(&[others, &some[..1]].concat()),
    ];
    assert_eq!(check(&asking(&both), &order), Ok(()));

    let name = "URI:tag:microsoft.com,2022-09-14:sid:S-1-5-21-1".to_owned();
    let without = [all[..4].to_vec(), all[5..].to_vec()].concat();
    assert_eq!(
        check(&asking(&[alternative_names(&without)]), &order),
        Err(Deviation::NameMissing { name })
    );
    all.push(dns("dc.a.example"));
    let asked = "DNS:dc.a.example".to_owned();
    assert_eq!(
        check(&asking(&[alternative_names(&all)]), &order),
        Err(Deviation::NameNotOrdered { asked })
    );
}

#[test]
fn alternative_names_that_were_not_ordered_are_refused() {
    let other_name = tlv(0xa0, &[oid("1.2.3"), tlv(0xa0, &tlv(0x0c, b"x"))].concat());
    let hidden = tlv(
        0xa0,
        &[oid(UPN), tlv(0xa0, &tlv(0x0c, b"device")), tlv(0x0c, b"admin")].concat(),
    );
    for (asked, shown) in [
        (dns("dc.a.example"), "DNS:dc.a.example"),
        (tlv(0x81, b"ceo@a.example"), "email:ceo@a.example"),
        (upn("administrator@a.example"), "UPN:administrator@a.example"),
        (
            tlv(0x86, b"tag:microsoft.com,2022-09-14:sid:S-1-5-21-500"),
            "URI:tag:microsoft.com,2022-09-14:sid:S-1-5-21-500",
        ),
        (tlv(0x87, &[10, 0, 0, 1]), "IP:10.0.0.1"),
        (tlv(0x87, &[10, 0]), "IP"),
        (dns("a\0\n"), "DNS:a\u{fffd}\u{fffd}"),
        (tlv(0xa4, &common_name("admin")), "of kind 4"),
        (other_name, "of kind 0"),
        (hidden, "of kind 0"),
    ] {
        let request = asking(&[alternative_names(&[asked])]);
        let asked = shown.to_owned();
        assert_eq!(
            check(&request, &ordered()),
            Err(Deviation::NameNotOrdered { asked })
        );
    }
    assert_eq!(check(&asking(&[alternative_names(&[])]), &ordered()), Ok(()));
}

#[test]
fn usages_that_were_not_ordered_are_refused() {
    let refused = |extension: Vec<u8>| check(&asking(&[extension]), &ordered()).unwrap_err();
    let usage = |usage: &str| usage.to_owned();
    assert_eq!(refused(extension(KU, &[3, 2, 3, 0x08])), Deviation::KeyUsage);
    assert_eq!(
        refused(extension(KU, &[3, 2, 2, 0x04])),
        Deviation::AuthorityKeyUsage
    );
    assert_eq!(
        refused(extension(KU, &[3, 2, 1, 0x82])),
        Deviation::AuthorityKeyUsage
    );
    assert_eq!(
        refused(usages(&[CLIENT, SERVER])),
        Deviation::ExtendedKeyUsage { usage: usage(SERVER) }
    );
    assert_eq!(
        refused(usages(&["2.5.29.37.0"])),
        Deviation::ExtendedKeyUsage {
            usage: usage("2.5.29.37.0")
        }
    );
    assert_eq!(refused(usages(&[CLIENT, SMART_CARD])), Deviation::SmartCardLogon);
    let policies = |usages: &[&str]| {
        let policies: Vec<Vec<u8>> = usages.iter().map(|usage| sequence(&[&oid(usage)])).collect();
        extension("1.3.6.1.4.1.311.21.10", &tlv(0x30, &policies.concat()))
    };
    assert_eq!(
        refused(policies(&[CLIENT, SERVER])),
        Deviation::ApplicationPolicy { usage: usage(SERVER) }
    );
    assert_eq!(refused(policies(&[SMART_CARD])), Deviation::SmartCardLogon);

    let mut with_card = ordered();
    with_card
        .extended_key_usages
        .push(ObjectIdentifier::parse(SMART_CARD).unwrap());
    assert_eq!(
        check(&asking(&[usages(&[SMART_CARD, CLIENT])]), &with_card),
        Ok(())
    );
}

#[test]
fn nobody_becomes_an_authority_or_somebody_else() {
    let refused = |extension: Vec<u8>| check(&asking(&[extension]), &ordered()).unwrap_err();
    for authority in [
        sequence(&[&[1, 1, 0xff]]),
        sequence(&[&[1, 1, 1]]),
        sequence(&[&[1, 1, 0xff], &[2, 1, 0]]),
    ] {
        assert_eq!(refused(extension("2.5.29.19", &authority)), Deviation::Authority);
    }
    let sid = sequence(&[&tlv(
        0xa0,
        &[oid("1.3.6.1.4.1.311.25.2.1"), tlv(0xa0, &tlv(4, b"S-1-5-21-500"))].concat(),
    )]);
    assert_eq!(
        refused(extension("1.3.6.1.4.1.311.25.2", &sid)),
        Deviation::SecurityIdentifier
    );
    for other in [
        "2.5.29.30",
        "2.5.29.32",
        "2.5.29.31",
        "1.3.6.1.5.5.7.1.1",
        "1.2.3.4",
    ] {
        let extension_oid = other.to_owned();
        assert_eq!(
            refused(extension(other, &[5, 0])),
            Deviation::Extension {
                extension: extension_oid
            }
        );
    }
}

#[test]
fn an_extension_in_a_second_attribute_is_seen_as_well() {
    let (first, second) = (usages(&[CLIENT]), usages(&[SMART_CARD]));
    assert_eq!(
        check(&asking(&[first.clone(), second.clone()]), &ordered()),
        Err(Deviation::SmartCardLogon)
    );
    let both = extension_request(&[first, second.clone()]);
    let one = request(&KEY, KEY.spki(), &common_name("device"), &[both]);
    assert_eq!(check(&one, &ordered()), Err(Deviation::SmartCardLogon));
    // Under Microsoft's own identifier of the attribute.
    let list = tlv(0x31, &tlv(0x30, &second));
    let microsoft = sequence(&[&oid("1.3.6.1.4.1.311.2.1.14"), &list]);
    let one = request(&KEY, KEY.spki(), &common_name("device"), &[microsoft]);
    assert_eq!(check(&one, &ordered()), Err(Deviation::SmartCardLogon));
}

#[test]
fn extensions_that_hold_no_der_are_refused() {
    for dotted in [SAN, KU, EKU, "2.5.29.19", "1.3.6.1.4.1.311.21.10"] {
        for value in [&b"1E08C6E95D8B"[..], b"", &[0x30, 0x84, 0xff, 0xff, 0xff, 0xff]] {
            let extension_oid = dotted.to_owned();
            assert_eq!(
                check(&asking(&[extension(dotted, value)]), &ordered()),
                Err(Deviation::UnreadableExtension {
                    extension: extension_oid
                }),
                "{dotted} {value:?}"
            );
        }
    }
}

#[test]
fn a_request_whose_parts_make_no_sense_is_refused() {
    let nonsense = sequence(&[
        &oid("1.2.840.113549.1.9.14"),
        &tlv(0x31, &tlv(0x30, &tlv(0x30, &[5, 0]))),
    ]);
    let one = request(&KEY, KEY.spki(), &common_name("device"), &[nonsense]);
    assert_eq!(check(&one, &ordered()), Err(Deviation::UnreadableExtensions));
}
