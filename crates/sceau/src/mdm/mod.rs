//! Windows devices: enrolment (MS-MDE2) and management (OMA-DM). No compression and no streamed body here:
//! every answer has its Content-Length.

mod enrolment;
mod management;
mod renewal;

use axum::{
    Extension, Router,
    body::Body,
    extract::DefaultBodyLimit,
    http::{Response, StatusCode, header},
    routing::{get, post},
};

use crate::app::Shared;

/// Where a device begins.
pub const DISCOVERY: &str = "/EnrollmentServer/Discovery.svc";
/// As some people type it.
const DISCOVERY_SLASH: &str = "/EnrollmentServer/Discovery.svc/";
/// Octets of a request at most.
const BODY_LIMIT: usize = ms_mdm::MAX_MESSAGE_BYTES;

/// The listener that a request came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reached {
    /// For everybody.
    Public,
    /// For devices with their identities: they renew them there.
    Management,
}

/// What devices reach before they have an identity, and when they renew it.
pub fn enrolment_router(reached: Reached) -> Router<Shared> {
    Router::new()
        .route(DISCOVERY, get(enrolment::probe).post(enrolment::discover))
        .route(DISCOVERY_SLASH, get(enrolment::probe).post(enrolment::discover))
        .route("/EnrollmentServer/Policy.svc", post(enrolment::policies))
        .route("/EnrollmentServer/Enrollment.svc", post(enrolment::enrol))
        .layer(Extension(reached))
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
}

/// What a device reaches that looks for the server over plain http: the way to the right address (MS-MDE2 3.1.4.1), for
/// the probe alone. Who sends more than that over http is told nothing.
pub fn redirect_router(app: Shared) -> Router {
    Router::new()
        .route(DISCOVERY, get(enrolment::redirect))
        .route(DISCOVERY_SLASH, get(enrolment::redirect))
        .with_state(app)
}

/// What devices reach with their identity.
pub fn management_router() -> Router<Shared> {
    Router::new()
        .route("/ManagementServer/MDM.svc", post(management::session))
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
}

/// An answer in one piece.
fn answer(status: StatusCode, content_type: &'static str, body: Vec<u8>) -> Response<Body> {
    let length = body.len();
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_LENGTH, length.into());
    headers.insert(
        header::CONTENT_TYPE,
        header::HeaderValue::from_static(content_type),
    );
    headers.insert(
        header::CACHE_CONTROL,
        header::HeaderValue::from_static("no-store"),
    );
    response
}
