//! How SCEP clients are answered: in one piece, with its length.

use axum::{
    body::Body,
    http::{HeaderValue, Response, StatusCode, header},
};

use crate::actions::Error;

/// Something broke: a number outside, everything in the log.
pub fn incident(error: &Error) -> Response<Body> {
    let number = error.incident().unwrap_or_default();
    plain(
        StatusCode::INTERNAL_SERVER_ERROR,
        &format!("the server failed, incident {number}"),
    )
}

/// A line of text.
pub fn plain(status: StatusCode, text: &str) -> Response<Body> {
    bytes(status, "text/plain; charset=utf-8", text.as_bytes().to_vec())
}

/// Octets of that type.
pub fn bytes(status: StatusCode, content_type: &'static str, body: Vec<u8>) -> Response<Body> {
    let length = body.len();
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_LENGTH, length.into());
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    response
}
