//! The certificates of authorities that a device trusts, and having one taken back.

use askama::Template;
use axum::extract::{Path, State};
use domain::{
    Timestamp,
    device::{Device, DeviceId},
    thumbprint::Sha1,
};

use super::{
    moment,
    page::{Page, Section},
    posted::Posted,
    respond::{self, Answer, Problem, go},
    visitor::Visitor,
};
use crate::{
    actions::{
        device_trust::{self, Held, Trusted},
        devices,
    },
    app::Shared,
};

/// A certificate as the device's page has it.
pub(super) struct TrustRow {
    pub(super) sha1: String,
    pub(super) subject: String,
    /// Root or intermediate; nothing where nobody knows any more.
    pub(super) kind: String,
    /// What is known, since when, and what happens with it.
    pub(super) words: String,
    pub(super) can_go: bool,
}

impl TrustRow {
    pub(super) fn of(page: &Page, device: &Device, held: &Held) -> Self {
        let trust = &held.trust;
        let state = match trust.state {
            Trusted::Absent => "device-trust-absent",
            Trusted::Before => "device-trust-before",
            Trusted::Ours => "device-trust-ours",
            Trusted::Unknown => "device-trust-unknown",
        };
        let at = |at: Timestamp| format!("{} UTC", moment::minute(at));
        let mut words = vec![page.with(state, "at", &at(trust.since))];
        words.extend(
            trust
                .checked_at
                .map(|checked| page.with("device-trust-checked", "at", &at(checked))),
        );
        words.push(match (trust.unwanted_at, held.is_needed) {
            (Some(since), _) => page.with("device-trust-unwanted", "at", &at(since)),
            (None, true) => page.t("device-trust-needed"),
            (None, false) => page.t("device-trust-unneeded"),
        });
        Self {
            sha1: trust.sha1.to_string(),
            subject: held
                .certificate
                .as_ref()
                .map(|(subject, _)| subject.clone())
                .unwrap_or_default(),
            kind: match (&held.certificate, held.is_intermediate) {
                (None, _) => String::new(),
                (Some(_), true) => page.t("device-trust-intermediate"),
                (Some(_), false) => page.t("device-trust-root"),
            },
            words: words.join(" "),
            can_go: device.is_staying() && held.can_go(),
        }
    }
}

#[derive(Template)]
#[template(path = "devices/distrust.html")]
pub(super) struct DistrustPage {
    page: Page,
    title: String,
    name: String,
    base: String,
    row: TrustRow,
}

impl DistrustPage {
    pub(super) fn new(page: Page, device: &Device, held: &Held) -> Self {
        Self {
            title: page.with("device-distrust-title", "name", &device.name),
            name: device.name.clone(),
            base: format!("/devices/{}", device.id),
            row: TrustRow::of(&page, device, held),
            page,
        }
    }
}

/// `GET /devices/{id}/trust/{sha1}/remove`
pub(super) async fn ask(
    State(app): State<Shared>,
    Path((id, sha1)): Path<(String, String)>,
    visitor: Visitor,
) -> Answer {
    let (id, sha1) = known(&visitor, &id, &sha1)?;
    let story = devices::one_device(&app, &visitor.actor(), &id)
        .await
        .map_err(|error| visitor.problem(&error))?;
    let page = visitor.page(Section::Devices);
    match story.trust.iter().find(|held| held.trust.sha1 == sha1) {
        Some(held) => Ok(respond::show(&DistrustPage::new(page, &story.device, held))),
        None => Err(Problem::missing(&page)),
    }
}

/// `POST /devices/{id}/trust/{sha1}/remove`
pub(super) async fn take_back(
    State(app): State<Shared>,
    Path((id, sha1)): Path<(String, String)>,
    posted: Posted,
) -> Answer {
    let visitor = posted.visitor;
    let (id, sha1) = known(&visitor, &id, &sha1)?;
    device_trust::take_back(&app, &visitor.actor(), &id, sha1)
        .await
        .map_err(|error| visitor.problem(&error))?;
    Ok(go(&format!("/devices/{id}?done=distrust-asked")))
}

fn known(visitor: &Visitor, id: &str, sha1: &str) -> Result<(DeviceId, Sha1), Problem> {
    let id = DeviceId::parse(id).ok();
    id.zip(Sha1::parse(sha1))
        .ok_or_else(|| Problem::missing(&visitor.page(Section::Devices)))
}
