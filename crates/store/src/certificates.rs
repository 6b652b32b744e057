//! Certificates that were proved to be on devices.

use domain::{
    Timestamp, certificate::Certificate, delivery::DeliveryId, device::DeviceId, external_ca::AuthorityId,
    thumbprint::Sha1,
};

use crate::{
    Error, Tx,
    devices::LAST,
    row::Row,
    value::{pattern, values, word},
};

/// A certificate as lists show it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedCertificate {
    /// The certificate.
    pub certificate: Certificate,
    /// Its device's name.
    pub device_name: String,
    /// The user name of the device's person.
    pub username: Option<String>,
}

const PUT: &str =
    "INSERT INTO certificates (device_id, sha1, delivery_id, verified_by, subject, issuer, serial,
     not_before, not_after, der, search, verified_at, removed_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
     ON CONFLICT (device_id, sha1) DO UPDATE SET delivery_id = excluded.delivery_id,
     verified_by = excluded.verified_by, subject = excluded.subject, issuer = excluded.issuer,
     serial = excluded.serial, not_before = excluded.not_before, not_after = excluded.not_after,
     der = excluded.der, search = excluded.search, verified_at = excluded.verified_at,
     removed_at = excluded.removed_at";
const BY_SHA1: &str = "SELECT * FROM certificates WHERE device_id = $1 AND sha1 = $2";
const OF_DEVICE: &str = "SELECT * FROM certificates WHERE device_id = $1 ORDER BY verified_at, sha1";
const OF_DELIVERY: &str = "SELECT COUNT(*) AS n FROM certificates WHERE delivery_id = $1";
const LIST: &str = "SELECT c.*, d.name AS device_name, p.username AS username FROM certificates c
     LEFT JOIN devices d ON d.id = c.device_id LEFT JOIN people p ON p.id = d.person_id
     WHERE (c.delivery_id, c.sha1) < ($1, $2)
     AND (c.search LIKE $3 ESCAPE '!' OR d.search LIKE $3 ESCAPE '!' OR p.search LIKE $3 ESCAPE '!')
     ORDER BY c.delivery_id DESC, c.sha1 DESC LIMIT $4";
const NEWEST_OF_AUTHORITY: &str =
    "SELECT c.*, d.name AS device_name, p.username AS username FROM deliveries y
     JOIN certificates c ON c.delivery_id = y.id
     LEFT JOIN devices d ON d.id = c.device_id LEFT JOIN people p ON p.id = d.person_id
     WHERE y.authority_id = $1 AND y.state = 'verified' AND y.is_current
     ORDER BY y.id DESC, c.sha1 DESC LIMIT $2";
const SET_REMOVED: &str = "UPDATE certificates SET removed_at = COALESCE(removed_at, $3)
     WHERE device_id = $1 AND sha1 = $2";
const COUNT: &str = "SELECT COUNT(*) AS n FROM certificates";

/// Keeps a certificate, or writes what is known of it anew.
pub async fn put(tx: &mut Tx, certificate: &Certificate) -> Result<(), Error> {
    let serial = certificate.serial.as_deref().unwrap_or_default();
    let search = format!("{} {} {serial}", certificate.subject, certificate.sha1).to_lowercase();
    let values = values![
        certificate.device_id,
        certificate.sha1,
        certificate.delivery_id,
        word(&certificate.verified_by)?,
        certificate.subject,
        certificate.issuer,
        certificate.serial,
        certificate.not_before,
        certificate.not_after,
        certificate.der,
        search,
        certificate.verified_at,
        certificate.removed_at,
    ];
    tx.execute(PUT, values).await.map(drop)
}

/// Finds a certificate of a device.
pub async fn by_sha1(tx: &mut Tx, device_id: &DeviceId, sha1: &Sha1) -> Result<Option<Certificate>, Error> {
    tx.first(BY_SHA1, values![device_id, sha1], read).await
}

/// All certificates of a device, those removed too, in the order in which they were proved.
pub async fn of_device(tx: &mut Tx, device_id: &DeviceId) -> Result<Vec<Certificate>, Error> {
    tx.all(OF_DEVICE, values![device_id], read).await
}

/// The certificates of an authority's newest deliveries, newest first.
pub async fn newest_of_authority(
    tx: &mut Tx,
    authority_id: &AuthorityId,
    limit: u32,
) -> Result<Vec<ListedCertificate>, Error> {
    tx.all(NEWEST_OF_AUTHORITY, values![authority_id, limit], listed)
        .await
}

/// Certificates whose subject, thumbprint, serial number, device or person holds the text, those of the
/// newest deliveries first, behind the one that `after` names.
pub async fn list(
    tx: &mut Tx,
    search: &str,
    after: Option<(&DeliveryId, &Sha1)>,
    limit: u32,
) -> Result<Vec<ListedCertificate>, Error> {
    let (delivery, sha1) = after.map_or((LAST, String::new()), |(delivery, sha1)| {
        (delivery.as_str(), sha1.to_string())
    });
    tx.all(LIST, values![delivery, sha1, pattern(search), limit], listed)
        .await
}

/// Whether a delivery's certificate was proved to be on its device, be it there still or not.
pub async fn is_proved(tx: &mut Tx, delivery_id: &DeliveryId) -> Result<bool, Error> {
    Ok(tx.number(OF_DELIVERY, values![delivery_id]).await? > 0)
}

/// Notes that a certificate was taken off or replaced; the first moment stays.
pub async fn set_removed(
    tx: &mut Tx,
    device_id: &DeviceId,
    sha1: &Sha1,
    now: Timestamp,
) -> Result<(), Error> {
    tx.change("certificates", SET_REMOVED, values![device_id, sha1, now])
        .await
}

/// How many certificates were ever proved.
pub async fn count(tx: &mut Tx) -> Result<i64, Error> {
    tx.number(COUNT, values![]).await
}

/// Reads one from its columns, each named with a prefix in a statement that joins tables.
macro_rules! columns {
    ($row:expr, $prefix:literal) => {
        Ok(Certificate {
            sha1: $row.read(concat!($prefix, "sha1"))?,
            device_id: $row.read(concat!($prefix, "device_id"))?,
            delivery_id: $row.read(concat!($prefix, "delivery_id"))?,
            verified_by: $row.word(concat!($prefix, "verified_by"))?,
            subject: $row.read(concat!($prefix, "subject"))?,
            issuer: $row.read(concat!($prefix, "issuer"))?,
            serial: $row.read(concat!($prefix, "serial"))?,
            not_before: $row.read(concat!($prefix, "not_before"))?,
            not_after: $row.read(concat!($prefix, "not_after"))?,
            der: $row.read(concat!($prefix, "der"))?,
            verified_at: $row.read(concat!($prefix, "verified_at"))?,
            removed_at: $row.read(concat!($prefix, "removed_at"))?,
        })
    };
}

fn read(row: &Row) -> Result<Certificate, Error> {
    columns!(row, "")
}

/// What [`read_joined`] reads of `certificates k`.
macro_rules! joined {
    () => {
        "k.sha1 AS k_sha1, k.device_id AS k_device_id, k.delivery_id AS k_delivery_id,
         k.verified_by AS k_verified_by, k.subject AS k_subject, k.issuer AS k_issuer, k.serial AS k_serial,
         k.not_before AS k_not_before, k.not_after AS k_not_after, k.der AS k_der,
         k.verified_at AS k_verified_at, k.removed_at AS k_removed_at"
    };
}
pub(crate) use joined;

pub(crate) fn read_joined(row: &Row) -> Result<Certificate, Error> {
    columns!(row, "k_")
}

fn listed(row: &Row) -> Result<ListedCertificate, Error> {
    Ok(ListedCertificate {
        certificate: read(row)?,
        device_name: row.read("device_name")?,
        username: row.read("username")?,
    })
}
