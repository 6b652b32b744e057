//! What happens between a device and its servers: delays and losses, drawn from a seed.
//!
//! The seed fixes order, delays and losses only; keys, nonces and tokens come from elsewhere.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// A network with its dice.
#[derive(Debug)]
pub struct Network {
    dice: Mutex<Dice>,
    delay_milliseconds: (u64, u64),
    /// Of a thousand exchanges, so many lose the request.
    lost_requests: u64,
    /// Of a thousand exchanges, so many lose the answer, after the server did its work.
    lost_answers: u64,
}

/// What becomes of one exchange.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    Arrives,
    LosesRequest,
    LosesAnswer,
}

impl Network {
    /// One that loses nothing and delays by a few milliseconds.
    #[must_use]
    pub fn quiet(seed: Option<u64>) -> Self {
        Self::new(seed, (0, 20), 0, 0)
    }

    /// One with delays in milliseconds (least, most) and losses out of a thousand exchanges.
    #[must_use]
    pub fn new(
        seed: Option<u64>,
        delay_milliseconds: (u64, u64),
        lost_requests: u64,
        lost_answers: u64,
    ) -> Self {
        Self {
            dice: Mutex::new(Dice::new(seed)),
            delay_milliseconds,
            lost_requests,
            lost_answers,
        }
    }

    /// How long the next exchange takes on its way.
    #[must_use]
    pub fn delay(&self) -> Duration {
        let (least, most) = self.delay_milliseconds;
        Duration::from_millis(least + self.roll(most.saturating_sub(least).saturating_add(1)))
    }

    /// What becomes of the next exchange.
    #[must_use]
    pub fn fate(&self) -> Fate {
        let rolled = self.roll(1000);
        if rolled < self.lost_requests {
            Fate::LosesRequest
        } else if rolled < self.lost_requests + self.lost_answers {
            Fate::LosesAnswer
        } else {
            Fate::Arrives
        }
    }

    /// Where on the way from 0 to 1 something happens, such as a device's arrival.
    #[must_use]
    pub fn moment(&self) -> f64 {
        f64::from(u32::try_from(self.roll(1 << 32)).unwrap_or(u32::MAX)) / f64::from(u32::MAX)
    }

    fn roll(&self, sides: u64) -> u64 {
        self.dice
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .roll(sides)
    }
}

/// Steele, Lea, Flood: SplitMix64. Good for order and delays, for nothing secret.
#[derive(Debug)]
struct Dice(u64);

impl Dice {
    fn new(seed: Option<u64>) -> Self {
        let drawn = || {
            let mut octets = [0; 8];
            // Failing that, any start will do: nothing secret hangs on it.
            let _ = aws_lc_rs::rand::fill(&mut octets);
            u64::from_le_bytes(octets)
        };
        Self(seed.unwrap_or_else(drawn))
    }

    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (mixed ^ (mixed >> 31)) % sides.max(1)
    }
}
