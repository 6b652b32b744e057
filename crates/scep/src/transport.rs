//! What goes around the messages over HTTP (RFC 8894 §4.1): operations and content types.

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig, general_purpose::STANDARD};

use crate::{Error, MAX_MESSAGE};

/// GetCACaps answers.
pub const CONTENT_TYPE_CAPABILITIES: &str = "text/plain";
/// GetCACert answers with one certificate.
pub const CONTENT_TYPE_CA_CERTIFICATE: &str = "application/x-x509-ca-cert";
/// GetCACert answers with several certificates.
pub const CONTENT_TYPE_CA_RA_CERTIFICATES: &str = "application/x-x509-ca-ra-cert";
/// GetNextCACert answers.
pub const CONTENT_TYPE_NEXT_CA_CERTIFICATE: &str = "application/x-x509-next-ca-cert";
/// PKIOperation requests and answers.
pub const CONTENT_TYPE_MESSAGE: &str = "application/x-pki-message";

/// The standard alphabet, with or without padding, whatever the unused bits are.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// An operation (RFC 8894 §4.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Operation {
    /// What can the CA do?
    GetCaCaps,
    /// The CA's certificates.
    GetCaCert,
    /// The CA's certificates after its next change of key.
    GetNextCaCert,
    /// A SCEP message.
    PkiOperation,
}

impl Operation {
    /// The four operations.
    pub const ALL: [Self; 4] = [
        Self::GetCaCaps,
        Self::GetCaCert,
        Self::GetNextCaCert,
        Self::PkiOperation,
    ];

    /// Its name in a query.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::GetCaCaps => "GetCACaps",
            Self::GetCaCert => "GetCACert",
            Self::GetNextCaCert => "GetNextCACert",
            Self::PkiOperation => "PKIOperation",
        }
    }
}

/// The query of a SCEP address: `operation=…&message=…`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Query {
    /// What is asked.
    pub operation: Operation,
    /// The SCEP message of a GET PKIOperation, decoded; none in a POST, whose body is the message.
    pub message: Option<Vec<u8>>,
}

impl Query {
    /// Reads the query part of an address, without the question mark, as it stands on the wire (escaped).
    ///
    /// The message of a GET is base64 in every form that was seen: `+` raw, as `%2B` or turned into a blank, line
    /// ends, no padding, escaped twice, base64url. The message of the other operations names a CA in RFC 8894
    /// §4.1; clients send anything there (`0`, `default`), and it isn't read.
    ///
    /// # Errors
    /// [`Error::Missing`] or [`Error::Invalid`] for the operation, [`Error::Malformed`] for the message,
    /// [`Error::TooLarge`].
    pub fn parse(query: &str) -> Result<Self, Error> {
        // Base64 makes four of three, escaping twice up to five of one; no sane client escapes every character.
        if query.len() > MAX_MESSAGE * 2 {
            return Err(Error::TooLarge("query"));
        }
        let name = parameter(query, "operation").ok_or(Error::Missing("operation"))?;
        let mut all = Operation::ALL.into_iter();
        let operation = all.find(|operation| operation.name().eq_ignore_ascii_case(name));
        let operation = operation.ok_or(Error::Invalid("operation"))?;
        let message = parameter(query, "message").filter(|text| !text.is_empty());
        match (operation, message) {
            (Operation::PkiOperation, Some(text)) => Ok(Self {
                operation,
                message: Some(decode_message(text)?),
            }),
            _ => Ok(Self {
                operation,
                message: None,
            }),
        }
    }

    /// The query as it goes on the wire. `message` is what GetCACert and GetCACaps want beside the operation
    /// (NDES wants some value always).
    #[must_use]
    pub fn write(operation: Operation, message: Option<&str>) -> String {
        let operation = operation.name();
        match message {
            Some(message) => format!("operation={operation}&message={}", escape(message)),
            None => format!("operation={operation}"),
        }
    }

    /// The query of a PKIOperation sent by GET.
    #[must_use]
    pub fn write_message(message: &[u8]) -> String {
        Self::write(Operation::PkiOperation, Some(&STANDARD.encode(message)))
    }
}

fn parameter<'a>(query: &'a str, name: &str) -> Option<&'a str> {
    let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    pairs
        .into_iter()
        .find(|(key, _)| key.eq_ignore_ascii_case(name))
        .map(|(_, value)| value)
}

fn decode_message(text: &str) -> Result<Vec<u8>, Error> {
    let once = unescape(text.as_bytes());
    let octets = if once.contains(&b'%') {
        unescape(&once)
    } else {
        once
    };
    let plain = octets.into_iter().filter_map(|octet| match octet {
        b'\r' | b'\n' | b'\t' | 0 => None,
        // A form decoder on the way made blanks of plus signs.
        b' ' | b'-' => Some(b'+'),
        b'_' => Some(b'/'),
        other => Some(other),
    });
    let message = LENIENT
        .decode(plain.collect::<Vec<u8>>())
        .map_err(|_| Error::Malformed("message"))?;
    if message.len() > MAX_MESSAGE {
        Err(Error::TooLarge("message"))
    } else {
        Ok(message)
    }
}

/// Resolves `%XX`; a percent sign without two hex digits stays (and fails as base64 later).
fn unescape(octets: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(octets.len());
    let mut rest = octets;
    while let Some((first, after)) = rest.split_first() {
        rest = after;
        match (first, after) {
            (b'%', [high, low, tail @ ..]) => match (digit(*high), digit(*low)) {
                (Some(high), Some(low)) => {
                    out.push(high << 4 | low);
                    rest = tail;
                }
                _ => out.push(b'%'),
            },
            _ => out.push(*first),
        }
    }
    out
}

fn digit(octet: u8) -> Option<u8> {
    // Below sixteen: it fits.
    char::from(octet).to_digit(16).map(|digit| digit as u8)
}

fn escape(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    text.bytes()
        .map(|byte| {
            if plain(byte) {
                char::from(byte).to_string()
            } else {
                format!("%{byte:02X}")
            }
        })
        .collect()
}
