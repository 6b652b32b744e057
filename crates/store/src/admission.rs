//! Who may enrol devices.

use domain::{Timestamp, admission::Admission};

use crate::{
    Error, Tx,
    value::{json, values},
};

const READ: &str = "SELECT rules FROM admission WHERE singleton = 1";
const PUT: &str = "INSERT INTO admission (singleton, rules, updated_at) VALUES (1, $1, $2)
     ON CONFLICT (singleton) DO UPDATE SET rules = excluded.rules, updated_at = excluded.updated_at";

/// What is allowed; everything where nobody said anything.
pub async fn read(tx: &mut Tx) -> Result<Admission, Error> {
    Ok(tx
        .first(READ, values![], |row| row.json("rules"))
        .await?
        .unwrap_or_default())
}

/// Keeps what is allowed.
pub async fn put(tx: &mut Tx, admission: &Admission, now: Timestamp) -> Result<(), Error> {
    tx.execute(PUT, values![json(admission)?, now]).await.map(drop)
}
