//! Management sessions (OMA-DM) of devices that hold an identity.

use axum::{
    Extension,
    body::{Body, Bytes},
    extract::State,
    http::{Response, StatusCode},
};
use ms_mdm::syncml::CONTENT_TYPE;

use super::answer;
use crate::{
    actions::sessions::{Error, answer_message},
    app::Shared,
    listen::PeerCertificate,
};

const TEXT: &str = "text/plain; charset=utf-8";

/// One message of a device.
pub async fn session(
    State(app): State<Shared>,
    peer: Option<Extension<PeerCertificate>>,
    body: Bytes,
) -> Response<Body> {
    let certificate = peer.map(|Extension(PeerCertificate(certificate))| certificate);
    match answer_message(&app, certificate.as_deref(), &body).await {
        Ok(message) | Err(Error::Unproved(message)) => answer(StatusCode::OK, CONTENT_TYPE, message),
        Err(Error::NotADevice(why)) => {
            tracing::warn!(why, "a management session was refused");
            answer(StatusCode::FORBIDDEN, TEXT, why.as_bytes().to_vec())
        }
        Err(error @ (Error::OldIdentity(_) | Error::Returned(_))) => {
            tracing::warn!(%error, "a management session was refused");
            answer(StatusCode::FORBIDDEN, TEXT, error.to_string().into_bytes())
        }
        Err(Error::Unreadable(error)) => {
            answer(StatusCode::BAD_REQUEST, TEXT, error.to_string().into_bytes())
        }
        Err(Error::Action(error)) => {
            let incident = error.incident().unwrap_or_default();
            answer(
                StatusCode::INTERNAL_SERVER_ERROR,
                TEXT,
                format!("the server failed, incident {incident}").into_bytes(),
            )
        }
    }
}
