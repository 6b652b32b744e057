//! The oddities of a device's own request, held against a captured one.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail"
)]

use lab::device::{device_request, parse_people};
use x509_parser::prelude::{FromDer as _, X509CertificationRequest};

const CAPTURED: &[u8] = include_bytes!("fixtures/wire-win10-19043__07_client_pkcs10.der");

#[test]
fn the_request_has_the_oddities_of_the_captured_one() {
    let device_id = "1E08C6E95D8BB843B1278FF45BC60CC6";
    let (_, captured) = X509CertificationRequest::from_der(CAPTURED).unwrap();
    let name = captured
        .certification_request_info
        .subject
        .iter_common_name()
        .next()
        .unwrap();
    let text = String::from_utf8(name.attr_value().data.to_vec()).unwrap();
    let id = text.split('!').next().unwrap();
    let pkcs8 = scep::RsaKey::generate(2048).unwrap().to_pkcs8().unwrap();
    let der = device_request(&pkcs8, id, device_id).unwrap();
    let (rest, written) = X509CertificationRequest::from_der(&der).unwrap();
    assert!(rest.is_empty());
    written.verify_signature().unwrap();
    assert_eq!(
        written.certification_request_info.subject.as_raw(),
        captured.certification_request_info.subject.as_raw(),
        "PrintableString with ! and NUL"
    );
    let attributes = |request: &X509CertificationRequest<'_>| {
        request
            .certification_request_info
            .iter_attributes()
            .map(|attribute| attribute.value.to_vec())
            .collect::<Vec<_>>()
    };
    assert_eq!(
        attributes(&written),
        attributes(&captured),
        "raw ASCII in the extension"
    );
    assert_eq!(
        written.signature_algorithm.algorithm.to_id_string(),
        "1.2.840.113549.1.1.11"
    );
}

#[test]
fn people_are_read_by_tab_or_first_blank() {
    let people = parse_people("# who\nalice@example.test\tpass word\n\nLAB\\bob x y\n").unwrap();
    let read: Vec<(&str, &str)> = people
        .iter()
        .map(|person| (person.name.as_str(), person.password.as_str()))
        .collect();
    assert_eq!(read, [("alice@example.test", "pass word"), ("LAB\\bob", "x y")]);
    assert!(!format!("{people:?}").contains("word"));
    assert!(
        parse_people("alice\n")
            .unwrap_err()
            .to_string()
            .contains("line 1")
    );
}
