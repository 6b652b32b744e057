//! Distribution: one assignment per configuration.

use std::collections::BTreeSet;

use domain::{
    assignment::Assignment,
    device::DeviceId,
    group::{Group, GroupId},
    person::PersonId,
    scep_configuration::{Configuration, ConfigurationId},
};

use crate::{
    Error, Tx, configurations, groups,
    row::Row,
    value::{json, values},
};

const PUT: &str =
    "INSERT INTO assignments (configuration_id, is_enabled, scope, updated_at) VALUES ($1, $2, $3, $4)
     ON CONFLICT (configuration_id) DO UPDATE SET is_enabled = excluded.is_enabled, scope = excluded.scope,
     updated_at = excluded.updated_at";
const BY_CONFIGURATION: &str = "SELECT * FROM assignments WHERE configuration_id = $1";
const ALL: &str = "SELECT * FROM assignments ORDER BY configuration_id";
// Which groups a distribution names stands inside its JSON: all groups come, and those that none names are left out
// before their rules are read.
const IN_FORCE: &str =
    "SELECT c.id AS id, c.name AS name, c.description AS description, c.authority_id AS authority_id,
     c.settings AS settings, c.version AS version, c.created_at AS created_at, c.updated_at AS updated_at,
     a.is_enabled AS is_enabled, a.scope AS scope, a.updated_at AS assigned_at,
     NULL AS of_what, NULL AS rule, NULL AS is_listed
     FROM assignments a JOIN configurations c ON c.id = a.configuration_id WHERE a.is_enabled
     UNION ALL
     SELECT g.id, g.name, g.description, NULL, NULL, NULL, g.created_at, g.updated_at,
     NULL, NULL, NULL, g.of_what, g.rule, g.id IN (SELECT m.group_id FROM group_members m WHERE m.device_id = $1
         UNION SELECT m.group_id FROM group_members m WHERE m.person_id = $2)
     FROM groups g ORDER BY id";

/// The distributions that act, and what they depend on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct InForce {
    /// Each with its configuration.
    pub assigned: Vec<(Configuration, Assignment)>,
    /// The groups that they name.
    pub groups: Vec<Group>,
    /// Those of them that the device or its person was put into.
    pub listed: BTreeSet<GroupId>,
}

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

/// The distributions that are enabled, with their configurations and the groups that they name, in one statement.
pub async fn in_force(tx: &mut Tx, device: &DeviceId, person: Option<&PersonId>) -> Result<InForce, Error> {
    let mut found = InForce::default();
    let mut groups = Vec::new();
    for row in tx.rows(IN_FORCE, values![device, person]).await? {
        let scope: Option<String> = row.read("scope")?;
        if scope.is_none() {
            groups.push(row);
            continue;
        }
        let configuration = configurations::read(&row)?;
        let assignment = Assignment {
            configuration_id: configuration.id.clone(),
            is_enabled: row.read("is_enabled")?,
            scope: row.json("scope")?,
            updated_at: row.read("assigned_at")?,
        };
        found.assigned.push((configuration, assignment));
    }
    let named: BTreeSet<GroupId> = found
        .assigned
        .iter()
        .flat_map(|(_, assignment)| assignment.scope.groups().cloned())
        .collect();
    for row in groups {
        let id: GroupId = row.read("id")?;
        if !named.contains(&id) {
            continue;
        }
        if row.read("is_listed")? {
            found.listed.insert(id);
        }
        found.groups.push(groups::read(&row)?);
    }
    Ok(found)
}

fn read(row: &Row) -> Result<Assignment, Error> {
    Ok(Assignment {
        configuration_id: row.read("configuration_id")?,
        is_enabled: row.read("is_enabled")?,
        scope: row.json("scope")?,
        updated_at: row.read("updated_at")?,
    })
}
