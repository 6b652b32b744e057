//! Every URL of the product, grouped by who calls.

use std::time::Duration;

use axum::{
    Router,
    extract::{Request, State},
    http::StatusCode,
    middleware::{Next, from_fn},
    response::{IntoResponse as _, Response},
    routing::get,
};

use crate::{api, app::Shared, console, mdm, pki, scim};

/// A request that takes longer is ended; a device that waits for a challenge takes a few seconds.
const REQUEST_LIMIT: Duration = Duration::from_secs(60);

/// The public listener: people, programs, identity providers, enrolling devices, SCEP clients. It never asks for a client certificate.
pub fn public(app: Shared) -> Router {
    Router::new()
        .merge(console::router())
        .nest("/api/v1", api::router())
        .nest(scim::BASE, scim::router())
        .merge(mdm::enrolment_router(mdm::Reached::Public))
        .merge(pki::router())
        .route("/healthz", get(|| async { "ok\n" }))
        .route("/readyz", get(ready))
        .layer(from_fn(time_limit))
        .with_state(app)
}

/// The management listener: devices with their certificates.
pub fn management(app: Shared) -> Router {
    Router::new()
        .merge(mdm::management_router())
        .merge(mdm::enrolment_router(mdm::Reached::Management))
        .layer(from_fn(time_limit))
        .with_state(app)
}

/// Whether the database answers.
async fn ready(State(app): State<Shared>) -> Response {
    match app.store.pending_migrations().await {
        Ok(pending) if pending.is_empty() => "ready\n".into_response(),
        Ok(_) => (StatusCode::SERVICE_UNAVAILABLE, "the database is not migrated\n").into_response(),
        Err(error) => {
            tracing::warn!(%error, "the database does not answer");
            (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer\n").into_response()
        }
    }
}

async fn time_limit(request: Request, next: Next) -> Response {
    match tokio::time::timeout(REQUEST_LIMIT, next.run(request)).await {
        Ok(response) => response,
        Err(_) => (StatusCode::GATEWAY_TIMEOUT, "the request took too long\n").into_response(),
    }
}
