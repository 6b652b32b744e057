//! Requests held against what was ordered: keys, possession, limits, and what the reasons say.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail"
)]

mod world;

use ca::{Deviation, GeneralName, KeyBits, KeyUsage, Ordered, Part, Subject};
use tempfile::tempdir;
use world::asking::*;
use world::csr::{common_name, extension, extension_request, name, oid, rdn, request, sequence, tlv};
use world::{key, openssl_request};

#[test]
fn more_than_sixty_four_of_anything_are_refused() {
    let too_many = |part| Err(Deviation::TooMany(part));
    let attribute = sequence(&[&oid("1.2.3"), &tlv(0x31, &[5, 0])]);
    let with = |attributes: usize| {
        request(
            &KEY,
            KEY.spki(),
            &common_name("device"),
            &vec![attribute.clone(); attributes],
        )
    };
    assert_eq!(check(&with(64), &ordered()), Ok(()));
    assert_eq!(check(&with(65), &ordered()), too_many(Part::Attributes));
    assert_eq!(check(&with(4_000), &ordered()), too_many(Part::Attributes));

    let identifier = extension("2.5.29.14", &tlv(4, &[1; 20]));
    let with = |extensions: usize| {
        let list = extension_request(&vec![identifier.clone(); extensions]);
        request(&KEY, KEY.spki(), &common_name("device"), &[list])
    };
    assert_eq!(check(&with(64), &ordered()), Ok(()));
    assert_eq!(check(&with(65), &ordered()), too_many(Part::Extensions));

    let rdns = vec![rdn("2.5.4.11", 0x0c, b"A"); 65];
    assert_eq!(
        check(&with_subject(&name(&rdns)), &ordered()),
        too_many(Part::SubjectParts)
    );
    let names = alternative_names(&vec![dns("a"); 65]);
    assert_eq!(check(&asking(&[names]), &ordered()), too_many(Part::Names));
}

#[test]
fn a_key_other_than_ordered_is_refused() {
    let folder = tempdir().unwrap();
    let plain = "[req]\nprompt=no\ndistinguished_name=dn\n[dn]\nCN=device\n";
    let made = |kind: &str| openssl_request(folder.path(), kind, plain);
    let small = made("RSA -pkeyopt rsa_keygen_bits:1024");
    assert_eq!(
        check(&small, &ordered()),
        Err(Deviation::KeyTooSmall { bits: 1024 })
    );
    let three = made("RSA -pkeyopt rsa_keygen_bits:2048 -pkeyopt rsa_keygen_pubexp:3");
    assert_eq!(check(&three, &ordered()), Err(Deviation::WeakExponent));
    for curve in ["EC -pkeyopt ec_paramgen_curve:P-256", "ED25519"] {
        assert_eq!(check(&made(curve), &ordered()), Err(Deviation::NotRsa), "{curve}");
    }
    let large = made("RSA -pkeyopt rsa_keygen_bits:3072");
    let of = |key_bits| Ordered {
        key_bits,
        ..ordered()
    };
    let exactly = KeyBits::Exactly(2048);
    assert_eq!(
        check(&large, &of(exactly)),
        Err(Deviation::KeySize {
            bits: 3072,
            ordered: exactly
        })
    );
    assert_eq!(check(&large, &of(KeyBits::AtLeast(2048))), Ok(()));
    let at_least = KeyBits::AtLeast(4096);
    assert_eq!(
        check(&large, &of(at_least)),
        Err(Deviation::KeySize {
            bits: 3072,
            ordered: at_least
        })
    );
    // Even if somebody orders one.
    assert_eq!(
        check(&small, &of(KeyBits::AtLeast(1024))),
        Err(Deviation::KeyTooSmall { bits: 1024 })
    );
}

#[test]
fn exponents_of_one_and_even_ones_are_refused() {
    let spki = KEY.spki();
    let end = spki.len() - 5;
    assert_eq!(&spki[end..], [2, 3, 1, 0, 1]);
    for exponent in [[0, 0, 1], [1, 0, 2], [0, 0, 0]] {
        let changed = [&spki[..end + 2], &exponent].concat();
        let made = request(&KEY, &changed, &common_name("device"), &[]);
        assert_eq!(
            check(&made, &ordered()),
            Err(Deviation::WeakExponent),
            "{exponent:?}"
        );
    }
}

#[test]
fn a_broken_self_signature_is_no_proof_of_possession() {
    let mut broken = asking(&[]);
    *broken.last_mut().unwrap() ^= 1;
    assert_eq!(check(&broken, &ordered()), Err(Deviation::NoProofOfPossession));
    let other = key();
    let stolen = request(&KEY, other.spki(), &common_name("device"), &[]);
    assert_eq!(check(&stolen, &ordered()), Err(Deviation::NoProofOfPossession));
}

#[test]
fn a_reason_says_nothing_of_what_was_ordered() {
    let order = Ordered {
        names: vec![GeneralName::Dns("secret.a.example".into())],
        ..ordered()
    };
    let deviation = check(&asking(&[alternative_names(&[])]), &order).unwrap_err();
    assert_eq!(
        deviation.to_string(),
        "an alternative name that was ordered is not in the request"
    );
    assert_eq!(deviation.key(), "name-missing");
    assert_eq!(deviation.values(), [("name", "DNS:secret.a.example".to_owned())]);
    let deviation = check(&with_subject(&common_name("admin")), &order).unwrap_err();
    assert_eq!(
        deviation.to_string(),
        "the subject's attribute 2.5.4.3 with the value \"admin\" was not ordered"
    );
}

#[test]
fn an_order_that_no_certificate_can_fulfil_is_refused_when_placed() {
    assert_eq!(ordered().check(), Ok(()));
    type Change<'a> = &'a dyn Fn(&mut Ordered);
    let changes: [(Change<'_>, &str); 6] = [
        (
            &|order| order.subject = Subject::Attributes(vec![]),
            "an empty subject is not valid",
        ),
        (
            &|order| order.subject = Subject::common_name("a\0b"),
            "an attribute of the subject is not valid",
        ),
        (
            &|order| order.names = vec![GeneralName::Dns("ä".into())],
            "a subject alternative name is not valid",
        ),
        (
            &|order| order.key_usage = KeyUsage::NONE,
            "the key usage is not valid",
        ),
        (
            &|order| order.key_usage = KeyUsage::KEY_CERT_SIGN,
            "the key usage is not valid",
        ),
        (
            &|order| order.key_bits = KeyBits::Exactly(1024),
            "the size of the key is not valid",
        ),
    ];
    for (change, said) in changes {
        let mut order = ordered();
        change(&mut order);
        assert_eq!(order.check().unwrap_err().to_string(), said);
    }
}
