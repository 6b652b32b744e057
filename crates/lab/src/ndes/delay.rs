//! The time that a CA takes for a certificate: between a fifth and a whole laboratory second.

use std::time::Duration;

use crate::chance::Chance;

pub(super) struct Delay {
    second: Duration,
    chance: Chance,
}

impl Delay {
    /// `second` is how long a laboratory second lasts; the seed fixes the order of the delays.
    pub(super) fn new(second: Duration, seed: u64) -> Self {
        Self {
            second,
            chance: Chance::new(seed),
        }
    }

    pub(super) fn next(&self) -> Duration {
        let permille = u32::try_from(self.chance.next() % 801).unwrap_or(0) + 200;
        self.second.saturating_mul(permille) / 1_000
    }
}
