//! The SCEP responder (RFC 8894): a message in, a message out.

use std::sync::Arc;

use domain::transaction::Owner;
use scep::{Content, FailInfo, MessageType, OpenedRequest, ReplyTo};

use super::{
    Opened, enrol,
    refusal::{Reason, Refused},
    revocation,
};
use crate::{actions::Result, app::Shared, secrets::hex};

/// What goes back.
pub enum Answer {
    /// A CertRep.
    Message {
        /// Its octets.
        body: Vec<u8>,
        /// Why it refuses, where it refuses for a reason that may be told.
        refused: Option<Refused>,
    },
    /// Nothing that can be answered as SCEP: HTTP 400.
    Unreadable,
}

/// What a request comes to.
pub enum Reply {
    /// The certificate, DER.
    Certificate(Vec<u8>),
    /// The revocation list, DER.
    RevocationList(Vec<u8>),
    /// A person must approve.
    Pending,
    /// Refused.
    Refused(Refused),
}

impl From<Reason> for Reply {
    fn from(reason: Reason) -> Self {
        Self::Refused(reason.into())
    }
}

/// Answers a message at the authority's own address.
pub async fn answer(app: &Shared, opened: &Arc<Opened>, message: &[u8]) -> Result<Answer> {
    answer_as(app, opened, message, None).await
}

/// Answers a message; with `only`, at an address that belongs to one delivery or order.
pub async fn answer_as(
    app: &Shared,
    opened: &Arc<Opened>,
    message: &[u8],
    only: Option<&Owner>,
) -> Result<Answer> {
    let request = match scep::open_request(message, &opened.ra_encryption, &opened.policy) {
        Ok(request) => request,
        Err(refused) => {
            tracing::info!(authority = %opened.path, error = %refused.error, "a SCEP message was refused");
            return match refused.reply_to {
                // What failed behind the private key is never told apart.
                Some(to) => Ok(Answer::Message {
                    body: failure(opened, &to, refused.error.fail_info(), None)?,
                    refused: None,
                }),
                None => Ok(Answer::Unreadable),
            };
        }
    };
    let reply = match request.summary().message_type {
        MessageType::PkcsReq | MessageType::RenewalReq => enrol::enrol(app, opened, &request, only).await?,
        MessageType::CertPoll => poll(app, opened, &request, only).await?,
        MessageType::GetCert => certificate(app, opened, &request).await?,
        MessageType::GetCrl => list(app, opened, &request).await?,
        MessageType::CertRep => Reason::MessageType.into(),
    };
    write(opened, &request, reply)
}

fn write(opened: &Opened, request: &OpenedRequest, reply: Reply) -> Result<Answer> {
    let signer = &opened.ra_signing;
    let body = match reply {
        Reply::Certificate(certificate) => {
            let issued: Vec<Vec<u8>> = std::iter::once(certificate)
                .chain(opened.chain.iter().cloned())
                .collect();
            scep::write_success(request, signer, &issued, &opened.chain).map_err(anyhow::Error::new)?
        }
        Reply::RevocationList(list) => {
            scep::write_revocation_list(request, signer, &list, &opened.chain).map_err(anyhow::Error::new)?
        }
        Reply::Pending => scep::write_pending(&request.reply_to(), signer).map_err(anyhow::Error::new)?,
        Reply::Refused(refused) => {
            let (transaction, reason) = (&request.summary().transaction_id, refused.reason);
            tracing::info!(authority = %opened.path, %transaction, reason, "a SCEP request was refused");
            return Ok(Answer::Message {
                body: failure(
                    opened,
                    &request.reply_to(),
                    refused.fail_info,
                    Some(&refused.text),
                )?,
                refused: Some(refused),
            });
        }
    };
    Ok(Answer::Message { body, refused: None })
}

fn failure(opened: &Opened, to: &ReplyTo, fail_info: FailInfo, text: Option<&str>) -> Result<Vec<u8>> {
    Ok(scep::write_failure(to, &opened.ra_signing, fail_info, text).map_err(anyhow::Error::new)?)
}

/// The state of a transaction that was answered with PENDING, to the holder of the key that began it. Nothing else is
/// polled (RFC 8894 §3.3.3): a first request that went unanswered is sent again.
async fn poll(
    app: &Shared,
    opened: &Arc<Opened>,
    request: &OpenedRequest,
    only: Option<&Owner>,
) -> Result<Reply> {
    let (authority, transaction) = (
        opened.authority_id.clone(),
        request.summary().transaction_id.to_string(),
    );
    let signer = enrol::signer_sha256(request);
    let known = app
        .store
        .read(move |tx| {
            Box::pin(async move { store::issuances::polled(tx, &authority, &transaction, &signer).await })
        })
        .await?;
    match known.filter(|known| only.is_none_or(|only| *only == known.owner)) {
        Some(known) => enrol::reply_of(app, opened, &known).await,
        None => Ok(Reason::TransactionUnknown.into()),
    }
}

/// GetCert: a certificate that this authority issued.
async fn certificate(app: &Shared, opened: &Opened, request: &OpenedRequest) -> Result<Reply> {
    let Some(serial) = named(opened, request) else {
        return Ok(Reason::CertificateOfAnother.into());
    };
    let authority = opened.authority_id.clone();
    let found = app
        .store
        .read(move |tx| Box::pin(async move { store::issuances::by_serial(tx, &authority, &serial).await }))
        .await?;
    Ok(found
        .and_then(|issuance| issuance.certificate)
        .map_or_else(|| Reason::SerialUnknown.into(), Reply::Certificate))
}

/// GetCRL: the newest list, for any certificate of this authority.
async fn list(app: &Shared, opened: &Arc<Opened>, request: &OpenedRequest) -> Result<Reply> {
    if named(opened, request).is_none() {
        return Ok(Reason::CertificateOfAnother.into());
    }
    let list = revocation::current(app, opened).await?;
    Ok(Reply::RevocationList(list.der))
}

/// The serial number (hex) that a request names, if it names this authority as the issuer.
fn named(opened: &Opened, request: &OpenedRequest) -> Option<String> {
    match request.content() {
        Content::IssuerAndSerial { issuer, serial } if issuer == opened.authority.subject() => {
            let significant: Vec<u8> = serial.iter().skip_while(|octet| **octet == 0).copied().collect();
            Some(hex(&significant))
        }
        _ => None,
    }
}
