//! One-time challenges of built-in authorities, kept by their hash.

use domain::{
    Timestamp,
    external_ca::AuthorityId,
    issuance::{IssuanceId, OneTimeChallenge},
};

use crate::{
    Error, Tx,
    row::Row,
    transactions::{columns, owner},
    value::{json, values},
};

const INSERT: &str =
    "INSERT INTO one_time_challenges (sha256, authority_id, owner_kind, owner_id, wanted, created_at,
     expires_at, used_by) VALUES ($1, $2, $3, $4, $5, $6, $7, NULL)";
const BY_SHA256: &str = "SELECT * FROM one_time_challenges WHERE sha256 = $1 AND authority_id = $2";
// One statement decides who spends it: of two requests at once, one finds nothing.
const SPEND: &str = "UPDATE one_time_challenges SET used_by = $3
     WHERE sha256 = $1 AND authority_id = $2 AND used_by IS NULL AND expires_at > $4 RETURNING *";
const DELETE_OLD: &str = "DELETE FROM one_time_challenges WHERE expires_at < $1";

/// Keeps a new challenge.
pub async fn insert(tx: &mut Tx, challenge: &OneTimeChallenge) -> Result<(), Error> {
    let (kind, id) = columns(&challenge.owner);
    let values = values![
        challenge.sha256,
        challenge.authority_id,
        kind,
        id,
        json(&challenge.wanted)?,
        challenge.created_at,
        challenge.expires_at,
    ];
    tx.execute(INSERT, values).await.map(drop)
}

/// Finds a challenge of an authority, spent or not.
pub async fn by_sha256(
    tx: &mut Tx,
    sha256: &str,
    authority: &AuthorityId,
) -> Result<Option<OneTimeChallenge>, Error> {
    tx.first(BY_SHA256, values![sha256, authority], read).await
}

/// Spends a challenge for an issuance; none where there is no such challenge, or it was spent or is too old.
pub async fn spend(
    tx: &mut Tx,
    sha256: &str,
    authority: &AuthorityId,
    issuance: &IssuanceId,
    now: Timestamp,
) -> Result<Option<OneTimeChallenge>, Error> {
    let values = values![sha256, authority, issuance, now];
    tx.first(SPEND, values, read).await
}

/// Deletes challenges that ended before the moment.
pub async fn delete_old(tx: &mut Tx, before: Timestamp) -> Result<u64, Error> {
    tx.execute(DELETE_OLD, values![before]).await
}

fn read(row: &Row) -> Result<OneTimeChallenge, Error> {
    Ok(OneTimeChallenge {
        sha256: row.read("sha256")?,
        authority_id: row.read("authority_id")?,
        owner: owner(row)?,
        wanted: row.json("wanted")?,
        created_at: row.read("created_at")?,
        expires_at: row.read("expires_at")?,
        used_by: row.read("used_by")?,
    })
}
