//! Moments as RFC 3339 has them, in UTC with milliseconds.

use domain::Timestamp;
use serde::{Serialize, Serializer};

const DAY: i64 = 86_400;

/// A moment as it goes out.
#[derive(Clone, Copy, Debug)]
pub(super) struct Instant(pub(super) Timestamp);

impl From<Timestamp> for Instant {
    fn from(moment: Timestamp) -> Self {
        Self(moment)
    }
}

impl Serialize for Instant {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let seconds = self.0.seconds();
        let milliseconds = self.0.milliseconds().rem_euclid(1000);
        let (year, month, day) = date(seconds.div_euclid(DAY));
        let second = seconds.rem_euclid(DAY);
        serializer.collect_str(&format_args!(
            "{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}.{milliseconds:03}Z",
            second / 3600,
            second / 60 % 60,
            second % 60,
        ))
    }
}

/// The Gregorian date of a day counted from 1970-01-01: years begin in March, so that the leap day ends one.
fn date(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}
