//! How a device can be woken, when it is expected, and what a person asked of it.

use serde::{Deserialize, Serialize};

use super::Device;
use crate::{notification::SendProblem, time::Timestamp};

const MINUTE: i64 = 60;
const DAY: i64 = 86_400;
/// A device without a channel is asked for it again after so long.
const ASK_AGAIN: i64 = 10 * MINUTE;
/// A channel lives 30 days and is renewed after 15 (Microsoft, "Push notification support for device management"). Asked
/// for each week it is known before the old one ends, whenever it was made.
const ASK_WEEKLY: i64 = 7 * DAY;
/// From here on its renewal may have come.
const RENEWAL: i64 = 14 * DAY;
/// Seconds for which WNS keeps a push for a device that isn't there: the device comes by its schedule within a day.
pub const TIME_TO_LIVE: i64 = DAY;
/// Between two pushes to a device.
const BETWEEN: i64 = MINUTE;
/// A push that was taken is not repeated for more work before so long: it is on its way, or kept for the device.
const ON_ITS_WAY: i64 = 3600;
/// Tries of a push at most; the first waits this long for the second.
pub const TRIES: u32 = 6;
const FIRST_WAIT: i64 = 30;

/// How a device is woken.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Waking {
    /// The PFN that it took.
    pub pfn: Option<String>,
    /// How it refused one.
    pub pfn_refused: Option<PfnRefused>,
    /// When it last answered where it is woken.
    pub asked_at: Option<Timestamp>,
    /// Since when its channel is known; none: it can't be woken.
    pub channel_since: Option<Timestamp>,
    /// Why the address that it named is not called: the name of a [`ChannelRefusal`](crate::push::ChannelRefusal).
    pub channel_refused: Option<String>,
    /// `Push/Status` of the DMClient CSP.
    pub status: Option<i64>,
    /// When a person last asked that it come.
    pub sync_at: Option<Timestamp>,
    /// Since when it is wanted.
    pub wanted_at: Option<Timestamp>,
    /// The last push.
    pub last: Option<Pushed>,
}

/// A PFN that was refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PfnRefused {
    /// OMA-DM status.
    pub status: i64,
    /// Whether it was to be added.
    pub was_added: bool,
    /// When.
    pub at: Timestamp,
}

/// A push, and what is known of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Pushed {
    /// When it was tried last.
    pub at: Timestamp,
    /// How often.
    pub tries: u32,
    /// Whether WNS took it.
    pub is_accepted: bool,
    /// `X-WNS-Status`.
    pub status: Option<String>,
    /// `X-WNS-DeviceConnectionStatus`.
    pub connection: Option<String>,
    /// `X-WNS-Msg-ID`.
    pub message_id: Option<String>,
    /// Why it was not taken.
    pub problem: Option<SendProblem>,
    /// When the device came after it was taken.
    pub came_at: Option<Timestamp>,
}

/// What a push waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    /// Nothing.
    Now,
    /// This moment.
    At(Timestamp),
    /// It isn't needed.
    Never,
}

impl Waking {
    /// Whether it can be woken.
    pub fn is_possible(&self) -> bool {
        self.channel_since.is_some()
    }

    /// Whether a push was taken and the device has not come since.
    pub fn is_awaited(&self) -> bool {
        self.last
            .as_ref()
            .is_some_and(|last| last.is_accepted && last.came_at.is_none())
    }

    /// Whether the device is to be given this PFN, and whether by Add: a device that has none yet refuses Replace (404).
    pub fn pfn_due(&self, wanted: &str, now: Timestamp) -> Option<bool> {
        if self.pfn.as_deref() == Some(wanted) {
            return None;
        }
        let Some(refused) = &self.pfn_refused else {
            return Some(false);
        };
        let adds = refused.status == 404;
        let is_other_way = adds != refused.was_added;
        (is_other_way || now >= refused.at.plus_seconds(DAY)).then_some(adds)
    }

    /// Whether it is to be asked where it is woken, once it has its PFN.
    pub fn channel_due(&self, now: Timestamp) -> bool {
        let Some(asked_at) = self.asked_at else {
            return true;
        };
        let between = match self.channel_since {
            None => ASK_AGAIN,
            Some(since) if now >= since.plus_seconds(RENEWAL) => DAY,
            Some(_) => ASK_WEEKLY,
        };
        now >= asked_at.plus_seconds(between) || self.sync_at.is_some_and(|sync_at| sync_at > asked_at)
    }

    /// Whether a person asked that it tell all of itself, and it hasn't since `heard_at`.
    pub fn is_to_tell(&self, heard_at: Option<Timestamp>) -> bool {
        self.sync_at
            .is_some_and(|sync_at| heard_at.is_none_or(|heard_at| heard_at < sync_at))
    }

    /// When the device may be pushed to for what it is wanted for; `seen_at` is when it last spoke.
    pub fn turn(&self, seen_at: Timestamp, now: Timestamp) -> Turn {
        let Some(wanted_at) = self.wanted_at.filter(|wanted_at| *wanted_at > seen_at) else {
            return Turn::Never;
        };
        let Some(last) = &self.last else {
            return Turn::Now;
        };
        if last.at >= wanted_at && (last.is_accepted || last.tries >= TRIES) {
            return Turn::Never;
        }
        let is_by_person = self.sync_at.is_some_and(|sync_at| sync_at > last.at);
        let between = if self.is_awaited() && !is_by_person {
            ON_ITS_WAY
        } else {
            BETWEEN
        };
        let from = match last.is_accepted {
            true => last.at.plus_seconds(between),
            false if is_by_person => last.at,
            false if last.at >= wanted_at => last.at.plus_seconds(Self::wait_after(last.tries)),
            false => last.at.plus_seconds(BETWEEN),
        };
        if from <= now { Turn::Now } else { Turn::At(from) }
    }

    /// Seconds until the next try after so many.
    pub fn wait_after(tries: u32) -> i64 {
        FIRST_WAIT << tries.saturating_sub(1).min(TRIES)
    }

    /// The channel leads nowhere: the device gets its PFN again, which makes another.
    pub fn without_channel(&mut self) {
        self.pfn = None;
        self.pfn_refused = None;
        self.channel_since = None;
        self.asked_at = None;
    }
}

/// When a device is expected by its schedule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Expected {
    /// At the latest, if it is on and reaches the server.
    pub at: Timestamp,
    /// Minutes between its calls now.
    pub minutes: u32,
    /// That moment is over: it is off, or doesn't reach the server.
    pub is_overdue: bool,
}

/// When a device is expected. `poll_minutes` is what it was told while it polls often; none stands for each minute.
/// Otherwise it calls once a day at the latest: its schedule has more calls at its beginning, and how far it has come is
/// known to the device alone.
pub fn expected(device: &Device, poll_minutes: Option<u32>, now: Timestamp) -> Expected {
    let minutes = match device.is_polling_fast {
        true => poll_minutes.unwrap_or(1).max(1),
        false => 1440,
    };
    let at = device.last_seen_at.plus_seconds(i64::from(minutes) * MINUTE);
    // It takes a little longer than its interval.
    let is_overdue = now > at.plus_seconds(5 * MINUTE);
    Expected {
        at,
        minutes,
        is_overdue,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_seconds(1_800_000_000);

    fn at(seconds: i64) -> Timestamp {
        NOW.plus_seconds(seconds)
    }

    #[test]
    fn a_channel_is_known_before_the_old_one_ends() {
        let waking = |since: i64, asked: i64| Waking {
            asked_at: Some(at(asked)),
            channel_since: Some(at(since)),
            ..Waking::default()
        };
        assert!(Waking::default().channel_due(NOW));
        assert!(!waking(-DAY, -6 * DAY).channel_due(NOW));
        assert!(waking(-8 * DAY, -7 * DAY).channel_due(NOW));
        assert!(!waking(-14 * DAY, -DAY + 1).channel_due(NOW));
        assert!(waking(-14 * DAY, -DAY).channel_due(NOW));
        let none = Waking {
            asked_at: Some(at(-599)),
            ..Waking::default()
        };
        assert!(!none.channel_due(NOW) && none.channel_due(at(1)));
    }

    #[test]
    fn a_pfn_is_replaced_then_added_and_then_left_alone_for_a_day() {
        let refused = |status, was_added| Waking {
            pfn_refused: Some(PfnRefused {
                status,
                was_added,
                at: NOW,
            }),
            ..Waking::default()
        };
        assert_eq!(Waking::default().pfn_due("P", NOW), Some(false));
        assert_eq!(refused(404, false).pfn_due("P", NOW), Some(true));
        assert_eq!(refused(404, true).pfn_due("P", NOW), None);
        assert_eq!(refused(405, false).pfn_due("P", NOW), None);
        assert_eq!(refused(405, false).pfn_due("P", at(DAY)), Some(false));
        // It was there after all.
        assert_eq!(refused(418, true).pfn_due("P", NOW), Some(false));
        let has = Waking {
            pfn: Some("P".to_owned()),
            ..Waking::default()
        };
        assert_eq!(has.pfn_due("P", NOW), None);
        assert_eq!(has.pfn_due("Q", NOW), Some(false));
    }

    fn wanted(since: i64, last: Option<Pushed>) -> Waking {
        Waking {
            wanted_at: Some(at(since)),
            last,
            ..Waking::default()
        }
    }

    #[test]
    fn nobody_is_pushed_twice_for_the_same() {
        let seen = at(-100);
        let accepted = |seconds| Pushed {
            at: at(seconds),
            tries: 1,
            is_accepted: true,
            ..Pushed::default()
        };
        assert_eq!(Waking::default().turn(seen, NOW), Turn::Never);
        assert_eq!(
            wanted(-200, None).turn(seen, NOW),
            Turn::Never,
            "it came by itself"
        );
        assert_eq!(wanted(-50, None).turn(seen, NOW), Turn::Now);
        assert_eq!(wanted(-50, Some(accepted(-40))).turn(seen, NOW), Turn::Never);
        let more = wanted(-10, Some(accepted(-40)));
        assert_eq!(more.turn(seen, NOW), Turn::At(at(ON_ITS_WAY - 40)));
        let by_person = Waking {
            sync_at: Some(at(-10)),
            ..more
        };
        assert_eq!(by_person.turn(seen, NOW), Turn::At(at(BETWEEN - 40)));
        assert_eq!(by_person.turn(seen, at(20)), Turn::Now);
    }

    #[test]
    fn tries_are_further_and_further_apart_and_end() {
        let failed = |tries| Pushed {
            at: NOW,
            tries,
            ..Pushed::default()
        };
        let turn = |tries| wanted(-1, Some(failed(tries))).turn(at(-100), NOW);
        assert_eq!(turn(1), Turn::At(at(30)));
        assert_eq!(turn(3), Turn::At(at(120)));
        assert_eq!(turn(TRIES), Turn::Never);
    }
}
