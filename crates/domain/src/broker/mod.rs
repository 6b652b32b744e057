//! The broker of challenges: who gets one next, and how long the others stay away. Decisions only; what they are about is
//! read and stored elsewhere.

mod queue;

pub use queue::{Standing, Turn, is_worth_telling, poll_minutes, turn};
