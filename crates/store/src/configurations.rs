//! SCEP configurations.

use domain::{
    external_ca::AuthorityId,
    scep_configuration::{Configuration, ConfigurationId},
};

use crate::{
    Error, Tx,
    row::Row,
    value::{Value, json, values},
};

/// A configuration with the name of its authority.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedConfiguration {
    /// The configuration.
    pub configuration: Configuration,
    /// Its authority's name.
    pub authority_name: String,
}

const INSERT: &str = "INSERT INTO configurations (id, name, description, authority_id, settings, version,
     created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
const UPDATE: &str =
    "UPDATE configurations SET name = $2, description = $3, authority_id = $4, settings = $5,
     version = $6, created_at = $7, updated_at = $8 WHERE id = $1";
const BY_ID: &str = "SELECT * FROM configurations WHERE id = $1";
const BY_NAME: &str = "SELECT * FROM configurations WHERE name = $1";
const LIST: &str = "SELECT configurations.*, authorities.name AS authority_name FROM configurations
     JOIN authorities ON authorities.id = configurations.authority_id ORDER BY configurations.name";
const OF_AUTHORITY: &str = "SELECT * FROM configurations WHERE authority_id = $1 ORDER BY name";
const DELETE: &str = "DELETE FROM configurations WHERE id = $1";

/// Adds a configuration; its name is unique.
pub async fn insert(tx: &mut Tx, configuration: &Configuration) -> Result<(), Error> {
    tx.execute(INSERT, written(configuration)?).await.map(drop)
}

/// Writes a configuration anew, its version as it stands in the value.
pub async fn update(tx: &mut Tx, configuration: &Configuration) -> Result<(), Error> {
    tx.change("configurations", UPDATE, written(configuration)?).await
}

/// Finds a configuration.
pub async fn by_id(tx: &mut Tx, id: &ConfigurationId) -> Result<Option<Configuration>, Error> {
    tx.first(BY_ID, values![id], read).await
}

/// Finds a configuration by its exact name.
pub async fn by_name(tx: &mut Tx, name: &str) -> Result<Option<Configuration>, Error> {
    tx.first(BY_NAME, values![name], read).await
}

/// All configurations by name: they are few.
pub async fn list(tx: &mut Tx) -> Result<Vec<ListedConfiguration>, Error> {
    let listed = |row: &Row| {
        Ok(ListedConfiguration {
            configuration: read(row)?,
            authority_name: row.read("authority_name")?,
        })
    };
    tx.all(LIST, values![], listed).await
}

/// The configurations that name an authority, by name.
pub async fn of_authority(tx: &mut Tx, authority: &AuthorityId) -> Result<Vec<Configuration>, Error> {
    tx.all(OF_AUTHORITY, values![authority], read).await
}

/// Deletes a configuration with its assignment; its deliveries stay, as history.
pub async fn delete(tx: &mut Tx, id: &ConfigurationId) -> Result<(), Error> {
    tx.change("configurations", DELETE, values![id]).await
}

fn written(configuration: &Configuration) -> Result<Vec<Value>, Error> {
    Ok(values![
        configuration.id,
        configuration.name,
        configuration.description,
        configuration.authority_id,
        json(&configuration.settings)?,
        configuration.version,
        configuration.created_at,
        configuration.updated_at,
    ])
}

pub(crate) fn read(row: &Row) -> Result<Configuration, Error> {
    Ok(Configuration {
        id: row.read("id")?,
        name: row.read("name")?,
        description: row.read("description")?,
        authority_id: row.read("authority_id")?,
        settings: row.json("settings")?,
        version: row.read("version")?,
        created_at: row.read("created_at")?,
        updated_at: row.read("updated_at")?,
    })
}
