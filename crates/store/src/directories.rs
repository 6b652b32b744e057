//! Directories, which people and groups come from them, and whom they refused.

use domain::{
    Id,
    directory::{Directory, DirectoryId, GroupLink, PersonLink, Refused, State},
    group::GroupId,
    person::PersonId,
};

use crate::{
    Error, Tx,
    row::Row,
    value::{Value, json, values},
};

const INSERT: &str =
    "INSERT INTO directories (id, name, settings, bind_password, state, created_at, updated_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7)";
const UPDATE: &str =
    "UPDATE directories SET name = $2, settings = $3, bind_password = $4, state = $5, created_at = $6,
     updated_at = $7 WHERE id = $1";
const SET_STATE: &str = "UPDATE directories SET state = $2 WHERE id = $1";
const DELETE: &str = "DELETE FROM directories WHERE id = $1";
const BY_ID: &str = "SELECT * FROM directories WHERE id = $1";
const ALL: &str = "SELECT * FROM directories ORDER BY name";
const WITHOUT_JOB: &str = "SELECT d.id AS id FROM directories d WHERE NOT EXISTS
     (SELECT 1 FROM jobs j WHERE j.kind = $1 AND j.about = d.id) ORDER BY d.id";

const LINK_PERSON: &str =
    "INSERT INTO directory_people (person_id, directory_id, external_id, dn, fields, is_disabled, gone_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7)";
const RELINK_PERSON: &str =
    "UPDATE directory_people SET directory_id = $2, external_id = $3, dn = $4, fields = $5, is_disabled = $6,
     gone_at = $7 WHERE person_id = $1";
const PERSON_LINK: &str = "SELECT * FROM directory_people WHERE person_id = $1";
const PERSON_OF: &str = "SELECT * FROM directory_people WHERE directory_id = $1 AND external_id = $2";
const PEOPLE: &str = "SELECT * FROM directory_people WHERE directory_id = $1 ORDER BY external_id";

const LINK_GROUP: &str = "INSERT INTO directory_groups (group_id, directory_id, external_id, gone_at)
     VALUES ($1, $2, $3, $4)";
const RELINK_GROUP: &str =
    "UPDATE directory_groups SET directory_id = $2, external_id = $3, gone_at = $4 WHERE group_id = $1";
const GROUP_LINK: &str = "SELECT * FROM directory_groups WHERE group_id = $1";
const GROUPS: &str = "SELECT * FROM directory_groups WHERE directory_id = $1 ORDER BY external_id";

const REFUSE: &str = "INSERT INTO directory_refusals (id, directory_id, at, username, key, detail)
     VALUES ($1, $2, $3, $4, $5, $6)";
const FORGET_REFUSALS: &str = "DELETE FROM directory_refusals WHERE directory_id = $1 AND id NOT IN
     (SELECT id FROM directory_refusals WHERE directory_id = $1 ORDER BY id DESC LIMIT $2)";
const REFUSALS: &str = "SELECT * FROM directory_refusals WHERE directory_id = $1 ORDER BY id DESC";

/// Adds a directory; another of its name is a conflict.
pub async fn insert(tx: &mut Tx, directory: &Directory) -> Result<(), Error> {
    tx.execute(INSERT, written(directory)?).await.map(drop)
}

/// Writes a directory anew.
pub async fn update(tx: &mut Tx, directory: &Directory) -> Result<(), Error> {
    tx.change("directories", UPDATE, written(directory)?).await
}

/// Writes what the readings came to.
pub async fn set_state(tx: &mut Tx, id: &DirectoryId, state: &State) -> Result<(), Error> {
    tx.change("directories", SET_STATE, values![id, json(state)?])
        .await
}

/// Removes a directory; its people and groups stay, by hand from then on.
pub async fn delete(tx: &mut Tx, id: &DirectoryId) -> Result<(), Error> {
    tx.change("directories", DELETE, values![id]).await
}

/// Finds a directory.
pub async fn by_id(tx: &mut Tx, id: &DirectoryId) -> Result<Option<Directory>, Error> {
    tx.first(BY_ID, values![id], read).await
}

/// All directories, by name.
pub async fn all(tx: &mut Tx) -> Result<Vec<Directory>, Error> {
    tx.all(ALL, values![], read).await
}

/// Those about which no job of this kind is queued or runs.
pub async fn without_job(tx: &mut Tx, kind: &str) -> Result<Vec<DirectoryId>, Error> {
    tx.all(WITHOUT_JOB, values![kind], |row| row.read("id")).await
}

/// Ties a person to an entry; the person or the entry being tied already is a conflict.
pub async fn link_person(tx: &mut Tx, link: &PersonLink) -> Result<(), Error> {
    tx.execute(LINK_PERSON, person_values(link)?).await.map(drop)
}

/// Writes a person's tie anew.
pub async fn relink_person(tx: &mut Tx, link: &PersonLink) -> Result<(), Error> {
    tx.change("directory_people", RELINK_PERSON, person_values(link)?)
        .await
}

/// The entry that a person is tied to.
pub async fn person_link(tx: &mut Tx, person: &PersonId) -> Result<Option<PersonLink>, Error> {
    tx.first(PERSON_LINK, values![person], read_person).await
}

/// The person who is tied to an entry.
pub async fn person_of(
    tx: &mut Tx,
    directory: &DirectoryId,
    external_id: &str,
) -> Result<Option<PersonLink>, Error> {
    tx.first(PERSON_OF, values![directory, external_id], read_person)
        .await
}

/// Everybody who is tied to an entry of the directory, by the entries' identities.
pub async fn people(tx: &mut Tx, directory: &DirectoryId) -> Result<Vec<PersonLink>, Error> {
    tx.all(PEOPLE, values![directory], read_person).await
}

/// Ties a group to an entry.
pub async fn link_group(tx: &mut Tx, link: &GroupLink) -> Result<(), Error> {
    tx.execute(LINK_GROUP, group_values(link)).await.map(drop)
}

/// Writes a group's tie anew.
pub async fn relink_group(tx: &mut Tx, link: &GroupLink) -> Result<(), Error> {
    tx.change("directory_groups", RELINK_GROUP, group_values(link))
        .await
}

/// The entry that a group is tied to.
pub async fn group_link(tx: &mut Tx, group: &GroupId) -> Result<Option<GroupLink>, Error> {
    tx.first(GROUP_LINK, values![group], read_group).await
}

/// Every group that is tied to an entry of the directory.
pub async fn groups(tx: &mut Tx, directory: &DirectoryId) -> Result<Vec<GroupLink>, Error> {
    tx.all(GROUPS, values![directory], read_group).await
}

/// Keeps a refused sign-in, and forgets all but the newest `kept`.
pub async fn note_refusal(
    tx: &mut Tx,
    directory: &DirectoryId,
    refused: &Refused,
    random: [u8; 10],
    kept: u32,
) -> Result<(), Error> {
    let id: Id<Refused> = Id::new(refused.at, random);
    let values = values![
        id,
        directory,
        refused.at,
        refused.username,
        refused.key,
        refused.detail
    ];
    tx.execute(REFUSE, values).await?;
    tx.execute(FORGET_REFUSALS, values![directory, kept])
        .await
        .map(drop)
}

/// The newest sign-ins that the directory refused.
pub async fn refusals(tx: &mut Tx, directory: &DirectoryId) -> Result<Vec<Refused>, Error> {
    tx.all(REFUSALS, values![directory], |row| {
        Ok(Refused {
            at: row.read("at")?,
            username: row.read("username")?,
            key: row.read("key")?,
            detail: row.read("detail")?,
        })
    })
    .await
}

fn written(directory: &Directory) -> Result<Vec<Value>, Error> {
    Ok(values![
        directory.id,
        directory.name,
        json(&directory.settings)?,
        directory.bind_password,
        json(&directory.state)?,
        directory.created_at,
        directory.updated_at,
    ])
}

fn person_values(link: &PersonLink) -> Result<Vec<Value>, Error> {
    Ok(values![
        link.person_id,
        link.directory_id,
        link.external_id,
        link.dn,
        json(&link.fields)?,
        link.is_disabled,
        link.gone_at,
    ])
}

fn group_values(link: &GroupLink) -> Vec<Value> {
    values![link.group_id, link.directory_id, link.external_id, link.gone_at]
}

fn read(row: &Row) -> Result<Directory, Error> {
    Ok(Directory {
        id: row.read("id")?,
        name: row.read("name")?,
        settings: row.json("settings")?,
        bind_password: row.read("bind_password")?,
        state: row.json("state")?,
        created_at: row.read("created_at")?,
        updated_at: row.read("updated_at")?,
    })
}

fn read_person(row: &Row) -> Result<PersonLink, Error> {
    Ok(PersonLink {
        person_id: row.read("person_id")?,
        directory_id: row.read("directory_id")?,
        external_id: row.read("external_id")?,
        dn: row.read("dn")?,
        fields: row.json("fields")?,
        is_disabled: row.read("is_disabled")?,
        gone_at: row.read("gone_at")?,
    })
}

fn read_group(row: &Row) -> Result<GroupLink, Error> {
    Ok(GroupLink {
        group_id: row.read("group_id")?,
        directory_id: row.read("directory_id")?,
        external_id: row.read("external_id")?,
        gone_at: row.read("gone_at")?,
    })
}
