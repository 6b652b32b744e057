//! SCEP, the Simple Certificate Enrolment Protocol of RFC 8894: messages in, messages out.
//!
//! The crate does no I/O, reads no clock and starts no thread. Bytes go in, values or bytes come out, and no type
//! of another crate stands in its public interface. It serves three parties:
//!
//! * a **proxy**, which can't decrypt: [`peek_request`] and [`peek_reply`] show what stands in clear;
//! * a **server**: [`open_request`], then [`write_success`], [`write_pending`] or [`write_failure`];
//! * a **client**: [`CsrBuilder`], [`SignerCertificate`] and [`Enrolment`].
//!
//! [`Operation`], [`Capabilities`] and [`CaCertificates`] are what goes around the messages over HTTP.
//!
//! CMS is read as BER (indefinite lengths, constructed strings: real peers send them) and written as DER.
//! Signatures are checked over the bytes as received; certificates are handed on as received.

mod algorithm;
mod asn1;
mod attributes;
mod ca_certificates;
mod capabilities;
mod certificate;
mod client;
mod crypto;
mod csr;
mod csr_builder;
mod envelope;
mod error;
mod exchange;
mod inspect;
mod message;
mod read;
mod reply;
mod request;
mod retrieval;
mod secret;
mod signed;
mod signer;
mod transport;
mod write;

pub use algorithm::{Cipher, Digest, KeyTransport};
pub use ca_certificates::{CaCertificate, CaCertificates};
pub use capabilities::{Capabilities, Capability};
pub use crypto::{Identity, RsaKey};
pub use csr_builder::{CsrBuilder, ExtendedKeyUsage, GeneralName, KeyUsage};
pub use error::Error;
pub use exchange::{Enrolment, Outcome};
pub use inspect::{InspectedEnvelope, InspectedRecipient, Inspection, RecipientName, inspect};
pub use message::{FailInfo, MessageType, Nonce, PkiStatus, TransactionId};
pub use read::{open_request, peek_request};
pub use reply::{ReplySummary, peek_reply};
pub use request::{Content, OpenedRequest, Policy, Refused, ReplyTo, RequestSummary};
pub use retrieval::{Retrieval, Retrieved};
pub use secret::{SecretBytes, SecretText};
pub use signer::SignerCertificate;
pub use transport::{
    CONTENT_TYPE_CA_CERTIFICATE, CONTENT_TYPE_CA_RA_CERTIFICATES, CONTENT_TYPE_CAPABILITIES,
    CONTENT_TYPE_MESSAGE, CONTENT_TYPE_NEXT_CA_CERTIFICATE, Operation, Query,
};
pub use write::{
    write_failure, write_ndes_failure, write_next_ca, write_pending, write_revocation_list, write_success,
};

/// The longest SCEP message that is read, in octets. A request with a 4096-bit key takes about 6 KiB.
pub const MAX_MESSAGE: usize = 256 * 1024;
/// The longest transactionID that is read or written, in characters. RFC 8894 §3.2.1.1 sets no bound.
pub const MAX_TRANSACTION_ID: usize = 255;
/// The longest senderNonce that is read, in octets. RFC 8894 §3.2.1.5 has 16; nobody needs more than 64.
pub const MAX_NONCE: usize = 64;
/// The most certificates that are read from one message or GetCACert body.
pub const MAX_CERTIFICATES: usize = 32;
