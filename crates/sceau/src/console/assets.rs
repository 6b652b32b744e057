//! Stylesheets, scripts and pictures, built into the binary.

use axum::{
    extract::Path,
    response::{IntoResponse, Response},
};
use http::{
    HeaderMap, HeaderValue, StatusCode,
    header::{ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, ETAG, IF_NONE_MATCH, VARY},
};
use rust_embed::RustEmbed;

#[derive(RustEmbed)]
#[folder = "assets/"]
#[exclude = "*.mjs"]
struct Embedded;

/// `/assets/NAME`: the project's own, or a library's.
pub async fn show(Path(name): Path<String>, headers: HeaderMap) -> Response {
    let wants_gzip = headers
        .get(ACCEPT_ENCODING)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|value| value.split(',').any(|coding| coding.trim().starts_with("gzip")));
    let vendored = format!("vendor/{name}");
    let compressed = Embedded::get(&format!("{vendored}.gz")).filter(|_| wants_gzip);
    let is_compressed = compressed.is_some();
    let Some(file) = compressed
        .or_else(|| Embedded::get(&name))
        .or_else(|| Embedded::get(&vendored))
    else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let digest: String = crate::secrets::hex(&file.metadata.sha256_hash())
        .chars()
        .take(32)
        .collect();
    let tag = format!("\"{digest}\"");
    let is_known = headers
        .get(IF_NONE_MATCH)
        .is_some_and(|known| known.as_bytes() == tag.as_bytes());
    let mut response = if is_known {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        file.data.into_response()
    };
    let kind = mime_guess::from_path(&name).first_or_octet_stream();
    let head = response.headers_mut();
    for (key, value) in [(CONTENT_TYPE, kind.essence_str()), (ETAG, tag.as_str())] {
        if let Ok(value) = HeaderValue::from_str(value) {
            head.insert(key, value);
        }
    }
    head.insert(CACHE_CONTROL, HeaderValue::from_static("public, max-age=300"));
    head.insert(VARY, HeaderValue::from_static("accept-encoding"));
    if is_compressed && !is_known {
        head.insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    }
    response
}
