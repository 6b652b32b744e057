//! What a reading came to, and when it is too strange to act on.

use serde::{Deserialize, Serialize};

use crate::{error::Error, time::Timestamp};

/// How many of each a reading found, or are known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Counts {
    /// People.
    pub people: u64,
    /// Groups.
    pub groups: u64,
    /// Members of all groups together.
    pub members: u64,
}

/// Whether what was found is less than half of what is known, in anything: a filter, a right or a base that changed
/// is likelier than that they all left. What a person confirmed is no surprise any more.
pub fn are_far_fewer(known: &Counts, found: &Counts, accepted: Option<&Counts>) -> bool {
    let is_fewer = |known: u64, found: u64, accepted: Option<u64>| {
        found.saturating_mul(2) < known && accepted.is_none_or(|accepted| found < accepted)
    };
    is_fewer(known.people, found.people, accepted.map(|counts| counts.people))
        || is_fewer(known.groups, found.groups, accepted.map(|counts| counts.groups))
        || is_fewer(
            known.members,
            found.members,
            accepted.map(|counts| counts.members),
        )
}

/// How a reading ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReadingOutcome {
    /// It was read to its end, and everything was taken over.
    #[default]
    Complete,
    /// Read to its end, but far fewer were found: nobody was removed, and a person is asked.
    Held,
    /// It wasn't read to its end: nothing was changed.
    Failed,
}

impl ReadingOutcome {
    /// Its name, as in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Complete => "complete",
            Self::Held => "held",
            Self::Failed => "failed",
        }
    }
}

/// One reading.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Reading {
    /// When it ended, milliseconds since 1970.
    pub at: i64,
    /// How long it took.
    pub milliseconds: i64,
    /// How it ended.
    pub outcome: ReadingOutcome,
    /// Why it failed.
    pub problem: Option<Error>,
    /// What was found.
    pub found: Counts,
    /// What was known before, where it is held.
    pub known: Counts,
    /// People who are new.
    pub added: u64,
    /// People of whom something changed.
    pub changed: u64,
    /// People who are not there any more.
    pub gone: u64,
    /// Groups of which something changed, new ones included.
    pub groups_changed: u64,
    /// Groups that are not there any more.
    pub groups_gone: u64,
    /// References to other servers, which aren't followed.
    pub referrals: u64,
    /// Entries that can't be taken in, some of them: the reason's key, and which.
    pub left_out: Vec<(String, String)>,
    /// How many those are.
    pub left_out_count: u64,
}

impl Reading {
    /// When it ended.
    pub fn ended_at(&self) -> Timestamp {
        Timestamp::from_milliseconds(self.at)
    }
}

/// What the readings came to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct State {
    /// The account that reads was refused: it is not tried again until a person acts, lest it be locked.
    pub is_sign_in_stopped: bool,
    /// The newest reading.
    pub last: Option<Reading>,
    /// When one last came to its end, milliseconds since 1970.
    pub complete_at: Option<i64>,
    /// Readings in a row that failed.
    pub failures: u32,
    /// What a person confirmed to be all that is left.
    pub accepted: Option<Counts>,
}

impl State {
    /// Whether a person is needed: it failed, or it is held.
    pub fn needs_a_person(&self) -> bool {
        self.is_sign_in_stopped
            || self
                .last
                .as_ref()
                .is_some_and(|last| last.outcome != ReadingOutcome::Complete)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(people: u64, groups: u64, members: u64) -> Counts {
        Counts {
            people,
            groups,
            members,
        }
    }

    #[test]
    fn less_than_half_of_anything_waits_for_a_person() {
        let known = counts(10, 4, 100);
        assert!(!are_far_fewer(&known, &counts(5, 2, 50), None));
        assert!(are_far_fewer(&known, &counts(4, 4, 100), None));
        assert!(are_far_fewer(&known, &counts(10, 1, 100), None));
        assert!(are_far_fewer(&known, &counts(10, 4, 49), None));
        assert!(!are_far_fewer(&counts(0, 0, 0), &counts(0, 0, 0), None));
        assert!(are_far_fewer(&counts(1, 0, 0), &counts(0, 0, 0), None));
    }

    #[test]
    fn what_was_confirmed_is_let_through_and_no_less() {
        let (known, accepted) = (counts(10, 4, 100), counts(3, 4, 100));
        assert!(!are_far_fewer(&known, &counts(3, 4, 100), Some(&accepted)));
        assert!(!are_far_fewer(&known, &counts(4, 4, 100), Some(&accepted)));
        assert!(are_far_fewer(&known, &counts(2, 4, 100), Some(&accepted)));
        assert!(are_far_fewer(&known, &counts(3, 4, 20), Some(&accepted)));
    }
}
