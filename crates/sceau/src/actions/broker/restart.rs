//! An authority that was restarted forgot the challenges that it gave: that is recognised by how it refuses them, and
//! nobody waits for them any longer.

use domain::{
    Timestamp,
    attempt::Asked,
    broker::forgotten_until,
    challenge::{Challenge, Ending, Fate, safe_until},
    delivery::{Delivery, DeliveryState},
    diagnosis::Cause,
    external_ca::AuthorityId,
    transaction::Owner,
};
use store::{Tx, capacity::Capacity};

use super::{outcome::challenge_of, reusable};
use crate::actions::{Result, attempts, delivery::fail, warnings};

/// The authority answered to the challenge of a request; `ending` is what its answer tells of the challenge, if it tells
/// something. Its slot is free.
pub async fn challenge_presented(
    tx: &mut Tx,
    owner: &Owner,
    ending: Option<Ending>,
    now: Timestamp,
) -> Result<()> {
    if ending == Some(Ending::Refused) {
        reusable::refused(tx, owner).await?;
    }
    let Some(challenge) = challenge_of(tx, owner).await? else {
        return Ok(());
    };
    store::challenges::end(tx, &challenge.id, Fate::Used, now).await?;
    let Some(authority) = store::authorities::by_id(tx, &challenge.authority_id).await? else {
        return Ok(());
    };
    // One that was about to die says nothing of the others.
    let is_alive = challenge
        .taken_at
        .is_some_and(|taken| now < safe_until(taken, &authority.limits));
    let is_first = !was_taken_over(tx, &challenge).await?;
    match ending {
        Some(ending) if ending != Ending::Refused || is_first && is_alive => {
            store::challenges::note_ending(tx, &challenge.id, ending).await?;
        }
        _ => return Ok(()),
    }
    if ending != Some(Ending::Refused) {
        return Ok(());
    }
    let since = now.plus_seconds(-i64::from(authority.limits.lifetime_seconds));
    let capacity = store::capacity::of(tx, &authority.id).await?;
    let presented = store::challenges::presented(tx, &authority.id, since).await?;
    let trouble = capacity.breaker.open_until;
    match forgotten_until(&presented, capacity.forgotten_before, trouble) {
        Some(until) => forget(tx, &authority.id, capacity, since, until, now).await,
        None => Ok(()),
    }
}

/// Whether an earlier attempt had the challenge. It may have been used up in a way that nobody heard of, so that its
/// refusal tells nothing of a restart.
async fn was_taken_over(tx: &mut Tx, challenge: &Challenge) -> Result<bool> {
    let Some(id) = &challenge.delivery_id else {
        return Ok(false);
    };
    let delivery = store::deliveries::by_id(tx, id).await?;
    Ok(delivery.is_some_and(|delivery| delivery.created_at > challenge.claimed_at))
}

/// What was taken until then is lost, and the devices that hold it get another.
async fn forget(
    tx: &mut Tx,
    authority: &AuthorityId,
    capacity: Capacity,
    since: Timestamp,
    until: Timestamp,
    now: Timestamp,
) -> Result<()> {
    let lost = store::challenges::forget(tx, authority, since, until, now).await?;
    let capacity = Capacity {
        forgotten_before: Some(until),
        ..capacity
    };
    store::capacity::put(tx, authority, &capacity).await?;
    let count = lost.len();
    tracing::warn!(
        authority = authority.as_str(),
        count,
        "the authority forgot the challenges that it gave: it was restarted"
    );
    let key = Cause::ChallengeForgotten.key();
    attempts::note(tx, authority, Asked::Exchange, &key, 0, None, now).await?;
    Box::pin(warnings::reconcile(tx, authority, now)).await?;
    for challenge in lost {
        let Some(id) = challenge.delivery_id else {
            continue;
        };
        let delivery = store::deliveries::by_id(tx, &id).await?;
        let is_out = |delivery: &Delivery| {
            delivery.is_current && matches!(delivery.state, DeliveryState::Sent | DeliveryState::Enrolling)
        };
        if let Some(delivery) = delivery.filter(is_out) {
            fail(tx, delivery, Cause::ChallengeForgotten, now).await?;
        }
    }
    Ok(())
}

/// Whether the authority forgot the challenge of this delivery before the device presented it.
pub async fn was_forgotten(tx: &mut Tx, delivery: &Delivery) -> Result<bool> {
    let capacity = store::capacity::of(tx, &delivery.authority_id).await?;
    let taken = delivery.challenge_taken_at;
    Ok(taken
        .zip(capacity.forgotten_before)
        .is_some_and(|(taken, until)| taken <= until))
}
