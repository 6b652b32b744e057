//! The name of a device that its certificates carry. It is the one of its enrolment, since a device could call itself as
//! another does; when it calls itself otherwise, an administrator may take that name over.

use domain::{
    Error as Refusal, Kind, Timestamp,
    actor::Actor,
    device::{Device, DeviceId},
    event::{Event, What},
    operator::Permission,
};
use serde_json::json;
use store::Tx;

use super::{Result, activity, delivery, device_removal};
use crate::app::Shared;

/// The device is called from now on as it calls itself. Certificates that carry its name are issued again.
///
/// # Errors
/// It doesn't call itself so, or not any more; it leaves.
pub async fn take_name(app: &Shared, actor: &Actor, id: &DeviceId, name: &str) -> Result<Device> {
    actor.require(Permission::RemoveDevices)?;
    let (now, id, name, actor) = (app.now(), id.clone(), name.to_owned(), actor.clone());
    app.store
        .write(move |tx| {
            let (id, name, actor) = (id.clone(), name.clone(), actor.clone());
            Box::pin(async move { take(tx, &actor, &id, &name, now).await })
        })
        .await
}

async fn take(tx: &mut Tx, actor: &Actor, id: &DeviceId, name: &str, now: Timestamp) -> Result<Device> {
    let before = device_removal::known(tx, id).await?;
    if !before.is_staying() {
        let detail = "the device leaves, or has left";
        return Err(Refusal::new(Kind::State, "error-device-leaves", detail).into());
    }
    if before.inventory.name.as_deref() != Some(name) {
        let detail = "the device doesn't call itself so, or not any more";
        return Err(Refusal::new(Kind::Conflict, "error-device-name", detail).into());
    }
    if before.name == name {
        return Ok(before);
    }
    let device = Device {
        name: name.to_owned(),
        ..before.clone()
    };
    store::devices::update(tx, &device).await?;
    let mut entry = activity::entry(actor, now, "device.name", ("device", id.as_str()));
    entry.before = activity::written(&json!({ "name": before.name }));
    entry.after = activity::written(&json!({ "name": name }));
    store::audit::append(tx, &entry).await?;
    let event = Event {
        device_id: id.clone(),
        delivery_id: None,
        at: now,
        what: What::NameTaken {
            before: before.name.clone(),
            after: name.to_owned(),
            by: activity::name_of(actor),
        },
    };
    store::events::append(tx, &event).await?;
    let person = match &before.person_id {
        Some(person) => store::people::by_id(tx, person).await?,
        None => None,
    };
    delivery::plan_after_change(tx, id, (&before, person.as_ref()), now).await?;
    Ok(device)
}
