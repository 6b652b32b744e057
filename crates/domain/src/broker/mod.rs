//! The broker of challenges: who gets one next, and how long the others stay away. Decisions only; what they are about is
//! read and stored elsewhere.

mod breaker;
mod capacity;
mod orders;
mod queue;
mod restart;
mod serving;
mod silence;

pub use breaker::{Breaker, Gate, Probe, Trouble};
pub use capacity::{Learned, after_full, after_success, slots};
pub use orders::{OrderStanding, Orders};
pub use queue::{Standing, Turn, is_worth_telling, poll_minutes, turn};
pub use restart::{Presented, forgotten_until};
pub use serving::{Serving, Shown};
pub use silence::{Holding, Pace};
