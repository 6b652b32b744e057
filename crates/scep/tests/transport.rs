//! Queries, capabilities and what else goes over HTTP around the messages.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

use proptest::prelude::*;
use scep::{Capabilities, Capability, Cipher, Digest, Error, Operation, Query};

/// Octets whose base64 has `+`, `/` and padding.
const MESSAGE: [u8; 61] = {
    let mut octets = [0xfb; 61];
    octets[30] = 0xff;
    octets[31] = 0xff;
    octets
};

fn parsed(message: &str) -> Result<Option<Vec<u8>>, Error> {
    Query::parse(&format!("operation=PKIOperation&message={message}")).map(|query| query.message)
}

fn base64() -> String {
    let query = Query::write_message(&MESSAGE);
    let escaped = query.strip_prefix("operation=PKIOperation&message=").unwrap();
    escaped
        .replace("%2B", "+")
        .replace("%2F", "/")
        .replace("%3D", "=")
}

#[test]
fn a_message_is_read_in_each_form_that_was_seen() {
    let raw = base64();
    assert!(raw.contains('+') && raw.contains('/') && raw.ends_with('='));
    let escaped = raw.replace('+', "%2B").replace('/', "%2F").replace('=', "%3D");
    let lines: Vec<&str> = raw
        .as_bytes()
        .chunks(64)
        .map(|line| std::str::from_utf8(line).unwrap())
        .collect();
    for form in [
        raw.clone(),
        escaped.clone(),
        escaped.to_lowercase_escapes(),
        escaped.replace('%', "%25"),
        raw.replace('+', "%20"),
        raw.replace('+', " "),
        raw.trim_end_matches('=').to_owned(),
        raw.replace('+', "-").replace('/', "_"),
        lines.join("%0A"),
        lines.join("%0D%0A") + "%0D%0A",
        lines.join("\n"),
    ] {
        assert_eq!(parsed(&form), Ok(Some(MESSAGE.to_vec())), "{form}");
    }
}

trait LowercaseEscapes {
    fn to_lowercase_escapes(&self) -> String;
}

impl LowercaseEscapes for String {
    fn to_lowercase_escapes(&self) -> String {
        self.replace("%2B", "%2b")
            .replace("%2F", "%2f")
            .replace("%3D", "%3d")
    }
}

#[test]
fn what_is_no_base64_is_refused() {
    for message in ["<html>", "%", "%zz", "%F0%9F%98%80", "A", "====A", "AAAA*AAA"] {
        assert_eq!(parsed(message), Err(Error::Malformed("message")), "{message}");
    }
    assert_eq!(parsed(""), Ok(None));
}

#[test]
fn what_is_too_long_is_refused() {
    let long = "A".repeat((scep::MAX_MESSAGE / 3 + 2) * 4);
    assert_eq!(parsed(&long), Err(Error::TooLarge("message")));
    assert_eq!(Query::parse(&"&".repeat(3 << 20)), Err(Error::TooLarge("query")));
}

#[test]
fn each_operation_is_known_by_name_with_any_message() {
    for operation in Operation::ALL {
        let without_message = Ok(Query {
            operation,
            message: None,
        });
        assert_eq!(
            Query::parse(&format!("operation={}", operation.name())),
            without_message
        );
        assert_eq!(Query::parse(&Query::write(operation, Some(""))), without_message);
    }
    for message in ["0", "1", "default", "CAIdentifier", "%00%"] {
        let query = format!("message={message}&operation=getcacert");
        assert_eq!(
            Query::parse(&query),
            Ok(Query {
                operation: Operation::GetCaCert,
                message: None
            })
        );
    }
    assert_eq!(Query::write(Operation::GetCaCaps, None), "operation=GetCACaps");
    assert_eq!(
        Query::write(Operation::GetCaCert, Some("a b&c")),
        "operation=GetCACert&message=a%20b%26c"
    );
}

#[test]
fn a_query_without_a_known_operation_is_refused() {
    assert_eq!(Query::parse(""), Err(Error::Missing("operation")));
    assert_eq!(Query::parse("message=AAAA"), Err(Error::Missing("operation")));
    for query in ["operation=", "operation=Format+C", "operation=PKIOperation%00"] {
        assert_eq!(Query::parse(query), Err(Error::Invalid("operation")));
    }
}

#[test]
fn capabilities_of_ndes_choose_triple_des_and_sha256() {
    let ndes = Capabilities::parse(b"POSTPKIOperation\nRenewal\nSHA-512\nSHA-256\nSHA-1\nDES3\n");
    assert_eq!((ndes.cipher(), ndes.digest()), (Cipher::Des3, Digest::Sha256));
    assert!(ndes.has(Capability::PostPkiOperation) && ndes.has(Capability::Renewal));
    assert!(!ndes.has(Capability::GetNextCaCert) && !ndes.has(Capability::Aes));
}

#[test]
fn scep_standard_means_aes_sha256_and_post() {
    let standard = Capabilities::parse(b"scepstandard\r\nSHA-512\r\n");
    assert_eq!(
        (standard.cipher(), standard.digest()),
        (Cipher::Aes128, Digest::Sha256)
    );
    assert!(standard.has(Capability::PostPkiOperation));
    assert_eq!(Capabilities::parse(b"SHA-512").digest(), Digest::Sha512);
}

#[test]
fn capabilities_go_there_and_back_and_nothing_is_valid_too() {
    let body =
        b"AES\nDES3\nPOSTPKIOperation\nRenewal\nSHA-1\nSHA-256\nSHA-512\nSCEPStandard\nGetNextCACert\n";
    assert_eq!(Capabilities::parse(body).to_body(), body);
    for nothing in [b"".as_slice(), b"<html>\xff\xfe not found</html>", &[0; 8192]] {
        let none = Capabilities::parse(nothing);
        assert_eq!(none.iter().count(), 0);
        assert_eq!(none.cipher(), Cipher::Des3);
    }
}

proptest! {
    #[test]
    fn any_message_goes_there_and_back(message in proptest::collection::vec(any::<u8>(), 1..600)) {
        let query = Query::parse(&Query::write_message(&message)).unwrap();
        prop_assert_eq!(query, Query { operation: Operation::PkiOperation, message: Some(message) });
    }

    #[test]
    fn no_query_makes_it_panic(query in ".{0,200}") {
        let _ = Query::parse(&query);
        let _ = parsed(&query);
    }
}
