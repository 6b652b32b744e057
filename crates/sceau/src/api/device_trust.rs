//! `/devices/{id}/trust`: the certificates of authorities that a device trusts; deleting one has it taken back.

use axum::{
    Router,
    extract::{Path, State},
    http::StatusCode,
    routing::{delete, get},
};
use domain::{
    device::{Device, DeviceId},
    thumbprint::Sha1,
};
use serde::Serialize;

use super::{
    body::Answer,
    caller::Caller,
    instant::Instant,
    page::{Named, Page},
    problem::{Problem, Result},
};
use crate::{
    actions::{
        device_trust::{self, Held, Trusted},
        devices,
    },
    app::Shared,
};

pub(super) fn router() -> Router<Shared> {
    Router::new()
        .route("/devices/{id}/trust", get(list))
        .route("/devices/{id}/trust/{sha1}", delete(take_back))
}

#[derive(Serialize)]
struct TrustView {
    sha1: String,
    /// Where an authority still has the certificate.
    subject: Option<String>,
    not_after: Option<Instant>,
    is_intermediate: bool,
    /// `absent`, `before`, `ours` or `unknown`.
    state: Trusted,
    since: Instant,
    /// When the device last said so, asked again.
    checked_at: Option<Instant>,
    is_needed: bool,
    /// Since when it is to be taken back.
    unwanted_at: Option<Instant>,
}

impl From<Held> for TrustView {
    fn from(held: Held) -> Self {
        let (subject, not_after) = held.certificate.unzip();
        Self {
            sha1: held.trust.sha1.to_string(),
            subject,
            not_after: not_after.map(Instant),
            is_intermediate: held.is_intermediate,
            state: held.trust.state,
            since: held.trust.since.into(),
            checked_at: held.trust.checked_at.map(Instant),
            is_needed: held.is_needed,
            unwanted_at: held.trust.unwanted_at.map(Instant),
        }
    }
}

async fn list(
    State(app): State<Shared>,
    Caller(actor): Caller,
    Named(id): Named<Device>,
) -> Result<Answer<Page<TrustView>>> {
    let story = devices::one_device(&app, &actor, &id).await?;
    Ok(Answer(Page::whole(
        story.trust.into_iter().map(TrustView::from).collect(),
    )))
}

async fn take_back(
    State(app): State<Shared>,
    Caller(actor): Caller,
    Path((id, sha1)): Path<(String, String)>,
) -> Result<StatusCode> {
    let id = DeviceId::parse(&id).map_err(|_| Problem::not_found())?;
    let sha1 = Sha1::parse(&sha1).ok_or_else(Problem::not_found)?;
    device_trust::take_back(&app, &actor, &id, sha1).await?;
    Ok(StatusCode::ACCEPTED)
}
