//! Sealed keys of the server, and small facts about the database.

use domain::{Sealed, Timestamp};

use crate::{Error, Tx, row::Row, value::values};

/// A key as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServerKey {
    /// Its name.
    pub name: String,
    /// The key, sealed.
    pub sealed: Sealed,
    /// When it was made.
    pub created_at: Timestamp,
}

const PUT: &str = "INSERT INTO server_keys (name, sealed, created_at) VALUES ($1, $2, $3)
     ON CONFLICT (name) DO NOTHING";
const REPLACE: &str = "UPDATE server_keys SET sealed = $2 WHERE name = $1";
const BY_NAME: &str = "SELECT * FROM server_keys WHERE name = $1";
const ALL: &str = "SELECT * FROM server_keys ORDER BY name";
const FACT: &str = "SELECT value FROM facts WHERE name = $1";
const SET_FACT: &str = "INSERT INTO facts (name, value) VALUES ($1, $2)
     ON CONFLICT (name) DO UPDATE SET value = excluded.value";

/// Keeps a key unless one of that name is there; answers the one that is kept.
pub async fn put_if_absent(
    tx: &mut Tx,
    name: &str,
    sealed: &Sealed,
    now: Timestamp,
) -> Result<Sealed, Error> {
    tx.execute(PUT, values![name, sealed, now]).await?;
    by_name(tx, name)
        .await?
        .map(|key| key.sealed)
        .ok_or(Error::NotFound("server_keys"))
}

/// Writes the same key sealed anew.
pub async fn replace(tx: &mut Tx, name: &str, sealed: &Sealed) -> Result<(), Error> {
    tx.change("server_keys", REPLACE, values![name, sealed]).await
}

/// Finds a key.
pub async fn by_name(tx: &mut Tx, name: &str) -> Result<Option<ServerKey>, Error> {
    tx.first(BY_NAME, values![name], read).await
}

/// All keys by name.
pub async fn all(tx: &mut Tx) -> Result<Vec<ServerKey>, Error> {
    tx.all(ALL, values![], read).await
}

/// A small fact about this database, such as that the demonstration made it.
pub async fn fact(tx: &mut Tx, name: &str) -> Result<Option<String>, Error> {
    tx.first(FACT, values![name], |row| row.read("value")).await
}

/// Sets such a fact.
pub async fn set_fact(tx: &mut Tx, name: &str, value: &str) -> Result<(), Error> {
    tx.execute(SET_FACT, values![name, value]).await.map(drop)
}

fn read(row: &Row) -> Result<ServerKey, Error> {
    Ok(ServerKey {
        name: row.read("name")?,
        sealed: row.read("sealed")?,
        created_at: row.read("created_at")?,
    })
}
