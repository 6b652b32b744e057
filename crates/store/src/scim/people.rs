//! People whom a source wrote.

use domain::{
    Timestamp,
    person::PersonId,
    scim::{PersonTie, SourceId},
};

use crate::{
    Error, Tx,
    row::Row,
    value::{Value, json, values},
};

const INSERT: &str =
    "INSERT INTO scim_people (person_id, source_id, external_id, resource, fields, is_active, gone_at, version,
     created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
const UPDATE: &str =
    "UPDATE scim_people SET source_id = $2, external_id = $3, resource = $4, fields = $5, is_active = $6, gone_at = $7,
     version = $8, created_at = $9, updated_at = $10 WHERE person_id = $1";
const OF: &str = "SELECT * FROM scim_people WHERE person_id = $1";
const BY_EXTERNAL: &str =
    "SELECT * FROM scim_people WHERE source_id = $1 AND external_id = $2 AND gone_at IS NULL
     ORDER BY person_id LIMIT $3";
const PAGE: &str = "SELECT * FROM scim_people WHERE source_id = $1 AND gone_at IS NULL
     ORDER BY person_id LIMIT $2 OFFSET $3";
const COUNT: &str = "SELECT COUNT(*) AS n FROM scim_people WHERE source_id = $1 AND gone_at IS NULL";
const INACTIVE: &str =
    "SELECT COUNT(*) AS n FROM scim_people WHERE source_id = $1 AND gone_at IS NULL AND NOT is_active";
const GONE_COUNT: &str = "SELECT COUNT(*) AS n FROM scim_people WHERE source_id = $1 AND gone_at IS NOT NULL";
const GONE: &str = "SELECT p.username AS username FROM scim_people s JOIN people p ON p.id = s.person_id
     WHERE s.source_id = $1 AND s.gone_at IS NOT NULL ORDER BY p.username_key LIMIT $2";

// Of those who may not enrol: what they could enrol with once nothing says so any more.
const NO_PASSWORD: &str =
    "UPDATE people SET enrolment_password = NULL, updated_at = $2 WHERE enrolment_password IS NOT NULL
     AND id IN (SELECT person_id FROM scim_people WHERE source_id = $1 AND (gone_at IS NOT NULL OR NOT is_active))";
const NO_CODES: &str = "DELETE FROM enrolment_codes WHERE person_id IN
     (SELECT person_id FROM scim_people WHERE source_id = $1 AND (gone_at IS NOT NULL OR NOT is_active))";
const NO_TOKENS: &str =
    "UPDATE enrolment_tokens SET withdrawn_at = $2 WHERE withdrawn_at IS NULL AND person_id IN
     (SELECT person_id FROM scim_people WHERE source_id = $1 AND (gone_at IS NOT NULL OR NOT is_active))";

/// Ties a person to a source; their being tied already is a conflict.
pub async fn insert(tx: &mut Tx, tie: &PersonTie) -> Result<(), Error> {
    tx.execute(INSERT, written(tie)?).await.map(drop)
}

/// Writes a person's tie anew.
pub async fn update(tx: &mut Tx, tie: &PersonTie) -> Result<(), Error> {
    tx.change("scim_people", UPDATE, written(tie)?).await
}

/// What ties a person to a source, also where the source deleted them.
pub async fn of(tx: &mut Tx, person: &PersonId) -> Result<Option<PersonTie>, Error> {
    tx.first(OF, values![person], read).await
}

/// Those whom a source calls so and hasn't deleted.
pub async fn by_external_id(
    tx: &mut Tx,
    source: &SourceId,
    external_id: &str,
    limit: u32,
) -> Result<Vec<PersonTie>, Error> {
    tx.all(BY_EXTERNAL, values![source, external_id, limit], read)
        .await
}

/// People of a source who aren't deleted, oldest first, behind the first `skipped`.
pub async fn page(tx: &mut Tx, source: &SourceId, limit: u32, skipped: u32) -> Result<Vec<PersonTie>, Error> {
    tx.all(PAGE, values![source, limit, skipped], read).await
}

/// How many people of a source aren't deleted.
pub async fn count(tx: &mut Tx, source: &SourceId) -> Result<i64, Error> {
    tx.number(COUNT, values![source]).await
}

/// How many of them aren't active.
pub async fn count_inactive(tx: &mut Tx, source: &SourceId) -> Result<i64, Error> {
    tx.number(INACTIVE, values![source]).await
}

/// How many the source deleted, and the user names of the first.
pub async fn gone(tx: &mut Tx, source: &SourceId, limit: u32) -> Result<(i64, Vec<String>), Error> {
    let count = tx.number(GONE_COUNT, values![source]).await?;
    let names = tx
        .all(GONE, values![source, limit], |row| row.read("username"))
        .await?;
    Ok((count, names))
}

/// Takes from everybody of a source who may not enrol what they could enrol with: password, code, tokens.
pub async fn disarm(tx: &mut Tx, source: &SourceId, now: Timestamp) -> Result<(), Error> {
    tx.execute(NO_PASSWORD, values![source, now]).await?;
    tx.execute(NO_CODES, values![source]).await?;
    tx.execute(NO_TOKENS, values![source, now]).await.map(drop)
}

fn written(tie: &PersonTie) -> Result<Vec<Value>, Error> {
    Ok(values![
        tie.person_id,
        tie.source_id,
        tie.external_id,
        json(&tie.resource)?,
        json(&tie.fields)?,
        tie.is_active,
        tie.gone_at,
        tie.version,
        tie.created_at,
        tie.updated_at,
    ])
}

fn read(row: &Row) -> Result<PersonTie, Error> {
    Ok(PersonTie {
        person_id: row.read("person_id")?,
        source_id: row.read("source_id")?,
        external_id: row.read("external_id")?,
        resource: row.json("resource")?,
        fields: row.json("fields")?,
        is_active: row.read("is_active")?,
        gone_at: row.read("gone_at")?,
        version: row.read("version")?,
        created_at: row.read("created_at")?,
        updated_at: row.read("updated_at")?,
    })
}
