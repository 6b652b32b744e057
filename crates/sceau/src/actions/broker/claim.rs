//! Claiming one of an authority's slots for a delivery.

use domain::{
    Timestamp,
    broker::{Gate, Turn, poll_minutes, turn},
    challenge::{ChallengeId, Purpose},
    delivery::DeliveryId,
    diagnosis::Cause,
    external_ca::Authority,
};
use store::{Tx, capacity::Capacity, challenges::Claim};

use super::{
    occupancy::Occupancy,
    outcome::quiet,
    queue::{self, Place},
};
use crate::{actions::Result, app::Shared};

/// What came of claiming.
#[derive(Clone, Debug)]
pub enum Claimed {
    /// A slot: the challenge may be fetched.
    Slot(ChallengeId),
    /// None now, but its turn comes soon: the device stays in session.
    Soon(Cause),
    /// None now: the device keeps its place and comes back later.
    Later(Cause),
}

/// A delivery whose device is talking and that wants a challenge.
#[derive(Clone, Copy, Debug)]
pub struct Wish<'a> {
    /// Of which authority.
    pub authority: &'a Authority,
    /// For which delivery.
    pub delivery: &'a DeliveryId,
    /// Where it stands among those that wait.
    pub place: Place,
}

impl Wish<'_> {
    /// After how many minutes its device comes back if there is nothing for it now.
    pub fn poll_minutes(&self) -> u32 {
        poll_minutes(self.place.standing.place(), self.authority.limits.max_unused)
    }
}

/// Claims a slot of the authority for a delivery whose device is talking, if it is its turn.
pub async fn claim(tx: &mut Tx, app: &Shared, wish: &Wish<'_>, now: Timestamp) -> Result<Claimed> {
    let Wish {
        authority, delivery, ..
    } = *wish;
    if let Some(cause) = quiet(authority, now) {
        queue::is_away(tx, delivery, &cause, now).await?;
        return Ok(Claimed::Later(cause));
    }
    let occupancy = Occupancy::read(tx, authority, now).await?;
    let gate = occupancy.gate;
    let place = Place {
        standing: wish.place.standing.beside(wish.place.orders, occupancy.most),
        ..wish.place
    };
    let wish = &Wish { place, ..*wish };
    let next = match turn(place.standing, occupancy.room, occupancy.held()) {
        // One asks an authority that is in trouble; the others wait for what it hears.
        Turn::Claim if gate == Gate::Probed => Turn::Stay,
        turn => turn,
    };
    if next == Turn::Claim
        && let Some(slot) = take(tx, app, wish, occupancy.room, now).await?
    {
        if gate == Gate::OneProbe {
            probe(tx, authority, occupancy.capacity, &slot, now).await?;
        }
        // Nobody waits for it any more, and if there is no challenge for it, it still has its place.
        queue::is_away(tx, delivery, &Cause::ChallengeBeingFetched, now).await?;
        return Ok(Claimed::Slot(slot));
    }
    let trouble = authority.health.cause.clone().filter(|_| gate == Gate::Probed);
    let cause = trouble.unwrap_or_else(|| why(wish, &occupancy, now));
    if next == Turn::Leave {
        queue::is_away(tx, delivery, &cause, now).await?;
        return Ok(Claimed::Later(cause));
    }
    queue::stays(tx, delivery, &cause, now).await?;
    Ok(Claimed::Soon(cause))
}

/// The slot is for the one that asks an authority in trouble.
pub(super) async fn probe(
    tx: &mut Tx,
    authority: &Authority,
    capacity: Capacity,
    slot: &ChallengeId,
    now: Timestamp,
) -> Result<()> {
    let capacity = Capacity {
        breaker: capacity.breaker.probed_by(slot.as_str(), now),
        ..capacity
    };
    Ok(store::capacity::put(tx, &authority.id, &capacity).await?)
}

async fn take(
    tx: &mut Tx,
    app: &Shared,
    wish: &Wish<'_>,
    most: u32,
    now: Timestamp,
) -> Result<Option<ChallengeId>> {
    let limits = &wish.authority.limits;
    let id: ChallengeId = app.fresh_id();
    let claim = Claim {
        id: id.clone(),
        authority_id: wish.authority.id.clone(),
        max_unused: most,
        purpose: Purpose::Delivery,
        delivery_id: Some(wish.delivery.clone()),
        now,
        held_until: now.plus_seconds(limits.lifetime_seconds.into()),
    };
    Ok(store::challenges::claim_slot(tx, &claim).await?.map(|_| id))
}

/// Why there is no slot: the others who wait, or those who hold the slots.
fn why(wish: &Wish<'_>, occupancy: &Occupancy, now: Timestamp) -> Cause {
    let Place {
        standing,
        turn_at,
        silent,
        ..
    } = wish.place;
    // While they hold everything, nobody's place moves.
    if let Some(silent) = silent.filter(|silent| silent.held >= occupancy.most) {
        return silent.cause(occupancy.most);
    }
    if standing.ahead > 0 {
        return Cause::QueuedBehind {
            place: standing.place(),
            ahead: standing.ahead,
            until: turn_at,
        };
    }
    occupancy.all_taken(wish.authority, now)
}
