//! External certificate authorities.

use domain::{
    Timestamp,
    external_ca::{Authority, AuthorityId, Health, ProvedBy},
    thumbprint::Sha1,
};

use crate::{
    Error, Tx,
    row::Row,
    value::{Value, hex_list, json, values, word},
};

const INSERT: &str = "INSERT INTO authorities (id, name, kind, scep_url, username, password, challenge_url,
     is_plain_http_accepted, trust_pem, limits, capabilities, certificates, issuer_sha1, checked_at, health,
     created_at, updated_at, access, static_challenge, proved_by)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)";
const UPDATE: &str =
    "UPDATE authorities SET name = $2, kind = $3, scep_url = $4, username = $5, password = $6,
     challenge_url = $7, is_plain_http_accepted = $8, trust_pem = $9, limits = $10, capabilities = $11,
     certificates = $12, issuer_sha1 = $13, checked_at = $14, health = $15, created_at = $16, updated_at = $17,
     access = $18, static_challenge = $19, proved_by = $20 WHERE id = $1";
const BY_ID: &str = "SELECT * FROM authorities WHERE id = $1";
const BY_NAME: &str = "SELECT * FROM authorities WHERE name = $1";
const LIST: &str = "SELECT * FROM authorities ORDER BY name";
const DELETE: &str = "DELETE FROM authorities WHERE id = $1";
const CONFIGURATIONS: &str = "SELECT COUNT(*) AS n FROM configurations WHERE authority_id = $1";
const SET_HEALTH: &str = "UPDATE authorities SET health = $2, updated_at = $3,
     proved_by = COALESCE($4, proved_by) WHERE id = $1";
const SET_CHAIN: &str = "UPDATE authorities SET capabilities = $2, certificates = $3, issuer_sha1 = $4,
     checked_at = $5, updated_at = $5 WHERE id = $1";

/// Adds an authority; its name is unique.
pub async fn insert(tx: &mut Tx, authority: &Authority) -> Result<(), Error> {
    tx.execute(INSERT, written(authority)?).await.map(drop)
}

/// Writes an authority anew.
pub async fn update(tx: &mut Tx, authority: &Authority) -> Result<(), Error> {
    tx.change("authorities", UPDATE, written(authority)?).await
}

/// Finds an authority.
pub async fn by_id(tx: &mut Tx, id: &AuthorityId) -> Result<Option<Authority>, Error> {
    tx.first(BY_ID, values![id], read).await
}

/// Finds an authority by its exact name.
pub async fn by_name(tx: &mut Tx, name: &str) -> Result<Option<Authority>, Error> {
    tx.first(BY_NAME, values![name], read).await
}

/// All authorities by name: they are few.
pub async fn list(tx: &mut Tx) -> Result<Vec<Authority>, Error> {
    tx.all(LIST, values![], read).await
}

/// Deletes an authority; one that configurations use is an [`Error::Reference`].
pub async fn delete(tx: &mut Tx, id: &AuthorityId) -> Result<(), Error> {
    tx.change("authorities", DELETE, values![id]).await
}

/// How many configurations use it.
pub async fn configurations_using(tx: &mut Tx, id: &AuthorityId) -> Result<i64, Error> {
    tx.number(CONFIGURATIONS, values![id]).await
}

/// Notes what is known to be wrong with it, and what proved that it gives challenges, if something did.
pub async fn set_health(
    tx: &mut Tx,
    id: &AuthorityId,
    health: &Health,
    proved_by: Option<&ProvedBy>,
    now: Timestamp,
) -> Result<(), Error> {
    let proved_by = proved_by.map(json).transpose()?;
    tx.change(
        "authorities",
        SET_HEALTH,
        values![id, json(health)?, now, proved_by],
    )
    .await
}

/// Notes what GetCACaps and GetCACert answered at `now`.
pub async fn set_chain(
    tx: &mut Tx,
    id: &AuthorityId,
    capabilities: &str,
    certificates: &[Vec<u8>],
    issuer_sha1: &Sha1,
    now: Timestamp,
) -> Result<(), Error> {
    let values = values![id, capabilities, hex_list(certificates)?, issuer_sha1, now];
    tx.change("authorities", SET_CHAIN, values).await
}

fn written(authority: &Authority) -> Result<Vec<Value>, Error> {
    Ok(values![
        authority.id,
        authority.name,
        word(&authority.kind)?,
        authority.scep_url,
        authority.username,
        authority.password,
        authority.challenge_url,
        authority.is_plain_http_accepted,
        authority.trust_pem,
        json(&authority.limits)?,
        authority.capabilities,
        hex_list(&authority.certificates)?,
        authority.issuer_sha1,
        authority.checked_at,
        json(&authority.health)?,
        authority.created_at,
        authority.updated_at,
        json(&authority.access)?,
        authority.static_challenge,
        authority.proved_by.as_ref().map(json).transpose()?,
    ])
}

fn read(row: &Row) -> Result<Authority, Error> {
    Ok(Authority {
        id: row.read("id")?,
        name: row.read("name")?,
        kind: row.word("kind")?,
        scep_url: row.read("scep_url")?,
        username: row.read("username")?,
        password: row.read("password")?,
        challenge_url: row.read("challenge_url")?,
        is_plain_http_accepted: row.read("is_plain_http_accepted")?,
        trust_pem: row.read("trust_pem")?,
        limits: row.json("limits")?,
        capabilities: row.read("capabilities")?,
        certificates: row.hex_list("certificates")?,
        issuer_sha1: row.read("issuer_sha1")?,
        checked_at: row.read("checked_at")?,
        health: row.json("health")?,
        created_at: row.read("created_at")?,
        updated_at: row.read("updated_at")?,
        access: row.json("access")?,
        static_challenge: row.read("static_challenge")?,
        proved_by: row.json_or_none("proved_by")?,
    })
}
