//! Chance that a seed fixes: for delays, order and faults, never for a key, nonce or challenge.

use std::sync::{Mutex, PoisonError};

pub(crate) struct Chance(Mutex<u64>);

impl Chance {
    pub(crate) fn new(seed: u64) -> Self {
        Self(Mutex::new(seed))
    }

    /// The next number. Steele's SplitMix64: enough for delays, and the same everywhere.
    pub(crate) fn next(&self) -> u64 {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = (*state ^ (*state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// Evenly from 0 to just below 1.
    pub(crate) fn part(&self) -> f64 {
        let number = u32::try_from(self.next() >> 32).unwrap_or(0);
        f64::from(number) / 4_294_967_296.0
    }

    /// Whether this time is one of such a share.
    pub(crate) fn hits(&self, share: f64) -> bool {
        self.part() < share
    }
}
