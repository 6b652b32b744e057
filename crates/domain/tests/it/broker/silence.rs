//! Who holds a challenge and is silent, and when the others' turn comes.

use domain::broker::{Holding, Pace};

use crate::samples::NOW;

#[test]
fn a_device_is_silent_when_several_of_its_polls_are_missing() {
    let holding = Holding {
        taken_at: NOW,
        until: NOW.plus_seconds(3600),
        last_seen_at: NOW.plus_seconds(10),
    };
    assert!(!holding.is_silent(NOW.plus_seconds(10 + 300)));
    assert!(holding.is_silent(NOW.plus_seconds(10 + 301)));
    let spoke = Holding {
        last_seen_at: NOW.plus_seconds(3000),
        ..holding
    };
    assert!(!spoke.is_silent(NOW.plus_seconds(3100)));
}

#[test]
fn the_turn_comes_as_fast_as_those_before_it_were_served() {
    // Twenty in ten minutes: each takes half a minute.
    let pace = Pace { used: 20, since: NOW };
    let now = NOW.plus_seconds(600);
    assert_eq!(pace.turn_at(0, now), Some(now.plus_seconds(30)));
    assert_eq!(pace.turn_at(9, now), Some(now.plus_seconds(300)));
    assert_eq!(Pace { used: 0, ..pace }.turn_at(9, now), None);
    assert_eq!(pace.turn_at(9, NOW), None, "nothing is known yet");
}
