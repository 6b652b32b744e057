//! Who calls: the operator of a bearer token (RFC 6750).

use axum::{
    extract::FromRequestParts,
    http::{header, request::Parts},
};
use domain::actor::Actor;

use super::problem::Problem;
use crate::{actions, app::Shared};

/// Whoever sent the request.
pub(super) struct Caller(pub(super) Actor);

impl FromRequestParts<Shared> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &Shared) -> Result<Self, Problem> {
        let Some(value) = parts.headers.get(header::AUTHORIZATION) else {
            return Err(Problem::unauthorized(false));
        };
        let token = value
            .to_str()
            .ok()
            .and_then(|value| value.split_once(' '))
            .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
            .map(|(_, token)| token.trim())
            .ok_or_else(|| Problem::unauthorized(false))?;
        actions::bearer::actor(app, token)
            .await?
            .map(Self)
            .ok_or_else(|| Problem::unauthorized(true))
    }
}
