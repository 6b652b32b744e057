//! `/people/{id}/erasure` and `/devices/{id}/erasure`: what is kept of somebody is erased, by law.

use axum::{Router, extract::State, routing::get};
use domain::{device::Device, person::Person, thumbprint::Sha1};
use serde::Serialize;

use super::{body::Answer, caller::Caller, page::Named, problem::Result};
use crate::{
    actions::erasure::{self, Erased, Of, Outlook},
    app::Shared,
};

pub(super) fn router() -> Router<Shared> {
    Router::new()
        .route("/people/{id}/erasure", get(of_person).put(erase_person))
        .route("/devices/{id}/erasure", get(of_device).put(erase_device))
}

/// What an erasure would do.
#[derive(Serialize)]
struct OutlookView {
    is_possible: bool,
    /// Why not, in English.
    refusal: Option<String>,
    /// Identifiers of the devices whose records go.
    devices: Vec<String>,
    /// Certificates of built-in authorities that are revoked with it.
    revoked: i64,
    /// Rows of the activity that are emptied.
    activity: i64,
    /// What other authorities issued, and what isn't known of here afterwards.
    elsewhere: Vec<ElsewhereView>,
}

#[derive(Serialize)]
struct ElsewhereView {
    authority: String,
    serial: Option<String>,
    sha1: Sha1,
}

/// What was erased.
#[derive(Serialize)]
struct ErasedView {
    devices: i64,
    revoked: i64,
    activity: i64,
}

impl From<Outlook> for OutlookView {
    fn from(outlook: Outlook) -> Self {
        let elsewhere = outlook.elsewhere.into_iter().map(|one| ElsewhereView {
            authority: one.authority,
            serial: one.certificate.serial,
            sha1: one.certificate.sha1,
        });
        Self {
            is_possible: outlook.refusal.is_none(),
            refusal: outlook.refusal.map(|refusal| refusal.detail),
            devices: outlook
                .devices
                .into_iter()
                .map(|device| device.id.to_string())
                .collect(),
            revoked: outlook.own,
            activity: outlook.activity,
            elsewhere: elsewhere.collect(),
        }
    }
}

impl From<Erased> for ErasedView {
    fn from(erased: Erased) -> Self {
        Self {
            devices: erased.devices,
            revoked: erased.revoked,
            activity: erased.activity,
        }
    }
}

async fn of_person(
    State(app): State<Shared>,
    Caller(actor): Caller,
    Named(id): Named<Person>,
) -> Result<Answer<OutlookView>> {
    let outlook = erasure::outlook(&app, &actor, &Of::Person(id)).await?;
    Ok(Answer(outlook.into()))
}

async fn of_device(
    State(app): State<Shared>,
    Caller(actor): Caller,
    Named(id): Named<Device>,
) -> Result<Answer<OutlookView>> {
    let outlook = erasure::outlook(&app, &actor, &Of::Device(id)).await?;
    Ok(Answer(outlook.into()))
}

async fn erase_person(
    State(app): State<Shared>,
    Caller(actor): Caller,
    Named(id): Named<Person>,
) -> Result<Answer<ErasedView>> {
    let erased = erasure::erase(&app, &actor, &Of::Person(id)).await?;
    Ok(Answer(erased.into()))
}

async fn erase_device(
    State(app): State<Shared>,
    Caller(actor): Caller,
    Named(id): Named<Device>,
) -> Result<Answer<ErasedView>> {
    let erased = erasure::erase(&app, &actor, &Of::Device(id)).await?;
    Ok(Answer(erased.into()))
}
