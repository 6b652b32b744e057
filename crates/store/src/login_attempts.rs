//! Failed attempts to sign in, counted by name or by address, so that guessing gets slow.

use domain::Timestamp;

use crate::{Error, Tx, value::values};

const RECORD: &str = "INSERT INTO login_attempts (who, failures, last_at) VALUES ($1, 1, $2)
     ON CONFLICT (who) DO UPDATE SET failures = login_attempts.failures + 1, last_at = excluded.last_at";
const FAILURES: &str = "SELECT failures, last_at FROM login_attempts WHERE who = $1";
const CLEAR: &str = "DELETE FROM login_attempts WHERE who = $1";
const FORGET: &str = "DELETE FROM login_attempts WHERE last_at < $1";

/// Counts a failure. `who` is any text, such as `name:…` or `address:…`.
pub async fn record_failure(tx: &mut Tx, who: &str, now: Timestamp) -> Result<(), Error> {
    tx.execute(RECORD, values![who, now]).await.map(drop)
}

/// How many failures there were since the last success, and when the last was.
pub async fn failures(tx: &mut Tx, who: &str) -> Result<(i64, Option<Timestamp>), Error> {
    let found = tx
        .first(FAILURES, values![who], |row| {
            Ok((row.read("failures")?, Some(row.read("last_at")?)))
        })
        .await?;
    Ok(found.unwrap_or((0, None)))
}

/// Forgets the failures after a success.
pub async fn clear(tx: &mut Tx, who: &str) -> Result<(), Error> {
    tx.execute(CLEAR, values![who]).await.map(drop)
}

/// Forgets failures whose last is older than the moment; says how many rows that were.
pub async fn forget_before(tx: &mut Tx, before: Timestamp) -> Result<u64, Error> {
    tx.execute(FORGET, values![before]).await
}
