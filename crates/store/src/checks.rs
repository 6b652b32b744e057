//! The latest result of each step of looking at an authority.

use domain::{external_ca::AuthorityId, warning::Check};

use crate::{
    Error, Tx,
    row::Row,
    value::{json, values},
};

const PUT: &str =
    "INSERT INTO authority_checks (authority_id, step, result, key, values_json, milliseconds, at,
     since) VALUES ($1, $2, $3, $4, $5, $6, $7, $7)
     ON CONFLICT (authority_id, step) DO UPDATE SET result = excluded.result, key = excluded.key,
     values_json = excluded.values_json, milliseconds = excluded.milliseconds, at = excluded.at,
     since = CASE WHEN authority_checks.result = excluded.result AND authority_checks.key = excluded.key
     THEN authority_checks.since ELSE excluded.since END";
const LIST: &str = "SELECT * FROM authority_checks WHERE authority_id = $1 ORDER BY step";
const DELETE: &str = "DELETE FROM authority_checks WHERE authority_id = $1 AND step = $2";
const UNWATCHED: &str = "SELECT id FROM authorities WHERE NOT EXISTS (SELECT 1 FROM jobs
     WHERE jobs.kind = $1 AND jobs.about = authorities.id) ORDER BY id";

/// Keeps the steps of one look in place of those of the look before. Since when a result stands is kept.
pub async fn replace(tx: &mut Tx, authority_id: &AuthorityId, checks: &[Check]) -> Result<(), Error> {
    for old in list(tx, authority_id).await? {
        if !checks.iter().any(|check| check.step == old.step) {
            tx.execute(DELETE, values![authority_id, old.step]).await?;
        }
    }
    for check in checks {
        let values = values![
            authority_id,
            check.step,
            check.result,
            check.key,
            json(&check.values)?,
            check.milliseconds,
            check.at,
        ];
        tx.execute(PUT, values).await?;
    }
    Ok(())
}

/// The steps of the last look.
pub async fn list(tx: &mut Tx, authority_id: &AuthorityId) -> Result<Vec<Check>, Error> {
    tx.all(LIST, values![authority_id], read).await
}

/// The authorities about which no job of this kind is queued or runs.
pub async fn without_job(tx: &mut Tx, kind: &str) -> Result<Vec<AuthorityId>, Error> {
    tx.all(UNWATCHED, values![kind], |row| row.read("id")).await
}

fn read(row: &Row) -> Result<Check, Error> {
    Ok(Check {
        step: row.read("step")?,
        result: row.read("result")?,
        key: row.read("key")?,
        values: row.json("values_json")?,
        milliseconds: row.read("milliseconds")?,
        at: row.read("at")?,
        since: row.read("since")?,
    })
}
