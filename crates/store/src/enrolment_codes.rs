//! Codes that a person types once, instead of a password.

use domain::{Timestamp, device::enrolment::IdentityId, person::PersonId};

use crate::{Error, Tx, row::Row, value::values};

/// A code; only its hash is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EnrolmentCode {
    /// Whose it is.
    pub person_id: PersonId,
    /// Its hash, as passwords have them.
    pub hash: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// From when on it is worth nothing.
    pub expires_at: Timestamp,
    /// The identity that it was spent on.
    pub spent_on: Option<IdentityId>,
}

const PUT: &str = "INSERT INTO enrolment_codes (person_id, hash, created_at, expires_at, spent_on)
     VALUES ($1, $2, $3, $4, NULL)
     ON CONFLICT (person_id) DO UPDATE SET hash = excluded.hash, created_at = excluded.created_at,
     expires_at = excluded.expires_at, spent_on = NULL";
const OF_PERSON: &str = "SELECT * FROM enrolment_codes WHERE person_id = $1 AND expires_at > $2";
// The hash tells it from a code that was made since.
const SPEND: &str = "UPDATE enrolment_codes SET spent_on = $3
     WHERE person_id = $1 AND hash = $2 AND spent_on IS NULL AND expires_at > $4";
const DELETE: &str = "DELETE FROM enrolment_codes WHERE person_id = $1";
const DELETE_OLD: &str = "DELETE FROM enrolment_codes WHERE expires_at <= $1";

/// Keeps a person's code; the one before is worth nothing any more.
pub async fn put(tx: &mut Tx, code: &EnrolmentCode) -> Result<(), Error> {
    let values = values![code.person_id, code.hash, code.created_at, code.expires_at];
    tx.execute(PUT, values).await.map(drop)
}

/// The code of a person that hasn't ended, spent or not.
pub async fn of_person(
    tx: &mut Tx,
    person: &PersonId,
    now: Timestamp,
) -> Result<Option<EnrolmentCode>, Error> {
    tx.first(OF_PERSON, values![person, now], read).await
}

/// Spends a code on an identity. False: it was spent, replaced or taken back, or has ended.
pub async fn spend(
    tx: &mut Tx,
    code: &EnrolmentCode,
    identity: &IdentityId,
    now: Timestamp,
) -> Result<bool, Error> {
    let values = values![code.person_id, code.hash, identity, now];
    Ok(tx.execute(SPEND, values).await? > 0)
}

/// Takes a person's code back. False: there was none.
pub async fn delete(tx: &mut Tx, person: &PersonId) -> Result<bool, Error> {
    Ok(tx.execute(DELETE, values![person]).await? > 0)
}

/// Forgets codes that have ended.
pub async fn delete_old(tx: &mut Tx, now: Timestamp) -> Result<(), Error> {
    tx.execute(DELETE_OLD, values![now]).await.map(drop)
}

fn read(row: &Row) -> Result<EnrolmentCode, Error> {
    Ok(EnrolmentCode {
        person_id: row.read("person_id")?,
        hash: row.read("hash")?,
        created_at: row.read("created_at")?,
        expires_at: row.read("expires_at")?,
        spent_on: row.read("spent_on")?,
    })
}
