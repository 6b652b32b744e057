//! Browser sessions of the console, and one-time logins that begin one.

use domain::{Timestamp, operator::OperatorId};

use crate::{Error, Tx, row::Row, value::values};

/// A browser session. Its token is known to the browser alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConsoleSession {
    /// SHA-256 (hex) of the cookie's token.
    pub token_sha256: String,
    /// Who signed in.
    pub operator_id: OperatorId,
    /// What forms must repeat.
    pub csrf: String,
    /// When it began.
    pub created_at: Timestamp,
    /// When it ends at the latest.
    pub expires_at: Timestamp,
    /// When it was last used.
    pub last_seen_at: Timestamp,
}

const INSERT: &str =
    "INSERT INTO console_sessions (token_sha256, operator_id, csrf, created_at, expires_at, last_seen_at)
     VALUES ($1, $2, $3, $4, $5, $6)";
const BY_TOKEN: &str = "SELECT * FROM console_sessions WHERE token_sha256 = $1";
const TOUCH: &str = "UPDATE console_sessions SET last_seen_at = $2 WHERE token_sha256 = $1";
const DELETE: &str = "DELETE FROM console_sessions WHERE token_sha256 = $1";
const DELETE_OF_OPERATOR: &str = "DELETE FROM console_sessions WHERE operator_id = $1";
const DELETE_EXPIRED: &str = "DELETE FROM console_sessions WHERE expires_at <= $1";
const INSERT_LOGIN: &str =
    "INSERT INTO one_time_logins (token_sha256, operator_id, expires_at) VALUES ($1, $2, $3)";
const TAKE_LOGIN: &str =
    "DELETE FROM one_time_logins WHERE token_sha256 = $1 RETURNING operator_id, expires_at";

/// Begins a session.
pub async fn insert(tx: &mut Tx, session: &ConsoleSession) -> Result<(), Error> {
    let values = values![
        session.token_sha256,
        session.operator_id,
        session.csrf,
        session.created_at,
        session.expires_at,
        session.last_seen_at,
    ];
    tx.execute(INSERT, values).await.map(drop)
}

/// Finds a session, expired or not.
pub async fn by_token_sha256(tx: &mut Tx, token_sha256: &str) -> Result<Option<ConsoleSession>, Error> {
    tx.first(BY_TOKEN, values![token_sha256], read).await
}

/// Notes that a session was used.
pub async fn touch(tx: &mut Tx, token_sha256: &str, now: Timestamp) -> Result<(), Error> {
    tx.execute(TOUCH, values![token_sha256, now]).await.map(drop)
}

/// Ends a session; one that ended already is no error.
pub async fn delete(tx: &mut Tx, token_sha256: &str) -> Result<(), Error> {
    tx.execute(DELETE, values![token_sha256]).await.map(drop)
}

/// Ends all sessions of an operator and says how many there were.
pub async fn delete_of_operator(tx: &mut Tx, operator_id: &OperatorId) -> Result<u64, Error> {
    tx.execute(DELETE_OF_OPERATOR, values![operator_id]).await
}

/// Deletes what expired and says how many there were.
pub async fn delete_expired(tx: &mut Tx, now: Timestamp) -> Result<u64, Error> {
    tx.execute(DELETE_EXPIRED, values![now]).await
}

/// Keeps a one-time login.
pub async fn insert_one_time_login(
    tx: &mut Tx,
    token_sha256: &str,
    operator_id: &OperatorId,
    expires_at: Timestamp,
) -> Result<(), Error> {
    tx.execute(INSERT_LOGIN, values![token_sha256, operator_id, expires_at])
        .await
        .map(drop)
}

/// Uses a one-time login up; none when it is unknown, used or expired.
pub async fn take_one_time_login(
    tx: &mut Tx,
    token_sha256: &str,
    now: Timestamp,
) -> Result<Option<OperatorId>, Error> {
    let taken = tx
        .first(TAKE_LOGIN, values![token_sha256], |row| {
            Ok((row.read("operator_id")?, row.read::<Timestamp>("expires_at")?))
        })
        .await?;
    Ok(taken
        .filter(|(_, expires_at)| now < *expires_at)
        .map(|(operator_id, _)| operator_id))
}

fn read(row: &Row) -> Result<ConsoleSession, Error> {
    Ok(ConsoleSession {
        token_sha256: row.read("token_sha256")?,
        operator_id: row.read("operator_id")?,
        csrf: row.read("csrf")?,
        created_at: row.read("created_at")?,
        expires_at: row.read("expires_at")?,
        last_seen_at: row.read("last_seen_at")?,
    })
}
