//! One challenge for everybody: when it is taken for that, and when no longer.

use domain::{
    Timestamp,
    broker::{Serving, Shown},
};

const NOW: Timestamp = Timestamp::from_seconds(1_800_000_000);

fn later(seconds: i64) -> Timestamp {
    NOW.plus_seconds(seconds)
}

/// Proved by two pages, the second one at `NOW`.
fn proved() -> Serving {
    Serving::default()
        .after_page(Shown::Another, later(-60))
        .after_page(Shown::Same, NOW)
}

#[test]
fn two_pages_with_the_same_challenge_prove_that_it_serves_everybody() {
    let once = Serving::default().after_page(Shown::Another, NOW);
    assert_eq!(once.everybody_since(), None, "one page proves nothing");
    assert_eq!(
        once.after_page(Shown::Another, later(1)).everybody_since(),
        None,
        "nor do two that differ"
    );
    assert_eq!(proved().everybody_since(), Some(NOW));
    assert_eq!(proved().after_page(Shown::Same, later(60)), proved());
}

#[test]
fn a_page_with_a_lifetime_or_a_full_cache_ends_it() {
    assert_eq!(proved().after_page(Shown::Lifetime, later(1)), Serving::Once);
    assert_eq!(Serving::after_full(), Serving::Once);
}

#[test]
fn its_refusal_puts_it_in_doubt_until_the_next_page() {
    let doubted = proved().after_refusal(later(5));
    assert_eq!(doubted.everybody_since(), None);
    assert_eq!(doubted.after_refusal(later(6)), doubted);
    let the_same = doubted.after_page(Shown::Same, later(10));
    assert_eq!(
        the_same.everybody_since(),
        Some(later(10)),
        "it was good after all"
    );
    assert_eq!(
        the_same.after_refusal(later(5)),
        the_same,
        "what was taken before the last page says nothing of it"
    );
    assert_eq!(
        doubted.after_page(Shown::Another, later(10)),
        Serving::InDoubt { since: later(10) }
    );
}

#[test]
fn in_doubt_one_more_is_asked_for_than_there_are_slots() {
    let doubted = Serving::InDoubt { since: NOW };
    assert_eq!((doubted.room(1), doubted.room(u32::MAX)), (2, u32::MAX));
    assert_eq!((Serving::Once.room(5), proved().room(5)), (5, 5));
}
