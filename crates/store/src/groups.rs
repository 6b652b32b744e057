//! Groups, and who was put into them by hand.

use domain::{
    device::{Device, DeviceId},
    group::{Group, GroupId, Of},
    person::{Person, PersonId},
};

use crate::{
    Error, Tx, devices,
    row::Row,
    value::{Value, json, values, word},
};

/// Who is put into a group by hand.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Member {
    /// A device.
    Device(DeviceId),
    /// A person.
    Person(PersonId),
}

impl Member {
    /// Its identifier.
    pub fn id(&self) -> &str {
        match self {
            Self::Device(id) => id.as_str(),
            Self::Person(id) => id.as_str(),
        }
    }

    fn columns(&self) -> (Option<&DeviceId>, Option<&PersonId>) {
        match self {
            Self::Device(id) => (Some(id), None),
            Self::Person(id) => (None, Some(id)),
        }
    }
}

const INSERT: &str = "INSERT INTO groups (id, name, description, of_what, rule, created_at, updated_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7)";
const UPDATE: &str =
    "UPDATE groups SET name = $2, description = $3, of_what = $4, rule = $5, created_at = $6,
     updated_at = $7 WHERE id = $1";
const DELETE: &str = "DELETE FROM groups WHERE id = $1";
const BY_ID: &str = "SELECT * FROM groups WHERE id = $1";
const BY_NAME: &str = "SELECT * FROM groups WHERE name = $1";
const ALL: &str = "SELECT * FROM groups ORDER BY name";
const MEMBERS: &str = "SELECT m.device_id AS device_id, m.person_id AS person_id,
     COALESCE(d.name, p.username) AS name FROM group_members m LEFT JOIN devices d ON d.id = m.device_id
     LEFT JOIN people p ON p.id = m.person_id WHERE m.group_id = $1
     ORDER BY COALESCE(m.device_id, m.person_id)";
const COUNTS: &str = "SELECT group_id, COUNT(*) AS n FROM group_members GROUP BY group_id ORDER BY group_id";
const ADD_MEMBER: &str = "INSERT INTO group_members (group_id, device_id, person_id) VALUES ($1, $2, $3)
     ON CONFLICT DO NOTHING";
const REMOVE_MEMBER: &str =
    "DELETE FROM group_members WHERE group_id = $1 AND (device_id = $2 OR person_id = $3)";
const LISTED: &str = "SELECT group_id FROM group_members WHERE device_id = $1
     UNION SELECT group_id FROM group_members WHERE person_id = $2 ORDER BY group_id";
const DEVICES: &str = concat!(
    "SELECT ",
    devices::device!(),
    ", p.username AS username, p.attributes AS attributes, p.created_at AS created_at,
     p.updated_at AS updated_at FROM devices d LEFT JOIN people p ON p.id = d.person_id
     WHERE d.id > $1 AND d.unenrolled_at IS NULL AND d.removal IS NULL ORDER BY d.id LIMIT $2"
);

/// Adds a group; another of its name is a conflict.
pub async fn insert(tx: &mut Tx, group: &Group) -> Result<(), Error> {
    tx.execute(INSERT, written(group)?).await.map(drop)
}

/// Writes a group anew; its members stay.
pub async fn update(tx: &mut Tx, group: &Group) -> Result<(), Error> {
    tx.change("groups", UPDATE, written(group)?).await
}

/// Removes a group with its members.
pub async fn delete(tx: &mut Tx, id: &GroupId) -> Result<(), Error> {
    tx.change("groups", DELETE, values![id]).await
}

/// Finds a group.
pub async fn by_id(tx: &mut Tx, id: &GroupId) -> Result<Option<Group>, Error> {
    tx.first(BY_ID, values![id], read).await
}

/// Finds a group by its name.
pub async fn by_name(tx: &mut Tx, name: &str) -> Result<Option<Group>, Error> {
    tx.first(BY_NAME, values![name], read).await
}

/// All groups, by name.
pub async fn all(tx: &mut Tx) -> Result<Vec<Group>, Error> {
    tx.all(ALL, values![], read).await
}

/// How many were put into each group that anyone was put into.
pub async fn counts(tx: &mut Tx) -> Result<Vec<(GroupId, i64)>, Error> {
    tx.all(COUNTS, values![], |row| {
        Ok((row.read("group_id")?, row.read("n")?))
    })
    .await
}

/// Who was put into a group, with a device's name or a person's user name, oldest first.
pub async fn members(tx: &mut Tx, id: &GroupId) -> Result<Vec<(Member, String)>, Error> {
    tx.all(MEMBERS, values![id], read_member).await
}

/// Puts a device or a person into a group; it may be in it already.
pub async fn add_member(tx: &mut Tx, id: &GroupId, member: &Member) -> Result<(), Error> {
    let (device, person) = member.columns();
    tx.execute(ADD_MEMBER, values![id, device, person])
        .await
        .map(drop)
}

/// Takes a device or a person out of a group; it need not be in it.
pub async fn remove_member(tx: &mut Tx, id: &GroupId, member: &Member) -> Result<(), Error> {
    let (device, person) = member.columns();
    tx.execute(REMOVE_MEMBER, values![id, device, person])
        .await
        .map(drop)
}

/// The groups that a device or its person was put into.
pub async fn listed(
    tx: &mut Tx,
    device: &DeviceId,
    person: Option<&PersonId>,
) -> Result<Vec<GroupId>, Error> {
    tx.all(LISTED, values![device, person], |row| row.read("group_id"))
        .await
}

/// Devices that are managed and stay, each with its person, page by page, oldest first.
pub async fn devices_page(
    tx: &mut Tx,
    after: Option<&DeviceId>,
    limit: u32,
) -> Result<Vec<(Device, Option<Person>)>, Error> {
    let after = after.map_or("", DeviceId::as_str);
    tx.all(DEVICES, values![after, limit], |row| {
        let device = devices::read(row)?;
        let person = match &device.person_id {
            None => None,
            Some(id) => Some(Person {
                id: id.clone(),
                username: row.read("username")?,
                attributes: row.json("attributes")?,
                created_at: row.read("created_at")?,
                updated_at: row.read("updated_at")?,
            }),
        };
        Ok((device, person))
    })
    .await
}

fn written(group: &Group) -> Result<Vec<Value>, Error> {
    let rule = group.rule.as_ref().map(json).transpose()?;
    Ok(values![
        group.id,
        group.name,
        group.description,
        word::<Of>(&group.of)?,
        rule,
        group.created_at,
        group.updated_at,
    ])
}

pub(crate) fn read(row: &Row) -> Result<Group, Error> {
    Ok(Group {
        id: row.read("id")?,
        name: row.read("name")?,
        description: row.read("description")?,
        of: row.word("of_what")?,
        rule: row.json_or_none("rule")?,
        created_at: row.read("created_at")?,
        updated_at: row.read("updated_at")?,
    })
}

fn read_member(row: &Row) -> Result<(Member, String), Error> {
    let device: Option<DeviceId> = row.read("device_id")?;
    let member = match device {
        Some(device) => Member::Device(device),
        None => Member::Person(row.read("person_id")?),
    };
    Ok((member, row.read("name")?))
}
