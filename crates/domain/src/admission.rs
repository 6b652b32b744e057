//! Who may enrol devices, and how many.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::{
    Error, Kind,
    group::{GroupId, version},
};

/// Devices of one person that can be set as a limit at most.
pub const MOST_DEVICES: u32 = 1000;
/// Serial numbers that can be listed at most.
pub const MOST_SERIALS: usize = 20_000;
/// Characters of a serial number at most: SMBIOS has no limit of its own, and real ones stay far below.
const LONGEST_SERIAL: usize = 64;
/// The oldest Windows that can be managed here at all (Microsoft, ClientCertificateInstall CSP: from Windows 10 on).
const OLDEST: [u32; 4] = [10, 0, 0, 0];

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
    /// The lowest build of Windows that enrols, as 19045; none: any of Windows 10 and later.
    pub lowest_build: Option<u32>,
    /// Devices of these serial numbers alone get certificates; none: all. An enrolment doesn't tell the serial number,
    /// so others enrol and get nothing. Without regard to case.
    pub serial_numbers: BTreeSet<String>,
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
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotAdmitted {
    /// Nobody does now.
    Closed,
    /// The person may not.
    Person,
    /// The person has as many devices as are allowed.
    TooMany(u32),
    /// The device's Windows is older than what is allowed: what it told, and what is.
    WindowsTooOld(String, String),
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

    /// Whether a device that told this version of its Windows may enrol. One that told none may.
    ///
    /// # Errors
    /// Why not.
    pub fn admit_windows(&self, told: Option<&str>) -> Result<(), NotAdmitted> {
        let Some((text, told)) = told
            .filter(|text| text.contains('.'))
            .and_then(|text| Some((text, version(text)?)))
        else {
            return Ok(());
        };
        let lowest = self.lowest_build.map_or(OLDEST, |build| [10, 0, build, 0]);
        if told >= lowest {
            return Ok(());
        }
        let [major, minor, build, _] = lowest;
        let needed = format!("{major}.{minor}.{build}");
        Err(NotAdmitted::WindowsTooOld(text.to_owned(), needed))
    }

    /// Whether a device of this serial number may get certificates.
    pub fn lists(&self, serial_number: Option<&str>) -> bool {
        let key = serial_number.map(serial_key);
        self.serial_numbers.is_empty() || key.is_some_and(|key| self.serial_numbers.contains(&key))
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
    pub fn check(mut self) -> Result<Self, Vec<Error>> {
        let mut errors = Vec::new();
        self.serial_numbers = self
            .serial_numbers
            .iter()
            .map(|serial| serial_key(serial))
            .filter(|serial| !serial.is_empty())
            .collect();
        let is_serial = |serial: &String| {
            serial.chars().count() <= LONGEST_SERIAL && !serial.chars().any(char::is_control)
        };
        if self.serial_numbers.len() > MOST_SERIALS || !self.serial_numbers.iter().all(is_serial) {
            let detail =
                format!("at most {MOST_SERIALS} serial numbers of at most {LONGEST_SERIAL} characters");
            let error = Error::invalid("serial_numbers", detail).keyed("error-admission-serials");
            let error = error.with("most", MOST_SERIALS.to_string());
            errors.push(error.with("characters", LONGEST_SERIAL.to_string()));
        }
        if self
            .lowest_build
            .is_some_and(|build| !(10_240..100_000).contains(&build))
        {
            let error = Error::invalid(
                "lowest_build",
                "a build of Windows 10 or later is a number from 10240 on",
            );
            errors.push(error.keyed("error-admission-build"));
        }
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

/// A serial number for comparing: as people copy it from a label, in whatever case.
fn serial_key(serial: &str) -> String {
    serial.trim().to_uppercase()
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
            NotAdmitted::WindowsTooOld(version, needed) => Self::new(
                Kind::Forbidden,
                "error-enrolment-admission-windows",
                format!("this device's Windows is {version}, and {needed} or later is needed: update Windows first"),
            )
            .with("version", version)
            .with("needed", needed),
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
    fn a_windows_that_is_too_old_stays_out_and_one_that_tells_nothing_does_not() {
        let any = Admission::default();
        let later = Admission {
            lowest_build: Some(19_045),
            ..Admission::default()
        };
        for (told, by_default, by_build) in [
            (Some("6.3.9600.0"), false, false),
            (Some("10.0.19044.3"), true, false),
            (Some("10.0.19045.0"), true, true),
            (Some("10.0.26100.1"), true, true),
            (Some("unknown"), true, true),
            (None, true, true),
        ] {
            assert_eq!(any.admit_windows(told).is_ok(), by_default, "{told:?}");
            assert_eq!(later.admit_windows(told).is_ok(), by_build, "{told:?}");
        }
    }

    #[test]
    fn a_list_of_serial_numbers_knows_no_case_and_no_device_without_one() {
        let listed = Admission {
            serial_numbers: [" pf1abc ".to_owned(), String::new()].into(),
            ..Admission::default()
        };
        let listed = listed.check().expect("a serial number");
        assert!(listed.lists(Some("PF1abc")) && listed.lists(Some("pf1ABC ")));
        assert!(!listed.lists(Some("PF1abcd")) && !listed.lists(Some("")) && !listed.lists(None));
        assert!(Admission::default().lists(None));
        let long = Admission {
            serial_numbers: ["x".repeat(65)].into(),
            lowest_build: Some(7601),
            ..Admission::default()
        };
        assert_eq!(long.check().expect_err("two faults").len(), 2);
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
