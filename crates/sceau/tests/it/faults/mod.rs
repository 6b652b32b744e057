//! What holds when processes die, networks break and passwords are wrong. Each test runs the real program.

mod agreement;
mod breaker;
mod children;
mod demonstration;
mod direct;
mod kills;
mod leaving;
mod nodes;
mod ordinary;
mod own_authority;
pub mod parts;
#[path = "../../../../store/tests/store/postgres.rs"]
pub mod postgres;
mod processes;
mod queue;
mod relay;
mod restart;
mod reusable;
mod sign_in;
mod silent;
mod slots;
mod struck;
mod told;

use tokio::sync::{Semaphore, SemaphorePermit};

/// How many of those that wait more than they work run at once.
const TOGETHER: u32 = 6;
/// The turns of one that keeps all processors busy: two that wait may go on beside it.
const ALONE: u32 = 4;

static TURNS: Semaphore = Semaphore::const_new(TOGETHER as usize);

/// One of these tests at a time: each keeps all processors busy.
pub async fn alone() -> SemaphorePermit<'static> {
    TURNS.acquire_many(ALONE).await.expect("it is never closed")
}

/// Beside others of its kind: it waits more than it works.
pub async fn beside_another() -> SemaphorePermit<'static> {
    TURNS.acquire().await.expect("it is never closed")
}
