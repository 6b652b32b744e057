//! Who may enrol devices, and how many.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::{Error, Kind, group::GroupId};

/// Devices of one person that can be set as a limit at most.
pub const MOST_DEVICES: u32 = 1000;

/// What an administrator allows. Without anything said, everybody who proves who they are may enrol any number.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Admission {
    /// Nobody enrols until this is taken back, as during maintenance. Devices that are enrolled go on.
    pub is_closed: bool,
    /// People of these groups alone; none: everybody.
    pub groups: BTreeSet<GroupId>,
    /// People of these groups don't, whatever else is said.
    pub excluded: BTreeSet<GroupId>,
    /// Managed devices of one person at most, where none of the person's groups says otherwise.
    pub devices_per_person: Option<u32>,
    /// Managed devices at most of a person of a group. Where a person belongs to several, the highest counts.
    pub limits: Vec<GroupLimit>,
}

/// How many devices a person of a group may have.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GroupLimit {
    /// The group, of people.
    pub group: GroupId,
    /// Managed devices at most.
    pub devices: u32,
}

/// Why somebody who proved who they are doesn't enrol.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotAdmitted {
    /// Nobody does now.
    Closed,
    /// The person may not.
    Person,
    /// The person has as many devices as are allowed.
    TooMany(u32),
}

impl Admission {
    /// The groups that are named.
    pub fn named(&self) -> BTreeSet<&GroupId> {
        let limited = self.limits.iter().map(|limit| &limit.group);
        self.groups.iter().chain(&self.excluded).chain(limited).collect()
    }

    /// Devices at most of a person who belongs to `groups`; none: any number.
    pub fn limit(&self, groups: &BTreeSet<GroupId>) -> Option<u32> {
        let of_groups = self.limits.iter().filter(|limit| groups.contains(&limit.group));
        of_groups
            .map(|limit| limit.devices)
            .max()
            .or(self.devices_per_person)
    }

    /// Whether a person of `groups` who has `others` other managed devices may enrol one more.
    ///
    /// # Errors
    /// Why not.
    pub fn admit(&self, groups: &BTreeSet<GroupId>, others: u32) -> Result<(), NotAdmitted> {
        if self.is_closed {
            return Err(NotAdmitted::Closed);
        }
        let is_named = self.groups.is_empty() || !self.groups.is_disjoint(groups);
        if !is_named || !self.excluded.is_disjoint(groups) {
            return Err(NotAdmitted::Person);
        }
        match self.limit(groups) {
            Some(limit) if others >= limit => Err(NotAdmitted::TooMany(limit)),
            _ => Ok(()),
        }
    }

    /// Checks what can be checked without looking at the groups.
    ///
    /// # Errors
    /// Each number that is no limit, and a group with two limits.
    pub fn check(self) -> Result<Self, Vec<Error>> {
        let mut errors = Vec::new();
        let is_limit = |devices: u32| (1..=MOST_DEVICES).contains(&devices);
        if self.devices_per_person.is_some_and(|devices| !is_limit(devices)) {
            errors.push(not_a_limit("devices_per_person"));
        }
        if self.limits.iter().any(|limit| !is_limit(limit.devices)) {
            errors.push(not_a_limit("limits"));
        }
        let named: BTreeSet<&GroupId> = self.limits.iter().map(|limit| &limit.group).collect();
        if named.len() != self.limits.len() {
            errors
                .push(Error::invalid("limits", "a group has one limit").keyed("error-admission-two-limits"));
        }
        if errors.is_empty() { Ok(self) } else { Err(errors) }
    }
}

fn not_a_limit(field: &str) -> Error {
    Error::invalid(field, format!("a limit is a number from 1 to {MOST_DEVICES}"))
        .keyed("error-admission-limit")
        .with("most", MOST_DEVICES.to_string())
}

impl From<NotAdmitted> for Error {
    fn from(why: NotAdmitted) -> Self {
        match why {
            NotAdmitted::Closed => Self::new(
                Kind::State,
                "error-enrolment-admission-closed",
                "no device can be enrolled at the moment: try again later",
            ),
            NotAdmitted::Person => Self::new(
                Kind::Forbidden,
                "error-enrolment-admission-person",
                "this account may not enrol devices: ask your administrator",
            ),
            NotAdmitted::TooMany(limit) => Self::new(
                Kind::Forbidden,
                "error-enrolment-admission-devices",
                format!(
                    "this account has {limit} devices, as many as it may have: have one removed, or ask your administrator"
                ),
            )
            .with("limit", limit.to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Id, Timestamp};

    fn group(n: u8) -> GroupId {
        Id::new(Timestamp::from_seconds(1), [n; 10])
    }

    fn of(groups: &[u8]) -> BTreeSet<GroupId> {
        groups.iter().map(|n| group(*n)).collect()
    }

    #[test]
    fn without_a_word_everybody_enrols_any_number() {
        assert_eq!(Admission::default().admit(&of(&[]), 5000), Ok(()));
    }

    #[test]
    fn closed_is_closed_for_everybody() {
        let closed = Admission {
            is_closed: true,
            groups: of(&[1]),
            ..Admission::default()
        };
        assert_eq!(closed.admit(&of(&[1]), 0), Err(NotAdmitted::Closed));
    }

    #[test]
    fn who_is_excluded_is_out_whatever_else_is_said() {
        let admission = Admission {
            groups: of(&[1, 2]),
            excluded: of(&[3]),
            ..Admission::default()
        };
        assert_eq!(admission.admit(&of(&[2]), 0), Ok(()));
        assert_eq!(admission.admit(&of(&[4]), 0), Err(NotAdmitted::Person));
        assert_eq!(admission.admit(&of(&[1, 3]), 0), Err(NotAdmitted::Person));
    }

    #[test]
    fn the_highest_limit_of_a_persons_groups_counts_before_the_general_one() {
        let limited = |n, devices| GroupLimit {
            group: group(n),
            devices,
        };
        let admission = Admission {
            devices_per_person: Some(2),
            limits: vec![limited(1, 1), limited(2, 5)],
            ..Admission::default()
        };
        assert_eq!(admission.admit(&of(&[]), 1), Ok(()));
        assert_eq!(admission.admit(&of(&[]), 2), Err(NotAdmitted::TooMany(2)));
        assert_eq!(admission.admit(&of(&[1]), 1), Err(NotAdmitted::TooMany(1)));
        assert_eq!(admission.admit(&of(&[1, 2]), 4), Ok(()));
        assert_eq!(admission.admit(&of(&[1, 2]), 5), Err(NotAdmitted::TooMany(5)));
    }

    #[test]
    fn what_is_no_limit_is_refused() {
        let wrong = Admission {
            devices_per_person: Some(0),
            limits: vec![
                GroupLimit {
                    group: group(1),
                    devices: MOST_DEVICES + 1,
                },
                GroupLimit {
                    group: group(1),
                    devices: 1,
                },
            ],
            ..Admission::default()
        };
        let fields: Vec<_> = wrong
            .check()
            .expect_err("three faults")
            .into_iter()
            .map(|error| error.key)
            .collect();
        assert_eq!(
            fields,
            [
                "error-admission-limit",
                "error-admission-limit",
                "error-admission-two-limits"
            ]
        );
    }
}
