//! The delay after wrong passwords: it grows, and it is bounded, so that nobody can lock an owner out for good.
//! It belongs to the name *and* the address: a stranger who guesses elsewhere doesn't slow the owner down.

use domain::{Error, Kind, Timestamp};
use store::{Tx, login_attempts};

/// Wrong passwords that cost nothing yet.
const FREE: i64 = 4;
/// The longest delay in seconds.
const LONGEST_SECONDS: i64 = 300;
/// After so long without a wrong password the count begins again.
const FORGOTTEN_SECONDS: i64 = 3600;

/// What the delay belongs to. `door` tells the console from enrolment.
pub fn key(door: &str, name: &str, address: &str) -> String {
    // Names come from outside: hashed, they have one length and tell nothing.
    let name = crate::secrets::token_sha256(&name.trim().to_lowercase());
    format!("{door}:{name}:{address}")
}

/// Refuses an attempt that comes too early.
pub async fn admit(tx: &mut Tx, key: &str, now: Timestamp) -> Result<(), crate::actions::Error> {
    let wait = seconds_left(&login_attempts::failures(tx, key).await?, now);
    if wait == 0 {
        return Ok(());
    }
    Err(Error::new(
        Kind::State,
        "error-login-too-early",
        format!("too many wrong passwords: try again in {wait} seconds"),
    )
    .with("seconds", wait.to_string())
    .into())
}

/// Seconds until the next attempt is looked at, by how many failures there were and when the last was.
pub fn seconds_left(failures: &(i64, Option<Timestamp>), now: Timestamp) -> i64 {
    let (count, Some(last_at)) = *failures else {
        return 0;
    };
    let passed = now.since(last_at).div_euclid(1000);
    if count < FREE || passed >= FORGOTTEN_SECONDS {
        return 0;
    }
    let doublings = u32::try_from((count - FREE).min(16)).unwrap_or(16);
    let delay = 2_i64.saturating_pow(doublings).min(LONGEST_SECONDS);
    (delay - passed).clamp(0, LONGEST_SECONDS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_delay_grows_and_is_bounded() {
        let now = Timestamp::from_seconds(1_000_000);
        let left = |count| seconds_left(&(count, Some(now)), now);
        assert_eq!([left(0), left(3), left(4), left(5), left(8)], [0, 0, 1, 2, 16]);
        assert_eq!(left(60), LONGEST_SECONDS);
        assert_eq!(
            seconds_left(&(60, Some(now)), now.plus_seconds(LONGEST_SECONDS)),
            0
        );
    }
}
