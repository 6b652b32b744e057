//! Signing in: passwords, the delay after wrong ones, browser sessions and bearer tokens.

pub mod backoff;
pub mod cookie;
pub mod passwords;

use domain::Timestamp;

/// Whether the next attempt comes too early, by how many failures there were and when the last was.
pub fn is_backing_off(failures: &(i64, Option<Timestamp>), now: Timestamp) -> bool {
    backoff::seconds_left(failures, now) > 0
}
