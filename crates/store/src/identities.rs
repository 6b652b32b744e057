//! Identity certificates of devices: first the intent, then the certificate.

use domain::{
    Timestamp,
    device::{
        Device, DeviceId,
        enrolment::{Identity, IdentityId},
    },
};

use crate::{Error, Tx, devices, row::Row, value::values};

const INSERT: &str =
    "INSERT INTO identities (id, device_id, message_id, csr_sha256, serial, not_before, not_after,
     certificate, sha256, revoked_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
const COMPLETE: &str = "UPDATE identities SET certificate = $2, sha256 = $3 WHERE id = $1
     AND (sha256 IS NULL OR sha256 = $3)";
const BY_ID: &str = "SELECT * FROM identities WHERE id = $1";
const BY_SHA256: &str = "SELECT * FROM identities WHERE sha256 = $1";
const BY_MESSAGE: &str = "SELECT * FROM identities WHERE message_id = $1 AND csr_sha256 = $2";
const OF_DEVICE: &str = "SELECT * FROM identities WHERE device_id = $1 ORDER BY id";
const REVOKE: &str = "UPDATE identities SET revoked_at = COALESCE(revoked_at, $2) WHERE id = $1";

/// Keeps the intent to issue; the same MessageID and CSR again are a conflict.
pub async fn insert_intent(tx: &mut Tx, identity: &Identity) -> Result<(), Error> {
    let values = values![
        identity.id,
        identity.device_id,
        identity.message_id,
        identity.csr_sha256,
        identity.serial,
        identity.not_before,
        identity.not_after,
        identity.certificate,
        identity.sha256,
        identity.revoked_at,
    ];
    tx.execute(INSERT, values).await.map(drop)
}

/// Keeps the certificate that was signed; another certificate for the same intent isn't found.
pub async fn complete(tx: &mut Tx, id: &IdentityId, certificate: &[u8], sha256: &str) -> Result<(), Error> {
    tx.change("identities", COMPLETE, values![id, certificate, sha256])
        .await
}

/// Finds an identity.
pub async fn by_id(tx: &mut Tx, id: &IdentityId) -> Result<Option<Identity>, Error> {
    tx.first(BY_ID, values![id], read).await
}

/// The identity whose certificate it is, and the device, whatever became of either.
pub async fn by_sha256(tx: &mut Tx, sha256: &str) -> Result<Option<(Identity, Device)>, Error> {
    let Some(identity) = tx.first(BY_SHA256, values![sha256], read).await? else {
        return Ok(None);
    };
    let device = devices::by_id(tx, &identity.device_id).await?;
    Ok(device.map(|device| (identity, device)))
}

/// The identity that an enrolment request already led to.
pub async fn by_message(tx: &mut Tx, message_id: &str, csr_sha256: &str) -> Result<Option<Identity>, Error> {
    tx.first(BY_MESSAGE, values![message_id, csr_sha256], read).await
}

/// All identities of a device, oldest first.
pub async fn of_device(tx: &mut Tx, device_id: &DeviceId) -> Result<Vec<Identity>, Error> {
    tx.all(OF_DEVICE, values![device_id], read).await
}

/// Revokes an identity; the first moment stays.
pub async fn revoke(tx: &mut Tx, id: &IdentityId, now: Timestamp) -> Result<(), Error> {
    tx.change("identities", REVOKE, values![id, now]).await
}

fn read(row: &Row) -> Result<Identity, Error> {
    Ok(Identity {
        id: row.read("id")?,
        device_id: row.read("device_id")?,
        message_id: row.read("message_id")?,
        csr_sha256: row.read("csr_sha256")?,
        serial: row.read("serial")?,
        not_before: row.read("not_before")?,
        not_after: row.read("not_after")?,
        certificate: row.read("certificate")?,
        sha256: row.read("sha256")?,
        revoked_at: row.read("revoked_at")?,
    })
}
