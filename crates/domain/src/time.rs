//! Time: milliseconds since the Unix epoch, everywhere below the clock of the application.

use serde::{Deserialize, Serialize};

/// A moment, in milliseconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timestamp(i64);

impl Timestamp {
    /// A moment from its milliseconds.
    pub const fn from_milliseconds(milliseconds: i64) -> Self {
        Self(milliseconds)
    }
    /// A moment from whole seconds, as certificates give them.
    pub const fn from_seconds(seconds: i64) -> Self {
        Self(seconds.saturating_mul(1000))
    }
    /// Milliseconds since the epoch.
    pub const fn milliseconds(self) -> i64 {
        self.0
    }
    /// Whole seconds since the epoch, rounded down.
    pub const fn seconds(self) -> i64 {
        self.0.div_euclid(1000)
    }
    /// The moment so many seconds later (or earlier).
    #[must_use]
    pub const fn plus_seconds(self, seconds: i64) -> Self {
        Self(self.0.saturating_add(seconds.saturating_mul(1000)))
    }
    /// The moment so many milliseconds later (or earlier).
    #[must_use]
    pub const fn plus_milliseconds(self, milliseconds: i64) -> Self {
        Self(self.0.saturating_add(milliseconds))
    }
    /// Milliseconds from `earlier` to this moment; negative when it is not earlier.
    pub const fn since(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0)
    }
    /// The begin of a day in UTC, written as `2026-11-23`. None: there is no such day between 1970 and 9999.
    pub fn from_day(text: &str) -> Option<Self> {
        let is_written =
            text.len() == 10 && text.bytes().all(|octet| octet.is_ascii_digit() || octet == b'-');
        let mut parts = text.split('-').map(|part| part.parse::<i64>().ok());
        let (year, month, day) = (parts.next()??, parts.next()??, parts.next()??);
        if !is_written || parts.next().is_some() || !(1970..=9999).contains(&year) {
            return None;
        }
        let days = (year - 1970) * 365 + (year - 1969) / 4 - (year - 1901) / 100 + (year - 1601) / 400;
        // Days of the year at most away from it: the right one is looked for.
        let day = (0..366)
            .map(|more| days + more)
            .find(|found| civil(*found) == (year, month, day));
        day.map(|day| Self(day.saturating_mul(DAY)))
    }
    /// RFC 3339 in UTC with milliseconds, as in `2026-11-23T09:14:07.000Z`.
    pub fn to_rfc3339(self) -> String {
        let days = self.0.div_euclid(DAY);
        let (year, month, day) = civil(days);
        let rest = self.0.rem_euclid(DAY);
        let (hours, minutes, seconds) = (rest / 3_600_000, rest / 60_000 % 60, rest / 1000 % 60);
        let milliseconds = rest % 1000;
        format!("{year:04}-{month:02}-{day:02}T{hours:02}:{minutes:02}:{seconds:02}.{milliseconds:03}Z")
    }
}

/// Milliseconds.
const DAY: i64 = 86_400_000;

/// Year, month and day of a day since 1970-01-01 in the Gregorian calendar. Years begin in March here, so
/// that the leap day is a year's last.
fn civil(days: i64) -> (i64, i64, i64) {
    let from_era = days + 719_468;
    let era = from_era.div_euclid(146_097);
    let day_of_era = from_era.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 {
        month_from_march + 3
    } else {
        month_from_march - 9
    };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_read_as_it_is_written() {
        for text in [
            "1970-01-01",
            "1999-12-31",
            "2000-02-29",
            "2026-11-28",
            "2100-02-28",
            "9999-12-31",
        ] {
            let day = Timestamp::from_day(text).expect(text);
            assert_eq!(day.to_rfc3339(), format!("{text}T00:00:00.000Z"));
        }
        for text in [
            "",
            "2026-11",
            "2026-11-31",
            "2100-02-29",
            "2026-13-01",
            "1969-12-31",
            "2026-1-1",
            "26-11-2026",
            "2026-11-28T",
        ] {
            assert_eq!(Timestamp::from_day(text), None, "{text}");
        }
    }
}
