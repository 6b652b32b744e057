//! Bells wake who waits inside this process. They carry nothing and may be missed: whoever waits also looks
//! again by itself.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use domain::{Timestamp, delivery::DeliveryId, device::DeviceId, external_ca::AuthorityId};
use tokio::sync::{Notify, OwnedMutexGuard};

/// Turns kept before those that nobody holds are forgotten.
const TURNS: usize = 10_000;

/// The bells of the process.
#[derive(Debug, Default)]
pub struct Bells {
    slot: Notify,
    /// A job was enqueued.
    pub job: Notify,
    deliveries: Mutex<HashMap<DeliveryId, Arc<Notify>>>,
    turns: Mutex<HashMap<DeviceId, Arc<tokio::sync::Mutex<()>>>>,
    sign_ins: Mutex<HashMap<AuthorityId, Arc<tokio::sync::Mutex<()>>>>,
    looks: Mutex<HashMap<AuthorityId, Timestamp>>,
}

impl Bells {
    /// Something happened to a delivery outside its device's session.
    pub fn ring_delivery(&self, delivery: &DeliveryId) {
        let waiting = self
            .deliveries
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get(delivery)
            .cloned();
        if let Some(bell) = waiting {
            bell.notify_one();
        }
    }

    /// Waits until something happens to the delivery, for so long at most.
    pub async fn wait_for_delivery(&self, delivery: &DeliveryId, limit: Duration) {
        let bell = self
            .deliveries
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .entry(delivery.clone())
            .or_default()
            .clone();
        let _ = tokio::time::timeout(limit, bell.notified()).await;
        self.deliveries
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(delivery);
    }

    /// A challenge slot became free. All who wait look: it is for the one that waits longest.
    pub fn ring_slot(&self) {
        self.slot.notify_waiters();
        // For whoever was just about to wait.
        self.slot.notify_one();
    }

    /// Waits until a slot is freed, for so long at most.
    pub async fn wait_for_slot(&self, limit: Duration) {
        let _ = tokio::time::timeout(limit, self.slot.notified()).await;
    }

    /// The authority's turn: one sign-in at a time, so that what one came to is known before the next begins.
    pub async fn sign_in_turn(&self, authority: &AuthorityId) -> OwnedMutexGuard<()> {
        let turn = self
            .sign_ins
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .entry(authority.clone())
            .or_default()
            .clone();
        turn.lock_owned().await
    }

    /// Whether nobody looked at the authority in the last `between` seconds. Whoever hears yes looks now.
    pub fn may_look(&self, authority: &AuthorityId, now: Timestamp, between: i64) -> bool {
        let mut looks = self.looks.lock().unwrap_or_else(PoisonError::into_inner);
        let is_due = looks
            .get(authority)
            .is_none_or(|last| now >= last.plus_seconds(between));
        if is_due {
            looks.insert(authority.clone(), now);
        }
        is_due
    }

    /// The device's turn: its messages are answered one after the other in this process.
    pub async fn session_turn(&self, device: &DeviceId) -> OwnedMutexGuard<()> {
        let turn = {
            let mut turns = self.turns.lock().unwrap_or_else(PoisonError::into_inner);
            if turns.len() > TURNS {
                turns.retain(|_, turn| Arc::strong_count(turn) > 1);
            }
            turns.entry(device.clone()).or_default().clone()
        };
        turn.lock_owned().await
    }
}
