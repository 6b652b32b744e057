//! An authority that is in trouble: one asks it, ever more seldom.

use domain::{
    Timestamp,
    broker::{Breaker, Gate, Trouble},
    external_ca::ChallengeLimits,
};
use proptest::prelude::*;

const NOW: Timestamp = Timestamp::from_seconds(1_800_000_000);

fn wait(breaker: &Breaker, from: Timestamp) -> i64 {
    breaker.open_until.unwrap().since(from)
}

#[test]
fn the_wait_grows_up_to_ten_times_and_ends_with_a_success() {
    let (limits, mut now) = (ChallengeLimits::default(), NOW);
    let mut breaker = Breaker::default();
    let mut waits = Vec::new();
    for _ in 0..6 {
        breaker = breaker.after_trouble(Trouble::Down, &limits, now, 128);
        waits.push(wait(&breaker, now) / 1000);
        now = breaker.open_until.unwrap();
    }
    assert_eq!(waits, [60, 120, 240, 480, 600, 600]);
    let well = breaker.after_success();
    assert_eq!(well.gate(now), Gate::Open);
    let again = well.after_trouble(Trouble::Down, &limits, now, 128);
    assert_eq!(wait(&again, now), 60_000, "it begins anew");
}

#[test]
fn a_full_cache_has_its_own_wait() {
    let limits = ChallengeLimits {
        backoff_seconds: 20,
        ..ChallengeLimits::default()
    };
    let full = Breaker::default().after_trouble(Trouble::Full, &limits, NOW, 128);
    assert_eq!((full.full_streak, wait(&full, NOW)), (1, 20_000));
}

#[test]
fn several_who_asked_at_once_and_heard_the_same_count_once() {
    let limits = ChallengeLimits::default();
    let first = Breaker::default().after_trouble(Trouble::Down, &limits, NOW, 0);
    let second = first
        .clone()
        .after_trouble(Trouble::Down, &limits, NOW.plus_seconds(1), 255);
    assert_eq!(first, second);
}

#[test]
fn a_probe_that_nobody_hears_of_is_given_up() {
    let limits = ChallengeLimits::default();
    let breaker = Breaker::default().after_trouble(Trouble::Down, &limits, NOW, 0);
    let later = NOW.plus_seconds(1000);
    assert_eq!(breaker.gate(later), Gate::OneProbe);
    let probed = breaker.probed_by("01", later);
    assert_eq!(probed.gate(later.plus_seconds(29)), Gate::Probed);
    assert_eq!(probed.gate(later.plus_seconds(30)), Gate::OneProbe);
}

/// What a herd does to an authority that is in trouble.
#[derive(Clone, Debug)]
enum Step {
    /// Somebody wants to ask.
    Wants,
    /// The probe is answered.
    Answered(bool),
    /// Time passes.
    Passes(u8),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        5 => Just(Step::Wants),
        1 => any::<bool>().prop_map(Step::Answered),
        2 => any::<u8>().prop_map(Step::Passes),
    ];
    proptest::collection::vec(step, 1..150)
}

proptest! {
    #[test]
    fn the_wait_is_spread_over_half_of_it(random in any::<u8>(), streak in 0_u32..20) {
        let limits = ChallengeLimits::default();
        let known = Breaker { down_streak: streak, ..Breaker::default() };
        let milliseconds = wait(&known.after_trouble(Trouble::Down, &limits, NOW, random), NOW);
        let usual = 60_000 * i64::from(2_u32.saturating_pow(streak).min(10));
        prop_assert!(milliseconds >= usual * 3 / 4 && milliseconds < usual * 5 / 4, "{milliseconds}");
    }

    #[test]
    fn in_trouble_one_asks_at_a_time(steps in steps()) {
        let limits = ChallengeLimits::default();
        let mut breaker = Breaker::default().after_trouble(Trouble::Down, &limits, NOW, 7);
        let (mut now, mut asking) = (NOW, Vec::new());
        for step in steps {
            let is_quiet = breaker.open_until.is_some_and(|until| now < until);
            match step {
                Step::Wants if is_quiet => {}
                Step::Wants => match breaker.gate(now) {
                    Gate::Open => {}
                    Gate::OneProbe => {
                        // Only one that is given up makes room for another.
                        asking.retain(|since: &Timestamp| now < since.plus_seconds(30));
                        prop_assert!(asking.is_empty());
                        asking.push(now);
                        breaker = breaker.probed_by("01", now);
                    }
                    Gate::Probed => prop_assert!(!asking.is_empty()),
                },
                Step::Answered(_) if asking.is_empty() => {}
                Step::Answered(is_good) => {
                    asking.clear();
                    breaker = match is_good {
                        true => breaker.after_success(),
                        false => breaker.after_trouble(Trouble::Down, &limits, now, 7),
                    };
                }
                Step::Passes(seconds) => now = now.plus_seconds(seconds.into()),
            }
        }
    }
}
