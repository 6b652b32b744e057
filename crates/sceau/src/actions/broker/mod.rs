//! The broker of challenges: an authority outside holds few unused ones at once, so a slot is claimed before one is
//! fetched, and what became of each is known.

mod claim;
mod fetch;
mod outcome;

pub use claim::{Claimed, claim};
pub use fetch::{Obtained, SignInTurn, fetch, sign_in_turn};
pub use outcome::{challenge_ended, known_problem, note_health, quiet};
