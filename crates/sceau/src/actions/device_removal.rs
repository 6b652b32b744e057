//! An administrator sends a device away. It waits for the device's next session, and can be taken back until the device
//! was told to go. What a session does about it is in `sessions/leaving.rs`.

use std::collections::BTreeSet;

use domain::{
    Error as Refusal, Kind, Timestamp,
    actor::Actor,
    delivery::{Delivery, DeliveryState},
    device::{Device, DeviceId, LeftHow, Removal, SILENCE_SECONDS},
    event::{Event, What},
    operator::Permission,
    thumbprint::Sha1,
};
use store::{Tx, audit::AuditEntry, trust::Trusted};

use super::{Result, activity, delivery, proxy, waking};
use crate::app::Shared;

/// So many that fell silent end in one round.
const BATCH: u32 = 200;

/// What the removal of a device would do, or does.
#[derive(Clone, Debug)]
pub struct Outlook {
    /// The device, with the removal that was asked for.
    pub device: Device,
    /// Deliveries whose node is on the device: a certificate, or what a try left there.
    pub nodes: i64,
    /// Certificates that it was given to trust, and that it didn't have before.
    pub trust: Vec<Sha1>,
    /// Trusted certificates of authorities that it had before, or may have had: they stay.
    pub former_trust: i64,
    /// Deliveries that it hasn't got yet: they are withdrawn at once.
    pub unsent: i64,
}

/// What the removal of a device would do. Nothing is changed.
pub async fn removal_outlook(app: &Shared, actor: &Actor, id: &DeviceId) -> Result<Outlook> {
    actor.require(Permission::Read)?;
    let id = id.clone();
    app.store
        .read(move |tx| {
            let id = id.clone();
            Box::pin(async move {
                let device = known(tx, &id).await?;
                let deliveries = store::deliveries::of_device(tx, &id).await?;
                let trust = store::trust::of_device(tx, &id).await?;
                let count = |is_one: fn(&Delivery) -> bool| {
                    let found = deliveries.iter().filter(|delivery| is_one(delivery));
                    i64::try_from(found.count()).unwrap_or(i64::MAX)
                };
                let is_former = |state| matches!(state, Trusted::Before | Trusted::Unknown);
                let former = trust.iter().filter(|trust| is_former(trust.state));
                Ok(Outlook {
                    nodes: count(|delivery| delivery.is_on_device),
                    unsent: count(|delivery| delivery.state.is_open() && !delivery.is_on_device),
                    former_trust: i64::try_from(former.count()).unwrap_or(i64::MAX),
                    trust: trust
                        .iter()
                        .filter(|trust| trust.state == Trusted::Ours)
                        .map(|trust| trust.sha1)
                        .collect(),
                    device,
                })
            })
        })
        .await
}

/// A device is to leave, at its next session. What it hasn't got yet is withdrawn at once. Asked again before the device
/// was told, it only changes what is to be done with the certificates.
pub async fn remove_device(
    app: &Shared,
    actor: &Actor,
    id: &DeviceId,
    keeps_certificates: bool,
) -> Result<Removal> {
    actor.require(Permission::RemoveDevices)?;
    let (now, id, actor) = (app.now(), id.clone(), actor.clone());
    let removal = app
        .store
        .write(move |tx| {
            let (id, actor) = (id.clone(), actor.clone());
            Box::pin(async move { ask(tx, &actor, &id, keeps_certificates, now).await })
        })
        .await?;
    // Whoever waits behind it may be first now.
    app.bells.ring_slot();
    Ok(removal)
}

async fn ask(
    tx: &mut Tx,
    actor: &Actor,
    id: &DeviceId,
    keeps_certificates: bool,
    now: Timestamp,
) -> Result<Removal> {
    let mut device = known(tx, id).await?;
    refuse_if_gone(&device)?;
    let by = activity::name_of(actor);
    let removal = Removal {
        asked_at: now,
        by: by.clone(),
        keeps_certificates,
        kept: BTreeSet::new(),
        told_at: None,
    };
    device.removal = Some(removal.clone());
    store::devices::set_removal(tx, id, Some(&removal)).await?;
    let entry = AuditEntry {
        after: activity::written(&removal),
        ..activity::entry(actor, now, "device.remove", ("device", id.as_str()))
    };
    store::audit::append(tx, &entry).await?;
    let asked = What::RemovalAsked {
        by,
        keeps_certificates,
    };
    tell(tx, id, now, asked).await?;
    for delivery in store::deliveries::of_device(tx, id).await? {
        store::challenge_queue::leave(tx, &delivery.id).await?;
    }
    // Nothing is meant for it any more: what it hasn't got is withdrawn.
    delivery::plan_for_device(tx, &device, now).await?;
    waking::want(tx, id, now).await?;
    Ok(removal)
}

/// The device stays: possible until it was told to go. It gets again what it is meant to have.
pub async fn cancel_removal(app: &Shared, actor: &Actor, id: &DeviceId) -> Result<()> {
    actor.require(Permission::RemoveDevices)?;
    let (now, id, actor) = (app.now(), id.clone(), actor.clone());
    app.store
        .write(move |tx| {
            let (id, actor) = (id.clone(), actor.clone());
            Box::pin(async move {
                let mut device = known(tx, &id).await?;
                refuse_if_gone(&device)?;
                if device.removal.take().is_none() {
                    let detail = "nobody asked that this device leave";
                    return Err(Refusal::new(Kind::State, "error-device-stays", detail).into());
                }
                store::devices::set_removal(tx, &id, None).await?;
                let entry = activity::entry(&actor, now, "device.cancel_removal", ("device", id.as_str()));
                store::audit::append(tx, &entry).await?;
                let by = activity::name_of(&actor);
                tell(tx, &id, now, What::RemovalCancelled { by }).await?;
                delivery::plan_for_device(tx, &device, now).await.map(drop)
            })
        })
        .await
}

/// Devices that were told to go and have been silent since have gone. Gives how many.
pub async fn end_unheard(app: &Shared) -> Result<usize> {
    let now = app.now();
    let before = now.plus_seconds(-SILENCE_SECONDS);
    let silent = app
        .store
        .read(move |tx| Box::pin(async move { store::devices::told_to_leave(tx, before, BATCH).await }))
        .await?;
    for device in &silent {
        let id = device.id.clone();
        app.store
            .write(move |tx| {
                let id = id.clone();
                Box::pin(async move {
                    // It may have spoken meanwhile.
                    let device = known(tx, &id).await?;
                    let is_over = device
                        .removal
                        .as_ref()
                        .is_some_and(|removal| removal.is_over(now));
                    if device.unenrolled_at.is_some() || !is_over {
                        return Ok(());
                    }
                    end(tx, device, LeftHow::Unheard, now).await
                })
            })
            .await?;
    }
    Ok(silent.len())
}

/// The device says that the management ends (Alert 1226). After it was told to go, that is its answer.
pub(super) async fn left(tx: &mut Tx, id: &DeviceId, now: Timestamp) -> Result<()> {
    let Some(device) = store::devices::by_id(tx, id).await? else {
        return Ok(());
    };
    if device.unenrolled_at.is_some() {
        return Ok(());
    }
    let how = match was_told(&device) {
        true => LeftHow::SentAway,
        false => LeftHow::User,
    };
    end(tx, device, how, now).await
}

/// The device enrols anew, and begins afresh: whatever ended its former enrolment ended the removal with it.
pub(super) async fn superseded(tx: &mut Tx, former: &Device, now: Timestamp) -> Result<()> {
    if former.unenrolled_at.is_some() || former.removal.is_none() {
        return Ok(());
    }
    if was_told(former) {
        return end(tx, former.clone(), LeftHow::Unheard, now).await;
    }
    tell(tx, &former.id, now, What::RemovalSuperseded).await
}

/// The management ends: the identity is worth nothing any more, and what was under way comes to nothing.
pub(super) async fn end(tx: &mut Tx, mut device: Device, how: LeftHow, now: Timestamp) -> Result<()> {
    device.unenrolled_at = Some(now);
    device.left_how = Some(how);
    store::devices::update(tx, &device).await?;
    for identity in store::identities::of_device(tx, &device.id).await? {
        store::identities::revoke(tx, &identity.id, now).await?;
    }
    store::sent_commands::forget_device(tx, &device.id).await?;
    for delivery in store::deliveries::of_device(tx, &device.id).await? {
        give_up(tx, delivery, now).await?;
    }
    tell(tx, &device.id, now, What::Unenrolled { how }).await
}

/// Nobody will say any more what became of a delivery that was under way, or of what an older attempt left.
async fn give_up(tx: &mut Tx, delivery: Delivery, now: Timestamp) -> Result<()> {
    if delivery.state.is_open() {
        let id = delivery.id.clone();
        store::challenge_queue::leave(tx, &id).await?;
        store::deliveries::update(tx, &delivery.removed(now)?).await?;
        return proxy::settle(tx, &id, now).await;
    }
    if delivery.is_on_device && !matches!(delivery.state, DeliveryState::Verified { .. }) {
        store::deliveries::update(tx, &delivery.without_node(now)).await?;
    }
    Ok(())
}

pub(super) async fn known(tx: &mut Tx, id: &DeviceId) -> Result<Device> {
    let unknown = || Refusal::new(Kind::NotFound, "error-not-found", "there is no such device");
    Ok(store::devices::by_id(tx, id).await?.ok_or_else(unknown)?)
}

fn was_told(device: &Device) -> bool {
    let removal = device.removal.as_ref();
    removal.is_some_and(|removal| removal.told_at.is_some())
}

fn refuse_if_gone(device: &Device) -> Result<()> {
    refuse_if_left(device)?;
    if was_told(device) {
        let detail = "the device was told to leave: that can't be taken back";
        return Err(Refusal::new(Kind::State, "error-device-told-to-leave", detail).into());
    }
    Ok(())
}

pub(super) fn refuse_if_left(device: &Device) -> Result<()> {
    if device.unenrolled_at.is_some() {
        let detail = "the device has left already";
        return Err(Refusal::new(Kind::State, "error-device-left", detail).into());
    }
    Ok(())
}

async fn tell(tx: &mut Tx, id: &DeviceId, now: Timestamp, what: What) -> Result<()> {
    let event = Event {
        device_id: id.clone(),
        delivery_id: None,
        at: now,
        what,
    };
    Ok(store::events::append(tx, &event).await?)
}
