//! Devices.

use domain::{
    Timestamp,
    device::{Device, DeviceId, LeftHow, Removal},
    person::PersonId,
};

use crate::{
    Error, Tx,
    row::Row,
    value::{Value, json, pattern, values},
};

/// Which devices a list holds. The empty text stands for no limit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DeviceFilter {
    /// Text in the device's name, serial number, model or manufacturer, or in its person's record.
    pub search: String,
    /// Name of the state that one of its current deliveries is in, or [`LEAVING`], [`SILENT`] or [`REVOKED`].
    pub state: Option<String>,
    /// Whoever was last heard of then, or before, is silent.
    pub silent_before: Timestamp,
}

/// Managed devices that an administrator sends away.
pub const LEAVING: &str = "leaving";
/// Managed devices that weren't heard of for long.
pub const SILENT: &str = "silent";
/// Devices whose identity was revoked at once.
pub const REVOKED: &str = "revoked";

/// A device as lists show it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedDevice {
    /// The device.
    pub device: Device,
    /// Its person's user name.
    pub username: Option<String>,
    /// How many of its current deliveries are verified.
    pub verified: i64,
    /// How many failed.
    pub failed: i64,
    /// How many are on their way.
    pub open: i64,
}

const INSERT: &str =
    "INSERT INTO devices (id, name, person_id, windows_id, hardware_id, enrollment_type, os_version,
     manufacturer, model, serial_number, language, imei, wifi_mac, search, is_polling_fast, enrolled_at,
     last_seen_at, unenrolled_at, left_how, removal, told_to_leave_at, inventory)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22)";
const UPDATE: &str = "UPDATE devices SET name = $2, person_id = $3, windows_id = $4, hardware_id = $5,
     enrollment_type = $6, os_version = $7, manufacturer = $8, model = $9, serial_number = $10, language = $11,
     imei = $12, wifi_mac = $13, search = $14, is_polling_fast = $15, enrolled_at = $16, last_seen_at = $17,
     unenrolled_at = $18, left_how = $19, removal = $20, told_to_leave_at = $21, inventory = $22 WHERE id = $1";
const TOUCH: &str = "UPDATE devices SET last_seen_at = $2 WHERE id = $1";
const POLL: &str = "SELECT poll_minutes FROM devices WHERE id = $1";
const SET_POLL: &str = "UPDATE devices SET is_polling_fast = $2, poll_minutes = $3 WHERE id = $1";
const SET_REMOVAL: &str = "UPDATE devices SET removal = $2, told_to_leave_at = $3 WHERE id = $1";
const SET_USER: &str = "UPDATE devices SET person_id = $2 WHERE id = $1";
/// What [`read`] reads of a device `d`. A session that has nothing to do writes its own row alone: when a device last
/// spoke stands there, or with the device itself, whichever is later.
macro_rules! device {
    () => {
        "d.*, (SELECT spoke.updated_at FROM mdm_sessions spoke WHERE spoke.device_id = d.id) AS spoke_at"
    };
}
pub(crate) use device;

macro_rules! select {
    ($which:literal) => {
        concat!("SELECT ", device!(), " FROM devices d WHERE ", $which)
    };
}
const TOLD_BEFORE: &str =
    select!("d.told_to_leave_at <= $1 AND d.unenrolled_at IS NULL ORDER BY d.told_to_leave_at LIMIT $2");
const BY_ID: &str = select!("d.id = $1");
const BY_WINDOWS_ID: &str = select!("d.person_id = $1 AND d.windows_id = $2");
const OF_PERSON: &str = select!("d.person_id = $1 ORDER BY d.id");
const OF_HARDWARE: &str =
    select!("d.hardware_id = $1 AND d.unenrolled_at IS NULL AND d.id <> $2 ORDER BY d.id DESC LIMIT $3");
const SHARED_HARDWARE: &str = "SELECT hardware_id FROM devices
     WHERE unenrolled_at IS NULL AND hardware_id IS NOT NULL
     GROUP BY hardware_id HAVING COUNT(*) > 1 ORDER BY MAX(id) DESC LIMIT $1";
const OLD_IDENTITY: &str = "UPDATE devices SET old_identity_at = $2
     WHERE id = $1 AND unenrolled_at IS NULL AND (old_identity_at IS NULL OR old_identity_at < $3)";
const RETURNED: &str = "UPDATE devices SET old_identity_at = $2
     WHERE id = $1 AND left_how = 'silent' AND unenrolled_at IS NOT NULL
     AND (old_identity_at IS NULL OR old_identity_at < unenrolled_at OR old_identity_at < $3)";
// When it last spoke stands with its session too: `spoke_at`, as in `device!`.
const FALLEN_SILENT: &str = "SELECT d.id, d.silence_told_at, d.last_seen_at,
     (SELECT spoke.updated_at FROM mdm_sessions spoke WHERE spoke.device_id = d.id) AS spoke_at
     FROM devices d WHERE d.id > $2 AND d.unenrolled_at IS NULL AND d.last_seen_at <= $1
     AND NOT EXISTS (SELECT 1 FROM mdm_sessions s WHERE s.device_id = d.id AND s.updated_at > $1)
     ORDER BY d.id LIMIT $3";
macro_rules! told_of_silence {
    ($what:expr, $then:literal) => {
        concat!(
            "SELECT ",
            $what,
            " FROM devices d WHERE d.silence_told_at IS NOT NULL AND d.unenrolled_at IS NULL
             AND d.silence_told_at > d.last_seen_at AND NOT EXISTS (SELECT 1 FROM mdm_sessions s
                 WHERE s.device_id = d.id AND s.updated_at >= d.silence_told_at)",
            $then
        )
    };
}
const TOLD_OF_SILENCE: &str = told_of_silence!(device!(), " ORDER BY d.silence_told_at, d.id LIMIT $1");
const COUNT_TOLD_OF_SILENCE: &str =
    told_of_silence!("COUNT(*) AS n, COALESCE(MAX(d.silence_told_at), 0) AS newest", "");
const SILENCE: &str =
    "SELECT silence_told_at, CASE WHEN left_how = 'silent' AND old_identity_at > unenrolled_at
     THEN old_identity_at END AS returned_at FROM devices WHERE id = $1";
const SET_SILENCE_TOLD: &str = "UPDATE devices SET silence_told_at = $2 WHERE id = $1";
const IDS: &str = "SELECT id FROM devices WHERE id > $1 ORDER BY id LIMIT $2";
const COUNT: &str = "SELECT COUNT(*) AS n FROM devices";

macro_rules! list {
    ($also:literal) => {
        concat!(
            "SELECT ",
            device!(),
            ", p.username AS username,
             (SELECT COUNT(*) FROM deliveries v WHERE v.device_id = d.id AND v.is_current
                 AND v.state = 'verified') AS verified,
             (SELECT COUNT(*) FROM deliveries v WHERE v.device_id = d.id AND v.is_current
                 AND v.state = 'failed') AS failed,
             (SELECT COUNT(*) FROM deliveries v WHERE v.device_id = d.id AND v.is_current
                 AND v.state IN ('waiting_for_device', 'waiting_for_challenge', 'sent', 'enrolling',
                     'pending_at_ca')) AS open
             FROM devices d LEFT JOIN people p ON p.id = d.person_id
             WHERE d.id < $1 AND (d.search LIKE $2 ESCAPE '!' OR p.search LIKE $2 ESCAPE '!')",
            $also,
            " ORDER BY d.id DESC LIMIT $3"
        )
    };
}
const LIST: &str = list!("");
const LIST_LEAVING: &str = list!(" AND d.removal IS NOT NULL AND d.unenrolled_at IS NULL");
const LIST_REVOKED: &str = list!(" AND d.left_how = 'revoked'");
const LIST_SILENT: &str = list!(
    " AND d.unenrolled_at IS NULL AND d.last_seen_at <= $4 AND NOT EXISTS
     (SELECT 1 FROM mdm_sessions m WHERE m.device_id = d.id AND m.updated_at > $4)"
);
const LIST_BY_STATE: &str =
    list!(" AND d.id IN (SELECT device_id FROM deliveries WHERE is_current AND state = $4)");

/// Adds a device.
pub async fn insert(tx: &mut Tx, device: &Device) -> Result<(), Error> {
    tx.execute(INSERT, written(device)?).await.map(drop)
}

/// Writes a device anew.
pub async fn update(tx: &mut Tx, device: &Device) -> Result<(), Error> {
    tx.change("devices", UPDATE, written(device)?).await
}

/// Notes that a device spoke.
pub async fn touch(tx: &mut Tx, id: &DeviceId, now: Timestamp) -> Result<(), Error> {
    tx.change("devices", TOUCH, values![id, now]).await
}

/// Each how many minutes a device that polls often was told to; none stands for each minute.
pub async fn poll_minutes(tx: &mut Tx, id: &DeviceId) -> Result<Option<u32>, Error> {
    let told: Option<Option<i64>> = tx
        .first(POLL, values![id], |row| row.read("poll_minutes"))
        .await?;
    Ok(told.flatten().and_then(|minutes| u32::try_from(minutes).ok()))
}

/// Notes how often a device polls now.
pub async fn set_poll(tx: &mut Tx, id: &DeviceId, is_fast: bool, minutes: Option<u32>) -> Result<(), Error> {
    tx.change("devices", SET_POLL, values![id, is_fast, minutes])
        .await
}

/// Keeps that a device is to leave, or that it stays.
pub async fn set_removal(tx: &mut Tx, id: &DeviceId, removal: Option<&Removal>) -> Result<(), Error> {
    let told_at = removal.and_then(|removal| removal.told_at);
    let removal = removal.map(json).transpose()?;
    tx.change("devices", SET_REMOVAL, values![id, removal, told_at])
        .await
}

/// Keeps whose a device is. A second device of a person with the same DeviceID of its enrolment is a conflict.
pub async fn set_user(tx: &mut Tx, id: &DeviceId, person: Option<&PersonId>) -> Result<(), Error> {
    tx.change("devices", SET_USER, values![id, person]).await
}

/// Devices that were told to leave before a moment, or then, and are still managed; the first that were told first.
pub async fn told_to_leave(tx: &mut Tx, before: Timestamp, limit: u32) -> Result<Vec<Device>, Error> {
    tx.all(TOLD_BEFORE, values![before, limit], read).await
}

/// Managed devices of this hardware id, but for one if it is named, the newest first.
pub async fn of_hardware(
    tx: &mut Tx,
    hardware_id: &str,
    but: Option<&DeviceId>,
    limit: u32,
) -> Result<Vec<Device>, Error> {
    let but = but.map(DeviceId::as_str).unwrap_or_default();
    tx.all(OF_HARDWARE, values![hardware_id, but, limit], read).await
}

/// Hardware ids that several managed devices have, those of the newest devices first.
pub async fn shared_hardware(tx: &mut Tx, limit: u32) -> Result<Vec<String>, Error> {
    tx.all(SHARED_HARDWARE, values![limit], |row| row.read("hardware_id"))
        .await
}

/// Notes that a device showed an identity that it had renewed. False: that was noted after `since`, or it has left.
pub async fn note_old_identity(
    tx: &mut Tx,
    id: &DeviceId,
    now: Timestamp,
    since: Timestamp,
) -> Result<bool, Error> {
    Ok(tx.execute(OLD_IDENTITY, values![id, now, since]).await? > 0)
}

/// What is noted of a device's silence.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Silence {
    /// When people were last told; it may have spoken since.
    pub told_at: Option<Timestamp>,
    /// When it last came back after it had left for its silence.
    pub returned_at: Option<Timestamp>,
}

/// Managed devices that were last heard of at `before` or earlier, by identifier, behind `after`: when people were told of
/// that, and when each was last heard of.
pub async fn silent(
    tx: &mut Tx,
    before: Timestamp,
    after: Option<&DeviceId>,
    limit: u32,
) -> Result<Vec<(DeviceId, Option<Timestamp>, Timestamp)>, Error> {
    let after = after.map_or("", DeviceId::as_str);
    let silent = |row: &Row| Ok((row.read("id")?, row.read("silence_told_at")?, last_contact(row)?));
    tx.all(FALLEN_SILENT, values![before, after, limit], silent).await
}

/// Managed devices that people were told of and that weren't heard of since, and when that was, the first told first.
pub async fn told_of_silence(tx: &mut Tx, limit: u32) -> Result<Vec<(Device, Timestamp)>, Error> {
    let told = |row: &Row| Ok((read(row)?, row.read("silence_told_at")?));
    tx.all(TOLD_OF_SILENCE, values![limit], told).await
}

/// How many [`told_of_silence`] could list, and when people were told of the newest.
pub async fn count_told_of_silence(tx: &mut Tx) -> Result<(i64, Timestamp), Error> {
    let counted = |row: &Row| Ok((row.read("n")?, row.read("newest")?));
    let found = tx.first(COUNT_TOLD_OF_SILENCE, values![], counted).await?;
    found.ok_or_else(|| Error::Corrupt("a count without a row".to_owned()))
}

/// What is noted of a device's silence.
pub async fn silence(tx: &mut Tx, id: &DeviceId) -> Result<Silence, Error> {
    let noted = |row: &Row| {
        Ok(Silence {
            told_at: row.read("silence_told_at")?,
            returned_at: row.read("returned_at")?,
        })
    };
    Ok(tx.first(SILENCE, values![id], noted).await?.unwrap_or_default())
}

/// Notes that people are told of a device's silence.
pub async fn set_silence_told(tx: &mut Tx, id: &DeviceId, now: Timestamp) -> Result<(), Error> {
    tx.change("devices", SET_SILENCE_TOLD, values![id, now]).await
}

/// Notes that a device came back that had left for its silence. False: that was noted after `since`, or it left otherwise.
pub async fn note_return(
    tx: &mut Tx,
    id: &DeviceId,
    now: Timestamp,
    since: Timestamp,
) -> Result<bool, Error> {
    Ok(tx.execute(RETURNED, values![id, now, since]).await? > 0)
}

/// Finds a device.
pub async fn by_id(tx: &mut Tx, id: &DeviceId) -> Result<Option<Device>, Error> {
    tx.first(BY_ID, values![id], read).await
}

/// Finds a person's device by the DeviceID of its enrolment. The id is what the device says: it tells one device of a
/// person from another, never one person's from another's.
pub async fn by_windows_id(
    tx: &mut Tx,
    person_id: &PersonId,
    windows_id: &str,
) -> Result<Option<Device>, Error> {
    tx.first(BY_WINDOWS_ID, values![person_id, windows_id], read)
        .await
}

/// All devices of a person, oldest first.
pub async fn of_person(tx: &mut Tx, person_id: &PersonId) -> Result<Vec<Device>, Error> {
    tx.all(OF_PERSON, values![person_id], read).await
}

/// Devices, newest first, those older than `after`.
pub async fn list(
    tx: &mut Tx,
    filter: &DeviceFilter,
    after: Option<&DeviceId>,
    limit: u32,
) -> Result<Vec<ListedDevice>, Error> {
    let before = after.map_or(LAST, DeviceId::as_str);
    let mut values = values![before, pattern(&filter.search), limit];
    let statement = match filter.state.as_deref() {
        None => LIST,
        Some(LEAVING) => LIST_LEAVING,
        Some(REVOKED) => LIST_REVOKED,
        Some(SILENT) => {
            values.extend(values![filter.silent_before]);
            LIST_SILENT
        }
        Some(state) => {
            values.extend(values![state]);
            LIST_BY_STATE
        }
    };
    tx.all(statement, values, listed).await
}

/// Identifiers of all devices page by page, oldest first.
pub async fn list_ids_page(
    tx: &mut Tx,
    after: Option<&DeviceId>,
    limit: u32,
) -> Result<Vec<DeviceId>, Error> {
    let after = after.map_or("", DeviceId::as_str);
    tx.all(IDS, values![after, limit], |row| row.read("id")).await
}

/// How many devices there are.
pub async fn count(tx: &mut Tx) -> Result<i64, Error> {
    tx.number(COUNT, values![]).await
}

/// Sorts behind every identifier.
pub(crate) const LAST: &str = "~";

fn written(device: &Device) -> Result<Vec<Value>, Error> {
    let search = [
        Some(&device.name),
        device
            .inventory
            .name
            .as_ref()
            .filter(|name| **name != device.name),
        device.serial_number.as_ref(),
        device.model.as_ref(),
        device.manufacturer.as_ref(),
    ]
    .into_iter()
    .flatten()
    .map(|text| text.to_lowercase())
    .collect::<Vec<_>>()
    .join(" ");
    let removal = device.removal.as_ref();
    Ok(values![
        device.id,
        device.name,
        device.person_id,
        device.windows_id,
        device.hardware_id,
        device.enrollment_type,
        device.os_version,
        device.manufacturer,
        device.model,
        device.serial_number,
        device.language,
        device.imei,
        device.wifi_mac,
        search,
        device.is_polling_fast,
        device.enrolled_at,
        device.last_seen_at,
        device.unenrolled_at,
        device.left_how.map(LeftHow::name),
        removal.map(json).transpose()?,
        removal.and_then(|removal| removal.told_at),
        json(&device.inventory)?,
    ])
}

/// When it last spoke, by its own row and its session's.
pub(crate) fn last_contact(row: &Row) -> Result<Timestamp, Error> {
    let (seen, spoke): (Timestamp, Option<Timestamp>) = (row.read("last_seen_at")?, row.read("spoke_at")?);
    Ok(spoke.map_or(seen, |spoke| spoke.max(seen)))
}

/// Reads a device from the columns of `device!`.
pub(crate) fn read(row: &Row) -> Result<Device, Error> {
    Ok(Device {
        id: row.read("id")?,
        name: row.read("name")?,
        person_id: row.read("person_id")?,
        windows_id: row.read("windows_id")?,
        hardware_id: row.read("hardware_id")?,
        enrollment_type: row.read("enrollment_type")?,
        os_version: row.read("os_version")?,
        manufacturer: row.read("manufacturer")?,
        model: row.read("model")?,
        serial_number: row.read("serial_number")?,
        language: row.read("language")?,
        imei: row.read("imei")?,
        wifi_mac: row.read("wifi_mac")?,
        inventory: row.json_or_none("inventory")?.unwrap_or_default(),
        is_polling_fast: row.read("is_polling_fast")?,
        enrolled_at: row.read("enrolled_at")?,
        last_seen_at: last_contact(row)?,
        unenrolled_at: row.read("unenrolled_at")?,
        left_how: left_how(row)?,
        removal: removal(row)?,
    })
}

/// A later version may know more ways.
fn left_how(row: &Row) -> Result<Option<LeftHow>, Error> {
    let name: Option<String> = row.read("left_how")?;
    Ok(name.as_deref().and_then(LeftHow::from_name))
}

fn removal(row: &Row) -> Result<Option<Removal>, Error> {
    let told_at = row.read("told_to_leave_at")?;
    let removal: Option<Removal> = row.json_or_none("removal")?;
    Ok(removal.map(|removal| Removal { told_at, ..removal }))
}

fn listed(row: &Row) -> Result<ListedDevice, Error> {
    Ok(ListedDevice {
        device: read(row)?,
        username: row.read("username")?,
        verified: row.read("verified")?,
        failed: row.read("failed")?,
        open: row.read("open")?,
    })
}
