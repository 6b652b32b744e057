//! What authorities were asked for: rows are added, and forgotten when they are old.

use domain::{Timestamp, attempt::Attempt, external_ca::AuthorityId};

use crate::{
    Error, Tx,
    row::Row,
    value::{values, word},
};

const APPEND: &str =
    "INSERT INTO authority_attempts (authority_id, at, what, outcome, milliseconds, delivery_id)
     VALUES ($1, $2, $3, $4, $5, $6)";
const SINCE: &str =
    "SELECT * FROM authority_attempts WHERE authority_id = $1 AND at >= $2 ORDER BY at, number";
const DELETE_OLD: &str = "DELETE FROM authority_attempts WHERE at < $1";

/// Adds an attempt.
pub async fn append(tx: &mut Tx, attempt: &Attempt) -> Result<(), Error> {
    let values = values![
        attempt.authority_id,
        attempt.at,
        word(&attempt.asked)?,
        attempt.outcome,
        attempt.milliseconds,
        attempt.delivery_id,
    ];
    tx.execute(APPEND, values).await.map(drop)
}

/// An authority's attempts from `since` on, oldest first.
pub async fn since(tx: &mut Tx, authority_id: &AuthorityId, since: Timestamp) -> Result<Vec<Attempt>, Error> {
    tx.all(SINCE, values![authority_id, since], read).await
}

/// Forgets the attempts that are older than `before`.
pub async fn delete_old(tx: &mut Tx, before: Timestamp) -> Result<(), Error> {
    tx.execute(DELETE_OLD, values![before]).await.map(drop)
}

fn read(row: &Row) -> Result<Attempt, Error> {
    Ok(Attempt {
        authority_id: row.read("authority_id")?,
        at: row.read("at")?,
        asked: row.word("what")?,
        outcome: row.read("outcome")?,
        milliseconds: row.read("milliseconds")?,
        delivery_id: row.read("delivery_id")?,
    })
}
