//! Identity providers that write people and groups (SCIM), and their tokens.

pub mod groups;
pub mod people;

use domain::{
    Timestamp,
    scim::{Source, SourceId, Token, TokenId},
};

use crate::{Error, Tx, row::Row, value::values};

const INSERT: &str =
    "INSERT INTO scim_sources (id, name, adopts, created_at, updated_at) VALUES ($1, $2, $3, $4, $5)";
const UPDATE: &str = "UPDATE scim_sources SET name = $2, adopts = $3, updated_at = $4 WHERE id = $1";
const DELETE: &str = "DELETE FROM scim_sources WHERE id = $1";
const BY_ID: &str = "SELECT * FROM scim_sources WHERE id = $1";
const ALL: &str = "SELECT * FROM scim_sources ORDER BY name";

const ADD_TOKEN: &str =
    "INSERT INTO scim_tokens (id, source_id, token_sha256, created_at, last_used_at, revoked_at)
     VALUES ($1, $2, $3, $4, $5, $6)";
const TOKENS: &str = "SELECT * FROM scim_tokens WHERE source_id = $1 ORDER BY id DESC LIMIT $2";
const LAST_USED: &str =
    "SELECT source_id, MAX(last_used_at) AS at FROM scim_tokens WHERE last_used_at IS NOT NULL
     GROUP BY source_id ORDER BY source_id";
const GOOD: &str = "SELECT COUNT(*) AS n FROM scim_tokens WHERE source_id = $1 AND revoked_at IS NULL";
const TOKEN: &str = "SELECT * FROM scim_tokens WHERE id = $1";
const BY_SHA256: &str = "SELECT * FROM scim_tokens WHERE token_sha256 = $1 AND revoked_at IS NULL";
const USED: &str = "UPDATE scim_tokens SET last_used_at = $2 WHERE id = $1";
const REVOKE: &str = "UPDATE scim_tokens SET revoked_at = $2 WHERE id = $1 AND revoked_at IS NULL";

/// Adds a source; another of its name is a conflict.
pub async fn insert(tx: &mut Tx, source: &Source) -> Result<(), Error> {
    let values = values![
        source.id,
        source.name,
        source.adopts,
        source.created_at,
        source.updated_at
    ];
    tx.execute(INSERT, values).await.map(drop)
}

/// Writes a source anew.
pub async fn update(tx: &mut Tx, source: &Source) -> Result<(), Error> {
    let values = values![source.id, source.name, source.adopts, source.updated_at];
    tx.change("scim_sources", UPDATE, values).await
}

/// Removes a source with its tokens; its people and groups stay, by hand from then on.
pub async fn delete(tx: &mut Tx, id: &SourceId) -> Result<(), Error> {
    tx.change("scim_sources", DELETE, values![id]).await
}

/// Finds a source.
pub async fn by_id(tx: &mut Tx, id: &SourceId) -> Result<Option<Source>, Error> {
    tx.first(BY_ID, values![id], read).await
}

/// All sources, by name.
pub async fn all(tx: &mut Tx) -> Result<Vec<Source>, Error> {
    tx.all(ALL, values![], read).await
}

/// Keeps a token under the SHA-256 (hex) of what is shown.
pub async fn add_token(tx: &mut Tx, token: &Token, token_sha256: &str) -> Result<(), Error> {
    let values = values![
        token.id,
        token.source_id,
        token_sha256,
        token.created_at,
        token.last_used_at,
        token.revoked_at,
    ];
    tx.execute(ADD_TOKEN, values).await.map(drop)
}

/// The newest tokens of a source, the newest first.
pub async fn tokens(tx: &mut Tx, id: &SourceId, limit: u32) -> Result<Vec<Token>, Error> {
    tx.all(TOKENS, values![id, limit], read_token).await
}

/// How many tokens of a source are good.
pub async fn good_tokens(tx: &mut Tx, id: &SourceId) -> Result<i64, Error> {
    tx.number(GOOD, values![id]).await
}

/// When each source last showed a token; those that never did are left out.
pub async fn last_used(tx: &mut Tx) -> Result<Vec<(SourceId, Timestamp)>, Error> {
    tx.all(LAST_USED, values![], |row| {
        Ok((row.read("source_id")?, row.read("at")?))
    })
    .await
}

/// Finds a token, whatever became of it.
pub async fn token(tx: &mut Tx, id: &TokenId) -> Result<Option<Token>, Error> {
    tx.first(TOKEN, values![id], read_token).await
}

/// Finds the token of that SHA-256 (hex) that nobody revoked.
pub async fn token_by_sha256(tx: &mut Tx, token_sha256: &str) -> Result<Option<Token>, Error> {
    tx.first(BY_SHA256, values![token_sha256], read_token).await
}

/// Notes that a token was shown.
pub async fn note_use(tx: &mut Tx, id: &TokenId, now: Timestamp) -> Result<(), Error> {
    tx.change("scim_tokens", USED, values![id, now]).await
}

/// Revokes a token. False: it was revoked before.
pub async fn revoke(tx: &mut Tx, id: &TokenId, now: Timestamp) -> Result<bool, Error> {
    Ok(tx.execute(REVOKE, values![id, now]).await? > 0)
}

fn read(row: &Row) -> Result<Source, Error> {
    Ok(Source {
        id: row.read("id")?,
        name: row.read("name")?,
        adopts: row.read("adopts")?,
        created_at: row.read("created_at")?,
        updated_at: row.read("updated_at")?,
    })
}

fn read_token(row: &Row) -> Result<Token, Error> {
    Ok(Token {
        id: row.read("id")?,
        source_id: row.read("source_id")?,
        created_at: row.read("created_at")?,
        last_used_at: row.read("last_used_at")?,
        revoked_at: row.read("revoked_at")?,
    })
}
