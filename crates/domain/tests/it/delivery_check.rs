//! When a proved certificate is looked at again.

use domain::{
    Id, Timestamp,
    delivery::{Delivery, DeliveryState, Proof},
    thumbprint::Sha1,
};

use crate::samples::{NOW, planned};

const DAY: i64 = 86_400;
const WEEK: u16 = 7;

/// The certificates of a fleet, all proved in one moment.
fn fleet() -> Vec<Delivery> {
    (0..1024_u32)
        .map(|number| {
            let [high, low] = [(number / 7) % 256, (number * 167) % 256].map(|it| u8::try_from(it).unwrap());
            Delivery {
                id: Id::new(NOW, [0, 0, 0, 0, 0, 0, 0, 0, high, low]),
                state: DeliveryState::Verified {
                    sha1: Sha1::of(b"certificate"),
                    by: Proof::Thumbprint,
                },
                ..planned()
            }
        })
        .collect()
}

/// How many are due on each of the days that follow.
fn by_day(fleet: &[Delivery], from: Timestamp) -> Vec<usize> {
    let mut days = vec![0; 11];
    for delivery in fleet {
        let day = delivery.check_due(WEEK).since(from) / 1000 / DAY;
        days[usize::try_from(day).unwrap()] += 1;
    }
    days
}

#[test]
fn a_fleet_that_was_proved_in_one_moment_is_looked_at_on_all_days_of_a_week() {
    let days = by_day(&fleet(), NOW);
    assert_eq!(days.iter().sum::<usize>(), 1024);
    assert_eq!(days[..3], [0, 0, 0], "half a week goes by first");
    assert!(days.iter().all(|count| *count <= 1024 / 6), "{days:?}");
}

#[test]
fn each_is_looked_at_once_a_week() {
    for delivery in fleet() {
        let first = delivery.check_due(WEEK);
        let next = delivery.still_there(first).check_due(WEEK);
        assert_eq!(next, first.plus_seconds(i64::from(WEEK) * DAY));
    }
}

#[test]
fn a_fleet_that_was_switched_off_is_spread_again_after_its_return() {
    let back = NOW.plus_seconds(40 * DAY);
    let fleet: Vec<_> = fleet()
        .into_iter()
        .inspect(|delivery| assert!(delivery.check_due(WEEK) < back))
        .map(|delivery| delivery.still_there(back))
        .collect();
    let days = by_day(&fleet, back);
    assert!(days.iter().all(|count| *count <= 1024 / 6), "{days:?}");
}

#[test]
fn a_person_or_an_unclear_answer_changes_when_it_is_due() {
    let delivery = fleet().remove(0);
    let asked = delivery.clone().to_be_checked(NOW);
    assert_eq!(asked.check_due(WEEK), NOW);
    assert_eq!(asked.clone().still_there(NOW).check_due_at, None);
    let unclear = asked.check_unclear(NOW);
    assert_eq!(unclear.check_due(WEEK), NOW.plus_seconds(DAY));
    assert_eq!((unclear.checked_at, unclear.last_seen_there()), (None, NOW));
}
