//! The door of identity providers: SCIM 2.0 (RFC 7644) at `/scim/v2`. What is in front of it is a token of a SCIM source;
//! an operator's opens nothing here, and a source's nothing elsewhere.

mod about;
mod answer;
mod asked;
mod body;
mod caller;
mod groups;
mod users;

use std::time::Duration;

use axum::{
    Router,
    extract::Request,
    middleware::{self, Next},
    response::{IntoResponse as _, Response},
    routing::get,
};

use crate::app::Shared;
use answer::Problem;

/// Where it is.
pub const BASE: &str = "/scim/v2";
/// Time for one request.
const LIMIT: Duration = Duration::from_secs(55);

/// The routes below [`BASE`].
pub fn router() -> Router<Shared> {
    Router::new()
        .route("/Users", get(users::list).post(users::create))
        .route(
            "/Users/{id}",
            get(users::one)
                .put(users::replace)
                .patch(users::change)
                .delete(users::delete),
        )
        .route("/Groups", get(groups::list).post(groups::create))
        .route(
            "/Groups/{id}",
            get(groups::one)
                .put(groups::replace)
                .patch(groups::change)
                .delete(groups::delete),
        )
        .route("/ServiceProviderConfig", get(about::config))
        .route("/ResourceTypes", get(about::types))
        .route("/ResourceTypes/{name}", get(about::one_type))
        .route("/Schemas", get(about::schemas))
        .route("/Schemas/{id}", get(about::one_schema))
        .fallback(async || Problem::not_found())
        .method_not_allowed_fallback(async || Problem::method_not_allowed())
        .layer(middleware::from_fn(in_time))
}

async fn in_time(request: Request, next: Next) -> Response {
    tokio::time::timeout(LIMIT, next.run(request))
        .await
        .unwrap_or_else(|_| Problem::too_slow().into_response())
}

/// The address of a resource, or of all of a kind.
fn address(app: &Shared, below: &str) -> String {
    format!("{}{BASE}/{below}", app.settings.public_url.trim_end_matches('/'))
}
