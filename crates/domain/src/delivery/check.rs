//! When a certificate that was proved is looked at again.

use super::{Delivery, retry::spread_of};
use crate::time::Timestamp;

const DAY_MILLISECONDS: i64 = 86_400_000;
/// A device that answered the question with something else than yes or no is asked again after a day.
const UNCLEAR_SECONDS: i64 = 86_400;

impl Delivery {
    /// When the device last said that it holds the certificate; for one that is proved and wasn't asked again, when that
    /// was.
    pub fn last_seen_there(&self) -> Timestamp {
        self.checked_at.unwrap_or(self.updated_at)
    }

    /// When it is to be looked at again: each so many days, at a moment of its own. The moments of a fleet are spread over
    /// all of these days, also after all of it was switched off for a while.
    pub fn check_due(&self, days: u16) -> Timestamp {
        self.check_due_at.unwrap_or_else(|| {
            let interval = i64::from(days.max(1)) * DAY_MILLISECONDS;
            let phase = interval / 256 * spread_of(self);
            // Half an interval at the least lies between two looks.
            let earliest = self.last_seen_there().milliseconds() + interval / 2;
            let turn = (earliest - phase).div_euclid(interval) + 1;
            Timestamp::from_milliseconds(phase + turn * interval)
        })
    }

    /// It is to be looked at as soon as the device speaks after this moment.
    #[must_use]
    pub fn to_be_checked(self, at: Timestamp) -> Self {
        Self {
            check_due_at: Some(at),
            ..self
        }
    }

    /// The device holds the certificate still. A look that was set for later stays.
    #[must_use]
    pub fn still_there(self, now: Timestamp) -> Self {
        Self {
            checked_at: Some(now),
            check_due_at: self.check_due_at.filter(|at| *at > now),
            ..self
        }
    }

    /// The device was asked, and what it said is neither yes nor no.
    #[must_use]
    pub fn check_unclear(self, now: Timestamp) -> Self {
        Self {
            check_due_at: Some(now.plus_seconds(UNCLEAR_SECONDS)),
            ..self
        }
    }
}
