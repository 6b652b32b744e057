//! A person wants a device to come now.

use std::time::Duration;

use domain::{
    Error as Refusal, Kind, Timestamp,
    actor::Actor,
    delivery::DeliveryState,
    device::{
        DeviceId,
        waking::{Expected, Pushed, Waking, expected},
    },
    event::What,
    notification::SendProblem,
    operator::Permission,
};
use store::Tx;

use super::{enqueue, tell};
use crate::{
    actions::{Result, activity, push::unknown_device},
    app::Shared,
};

/// How long a person waits for what WNS says.
const PATIENCE: Duration = Duration::from_secs(12);
const LOOK: Duration = Duration::from_millis(100);

/// What was done, and no more than that.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Synced {
    /// How the device is called.
    pub way: Way,
    /// When it is expected by its schedule, woken or not.
    pub expected: Expected,
}

/// How a device is called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Way {
    /// WNS took a push at that moment. Whether the device got it isn't known.
    Pushed(Timestamp),
    /// WNS didn't take it.
    NotPushed(SendProblem),
    /// A push is on its way to WNS, or waits for its turn.
    Queued,
    /// It can't be pushed to: nothing is set up.
    Off,
    /// It can't be pushed to: it has named no address.
    NoChannel,
}

impl Way {
    /// A stable word.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Pushed(_) => "pushed",
            Self::NotPushed(_) => "not_pushed",
            Self::Queued => "queued",
            Self::Off => "off",
            Self::NoChannel => "no_channel",
        }
    }
}

/// Calls a device, by a push where that is possible. Its next session does everything that there is to do, and looks again
/// at all that it holds, however it comes to be.
pub async fn sync_device(app: &Shared, actor: &Actor, id: &DeviceId) -> Result<Synced> {
    actor.require(Permission::Devices)?;
    let (asked, device, now) = (actor.clone(), id.clone(), app.now());
    let synced = app
        .store
        .write(move |tx| {
            let (actor, id) = (asked.clone(), device.clone());
            Box::pin(async move { ask(tx, &actor, &id, now).await })
        })
        .await?;
    if synced.way != Way::Queued {
        return Ok(synced);
    }
    app.bells.job.notify_waiters();
    let tried = async {
        loop {
            match last_push(app, id).await? {
                Some(last) if last.at >= now => return Ok::<_, crate::actions::Error>(last),
                _ => tokio::time::sleep(LOOK).await,
            }
        }
    };
    // It goes on by itself; the device's page shows what becomes of it.
    let Ok(tried) = tokio::time::timeout(PATIENCE, tried).await else {
        return Ok(synced);
    };
    let last = tried?;
    let way = match last.problem {
        None => Way::Pushed(last.at),
        Some(problem) => Way::NotPushed(problem),
    };
    Ok(Synced { way, ..synced })
}

async fn last_push(app: &Shared, id: &DeviceId) -> Result<Option<Pushed>> {
    let id = id.clone();
    app.store
        .read(move |tx| Box::pin(async move { Ok(store::push::of_device(tx, &id).await?.last) }))
        .await
}

async fn ask(tx: &mut Tx, actor: &Actor, id: &DeviceId, now: Timestamp) -> Result<Synced> {
    let known = store::check_ins::of_device(tx, id).await?;
    let known = known.ok_or_else(unknown_device)?;
    if known.device.unenrolled_at.is_some() {
        let detail = "the device has left: it doesn't come any more";
        return Err(Refusal::new(Kind::State, "error-device-left", detail).into());
    }
    let way = match (&known.pfn, known.waking.is_possible()) {
        (None, _) => Way::Off,
        (Some(_), false) => Way::NoChannel,
        (Some(_), true) => Way::Queued,
    };
    let is_pushed = way == Way::Queued;
    let waking = Waking {
        sync_at: Some(now),
        wanted_at: if is_pushed {
            Some(now)
        } else {
            known.waking.wanted_at
        },
        ..known.waking
    };
    store::push::set(tx, id, &waking).await?;
    for delivery in known.deliveries {
        if delivery.is_current && matches!(delivery.state, DeliveryState::Verified { .. }) {
            store::deliveries::update(tx, &delivery.to_be_checked(now)).await?;
        }
    }
    let by = activity::name_of(actor);
    tell(tx, id, now, What::SyncAsked { by }).await?;
    let entry = activity::entry(actor, now, "device.sync", ("device", id.as_str()));
    store::audit::append(tx, &entry).await?;
    if is_pushed {
        enqueue(tx, id, now, now).await?;
    }
    Ok(Synced {
        way,
        expected: expected(&known.device, known.poll_minutes, now),
    })
}
