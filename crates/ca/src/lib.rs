//! A small issuing certification authority: reads PKCS#10 requests the way real devices send
//! them, prepares a certificate, checks it, and only then signs it.
//!
//! No I/O, no clock, no async: the time is an argument, in seconds since 1970 (UTC).
//! Each step takes the one before it by value, so that nothing unchecked is ever signed and
//! nothing is signed twice by accident:
//!
//! ```text
//! Order ──prepare──> Prepared ──lint──> Linted ──sign──> Issued
//! ```
//!
//! Signatures are RSA PKCS#1 v1.5 with SHA-256, which is deterministic on purpose: the same
//! [`Order`] signed again after a crash gives the identical certificate.

mod alternative_name;
mod check;
mod create;
mod crl;
mod der;
mod deviation;
mod error;
mod finding;
mod import;
mod issuance;
mod key;
mod lint;
mod object_identifier;
mod ordered;
pub mod pem;
#[cfg(feature = "pkcs11")]
mod pkcs11;
mod prepare;
mod public_key;
mod request;
pub mod serial;
mod sign;
mod signing_key;
mod subject;
mod text;
mod time;

pub use create::CertificateAuthority;
pub use crl::{CertificateRevocationList, RevocationReason, RevokedCertificate};
pub use deviation::{Deviation, Part};
pub use error::Error;
pub use finding::Finding;
pub use import::{ImportError, Imported, import_pem, import_pkcs12};
pub use issuance::{GeneralName, KeyUsage, Order, Profile, Subject};
pub use key::IssuingKey;
pub use lint::Linted;
pub use object_identifier::{Attribute, ObjectIdentifier};
pub use ordered::{KeyBits, Ordered};
#[cfg(feature = "pkcs11")]
pub use pkcs11::{Token, TokenAddress, TokenKey};
pub use prepare::Prepared;
pub use request::CertificateRequest;
pub use serial::SerialNumber;
pub use sign::Issued;
pub use signing_key::SigningKey;

/// The result of every step here.
pub type Result<T> = std::result::Result<T, Error>;
