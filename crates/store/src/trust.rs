//! What is known of certificates in the trust stores of devices.

use domain::{Timestamp, device::DeviceId, thumbprint::Sha1};
use serde::{Deserialize, Serialize};

use crate::{
    Error, Tx,
    row::Row,
    value::{values, word},
};

const PUT: &str = "INSERT INTO device_trust (device_id, sha1, state, since, checked_at, unwanted_at)
     VALUES ($1, $2, $3, $4, $5, $6)
     ON CONFLICT (device_id, sha1) DO UPDATE SET state = excluded.state, since = excluded.since,
     checked_at = excluded.checked_at, unwanted_at = excluded.unwanted_at";
const OF_DEVICE: &str = "SELECT * FROM device_trust WHERE device_id = $1 ORDER BY sha1";
const FORGET: &str = "DELETE FROM device_trust WHERE device_id = $1";

/// One certificate in the trust stores of one device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trust {
    /// Of which device.
    pub device_id: DeviceId,
    /// Which certificate.
    pub sha1: Sha1,
    /// What is known.
    pub state: Trusted,
    /// Since when.
    pub since: Timestamp,
    /// When the device last said that it still trusts it, asked again.
    pub checked_at: Option<Timestamp>,
    /// Since when it is to be taken back.
    pub unwanted_at: Option<Timestamp>,
}

/// Whether, and since when, a device trusts a certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Trusted {
    /// It was asked and has it not.
    Absent,
    /// It had it before it was ever given: never removed.
    Before,
    /// It was given, and taken.
    Ours,
    /// It has it, or won't say, and nobody knows since when: never removed.
    Unknown,
}

/// Keeps what is known now.
pub async fn put(tx: &mut Tx, trust: &Trust) -> Result<(), Error> {
    let values = values![
        trust.device_id,
        trust.sha1,
        word(&trust.state)?,
        trust.since,
        trust.checked_at,
        trust.unwanted_at,
    ];
    tx.execute(PUT, values).await.map(drop)
}

/// All that is known of one device.
pub async fn of_device(tx: &mut Tx, device_id: &DeviceId) -> Result<Vec<Trust>, Error> {
    tx.all(OF_DEVICE, values![device_id], read).await
}

/// Forgets what is known of a device: it was set up anew.
pub async fn forget(tx: &mut Tx, device_id: &DeviceId) -> Result<u64, Error> {
    tx.execute(FORGET, values![device_id]).await
}

fn read(row: &Row) -> Result<Trust, Error> {
    Ok(Trust {
        device_id: row.read("device_id")?,
        sha1: row.read("sha1")?,
        state: row.word("state")?,
        since: row.read("since")?,
        checked_at: row.read("checked_at")?,
        unwanted_at: row.read("unwanted_at")?,
    })
}
