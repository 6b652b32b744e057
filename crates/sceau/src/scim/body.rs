//! Bodies: one JSON object, of bounded size, in bounded time.

use std::{error::Error as _, time::Duration};

use axum::{
    extract::{FromRequest, Request},
    http::header,
};
use domain::scim::Object;

use super::answer::Problem;
use crate::app::Shared;

/// Octets of a body at most: a group with as many members as a group has.
const MAX: usize = 1024 * 1024;
/// Time for a body to arrive.
const LIMIT: Duration = Duration::from_secs(15);

/// The object that was sent.
pub(super) struct Body(pub(super) Object);

impl FromRequest<Shared> for Body {
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
                _ => Problem::invalid("invalidSyntax", "the body could not be read"),
            })?;
        let read = serde_json::from_slice(&octets);
        read.map(Self).map_err(|error| {
            Problem::invalid("invalidSyntax", format!("the body is no JSON object: {error}"))
        })
    }
}

/// RFC 7644 §3.1 asks for `application/scim+json` and lets `application/json` pass.
fn is_json(request: &Request) -> bool {
    let kind = request
        .headers()
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    ["application/scim+json", "application/json"]
        .iter()
        .any(|known| kind.eq_ignore_ascii_case(known))
}
