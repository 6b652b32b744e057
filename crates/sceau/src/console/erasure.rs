//! Erasing what is kept of a person or of a device that left: what goes and what must stay is told, and confirmed.

use askama::Template;
use axum::extract::{Path, State};
use domain::person::PersonId;

use super::{
    device_removal,
    page::{Page, Section},
    posted::Posted,
    respond::{self, Answer, Problem, go},
    visitor::Visitor,
};
use crate::{
    actions::erasure::{self, Of, Outlook},
    app::Shared,
};

#[derive(Template)]
#[template(path = "people/erase.html")]
pub(super) struct ErasePage {
    page: Page,
    title: String,
    name: String,
    /// The page of whom it is about.
    base: String,
    is_possible: bool,
    /// What is erased.
    erased: Vec<String>,
    /// The names of the devices whose records go.
    devices: Vec<String>,
    /// What must stay, without whose it was.
    stays: Vec<String>,
    /// What isn't looked through.
    beyond: Vec<String>,
    /// Certificates of other authorities: their authority, subject and serial number.
    elsewhere: Vec<(String, String, String)>,
}

impl ErasePage {
    pub(super) fn new(page: Page, of: &Of, outlook: &Outlook) -> Self {
        let counted = |key: &str, count: i64| (count > 0).then(|| page.count(key, &count));
        let devices = i64::try_from(outlook.devices.len()).unwrap_or(i64::MAX);
        let is_person = matches!(of, Of::Person(_));
        let erased = [
            is_person.then(|| page.t("erase-person")),
            is_person.then(|| counted("erase-devices", devices)).flatten(),
            (devices > 0).then(|| page.t("erase-device")),
            counted("erase-activity", outlook.activity),
            counted("erase-own", outlook.own),
        ];
        let stays = [
            "erase-stays-ledger",
            "erase-stays-activity",
            "erase-stays-challenges",
        ];
        let beyond = ["erase-beyond-typed", "erase-beyond-outside"];
        let unknown = || page.t("device-revoke-serial-unknown");
        let elsewhere = outlook.elsewhere.iter().map(|one| {
            let certificate = &one.certificate;
            let serial = certificate.serial.clone().unwrap_or_else(unknown);
            (one.authority.clone(), certificate.subject.clone(), serial)
        });
        Self {
            title: page.with("erase-title", "name", &outlook.name),
            name: outlook.name.clone(),
            base: base(of),
            is_possible: outlook.refusal.is_none(),
            erased: erased.into_iter().flatten().collect(),
            devices: match is_person {
                true => outlook.devices.iter().map(|device| device.name.clone()).collect(),
                false => Vec::new(),
            },
            stays: stays.map(|key| page.t(key)).to_vec(),
            beyond: beyond.map(|key| page.t(key)).to_vec(),
            elsewhere: elsewhere.collect(),
            page,
        }
    }
}

/// `GET /people/{id}/erase`
pub(super) async fn ask_person(
    State(app): State<Shared>,
    Path(id): Path<String>,
    visitor: Visitor,
) -> Answer {
    let of = person(&visitor, &id)?;
    ask(&app, &visitor, &of).await
}

/// `GET /devices/{id}/erase`
pub(super) async fn ask_device(
    State(app): State<Shared>,
    Path(id): Path<String>,
    visitor: Visitor,
) -> Answer {
    let of = Of::Device(device_removal::known(&visitor, &id)?);
    ask(&app, &visitor, &of).await
}

/// `POST /people/{id}/erase`
pub(super) async fn erase_person(
    State(app): State<Shared>,
    Path(id): Path<String>,
    posted: Posted,
) -> Answer {
    let of = person(&posted.visitor, &id)?;
    erase(&app, &posted.visitor, &of).await
}

/// `POST /devices/{id}/erase`
pub(super) async fn erase_device(
    State(app): State<Shared>,
    Path(id): Path<String>,
    posted: Posted,
) -> Answer {
    let of = Of::Device(device_removal::known(&posted.visitor, &id)?);
    erase(&app, &posted.visitor, &of).await
}

async fn ask(app: &Shared, visitor: &Visitor, of: &Of) -> Answer {
    let outlook = erasure::outlook(app, &visitor.actor(), of)
        .await
        .map_err(|error| visitor.problem(&error))?;
    let page = visitor.page(section(of)).refused(outlook.refusal.as_slice());
    Ok(respond::show(&ErasePage::new(page, of, &outlook)))
}

async fn erase(app: &Shared, visitor: &Visitor, of: &Of) -> Answer {
    erasure::erase(app, &visitor.actor(), of)
        .await
        .map_err(|error| visitor.problem(&error))?;
    Ok(go(match of {
        Of::Person(_) => "/people?done=erased",
        Of::Device(_) => "/devices?done=erased",
    }))
}

fn person(visitor: &Visitor, id: &str) -> Result<Of, Problem> {
    let known = PersonId::parse(id).map_err(|_| Problem::missing(&visitor.page(Section::People)))?;
    Ok(Of::Person(known))
}

fn section(of: &Of) -> Section {
    match of {
        Of::Person(_) => Section::People,
        Of::Device(_) => Section::Devices,
    }
}

fn base(of: &Of) -> String {
    match of {
        Of::Person(id) => format!("/people/{id}"),
        Of::Device(id) => format!("/devices/{id}"),
    }
}
