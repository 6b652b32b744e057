//! Challenges that devices took along and fell silent with: nobody else can use those before their time is over.

use crate::time::Timestamp;

/// A device that has an order polls each minute: one that isn't heard of for this part of its challenge's life (five of
/// sixty minutes) was switched off, or lost its network.
const PART_OF_LIFE: i64 = 12;

/// How a device holds a challenge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Holding {
    /// When the challenge was taken for it.
    pub taken_at: Timestamp,
    /// When the challenge dies.
    pub until: Timestamp,
    /// When the device was last heard of.
    pub last_seen_at: Timestamp,
}

impl Holding {
    /// Whether its device has fallen silent.
    pub fn is_silent(&self, now: Timestamp) -> bool {
        now.since(self.last_seen_at) > self.until.since(self.taken_at) / PART_OF_LIFE
    }
}

/// How fast an authority's challenges were used lately.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    /// So many were taken and used.
    pub used: i64,
    /// The first of them was taken then.
    pub since: Timestamp,
}

impl Pace {
    /// When the turn comes of one that has `ahead` before it, if it goes on like that.
    pub fn turn_at(&self, ahead: u32, now: Timestamp) -> Option<Timestamp> {
        let passed = now.since(self.since);
        if self.used <= 0 || passed <= 0 {
            return None;
        }
        let wait = passed.saturating_mul(i64::from(ahead) + 1) / self.used;
        Some(now.plus_milliseconds(wait))
    }
}
