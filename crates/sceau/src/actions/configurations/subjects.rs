//! What a device would ask for: its subject and alternative names, filled in.

use domain::{
    Error as Refusal, Kind, Timestamp,
    actor::Actor,
    device::{Device, DeviceId},
    diagnosis::Cause,
    operator::Permission,
    person::Person,
    scep_configuration::ScepSettings,
    subject::{Facts, Subject, alternative_names},
};
use store::Tx;

use super::super::Result;
use crate::app::Shared;

/// One device and what it would ask for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PreviewRow {
    /// Which device.
    pub device_id: DeviceId,
    /// Its name.
    pub device: String,
    /// Its person's user name.
    pub person: Option<String>,
    /// The subject and the alternative names in the CSP's form, or why there are none.
    pub subject: std::result::Result<(String, String), Cause>,
}

/// The subjects of the devices named, or of the first ones that enrolled.
pub async fn preview_subjects(
    app: &Shared,
    actor: &Actor,
    settings: &ScepSettings,
    devices: Option<Vec<DeviceId>>,
    limit: u32,
) -> Result<Vec<PreviewRow>> {
    actor.require(Permission::Read)?;
    let (settings, now) = (settings.clone(), app.now());
    app.store
        .read(move |tx| {
            Box::pin(async move {
                let ids = match devices {
                    Some(ids) => ids,
                    None => store::devices::list_ids_page(tx, None, limit).await?,
                };
                let mut rows = Vec::new();
                for id in ids.iter().take(usize::try_from(limit).unwrap_or(usize::MAX)) {
                    rows.push(row(tx, &settings, id, now).await?);
                }
                Ok(rows)
            })
        })
        .await
}

async fn row(tx: &mut Tx, settings: &ScepSettings, id: &DeviceId, now: Timestamp) -> Result<PreviewRow> {
    let unknown = || Refusal::new(Kind::NotFound, "error-not-found", "there is no such device");
    let device = store::devices::by_id(tx, id).await?.ok_or_else(unknown)?;
    let person = match &device.person_id {
        Some(id) => store::people::by_id(tx, id).await?,
        None => None,
    };
    Ok(PreviewRow {
        subject: filled(settings, &device, person.as_ref(), now),
        device_id: device.id,
        device: device.name,
        person: person.map(|person| person.username),
    })
}

fn filled(
    settings: &ScepSettings,
    device: &Device,
    person: Option<&Person>,
    now: Timestamp,
) -> std::result::Result<(String, String), Cause> {
    let facts = Facts { person, device, now };
    // What is stored was checked; a subject that can't be read any more is this device's failure all the same.
    let subject = Subject::parse(&settings.subject)
        .map_err(|error| Cause::SubjectInvalid { detail: error.detail })?
        .fill(&facts)?;
    Ok((subject, alternative_names::fill(&settings.sans, &facts)?))
}
