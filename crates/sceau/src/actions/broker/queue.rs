//! The queue for an authority's challenges: who waits keeps its place across sessions, and a slot goes to the oldest
//! device that is in session.

use std::collections::BTreeMap;

use domain::{
    Timestamp,
    broker::Standing,
    delivery::{Delivery, DeliveryId},
    device::DeviceId,
    diagnosis::Cause,
};
use store::{Tx, challenge_queue::Waiter};

use crate::{actions::Result, app::Shared};

/// So long a device counts as in session after it was heard of: a round that it is held for, and the way to it and back.
const PRESENT_SECONDS: i64 = 8;

/// Where the deliveries of one device stand, as they stood a moment ago.
pub type Places = BTreeMap<DeliveryId, Standing>;

/// Reads where a device's deliveries stand. Outside the transaction that decides: the slot that is claimed there is the
/// truth, the place only says who may try.
pub async fn places(app: &Shared, device: &DeviceId) -> Result<Places> {
    let (now, device) = (app.now(), device.clone());
    let places = app
        .store
        .read(move |tx| Box::pin(async move { store::challenge_queue::places(tx, &device, now).await }))
        .await?;
    Ok(places.into_iter().collect())
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
