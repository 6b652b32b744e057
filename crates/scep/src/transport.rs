use crate::Error;

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
        let _ = query;
        todo!()
    }

    /// The query as it goes on the wire. `message` is what GetCACert and GetCACaps want beside the operation
    /// (NDES wants some value always).
    #[must_use]
    pub fn write(operation: Operation, message: Option<&str>) -> String {
        let _ = (operation, message);
        todo!()
    }

    /// The query of a PKIOperation sent by GET.
    #[must_use]
    pub fn write_message(message: &[u8]) -> String {
        let _ = message;
        todo!()
    }
}
