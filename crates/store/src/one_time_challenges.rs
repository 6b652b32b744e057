//! One-time challenges of built-in authorities, kept by their key: never as they are.

use domain::{Timestamp, external_ca::AuthorityId, issuance::OneTimeChallenge, transaction::Owner};

use crate::{
    Error, Tx,
    row::Row,
    transactions::{columns, owner},
    value::{json, values},
};

const INSERT: &str =
    "INSERT INTO one_time_challenges (challenge_key, authority_id, owner_kind, owner_id, wanted, created_at,
     expires_at, validity_milliseconds) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
const BY_KEY: &str = "SELECT * FROM one_time_challenges WHERE challenge_key = $1 AND authority_id = $2";
const WITHDRAW: &str = "DELETE FROM one_time_challenges WHERE owner_kind = $1 AND owner_id = $2";
const DELETE_OLD: &str = "DELETE FROM one_time_challenges WHERE expires_at < $1";

/// Keeps a new challenge.
pub async fn insert(tx: &mut Tx, challenge: &OneTimeChallenge) -> Result<(), Error> {
    let (kind, id) = columns(&challenge.owner);
    let values = values![
        challenge.key,
        challenge.authority_id,
        kind,
        id,
        json(&challenge.wanted)?,
        challenge.created_at,
        challenge.expires_at,
        challenge.wanted.validity_seconds.saturating_mul(1000),
    ];
    tx.execute(INSERT, values).await.map(drop)
}

/// Finds a challenge of an authority, whether or not something was issued for it.
pub async fn by_key(
    tx: &mut Tx,
    key: &str,
    authority: &AuthorityId,
) -> Result<Option<OneTimeChallenge>, Error> {
    tx.first(BY_KEY, values![key, authority], read).await
}

/// Makes an owner's challenges worth nothing.
pub async fn withdraw(tx: &mut Tx, owner: &Owner) -> Result<(), Error> {
    let (kind, id) = columns(owner);
    tx.execute(WITHDRAW, values![kind, id]).await.map(drop)
}

/// Deletes challenges that ended before the moment.
pub async fn delete_old(tx: &mut Tx, before: Timestamp) -> Result<u64, Error> {
    tx.execute(DELETE_OLD, values![before]).await
}

fn read(row: &Row) -> Result<OneTimeChallenge, Error> {
    Ok(OneTimeChallenge {
        key: row.read("challenge_key")?,
        authority_id: row.read("authority_id")?,
        owner: owner(row)?,
        wanted: row.json("wanted")?,
        created_at: row.read("created_at")?,
        expires_at: row.read("expires_at")?,
    })
}
