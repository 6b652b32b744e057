//! Warnings: each matter of an authority, or of devices, is raised once at each threshold, over all nodes.

use domain::{
    Timestamp,
    external_ca::AuthorityId,
    warning::{Matter, Warning},
};

use crate::{
    Error, Tx,
    row::Row,
    value::{json, values, word},
};

/// A warning with the name of its authority.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedWarning {
    /// The warning.
    pub warning: Warning,
    /// The authority's name; none where it is about devices.
    pub authority_name: Option<String>,
}

// One that ended and whose reason is there again is raised anew, under a new identifier.
const RAISE: &str = "INSERT INTO warnings (id, authority_id, kind, about, threshold, values_json, raised_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7)
     ON CONFLICT (COALESCE(authority_id, ''), kind, about, threshold) DO UPDATE SET id = excluded.id,
     values_json = excluded.values_json, raised_at = excluded.raised_at, ended_at = NULL
     WHERE warnings.ended_at IS NOT NULL";
const END: &str = "UPDATE warnings SET ended_at = $2 WHERE id = $1 AND ended_at IS NULL";
const OPEN_OF: &str =
    "SELECT * FROM warnings WHERE authority_id = $1 AND ended_at IS NULL ORDER BY raised_at, id";
const OPEN_OF_DEVICES: &str =
    "SELECT * FROM warnings WHERE authority_id IS NULL AND ended_at IS NULL ORDER BY raised_at, id";
const SET_VALUES: &str = "UPDATE warnings SET values_json = $2 WHERE id = $1 AND ended_at IS NULL";
const RECENT: &str = "SELECT warnings.*, authorities.name AS authority_name FROM warnings
     LEFT JOIN authorities ON authorities.id = warnings.authority_id
     WHERE warnings.ended_at IS NULL OR warnings.ended_at >= $1 ORDER BY warnings.raised_at DESC, warnings.id";

/// Raises a warning. Whether it wasn't raised already.
pub async fn raise(tx: &mut Tx, warning: &Warning) -> Result<bool, Error> {
    let values = values![
        warning.id,
        warning.authority_id,
        word(&warning.matter.kind)?,
        warning.matter.about,
        warning.matter.threshold,
        json(&warning.matter.values)?,
        warning.raised_at,
    ];
    Ok(tx.execute(RAISE, values).await? > 0)
}

/// Ends a warning whose reason is gone.
pub async fn end(tx: &mut Tx, warning: &Warning, now: Timestamp) -> Result<(), Error> {
    tx.execute(END, values![warning.id, now]).await.map(drop)
}

/// The warnings of an authority that stand, oldest first.
pub async fn open_of(tx: &mut Tx, authority_id: &AuthorityId) -> Result<Vec<Warning>, Error> {
    tx.all(OPEN_OF, values![authority_id], read).await
}

/// The warnings about devices that stand, oldest first.
pub async fn open_of_devices(tx: &mut Tx) -> Result<Vec<Warning>, Error> {
    tx.all(OPEN_OF_DEVICES, values![], read).await
}

/// Keeps what a standing warning says now.
pub async fn set_values(tx: &mut Tx, warning: &Warning) -> Result<(), Error> {
    tx.execute(SET_VALUES, values![warning.id, json(&warning.matter.values)?])
        .await
        .map(drop)
}

/// The warnings that stand, and those that ended at `since` or later, newest first.
pub async fn recent(tx: &mut Tx, since: Timestamp) -> Result<Vec<ListedWarning>, Error> {
    let listed = |row: &Row| {
        Ok(ListedWarning {
            warning: read(row)?,
            authority_name: row.read("authority_name")?,
        })
    };
    tx.all(RECENT, values![since], listed).await
}

fn read(row: &Row) -> Result<Warning, Error> {
    Ok(Warning {
        id: row.read("id")?,
        authority_id: row.read("authority_id")?,
        matter: Matter {
            kind: row.word("kind")?,
            about: row.read("about")?,
            threshold: row.read("threshold")?,
            values: row.json("values_json")?,
        },
        raised_at: row.read("raised_at")?,
        ended_at: row.read("ended_at")?,
    })
}
