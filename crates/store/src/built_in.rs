//! Sceau's own authorities: keys, certificates, rules and revocation lists.

use domain::{
    built_in::{BuiltInAuthority, RevocationList, SealedIdentity},
    external_ca::AuthorityId,
};

use crate::{
    Error, Tx,
    row::Row,
    value::{Value, hex_list, json, values},
};

const INSERT: &str = "INSERT INTO built_in_authorities (authority_id, path, signing_key, certificate, chain, root_key,
     ra_signing_certificate, ra_signing_key, ra_encryption_certificate, ra_encryption_key, rules, next_certificate,
     version, created_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)";
const UPDATE: &str =
    "UPDATE built_in_authorities SET path = $2, signing_key = $3, certificate = $4, chain = $5,
     root_key = $6, ra_signing_certificate = $7, ra_signing_key = $8, ra_encryption_certificate = $9,
     ra_encryption_key = $10, rules = $11, next_certificate = $12, version = $13, created_at = $14
     WHERE authority_id = $1";
const BY_ID: &str = "SELECT * FROM built_in_authorities WHERE authority_id = $1";
const BY_PATH: &str = "SELECT * FROM built_in_authorities WHERE path = $1";
const LIST: &str = "SELECT * FROM built_in_authorities ORDER BY authority_id";
const VERSION: &str = "SELECT version AS n FROM built_in_authorities WHERE path = $1";
const REVOCATION_LIST: &str = "SELECT * FROM revocation_lists WHERE authority_id = $1";
// A list that another node made meanwhile stays, if its number is not lower.
const PUT_REVOCATION_LIST: &str =
    "INSERT INTO revocation_lists (authority_id, number, der, this_update, next_update)
     VALUES ($1, $2, $3, $4, $5) ON CONFLICT (authority_id) DO UPDATE SET number = excluded.number,
     der = excluded.der, this_update = excluded.this_update, next_update = excluded.next_update
     WHERE revocation_lists.number < excluded.number";
const DELETE_REVOCATION_LIST: &str = "DELETE FROM revocation_lists WHERE authority_id = $1";

/// Adds an authority; its path is unique.
pub async fn insert(tx: &mut Tx, authority: &BuiltInAuthority) -> Result<(), Error> {
    tx.execute(INSERT, written(authority)?).await.map(drop)
}

/// Writes an authority anew.
pub async fn update(tx: &mut Tx, authority: &BuiltInAuthority) -> Result<(), Error> {
    tx.change("built_in_authorities", UPDATE, written(authority)?)
        .await
}

/// Finds what an authority of kind Built-in has beside its common record.
pub async fn by_id(tx: &mut Tx, id: &AuthorityId) -> Result<Option<BuiltInAuthority>, Error> {
    tx.first(BY_ID, values![id], read).await
}

/// Finds an authority by its place in URLs.
pub async fn by_path(tx: &mut Tx, path: &str) -> Result<Option<BuiltInAuthority>, Error> {
    tx.first(BY_PATH, values![path], read).await
}

/// The version of the authority at that place.
pub async fn version(tx: &mut Tx, path: &str) -> Result<Option<i64>, Error> {
    tx.first(VERSION, values![path], |row| row.read("n")).await
}

/// All of them: they are few.
pub async fn list(tx: &mut Tx) -> Result<Vec<BuiltInAuthority>, Error> {
    tx.all(LIST, values![], read).await
}

/// The newest revocation list of an authority.
pub async fn revocation_list(tx: &mut Tx, id: &AuthorityId) -> Result<Option<RevocationList>, Error> {
    let read = |row: &Row| {
        Ok(RevocationList {
            authority_id: row.read("authority_id")?,
            number: row.read("number")?,
            der: row.read("der")?,
            this_update: row.read("this_update")?,
            next_update: row.read("next_update")?,
        })
    };
    tx.first(REVOCATION_LIST, values![id], read).await
}

/// Keeps a revocation list, unless one with its number or a higher one is there. Whether it was kept.
pub async fn put_revocation_list(tx: &mut Tx, list: &RevocationList) -> Result<bool, Error> {
    let values = values![
        list.authority_id,
        list.number,
        list.der,
        list.this_update,
        list.next_update
    ];
    Ok(tx.execute(PUT_REVOCATION_LIST, values).await? > 0)
}

/// Deletes the list of an authority that is removed.
pub async fn delete_revocation_list(tx: &mut Tx, id: &AuthorityId) -> Result<(), Error> {
    tx.execute(DELETE_REVOCATION_LIST, values![id]).await.map(drop)
}

fn written(authority: &BuiltInAuthority) -> Result<Vec<Value>, Error> {
    Ok(values![
        authority.authority_id,
        authority.path,
        json(&authority.key)?,
        authority.certificate,
        hex_list(&authority.chain)?,
        authority.root_key,
        authority.ra_signing.certificate,
        authority.ra_signing.key,
        authority.ra_encryption.certificate,
        authority.ra_encryption.key,
        json(&authority.rules)?,
        authority.next,
        authority.version,
        authority.created_at,
    ])
}

fn read(row: &Row) -> Result<BuiltInAuthority, Error> {
    Ok(BuiltInAuthority {
        authority_id: row.read("authority_id")?,
        path: row.read("path")?,
        key: row.json("signing_key")?,
        certificate: row.read("certificate")?,
        chain: row.hex_list("chain")?,
        root_key: row.read("root_key")?,
        ra_signing: SealedIdentity {
            certificate: row.read("ra_signing_certificate")?,
            key: row.read("ra_signing_key")?,
        },
        ra_encryption: SealedIdentity {
            certificate: row.read("ra_encryption_certificate")?,
            key: row.read("ra_encryption_key")?,
        },
        rules: row.json("rules")?,
        next: row.read("next_certificate")?,
        version: row.read("version")?,
        created_at: row.read("created_at")?,
    })
}
