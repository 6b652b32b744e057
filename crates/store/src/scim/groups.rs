//! Groups that a source wrote.

use domain::{
    group::GroupId,
    person::PersonId,
    scim::{GroupTie, SourceId},
};

use crate::{
    Error, Tx,
    row::Row,
    value::{Value, values},
};

const INSERT: &str =
    "INSERT INTO scim_groups (group_id, source_id, external_id, gone_at, version, created_at, updated_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7)";
const UPDATE: &str =
    "UPDATE scim_groups SET source_id = $2, external_id = $3, gone_at = $4, version = $5, created_at = $6,
     updated_at = $7 WHERE group_id = $1";
const OF: &str = "SELECT * FROM scim_groups WHERE group_id = $1";
const OF_SOURCE: &str =
    "SELECT * FROM scim_groups WHERE source_id = $1 AND gone_at IS NULL ORDER BY group_id";
const WITH: &str = "SELECT s.* FROM scim_groups s JOIN group_members m ON m.group_id = s.group_id
     WHERE s.source_id = $1 AND m.person_id = $2 ORDER BY s.group_id";

/// Ties a group to a source.
pub async fn insert(tx: &mut Tx, tie: &GroupTie) -> Result<(), Error> {
    tx.execute(INSERT, written(tie)).await.map(drop)
}

/// Writes a group's tie anew.
pub async fn update(tx: &mut Tx, tie: &GroupTie) -> Result<(), Error> {
    tx.change("scim_groups", UPDATE, written(tie)).await
}

/// What ties a group to a source, also where the source deleted it.
pub async fn of(tx: &mut Tx, group: &GroupId) -> Result<Option<GroupTie>, Error> {
    tx.first(OF, values![group], read).await
}

/// Groups of a source that aren't deleted, oldest first.
pub async fn of_source(tx: &mut Tx, source: &SourceId) -> Result<Vec<GroupTie>, Error> {
    tx.all(OF_SOURCE, values![source], read).await
}

/// Groups of a source that a person is in.
pub async fn with_person(tx: &mut Tx, source: &SourceId, person: &PersonId) -> Result<Vec<GroupTie>, Error> {
    tx.all(WITH, values![source, person], read).await
}

fn written(tie: &GroupTie) -> Vec<Value> {
    values![
        tie.group_id,
        tie.source_id,
        tie.external_id,
        tie.gone_at,
        tie.version,
        tie.created_at,
        tie.updated_at,
    ]
}

fn read(row: &Row) -> Result<GroupTie, Error> {
    Ok(GroupTie {
        group_id: row.read("group_id")?,
        source_id: row.read("source_id")?,
        external_id: row.read("external_id")?,
        gone_at: row.read("gone_at")?,
        version: row.read("version")?,
        created_at: row.read("created_at")?,
        updated_at: row.read("updated_at")?,
    })
}
