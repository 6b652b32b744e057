//! How an authority's slots stand, as whoever wants one finds them.

use domain::{
    Timestamp,
    broker::{self, Gate},
    diagnosis::Cause,
    external_ca::Authority,
};
use store::{Tx, capacity::Capacity, challenges::HeldSlot};

use crate::actions::Result;

/// Read in the transaction that claims, where it is the truth.
pub(super) struct Occupancy {
    /// Those that are held.
    pub slots: Vec<HeldSlot>,
    /// What was learned of the authority.
    pub capacity: Capacity,
    /// So many slots there are.
    pub most: u32,
    /// So many may be held: one more while it isn't known whether a challenge serves everybody.
    pub room: u32,
    /// Whether the authority may be asked.
    pub gate: Gate,
}

impl Occupancy {
    /// Reads it, after the slots whose time is over were freed.
    pub async fn read(tx: &mut Tx, authority: &Authority, now: Timestamp) -> Result<Self> {
        store::challenges::expire(tx, now).await?;
        let slots = store::challenges::slots(tx, &authority.id).await?;
        let capacity = store::capacity::of(tx, &authority.id).await?;
        let most = broker::slots(&authority.limits, capacity.learned, now);
        Ok(Self {
            slots,
            most,
            room: capacity.serving.room(most),
            gate: capacity.breaker.gate(now),
            capacity,
        })
    }

    /// How many are held.
    pub fn held(&self) -> u32 {
        u32::try_from(self.slots.len()).unwrap_or(u32::MAX)
    }

    /// Why there is no slot where nobody else waits: until the first of them is free at the latest.
    pub fn all_taken(&self, authority: &Authority, now: Timestamp) -> Cause {
        let latest = now.plus_seconds(authority.limits.lifetime_seconds.into());
        let free_at = self.slots.iter().map(|slot| slot.held_until).min();
        Cause::SlotsTaken {
            max: self.most,
            until: free_at.unwrap_or(latest),
        }
    }
}
