//! Claiming one of an authority's slots for a delivery.

use domain::{
    Timestamp,
    challenge::{ChallengeId, Fate, Purpose},
    delivery::DeliveryId,
    diagnosis::Cause,
    external_ca::Authority,
};
use store::{
    Tx,
    challenges::{Claim, HeldSlot},
};

use crate::{actions::Result, app::Shared};

/// A sign-in that takes longer was given up.
const SIGN_IN_SECONDS: i64 = 10;

/// What came of claiming.
#[derive(Clone, Debug)]
pub enum Claimed {
    /// A slot: the challenge may be fetched.
    Slot(ChallengeId),
    /// None now.
    Wait(Cause),
}

/// Claims a slot of the authority for a delivery whose device is talking.
pub async fn claim(
    tx: &mut Tx,
    app: &Shared,
    authority: &Authority,
    delivery: &DeliveryId,
    now: Timestamp,
) -> Result<Claimed> {
    let limits = &authority.limits;
    store::challenges::expire(tx, now).await?;
    let slots = store::challenges::slots(tx, &authority.id).await?;
    if is_being_proved(authority, &slots, now) {
        return Ok(Claimed::Wait(Cause::ChallengeBeingFetched));
    }
    let id: ChallengeId = app.fresh_id();
    let until = now.plus_seconds(i64::from(limits.lifetime_seconds));
    let claim = Claim {
        id: id.clone(),
        authority_id: authority.id.clone(),
        max_unused: limits.max_unused,
        purpose: Purpose::Delivery,
        delivery_id: Some(delivery.clone()),
        now,
        held_until: until,
    };
    if store::challenges::claim_slot(tx, &claim).await?.is_some() {
        return Ok(Claimed::Slot(id));
    }
    let until = slots.iter().map(|slot| slot.held_until).min().unwrap_or(until);
    Ok(Claimed::Wait(Cause::SlotsTaken {
        max: limits.max_unused,
        until,
    }))
}

/// Until a challenge was obtained with the present password, one sign-in at a time: several wrong ones at once could
/// lock the account.
fn is_being_proved(authority: &Authority, slots: &[HeldSlot], now: Timestamp) -> bool {
    authority.health.last_challenge_at.is_none()
        && slots.iter().any(|slot| {
            let challenge = &slot.challenge;
            challenge.fate == Fate::Claimed && now < challenge.claimed_at.plus_seconds(SIGN_IN_SECONDS)
        })
}
