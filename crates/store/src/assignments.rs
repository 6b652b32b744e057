//! Distribution: one assignment per configuration.

use domain::{assignment::Assignment, scep_configuration::ConfigurationId};

use crate::{
    Error, Tx,
    row::Row,
    value::{json, values},
};

const PUT: &str =
    "INSERT INTO assignments (configuration_id, is_enabled, scope, updated_at) VALUES ($1, $2, $3, $4)
     ON CONFLICT (configuration_id) DO UPDATE SET is_enabled = excluded.is_enabled, scope = excluded.scope,
     updated_at = excluded.updated_at";
const BY_CONFIGURATION: &str = "SELECT * FROM assignments WHERE configuration_id = $1";
const ALL: &str = "SELECT * FROM assignments ORDER BY configuration_id";

/// Sets the distribution of a configuration.
pub async fn put(tx: &mut Tx, assignment: &Assignment) -> Result<(), Error> {
    let values = values![
        assignment.configuration_id,
        assignment.is_enabled,
        json(&assignment.scope)?,
        assignment.updated_at,
    ];
    tx.execute(PUT, values).await.map(drop)
}

/// The distribution of a configuration, if it was ever set.
pub async fn by_configuration(tx: &mut Tx, id: &ConfigurationId) -> Result<Option<Assignment>, Error> {
    tx.first(BY_CONFIGURATION, values![id], read).await
}

/// All distributions, enabled or not.
pub async fn all(tx: &mut Tx) -> Result<Vec<Assignment>, Error> {
    tx.all(ALL, values![], read).await
}

fn read(row: &Row) -> Result<Assignment, Error> {
    Ok(Assignment {
        configuration_id: row.read("configuration_id")?,
        is_enabled: row.read("is_enabled")?,
        scope: row.json("scope")?,
        updated_at: row.read("updated_at")?,
    })
}
