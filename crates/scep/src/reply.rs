use crate::signed::SignedMessage;
use crate::{Digest, Error, FailInfo, MessageType, PkiStatus, TransactionId};

/// What a reply says in clear.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReplySummary {
    /// The transaction.
    pub transaction_id: TransactionId,
    /// What became of it.
    pub status: PkiStatus,
    /// Why it was refused: on FAILURE, where the server says so.
    pub fail_info: Option<FailInfo>,
    /// The server's words (failInfoText, RFC 8894 §3.2.1.4): at most 1,024 characters, without control characters.
    pub fail_info_text: Option<String>,
    /// NDES's own attribute 1.3.6.1.4.1.311.21.33: an HRESULT.
    pub microsoft_hresult: Option<i32>,
    /// Whether the signature verified under a certificate that lies in the reply itself. False where none does,
    /// as in the failures of NDES. True says nothing about who that certificate belongs to.
    pub is_signature_verified: bool,
}

/// Reads what a reply says in clear. A signature that can't be checked is no error; see
/// [`ReplySummary::is_signature_verified`].
///
/// # Errors
/// [`Error`] when it isn't a CertRep, or attributes are missing.
pub fn peek_reply(message: &[u8]) -> Result<ReplySummary, Error> {
    let signed = SignedMessage::read(message)?;
    let certificate = signed.signer_certificate();
    let is_verified = certificate.is_some_and(|certificate| signed.verify(&certificate).is_ok());
    // Anybody can make two messages of one MD5.
    summarise_reply(&signed, is_verified && signed.digest != Digest::Md5)
}

/// The clear part of a reply, with what the caller found out about its signature.
pub(crate) fn summarise_reply(
    signed: &SignedMessage<'_>,
    is_signature_verified: bool,
) -> Result<ReplySummary, Error> {
    let attributes = &signed.attributes;
    match attributes.message_type()? {
        MessageType::CertRep => {}
        other => return Err(Error::UnexpectedMessageType(other)),
    }
    Ok(ReplySummary {
        transaction_id: attributes.transaction_id()?,
        status: attributes.status()?,
        fail_info: attributes.fail_info(),
        fail_info_text: attributes.fail_info_text(),
        microsoft_hresult: attributes.microsoft_hresult(),
        is_signature_verified,
    })
}
