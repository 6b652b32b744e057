//! An authority that was restarted forgot what it gave.

use domain::{
    Id, Timestamp,
    broker::{Presented, forgotten_until},
};

const NOW: Timestamp = Timestamp::from_seconds(1_800_000_000);

fn at(seconds: i64) -> Timestamp {
    NOW.plus_seconds(seconds)
}

fn presented(delivery: u8, taken: i64, answered: i64, is_refused: bool) -> Presented {
    Presented {
        delivery: Some(Id::new(NOW, [delivery; 10])),
        taken_at: at(taken),
        at: at(answered),
        is_refused,
    }
}

#[test]
fn two_deliveries_that_are_refused_say_so() {
    let one = presented(1, 0, 100, true);
    assert_eq!(forgotten_until(std::slice::from_ref(&one), None, None), None);
    assert_eq!(
        forgotten_until(&[one.clone(), one.clone()], None, None),
        None,
        "the same one twice"
    );
    let both = [one, presented(2, 50, 110, true)];
    assert_eq!(forgotten_until(&both, None, None), Some(at(50)));
}

#[test]
fn one_is_enough_after_an_outage() {
    let one = [presented(1, 10, 100, true)];
    assert_eq!(forgotten_until(&one, None, Some(at(60))), Some(at(10)));
    assert_eq!(
        forgotten_until(&one, None, Some(at(5))),
        None,
        "that was before it was taken"
    );
}

#[test]
fn an_older_challenge_that_is_accepted_later_proves_that_nothing_was_forgotten() {
    let both = [
        presented(1, 10, 100, true),
        presented(2, 20, 110, true),
        presented(3, 5, 120, false),
    ];
    assert_eq!(forgotten_until(&both, None, None), None);
    // A newer one was taken from the authority as it is now.
    let newer = [
        presented(1, 10, 100, true),
        presented(2, 20, 110, true),
        presented(3, 115, 120, false),
    ];
    assert_eq!(forgotten_until(&newer, None, None), Some(at(20)));
}

#[test]
fn an_authority_that_refuses_everything_has_another_fault() {
    let both = [presented(1, 210, 300, true), presented(2, 220, 310, true)];
    assert_eq!(forgotten_until(&both, Some(at(20)), None), None);
    let mut since = both.to_vec();
    since.push(presented(3, 200, 205, false));
    assert_eq!(
        forgotten_until(&since, Some(at(20)), None),
        Some(at(220)),
        "a second restart"
    );
}

#[test]
fn what_is_known_already_is_no_news() {
    let both = [presented(1, 0, 100, true), presented(2, 20, 110, true)];
    assert_eq!(forgotten_until(&both, Some(at(20)), None), None);
}
