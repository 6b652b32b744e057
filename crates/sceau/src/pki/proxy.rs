//! The SCEP proxy: one address per delivery or order.

use std::time::Duration;

use axum::{
    body::{Body, Bytes},
    extract::{Path, RawQuery, State},
    http::{Response, StatusCode},
};
use domain::{
    external_ca::{Authority, AuthorityKind},
    transaction::Transaction,
};
use scep::{Operation, Query};

use super::answer::{bytes, incident, plain};
use crate::{
    actions::{
        Error,
        built_in::{self, Answer},
        proxy::{Admission, Forwarded, admit_request, authority_of_token, record_outcome},
    },
    app::Shared,
    outbound::{OutboundError, Upstream},
};

/// A copy of a request that is at the authority waits for the first one's answer: as long as that may take.
const LOOKS: u32 = 120;
const BETWEEN_LOOKS: Duration = Duration::from_millis(250);

/// GET: capabilities, certificates, or a message in the address (certmonger).
pub async fn by_get(
    State(app): State<Shared>,
    Path(token): Path<String>,
    RawQuery(query): RawQuery,
) -> Response<Body> {
    let text = query.unwrap_or_default();
    let Ok(query) = Query::parse(&text) else {
        return plain(StatusCode::BAD_REQUEST, "this is no SCEP request");
    };
    match (query.operation, query.message) {
        (Operation::PkiOperation, Some(message)) => operation(&app, &token, &message).await,
        (Operation::PkiOperation, None) => plain(StatusCode::BAD_REQUEST, "the SCEP message is missing"),
        (Operation::GetNextCaCert, _) => plain(StatusCode::NOT_FOUND, "there is no next CA certificate"),
        (Operation::GetCaCaps, _) => capabilities(&app, &token, &text).await,
        (Operation::GetCaCert, _) => ca_certificates(&app, &token).await,
    }
}

/// POST: a message in the body.
pub async fn by_post(
    State(app): State<Shared>,
    Path(token): Path<String>,
    RawQuery(query): RawQuery,
    body: Bytes,
) -> Response<Body> {
    let is_operation = Query::parse(query.as_deref().unwrap_or_default())
        .is_ok_and(|query| query.operation == Operation::PkiOperation);
    if !is_operation {
        return plain(StatusCode::BAD_REQUEST, "this is no SCEP request");
    }
    operation(&app, &token, &body).await
}

/// GetCACaps and GetCACert are answered from what is known of the authority: 20,000 devices ask at once.
async fn capabilities(app: &Shared, token: &str, query: &str) -> Response<Body> {
    let authority = match authority(app, token).await {
        Ok(authority) => authority,
        Err(answer) => return answer,
    };
    let mut keywords = authority.capabilities;
    // strongSwan 5.9.8 takes the numbers of its keywords for the bits of a mask, and finds neither AES nor DES3 in
    // what NDES says. A blank line is every keyword to it, and none to anybody else (RFC 8894 §3.5.2: what isn't
    // known is passed over). Windows, which names a CA in its request where strongSwan doesn't, never gets one.
    if !query.contains("message=") {
        keywords.push('\n');
    }
    bytes(
        StatusCode::OK,
        scep::CONTENT_TYPE_CAPABILITIES,
        keywords.into_bytes(),
    )
}

async fn ca_certificates(app: &Shared, token: &str) -> Response<Body> {
    let authority = match authority(app, token).await {
        Ok(authority) => authority,
        Err(answer) => return answer,
    };
    match certificates(&authority) {
        Ok((content_type, body)) => bytes(StatusCode::OK, content_type, body),
        Err(error) => incident(&Error::Internal(error)),
    }
}

/// The authority behind a token, or the answer where there is none.
async fn authority(app: &Shared, token: &str) -> Result<Authority, Response<Body>> {
    match authority_of_token(app, token).await {
        Ok(Some(authority)) => Ok(authority),
        Ok(None) => Err(plain(StatusCode::NOT_FOUND, "there is nothing here")),
        Err(error) => Err(incident(&error)),
    }
}

fn certificates(authority: &Authority) -> anyhow::Result<(&'static str, Vec<u8>)> {
    let all = scep::CaCertificates::from_certificates(authority.certificates.clone())?;
    let (body, content_type) = all.to_body()?;
    Ok((content_type, body))
}

async fn operation(app: &Shared, token: &str, message: &[u8]) -> Response<Body> {
    let Ok(summary) = scep::peek_request(message) else {
        return plain(StatusCode::BAD_REQUEST, "the SCEP message can't be read");
    };
    let mut admission = admit_request(app, token, &summary, message).await;
    for _ in 0..LOOKS {
        if !matches!(admission, Ok(Some(Admission::Wait))) {
            break;
        }
        tokio::time::sleep(BETWEEN_LOOKS).await;
        admission = admit_request(app, token, &summary, message).await;
    }
    match admission {
        Ok(Some(Admission::Forward { record, authority })) => {
            let (errand, message) = (app.clone(), message.to_vec());
            let work = async move { hand_over(&errand, &record, &authority, &message).await };
            match app.errands.run(work).await {
                Ok(response) => response,
                Err(error) => incident(&Error::Internal(error)),
            }
        }
        Ok(Some(Admission::Repeat(answer))) => bytes(StatusCode::OK, scep::CONTENT_TYPE_MESSAGE, answer),
        Ok(Some(Admission::Wait)) => plain(
            StatusCode::SERVICE_UNAVAILABLE,
            "this request is at the certificate authority already",
        ),
        Ok(Some(Admission::Refuse(reason))) => {
            tracing::info!(reason, "a SCEP request was refused");
            plain(StatusCode::FORBIDDEN, "this request may not pass here")
        }
        Ok(None) => plain(StatusCode::NOT_FOUND, "there is nothing here"),
        Err(error) => incident(&error),
    }
}

/// Hands a request to the authority and stores what came of it, though the device may hang up meanwhile: what the
/// authority issued must stand in the record.
async fn hand_over(
    app: &Shared,
    record: &Transaction,
    authority: &Authority,
    message: &[u8],
) -> Response<Body> {
    let outcome = forward(app, record, authority, message).await;
    if let Err(error) = record_outcome(app, record, &outcome).await {
        return incident(&error);
    }
    match outcome {
        Forwarded::Answered { body, .. } => bytes(StatusCode::OK, scep::CONTENT_TYPE_MESSAGE, body),
        Forwarded::NotDelivered(_) | Forwarded::NotUnderstood(_) => plain(
            StatusCode::BAD_GATEWAY,
            "the certificate authority gave no usable answer",
        ),
        Forwarded::NoAnswer(_) => plain(
            StatusCode::GATEWAY_TIMEOUT,
            "the certificate authority did not answer in time",
        ),
    }
}

async fn forward(app: &Shared, record: &Transaction, authority: &Authority, message: &[u8]) -> Forwarded {
    if authority.kind == AuthorityKind::BuiltIn {
        return issue_here(app, record, authority, message).await;
    }
    match app.outbound.scep_post(&Upstream::of(authority), message).await {
        Ok(answer) if answer.status == 200 => match scep::peek_reply(&answer.body) {
            Ok(reply) => Forwarded::Answered {
                reply,
                body: answer.body,
            },
            // What an authority did that answers so, nobody knows.
            Err(error) => Forwarded::NoAnswer(format!("the answer is no SCEP message: {error}")),
        },
        // RFC 9110 §15.6: a server or a gateway that failed says nothing of how far it came; 503 is before work.
        Ok(answer) if answer.status >= 500 && answer.status != 503 => {
            Forwarded::NoAnswer(format!("HTTP {}", answer.status))
        }
        Ok(answer) => Forwarded::NotUnderstood(format!("HTTP {}", answer.status)),
        Err(OutboundError::Unreachable(error)) => Forwarded::NotDelivered(error.to_string()),
        Err(error) => Forwarded::NoAnswer(error.to_string()),
    }
}

/// Sceau's own authority answers in this process; what it does is in its own ledger, whatever happens here.
async fn issue_here(app: &Shared, record: &Transaction, authority: &Authority, message: &[u8]) -> Forwarded {
    let opened = match app.built_in.of(app, &authority.id).await {
        Ok(Some(opened)) => opened,
        Ok(None) => return Forwarded::NotDelivered("the authority is gone".to_owned()),
        Err(error) => return Forwarded::NotDelivered(in_words(&error)),
    };
    match built_in::answer_as(app, &opened, message, Some(&record.owner)).await {
        Ok(Answer::Message(body)) => match scep::peek_reply(&body) {
            Ok(reply) => Forwarded::Answered { reply, body },
            Err(error) => Forwarded::NoAnswer(format!("the answer is no SCEP message: {error}")),
        },
        Ok(Answer::Unreadable) => Forwarded::NotUnderstood("the message can't be read".to_owned()),
        Err(error) => Forwarded::NoAnswer(in_words(&error)),
    }
}

fn in_words(error: &Error) -> String {
    let number = error.incident().unwrap_or_default();
    format!("the server failed, incident {number}")
}
