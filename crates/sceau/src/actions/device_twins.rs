//! Devices that say the same of their hardware: a machine that was set up anew, or a copy. What a device says of its hardware
//! is claimed and proves nothing: nothing is merged and nobody is let in or kept out by it. A person is told, and may put
//! the former one away.

use domain::{
    Error as Refusal, Kind, Timestamp,
    actor::Actor,
    device::{
        Device, DeviceId, LeftHow,
        twin::{Twin, names_hardware},
    },
    event::What,
    operator::Permission,
};
use serde_json::json;
use store::{Tx, audit::AuditEntry};

use super::{Result, activity, device_removal, sessions::trust::tell};
use crate::app::Shared;

/// Others of one hardware id that are told of: virtual machines of one template may be many.
const OTHERS: u32 = 20;
/// Hardware ids that are looked at for the dashboard.
const GROUPS: u32 = 50;
/// An old identity that is shown again and again is told once in this time.
const TELL_SECONDS: i64 = 86_400;

/// Another managed device of the same hardware id.
#[derive(Clone, Debug)]
pub struct Other {
    /// What it is to the device.
    pub twin: Twin,
    /// It.
    pub device: Device,
}

/// The others of a device, the newest first.
pub async fn of_device(tx: &mut Tx, device: &Device) -> Result<Vec<Other>> {
    let Some(hardware_id) = device
        .hardware_id
        .as_deref()
        .filter(|text| names_hardware(Some(text)))
    else {
        return Ok(Vec::new());
    };
    let others = store::devices::of_hardware(tx, hardware_id, Some(&device.id), OTHERS).await?;
    let related = others.into_iter().filter_map(|other| {
        let twin = Twin::of(device, &other)?;
        Some(Other { twin, device: other })
    });
    Ok(related.collect())
}

/// A device has enrolled: it and the others of its hardware are told of each other.
pub(super) async fn note_enrolment(tx: &mut Tx, device: &Device, now: Timestamp) -> Result<()> {
    for other in of_device(tx, device).await? {
        let about = |told: &Device, is_newer| What::SameHardware {
            name: told.name.clone(),
            other: told.id.to_string(),
            is_newer,
        };
        tell(tx, &other.device, now, about(device, true)).await?;
        tell(tx, device, now, about(&other.device, false)).await?;
    }
    Ok(())
}

/// The device is put away: its machine was set up anew and is another device now. Its identity is worth nothing from now
/// on, and what was under way for it comes to nothing.
///
/// # Errors
/// It has left, or no later device of its hardware is there since when it was silent.
pub async fn put_away(app: &Shared, actor: &Actor, id: &DeviceId) -> Result<()> {
    actor.require(Permission::RemoveDevices)?;
    let (now, id, actor) = (app.now(), id.clone(), actor.clone());
    app.store
        .write(move |tx| {
            let (id, actor) = (id.clone(), actor.clone());
            Box::pin(async move {
                let unknown = || Refusal::new(Kind::NotFound, "error-not-found", "there is no such device");
                let device = store::devices::by_id(tx, &id).await?.ok_or_else(unknown)?;
                let others = of_device(tx, &device).await?;
                let Some(successor) = others.into_iter().find(|other| other.twin == Twin::Successor) else {
                    let detail = "no device of the same hardware has taken its place";
                    return Err(Refusal::new(Kind::State, "error-device-not-replaced", detail).into());
                };
                let entry = AuditEntry {
                    after: activity::written(&json!({ "replaced_by": successor.device.id })),
                    ..activity::entry(&actor, now, "device.put-away", ("device", id.as_str()))
                };
                store::audit::append(tx, &entry).await?;
                device_removal::end(tx, device, LeftHow::Replaced, now).await
            })
        })
        .await?;
    // Whoever waits behind it may be first now.
    app.bells.ring_slot();
    Ok(())
}

/// Devices of which there is a copy: both speak. The newest first, some fifty groups at most.
pub async fn list_copies(app: &Shared, actor: &Actor) -> Result<Vec<Device>> {
    actor.require(Permission::Read)?;
    app.store
        .read(|tx| {
            Box::pin(async move {
                let mut copies = Vec::new();
                for hardware_id in store::devices::shared_hardware(tx, GROUPS).await? {
                    let group = store::devices::of_hardware(tx, &hardware_id, None, OTHERS).await?;
                    let is_copied =
                        |one: &Device| group.iter().any(|other| Twin::of(one, other) == Some(Twin::Copy));
                    copies.extend(group.iter().filter(|one| is_copied(one)).cloned());
                }
                Ok(copies)
            })
        })
        .await
}

/// A device showed an identity that it had renewed, or that a new enrolment ended: told once a day.
pub(super) async fn note_old_identity(app: &Shared, device: &Device) -> Result<()> {
    let (now, device) = (app.now(), device.clone());
    let since = now.plus_seconds(-TELL_SECONDS);
    app.store
        .write(move |tx| {
            let device = device.clone();
            Box::pin(async move {
                if store::devices::note_old_identity(tx, &device.id, now, since).await? {
                    tell(tx, &device, now, What::OldIdentityShown).await?;
                }
                Ok(())
            })
        })
        .await
}
