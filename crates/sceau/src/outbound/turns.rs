//! How many exchanges with one authority run at once, so that a slow one holds up nobody else's.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::Unreachable;

/// Authorities remembered before those that nobody speaks to are forgotten.
const REMEMBERED: usize = 256;

/// Bounds of the exchanges with one authority.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// How many run at once; more wait.
    pub at_once: usize,
    /// How long one waits for its turn.
    pub wait: Duration,
    /// How long one takes, connecting included.
    pub exchange: Duration,
    /// How long a challenge takes while a device waits for it.
    pub challenge: Duration,
    /// How long a sign-in, or a challenge, takes while a person waits for it.
    pub sign_in: Duration,
}

impl Default for Bounds {
    fn default() -> Self {
        Self {
            at_once: 16,
            wait: Duration::from_secs(10),
            exchange: Duration::from_secs(30),
            challenge: Duration::from_secs(5),
            sign_in: Duration::from_secs(15),
        }
    }
}

/// The turns of all authorities, by address.
#[derive(Debug, Default)]
pub(super) struct Turns {
    pub(super) bounds: Bounds,
    authorities: Mutex<HashMap<String, Arc<Semaphore>>>,
}

impl Turns {
    pub(super) fn new(bounds: Bounds) -> Self {
        Self {
            bounds,
            authorities: Mutex::default(),
        }
    }

    /// Waits for a turn at the authority with this address. It ends when what is given back is dropped.
    pub(super) async fn take(&self, scep_url: &str) -> Result<OwnedSemaphorePermit, Unreachable> {
        let turns = self.of(scep_url);
        match tokio::time::timeout(self.bounds.wait, turns.acquire_owned()).await {
            Ok(Ok(turn)) => Ok(turn),
            // Nobody closes it: only the wait can end it.
            Ok(Err(_)) | Err(_) => Err(Unreachable::Busy(self.bounds.at_once)),
        }
    }

    fn of(&self, scep_url: &str) -> Arc<Semaphore> {
        let mut authorities = self.authorities.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(turns) = authorities.get(scep_url) {
            return turns.clone();
        }
        if authorities.len() >= REMEMBERED {
            authorities.retain(|_, turns| Arc::strong_count(turns) > 1);
        }
        let turns = Arc::new(Semaphore::new(self.bounds.at_once));
        authorities.insert(scep_url.to_owned(), turns.clone());
        turns
    }
}
