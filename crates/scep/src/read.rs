use crate::asn1;
use crate::csr::Csr;
use crate::envelope;
use crate::signed::SignedMessage;
use crate::{
    Content, Digest, Error, Identity, MessageType, OpenedRequest, Policy, Refused, ReplyTo, RequestSummary,
};

/// Reads what a request says in clear and verifies its outer signature, as a proxy can without any key.
///
/// # Errors
/// [`Refused`]: with `reply_to` when only the messageType is undefined or not a request's. A signature with MD5
/// proves nothing, and is refused as an algorithm.
pub fn peek_request(message: &[u8]) -> Result<RequestSummary, Refused> {
    let signed = SignedMessage::read(message)?;
    verify_request(&signed, signed.digest != Digest::Md5)
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
    let summary = verify_request(&signed, policy.permits(signed.digest))?;
    match open_envelope(&signed, summary.message_type, recipient, policy) {
        Ok((content, opened)) => Ok(OpenedRequest {
            summary,
            content,
            cipher: opened.cipher,
            key_transport: opened.key_transport,
        }),
        Err(error) => Err(Refused {
            error,
            reply_to: Some(Box::new(ReplyTo::from(&summary))),
        }),
    }
}

/// The signature comes first: nothing that an unsigned message says is believed or answered.
fn verify_request(signed: &SignedMessage<'_>, permits_digest: bool) -> Result<RequestSummary, Refused> {
    let signer = signed.signer_certificate().ok_or(Error::UnknownSigner)?;
    signed.verify(&signer)?;
    let reply_to = ReplyTo {
        transaction_id: signed.attributes.transaction_id()?,
        sender_nonce: signed.attributes.sender_nonce()?,
        signer_certificate: signer.der.to_vec(),
        digest: if permits_digest {
            signed.digest
        } else {
            Digest::Sha256
        },
    };
    let message_type = match signed.attributes.message_type() {
        _ if !permits_digest => Err(Error::Algorithm("digest")),
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

fn open_envelope(
    signed: &SignedMessage<'_>,
    message_type: MessageType,
    recipient: &Identity,
    policy: &Policy,
) -> Result<(Content, envelope::Opened), Error> {
    if !policy.message_types.contains(&message_type) {
        return Err(Error::UnexpectedMessageType(message_type));
    }
    let opened = envelope::open(signed.content()?, recipient, policy.permits_single_des)?;
    // Garbage after a wrong key and a broken PKCS#10 under the right one look the same from outside.
    let content = read_content(message_type, &opened.content).map_err(|_| Error::Undecipherable)?;
    Ok((content, opened))
}

/// What each kind of request carries (RFC 8894 §3.3).
fn read_content(message_type: MessageType, octets: &[u8]) -> Result<Content, Error> {
    match message_type {
        MessageType::PkcsReq | MessageType::RenewalReq => Ok(Content::Csr(Csr::read(octets)?.der.to_vec())),
        MessageType::CertPoll => {
            let mut names = asn1::read_sequence(octets, "issuer and subject")?;
            let issuer = names.expect(asn1::SEQUENCE)?.whole.to_vec();
            let subject = names.expect(asn1::SEQUENCE)?.whole.to_vec();
            names.end()?;
            Ok(Content::IssuerAndSubject { issuer, subject })
        }
        MessageType::GetCert | MessageType::GetCrl => {
            let mut names = asn1::read_sequence(octets, "issuer and serial number")?;
            let issuer = names.expect(asn1::SEQUENCE)?.whole.to_vec();
            let serial = names.expect(asn1::INTEGER)?.content.to_vec();
            names.end()?;
            if serial.is_empty() {
                return Err(Error::Malformed("serial number"));
            }
            Ok(Content::IssuerAndSerial { issuer, serial })
        }
        MessageType::CertRep => Err(Error::UnexpectedMessageType(message_type)),
    }
}

#[cfg(test)]
mod tests;
