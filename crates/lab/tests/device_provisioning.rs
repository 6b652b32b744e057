//! How strictly a device reads what ends its enrolment.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail"
)]

use base64::Engine as _;
use lab::device::provisioning::{read, renewed};
use lab::device::tree::TrustStore;
use lab::device::{PollSchedule, soap, tree};

fn fixture(name: &str) -> String {
    let path = format!("{}/tests/fixtures/{name}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(path).unwrap()
}

fn captured() -> String {
    fixture("wire-win10-19043__inner_wap-provisioningdoc.xml")
}

/// The captured document with one change is refused, for a reason with these words.
fn is_refused(from: &str, to: &str, words: &str) {
    let changed = captured().replace(from, to);
    assert_ne!(changed, captured(), "{from} isn't in the document");
    let refusal = read(&changed).expect_err(words).to_string();
    assert!(refusal.contains(words), "{refusal}");
}

#[test]
fn the_captured_document_is_taken() {
    let found = read(&captured()).unwrap();
    assert_eq!(found.identity.sha1, "ADA7B35A30F986465CE4C176D527D4B80848EEF4");
    assert_eq!(found.trusted.len(), 1);
    assert_eq!(found.trusted[0].store, TrustStore::Root);
    assert_eq!(found.account.provider_id, "DEMO MDM");
    assert_eq!(
        found.account.address,
        "https://mdmwindows.com/ManagementServer/MDM.svc"
    );
    assert_eq!(
        (found.account.retries, found.account.backoff),
        (3, (16_000, 86_400_000))
    );
    let path = "./Vendor/MSFT/DMClient/Provider/DEMO MDM/Poll/NumberOfFirstRetries";
    assert_eq!(
        found.nodes,
        [(path.to_owned(), tree::Format::Int, "8".to_owned())]
    );
}

#[test]
fn the_captured_answer_brings_the_captured_document() {
    let answer = fixture("wire-win10-19043__08_server_rstrc-wstep.xml");
    let id = "urn:uuid:0d5a1441-5891-453b-becf-a2e5f6ea3749";
    assert_eq!(
        soap::issued(answer.as_bytes(), id).unwrap(),
        captured().trim_end()
    );
    assert!(soap::issued(answer.as_bytes(), "urn:uuid:another").is_err());
}

#[test]
fn the_captured_discovery_answer_is_taken() {
    let answer = fixture("wire-win10-19043__04_server_discoverresponse.xml");
    let id = "urn:uuid:748132ec-a575-4329-b01b-6171a9cf8478";
    let found = soap::discovered(answer.as_bytes(), id).unwrap();
    assert_eq!(
        found.enrolment_service.as_str(),
        "https://mdmwindows.com/EnrollmentServer/Enrollment.svc"
    );
    let elsewhere = answer.replace(
        "https://mdmwindows.com/EnrollmentServer/Policy",
        "https://other.example/Policy",
    );
    assert!(
        soap::discovered(elsewhere.as_bytes(), id).is_err(),
        "one host for both"
    );
    let plain = answer.replace(
        "https://mdmwindows.com/EnrollmentServer/Enroll",
        "http://mdmwindows.com/EnrollmentServer/Enroll",
    );
    assert!(soap::discovered(plain.as_bytes(), id).is_err(), "https for both");
}

#[test]
fn a_discovery_request_is_like_the_captured_one() {
    let id = "urn:uuid:748132ec-a575-4329-b01b-6171a9cf8478";
    let to = "https://EnterpriseEnrollment.mdmwindows.com:443/EnrollmentServer/Discovery.svc";
    let written = soap::discover(id, to, "demo@mdmwindows.com");
    let captured = fixture("wire-win10-19043__03_client_discover.xml")
        .replace("10.0.19043.2364", "10.0.22631.4317")
        .replace("<OSEdition>72<", "<OSEdition>48<");
    let elements = |xml: &str| -> Vec<String> {
        let document = roxmltree::Document::parse(xml).unwrap();
        let elements = document.descendants().filter(roxmltree::Node::is_element);
        elements
            .map(|node| format!("{:?} {}", node.tag_name(), node.text().unwrap_or_default().trim()))
            .collect()
    };
    assert_eq!(elements(&written), elements(&captured));
}

#[test]
fn a_datatype_must_be_said() {
    is_refused(
        "value=\"8\" datatype=\"integer\"",
        "value=\"8\"",
        "NumberOfFirstRetries lacks its datatype",
    );
    is_refused(
        "value=\"8\" datatype=\"integer\"",
        "value=\"eight\" datatype=\"integer\"",
        "datatype",
    );
}

#[test]
fn names_are_case_sensitive() {
    is_refused("name=\"ADDR\"", "name=\"Addr\"", "Addr isn't written");
    is_refused(
        "name=\"NumberOfFirstRetries\"",
        "name=\"numberOfFirstRetries\"",
        "NumberOfFirstRetries",
    );
    is_refused("type=\"Root\"", "type=\"ROOT\"", "no store ROOT");
    is_refused("type=\"System\"", "type=\"system\"", "Root/system");
    is_refused("type=\"My\"", "type=\"MY\"", "exactly one certificate");
    is_refused("type=\"User\"", "type=\"System\"", "My/User");
}

#[test]
fn both_authentications_are_wanted() {
    is_refused(
        "value=\"CLIENT\"",
        "value=\"APPSRV\"",
        "one APPAUTH of level CLIENT",
    );
    is_refused(
        "name=\"AAUTHTYPE\" value=\"DIGEST\"",
        "name=\"AAUTHTYPE\" value=\"BASIC\"",
        "level CLIENT is BASIC",
    );
    is_refused(
        "name=\"AAUTHSECRET\"",
        "name=\"AAUTHSECRETS\"",
        "AAUTHSECRET is missing",
    );
}

#[test]
fn the_address_is_https_and_the_encoding_xml() {
    is_refused(
        "value=\"https://mdmwindows.com/ManagementServer/MDM.svc\"",
        "value=\"http://mdmwindows.com/\"",
        "ADDR",
    );
    is_refused("dm+xml", "dm+wbxml", "DEFAULTENCODING");
}

#[test]
fn the_provider_is_one() {
    is_refused(
        "<characteristic type=\"DEMO MDM\">",
        "<characteristic type=\"Demo MDM\">",
        "ProviderID",
    );
}

#[test]
fn certificates_stand_under_their_hash() {
    is_refused(
        "ADA7B35A30F986465CE4C176D527D4B80848EEF4",
        "BDA7B35A30F986465CE4C176D527D4B80848EEF4",
        "SHA-1",
    );
}

#[test]
fn nothing_else_is_allowed_at_enrolment() {
    let other = "<characteristic type=\"Policy\"/></wap-provisioningdoc>";
    is_refused("</wap-provisioningdoc>", other, "Policy isn't allowed");
    is_refused("version=\"1.1\"", "version=\"1.0\"", "version 1.1");
}

#[test]
fn the_search_must_find_the_certificate() {
    let criteria = |value: &str| {
        format!("<parm name=\"SSLCLIENTCERTSEARCHCRITERIA\" value=\"{value}\"/><parm name=\"APPID\"")
    };
    let id = "1E08C6E95D8BB843B1278FF45BC60CC6";
    let right = format!("Subject=CN%3d{id}&amp;Stores=My%5CUser");
    assert!(read(&captured().replace("<parm name=\"APPID\"", &criteria(&right))).is_ok());
    is_refused(
        "<parm name=\"APPID\"",
        &criteria("Subject=CN%3dOther&amp;Stores=My%5CUser"),
        "doesn't find",
    );
    is_refused(
        "<parm name=\"APPID\"",
        &criteria(&right.replace("User", "System")),
        "another store",
    );
    // As the documentation's sample has it.
    is_refused(
        "<parm name=\"APPID\"",
        &criteria(&right.replace("&amp;", "&amp;amp;")),
        "part amp;Stores",
    );
}

fn schedule(sets: &[(&str, &str)]) -> PollSchedule {
    let mut tree = tree::Tree::default();
    for (name, value) in sets {
        tree.set(
            format!("./Vendor/MSFT/DMClient/Provider/P/Poll/{name}"),
            tree::Format::Int,
            *value,
        );
    }
    PollSchedule::of(&tree, "P")
}

#[test]
fn the_recommended_schedule_is_kept() {
    let mut schedule = schedule(&[
        ("NumberOfFirstRetries", "5"),
        ("IntervalForFirstSetOfRetries", "15"),
        ("NumberOfSecondRetries", "2"),
        ("IntervalForSecondSetOfRetries", "60"),
        ("NumberOfRemainingScheduledRetries", "0"),
        ("IntervalForRemainingScheduledRetries", "1440"),
    ]);
    let minutes: Vec<u32> = (0..10).map(|_| schedule.next_minutes()).collect();
    assert_eq!(minutes, [15, 15, 15, 15, 15, 60, 60, 1440, 1440, 1440]);
}

#[test]
fn a_count_of_zero_never_ends_and_a_spent_schedule_is_daily() {
    let mut endless = schedule(&[
        ("NumberOfFirstRetries", "0"),
        ("IntervalForFirstSetOfRetries", "3"),
    ]);
    assert!((0..100).all(|_| endless.next_minutes() == 3));
    let mut short = schedule(&[
        ("NumberOfFirstRetries", "1"),
        ("IntervalForFirstSetOfRetries", "3"),
    ]);
    assert_eq!([short.next_minutes(), short.next_minutes()], [3, 1440]);
    let mut default = schedule(&[]);
    assert_eq!([default.next_minutes(), default.next_minutes()], [15, 15]);
}

/// A renewal's document in the shape of Microsoft's sample, with the captured certificate.
fn renewal() -> String {
    let identity = read(&captured()).unwrap().identity;
    let encoded = base64::engine::general_purpose::STANDARD.encode(&identity.der);
    format!(
        "<wap-provisioningdoc version=\"1.1\"><characteristic type=\"CertificateStore\">\
         <characteristic type=\"My\"><characteristic type=\"User\"><characteristic type=\"{}\">\
         <parm name=\"EncodedCertificate\" value=\"{encoded}\"/><characteristic type=\"PrivateKeyContainer\"/>\
         </characteristic></characteristic></characteristic></characteristic>\
         <characteristic type=\"APPLICATION\"><parm name=\"PROVIDER-ID\" value=\"Test\"/></characteristic>\
         </wap-provisioningdoc>",
        identity.sha1
    )
}

#[test]
fn a_renewal_brings_one_certificate_for_the_provider_and_nothing_else() {
    let identity = renewed(&renewal(), "Test").unwrap();
    assert_eq!(identity, read(&captured()).unwrap().identity);
    assert!(renewed(&renewal(), "Other").is_err());
    let twice = |part: &str| {
        let changed = renewal().replace(part, &format!("{part}{part}"));
        assert_ne!(changed, renewal());
        changed
    };
    for changed in [
        renewal().replace("<characteristic type=\"PrivateKeyContainer\"/>", ""),
        renewal().replace("\"User\"", "\"System\""),
        renewal().replace("\"APPLICATION\"", "\"EnterpriseAppManagement\""),
        twice(
            "<characteristic type=\"APPLICATION\"><parm name=\"PROVIDER-ID\" value=\"Test\"/></characteristic>",
        ),
        captured(),
    ] {
        assert_ne!(changed, renewal());
        assert!(renewed(&changed, "Test").is_err(), "{changed}");
    }
}
