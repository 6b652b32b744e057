//! Every URL of the product, grouped by who calls.

use axum::Router;

use crate::app::Shared;

/// The public listener.
pub fn public(app: Shared) -> Router {
    Router::new().with_state(app)
}

/// The management listener: devices with their certificates.
pub fn management(app: Shared) -> Router {
    Router::new().with_state(app)
}
