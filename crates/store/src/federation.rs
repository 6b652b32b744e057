//! Where people sign in for an enrolment, and what their sign-in brought their devices.

use domain::{
    Timestamp,
    device::enrolment::IdentityId,
    federation::{Federation, SignInToken},
};

use crate::{
    Error, Tx,
    row::Row,
    value::{json, values},
};

const READ: &str = "SELECT settings, client_secret FROM federation_settings WHERE singleton = 1";
const PUT: &str = "INSERT INTO federation_settings (singleton, settings, client_secret, updated_at)
     VALUES (1, $1, $2, $3)
     ON CONFLICT (singleton) DO UPDATE SET settings = excluded.settings,
     client_secret = excluded.client_secret, updated_at = excluded.updated_at";
const INSERT: &str =
    "INSERT INTO sign_in_tokens (id, token_sha256, person_id, created_at, expires_at, spent_on)
     VALUES ($1, $2, $3, $4, $5, $6)";
const BY_SHA256: &str = "SELECT * FROM sign_in_tokens WHERE token_sha256 = $1";
const SPEND: &str = "UPDATE sign_in_tokens SET spent_on = $2
     WHERE id = $1 AND spent_on IS NULL AND expires_at > $3";
const FORGET: &str = "DELETE FROM sign_in_tokens WHERE expires_at < $1";

/// The provider; an empty one where nobody gave any.
pub async fn read(tx: &mut Tx) -> Result<Federation, Error> {
    let found = tx.first(READ, values![], |row| {
        Ok(Federation {
            settings: row.json("settings")?,
            client_secret: row.read("client_secret")?,
        })
    });
    Ok(found.await?.unwrap_or_default())
}

/// Keeps the provider.
pub async fn put(tx: &mut Tx, federation: &Federation, now: Timestamp) -> Result<(), Error> {
    let values = values![json(&federation.settings)?, federation.client_secret, now];
    tx.execute(PUT, values).await.map(drop)
}

/// Keeps a token under the SHA-256 (hex) of what the device shows.
pub async fn insert_token(tx: &mut Tx, token: &SignInToken, token_sha256: &str) -> Result<(), Error> {
    let values = values![
        token.id,
        token_sha256,
        token.person_id,
        token.created_at,
        token.expires_at,
        token.spent_on,
    ];
    tx.execute(INSERT, values).await.map(drop)
}

/// Finds the token of that SHA-256 (hex), whatever became of it.
pub async fn token_by_sha256(tx: &mut Tx, token_sha256: &str) -> Result<Option<SignInToken>, Error> {
    tx.first(BY_SHA256, values![token_sha256], read_token).await
}

/// Spends a token on an identity. False: it was spent before, or has ended.
pub async fn spend_token(
    tx: &mut Tx,
    token: &SignInToken,
    identity: &IdentityId,
    now: Timestamp,
) -> Result<bool, Error> {
    Ok(tx.execute(SPEND, values![token.id, identity, now]).await? > 0)
}

/// Forgets the tokens that ended before that moment.
pub async fn forget_tokens(tx: &mut Tx, before: Timestamp) -> Result<(), Error> {
    tx.execute(FORGET, values![before]).await.map(drop)
}

fn read_token(row: &Row) -> Result<SignInToken, Error> {
    Ok(SignInToken {
        id: row.read("id")?,
        person_id: row.read("person_id")?,
        created_at: row.read("created_at")?,
        expires_at: row.read("expires_at")?,
        spent_on: row.read("spent_on")?,
    })
}
