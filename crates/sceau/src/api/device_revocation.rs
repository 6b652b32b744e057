//! `/devices/{id}/revocation`: a lost or stolen device is revoked at once.

use axum::{Router, extract::State, routing::get};
use domain::{device::Device, thumbprint::Sha1};
use serde::Serialize;

use super::{body::Answer, caller::Caller, instant::Instant, page::Named, problem::Result};
use crate::{
    actions::device_revocation::{self, Holdings},
    app::Shared,
};

pub(super) fn router() -> Router<Shared> {
    Router::new().route("/devices/{id}/revocation", get(outlook).put(revoke))
}

#[derive(Serialize)]
struct View {
    /// When the device was revoked, if it was.
    revoked_at: Option<Instant>,
    /// Serial numbers of the certificates of built-in authorities that are revoked with it.
    own: Vec<String>,
    /// What other authorities must revoke.
    elsewhere: Vec<ElsewhereView>,
}

#[derive(Serialize)]
struct ElsewhereView {
    authority: String,
    subject: String,
    serial: Option<String>,
    sha1: Sha1,
    not_after: Option<Instant>,
}

impl From<Holdings> for View {
    fn from(holdings: Holdings) -> Self {
        let device = &holdings.device;
        let elsewhere = holdings.elsewhere.into_iter().map(|one| ElsewhereView {
            authority: one.authority,
            subject: one.certificate.subject,
            serial: one.certificate.serial,
            sha1: one.certificate.sha1,
            not_after: one.certificate.not_after.map(Instant),
        });
        Self {
            revoked_at: device.unenrolled_at.filter(|_| device.is_revoked()).map(Instant),
            own: holdings.own.into_iter().map(|one| one.serial).collect(),
            elsewhere: elsewhere.collect(),
        }
    }
}

async fn outlook(
    State(app): State<Shared>,
    Caller(actor): Caller,
    Named(id): Named<Device>,
) -> Result<Answer<View>> {
    let holdings = device_revocation::holdings(&app, &actor, &id).await?;
    Ok(Answer(holdings.into()))
}

async fn revoke(
    State(app): State<Shared>,
    Caller(actor): Caller,
    Named(id): Named<Device>,
) -> Result<Answer<View>> {
    let holdings = device_revocation::revoke_device(&app, &actor, &id).await?;
    Ok(Answer(holdings.into()))
}
