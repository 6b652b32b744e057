//! Who calls: the SCIM source of a bearer token (RFC 6750).

use axum::{
    extract::FromRequestParts,
    http::{header, request::Parts},
};
use domain::scim::Source;

use super::answer::Problem;
use crate::{actions::scim, app::Shared};

/// The source that sent the request.
pub(super) struct Caller(pub(super) Source);

impl FromRequestParts<Shared> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &Shared) -> Result<Self, Problem> {
        let value = parts.headers.get(header::AUTHORIZATION);
        let token = value
            .and_then(|value| value.to_str().ok())
            .and_then(|value| value.split_once(' '))
            .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
            .map(|(_, token)| token.trim())
            .ok_or_else(|| Problem::unauthorized(false))?;
        let source = scim::source_of(app, token).await?;
        source.map(Self).ok_or_else(|| Problem::unauthorized(true))
    }
}
