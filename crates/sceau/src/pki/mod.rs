//! SCEP clients: the proxy in front of external authorities. No compression and no streamed body here.

mod proxy;

use axum::{Router, extract::DefaultBodyLimit, routing::get};

use crate::app::Shared;

/// What SCEP clients reach.
pub fn router() -> Router<Shared> {
    // Windows adds `/pkiclient.exe` to whatever URL it was given.
    Router::new()
        .route("/scep/{token}", get(proxy::by_get).post(proxy::by_post))
        .route(
            "/scep/{token}/pkiclient.exe",
            get(proxy::by_get).post(proxy::by_post),
        )
        .layer(DefaultBodyLimit::max(scep::MAX_MESSAGE))
}
