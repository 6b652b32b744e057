//! The door of programs: JSON in and out, problems as RFC 9457 has them.

use axum::Router;

use crate::app::Shared;

/// The routes below `/api/v1`.
pub fn router() -> Router<Shared> {
    Router::new()
}
