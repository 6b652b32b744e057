//! Erasing, by law, what is kept of a person or of a device that left (GDPR, articles 5 and 17). What must stay, stays
//! without whose it was: serial numbers and revocations of built-in authorities, the count of challenges, and that
//! somebody did something, at a moment. The audit's chain goes on to hold: see `store::audit::verify_chain`.

mod activity_rows;
mod traces;

use std::collections::BTreeSet;

use domain::{
    Error as Refusal, Kind, Timestamp,
    actor::Actor,
    device::{Device, DeviceId},
    external_ca::AuthorityId,
    issuance::{Issuance, IssuanceState, RevocationReason, Revoked},
    operator::Permission,
    person::{Person, PersonId},
    transaction::Owner,
};
use serde_json::json;
use store::{Tx, audit::Emptied};

use self::traces::Traces;
use super::{
    Result, activity, device_removal,
    device_revocation::{self, Elsewhere},
};
use crate::{app::Shared, login::backoff};

/// How often rows of the audit are looked for that came in meanwhile.
const SWEEPS: u32 = 3;

/// Whose records are erased.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Of {
    /// A person's, and those of the person's former devices.
    Person(PersonId),
    /// Those of a device that left.
    Device(DeviceId),
}

impl Of {
    /// As the audit names it.
    fn target(&self) -> (&'static str, &str) {
        match self {
            Self::Person(id) => ("person", id.as_str()),
            Self::Device(id) => ("device", id.as_str()),
        }
    }
}

/// What an erasure would do.
#[derive(Clone, Debug)]
pub struct Outlook {
    /// The person's user name, or the device's name.
    pub name: String,
    /// The devices whose records are erased.
    pub devices: Vec<Device>,
    /// Certificates of the server's own authorities that count still: revoked with it.
    pub own: i64,
    /// Certificates of other authorities that count still: nothing is known of them afterwards.
    pub elsewhere: Vec<Elsewhere>,
    /// Rows under Activity that are emptied.
    pub activity: i64,
    /// Why it can't be done.
    pub refusal: Option<Refusal>,
}

/// What was erased.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Erased {
    /// Devices.
    pub devices: i64,
    /// Certificates of the server's own authorities that counted still, and were revoked.
    pub revoked: i64,
    /// Rows under Activity that were emptied.
    pub activity: i64,
}

/// What is kept of whom, as it stands.
struct Gathered {
    person: Option<Person>,
    devices: Vec<Device>,
    issuances: Vec<Issuance>,
    /// Serial numbers (hex) of the devices' identities.
    identities: Vec<String>,
    traces: Traces,
    refusal: Option<Refusal>,
}

/// What an erasure would do. Nothing is changed.
pub async fn outlook(app: &Shared, actor: &Actor, of: &Of) -> Result<Outlook> {
    actor.require(Permission::Read)?;
    let (now, wanted) = (app.now(), of.clone());
    let (gathered, own, elsewhere) = app
        .store
        .read(move |tx| {
            Box::pin(async move {
                let gathered = gather(tx, &wanted).await?;
                let (mut own, mut elsewhere) = (0, Vec::new());
                for device in &gathered.devices {
                    let held = device_revocation::held(tx, &device.id, now).await?;
                    own += held.own.len();
                    elsewhere.extend(held.elsewhere);
                }
                Ok::<_, super::Error>((gathered, own, elsewhere))
            })
        })
        .await?;
    let rows = activity_rows::find(app, &gathered.traces).await?;
    Ok(Outlook {
        name: gathered.name(),
        devices: gathered.devices,
        own: count(own),
        elsewhere,
        activity: count(rows.len()),
        refusal: gathered.refusal,
    })
}

/// Erases it, for good.
///
/// # Errors
/// A device is managed still, or a directory would bring the person back.
pub async fn erase(app: &Shared, actor: &Actor, of: &Of) -> Result<Erased> {
    actor.require(Permission::RemoveDevices)?;
    let wanted = of.clone();
    let gathered = app
        .store
        .read(move |tx| Box::pin(async move { gather(tx, &wanted).await }))
        .await?;
    if let Some(refusal) = gathered.refusal {
        return Err(refusal.into());
    }
    let traces = gathered.traces;
    let rows = activity_rows::find(app, &traces).await?;
    let (now, of, by) = (app.now(), of.clone(), actor.clone());
    let (wanted, found) = (of.clone(), rows);
    let (mut erased, revoked) = app
        .store
        .write(move |tx| {
            let (of, by, rows) = (wanted.clone(), by.clone(), found.clone());
            Box::pin(async move { erase_all(tx, &by, &of, &rows, now).await })
        })
        .await?;
    // Whoever waits behind it may be first now.
    app.bells.ring_slot();
    // What was written between the look and the erasure.
    for _ in 0..SWEEPS {
        let rows = activity_rows::find(app, &traces).await?;
        if rows.is_empty() {
            break;
        }
        let (of, by, traces) = (of.clone(), actor.clone(), traces.clone());
        erased.activity += app
            .store
            .write(move |tx| {
                let (of, by, traces, rows) = (of.clone(), by.clone(), traces.clone(), rows.clone());
                Box::pin(async move {
                    let emptied = activity_rows::empty(tx, &traces, &rows).await?;
                    note(tx, &by, &of, &emptied, json!({}), now).await?;
                    Ok::<_, super::Error>(count(emptied.len()))
                })
            })
            .await?;
    }
    device_revocation::publish_lists(app, &revoked).await;
    Ok(erased)
}

async fn erase_all(
    tx: &mut Tx,
    actor: &Actor,
    of: &Of,
    rows: &[i64],
    now: Timestamp,
) -> Result<(Erased, BTreeSet<AuthorityId>)> {
    let gathered = gather(tx, of).await?;
    if let Some(refusal) = gathered.refusal {
        return Err(refusal.into());
    }
    store::erasing::overwrite(tx, true).await?;
    let mut authorities = BTreeSet::new();
    let mut revoked = 0;
    for issuance in &gathered.issuances {
        if issuance.state == IssuanceState::Issued && issuance.revoked.is_none() {
            // One that has ended too: the same request again would be answered with it, and nobody knows it any more.
            let reason = RevocationReason::CessationOfOperation;
            store::issuances::revoke(tx, &issuance.id, &Revoked { at: now, reason }).await?;
            if now <= issuance.not_after {
                authorities.insert(issuance.authority_id.clone());
                revoked += 1;
            }
        }
        store::issuances::erase(tx, issuance).await?;
    }
    traces::leave_assignments(tx, of, &gathered.devices).await?;
    for device in &gathered.devices {
        store::erasing::device(tx, device).await?;
    }
    if let Some(person) = &gathered.person {
        erase_person(tx, person, &gathered.traces).await?;
    }
    let emptied = activity_rows::empty(tx, &gathered.traces, rows).await?;
    let serials: Vec<&str> = gathered.issuances.iter().map(|one| one.serial.as_str()).collect();
    let more = json!({
        "devices": gathered.devices.iter().map(|device| &device.id).collect::<Vec<_>>(),
        "identities": gathered.identities,
        "certificates": serials,
    });
    note(tx, actor, of, &emptied, more, now).await?;
    store::erasing::overwrite(tx, false).await?;
    let erased = Erased {
        devices: count(gathered.devices.len()),
        revoked,
        activity: count(emptied.len()),
    };
    Ok((erased, authorities))
}

async fn erase_person(tx: &mut Tx, person: &Person, traces: &Traces) -> Result<()> {
    for name in traces.names() {
        store::erasing::refused_sign_ins(tx, name).await?;
        store::erasing::wrong_passwords(tx, &backoff::key("enrolment", name, "")).await?;
    }
    traces::leave_readings(tx, traces).await?;
    Ok(store::erasing::person(tx, &person.id).await?)
}

/// Tells of the erasure, with what is left of each emptied row, and seals that: the chain holds again.
async fn note(
    tx: &mut Tx,
    actor: &Actor,
    of: &Of,
    emptied: &[Emptied],
    mut more: serde_json::Value,
    now: Timestamp,
) -> Result<()> {
    if let Some(fields) = more.as_object_mut() {
        fields.insert("emptied".to_owned(), json!(emptied));
    }
    let mut entry = activity::entry(actor, now, store::audit::ERASURE, of.target());
    entry.after = activity::written(&more);
    store::audit::append(tx, &entry).await?;
    activity_rows::seal_all(tx).await
}

async fn gather(tx: &mut Tx, of: &Of) -> Result<Gathered> {
    let unknown = || Refusal::new(Kind::NotFound, "error-not-found", "there is no such person");
    let (person, devices) = match of {
        Of::Person(id) => {
            let person = store::people::by_id(tx, id).await?.ok_or_else(unknown)?;
            (Some(person), store::devices::of_person(tx, id).await?)
        }
        Of::Device(id) => (None, vec![device_removal::known(tx, id).await?]),
    };
    let mut traces = Traces::of(of, person.as_ref(), &devices);
    if let Of::Person(id) = of {
        for token in store::enrolment_tokens::of_person(tx, id).await? {
            traces.aim("enrolment_token", token.id.as_str());
        }
    }
    let (mut issuances, mut identities) = (Vec::new(), Vec::new());
    for device in &devices {
        let known = store::identities::of_device(tx, &device.id).await?;
        identities.extend(known.into_iter().map(|identity| identity.serial));
        for delivery in store::deliveries::of_device(tx, &device.id).await? {
            traces.aim("delivery", delivery.id.as_str());
            issuances.extend(store::issuances::of_owner(tx, &Owner::Delivery(delivery.id)).await?);
        }
    }
    for issuance in &issuances {
        traces.aim("issuance", issuance.id.as_str());
    }
    let refusal = match &person {
        Some(person) => refuse_person(tx, person, &devices).await?,
        None => devices
            .iter()
            .any(|device| device.unenrolled_at.is_none())
            .then(managed),
    };
    Ok(Gathered {
        person,
        devices,
        issuances,
        identities,
        traces,
        refusal,
    })
}

async fn refuse_person(tx: &mut Tx, person: &Person, devices: &[Device]) -> Result<Option<Refusal>> {
    let managed = devices.iter().filter(|device| device.unenrolled_at.is_none());
    let managed = managed.count();
    if managed > 0 {
        let detail =
            format!("{managed} devices of this person are managed still: remove or revoke them first");
        let refusal = Refusal::new(Kind::State, "error-erase-person-devices", detail);
        return Ok(Some(refusal.with("count", managed.to_string())));
    }
    let tie = store::scim::people::of(tx, &person.id).await?;
    if let Some(tie) = tie.filter(|tie| tie.gone_at.is_none()) {
        let source = store::scim::by_id(tx, &tie.source_id).await?;
        let source = source.map(|source| source.name).unwrap_or_default();
        let detail = format!("the SCIM source “{source}” writes this person: have it delete them first");
        let refusal = Refusal::new(Kind::State, "error-erase-person-scim", detail);
        return Ok(Some(refusal.with("source", source)));
    }
    let link = store::directories::person_link(tx, &person.id).await?;
    let Some(link) = link.filter(|link| link.gone_at.is_none()) else {
        return Ok(None);
    };
    let directory = store::directories::by_id(tx, &link.directory_id).await?;
    let directory = directory.map(|directory| directory.name).unwrap_or_default();
    let detail = format!(
        "the directory “{directory}” would bring this person back: take the person out there first, and have it read"
    );
    let refusal = Refusal::new(Kind::State, "error-erase-person-directory", detail);
    Ok(Some(refusal.with("directory", directory)))
}

fn managed() -> Refusal {
    let detail = "the device is managed still: remove or revoke it first";
    Refusal::new(Kind::State, "error-erase-device-managed", detail)
}

fn count(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

impl Gathered {
    fn name(&self) -> String {
        let of_device = || self.devices.first().map(|device| device.name.clone());
        let name = self.person.as_ref().map(|person| person.username.clone());
        name.or_else(of_device).unwrap_or_default()
    }
}
