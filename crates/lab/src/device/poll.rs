//! When a device talks to its server next: the three sets of `DMClient/Provider/…/Poll`.

use super::tree::Tree;

/// A device without a set that never ends makes one that polls daily.
const DAILY: u32 = 1440;

/// One set: sessions, and the minutes between them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Set {
    /// 0 means without end, where the interval isn't 0.
    count: u32,
    minutes: u32,
}

/// The schedule, and how many sessions it had.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PollSchedule {
    sets: [Set; 3],
    spent: u32,
}

impl PollSchedule {
    /// Reads the schedule of a provider. Microsoft, DMClient CSP: the first set is 10 sessions 15
    /// minutes apart by default, the others are empty.
    #[must_use]
    pub fn of(tree: &Tree, provider: &str) -> Self {
        let number = |name: &str, default: u32| {
            let path = format!("./Vendor/MSFT/DMClient/Provider/{provider}/Poll/{name}");
            tree.value(&path)
                .and_then(|value| value.parse().ok())
                .unwrap_or(default)
        };
        let set = |count: &str, minutes: &str, default: (u32, u32)| Set {
            count: number(count, default.0),
            minutes: number(minutes, default.1),
        };
        Self {
            sets: [
                set("NumberOfFirstRetries", "IntervalForFirstSetOfRetries", (10, 15)),
                set("NumberOfSecondRetries", "IntervalForSecondSetOfRetries", (0, 0)),
                set(
                    "NumberOfRemainingScheduledRetries",
                    "IntervalForRemainingScheduledRetries",
                    (0, 0),
                ),
            ],
            spent: 0,
        }
    }

    /// Minutes until the next session; each call spends one.
    pub fn next_minutes(&mut self) -> u32 {
        let mut position = self.spent;
        self.spent = self.spent.saturating_add(1);
        for set in self.sets.iter().filter(|set| set.minutes > 0) {
            if set.count == 0 || position < set.count {
                return set.minutes;
            }
            position -= set.count;
        }
        DAILY
    }
}
