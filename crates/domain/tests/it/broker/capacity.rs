//! How many challenges may be out.

use domain::{
    Timestamp,
    broker::{Learned, after_full, after_success, slots},
    external_ca::ChallengeLimits,
};
use proptest::prelude::*;

const NOW: Timestamp = Timestamp::from_seconds(1_800_000_000);

fn limits() -> ChallengeLimits {
    ChallengeLimits::default()
}

#[test]
fn a_full_cache_teaches_how_many_fit() {
    let learned = after_full(&limits(), 3, NOW);
    assert_eq!(slots(&limits(), Some(learned), NOW), 3);
    assert_eq!(
        slots(&limits(), Some(after_full(&limits(), 0, NOW)), NOW),
        1,
        "one is always tried"
    );
    assert_eq!(
        slots(&limits(), Some(after_full(&limits(), 9, NOW)), NOW),
        5,
        "the form says how many at most"
    );
}

#[test]
fn what_was_learned_is_forgotten_after_a_challenges_life() {
    let learned = Some(after_full(&limits(), 1, NOW));
    assert_eq!(slots(&limits(), learned, NOW.plus_seconds(3599)), 1);
    assert_eq!(slots(&limits(), learned, NOW.plus_seconds(3600)), 5);
}

#[test]
fn one_more_is_tried_when_all_were_out_for_a_while() {
    let learned = Some(Learned { max: 2, at: NOW });
    let later = NOW.plus_seconds(360);
    assert_eq!(
        after_success(&limits(), learned, 2, NOW.plus_seconds(359)),
        learned
    );
    assert_eq!(
        after_success(&limits(), learned, 1, later),
        learned,
        "not all were out"
    );
    assert_eq!(
        after_success(&limits(), learned, 2, later),
        Some(Learned { max: 3, at: later })
    );
    let nearly = Some(Learned { max: 4, at: NOW });
    assert_eq!(
        after_success(&limits(), nearly, 4, later),
        None,
        "then it is as the form says"
    );
    assert_eq!(after_success(&limits(), None, 5, later), None);
}

proptest! {
    #[test]
    fn it_is_never_more_than_the_form_says_and_never_none(
        others in 0_u32..20,
        out in 0_u32..20,
        seconds in 0_i64..10_000,
        max_unused in 1_u32..10,
    ) {
        let limits = ChallengeLimits { max_unused, ..limits() };
        let (learned, later) = (after_full(&limits, others, NOW), NOW.plus_seconds(seconds));
        for known in [Some(learned), after_success(&limits, Some(learned), out, later)] {
            let slots = slots(&limits, known, later);
            prop_assert!((1..=max_unused).contains(&slots), "{slots}");
        }
    }
}
