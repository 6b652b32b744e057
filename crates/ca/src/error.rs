use crate::finding::Finding;

/// Why a request could not be read or a certificate could not be made.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum Error {
    /// Bytes that are no (leniently read) DER of the named structure.
    #[error("{0} cannot be read")]
    Malformed(&'static str),
    /// A request larger than this crate reads.
    #[error("{what} of {length} octets is larger than the {limit} allowed")]
    TooLarge {
        what: &'static str,
        length: usize,
        limit: usize,
    },
    /// A key that is no RSA private key in PKCS#8, or of an unsupported size.
    #[error("the key cannot be used: {0}")]
    Key(&'static str),
    /// The certificate and the private key of an authority belong to different keys.
    #[error("the private key does not belong to the certificate")]
    KeyMismatch,
    /// The certificate that should issue is not one of an authority.
    #[error("the certificate is not one of a certification authority")]
    NotAnAuthority,
    /// A value that no certificate can hold.
    #[error("{0} is not valid")]
    Invalid(&'static str),
    /// The prepared certificate breaks a rule.
    #[error("the certificate would break a rule: {0}")]
    Lint(Finding),
    /// The device or program that holds the key did not do what was asked.
    #[error("the token that holds the key: {0}")]
    Token(String),
    /// The cryptographic library refused.
    #[error("the cryptographic operation failed")]
    Crypto,
}
