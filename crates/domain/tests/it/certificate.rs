use domain::{
    certificate::{Note, Ordered, Shown, compare},
    diagnosis::Cause,
    scep_configuration::ValidityUnit,
};

use crate::samples::fixture;

const SUBJECT: &str = r#"O=Lab,OU=Ventes,CN="Doe, ""Jane"" Zoë""#;
const SANS: &str = "11+jane@lab.test;3+pc-7.LAB.test;8+10.0.0.7;2+jane+vpn@lab.test;\
                    7+tag:microsoft.com,2022-09-14:sid:S-1-5-21-1-2-3-1104";

struct Order {
    subject: &'static str,
    sans: &'static str,
    ekus: Vec<String>,
    chain: Vec<Vec<u8>>,
}

fn order() -> Order {
    Order {
        subject: SUBJECT,
        sans: SANS,
        ekus: vec![
            "1.3.6.1.5.5.7.3.2".to_owned(),
            "1.3.6.1.4.1.311.10.3.4".to_owned(),
        ],
        chain: vec![fixture("registration.der"), fixture("issuer.der")],
    }
}

impl Order {
    fn ordered(&self) -> Ordered<'_> {
        Ordered {
            subject: self.subject,
            sans: self.sans,
            ekus: &self.ekus,
            key_usage_bits: 0xA0,
            key_length: 2048,
            validity: Some((1, ValidityUnit::Years)),
            chain: &self.chain,
        }
    }
    fn shown(&self, name: &str) -> Result<Shown, Cause> {
        compare(&fixture(name), &self.ordered())
    }
    fn differs_in(&self, name: &str) -> String {
        match self.shown(name) {
            Err(Cause::CertificateMismatch { field, .. }) => field,
            other => panic!("{name}: {other:?}"),
        }
    }
}

#[test]
fn the_certificate_that_was_ordered_is_proof() {
    let shown = order().shown("right.der").unwrap();
    assert_eq!(shown.subject, r#"O=Lab,OU=Ventes,CN="Doe, ""Jane"" Zoë""#);
    assert_eq!(shown.issuer, r#"DC=test,DC=lab,CN=Lab Issuing CA"#);
    assert_eq!(shown.serial, "e1000000000000000000000000000000a7");
    assert!(shown.notes.is_empty() && shown.not_before < shown.not_after);
}

#[test]
fn someone_elses_name_is_a_mismatch_that_shows_both() {
    match order().shown("other-subject.der") {
        Err(Cause::CertificateMismatch {
            field,
            ordered,
            shown,
        }) => {
            assert_eq!((field.as_str(), ordered.as_str()), ("subject", SUBJECT));
            assert_eq!(shown, r#"O=Lab,OU=Ventes,CN="Roe, Richard""#);
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(order().differs_in("other-order.der"), "subject");
}

#[test]
fn missing_and_added_alternative_names_are_mismatches() {
    assert_eq!(
        order().differs_in("without-sans.der"),
        "subject_alternative_names"
    );
    let without = Order { sans: "", ..order() };
    assert!(without.shown("without-sans.der").is_ok());
    assert_eq!(without.differs_in("right.der"), "subject_alternative_names");
}

#[test]
fn a_certificate_without_an_ordered_usage_is_a_mismatch() {
    assert_eq!(order().differs_in("server-only.der"), "extended_key_usages");
    assert_eq!(order().differs_in("signature-only.der"), "key_usage");
    let fewer = Order {
        ekus: vec!["1.3.6.1.5.5.7.3.2".to_owned()],
        ..order()
    };
    assert!(
        fewer.shown("right.der").is_ok(),
        "more usages than ordered do no harm"
    );
}

#[test]
fn a_shorter_key_is_a_mismatch() {
    assert_eq!(order().differs_in("short-key.der"), "key_length");
}

#[test]
fn another_authority_of_the_same_name_proves_nothing() {
    assert_eq!(order().differs_in("foreign.der"), "issuer");
    let nobody = Order {
        chain: Vec::new(),
        ..order()
    };
    assert_eq!(nobody.differs_in("right.der"), "issuer");
}

#[test]
fn a_registration_certificate_under_the_authoritys_name_is_no_authority() {
    let alone = Order {
        chain: vec![fixture("registration.der")],
        ..order()
    };
    assert_eq!(alone.differs_in("right.der"), "issuer");
}

#[test]
fn an_altered_certificate_proves_nothing() {
    let order = order();
    let right = fixture("right.der");
    for position in (0..right.len()).step_by(7) {
        let mut altered = right.clone();
        altered[position] ^= 0x01;
        assert!(compare(&altered, &order.ordered()).is_err(), "octet {position}");
    }
}

#[test]
fn bytes_that_are_no_certificate_are_refused_without_a_panic() {
    let order = order();
    let mut long = fixture("right.der");
    long.push(0);
    for bytes in [&b""[..], b"\x30", &[0xff; 100], &long, &vec![0x30; 100_000]] {
        assert!(matches!(
            compare(bytes, &order.ordered()),
            Err(Cause::CertificateMismatch { .. })
        ));
    }
}

#[test]
fn another_validity_is_a_note_and_never_a_failure() {
    let order = order();
    let wished = Ordered {
        validity: Some((2, ValidityUnit::Years)),
        ..order.ordered()
    };
    let shown = compare(&fixture("right.der"), &wished).unwrap();
    assert_eq!(
        shown.notes,
        [Note::Validity {
            ordered_days: 730,
            shown_days: 365
        }]
    );
}
