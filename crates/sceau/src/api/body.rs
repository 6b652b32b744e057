//! Bodies: strict JSON in, JSON that no cache keeps out.

use std::{error::Error as _, time::Duration};

use axum::{
    Json,
    extract::{FromRequest, Request, rejection::JsonRejection},
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use serde::{Serialize, de::DeserializeOwned};

use super::problem::Problem;
use crate::app::Shared;

/// Octets of a body at most.
const MAX: usize = 64 * 1024;
/// Time for a body to arrive.
const LIMIT: Duration = Duration::from_secs(15);

/// A body that was read into `T`; fields that `T` doesn't know are refused by name.
pub(super) struct Body<T>(pub(super) T);

impl<T: DeserializeOwned> FromRequest<Shared> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &Shared) -> Result<Self, Problem> {
        Octets::from_request(request, app).await?.read().map(Self)
    }
}

/// A body that says itself what it is read into.
pub(super) struct Octets(bytes::Bytes);

impl Octets {
    /// The body as `T`, strictly.
    pub(super) fn read<T: DeserializeOwned>(&self) -> Result<T, Problem> {
        let Json(value) = Json::from_bytes(&self.0).map_err(|rejection| explain(&rejection))?;
        Ok(value)
    }
}

impl FromRequest<Shared> for Octets {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &Shared) -> Result<Self, Problem> {
        if !is_json(&request) {
            return Err(Problem::media_type());
        }
        let reading = axum::body::to_bytes(request.into_body(), MAX);
        let octets = tokio::time::timeout(LIMIT, reading)
            .await
            .map_err(|_| Problem::too_slow())?
            .map_err(|error| match error.source() {
                Some(source) if source.is::<http_body_util::LengthLimitError>() => Problem::too_large(MAX),
                _ => Problem::not_json("the body could not be read"),
            })?;
        Ok(Self(octets))
    }
}

fn is_json(request: &Request) -> bool {
    let kind = request
        .headers()
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    kind.eq_ignore_ascii_case("application/json")
}

/// The field that is wrong, and why.
fn explain(rejection: &JsonRejection) -> Problem {
    let mut cause: &dyn std::error::Error = rejection;
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    let text = cause.to_string();
    if !matches!(rejection, JsonRejection::JsonDataError(_)) {
        return Problem::not_json(format!("the body is no JSON: {text}"));
    }
    // `path.to.field: what is wrong`, without a path when it is the whole.
    let (path, what) = match text.split_once(": ") {
        Some((path, what)) if !path.contains([' ', '`']) => (path, what),
        _ => ("", text.as_str()),
    };
    let what = what.split(" at line ").next().unwrap_or(what);
    let named = ["unknown field `", "missing field `"]
        .iter()
        .find_map(|start| what.strip_prefix(start)?.split('`').next());
    let field = match (path, named) {
        ("", Some(name)) => name.to_owned(),
        (path, Some(name)) if path != name && !path.ends_with(&format!(".{name}")) => {
            format!("{path}.{name}")
        }
        (path, _) => path.to_owned(),
    };
    Problem::invalid(&field, what)
}

/// A JSON answer that no cache keeps.
pub(super) struct Answer<T>(pub(super) T);

impl<T: Serialize> IntoResponse for Answer<T> {
    fn into_response(self) -> Response {
        let mut response = Json(self.0).into_response();
        response
            .headers_mut()
            .insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        response
    }
}
