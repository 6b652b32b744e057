//! Moments and durations as text.

use domain::Timestamp;

/// Year, month, day, hour, minute, second in UTC.
fn parts(at: Timestamp) -> (i64, i64, i64, i64, i64, i64) {
    let seconds = at.seconds();
    let (days, rest) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
    // Days to a civil date in the proleptic Gregorian calendar, counted in eras of 400 years from 1 March.
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096).div_euclid(365);
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 {
        month_from_march + 3
    } else {
        month_from_march - 9
    };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, month, day, rest / 3600, rest / 60 % 60, rest % 60)
}

/// `2026-11-23`.
pub fn day(at: Timestamp) -> String {
    let (year, month, day, ..) = parts(at);
    format!("{year:04}-{month:02}-{day:02}")
}

/// `2026-11-23 09:14:05`.
pub fn minute(at: Timestamp) -> String {
    let (_, _, _, hour, minute, second) = parts(at);
    format!("{} {hour:02}:{minute:02}:{second:02}", day(at))
}

/// `2026-11-23T09:14:05Z`.
pub fn iso(at: Timestamp) -> String {
    let (_, _, _, hour, minute, second) = parts(at);
    format!("{}T{hour:02}:{minute:02}:{second:02}Z", day(at))
}

/// A duration for people: `240 ms`, `3.2 s`, `4 min 10 s`, `2 h 5 min`, `3 d 4 h`. The symbols are the same in both
/// languages but for the decimal mark and the day.
pub fn duration(milliseconds: i64, language: super::language::Language) -> String {
    let french = language == super::language::Language::French;
    let milliseconds = milliseconds.max(0);
    let seconds = milliseconds / 1000;
    match seconds {
        0 => format!("{milliseconds} ms"),
        1..=9 => {
            let mark = if french { ',' } else { '.' };
            format!("{seconds}{mark}{} s", milliseconds % 1000 / 100)
        }
        10..=59 => format!("{seconds} s"),
        60..=3599 => format!("{} min {} s", seconds / 60, seconds % 60),
        3600..=86_399 => format!("{} h {} min", seconds / 3600, seconds / 60 % 60),
        _ => format!(
            "{} {} {} h",
            seconds / 86_400,
            if french { 'j' } else { 'd' },
            seconds / 3600 % 24
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_those_of_the_calendar() {
        let at = |seconds| iso(Timestamp::from_seconds(seconds));
        assert_eq!(at(0), "1970-01-01T00:00:00Z");
        assert_eq!(at(951_782_399), "2000-02-28T23:59:59Z");
        assert_eq!(at(951_868_800), "2000-03-01T00:00:00Z");
        assert_eq!(at(1_795_424_645), "2026-11-23T09:04:05Z");
        assert_eq!(at(-1), "1969-12-31T23:59:59Z");
    }
}
