//! `/devices/{id}/removal`: sending a device away, and taking that back while it waits.

use axum::{Router, extract::State, http::StatusCode, routing::get};
use domain::{
    device::{Device, Removal},
    thumbprint::Sha1,
};
use serde::{Deserialize, Serialize};

use super::{
    body::{Answer, Body},
    caller::Caller,
    instant::Instant,
    page::Named,
    problem::Result,
};
use crate::{
    actions::device_removal::{self, Outlook},
    app::Shared,
};

pub(super) fn router() -> Router<Shared> {
    Router::new().route("/devices/{id}/removal", get(outlook).put(ask).delete(cancel))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    certificates: Certificates,
}

/// What becomes of the certificates and the trust that the device was given.
#[derive(Clone, Copy, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
enum Certificates {
    Keep,
    Delete,
}

/// A removal that was asked for.
#[derive(Serialize)]
pub(super) struct RemovalView {
    asked_at: Instant,
    by: String,
    certificates: Certificates,
    /// What was to be deleted and stays: ids of deliveries, SHA-1 of trusted certificates.
    kept: Vec<String>,
    told_at: Option<Instant>,
}

impl From<&Removal> for RemovalView {
    fn from(removal: &Removal) -> Self {
        Self {
            asked_at: removal.asked_at.into(),
            by: removal.by.clone(),
            certificates: match removal.keeps_certificates {
                true => Certificates::Keep,
                false => Certificates::Delete,
            },
            kept: removal.kept.iter().cloned().collect(),
            told_at: removal.told_at.map(Instant),
        }
    }
}

/// What a removal would do.
#[derive(Serialize)]
struct OutlookView {
    nodes: i64,
    trust: Vec<Sha1>,
    former_trust: i64,
    unsent: i64,
    removal: Option<RemovalView>,
}

async fn outlook(
    State(app): State<Shared>,
    Caller(actor): Caller,
    Named(id): Named<Device>,
) -> Result<Answer<OutlookView>> {
    let Outlook {
        device,
        nodes,
        trust,
        former_trust,
        unsent,
    } = device_removal::removal_outlook(&app, &actor, &id).await?;
    Ok(Answer(OutlookView {
        nodes,
        trust,
        former_trust,
        unsent,
        removal: device.removal.as_ref().map(RemovalView::from),
    }))
}

async fn ask(
    State(app): State<Shared>,
    Caller(actor): Caller,
    Named(id): Named<Device>,
    Body(asked): Body<Asked>,
) -> Result<(StatusCode, Answer<RemovalView>)> {
    let keeps_certificates = matches!(asked.certificates, Certificates::Keep);
    let removal = device_removal::remove_device(&app, &actor, &id, keeps_certificates).await?;
    Ok((StatusCode::ACCEPTED, Answer(RemovalView::from(&removal))))
}

async fn cancel(
    State(app): State<Shared>,
    Caller(actor): Caller,
    Named(id): Named<Device>,
) -> Result<StatusCode> {
    device_removal::cancel_removal(&app, &actor, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}
