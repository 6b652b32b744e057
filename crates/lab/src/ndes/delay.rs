//! The time that a CA takes for a certificate: between a fifth and a whole laboratory second.

use std::sync::Mutex;
use std::time::Duration;

pub(super) struct Delay {
    second: Duration,
    state: Mutex<u64>,
}

impl Delay {
    /// `second` is how long a laboratory second lasts; the seed fixes the order of the delays.
    pub(super) fn new(second: Duration, seed: u64) -> Self {
        Self {
            second,
            state: Mutex::new(seed),
        }
    }

    pub(super) fn next(&self) -> Duration {
        let Ok(mut state) = self.state.lock() else {
            return self.second;
        };
        // Steele's SplitMix64: enough for delays, and the same everywhere.
        *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = (*state ^ (*state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        let permille = u32::try_from(mixed % 801).unwrap_or(0) + 200;
        self.second.saturating_mul(permille) / 1_000
    }
}
