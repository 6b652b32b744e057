//! The SCEP responder (RFC 8894): a message in, a message out.

use std::sync::Arc;

use domain::transaction::Owner;
use scep::{Content, FailInfo, MessageType, OpenedRequest, ReplyTo};

use super::{Opened, enrol, revocation};
use crate::{actions::Result, app::Shared, secrets::hex};

/// What goes back.
pub enum Answer {
    /// A CertRep.
    Message(Vec<u8>),
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
    Refused {
        /// For the client's program.
        fail_info: FailInfo,
        /// A stable word for logs and timelines.
        reason: &'static str,
        /// For the client's person: English, nothing internal.
        text: String,
    },
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
                Some(to) => failure(opened, &to, refused.error.fail_info(), None),
                None => Ok(Answer::Unreadable),
            };
        }
    };
    let reply = match request.summary().message_type {
        MessageType::PkcsReq | MessageType::RenewalReq => enrol::enrol(app, opened, &request, only).await?,
        MessageType::CertPoll => poll(app, opened, &request, only).await?,
        MessageType::GetCert => certificate(app, opened, &request).await?,
        MessageType::GetCrl => list(app, opened, &request).await?,
        MessageType::CertRep => enrol::refused("message-type", "a CertRep is no request"),
    };
    write(opened, &request, reply)
}

fn write(opened: &Opened, request: &OpenedRequest, reply: Reply) -> Result<Answer> {
    let signer = &opened.ra_signing;
    let message = match reply {
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
        Reply::Refused {
            fail_info,
            reason,
            text,
        } => {
            let transaction = &request.summary().transaction_id;
            tracing::info!(authority = %opened.path, %transaction, reason, "a SCEP request was refused");
            return failure(opened, &request.reply_to(), fail_info, Some(&text));
        }
    };
    Ok(Answer::Message(message))
}

fn failure(opened: &Opened, to: &ReplyTo, fail_info: FailInfo, text: Option<&str>) -> Result<Answer> {
    let message = scep::write_failure(to, &opened.ra_signing, fail_info, text).map_err(anyhow::Error::new)?;
    Ok(Answer::Message(message))
}

/// The state of a transaction, to the holder of the key that began it.
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
            Box::pin(async move {
                store::issuances::newest_of_transaction(tx, &authority, &transaction, &signer).await
            })
        })
        .await?;
    match known.filter(|known| only.is_none_or(|only| *only == known.owner)) {
        Some(known) => enrol::reply_of(app, opened, &known).await,
        None => Ok(unknown("no transaction of this name was begun with this key")),
    }
}

/// GetCert: a certificate that this authority issued.
async fn certificate(app: &Shared, opened: &Opened, request: &OpenedRequest) -> Result<Reply> {
    let Some(serial) = named(opened, request) else {
        return Ok(unknown("the certificate is not one of this authority"));
    };
    let authority = opened.authority_id.clone();
    let found = app
        .store
        .read(move |tx| Box::pin(async move { store::issuances::by_serial(tx, &authority, &serial).await }))
        .await?;
    Ok(found.and_then(|issuance| issuance.certificate).map_or_else(
        || unknown("there is no certificate of this serial number"),
        Reply::Certificate,
    ))
}

/// GetCRL: the newest list, for any certificate of this authority.
async fn list(app: &Shared, opened: &Arc<Opened>, request: &OpenedRequest) -> Result<Reply> {
    if named(opened, request).is_none() {
        return Ok(unknown("the certificate is not one of this authority"));
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

fn unknown(text: &str) -> Reply {
    Reply::Refused {
        fail_info: FailInfo::BadCertId,
        reason: "unknown",
        text: text.to_owned(),
    }
}
