//! The queue for an authority's challenges: who waits keeps its place across sessions, and a slot goes to the oldest
//! device that is in session.

use std::collections::BTreeMap;

use domain::{
    Timestamp,
    broker::{self, Holding, Orders, Standing},
    delivery::{Delivery, DeliveryId},
    device::DeviceId,
    diagnosis::Cause,
    external_ca::ChallengeLimits,
};
use store::{
    Tx,
    capacity::Capacity,
    challenge_queue::Waiter,
    challenges::{HeldSlot, Holder},
};

use crate::{actions::Result, app::Shared};

/// So long a device counts as in session after it was heard of: a round that it is held for, and the way to it and back.
pub(super) const PRESENT_SECONDS: i64 = 8;

/// The pace of an authority is that of this time (seconds): what was before says little of what comes.
pub(super) const PACE_SECONDS: i64 = 600;

/// Where a delivery stands among those that wait, as it stood a moment ago.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    /// Its place.
    pub standing: Standing,
    /// When its turn comes, if it goes on as it does.
    pub turn_at: Option<Timestamp>,
    /// The slots that silent devices hold.
    pub silent: Option<Silent>,
    /// What orders have and want beside the devices.
    pub orders: Orders,
}

/// What devices hold that fell silent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Silent {
    /// So many slots.
    pub held: u32,
    /// When the first of them is free at the latest.
    pub until: Timestamp,
}

impl Silent {
    /// Why nothing moves, where they hold all of so many slots.
    pub fn cause(self, max: u32) -> Cause {
        Cause::SlotsHeldSilent {
            held: self.held,
            max,
            until: self.until,
        }
    }
}

/// Where the deliveries of one device stand.
pub type Places = BTreeMap<DeliveryId, Place>;

/// Reads where a device's deliveries stand. Outside the transaction that decides: the slot that is claimed there is the
/// truth, the place only says who may try.
pub async fn places(app: &Shared, device: &DeviceId) -> Result<Places> {
    let (now, device) = (app.now(), device.clone());
    let places = app
        .store
        .read(move |tx| {
            Box::pin(async move {
                let mut places = Places::new();
                for (delivery, authority, standing) in
                    store::challenge_queue::places(tx, &device, now).await?
                {
                    let since = now.plus_seconds(-PACE_SECONDS);
                    let pace = match standing.ahead {
                        0 => None,
                        _ => store::challenges::pace(tx, &authority, since).await?,
                    };
                    let holders = store::challenges::holders(tx, &authority).await?;
                    let place = Place {
                        standing,
                        turn_at: pace.and_then(|pace| pace.turn_at(standing.ahead, now)),
                        silent: silent(&holders, now),
                        orders: store::order_queue::of(tx, &authority, now).await?,
                    };
                    places.insert(delivery, place);
                }
                Ok::<_, store::Error>(places)
            })
        })
        .await?;
    Ok(places)
}

/// How many of the slots silent devices hold.
pub fn silent(holders: &[(HeldSlot, Option<Holder>)], now: Timestamp) -> Option<Silent> {
    let silent = holders
        .iter()
        .filter(|(slot, holder)| is_silent(slot, holder.as_ref(), now));
    Some(Silent {
        held: u32::try_from(silent.clone().count()).unwrap_or(u32::MAX),
        until: silent.map(|(slot, _)| slot.held_until).min()?,
    })
}

/// What silent devices hold, where that is every slot of the authority: nobody else gets a challenge meanwhile. Beside
/// how many slots those are. Never where one challenge serves everybody.
pub fn all_silent(
    limits: &ChallengeLimits,
    known: &Capacity,
    holders: &[(HeldSlot, Option<Holder>)],
    now: Timestamp,
) -> Option<(Silent, u32)> {
    let slots = broker::slots(limits, known.learned, now);
    let is_scarce = known.serving.everybody_since().is_none();
    let silent = silent(holders, now).filter(|silent| is_scarce && silent.held >= slots)?;
    Some((silent, slots))
}

/// Whether the device that holds a slot fell silent.
pub fn is_silent(slot: &HeldSlot, holder: Option<&Holder>, now: Timestamp) -> bool {
    let (Some(holder), Some(taken_at)) = (holder, slot.challenge.taken_at) else {
        return false;
    };
    let holding = Holding {
        taken_at,
        until: slot.held_until,
        last_seen_at: holder.last_seen_at,
    };
    holding.is_silent(now)
}

/// The delivery waits from now on, or still, and its device is in session.
pub async fn enter(tx: &mut Tx, delivery: &Delivery, now: Timestamp) -> Result<()> {
    let waiter = Waiter {
        authority_id: delivery.authority_id.clone(),
        delivery_id: delivery.id.clone(),
        device_id: delivery.device_id.clone(),
        since: now,
        present_until: now.plus_seconds(PRESENT_SECONDS),
        cause: Cause::ChallengeBeingFetched,
    };
    Ok(store::challenge_queue::enter(tx, &waiter).await?)
}

/// Its device stays in session for the next slot.
pub async fn stays(tx: &mut Tx, delivery: &DeliveryId, cause: &Cause, now: Timestamp) -> Result<()> {
    let until = now.plus_seconds(PRESENT_SECONDS);
    Ok(store::challenge_queue::note(tx, delivery, until, cause).await?)
}

/// Its device comes back later, or waits no more for a slot: nobody waits for it.
pub async fn is_away(tx: &mut Tx, delivery: &DeliveryId, cause: &Cause, now: Timestamp) -> Result<()> {
    Ok(store::challenge_queue::note(tx, delivery, now, cause).await?)
}
