//! Devices that aren't heard of any more leave, where the settings say so (`devices.silence_days`). People are told first:
//! on the device's page, on the dashboard, by mail and webhook.

use std::collections::BTreeSet;

use domain::{
    Timestamp,
    actor::Actor,
    device::{
        Device, DeviceId, LeftHow,
        silence::{Silence, Standing},
    },
    event::{Event, What},
    external_ca::AuthorityId,
    operator::Permission,
};
use store::{Tx, audit::AuditEntry};
use tokio::sync::Mutex;

use super::{Result, activity, device_removal, device_revocation, waking, warnings};
use crate::app::Shared;

/// All devices are looked through once in so many seconds.
const LOOK_SECONDS: i64 = 3600;
/// Devices that are read at once.
const PAGE: u32 = 500;
/// Devices that the dashboard lists at most.
const LISTED: u32 = 50;
/// Seconds after which a device counts as silent in lists, where none leaves for it.
const USUAL_SECONDS: i64 = 30 * 86_400;
/// That a device came back is told once in so many seconds.
const TELL_SECONDS: i64 = 86_400;

/// When this node last looked.
#[derive(Default)]
pub struct LookedAt(Mutex<Option<Timestamp>>);

/// A device that leaves soon.
#[derive(Clone, Debug)]
pub struct Silent {
    /// The device.
    pub device: Device,
    /// When it leaves if it isn't heard of.
    pub leaves_at: Timestamp,
}

/// What is known of a device's silence.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Story {
    /// When people were told, and when it leaves if it isn't heard of.
    pub told: Option<(Timestamp, Timestamp)>,
    /// When it came back after it had left.
    pub returned_at: Option<Timestamp>,
}

/// Looks, unless this node did so within the hour. Several nodes may look at once.
pub async fn look_when_due(app: &Shared) -> Result<()> {
    let now = app.now();
    let mut looked_at = app.silence_looked_at.0.lock().await;
    if looked_at.is_some_and(|at| now < at.plus_seconds(LOOK_SECONDS)) {
        return Ok(());
    }
    look(app).await?;
    *looked_at = Some(now);
    Ok(())
}

/// Tells of devices that fell silent, has those leave whose time is over, and warns of what stands.
pub async fn look(app: &Shared) -> Result<()> {
    if let Some(rule) = app.settings.devices.silence() {
        let mut authorities = BTreeSet::new();
        let mut after = None;
        loop {
            let (before, behind) = (rule.silent_before(app.now()), after.clone());
            let page = app
                .store
                .read(move |tx| {
                    Box::pin(async move { store::devices::silent(tx, before, behind.as_ref(), PAGE).await })
                })
                .await?;
            for (id, told_at, last_seen_at) in &page {
                let standing = rule.standing(*last_seen_at, *told_at, app.now());
                if matches!(standing, Standing::Untold | Standing::Over) {
                    authorities.extend(act(app, rule, id).await?);
                }
            }
            match page.last() {
                Some((id, ..)) if page.len() == PAGE as usize => after = Some(id.clone()),
                _ => break,
            }
        }
        device_revocation::publish_lists(app, &authorities).await;
    }
    warnings::watch_devices(app).await
}

/// Does what is due of one device. Gives the authorities of which something was revoked.
async fn act(app: &Shared, rule: Silence, id: &DeviceId) -> Result<BTreeSet<AuthorityId>> {
    let (now, id) = (app.now(), id.clone());
    let (authorities, has_left) = app
        .store
        .write(move |tx| {
            let id = id.clone();
            Box::pin(async move { act_on(tx, rule, &id, now).await })
        })
        .await?;
    if has_left {
        // Whoever waits behind it may be first now.
        app.bells.ring_slot();
    }
    Ok(authorities)
}

async fn act_on(
    tx: &mut Tx,
    rule: Silence,
    id: &DeviceId,
    now: Timestamp,
) -> Result<(BTreeSet<AuthorityId>, bool)> {
    // It may have spoken meanwhile, or left.
    let device = device_removal::known(tx, id).await?;
    let told_at = store::devices::silence(tx, id).await?.told_at;
    let nothing = (BTreeSet::new(), false);
    if device.unenrolled_at.is_some() {
        return Ok(nothing);
    }
    match rule.standing(device.last_seen_at, told_at, now) {
        Standing::Heard | Standing::Told { .. } => Ok(nothing),
        Standing::Untold => {
            store::devices::set_silence_told(tx, id, now).await?;
            let leaves_at = rule.leaves_at(device.last_seen_at, now);
            let told = What::SilenceTold {
                days: now.since(device.last_seen_at).div_euclid(86_400_000),
                leaves_on: day(leaves_at),
            };
            tell(tx, id, told, now).await?;
            waking::want(tx, id, now).await?;
            Ok(nothing)
        }
        Standing::Over => Ok((leave(tx, device, rule, now).await?, true)),
    }
}

/// The device has left: its identity is worth nothing any more.
async fn leave(tx: &mut Tx, device: Device, rule: Silence, now: Timestamp) -> Result<BTreeSet<AuthorityId>> {
    let system = Actor::System;
    let mut authorities = BTreeSet::new();
    if rule.revokes {
        let holdings = device_revocation::held(tx, &device.id, now).await?;
        device_revocation::revoke_own(tx, &system, &holdings, now).await?;
        authorities.extend(holdings.own.into_iter().map(|one| one.authority_id));
    }
    let entry = AuditEntry {
        after: activity::written(&serde_json::json!({
            "last_seen_at": device.last_seen_at.to_rfc3339(),
            "days": rule.days,
        })),
        ..activity::entry(
            &system,
            now,
            "device.leave-silent",
            ("device", device.id.as_str()),
        )
    };
    store::audit::append(tx, &entry).await?;
    device_removal::end(tx, device, LeftHow::Silent, now).await?;
    Ok(authorities)
}

/// A device that had left for its silence came back: told once a day.
pub(super) async fn note_return(app: &Shared, device: &Device) -> Result<()> {
    let (now, id) = (app.now(), device.id.clone());
    let since = now.plus_seconds(-TELL_SECONDS);
    app.store
        .write(move |tx| {
            let id = id.clone();
            Box::pin(async move {
                if store::devices::note_return(tx, &id, now, since).await? {
                    tell(tx, &id, What::CameAfterSilence, now).await?;
                }
                Ok(())
            })
        })
        .await
}

/// Devices that leave soon, those that people were told of first before the others; some fifty at most.
pub async fn list_silent(app: &Shared, actor: &Actor) -> Result<Vec<Silent>> {
    actor.require(Permission::Read)?;
    let Some(rule) = app.settings.devices.silence() else {
        return Ok(Vec::new());
    };
    let told = app
        .store
        .read(|tx| Box::pin(async move { store::devices::told_of_silence(tx, LISTED).await }))
        .await?;
    let silent = told.into_iter().map(|(device, told_at)| Silent {
        leaves_at: rule.leaves_at(device.last_seen_at, told_at),
        device,
    });
    Ok(silent.collect())
}

/// Who was last heard of then, or before, is silent: whom people are told of, or, where no device leaves for its silence,
/// whoever wasn't heard of for a month.
pub(super) fn silent_before(app: &Shared) -> Timestamp {
    let now = app.now();
    match app.settings.devices.silence() {
        Some(rule) => rule.silent_before(now),
        None => now.plus_seconds(-USUAL_SECONDS),
    }
}

/// What is known of the silence of a device.
pub(super) async fn story(tx: &mut Tx, device: &Device, rule: Option<Silence>) -> Result<Story> {
    let known = store::devices::silence(tx, &device.id).await?;
    let told_at = known.told_at.filter(|at| *at > device.last_seen_at);
    let managed = rule.filter(|_| device.unenrolled_at.is_none());
    Ok(Story {
        told: managed
            .zip(told_at)
            .map(|(rule, told_at)| (told_at, rule.leaves_at(device.last_seen_at, told_at))),
        returned_at: known.returned_at,
    })
}

async fn tell(tx: &mut Tx, id: &DeviceId, what: What, now: Timestamp) -> Result<()> {
    let event = Event {
        device_id: id.clone(),
        delivery_id: None,
        at: now,
        what,
    };
    Ok(store::events::append(tx, &event).await?)
}

/// `YYYY-MM-DD`.
pub(super) fn day(at: Timestamp) -> String {
    at.to_rfc3339().chars().take(10).collect()
}
