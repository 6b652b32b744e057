//! What Prometheus reads: plain http without sign-in, on loopback unless the settings say other.

use axum::{
    Router,
    extract::State,
    http::{StatusCode, header::CONTENT_TYPE},
    response::{IntoResponse as _, Response},
    routing::get,
};

use crate::{actions::figures, app::Shared, telemetry::metrics};

/// The figures at `/metrics`, and nothing else.
pub fn metrics_router(app: Shared) -> Router {
    Router::new().route("/metrics", get(show)).with_state(app)
}

async fn show(State(app): State<Shared>) -> Response {
    match figures::figures(&app).await {
        Ok(figures) => ([(CONTENT_TYPE, metrics::CONTENT_TYPE)], metrics::text(&figures)).into_response(),
        Err(error) => {
            let _ = error.incident();
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}
