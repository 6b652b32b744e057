//! SCEP clients: the proxy in front of authorities, and the built-in ones' own addresses. No compression and no streamed body here.

mod answer;
mod proxy;
mod responder;

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
        .route("/ca/{path}/scep", get(responder::by_get).post(responder::by_post))
        .route(
            "/ca/{path}/scep/pkiclient.exe",
            get(responder::by_get).post(responder::by_post),
        )
        .route("/ca/{path}/crl", get(responder::revocation_list))
        .route("/ca/{path}/certificate", get(responder::certificate))
        .layer(DefaultBodyLimit::max(scep::MAX_MESSAGE))
}
