//! The secrets by which devices prove themselves inside a session.

use domain::{
    Sealed, Timestamp,
    device::{DeviceId, enrolment::IdentityId},
};

use crate::{Error, Tx, row::Row, value::values};

const PUT: &str = "INSERT INTO dm_accounts (device_id, identity_id, secret) VALUES ($1, $2, $3)
     ON CONFLICT (device_id) DO UPDATE SET identity_id = excluded.identity_id, secret = excluded.secret";
const OF_DEVICE: &str = "SELECT * FROM dm_accounts WHERE device_id = $1";
// First of each device's: the identity in use as `Identity::in_use` has it, then what it renewed.
const BY_WINDOWS_ID: &str = "SELECT a.device_id AS device_id, a.identity_id AS identity_id, a.secret AS secret,
     i.sha256 AS sha256 FROM dm_accounts a
     JOIN devices d ON d.id = a.device_id AND d.windows_id = $1 AND d.unenrolled_at IS NULL
     JOIN identities i ON i.device_id = d.id AND i.sha256 IS NOT NULL AND i.revoked_at IS NULL
         AND i.not_after >= $2
     ORDER BY a.device_id, CASE WHEN i.renews IS NULL OR i.first_used_at IS NOT NULL THEN 0 ELSE 1 END, i.id DESC
     LIMIT $3";

/// A secret and whose it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DmAccount {
    /// The device.
    pub device_id: DeviceId,
    /// The identity of the enrolment that brought the secret to the device.
    pub identity_id: IdentityId,
    /// The secret, sealed.
    pub secret: Sealed,
}

/// Keeps a secret in place of the device's last one.
pub async fn put(tx: &mut Tx, account: &DmAccount) -> Result<(), Error> {
    let values = values![account.device_id, account.identity_id, account.secret];
    tx.execute(PUT, values).await.map(drop)
}

/// A device's secret.
pub async fn of_device(tx: &mut Tx, id: &DeviceId) -> Result<Option<DmAccount>, Error> {
    tx.first(OF_DEVICE, values![id], read).await
}

/// The secrets of managed devices that state this DeviceID, each with the SHA-256 (hex) of the identity certificate that
/// it speaks for: one machine may be enrolled for several people.
pub async fn by_windows_id(
    tx: &mut Tx,
    windows_id: &str,
    now: Timestamp,
    limit: u32,
) -> Result<Vec<(DmAccount, String)>, Error> {
    let mut found: Vec<(DmAccount, String)> = tx
        .all(BY_WINDOWS_ID, values![windows_id, now, limit], |row| {
            Ok((read(row)?, row.read("sha256")?))
        })
        .await?;
    found.dedup_by(|later, first| later.0.device_id == first.0.device_id);
    Ok(found)
}

fn read(row: &Row) -> Result<DmAccount, Error> {
    Ok(DmAccount {
        device_id: row.read("device_id")?,
        identity_id: row.read("identity_id")?,
        secret: row.read("secret")?,
    })
}
