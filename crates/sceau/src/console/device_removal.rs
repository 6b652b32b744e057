//! Sending a device away: what that does is told, and confirmed. It can be taken back until the device was told to go.

use askama::Template;
use axum::extract::{Path, State};
use domain::{
    Timestamp,
    device::{Device, DeviceId, LeftHow, Removal},
};

use super::{
    moment,
    page::{Page, Section},
    posted::Posted,
    respond::{self, Answer, Problem, go},
    visitor::Visitor,
};
use crate::{
    actions::device_removal::{self, Outlook},
    app::Shared,
};

#[derive(Template)]
#[template(path = "devices/remove.html")]
pub(super) struct RemovePage {
    page: Page,
    title: String,
    name: String,
    base: String,
    is_possible: bool,
    /// What happens in any case.
    effects: Vec<String>,
    /// What happens if the certificates are deleted.
    deletions: Vec<String>,
    /// The trusted certificates that are deleted then.
    trust: Vec<String>,
    /// Whether that is the choice now.
    deletes: bool,
}

impl RemovePage {
    pub(super) fn new(page: Page, outlook: &Outlook) -> Self {
        let counted = |key: &str, count: i64| (count > 0).then(|| page.count(key, &count));
        let device = &outlook.device;
        let effects = [
            Some(page.t("device-remove-next-session")),
            counted("device-remove-unsent", outlook.unsent),
            Some(page.t("device-remove-identity")),
            Some(page.t("device-remove-history")),
            counted("device-remove-former-trust", outlook.former_trust),
            Some(page.t("device-remove-windows")),
        ];
        let trusted = i64::try_from(outlook.trust.len()).unwrap_or(i64::MAX);
        let deletions = [
            counted("device-remove-nodes", outlook.nodes),
            (outlook.nodes > 0).then(|| page.t("device-remove-user")),
            counted("device-remove-trust", trusted),
        ];
        Self {
            title: page.with("device-remove-title", "name", &device.name),
            name: device.name.clone(),
            base: format!("/devices/{}", device.id),
            is_possible: device.unenrolled_at.is_none() && !is_told(device),
            effects: effects.into_iter().flatten().collect(),
            deletions: deletions.into_iter().flatten().collect(),
            trust: outlook.trust.iter().map(ToString::to_string).collect(),
            deletes: device
                .removal
                .as_ref()
                .is_none_or(|removal| !removal.keeps_certificates),
            page,
        }
    }
}

/// `GET /devices/{id}/remove`
pub(super) async fn ask(State(app): State<Shared>, Path(id): Path<String>, visitor: Visitor) -> Answer {
    let id = known(&visitor, &id)?;
    let outlook = device_removal::removal_outlook(&app, &visitor.actor(), &id)
        .await
        .map_err(|error| visitor.problem(&error))?;
    let page = visitor.page(Section::Devices);
    Ok(respond::show(&RemovePage::new(page, &outlook)))
}

/// `POST /devices/{id}/remove`
pub(super) async fn remove(State(app): State<Shared>, Path(id): Path<String>, posted: Posted) -> Answer {
    let Posted { visitor, fields } = posted;
    let id = known(&visitor, &id)?;
    let keeps_certificates = !fields.is_ticked("delete");
    device_removal::remove_device(&app, &visitor.actor(), &id, keeps_certificates)
        .await
        .map_err(|error| visitor.problem(&error))?;
    Ok(go(&format!("/devices/{id}?done=removal-asked")))
}

/// `POST /devices/{id}/stay`
pub(super) async fn stay(State(app): State<Shared>, Path(id): Path<String>, posted: Posted) -> Answer {
    let visitor = posted.visitor;
    let id = known(&visitor, &id)?;
    device_removal::cancel_removal(&app, &visitor.actor(), &id)
        .await
        .map_err(|error| visitor.problem(&error))?;
    Ok(go(&format!("/devices/{id}?done=removal-cancelled")))
}

pub(super) fn known(visitor: &Visitor, id: &str) -> Result<DeviceId, Problem> {
    DeviceId::parse(id).map_err(|_| Problem::missing(&visitor.page(Section::Devices)))
}

fn is_told(device: &Device) -> bool {
    let removal = device.removal.as_ref();
    removal.is_some_and(|removal| removal.told_at.is_some())
}

/// What a device's page says of its leaving.
pub(super) struct Leaving {
    /// The sentence.
    pub(super) words: String,
    /// Whether it can be taken back.
    pub(super) can_stay: bool,
}

impl Leaving {
    /// None for a device that stays, or that left.
    pub(super) fn of(page: &Page, device: &Device) -> Option<Self> {
        let removal = device
            .removal
            .as_ref()
            .filter(|_| device.unenrolled_at.is_none())?;
        let key = match removal.told_at {
            Some(_) => "device-leaving-told",
            None => "device-leaving-waits",
        };
        Some(Self {
            words: said(page, key, removal.asked_at, Some(removal)),
            can_stay: removal.told_at.is_none(),
        })
    }
}

/// That a device left or is to leave, by whom and when; none for one that stays.
pub(super) fn in_words(page: &Page, device: &Device) -> Option<String> {
    let removal = device.removal.as_ref();
    if let Some(at) = device.unenrolled_at {
        let key = match device.left_how {
            Some(LeftHow::User) => "device-left-user",
            Some(LeftHow::SentAway) => "device-left-sent-away",
            Some(LeftHow::Unheard) => "device-left-unheard",
            Some(LeftHow::Replaced) => "device-left-replaced",
            Some(LeftHow::Revoked) => "device-left-revoked",
            Some(LeftHow::Silent) => "device-left-silent",
            None => "device-left-unknown",
        };
        return Some(said(page, key, at, removal));
    }
    removal.map(|removal| said(page, "device-leaving-row", removal.asked_at, Some(removal)))
}

fn said(page: &Page, key: &str, at: Timestamp, removal: Option<&Removal>) -> String {
    let at = format!("{} UTC", moment::minute(at));
    let by = removal.map(|removal| removal.by.as_str()).unwrap_or_default();
    page.language
        .sentence(key, &[("at", at.as_str()), ("by", by)])
        .unwrap_or_else(|| key.to_owned())
}
