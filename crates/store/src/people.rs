//! People and their enrolment passwords.

use domain::{
    Timestamp,
    person::{Person, PersonId},
};

use crate::{
    Error, Tx,
    row::Row,
    value::{json, pattern, values},
};

const INSERT: &str =
    "INSERT INTO people (id, username, username_key, attributes, search, created_at, updated_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7)";
const UPDATE: &str = "UPDATE people SET username = $2, username_key = $3, attributes = $4, search = $5,
     created_at = $6, updated_at = $7 WHERE id = $1";
const BY_ID: &str = "SELECT * FROM people WHERE id = $1";
const BY_USERNAME: &str = "SELECT * FROM people WHERE username_key = $1";
const LIST: &str = "SELECT * FROM people WHERE username_key > $1 AND search LIKE $2 ESCAPE '!'
     ORDER BY username_key LIMIT $3";
const SET_PASSWORD: &str = "UPDATE people SET enrolment_password = $2, updated_at = $3 WHERE id = $1";
const COUNT: &str = "SELECT COUNT(*) AS n FROM people";

/// Adds a person; a user name that differs only in case is a conflict.
pub async fn insert(tx: &mut Tx, person: &Person) -> Result<(), Error> {
    tx.execute(INSERT, written(person)?).await.map(drop)
}

/// Writes a person's record anew; the enrolment password stays.
pub async fn update(tx: &mut Tx, person: &Person) -> Result<(), Error> {
    tx.change("people", UPDATE, written(person)?).await
}

/// Finds a person.
pub async fn by_id(tx: &mut Tx, id: &PersonId) -> Result<Option<Person>, Error> {
    tx.first(BY_ID, values![id], read).await
}

/// Finds a person by user name, without regard to case.
pub async fn by_username(tx: &mut Tx, username: &str) -> Result<Option<Person>, Error> {
    tx.first(BY_USERNAME, values![username.to_lowercase()], read)
        .await
}

/// People whose names or e-mail address hold the text, by user name, behind the user name `after`.
pub async fn list(tx: &mut Tx, search: &str, after: Option<&str>, limit: u32) -> Result<Vec<Person>, Error> {
    let after = after.unwrap_or_default().to_lowercase();
    tx.all(LIST, values![after, pattern(search), limit], read).await
}

/// How many people there are.
pub async fn count(tx: &mut Tx) -> Result<i64, Error> {
    tx.number(COUNT, values![]).await
}

/// Sets the hash of a person's enrolment password, or takes the password away.
pub async fn set_enrolment_password(
    tx: &mut Tx,
    id: &PersonId,
    hash: Option<&str>,
    now: Timestamp,
) -> Result<(), Error> {
    tx.change("people", SET_PASSWORD, values![id, hash, now]).await
}

/// The person of that user name, and the hash of the enrolment password if there is one.
pub async fn enrolment_password(
    tx: &mut Tx,
    username: &str,
) -> Result<Option<(Person, Option<String>)>, Error> {
    let with_hash = |row: &Row| Ok((read(row)?, row.read("enrolment_password")?));
    tx.first(BY_USERNAME, values![username.to_lowercase()], with_hash)
        .await
}

fn written(person: &Person) -> Result<Vec<crate::value::Value>, Error> {
    let known = &person.attributes;
    let search = [
        Some(&person.username),
        known.display_name.as_ref(),
        known.email.as_ref(),
        known.upn.as_ref(),
    ]
    .into_iter()
    .flatten()
    .map(|text| text.to_lowercase())
    .collect::<Vec<_>>()
    .join(" ");
    Ok(values![
        person.id,
        person.username,
        person.username.to_lowercase(),
        json(known)?,
        search,
        person.created_at,
        person.updated_at,
    ])
}

fn read(row: &Row) -> Result<Person, Error> {
    Ok(Person {
        id: row.read("id")?,
        username: row.read("username")?,
        attributes: row.json("attributes")?,
        created_at: row.read("created_at")?,
        updated_at: row.read("updated_at")?,
    })
}
