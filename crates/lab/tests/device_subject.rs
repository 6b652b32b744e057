//! Subjects as Windows reads them.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail"
)]

use lab::device::subject::{Name, NoName};
use x509_parser::prelude::{FromDer as _, X509Name};

fn values(text: &str) -> Vec<Vec<String>> {
    let name = Name::parse(text).unwrap();
    name.0
        .into_iter()
        .map(|relative| relative.into_iter().map(|attribute| attribute.value).collect())
        .collect()
}

#[test]
fn a_plain_name_is_read_in_order() {
    assert_eq!(
        values("CN=alice@example.test, OU=Staff;O=Contoso"),
        [["alice@example.test"], ["Staff"], ["Contoso"]]
    );
}

#[test]
fn quotes_hold_separators_and_doubled_quotes() {
    assert_eq!(
        values("CN=\"Smith, \"\"Al\"\" + Co; a=b\",O=X"),
        [["Smith, \"Al\" + Co; a=b"], ["X"]]
    );
    assert_eq!(values("CN=\" blank \""), [[" blank "]]);
}

#[test]
fn a_plus_joins_attributes_of_one_name() {
    assert_eq!(values("CN=a+OU=b,O=c"), [vec!["a", "b"], vec!["c"]]);
}

#[test]
fn a_backslash_escapes_nothing() {
    assert_eq!(values("CN=a\\b"), [["a\\b"]]);
    assert_eq!(Name::parse("CN=a\\,b"), Err(NoName));
    assert_eq!(Name::parse("CN=a\\+b,O=c"), Err(NoName));
}

#[test]
fn what_windows_cannot_read_is_refused() {
    for text in [
        "",
        "alice",
        "CN=",
        "CN=a,",
        "CN=a,b",
        "CN=a=b",
        "XX=a",
        "CN=\"a",
        "CN=\"a\"b",
        "CN=a\"b\"",
        "=a",
        "CN=\"\"",
    ] {
        assert_eq!(Name::parse(text), Err(NoName), "{text}");
    }
}

#[test]
fn a_dotted_key_is_an_attribute() {
    assert_eq!(
        Name::parse("OID.2.5.4.3=a").unwrap().0,
        Name::parse("CN=a").unwrap().0
    );
    assert_eq!(
        Name::parse("1.2.3.4=a")
            .unwrap()
            .0
            .first()
            .unwrap()
            .first()
            .unwrap()
            .oid,
        "1.2.3.4"
    );
}

#[test]
fn the_der_is_read_by_another_parser() {
    let der = Name::parse("CN=Zoë Müller,OU=\"A, B\",DC=example,E=z@example.test")
        .unwrap()
        .to_der()
        .unwrap();
    let (rest, name) = X509Name::from_der(&der).unwrap();
    assert!(rest.is_empty());
    let texts: Vec<&str> = name
        .iter_attributes()
        .map(|attribute| attribute.as_str().unwrap())
        .collect();
    assert_eq!(texts, ["Zoë Müller", "A, B", "example", "z@example.test"]);
}
