use rasn::prelude::Any;

use crate::asn1::{self, IssuerAndSerial, IssuerAndSubject};
use crate::csr::Csr;
use crate::envelope;
use crate::signed::SignedMessage;
use crate::{
    Content, Digest, Error, Identity, MessageType, OpenedRequest, Policy, Refused, ReplyTo, RequestSummary,
};

/// Reads what a request says in clear and verifies its outer signature, as a proxy can without any key.
///
/// # Errors
/// [`Refused`]: with `reply_to` when only the messageType is undefined or not a request's.
pub fn peek_request(message: &[u8]) -> Result<RequestSummary, Refused> {
    verify_request(&SignedMessage::read(message)?)
}

/// Verifies a request's signature, then decrypts it with the recipient's key.
///
/// The signature proves possession of the signer's key, not who the signer is: a server compares the signer's
/// certificate with those that it issued, or with the key in the PKCS#10.
///
/// # Errors
/// [`Refused`]; every failure inside the envelope is [`Error::Undecipherable`], after the same work.
pub fn open_request(message: &[u8], recipient: &Identity, policy: &Policy) -> Result<OpenedRequest, Refused> {
    let signed = SignedMessage::read(message)?;
    let summary = verify_request(&signed)?;
    open_verified(&signed, &summary, recipient, policy).map_err(|error| Refused {
        error,
        reply_to: Some(Box::new(ReplyTo::from(&summary))),
    })
}

/// The signature comes first: nothing that an unsigned message says is believed or answered.
fn verify_request(signed: &SignedMessage) -> Result<RequestSummary, Refused> {
    let signer = signed.signer_certificate().ok_or(Error::UnknownSigner)?;
    signed.verify(signer)?;
    let reply_to = ReplyTo {
        transaction_id: signed.attributes.transaction_id()?,
        sender_nonce: signed.attributes.sender_nonce()?,
        signer_certificate: signer.der.clone(),
        digest: signed.digest,
    };
    let message_type = match signed.attributes.message_type() {
        Ok(MessageType::CertRep) => Err(Error::UnexpectedMessageType(MessageType::CertRep)),
        other => other,
    };
    match message_type {
        Ok(message_type) => Ok(RequestSummary {
            message_type,
            transaction_id: reply_to.transaction_id,
            sender_nonce: reply_to.sender_nonce,
            signer_certificate: reply_to.signer_certificate,
            digest: reply_to.digest,
        }),
        Err(error) => Err(Refused {
            error,
            reply_to: Some(Box::new(reply_to)),
        }),
    }
}

fn open_verified(
    signed: &SignedMessage,
    summary: &RequestSummary,
    recipient: &Identity,
    policy: &Policy,
) -> Result<OpenedRequest, Error> {
    if !policy.message_types.contains(&summary.message_type) {
        return Err(Error::UnexpectedMessageType(summary.message_type));
    }
    if summary.digest == Digest::Sha1 && !policy.permits_sha1 {
        return Err(Error::Algorithm("digest"));
    }
    let opened = envelope::open(signed.content()?, recipient, policy.permits_single_des)?;
    // Garbage after a wrong key and a broken PKCS#10 under the right one look the same from outside.
    let content = read_content(summary.message_type, &opened.content).map_err(|_| Error::Undecipherable)?;
    Ok(OpenedRequest {
        summary: summary.clone(),
        content,
        cipher: opened.cipher,
        key_transport: opened.key_transport,
    })
}

/// What each kind of request carries (RFC 8894 §3.3).
fn read_content(message_type: MessageType, octets: &[u8]) -> Result<Content, Error> {
    match message_type {
        MessageType::PkcsReq | MessageType::RenewalReq => Ok(Content::Csr(Csr::read(octets)?.into_der())),
        MessageType::CertPoll => {
            let names: IssuerAndSubject = asn1::read(octets, "issuer and subject")?;
            let (issuer, subject) = (sequence(names.issuer)?, sequence(names.subject)?);
            Ok(Content::IssuerAndSubject { issuer, subject })
        }
        MessageType::GetCert | MessageType::GetCrl => {
            let names: IssuerAndSerial = asn1::read(octets, "issuer and serial number")?;
            match asn1::primitive(names.serial.as_bytes()) {
                Some((asn1::INTEGER, serial)) if !serial.is_empty() => Ok(Content::IssuerAndSerial {
                    issuer: sequence(names.issuer)?,
                    serial: serial.to_vec(),
                }),
                _ => Err(Error::Malformed("serial number")),
            }
        }
        MessageType::CertRep => Err(Error::UnexpectedMessageType(message_type)),
    }
}

fn sequence(value: Any) -> Result<Vec<u8>, Error> {
    let octets = value.into_bytes();
    if octets.first() == Some(&asn1::SEQUENCE) {
        Ok(octets)
    } else {
        Err(Error::Malformed("name"))
    }
}

#[cfg(test)]
mod tests;
