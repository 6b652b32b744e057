//! The broker of challenges: an authority outside holds few unused ones at once, so a slot is claimed before one is
//! fetched, the oldest device in session first, and what became of each is known.

mod claim;
mod fetch;
mod occupancy;
mod order;
mod outcome;
pub mod queue;
mod restart;
mod reusable;
mod turn;

pub use claim::{Claimed, Wish, claim};
pub use fetch::{Obtained, fetch};
pub use order::{OrderWish, Wait, claim_for_order, order_waits, rest};
pub use outcome::{challenge_ended, known_problem, learn, note_health, stopped_problem};
pub use restart::{challenge_presented, was_forgotten};
pub use reusable::{forget_reusable, page_seen, reusable, reusable_now};
pub use turn::{SignInTurn, asked_turn, sign_in_turn};
