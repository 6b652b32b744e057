//! Who gets a challenge next, and how often the others come back.

mod breaker;
mod capacity;
mod orders;
mod queue;
mod restart;
mod serving;
mod silence;
