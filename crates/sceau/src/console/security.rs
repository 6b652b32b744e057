//! Headers and limits of every page.

use std::time::Duration;

use axum::{
    extract::Request,
    middleware::Next,
    response::{IntoResponse, Response},
};
use http::{HeaderValue, StatusCode, header};

/// What a page may load: its own style, script and pictures, nothing from elsewhere and nothing inline.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; \
                      form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

/// The page that hands a token to the application that opened the browser: its form is posted to that application's
/// own scheme, which no address of a policy can name on every version of Windows.
const POLICY_TO_DEVICE: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
                                frame-ancestors 'none'; base-uri 'none'";

/// Marks that page's answer.
#[derive(Clone, Copy, Debug)]
pub struct ToDevice;

/// A page that takes longer is given up. A test of a connection to an authority is the longest.
const DEADLINE: Duration = Duration::from_secs(60);

/// Sets the headers of every answer, and ends what takes too long.
pub async fn protect(request: Request, next: Next) -> Response {
    let mut response = tokio::time::timeout(DEADLINE, next.run(request))
        .await
        .unwrap_or_else(|_| StatusCode::GATEWAY_TIMEOUT.into_response());
    let policy = match response.extensions().get::<ToDevice>() {
        Some(ToDevice) => POLICY_TO_DEVICE,
        None => POLICY,
    };
    let head = response.headers_mut();
    for (name, value) in [
        (header::CONTENT_SECURITY_POLICY, policy),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::REFERRER_POLICY, "same-origin"),
        (header::STRICT_TRANSPORT_SECURITY, "max-age=31536000"),
    ] {
        head.insert(name, HeaderValue::from_static(value));
    }
    head.insert(
        "cross-origin-opener-policy",
        HeaderValue::from_static("same-origin"),
    );
    head.insert(
        "permissions-policy",
        HeaderValue::from_static("camera=(), microphone=(), geolocation=()"),
    );
    // Pages hold names of people: no cache keeps them. Assets say otherwise themselves.
    if !head.contains_key(header::CACHE_CONTROL) {
        head.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    response
}
