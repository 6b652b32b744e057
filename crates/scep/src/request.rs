use std::fmt;

use crate::certificate::Certificate;
use crate::csr::Csr;
use crate::{Cipher, Digest, Error, KeyTransport, MessageType, Nonce, SecretText, TransactionId};

/// What a request says in clear, its signature verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestSummary {
    /// One of the five kinds of request.
    pub message_type: MessageType,
    /// The transaction.
    pub transaction_id: TransactionId,
    /// The client's nonce.
    pub sender_nonce: Nonce,
    /// The certificate whose key signed the request, DER as received.
    pub signer_certificate: Vec<u8>,
    /// The digest it signed with.
    pub digest: Digest,
}

/// What an answer needs of its request; there is one even for a request that was refused. It is signed in the
/// request's digest, or with SHA-256 where that digest was the reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReplyTo {
    pub(crate) transaction_id: TransactionId,
    pub(crate) sender_nonce: Nonce,
    pub(crate) signer_certificate: Vec<u8>,
    pub(crate) digest: Digest,
}

impl From<&RequestSummary> for ReplyTo {
    fn from(summary: &RequestSummary) -> Self {
        Self {
            transaction_id: summary.transaction_id.clone(),
            sender_nonce: summary.sender_nonce.clone(),
            signer_certificate: summary.signer_certificate.clone(),
            digest: summary.digest,
        }
    }
}

/// A request that was not opened. Where its signature verified, it can be answered with FAILURE; where not, HTTP
/// 400 is the answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{error}")]
pub struct Refused {
    /// Why.
    pub error: Error,
    /// To whom a [`write_failure`](crate::write_failure) would go.
    pub reply_to: Option<Box<ReplyTo>>,
}

impl From<Error> for Refused {
    /// One that can't be answered.
    fn from(error: Error) -> Self {
        Self {
            error,
            reply_to: None,
        }
    }
}

impl From<Refused> for Error {
    fn from(refused: Refused) -> Self {
        refused.error
    }
}

/// What a server takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    /// The kinds of request that are opened; the others are refused before anything is decrypted.
    pub message_types: Vec<MessageType>,
    /// Whether requests signed with SHA-1 are taken, and answered in kind (old clients).
    pub permits_sha1: bool,
    /// Whether requests signed with MD5 are taken, and answered in kind. Off unless a person chose it.
    pub permits_md5: bool,
    /// Whether single DES is taken, and answered in kind. Off unless a person chose it.
    pub permits_single_des: bool,
}

impl Policy {
    pub(crate) fn permits(&self, digest: Digest) -> bool {
        match digest {
            Digest::Md5 => self.permits_md5,
            Digest::Sha1 => self.permits_sha1,
            Digest::Sha256 | Digest::Sha384 | Digest::Sha512 => true,
        }
    }
}

impl Default for Policy {
    /// PKCSReq, RenewalReq, CertPoll, GetCert and GetCRL; SHA-1 is taken, MD5 and single DES aren't.
    fn default() -> Self {
        use MessageType::{CertPoll, GetCert, GetCrl, PkcsReq, RenewalReq};
        Self {
            message_types: vec![PkcsReq, RenewalReq, CertPoll, GetCert, GetCrl],
            permits_sha1: true,
            permits_md5: false,
            permits_single_des: false,
        }
    }
}

/// What lay in the envelope of a request. Debug names the kind alone: a PKCS#10 may hold a challenge.
#[derive(Clone, PartialEq, Eq)]
pub enum Content {
    /// PKCSReq and RenewalReq: a PKCS#10, DER as received. Its structure was read; its signature wasn't checked.
    Csr(Vec<u8>),
    /// CertPoll: two X.501 Names, as received.
    IssuerAndSubject {
        /// The CA's name.
        issuer: Vec<u8>,
        /// The subject that was asked for.
        subject: Vec<u8>,
    },
    /// GetCert and GetCRL: an X.501 Name and the content octets of an INTEGER, as received.
    IssuerAndSerial {
        /// The CA's name.
        issuer: Vec<u8>,
        /// The serial number, two's complement, most significant octet first.
        serial: Vec<u8>,
    },
}

impl fmt::Debug for Content {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Csr(_) => "Csr",
            Self::IssuerAndSubject { .. } => "IssuerAndSubject",
            Self::IssuerAndSerial { .. } => "IssuerAndSerial",
        })
    }
}

/// A request whose signature verified and whose envelope opened.
#[derive(Debug, Clone)]
pub struct OpenedRequest {
    pub(crate) summary: RequestSummary,
    pub(crate) content: Content,
    pub(crate) cipher: Cipher,
    pub(crate) key_transport: KeyTransport,
}

impl OpenedRequest {
    /// What the request says in clear.
    #[must_use]
    pub fn summary(&self) -> &RequestSummary {
        &self.summary
    }

    /// What lay in the envelope.
    #[must_use]
    pub fn content(&self) -> &Content {
        &self.content
    }

    /// The PKCS#10 of a PKCSReq or RenewalReq.
    #[must_use]
    pub fn csr(&self) -> Option<&[u8]> {
        match &self.content {
            Content::Csr(der) => Some(der),
            _ => None,
        }
    }

    /// The challengePassword in the PKCS#10, whatever string type carries it.
    #[must_use]
    pub fn challenge(&self) -> Option<SecretText> {
        Csr::read(self.csr()?).ok()?.challenge()
    }

    /// Whether the PKCS#10 asks for a certificate on the key that signed the message: so it is in a PKCSReq under
    /// a self-signed certificate; in a renewal it may be a new key.
    #[must_use]
    pub fn is_for_signers_key(&self) -> bool {
        let csr = self.csr().and_then(|der| Csr::read(der).ok());
        let signer = Certificate::read(&self.summary.signer_certificate).ok();
        csr.zip(signer)
            .is_some_and(|(csr, signer)| csr.public_key() == signer.public_key())
    }

    /// The public key that signed the message, for a server to know its holder again (RFC 8894 §3.3.3: whoever polls
    /// signs as before): the content of the certificate's subjectPublicKey BIT STRING, for RSA an RSAPublicKey in DER.
    #[must_use]
    pub fn signer_public_key(&self) -> Option<&[u8]> {
        let signer = Certificate::read(&self.summary.signer_certificate).ok()?;
        Some(signer.public_key())
    }

    /// The cipher that the client chose, and gets its answer in.
    #[must_use]
    pub fn cipher(&self) -> Cipher {
        self.cipher
    }

    /// The key transport that the client chose, and gets its answer in.
    #[must_use]
    pub fn key_transport(&self) -> KeyTransport {
        self.key_transport
    }

    /// To whom answers go.
    #[must_use]
    pub fn reply_to(&self) -> ReplyTo {
        ReplyTo::from(&self.summary)
    }
}
