//! Answers: `application/scim+json`, and the one mapping of the product's errors to those of SCIM (RFC 7644 §3.12).

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use domain::{Error as Refusal, Kind, scim};
use serde_json::{Value, json};

use crate::actions::Error;

/// What a handler answers with.
pub(super) type Result<T> = std::result::Result<T, Problem>;

/// The type of every body.
const SCIM_JSON: &str = "application/scim+json";

/// A body, with its status and headers of its own.
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) body: Option<Value>,
    /// Where what was made is.
    pub(super) location: Option<String>,
    /// The version of what is shown.
    pub(super) version: Option<i64>,
}

impl Answer {
    pub(super) fn ok(body: Value) -> Self {
        Self {
            status: StatusCode::OK,
            body: Some(body),
            location: None,
            version: None,
        }
    }

    /// Done; there is nothing to show.
    pub(super) fn done() -> Self {
        Self {
            status: StatusCode::NO_CONTENT,
            body: None,
            location: None,
            version: None,
        }
    }

    /// Several resources, of how many in all (RFC 7644 §3.4.2).
    pub(super) fn list(total: u64, start: u32, resources: &[Value]) -> Self {
        Self::ok(json!({
            "schemas": [scim::LIST],
            "totalResults": total,
            "startIndex": start,
            "itemsPerPage": resources.len(),
            "Resources": resources,
        }))
    }

    pub(super) fn created(self, location: String) -> Self {
        Self {
            status: StatusCode::CREATED,
            location: Some(location),
            ..self
        }
    }

    pub(super) fn version(self, version: i64) -> Self {
        Self {
            version: Some(version),
            ..self
        }
    }
}

/// The entity tag of a version (RFC 7644 §3.14).
pub(super) fn tag(version: i64) -> String {
    format!("W/\"{version}\"")
}

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        let body = self.body.map(|body| body.to_string()).unwrap_or_default();
        let has_body = !body.is_empty();
        let mut response = (self.status, body).into_response();
        let headers = response.headers_mut();
        if has_body {
            headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(SCIM_JSON));
        } else {
            headers.remove(header::CONTENT_TYPE);
        }
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        let location = self
            .location
            .and_then(|location| HeaderValue::try_from(location).ok());
        if let Some(location) = location {
            headers.insert(header::LOCATION, location);
        }
        if let Some(tag) = self
            .version
            .and_then(|version| HeaderValue::try_from(tag(version)).ok())
        {
            headers.insert(header::ETAG, tag);
        }
        response
    }
}

/// A problem as it goes out.
#[derive(Debug)]
pub(super) struct Problem {
    status: StatusCode,
    scim_type: Option<String>,
    detail: String,
    is_token_wrong: bool,
}

impl Problem {
    fn new(status: StatusCode, detail: impl Into<String>) -> Self {
        Self {
            status,
            scim_type: None,
            detail: detail.into(),
            is_token_wrong: false,
        }
    }

    pub(super) fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "there is no such address")
    }

    pub(super) fn method_not_allowed() -> Self {
        Self::new(
            StatusCode::METHOD_NOT_ALLOWED,
            "this address doesn't take that method",
        )
    }

    pub(super) fn too_slow() -> Self {
        Self::new(
            StatusCode::GATEWAY_TIMEOUT,
            "the request took too long and was given up",
        )
    }

    pub(super) fn too_large(limit: usize) -> Self {
        let detail = format!("a body has at most {limit} octets");
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, detail)
    }

    pub(super) fn media_type() -> Self {
        let detail = "the body must be sent as application/scim+json or application/json";
        Self::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, detail)
    }

    pub(super) fn invalid(scim_type: &str, detail: impl Into<String>) -> Self {
        Self {
            scim_type: Some(scim_type.to_owned()),
            ..Self::new(StatusCode::BAD_REQUEST, detail)
        }
    }

    /// Nobody, or somebody whose token isn't known.
    pub(super) fn unauthorized(is_token_wrong: bool) -> Self {
        let detail = if is_token_wrong {
            "the token isn't one of a SCIM source, or was revoked"
        } else {
            "send the token of a SCIM source: Authorization: Bearer TOKEN"
        };
        Self {
            is_token_wrong,
            ..Self::new(StatusCode::UNAUTHORIZED, detail)
        }
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        let status = match refusal.kind {
            Kind::Invalid => StatusCode::BAD_REQUEST,
            Kind::NotFound => StatusCode::NOT_FOUND,
            Kind::Conflict => StatusCode::CONFLICT,
            Kind::Forbidden => StatusCode::FORBIDDEN,
            Kind::State => StatusCode::PRECONDITION_FAILED,
            Kind::Outside => StatusCode::BAD_GATEWAY,
        };
        let scim_type = refusal
            .key
            .strip_prefix(scim::KEY)
            .filter(|name| !name.is_empty());
        Self {
            scim_type: scim_type.map(str::to_owned),
            ..Self::new(status, refusal.detail)
        }
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        if let Some(incident) = error.incident() {
            let detail = format!("something broke; the server's log has it under incident {incident}");
            return Self::new(StatusCode::INTERNAL_SERVER_ERROR, detail);
        }
        match error.refusals().first() {
            Some(refusal) => Self::from(refusal.clone()),
            None => Self::new(StatusCode::INTERNAL_SERVER_ERROR, "something broke"),
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut body = json!({
            "schemas": [scim::ERROR],
            "status": self.status.as_u16().to_string(),
            "detail": self.detail,
        });
        if let (Some(scim_type), Some(fields)) = (self.scim_type, body.as_object_mut()) {
            fields.insert("scimType".to_owned(), Value::String(scim_type));
        }
        let mut response = Answer {
            status: self.status,
            ..Answer::ok(body)
        }
        .into_response();
        if self.status == StatusCode::UNAUTHORIZED {
            // RFC 6750 §3: the error only when a token was sent.
            let challenge = if self.is_token_wrong {
                r#"Bearer realm="sceau-scim", error="invalid_token""#
            } else {
                r#"Bearer realm="sceau-scim""#
            };
            let headers = response.headers_mut();
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static(challenge));
        }
        response
    }
}
