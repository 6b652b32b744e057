use std::fmt;

use crate::{Error, MAX_NONCE, MAX_TRANSACTION_ID, crypto};

/// The kinds of message (RFC 8894 §3.2.1.2). Nothing else is ever dispatched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MessageType {
    /// The answer to any request.
    CertRep = 3,
    /// A PKCS#10 signed by an existing certificate.
    RenewalReq = 17,
    /// A PKCS#10 signed by a self-signed certificate (older clients also renew with it).
    PkcsReq = 19,
    /// Asks again for a pending certificate.
    CertPoll = 20,
    /// Asks for a certificate by issuer and serial number.
    GetCert = 21,
    /// Asks for a CRL by issuer and serial number.
    GetCrl = 22,
}

impl MessageType {
    /// The six kinds.
    pub const ALL: [Self; 6] = [
        Self::CertRep,
        Self::RenewalReq,
        Self::PkcsReq,
        Self::CertPoll,
        Self::GetCert,
        Self::GetCrl,
    ];

    /// The kind with this number.
    ///
    /// # Errors
    /// [`Error::UndefinedMessageType`] for any other number.
    pub fn from_number(number: u32) -> Result<Self, Error> {
        Self::ALL
            .into_iter()
            .find(|kind| kind.number() == number)
            .ok_or(Error::UndefinedMessageType)
    }

    /// The number on the wire.
    #[must_use]
    pub fn number(self) -> u32 {
        self as u32
    }
}

impl fmt::Display for MessageType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = match self {
            Self::CertRep => "CertRep",
            Self::RenewalReq => "RenewalReq",
            Self::PkcsReq => "PKCSReq",
            Self::CertPoll => "CertPoll",
            Self::GetCert => "GetCert",
            Self::GetCrl => "GetCRL",
        };
        write!(f, "{name} ({})", self.number())
    }
}

/// A transaction's name: 1 to [`MAX_TRANSACTION_ID`] printable ASCII characters (RFC 8894 §3.2.1.1).
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TransactionId(String);

impl TransactionId {
    /// Takes a transactionID as received or chosen.
    ///
    /// # Errors
    /// [`Error::Invalid`] when it is empty, longer than [`MAX_TRANSACTION_ID`], or holds anything but printable
    /// ASCII and the blank. That is a little more than PrintableString has: base64 with `=` was seen, and is in it.
    pub fn new(text: impl Into<String>) -> Result<Self, Error> {
        let text = text.into();
        let is_printable = text.bytes().all(|byte| (0x20..0x7f).contains(&byte));
        if text.is_empty() || text.len() > MAX_TRANSACTION_ID || !is_printable {
            return Err(Error::Invalid("transactionID"));
        }
        Ok(Self(text))
    }

    /// The usual choice of clients: the SHA-1 of the public key (SubjectPublicKeyInfo as DER), 40 hex digits.
    #[must_use]
    pub fn of_key(public_key_der: &[u8]) -> Self {
        Self(crypto::hex(&crypto::sha1(public_key_der)))
    }

    /// 32 random hex digits.
    ///
    /// # Errors
    /// [`Error::Key`] when the system gives no randomness.
    pub fn random() -> Result<Self, Error> {
        let mut octets = [0; 16];
        crypto::fill_random(&mut octets)?;
        Ok(Self(crypto::hex(&octets)))
    }

    /// The characters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for TransactionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A senderNonce or recipientNonce: 16 octets when written, 1 to [`MAX_NONCE`] when read (RFC 8894 §3.2.1.5).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Nonce(Vec<u8>);

impl Nonce {
    /// Takes a nonce as received.
    ///
    /// # Errors
    /// [`Error::Invalid`] when it is empty or longer than [`MAX_NONCE`].
    pub fn new(octets: impl Into<Vec<u8>>) -> Result<Self, Error> {
        let octets = octets.into();
        if octets.is_empty() || octets.len() > MAX_NONCE {
            return Err(Error::Invalid("nonce"));
        }
        Ok(Self(octets))
    }

    /// 16 fresh random octets.
    ///
    /// # Errors
    /// [`Error::Key`] when the system gives no randomness.
    pub fn random() -> Result<Self, Error> {
        let mut octets = vec![0; 16];
        crypto::fill_random(&mut octets)?;
        Ok(Self(octets))
    }

    /// The octets.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

/// Why a request was refused (RFC 8894 §3.2.1.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FailInfo {
    /// An algorithm that isn't known or supported.
    BadAlg = 0,
    /// The message's integrity can't be established: signature or decryption.
    BadMessageCheck = 1,
    /// The transaction isn't permitted or supported: policy, challenge, undefined type.
    BadRequest = 2,
    /// The signingTime is too far from the server's time.
    BadTime = 3,
    /// No certificate by that issuer and serial number.
    BadCertId = 4,
}

impl FailInfo {
    /// The five reasons.
    pub const ALL: [Self; 5] = [
        Self::BadAlg,
        Self::BadMessageCheck,
        Self::BadRequest,
        Self::BadTime,
        Self::BadCertId,
    ];

    /// The reason with this number, if RFC 8894 defines it.
    #[must_use]
    pub fn from_number(number: u32) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.number() == number)
    }

    /// The number on the wire.
    #[must_use]
    pub fn number(self) -> u32 {
        self as u32
    }
}

impl fmt::Display for FailInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::BadAlg => "badAlg",
            Self::BadMessageCheck => "badMessageCheck",
            Self::BadRequest => "badRequest",
            Self::BadTime => "badTime",
            Self::BadCertId => "badCertId",
        })
    }
}

/// What became of a request (RFC 8894 §3.2.1.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PkiStatus {
    /// Granted.
    Success = 0,
    /// Refused.
    Failure = 2,
    /// Waits for a person.
    Pending = 3,
}

impl PkiStatus {
    /// The status with this number, if RFC 8894 defines it.
    #[must_use]
    pub fn from_number(number: u32) -> Option<Self> {
        [Self::Success, Self::Failure, Self::Pending]
            .into_iter()
            .find(|status| status.number() == number)
    }

    /// The number on the wire.
    #[must_use]
    pub fn number(self) -> u32 {
        self as u32
    }
}

impl fmt::Display for PkiStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Success => "SUCCESS",
            Self::Failure => "FAILURE",
            Self::Pending => "PENDING",
        })
    }
}
