use crate::asn1::{self, dotted};
use crate::certificate::CertificateName;
use crate::envelope::Envelope;
use crate::signed::SignedMessage;
use crate::{Cipher, Digest, Error, FailInfo, KeyTransport, MessageType, Nonce, PkiStatus, TransactionId};

/// All that a message says in clear, whether or not it makes sense: for a person who looks into an exchange.
///
/// Attributes that are missing or hold what RFC 8894 doesn't define are `None`. Nothing here is to be believed unless
/// [`Self::is_signature_verified`], and then only as the word of whoever holds that key.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Inspection {
    /// The messageType (RFC 8894 §3.2.1.2).
    pub message_type: Option<MessageType>,
    /// The transactionID (§3.2.1.1).
    pub transaction_id: Option<TransactionId>,
    /// The senderNonce (§3.2.1.5).
    pub sender_nonce: Option<Nonce>,
    /// The recipientNonce of a reply (§3.2.1.5).
    pub recipient_nonce: Option<Nonce>,
    /// The pkiStatus of a reply (§3.2.1.3).
    pub status: Option<PkiStatus>,
    /// The failInfo of a failure (§3.2.1.4).
    pub fail_info: Option<FailInfo>,
    /// The failInfoText: at most 1,024 characters, without control characters.
    pub fail_info_text: Option<String>,
    /// NDES's attribute 1.3.6.1.4.1.311.21.33.
    pub microsoft_hresult: Option<i32>,
    /// The object identifiers of the signed attributes that aren't named above, dotted; contentType and messageDigest
    /// aside.
    pub other_attributes: Vec<String>,
    /// The digest of the signature.
    pub digest: Digest,
    /// The object identifier of the signature's algorithm, dotted: 1.2.840.113549.1.1.1 (rsaEncryption) in most.
    pub signature_algorithm: String,
    /// Whether the signature verifies under the signer's certificate, if that lies in the message; with whatever
    /// digest, MD5 too.
    pub is_signature_verified: bool,
    /// The signer's certificate, DER, if it lies in the message.
    pub signer_certificate: Option<Vec<u8>>,
    /// All certificates in the message, DER as received.
    pub certificates: Vec<Vec<u8>>,
    /// How long the signed content is, in octets: 0 for a failure or a pending one.
    pub content_length: usize,
    /// The envelope, if the content is one.
    pub envelope: Option<InspectedEnvelope>,
}

/// What an EnvelopedData (RFC 5652 §6) says in clear.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct InspectedEnvelope {
    /// The cipher, if it is one that this crate has.
    pub cipher: Option<Cipher>,
    /// Its object identifier, dotted.
    pub cipher_oid: String,
    /// How long the encrypted content is, in octets.
    pub encrypted_length: usize,
    /// To whom it is encrypted.
    pub recipients: Vec<InspectedRecipient>,
}

/// One recipient of an envelope (RFC 5652 §6.2.1).
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct InspectedRecipient {
    /// How the content key travels, if it is a way that this crate has.
    pub key_transport: Option<KeyTransport>,
    /// Its object identifier, dotted.
    pub key_transport_oid: String,
    /// How long the encrypted key is, in octets: 256 for an RSA key of 2048 bits.
    pub encrypted_key_length: usize,
    /// Whom it names.
    pub name: RecipientName,
}

/// How an envelope names its recipient's certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RecipientName {
    /// By issuer and serial number.
    IssuerAndSerial {
        /// The X.501 Name, DER as received.
        issuer: Vec<u8>,
        /// The content octets of the INTEGER.
        serial: Vec<u8>,
    },
    /// By the subjectKeyIdentifier.
    SubjectKeyIdentifier(Vec<u8>),
}

/// Shows what a request or a reply says in clear.
///
/// # Errors
/// [`Error`] when it isn't a SignedData with one signer and signed attributes.
pub fn inspect(message: &[u8]) -> Result<Inspection, Error> {
    let signed = SignedMessage::read(message)?;
    let attributes = &signed.attributes;
    let signer = signed.signer_certificate();
    let content = signed.content().unwrap_or_default();
    Ok(Inspection {
        message_type: attributes.message_type().ok(),
        transaction_id: attributes.transaction_id().ok(),
        sender_nonce: attributes.sender_nonce().ok(),
        recipient_nonce: attributes.recipient_nonce().ok(),
        status: attributes.status().ok(),
        fail_info: attributes.fail_info(),
        fail_info_text: attributes.fail_info_text(),
        microsoft_hresult: attributes.microsoft_hresult(),
        other_attributes: attributes
            .kinds()
            .filter(|kind| !is_shown(kind))
            .map(dotted)
            .collect(),
        digest: signed.digest,
        signature_algorithm: dotted(signed.signature_algorithm()),
        is_signature_verified: signer.is_some_and(|signer| signed.verify(&signer).is_ok()),
        signer_certificate: signer.map(|signer| signer.der.to_vec()),
        certificates: signed.certificates().map(<[u8]>::to_vec).collect(),
        content_length: content.len(),
        envelope: Envelope::read(content)
            .ok()
            .map(|envelope| inspect_envelope(&envelope)),
    })
}

fn is_shown(kind: &[u8]) -> bool {
    [
        asn1::CONTENT_TYPE,
        asn1::MESSAGE_DIGEST,
        asn1::MESSAGE_TYPE,
        asn1::TRANSACTION_ID,
        asn1::SENDER_NONCE,
        asn1::RECIPIENT_NONCE,
        asn1::PKI_STATUS,
        asn1::FAIL_INFO,
        asn1::FAIL_INFO_TEXT,
        asn1::MICROSOFT_HRESULT,
    ]
    .iter()
    .any(|shown| shown.is(kind))
}

fn inspect_envelope(envelope: &Envelope<'_>) -> InspectedEnvelope {
    InspectedEnvelope {
        cipher: Cipher::of(envelope.algorithm.algorithm),
        cipher_oid: dotted(envelope.algorithm.algorithm),
        encrypted_length: envelope.encrypted.as_ref().map_or(0, |octets| octets.len()),
        recipients: envelope
            .keys()
            .map(|key| InspectedRecipient {
                key_transport: KeyTransport::read(&key.algorithm).ok(),
                key_transport_oid: dotted(key.algorithm.algorithm),
                encrypted_key_length: key.encrypted_key.len(),
                name: recipient_name(&key.name),
            })
            .collect(),
    }
}

fn recipient_name(name: &CertificateName<'_>) -> RecipientName {
    match name {
        CertificateName::IssuerAndSerial { issuer, serial } => RecipientName::IssuerAndSerial {
            issuer: issuer.to_vec(),
            serial: asn1::Value::take(serial).map_or_else(Vec::new, |(value, _)| value.content.to_vec()),
        },
        CertificateName::SubjectKeyIdentifier(identifier) => {
            RecipientName::SubjectKeyIdentifier(identifier.to_vec())
        }
    }
}
