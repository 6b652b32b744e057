//! The SCEP proxy: one address per delivery or order.

use std::time::Duration;

use axum::{
    body::{Body, Bytes},
    extract::{Path, RawQuery, State},
    http::{HeaderValue, Response, StatusCode, header},
};
use domain::{
    event::Refusal,
    external_ca::{Authority, AuthorityKind},
    transaction::{Transaction, Trouble, TroubleKind},
};
use scep::{Capabilities, Capability, Operation, Query};

use super::answer::{bytes, incident, plain};
use crate::{
    actions::{
        Error,
        authorities::refresh_soon,
        built_in::{self, Answer, Refused},
        proxy::{Admission, Forwarded, admit_request, authority_of_token, record_outcome},
    },
    app::Shared,
    outbound::{OutboundError, Unreachable, Upstream},
};

/// A copy of a request that is at the authority waits for the first one's answer: as long as that may take.
const LOOKS: u32 = 120;
const BETWEEN_LOOKS: Duration = Duration::from_millis(250);

/// Seconds after which a request that wasn't handed on may come again.
const RETRY_AFTER: HeaderValue = HeaderValue::from_static("30");

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
        (Operation::PkiOperation, Some(message)) => operation(&app, &token, message.into()).await,
        (Operation::PkiOperation, None) => plain(StatusCode::BAD_REQUEST, "the SCEP message is missing"),
        (Operation::GetCaCaps | Operation::GetCaCert | Operation::GetNextCaCert, _) => {
            about_ca(&app, &token, query.operation, &text).await
        }
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
    operation(&app, &token, body).await
}

/// GetCACaps and GetCACert are answered from what is known of the authority: 20,000 devices ask at once.
async fn about_ca(app: &Shared, token: &str, operation: Operation, query: &str) -> Response<Body> {
    let authority = match authority_of_token(app, token).await {
        Ok(Some(authority)) => authority,
        Ok(None) => return plain(StatusCode::NOT_FOUND, "there is nothing here"),
        Err(error) => return incident(&error),
    };
    refresh_soon(app, &authority);
    if operation == Operation::GetNextCaCert {
        return next_certificate(app, &authority).await;
    }
    if operation == Operation::GetCaCaps {
        return bytes(
            StatusCode::OK,
            scep::CONTENT_TYPE_CAPABILITIES,
            keywords(authority.capabilities, query),
        );
    }
    match certificates(&authority) {
        Ok((content_type, body)) => bytes(StatusCode::OK, content_type, body),
        Err(error) => incident(&Error::Internal(error)),
    }
}

/// What the authority says that it can. strongSwan 5.9.8 takes the numbers of its keywords for the bits of a mask, and
/// finds neither AES nor DES3 in what NDES says. A blank line is every keyword to it, and none to anybody else (RFC 8894
/// §3.5.2: what isn't known is passed over). Windows, which names a CA in its request where strongSwan names none,
/// never gets one.
fn keywords(mut capabilities: String, query: &str) -> Vec<u8> {
    if !query.contains("message=") {
        capabilities.push('\n');
    }
    capabilities.into_bytes()
}

/// Relayed where the authority says that it knows the operation: its answer is signed, and made anew for each.
async fn next_certificate(app: &Shared, authority: &Authority) -> Response<Body> {
    let none = || plain(StatusCode::NOT_FOUND, "there is no next CA certificate");
    let capabilities = Capabilities::parse(authority.capabilities.as_bytes());
    if !capabilities.has(Capability::GetNextCaCert) {
        return none();
    }
    if authority.kind == AuthorityKind::BuiltIn {
        return match app.built_in.of(app, &authority.id).await {
            Ok(Some(opened)) => opened.next.clone().map_or_else(none, |body| {
                bytes(StatusCode::OK, scep::CONTENT_TYPE_NEXT_CA_CERTIFICATE, body)
            }),
            Ok(None) => none(),
            Err(error) => incident(&error),
        };
    }
    let upstream = Upstream::of(authority);
    match app.outbound.scep_get(&upstream, Operation::GetNextCaCert).await {
        Ok(answer) if answer.status == 200 => bytes(
            StatusCode::OK,
            scep::CONTENT_TYPE_NEXT_CA_CERTIFICATE,
            answer.body,
        ),
        Ok(_) => none(),
        Err(error) => {
            tracing::warn!(authority = authority.id.as_str(), %error, "no next CA certificate");
            plain(
                StatusCode::BAD_GATEWAY,
                "the certificate authority gave no usable answer",
            )
        }
    }
}

fn certificates(authority: &Authority) -> anyhow::Result<(&'static str, Vec<u8>)> {
    let all = scep::CaCertificates::from_certificates(authority.certificates.clone())?;
    let (body, content_type) = all.to_body()?;
    Ok((content_type, body))
}

async fn operation(app: &Shared, token: &str, message: Bytes) -> Response<Body> {
    let Ok(summary) = scep::peek_request(&message) else {
        return plain(StatusCode::BAD_REQUEST, "the SCEP message can't be read");
    };
    let mut admission = admit_request(app, token, &summary, &message).await;
    for _ in 0..LOOKS {
        if !matches!(admission, Ok(Some(Admission::Wait))) {
            break;
        }
        tokio::time::sleep(BETWEEN_LOOKS).await;
        admission = admit_request(app, token, &summary, &message).await;
    }
    match admission {
        Ok(Some(Admission::Forward { record, authority })) => {
            let errand = app.clone();
            let work = async move { hand_over(&errand, &record, &authority, message).await };
            match app.errands.run(work).await {
                Ok(response) => response,
                Err(error) => incident(&Error::Internal(error)),
            }
        }
        Ok(Some(Admission::Repeat(answer))) => bytes(StatusCode::OK, scep::CONTENT_TYPE_MESSAGE, answer),
        Ok(Some(Admission::Wait)) => later("this request is at the certificate authority already"),
        Ok(Some(Admission::Refuse(_))) => plain(StatusCode::FORBIDDEN, "this request may not pass here"),
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
    message: Bytes,
) -> Response<Body> {
    let outcome = forward(app, record, authority, message).await;
    if let Err(error) = record_outcome(app, record, &outcome).await {
        return incident(&error);
    }
    match outcome {
        Forwarded::Answered { body, .. } => bytes(StatusCode::OK, scep::CONTENT_TYPE_MESSAGE, body),
        Forwarded::NotDelivered(trouble) if trouble.kind == TroubleKind::Busy => busy(),
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

async fn forward(app: &Shared, record: &Transaction, authority: &Authority, message: Bytes) -> Forwarded {
    if authority.kind == AuthorityKind::BuiltIn {
        return issue_here(app, record, authority, &message).await;
    }
    let trouble = |kind, detail: String| Trouble { kind, detail };
    match app.outbound.scep_post(&Upstream::of(authority), message).await {
        Ok(answer) if answer.status == 200 => match scep::peek_reply(&answer.body) {
            Ok(reply) => Forwarded::Answered {
                reply,
                body: answer.body,
                refusal: None,
            },
            // What an authority did that answers so, nobody knows.
            Err(error) => Forwarded::NoAnswer(trouble(TroubleKind::NotScep, error.to_string())),
        },
        // RFC 9110 §15.6: a server or a gateway that failed says nothing of how far it came; 503 is before work.
        Ok(answer) if answer.status >= 500 && answer.status != 503 => {
            Forwarded::NoAnswer(trouble(TroubleKind::Http, format!("HTTP {}", answer.status)))
        }
        Ok(answer) => Forwarded::NotUnderstood(trouble(TroubleKind::Http, format!("HTTP {}", answer.status))),
        Err(error) => {
            let trouble = trouble(kind_of(&error), error.to_string());
            if error.was_sent() {
                Forwarded::NoAnswer(trouble)
            } else {
                Forwarded::NotDelivered(trouble)
            }
        }
    }
}

fn kind_of(error: &OutboundError) -> TroubleKind {
    match error {
        OutboundError::Unreachable(Unreachable::Busy(_)) => TroubleKind::Busy,
        OutboundError::Unreachable(_) => TroubleKind::Unreachable,
        OutboundError::TimedOut(_) => TroubleKind::TimedOut,
        OutboundError::NoAnswer(_) => TroubleKind::Broken,
        OutboundError::TooLong => TroubleKind::TooLong,
    }
}

/// Sceau's own authority answers in this process; what it does is in its own ledger, whatever happens here.
async fn issue_here(app: &Shared, record: &Transaction, authority: &Authority, message: &[u8]) -> Forwarded {
    let trouble = |kind, detail: String| Trouble { kind, detail };
    let opened = match app.built_in.of(app, &authority.id).await {
        Ok(Some(opened)) => opened,
        Ok(None) => {
            let detail = "the authority is gone".to_owned();
            return Forwarded::NotDelivered(trouble(TroubleKind::Unreachable, detail));
        }
        Err(error) => return Forwarded::NotDelivered(trouble(TroubleKind::Unreachable, in_words(&error))),
    };
    match built_in::answer_as(app, &opened, message, Some(&record.owner)).await {
        Ok(Answer::Message { body, refused }) => match scep::peek_reply(&body) {
            Ok(reply) => Forwarded::Answered {
                reply,
                body,
                refusal: refused.map(as_told),
            },
            Err(error) => Forwarded::NoAnswer(trouble(TroubleKind::NotScep, error.to_string())),
        },
        Ok(Answer::Unreadable) => {
            let detail = "the message can't be read".to_owned();
            Forwarded::NotUnderstood(trouble(TroubleKind::NotScep, detail))
        }
        Err(error) => Forwarded::NoAnswer(trouble(TroubleKind::Broken, in_words(&error))),
    }
}

/// A refusal as the timeline keeps it.
fn as_told(refused: Refused) -> Refusal {
    let values = refused.values.into_iter();
    Refusal {
        reason: refused.reason.to_owned(),
        values: values.map(|(name, value)| (name.to_owned(), value)).collect(),
    }
}

fn in_words(error: &Error) -> String {
    let number = error.incident().unwrap_or_default();
    format!("the server failed, incident {number}")
}

fn busy() -> Response<Body> {
    later("the certificate authority is slow, and as many requests as may be wait for it")
}

/// Nothing was handed on: the same request may come again.
fn later(text: &str) -> Response<Body> {
    let mut response = plain(StatusCode::SERVICE_UNAVAILABLE, text);
    response.headers_mut().insert(header::RETRY_AFTER, RETRY_AFTER);
    response
}
