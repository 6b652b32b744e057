//! Whose turn it is to sign in to an authority, over all nodes: a lease that lapses by itself.

use domain::{Timestamp, external_ca::AuthorityId};

use crate::{Error, Tx, value::values};

const CLAIM: &str = "INSERT INTO sign_in_turns (authority_id, holder, until) VALUES ($1, $2, $3)
     ON CONFLICT (authority_id) DO UPDATE SET holder = excluded.holder, until = excluded.until
     WHERE sign_in_turns.until <= $4 RETURNING holder";
const GIVE_BACK: &str = "DELETE FROM sign_in_turns WHERE authority_id = $1 AND holder = $2";

/// Takes the turn until `until`; false while another holds it.
pub async fn claim(
    tx: &mut Tx,
    authority: &AuthorityId,
    holder: &str,
    until: Timestamp,
    now: Timestamp,
) -> Result<bool, Error> {
    let claimed: Option<String> = tx
        .first(CLAIM, values![authority, holder, until, now], |row| {
            row.read("holder")
        })
        .await?;
    Ok(claimed.is_some())
}

/// Gives the turn back. What another holds by now stays its own.
pub async fn give_back(tx: &mut Tx, authority: &AuthorityId, holder: &str) -> Result<(), Error> {
    tx.execute(GIVE_BACK, values![authority, holder]).await.map(drop)
}
