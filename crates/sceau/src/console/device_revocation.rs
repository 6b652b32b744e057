//! Revoking a lost or stolen device at once: what that does is told and confirmed, and what is left to do elsewhere.

use askama::Template;
use axum::extract::{Path, State};

use super::{
    device_removal::known,
    page::{Page, Section},
    posted::Posted,
    respond::{self, Answer, go},
    visitor::Visitor,
};
use crate::{
    actions::device_revocation::{self, Holdings},
    app::Shared,
};

#[derive(Template)]
#[template(path = "devices/revoke.html")]
pub(super) struct RevokePage {
    page: Page,
    title: String,
    name: String,
    base: String,
    is_possible: bool,
    /// What happens, or what has happened.
    effects: Vec<String>,
    /// What is left to be revoked elsewhere.
    elsewhere: Vec<Row>,
}

struct Row {
    authority: String,
    subject: String,
    serial: String,
    sha1: String,
}

impl RevokePage {
    pub(super) fn new(page: Page, holdings: &Holdings) -> Self {
        let device = &holdings.device;
        let is_possible = device.unenrolled_at.is_none();
        let own = i64::try_from(holdings.own.len()).unwrap_or(i64::MAX);
        let effects = match is_possible {
            true => vec![
                page.t("device-revoke-now"),
                match own {
                    0 => page.t("device-revoke-no-own"),
                    _ => page.count("device-revoke-own", &own),
                },
                page.t("device-revoke-final"),
            ],
            false if device.is_revoked() => vec![page.t("device-revoke-done")],
            false => vec![page.t("error-device-left")],
        };
        let elsewhere = holdings.elsewhere.iter().map(|one| Row {
            authority: one.authority.clone(),
            subject: one.certificate.subject.clone(),
            serial: one
                .certificate
                .serial
                .clone()
                .unwrap_or_else(|| page.t("device-revoke-serial-unknown")),
            sha1: one.certificate.sha1.to_string(),
        });
        Self {
            title: page.with("device-revoke-title", "name", &device.name),
            name: device.name.clone(),
            base: format!("/devices/{}", device.id),
            is_possible,
            effects,
            elsewhere: elsewhere.collect(),
            page,
        }
    }
}

/// `GET /devices/{id}/revoke`
pub(super) async fn ask(State(app): State<Shared>, Path(id): Path<String>, visitor: Visitor) -> Answer {
    let id = known(&visitor, &id)?;
    let holdings = device_revocation::holdings(&app, &visitor.actor(), &id)
        .await
        .map_err(|error| visitor.problem(&error))?;
    let page = visitor.page(Section::Devices);
    Ok(respond::show(&RevokePage::new(page, &holdings)))
}

/// `POST /devices/{id}/revoke`
pub(super) async fn revoke(State(app): State<Shared>, Path(id): Path<String>, posted: Posted) -> Answer {
    let visitor = posted.visitor;
    let id = known(&visitor, &id)?;
    device_revocation::revoke_device(&app, &visitor.actor(), &id)
        .await
        .map_err(|error| visitor.problem(&error))?;
    Ok(go(&format!("/devices/{id}/revoke")))
}
