//! SCEP, the Simple Certificate Enrolment Protocol of RFC 8894: messages in, messages out.
//!
//! The crate does no I/O, reads no clock and starts no thread. Bytes go in, values or bytes come out, and no type
//! of another crate stands in its public interface. It serves three parties:
//!
//! * a **server**: [`open_request`], then [`write_success`], [`write_revocation_list`], [`write_pending`] or
//!   [`write_failure`];
//! * a **client**: [`CsrBuilder`], [`SignerCertificate`], [`Enrolment`] and [`Retrieval`];
//! * a **proxy**, which can't decrypt: [`peek_request`] and [`peek_reply`] show what stands in clear, [`inspect`] all
//!   of it.
//!
//! [`Query`], [`Capabilities`], [`CaCertificates`] and [`write_next_ca`] are what goes around the messages over HTTP.
//!
//! # A client and a server
//!
//! ```
//! use scep::{
//!     CaCertificates, Capabilities, Capability, CsrBuilder, Enrolment, FailInfo, Identity, MessageType, Outcome,
//!     Policy, RsaKey, SignerCertificate, open_request, write_failure, write_success,
//! };
//!
//! // An X.501 Name as DER: CN=A.
//! let name = [0x30, 12, 0x31, 10, 0x30, 8, 6, 3, 0x55, 4, 3, 0x0c, 1, b'A'];
//! let (now, later) = (1_795_392_000, 1_826_928_000);
//!
//! // The server has a certificate and a key, and says what it can do.
//! let ca: Identity = SignerCertificate::new(name, now, later).issue(RsaKey::generate(2048)?)?;
//! let (get_ca_cert, _content_type) = CaCertificates::from_certificates([ca.certificate.clone()])?.to_body()?;
//! let get_ca_caps = Capabilities::new([Capability::ScepStandard, Capability::Renewal]).to_body();
//!
//! // The client makes a key, a PKCS#10 and a certificate of its own to sign with (RFC 8894 §2.3).
//! let key = RsaKey::generate(2048)?;
//! let csr = CsrBuilder::new(name).challenge("9F86D081884C7D65").build(&key)?;
//! let signer = SignerCertificate::new(name, now, later).issue(key)?;
//! let capabilities = Capabilities::parse(&get_ca_caps);
//! let certificates = CaCertificates::parse(&get_ca_cert)?;
//! let mut client = Enrolment::new(certificates, &capabilities, csr, signer.clone())?;
//! let request = client.write_request()?;
//!
//! // The server opens the request, decides, and answers.
//! let reply = match open_request(&request, &ca, &Policy::default()) {
//!     Ok(opened) => {
//!         assert_eq!(opened.summary().message_type, MessageType::PkcsReq);
//!         let is_known = opened.challenge().is_some_and(|challenge| challenge.as_str() == "9F86D081884C7D65");
//!         if is_known && opened.is_for_signers_key() {
//!             // Here a CA would issue one for `opened.csr()`.
//!             let issued = [signer.certificate.clone()];
//!             write_success(&opened, &ca, &issued, &[])?
//!         } else {
//!             write_failure(&opened.reply_to(), &ca, FailInfo::BadRequest, Some("challenge refused"))?
//!         }
//!     }
//!     Err(refused) => match refused.reply_to {
//!         Some(to) => write_failure(&to, &ca, refused.error.fail_info(), None)?,
//!         None => return Err(refused.error), // HTTP 400
//!     },
//! };
//!
//! // The client believes nothing that isn't signed by the CA, about this transaction and this key.
//! assert_eq!(client.read_reply(&reply)?, Outcome::Issued(vec![signer.certificate]));
//! # Ok::<(), scep::Error>(())
//! ```
//!
//! # A proxy
//!
//! ```
//! # fn forward(message: &[u8]) -> Vec<u8> { message.to_vec() }
//! fn relay(query: &str, body: &[u8]) -> Result<Vec<u8>, scep::Error> {
//!     // A GET has its message in the query, a POST in its body.
//!     let message = scep::Query::parse(query)?.message.unwrap_or_else(|| body.to_vec());
//!     let asked = scep::peek_request(&message)?;
//!     let answer = forward(&message);
//!     let answered = scep::peek_reply(&answer)?;
//!     if answered.transaction_id != asked.transaction_id {
//!         return Err(scep::Error::Mismatch("transactionID"));
//!     }
//!     println!("{} {}: {}", asked.message_type, asked.transaction_id, answered.status);
//!     Ok(answer)
//! }
//! # assert!(relay("operation=PKIOperation", b"<html>").is_err());
//! ```
//!
//! # What is believed
//!
//! CMS is read as BER (indefinite lengths, constructed strings: real peers send them) and written as DER.
//! Signatures are checked over the bytes as received, and before anything is decrypted; certificates are handed on as
//! received. What a signature proves is possession of a key, not who holds it: whether a signer may renew, whether a
//! challenge is right, whether the PKCS#10 proves its own key, is the caller's to decide. Whatever goes wrong behind
//! the private key is [`Error::Undecipherable`] after the same work.
//!
//! Broken algorithms are off: MD5 and single DES each have a switch in [`Policy`].

#![warn(missing_docs)]

/// The examples in the README.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

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
mod signed_content;
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
pub use signed_content::SignedContent;
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
