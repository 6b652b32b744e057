//! A queue that is played through, in any order of arrivals, departures and freed slots.

use std::collections::BTreeMap;

use domain::broker::{Standing, Turn, is_worth_telling, poll_minutes, turn};
use proptest::prelude::*;

/// What may happen.
#[derive(Clone, Debug)]
enum Step {
    /// The device of this number is in session and asks.
    Asks(usize),
    /// Its session ends.
    Ends(usize),
    /// The challenge that was out longest is used.
    Used,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        4 => (0_usize..12).prop_map(Step::Asks),
        1 => (0_usize..12).prop_map(Step::Ends),
        2 => Just(Step::Used),
    ];
    proptest::collection::vec(step, 1..200)
}

/// The queue as the database would have it: by age, with who is present.
#[derive(Default)]
struct Queue {
    waiting: BTreeMap<usize, (usize, bool)>,
    clock: usize,
    out: u32,
}

impl Queue {
    fn standing(&self, device: usize) -> Standing {
        let own = self.waiting[&device].0;
        let ahead = || self.waiting.values().filter(|(since, _)| *since < own);
        Standing {
            ahead: u32::try_from(ahead().count()).unwrap(),
            present_ahead: u32::try_from(ahead().filter(|(_, is_present)| *is_present).count()).unwrap(),
        }
    }
}

proptest! {
    #[test]
    fn never_more_out_than_slots_and_the_oldest_present_first(steps in steps(), slots in 1_u32..6) {
        let mut queue = Queue::default();
        for step in steps {
            match step {
                Step::Asks(device) => {
                    queue.clock += 1;
                    let clock = queue.clock;
                    queue.waiting.entry(device).or_insert((clock, true)).1 = true;
                    let standing = queue.standing(device);
                    match turn(standing, slots, queue.out) {
                        Turn::Claim => {
                            // Nobody before it goes without: there is a slot for each of them as well.
                            prop_assert!(queue.out + standing.present_ahead < slots);
                            queue.out += 1;
                            queue.waiting.remove(&device);
                        }
                        Turn::Stay => prop_assert!(standing.present_ahead < 2 * slots),
                        Turn::Leave => {
                            prop_assert!(standing.present_ahead >= 2 * slots);
                            queue.waiting.get_mut(&device).unwrap().1 = false;
                        }
                    }
                }
                Step::Ends(device) => {
                    if let Some(waiting) = queue.waiting.get_mut(&device) {
                        waiting.1 = false;
                    }
                }
                Step::Used => queue.out = queue.out.saturating_sub(1),
            }
            prop_assert!(queue.out <= slots);
        }
    }

    #[test]
    fn whoever_is_further_behind_never_comes_more_often(place in 1_u32..20_000, slots in 1_u32..50) {
        let minutes = poll_minutes(place, slots);
        prop_assert!((1..=30).contains(&minutes));
        prop_assert!(minutes <= poll_minutes(place + 1, slots));
    }
}

#[test]
fn the_first_ones_come_each_minute_and_the_last_ones_seldom() {
    let minutes: Vec<u32> = [1, 10, 19, 20, 100, 10_000]
        .into_iter()
        .map(|place| poll_minutes(place, 5))
        .collect();
    assert_eq!(minutes, [1, 1, 1, 2, 10, 30]);
}

#[test]
fn two_thousand_that_wait_are_few_sessions_a_minute() {
    let sessions: f64 = (1..=2_000_u32)
        .map(|place| 1.0 / f64::from(poll_minutes(place, 5)))
        .sum();
    assert!(sessions < 120.0, "{sessions}");
    // And enough for five slots that are used six times a minute each.
    assert!(sessions > 30.0, "{sessions}");
}

#[test]
fn a_device_is_told_when_it_may_come_twice_as_often() {
    assert!(is_worth_telling(2, 1) && is_worth_telling(1, 2) && is_worth_telling(30, 10));
    assert!(!is_worth_telling(10, 7) && !is_worth_telling(7, 10) && !is_worth_telling(1, 1));
}

#[test]
fn an_authority_without_slots_lets_nobody_claim_or_wait() {
    assert_eq!(turn(Standing::default(), 0, 0), Turn::Leave);
}
