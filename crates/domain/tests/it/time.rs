use domain::Timestamp;
use x509_parser::time::ASN1Time;

#[test]
fn moments_are_written_as_rfc_3339() {
    for (milliseconds, text) in [
        (0, "1970-01-01T00:00:00.000Z"),
        (951_782_400_000, "2000-02-29T00:00:00.000Z"),
        (1_709_251_199_999, "2024-02-29T23:59:59.999Z"),
        (1_795_424_047_007, "2026-11-23T08:54:07.007Z"),
        (-1, "1969-12-31T23:59:59.999Z"),
        (4_107_542_400_000, "2100-03-01T00:00:00.000Z"),
        (253_402_300_799_000, "9999-12-31T23:59:59.000Z"),
    ] {
        assert_eq!(Timestamp::from_milliseconds(milliseconds).to_rfc3339(), text);
    }
}

#[test]
fn every_day_of_two_centuries_agrees_with_another_calendar() {
    for day in -20_000..60_000 {
        let moment = Timestamp::from_seconds(day * 86_400 + 3_723);
        let other = ASN1Time::from_timestamp(moment.seconds()).unwrap().to_datetime();
        let wanted = format!(
            "{:04}-{:02}-{:02}T01:02:03.000Z",
            other.year(),
            u8::from(other.month()),
            other.day()
        );
        assert_eq!(moment.to_rfc3339(), wanted);
    }
}

#[test]
fn no_moment_overflows() {
    for milliseconds in [i64::MIN, i64::MAX] {
        let moment = Timestamp::from_milliseconds(milliseconds);
        assert!(!moment.to_rfc3339().is_empty());
        assert_eq!(moment.plus_seconds(milliseconds), moment);
    }
}
