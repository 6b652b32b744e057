//! How many challenges an authority really holds: what its form says, and what it showed.

use crate::{external_ca::ChallengeLimits, time::Timestamp};

/// More is tried after this part of a challenge's life in which what was learned held.
const PART_OF_LIFE: u32 = 10;

/// What a full cache taught.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Learned {
    /// So many were out when it was full.
    pub max: u32,
    /// When that was learned, or last changed.
    pub at: Timestamp,
}

/// How many challenges may be out at `now`.
pub fn slots(limits: &ChallengeLimits, learned: Option<Learned>, now: Timestamp) -> u32 {
    let learned = learned.filter(|learned| now < learned.at.plus_seconds(limits.lifetime_seconds.into()));
    learned.map_or(limits.max_unused, |learned| learned.max.min(limits.max_unused))
}

/// The authority said that its cache is full while `others` were out: it holds no more. One is always tried, or nothing
/// would ever be learned again.
pub fn after_full(limits: &ChallengeLimits, others: u32, now: Timestamp) -> Learned {
    Learned {
        max: others.clamp(1, limits.max_unused.max(1)),
        at: now,
    }
}

/// The authority gave a challenge, and `out` are out now. Where that is as many as it was believed to hold, for a while,
/// one more is tried.
pub fn after_success(
    limits: &ChallengeLimits,
    learned: Option<Learned>,
    out: u32,
    now: Timestamp,
) -> Option<Learned> {
    let known = learned?;
    let held_for = i64::from(limits.lifetime_seconds / PART_OF_LIFE);
    if out < known.max || now < known.at.plus_seconds(held_for) {
        return Some(known);
    }
    let max = known.max.saturating_add(1);
    (max < limits.max_unused).then_some(Learned { max, at: now })
}
