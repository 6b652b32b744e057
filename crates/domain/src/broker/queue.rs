//! The queue for an authority's challenges: a free slot goes to the oldest device that is there to take it.

/// So many devices for each slot are held in their sessions: enough that one is there whenever a slot is freed.
pub(super) const HELD_PER_SLOT: u32 = 2;
/// A device far behind comes back this seldom (minutes).
const MOST_MINUTES: u32 = 30;

/// Where a delivery stands among those that wait for the same authority.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// How many are before it.
    pub ahead: u32,
    /// How many of those are in session now.
    pub present_ahead: u32,
}

impl Standing {
    /// Its place, from 1.
    pub fn place(&self) -> u32 {
        self.ahead.saturating_add(1)
    }
}

/// What a device in session does now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    /// It takes a slot.
    Claim,
    /// It stays in session: its turn comes soon.
    Stay,
    /// It keeps its place and comes back later.
    Leave,
}

/// Decides what a device in session does, of an authority that has `slots`, `held` of them taken.
pub fn turn(standing: Standing, slots: u32, held: u32) -> Turn {
    if slots.saturating_sub(held) > standing.present_ahead {
        Turn::Claim
    } else if standing.present_ahead < slots.saturating_mul(HELD_PER_SLOT) {
        Turn::Stay
    } else {
        Turn::Leave
    }
}

/// After how many minutes a device at this place comes back. Whoever is twice as far behind comes half as often: the queue
/// as a whole, however long, sends each slot a handful of devices a minute.
pub fn poll_minutes(place: u32, slots: u32) -> u32 {
    let held = slots.saturating_mul(HELD_PER_SLOT).max(1);
    (place / held).clamp(1, MOST_MINUTES)
}

/// Whether a device that polls each `told` minutes is told to poll each `wanted`. Small changes aren't worth a message.
pub fn is_worth_telling(told: u32, wanted: u32) -> bool {
    wanted.saturating_mul(2) <= told || wanted >= told.saturating_mul(2)
}
