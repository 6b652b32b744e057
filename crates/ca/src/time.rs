//! Times of certificates: seconds since 1970 (UTC) as RFC 5280 wants them written.

use crate::der;
use crate::{Error, Result};

const UTC_TIME: u8 = 0x17;
const GENERALIZED_TIME: u8 = 0x18;

/// `Time` of RFC 5280 §4.1.2.5: UTCTime through 2049, GeneralizedTime from 2050.
pub(crate) fn write(unix_seconds: i64) -> Result<Vec<u8>> {
    let days = unix_seconds.div_euclid(86_400);
    let second = unix_seconds.rem_euclid(86_400);
    let (year, month, day) = date(days);
    let clock = format!(
        "{month:02}{day:02}{:02}{:02}{:02}Z",
        second / 3_600,
        second / 60 % 60,
        second % 60
    );
    match year {
        1950..=2049 => Ok(der::write(
            UTC_TIME,
            format!("{:02}{clock}", year % 100).as_bytes(),
        )),
        2050..=9999 => Ok(der::write(
            GENERALIZED_TIME,
            format!("{year:04}{clock}").as_bytes(),
        )),
        _ => Err(Error::Invalid("the time")),
    }
}

/// Year, month and day of a number of days since 1970-01-01, in the Gregorian calendar:
/// 400 years are 146,097 days, and a year that begins in March ends in the leap day.
fn date(days: i64) -> (i64, i64, i64) {
    let shifted = days.saturating_add(719_468);
    let era = shifted.div_euclid(146_097);
    let of_era = shifted.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let march_month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * march_month + 2) / 5 + 1;
    let month = if march_month < 10 {
        march_month + 3
    } else {
        march_month - 9
    };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, month, day)
}
