//! When a device that isn't heard of any more leaves: people are told first, and it has time to come back after that.

use crate::time::Timestamp;

const DAY_SECONDS: i64 = 86_400;

/// What the administrator set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Silence {
    /// A device that wasn't heard of for so many days leaves.
    pub days: u16,
    /// So many days before that, at least, people are told.
    pub notice_days: u16,
    /// Whether what the server's own authorities issued to it is revoked then.
    pub revokes: bool,
}

/// How it stands with a managed device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It was heard of lately.
    Heard,
    /// It is silent, and nobody was told yet.
    Untold,
    /// People were told. If it stays silent, it leaves.
    Told {
        /// When.
        leaves_at: Timestamp,
    },
    /// It leaves now.
    Over,
}

impl Silence {
    /// Days of silence after which people are told.
    pub fn tell_days(&self) -> i64 {
        i64::from(self.days.saturating_sub(self.notice_days))
    }

    /// Who was last heard of before this is silent.
    pub fn silent_before(&self, now: Timestamp) -> Timestamp {
        now.plus_seconds(-self.tell_days() * DAY_SECONDS)
    }

    /// When a device leaves that was last heard of then, where people are told at `told_at`. Never earlier than they were
    /// promised: a setting that is new, or a server that was down, surprises nobody.
    pub fn leaves_at(&self, last_seen_at: Timestamp, told_at: Timestamp) -> Timestamp {
        let by_silence = last_seen_at.plus_seconds(i64::from(self.days) * DAY_SECONDS);
        let by_notice = told_at.plus_seconds(i64::from(self.notice_days) * DAY_SECONDS);
        by_silence.max(by_notice)
    }

    /// How it stands with a device. What was told before it was last heard of counts no more.
    pub fn standing(&self, last_seen_at: Timestamp, told_at: Option<Timestamp>, now: Timestamp) -> Standing {
        if last_seen_at > self.silent_before(now) {
            return Standing::Heard;
        }
        let Some(told_at) = told_at.filter(|told_at| *told_at > last_seen_at) else {
            return Standing::Untold;
        };
        let leaves_at = self.leaves_at(last_seen_at, told_at);
        match now >= leaves_at {
            true => Standing::Over,
            false => Standing::Told { leaves_at },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULE: Silence = Silence {
        days: 90,
        notice_days: 14,
        revokes: false,
    };

    fn day(number: i64) -> Timestamp {
        Timestamp::from_seconds(1_800_000_000 + number * DAY_SECONDS)
    }

    #[test]
    fn people_are_told_first_and_the_device_leaves_after_the_whole_time() {
        assert_eq!(RULE.standing(day(0), None, day(75)), Standing::Heard);
        assert_eq!(RULE.standing(day(0), None, day(76)), Standing::Untold);
        let leaves_at = day(90);
        assert_eq!(
            RULE.standing(day(0), Some(day(76)), day(89)),
            Standing::Told { leaves_at }
        );
        assert_eq!(RULE.standing(day(0), Some(day(76)), day(90)), Standing::Over);
    }

    #[test]
    fn whoever_was_silent_for_long_before_anybody_was_told_has_the_time_of_the_notice() {
        assert_eq!(RULE.standing(day(0), None, day(400)), Standing::Untold);
        let leaves_at = day(414);
        assert_eq!(
            RULE.standing(day(0), Some(day(400)), day(413)),
            Standing::Told { leaves_at }
        );
        assert_eq!(RULE.standing(day(0), Some(day(400)), day(414)), Standing::Over);
    }

    #[test]
    fn a_word_of_the_device_begins_it_all_anew() {
        assert_eq!(RULE.standing(day(80), Some(day(76)), day(90)), Standing::Heard);
        assert_eq!(RULE.standing(day(80), Some(day(76)), day(400)), Standing::Untold);
    }
}
