//! Tokens that enrol several devices.

use domain::{
    Timestamp,
    enrolment_token::{EnrolmentToken, EnrolmentTokenId},
    person::PersonId,
};

use crate::{Error, Tx, row::Row, value::values};

const INSERT: &str =
    "INSERT INTO enrolment_tokens (id, name, token_sha256, person_id, devices, used, created_at,
     expires_at, withdrawn_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
const ALL: &str = "SELECT * FROM enrolment_tokens ORDER BY id DESC LIMIT $1";
const OF_PERSON: &str = "SELECT * FROM enrolment_tokens WHERE person_id = $1 ORDER BY id";
const BY_ID: &str = "SELECT * FROM enrolment_tokens WHERE id = $1";
const BY_SHA256: &str = "SELECT * FROM enrolment_tokens WHERE token_sha256 = $1";
const USE: &str = "UPDATE enrolment_tokens SET used = used + 1
     WHERE id = $1 AND used < devices AND expires_at > $2 AND withdrawn_at IS NULL";
const WITHDRAW: &str = "UPDATE enrolment_tokens SET withdrawn_at = $2 WHERE id = $1 AND withdrawn_at IS NULL";

/// Keeps a token under the SHA-256 (hex) of what its bearer shows.
pub async fn insert(tx: &mut Tx, token: &EnrolmentToken, token_sha256: &str) -> Result<(), Error> {
    let values = values![
        token.id,
        token.name,
        token_sha256,
        token.person_id,
        token.devices,
        token.used,
        token.created_at,
        token.expires_at,
        token.withdrawn_at,
    ];
    tx.execute(INSERT, values).await.map(drop)
}

/// The newest tokens.
pub async fn newest(tx: &mut Tx, limit: u32) -> Result<Vec<EnrolmentToken>, Error> {
    tx.all(ALL, values![limit], read).await
}

/// All tokens that enrol for a person.
pub async fn of_person(tx: &mut Tx, person: &PersonId) -> Result<Vec<EnrolmentToken>, Error> {
    tx.all(OF_PERSON, values![person], read).await
}

/// Finds a token.
pub async fn by_id(tx: &mut Tx, id: &EnrolmentTokenId) -> Result<Option<EnrolmentToken>, Error> {
    tx.first(BY_ID, values![id], read).await
}

/// Finds the token of that SHA-256 (hex), whatever became of it.
pub async fn by_sha256(tx: &mut Tx, token_sha256: &str) -> Result<Option<EnrolmentToken>, Error> {
    tx.first(BY_SHA256, values![token_sha256], read).await
}

/// Counts one more device. False: the token is used up, withdrawn, or has ended.
pub async fn count_use(tx: &mut Tx, id: &EnrolmentTokenId, now: Timestamp) -> Result<bool, Error> {
    Ok(tx.execute(USE, values![id, now]).await? > 0)
}

/// Withdraws a token. False: it was withdrawn before.
pub async fn withdraw(tx: &mut Tx, id: &EnrolmentTokenId, now: Timestamp) -> Result<bool, Error> {
    Ok(tx.execute(WITHDRAW, values![id, now]).await? > 0)
}

fn read(row: &Row) -> Result<EnrolmentToken, Error> {
    Ok(EnrolmentToken {
        id: row.read("id")?,
        name: row.read("name")?,
        person_id: row.read("person_id")?,
        devices: row.read("devices")?,
        used: row.read("used")?,
        created_at: row.read("created_at")?,
        expires_at: row.read("expires_at")?,
        withdrawn_at: row.read("withdrawn_at")?,
    })
}
