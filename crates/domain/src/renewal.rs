//! When a certificate is renewed.

use serde::{Deserialize, Serialize};

use crate::time::Timestamp;

/// A week: a certificate so near its end is shown as expiring, if its life is longer than four weeks.
const LAST_WEEK: i64 = 7 * 86_400_000;

/// How much life a certificate has left.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Life {
    /// Enough.
    Fresh,
    /// It ends soon and is still not renewed.
    Expiring,
    /// None.
    Expired,
}

/// When renewal begins: when `percent` of the life is left.
pub fn due_at(not_before: Timestamp, not_after: Timestamp, percent: u8) -> Timestamp {
    let life = not_after.since(not_before).max(0);
    not_after.plus_milliseconds(-(life / 100 * i64::from(percent.min(100))))
}

/// Whether it is time to renew.
pub fn due(not_before: Timestamp, not_after: Timestamp, percent: u8, now: Timestamp) -> bool {
    now >= due_at(not_before, not_after, percent)
}

/// How much life is left. Expiring is the last quarter, at most a week: renewal should have been done by then.
pub fn life(not_before: Timestamp, not_after: Timestamp, now: Timestamp) -> Life {
    let last = LAST_WEEK.min(not_after.since(not_before).max(0) / 4);
    if now > not_after {
        Life::Expired
    } else if not_after.since(now) <= last {
        Life::Expiring
    } else {
        Life::Fresh
    }
}
