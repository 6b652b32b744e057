//! What no device sends: every reader gives an error, quickly, and never panics.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod world;

use ms_mdm::discovery::DiscoverRequest;
use ms_mdm::enroll::EnrollmentRequest;
use ms_mdm::policy::GetPoliciesRequest;
use ms_mdm::syncml::{Command, Message};
use ms_mdm::{Error, MAX_DEPTH, MAX_MESSAGE_BYTES};
use proptest::prelude::*;
use world::{fixture, fixture_with};

/// Every reader's error; all of them must have one.
fn errors(bytes: &[u8]) -> [Error; 5] {
    [
        Message::read(bytes).unwrap_err(),
        Command::read(bytes).unwrap_err(),
        DiscoverRequest::read(bytes).unwrap_err(),
        GetPoliciesRequest::read(bytes).unwrap_err(),
        EnrollmentRequest::read(bytes).unwrap_err(),
    ]
}

fn read_all(bytes: &[u8]) {
    let _ = Message::read(bytes);
    let _ = Command::read(bytes);
    let _ = DiscoverRequest::read(bytes);
    let _ = GetPoliciesRequest::read(bytes);
    let _ = EnrollmentRequest::read(bytes);
    let _ = ms_mdm::soap::message_id(bytes);
}

#[test]
fn a_hundred_thousand_levels_are_refused_for_their_depth() {
    // 100,000 levels in under the size that is read: it must be the depth that is said.
    let deep = "<a>".repeat(100_000);
    for error in errors(deep.as_bytes()) {
        assert_eq!(error, Error::TooDeep { limit: MAX_DEPTH });
    }
    let body = fixture_with(
        "made__session-01_client-package1.xml",
        "<Final/>",
        &"<Atomic>".repeat(40_000),
    );
    assert_eq!(Message::read(&body), Err(Error::TooDeep { limit: MAX_DEPTH }));
}

#[test]
fn depth_is_counted_past_everything_that_hides_a_tag() {
    let at_limit = format!("{}{}", "<a>".repeat(MAX_DEPTH), "</a>".repeat(MAX_DEPTH));
    assert!(
        errors(at_limit.as_bytes())
            .iter()
            .all(|error| *error != Error::TooDeep { limit: MAX_DEPTH })
    );
    let hidden = "<a b='>'><!-- <c> --><?d <e>?><![CDATA[<f>]]>".repeat(MAX_DEPTH + 1);
    assert_eq!(errors(hidden.as_bytes())[0], Error::TooDeep { limit: MAX_DEPTH });
    let shallow = format!("<a>{}</a>", "<!-- <c><c> --><b/><b c='/>'/>".repeat(2000));
    assert!(matches!(
        Message::read(shallow.as_bytes()),
        Err(Error::NotA { .. })
    ));
}

#[test]
fn a_document_type_is_refused_wherever_it_stands() {
    let bomb = "<?xml version='1.0'?><!DOCTYPE a [<!ENTITY x 'xxxxxxxxxx'><!ENTITY y '&x;&x;'>]><a>&y;</a>";
    for text in [
        bomb,
        "<!DOCTYPE a SYSTEM 'file:///etc/passwd'><a/>",
        "  <!doctype html><html/>",
    ] {
        for error in errors(text.as_bytes()) {
            assert_eq!(error, Error::Doctype);
        }
    }
    let inside = fixture_with(
        "wire-win10-19043__03_client_discover.xml",
        "<s:Envelope ",
        "<!DOCTYPE s:Envelope [<!ENTITY e SYSTEM 'http://127.0.0.1/'>]><s:Envelope ",
    );
    assert_eq!(DiscoverRequest::read(&inside), Err(Error::Doctype));
}

#[test]
fn an_entity_of_ones_own_is_refused() {
    let entity = fixture_with("wire-win10-19043__03_client_discover.xml", "demo@", "&demo;@");
    assert!(matches!(
        DiscoverRequest::read(&entity),
        Err(Error::Malformed { .. })
    ));
}

#[test]
fn a_body_past_the_limit_is_refused_unread() {
    let huge = vec![b' '; MAX_MESSAGE_BYTES + 1];
    for error in errors(&huge) {
        assert_eq!(
            error,
            Error::TooLarge {
                actual: MAX_MESSAGE_BYTES + 1,
                limit: MAX_MESSAGE_BYTES
            }
        );
    }
}

#[test]
fn floods_of_attributes_prefixes_and_elements_are_refused() {
    let attributes: String = (0..40_000).map(|n| format!(" a{n}=''")).collect();
    assert_eq!(
        errors(format!("<a{attributes}/>").as_bytes())[0],
        Error::TooMany { what: "attributes" }
    );
    let prefixes: String = (0..20_000).map(|n| format!("<a xmlns:p{n}='u'/>")).collect();
    let expected = Error::TooMany {
        what: "namespace prefixes",
    };
    assert_eq!(errors(format!("<a>{prefixes}</a>").as_bytes())[0], expected);
    let elements = format!("<a>{}</a>", "<b/>".repeat(100_000));
    assert_eq!(
        errors(elements.as_bytes())[0],
        Error::TooMany { what: "elements" }
    );
}

#[test]
fn what_is_no_utf_8_or_no_xml_is_refused() {
    assert_eq!(errors(&[0xFF, 0xFE, b'<', 0])[0], Error::NotUtf8);
    for text in [
        "",
        "{}",
        "<a>",
        "<a></b>",
        "<a b=c/>",
        "\0",
        "<a>&#0;</a>",
        "<a:b/>",
        "<a/><b/>",
    ] {
        for error in errors(text.as_bytes()) {
            assert!(matches!(error, Error::Malformed { .. }), "{text}: {error:?}");
        }
    }
}

#[test]
fn a_truncation_at_every_byte_never_panics() {
    for name in [
        "wire-win10-19043__03_client_discover.xml",
        "wire-win10-19043__05_client_getpolicies.xml",
        "wire-win10-19043__07_client_rst-wstep.xml",
        "wire-win10-19043__09_client_syncml.xml",
        "made__session-02_server-root-then-scep-atomic.xml",
        "made__poll-02b_client-installed-1-0.xml",
        "certificatestore-csp__04_examples.xml",
    ] {
        let whole = fixture(name);
        let end = whole.trim_ascii_end().len();
        for length in 0..end {
            // The tree is the same for every reader; it is what fails.
            assert!(
                matches!(Message::read(&whole[..length]), Err(Error::Malformed { .. })),
                "{name} {length}"
            );
        }
    }
}

proptest! {
    #[test]
    fn changed_bytes_never_panic(
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
        name in prop::sample::select(vec![
            "wire-win10-19043__07_client_rst-wstep.xml",
            "wire-win10-19043__05_client_getpolicies.xml",
            "made__session-02_server-root-then-scep-atomic.xml",
            "made__poll-02d_client-failed-http500.xml",
        ]),
    ) {
        let mut bytes = fixture(name);
        for (index, byte) in changes {
            let at = index.index(bytes.len());
            bytes[at] = byte;
        }
        read_all(&bytes);
    }

    #[test]
    fn any_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
        read_all(&bytes);
    }

    #[test]
    fn any_markup_never_panics(text in "(<[a-cA-S:/!?]{0,9}[ ='\"]{0,3}[>]?|[&;#x0-9a-z]{0,5}|-->|\\]\\]>|/>){0,60}") {
        read_all(text.as_bytes());
    }
}
