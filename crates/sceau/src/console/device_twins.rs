//! Devices that say the same of their hardware, on a device's page and on the dashboard.

use axum::extract::{Path, State};
use domain::{
    Timestamp,
    device::{DeviceId, twin::Twin},
};

use super::{
    page::{Page, Section},
    posted::Posted,
    respond::{Answer, Problem, go},
};
use crate::{
    actions::device_twins::{self, Other},
    app::Shared,
};

/// Another device of the same hardware.
pub(super) struct TwinRow {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) last_seen_at: Timestamp,
    /// What it is to this one, and what to do.
    pub(super) words: String,
    /// Which of the two can be put away.
    pub(super) put_away: Option<String>,
}

impl TwinRow {
    pub(super) fn of(page: &Page, own: &DeviceId, other: &Other) -> Self {
        let (key, put_away) = match other.twin {
            Twin::Former => ("device-twin-former", Some(other.device.id.to_string())),
            Twin::Successor => ("device-twin-successor", Some(own.to_string())),
            Twin::Copy => ("device-twin-copy", None),
        };
        Self {
            id: other.device.id.to_string(),
            name: other.device.name.clone(),
            last_seen_at: other.device.last_seen_at,
            words: page.t(key),
            put_away,
        }
    }
}

/// `POST /devices/{id}/put-away`
pub(super) async fn put_away(State(app): State<Shared>, Path(id): Path<String>, posted: Posted) -> Answer {
    let visitor = posted.visitor;
    let id = DeviceId::parse(&id).map_err(|_| Problem::missing(&visitor.page(Section::Devices)))?;
    device_twins::put_away(&app, &visitor.actor(), &id)
        .await
        .map_err(|error| visitor.problem(&error))?;
    Ok(go(&format!("/devices/{id}?done=put-away")))
}
