//! Turns of certificates that are issued again for a value that changed, by authority.

use domain::{Timestamp, external_ca::AuthorityId};

use crate::{Error, Tx, value::values};

const BY_AUTHORITY: &str = "SELECT next_at FROM reissue_turns WHERE authority_id = $1";
const PUT: &str = "INSERT INTO reissue_turns (authority_id, next_at) VALUES ($1, $2)
     ON CONFLICT (authority_id) DO UPDATE SET next_at = excluded.next_at";

/// When the next turn of an authority is, if there was ever one.
pub async fn of_authority(tx: &mut Tx, id: &AuthorityId) -> Result<Option<Timestamp>, Error> {
    tx.first(BY_AUTHORITY, values![id], |row| row.read("next_at"))
        .await
}

/// Keeps when the next turn is. No such authority is an error.
pub async fn put(tx: &mut Tx, id: &AuthorityId, next_at: Timestamp) -> Result<(), Error> {
    tx.execute(PUT, values![id, next_at]).await.map(drop)
}
