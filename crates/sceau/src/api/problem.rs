//! Problems (RFC 9457): the one mapping of the product's errors to HTTP.

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use domain::{Error as Refusal, Kind};
use serde::Serialize;
use serde_json::Value;

use super::cause;
use crate::{
    actions::{Error, Later},
    console::{examined, language::Language},
};

/// What a handler answers with.
pub(super) type Result<T> = std::result::Result<T, Problem>;

/// A problem as it goes out.
#[derive(Debug, Serialize)]
pub(super) struct Problem {
    #[serde(rename = "type")]
    kind: String,
    title: &'static str,
    status: u16,
    detail: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<FieldError>,
    #[serde(skip_serializing_if = "Option::is_none")]
    incident: Option<Box<str>>,
    #[serde(flatten)]
    later: Option<Box<NotNow>>,
    #[serde(skip)]
    is_token_wrong: bool,
}

/// What can't be done now.
#[derive(Debug, Serialize)]
struct NotNow {
    /// Why.
    cause: Value,
    /// Who waits has this place.
    place: u32,
    /// After so many seconds it is worth asking again.
    #[serde(skip_serializing_if = "Option::is_none")]
    retry_after: Option<u32>,
}

/// One wrong input.
#[derive(Debug, Serialize)]
struct FieldError {
    field: String,
    detail: String,
    key: String,
}

impl Problem {
    fn new(status: StatusCode, kind: &str, title: &'static str, detail: impl Into<String>) -> Self {
        Self {
            kind: format!("/api/problems#{kind}"),
            title,
            status: status.as_u16(),
            detail: detail.into(),
            errors: Vec::new(),
            incident: None,
            later: None,
            is_token_wrong: false,
        }
    }

    pub(super) fn not_found() -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            "not-found",
            "Not found",
            "there is no such address",
        )
    }

    pub(super) fn method_not_allowed() -> Self {
        Self::new(
            StatusCode::METHOD_NOT_ALLOWED,
            "method",
            "Method not allowed",
            "this address doesn't take that method",
        )
    }

    pub(super) fn too_slow() -> Self {
        Self::new(
            StatusCode::GATEWAY_TIMEOUT,
            "time",
            "Took too long",
            "the request took too long and was given up; look whether it had an effect before you repeat it",
        )
    }

    pub(super) fn too_large(limit: usize) -> Self {
        Self::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "size",
            "Too large",
            format!("a body has at most {limit} octets"),
        )
    }

    pub(super) fn not_json(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "json", "No JSON", detail)
    }

    pub(super) fn media_type() -> Self {
        Self::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "media-type",
            "Not JSON",
            "the body must be sent as application/json",
        )
    }

    /// Nobody, or somebody whose token isn't known.
    pub(super) fn unauthorized(is_token_wrong: bool) -> Self {
        let detail = if is_token_wrong {
            "the token isn't known, or has expired"
        } else {
            "send a token: Authorization: Bearer TOKEN (see: sceau operator token NAME)"
        };
        let mut problem = Self::new(StatusCode::UNAUTHORIZED, "unauthorized", "Not signed in", detail);
        problem.is_token_wrong = is_token_wrong;
        problem
    }

    /// Input that can't be taken, at its field.
    pub(super) fn invalid(field: &str, detail: impl Into<String>) -> Self {
        Self::from(Error::Refused(Refusal::invalid(field, detail)))
    }

    fn refused(refusals: &[Refusal]) -> Self {
        let first = refusals.first();
        let is_at_field = refusals.iter().any(|refusal| refusal.field.is_some());
        let (status, kind, title) = match first.map_or(Kind::Invalid, |refusal| refusal.kind) {
            Kind::NotFound => (StatusCode::NOT_FOUND, "not-found", "Not found"),
            Kind::Conflict => (StatusCode::CONFLICT, "conflict", "Conflict"),
            Kind::Forbidden => (StatusCode::FORBIDDEN, "forbidden", "Not allowed"),
            Kind::State => (StatusCode::CONFLICT, "state", "Not possible now"),
            // What a person typed leads nowhere: it is the input that must change.
            Kind::Outside if is_at_field => {
                (StatusCode::UNPROCESSABLE_ENTITY, "outside", "Refused elsewhere")
            }
            Kind::Outside => (StatusCode::BAD_GATEWAY, "outside", "Refused elsewhere"),
            Kind::Invalid => (StatusCode::UNPROCESSABLE_ENTITY, "invalid", "Invalid input"),
        };
        let detail = match refusals {
            [one] => one.detail.clone(),
            several => format!("{} inputs are wrong", several.len()),
        };
        let mut problem = Self::new(status, kind, title, detail);
        problem.errors = refusals
            .iter()
            .filter_map(|refusal| {
                Some(FieldError {
                    field: refusal.field.clone()?,
                    detail: refusal.detail.clone(),
                    key: refusal.key.clone(),
                })
            })
            .collect();
        problem
    }
}

/// RFC 9110 §15.6.4: a 503 says when to ask again. Where a person has to act first, nobody knows when.
fn later(later: &Later) -> Problem {
    let (status, kind, title) = match later.wait.seconds {
        Some(_) => (StatusCode::SERVICE_UNAVAILABLE, "later", "Not now"),
        None => (StatusCode::CONFLICT, "state", "Not possible now"),
    };
    let words = examined::refusal(&later.refusal, Language::English);
    let not_now = NotNow {
        cause: cause::view(&later.wait.cause),
        place: later.wait.place,
        retry_after: later.wait.seconds,
    };
    Problem {
        later: Some(Box::new(not_now)),
        ..Problem::new(status, kind, title, words)
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        if let Error::Later(later) = &error {
            return self::later(later);
        }
        let Some(incident) = error.incident() else {
            return Self::refused(error.refusals());
        };
        let mut problem = Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "incident",
            "Incident",
            format!("something broke; the server's log has it under incident {incident}"),
        );
        problem.incident = Some(incident.into());
        problem
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        Self::refused(&[refusal])
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let body = serde_json::to_vec(&self).unwrap_or_default();
        let mut response = (status, body).into_response();
        let headers = response.headers_mut();
        headers.insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/problem+json"),
        );
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Some(seconds) = self.later.and_then(|later| later.retry_after) {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if status == StatusCode::UNAUTHORIZED {
            // RFC 6750 §3: the error only when a token was sent.
            let challenge = if self.is_token_wrong {
                r#"Bearer realm="sceau", error="invalid_token""#
            } else {
                r#"Bearer realm="sceau""#
            };
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static(challenge));
        }
        response
    }
}
