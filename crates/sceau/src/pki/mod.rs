//! SCEP clients: the proxy in front of authorities, and the built-in ones' own addresses. No compression and no streamed body here.

mod answer;
mod proxy;
mod responder;

use axum::{
    Router,
    extract::{DefaultBodyLimit, Request},
    http::{StatusCode, header},
    middleware::{Next, from_fn},
    response::{IntoResponse as _, Response},
    routing::get,
};

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
        .layer(from_fn(refuse_long))
}

/// A body that is announced as too long is refused before any of it is waited for.
async fn refuse_long(request: Request, next: Next) -> Response {
    let length = request.headers().get(header::CONTENT_LENGTH);
    let length = length.and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    if length.is_some_and(|length| usize::try_from(length).map_or(true, |length| length > scep::MAX_MESSAGE))
    {
        return (StatusCode::PAYLOAD_TOO_LARGE, "the SCEP message is too long").into_response();
    }
    next.run(request).await
}
