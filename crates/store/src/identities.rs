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
    "INSERT INTO identities (id, device_id, renews, message_id, csr_sha256, serial, not_before, not_after,
     certificate, sha256, first_used_at, revoked_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";
const COMPLETE: &str = "UPDATE identities SET certificate = $2, sha256 = $3 WHERE id = $1
     AND (sha256 IS NULL OR sha256 = $3)";
const BY_ID: &str = "SELECT * FROM identities WHERE id = $1";
const BY_SHA256: &str = "SELECT * FROM identities WHERE sha256 = $1";
const BY_MESSAGE: &str = "SELECT * FROM identities WHERE message_id = $1 AND csr_sha256 = $2";
const BY_RENEWAL: &str =
    "SELECT * FROM identities WHERE device_id = $1 AND renews = $2 AND csr_sha256 = $3 ORDER BY id";
const OF_DEVICE: &str = "SELECT * FROM identities WHERE device_id = $1 ORDER BY id";
const REVOKE: &str = "UPDATE identities SET revoked_at = COALESCE(revoked_at, $2) WHERE id = $1";
const NOTE_USE: &str = "UPDATE identities SET first_used_at = $2 WHERE id = $1 AND first_used_at IS NULL";
const REVOKE_OLDER: &str = "UPDATE identities SET revoked_at = $3
     WHERE device_id = $1 AND id < $2 AND revoked_at IS NULL";
// The identity in use as `Identity::in_use` has it, of each device that is managed.
macro_rules! ending {
    ($what:literal, $then:literal) => {
        concat!(
            "SELECT ",
            $what,
            " FROM identities i JOIN devices d ON d.id = i.device_id
             WHERE i.not_after < $1 AND i.revoked_at IS NULL AND i.certificate IS NOT NULL
             AND (i.renews IS NULL OR i.first_used_at IS NOT NULL) AND d.unenrolled_at IS NULL
             AND NOT EXISTS (SELECT 1 FROM identities o WHERE o.device_id = i.device_id
                 AND (o.not_after > i.not_after OR (o.not_after = i.not_after AND o.id > i.id))
                 AND o.revoked_at IS NULL AND o.certificate IS NOT NULL
                 AND (o.renews IS NULL OR o.first_used_at IS NOT NULL))",
            $then
        )
    };
}
const ENDING: &str = ending!(
    "i.*, d.name AS device_name",
    " ORDER BY i.not_after, i.id LIMIT $2"
);
const COUNT_ENDING: &str = ending!("COUNT(*) AS n", "");
const LATE: &str = ending!("COUNT(*) AS n, COALESCE(MAX(i.not_after), 0) AS newest", "");

/// A device whose identity comes to its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EndingIdentity {
    /// The identity in use.
    pub identity: Identity,
    /// The device's name.
    pub device_name: String,
}

/// Keeps the intent to issue; the same MessageID and CSR again are a conflict.
pub async fn insert_intent(tx: &mut Tx, identity: &Identity) -> Result<(), Error> {
    let values = values![
        identity.id,
        identity.device_id,
        identity.renews,
        identity.message_id,
        identity.csr_sha256,
        identity.serial,
        identity.not_before,
        identity.not_after,
        identity.certificate,
        identity.sha256,
        identity.first_used_at,
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

/// The identity that a renewal of this one already led to for the same CSR.
pub async fn by_renewal(
    tx: &mut Tx,
    device_id: &DeviceId,
    renews: &IdentityId,
    csr_sha256: &str,
) -> Result<Option<Identity>, Error> {
    tx.first(BY_RENEWAL, values![device_id, renews, csr_sha256], read)
        .await
}

/// All identities of a device, oldest first.
pub async fn of_device(tx: &mut Tx, device_id: &DeviceId) -> Result<Vec<Identity>, Error> {
    tx.all(OF_DEVICE, values![device_id], read).await
}

/// Revokes an identity; the first moment stays.
pub async fn revoke(tx: &mut Tx, id: &IdentityId, now: Timestamp) -> Result<(), Error> {
    tx.change("identities", REVOKE, values![id, now]).await
}

/// Notes that an identity was used in a session. Whether it is the first time.
pub async fn note_use(tx: &mut Tx, id: &IdentityId, now: Timestamp) -> Result<bool, Error> {
    Ok(tx.execute(NOTE_USE, values![id, now]).await? > 0)
}

/// Revokes what a device had before this identity. How many it were.
pub async fn revoke_older(tx: &mut Tx, identity: &Identity, now: Timestamp) -> Result<u64, Error> {
    tx.execute(REVOKE_OLDER, values![identity.device_id, identity.id, now])
        .await
}

/// Managed devices whose identity ends before `end` and that aren't known to hold a later one, the earliest end first.
pub async fn ending(tx: &mut Tx, end: Timestamp, limit: u32) -> Result<Vec<EndingIdentity>, Error> {
    let listed = |row: &Row| {
        Ok(EndingIdentity {
            identity: read(row)?,
            device_name: row.read("device_name")?,
        })
    };
    tx.all(ENDING, values![end, limit], listed).await
}

/// How many [`ending`] could list.
pub async fn count_ending(tx: &mut Tx, end: Timestamp) -> Result<i64, Error> {
    tx.number(COUNT_ENDING, values![end]).await
}

/// How many [`ending`] could list, and the last end among them.
pub async fn late(tx: &mut Tx, end: Timestamp) -> Result<(i64, Timestamp), Error> {
    let counted = |row: &Row| Ok((row.read("n")?, row.read("newest")?));
    let found = tx.first(LATE, values![end], counted).await?;
    found.ok_or_else(|| Error::Corrupt("a count without a row".to_owned()))
}

/// Reads one from its columns, each named with a prefix in a statement that joins tables.
macro_rules! columns {
    ($row:expr, $prefix:literal) => {
        Ok(Identity {
            id: $row.read(concat!($prefix, "id"))?,
            device_id: $row.read(concat!($prefix, "device_id"))?,
            renews: $row.read(concat!($prefix, "renews"))?,
            message_id: $row.read(concat!($prefix, "message_id"))?,
            csr_sha256: $row.read(concat!($prefix, "csr_sha256"))?,
            serial: $row.read(concat!($prefix, "serial"))?,
            not_before: $row.read(concat!($prefix, "not_before"))?,
            not_after: $row.read(concat!($prefix, "not_after"))?,
            certificate: $row.read(concat!($prefix, "certificate"))?,
            sha256: $row.read(concat!($prefix, "sha256"))?,
            first_used_at: $row.read(concat!($prefix, "first_used_at"))?,
            revoked_at: $row.read(concat!($prefix, "revoked_at"))?,
        })
    };
}

fn read(row: &Row) -> Result<Identity, Error> {
    columns!(row, "")
}

/// What [`read_joined`] reads of `identities i`.
macro_rules! joined {
    () => {
        "i.id AS i_id, i.device_id AS i_device_id, i.renews AS i_renews, i.message_id AS i_message_id,
         i.csr_sha256 AS i_csr_sha256, i.serial AS i_serial, i.not_before AS i_not_before,
         i.not_after AS i_not_after, i.certificate AS i_certificate, i.sha256 AS i_sha256,
         i.first_used_at AS i_first_used_at, i.revoked_at AS i_revoked_at"
    };
}
pub(crate) use joined;

pub(crate) fn read_joined(row: &Row) -> Result<Identity, Error> {
    columns!(row, "i_")
}
