use crate::message::{FailInfo, MessageType};

/// Why a message, a body or a key was not taken.
///
/// No variant holds bytes of the message: an error may be logged and shown.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Longer than [`MAX_MESSAGE`](crate::MAX_MESSAGE), or more parts than are read.
    #[error("the {0} is larger than is accepted")]
    TooLarge(&'static str),
    /// Not the ASN.1 (or text) that belongs here; the word says what was being read.
    #[error("{0} can't be read")]
    Malformed(&'static str),
    /// A part that the protocol requires isn't there.
    #[error("{0} is missing")]
    Missing(&'static str),
    /// A part holds a value that the protocol doesn't allow.
    #[error("{0} isn't valid")]
    Invalid(&'static str),
    /// A messageType that RFC 8894 §3.2.1.2 doesn't define.
    #[error("the messageType isn't defined")]
    UndefinedMessageType,
    /// A defined messageType that isn't taken here.
    #[error("a message of type {0} isn't taken here")]
    UnexpectedMessageType(MessageType),
    /// A digest, cipher, key or signature algorithm that isn't supported or not permitted.
    #[error("the {0} algorithm isn't supported")]
    Algorithm(&'static str),
    /// The signature doesn't verify.
    #[error("the signature doesn't verify")]
    Signature,
    /// No certificate for the signer, in the message or among those of the CA.
    #[error("the signer's certificate isn't known")]
    UnknownSigner,
    /// The envelope is for someone else.
    #[error("the message is encrypted to another recipient")]
    UnknownRecipient,
    /// The envelope or what lies in it can't be read. One error for every cause, so that nobody learns which.
    #[error("the message can't be decrypted")]
    Undecipherable,
    /// The reply belongs to another request: transactionID or recipientNonce differ.
    #[error("the reply's {0} isn't the request's")]
    Mismatch(&'static str),
    /// The certificate that came holds another key than the requested one.
    #[error("no certificate in the reply holds the requested key")]
    OtherKey,
    /// A character that ASN.1 PrintableString doesn't have.
    #[error("the {0} holds a character that isn't printable ASN.1 text")]
    NotPrintable(&'static str),
    /// A key that can't be used, or a key operation that failed.
    #[error("the key can't be used: {0}")]
    Key(&'static str),
}

impl Error {
    /// The failInfo that tells a client about this error (RFC 8894 §3.2.1.4).
    #[must_use]
    pub fn fail_info(&self) -> FailInfo {
        match self {
            Self::Algorithm(_) => FailInfo::BadAlg,
            Self::Signature | Self::Undecipherable | Self::UnknownSigner | Self::UnknownRecipient => {
                FailInfo::BadMessageCheck
            }
            _ => FailInfo::BadRequest,
        }
    }
}
