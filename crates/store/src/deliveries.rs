//! Deliveries: attempts to put certificates onto devices.

use domain::{
    Timestamp,
    delivery::{Delivery, DeliveryId},
    device::DeviceId,
    scep_configuration::ConfigurationId,
};

use crate::{
    Error, Tx,
    devices::LAST,
    row::Row,
    value::{Value, json, values, word},
};

/// Which current deliveries a list holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DeliveryFilter {
    /// Of this configuration only.
    pub configuration_id: Option<ConfigurationId>,
    /// In the state of this name only.
    pub state: Option<String>,
}

/// A delivery as lists show it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedDelivery {
    /// The delivery.
    pub delivery: Delivery,
    /// Its device's name.
    pub device_name: String,
    /// The user name of the device's person.
    pub username: Option<String>,
    /// Its configuration's name, while there is that configuration.
    pub configuration_name: Option<String>,
}

const INSERT: &str =
    "INSERT INTO deliveries (id, device_id, configuration_id, configuration_version, authority_id,
     attempt, is_current, state, state_values, subject, sans, token_sha256, secret, challenge_taken_at,
     is_on_device, not_before, created_at, updated_at, charged, store, checked_at, check_due_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19,
     $20, $21, $22)";
const UPDATE: &str = "UPDATE deliveries SET device_id = $2, configuration_id = $3, configuration_version = $4,
     authority_id = $5, attempt = $6, is_current = $7, state = $8, state_values = $9, subject = $10, sans = $11,
     token_sha256 = $12, secret = $13, challenge_taken_at = $14, is_on_device = $15, not_before = $16,
     created_at = $17, updated_at = $18, charged = $19, store = $20, checked_at = $21, check_due_at = $22 WHERE id = $1";
const BY_ID: &str = "SELECT * FROM deliveries WHERE id = $1";
const BY_TOKEN: &str = "SELECT * FROM deliveries WHERE token_sha256 = $1";
const OF_DEVICE: &str = "SELECT * FROM deliveries WHERE device_id = $1 ORDER BY id";
const CURRENT: &str =
    "SELECT * FROM deliveries WHERE device_id = $1 AND configuration_id = $2 AND is_current";
const OPEN: &str = "SELECT * FROM deliveries WHERE device_id = $1 AND not_before <= $2
     AND state IN ('waiting_for_device', 'waiting_for_challenge', 'sent', 'enrolling', 'pending_at_ca')
     ORDER BY id";
const COUNTS: &str =
    "SELECT state, COUNT(*) AS n FROM deliveries WHERE is_current GROUP BY state ORDER BY state";
const COUNTS_OF: &str =
    "SELECT state, COUNT(*) AS n FROM deliveries WHERE is_current AND configuration_id = $1
     GROUP BY state ORDER BY state";
const LEFT: &str = "SELECT COUNT(*) AS n FROM deliveries WHERE configuration_id = $1
     AND is_on_device AND NOT is_current";

macro_rules! list {
    ($also:literal) => {
        concat!(
            "SELECT v.*, d.name AS device_name, p.username AS username, c.name AS configuration_name
             FROM deliveries v LEFT JOIN devices d ON d.id = v.device_id LEFT JOIN people p ON p.id = d.person_id
             LEFT JOIN configurations c ON c.id = v.configuration_id
             WHERE v.is_current AND v.id < $1",
            $also,
            " ORDER BY v.id DESC LIMIT $2"
        )
    };
}
const LIST: &str = list!("");
const LIST_OF: &str = list!(" AND v.configuration_id = $3");
const LIST_IN: &str = list!(" AND v.state = $3");
const LIST_OF_IN: &str = list!(" AND v.configuration_id = $3 AND v.state = $4");

/// Adds a delivery. A second current one for the same device and configuration is a conflict.
pub async fn insert(tx: &mut Tx, delivery: &Delivery) -> Result<(), Error> {
    tx.execute(INSERT, written(delivery)?).await.map(drop)
}

/// Writes a delivery anew.
pub async fn update(tx: &mut Tx, delivery: &Delivery) -> Result<(), Error> {
    tx.change("deliveries", UPDATE, written(delivery)?).await
}

/// Finds a delivery.
pub async fn by_id(tx: &mut Tx, id: &DeliveryId) -> Result<Option<Delivery>, Error> {
    tx.first(BY_ID, values![id], read).await
}

/// Finds a delivery by the hash of the token in its SCEP URL.
pub async fn by_token_sha256(tx: &mut Tx, token_sha256: &str) -> Result<Option<Delivery>, Error> {
    tx.first(BY_TOKEN, values![token_sha256], read).await
}

/// All deliveries of a device, past ones too, oldest first.
pub async fn of_device(tx: &mut Tx, device_id: &DeviceId) -> Result<Vec<Delivery>, Error> {
    tx.all(OF_DEVICE, values![device_id], read).await
}

/// A device's current delivery by a configuration.
pub async fn current(
    tx: &mut Tx,
    device_id: &DeviceId,
    configuration_id: &ConfigurationId,
) -> Result<Option<Delivery>, Error> {
    tx.first(CURRENT, values![device_id, configuration_id], read)
        .await
}

/// Deliveries in whose states something remains to be done with the device, and whose time has come,
/// oldest first.
pub async fn open_of_device(
    tx: &mut Tx,
    device_id: &DeviceId,
    now: Timestamp,
) -> Result<Vec<Delivery>, Error> {
    tx.all(OPEN, values![device_id, now], read).await
}

/// How many current deliveries are in which state, all or of one configuration.
pub async fn counts(
    tx: &mut Tx,
    configuration_id: Option<&ConfigurationId>,
) -> Result<Vec<(String, i64)>, Error> {
    let count = |row: &Row| Ok((row.read("state")?, row.read("n")?));
    match configuration_id {
        Some(id) => tx.all(COUNTS_OF, values![id], count).await,
        None => tx.all(COUNTS, values![], count).await,
    }
}

/// How many former deliveries of a configuration still have their node on a device.
pub async fn left_on_devices(tx: &mut Tx, configuration_id: &ConfigurationId) -> Result<i64, Error> {
    tx.number(LEFT, values![configuration_id]).await
}

/// Current deliveries, newest first, those older than `after`.
pub async fn list(
    tx: &mut Tx,
    filter: &DeliveryFilter,
    after: Option<&DeliveryId>,
    limit: u32,
) -> Result<Vec<ListedDelivery>, Error> {
    let mut values = values![after.map_or(LAST, DeliveryId::as_str), limit];
    let sql = match (&filter.configuration_id, &filter.state) {
        (None, None) => LIST,
        (Some(_), None) => LIST_OF,
        (None, Some(_)) => LIST_IN,
        (Some(_), Some(_)) => LIST_OF_IN,
    };
    values.extend(filter.configuration_id.iter().flat_map(|id| values![id]));
    values.extend(filter.state.iter().flat_map(|state| values![state]));
    tx.all(sql, values, listed).await
}

fn written(delivery: &Delivery) -> Result<Vec<Value>, Error> {
    Ok(values![
        delivery.id,
        delivery.device_id,
        delivery.configuration_id,
        delivery.configuration_version,
        delivery.authority_id,
        delivery.attempt,
        delivery.is_current,
        delivery.state.name(),
        json(&delivery.state)?,
        delivery.subject,
        delivery.sans,
        delivery.token_sha256,
        delivery.secret,
        delivery.challenge_taken_at,
        delivery.is_on_device,
        delivery.not_before,
        delivery.created_at,
        delivery.updated_at,
        delivery.charged,
        delivery.store.as_ref().map(word).transpose()?,
        delivery.checked_at,
        delivery.check_due_at,
    ])
}

/// Reads one from its columns, each named with a prefix in a statement that joins tables.
macro_rules! columns {
    ($row:expr, $prefix:literal) => {
        Ok(Delivery {
            id: $row.read(concat!($prefix, "id"))?,
            device_id: $row.read(concat!($prefix, "device_id"))?,
            configuration_id: $row.read(concat!($prefix, "configuration_id"))?,
            configuration_version: $row.read(concat!($prefix, "configuration_version"))?,
            authority_id: $row.read(concat!($prefix, "authority_id"))?,
            attempt: $row.read(concat!($prefix, "attempt"))?,
            charged: $row.read(concat!($prefix, "charged"))?,
            is_current: $row.read(concat!($prefix, "is_current"))?,
            state: $row.json(concat!($prefix, "state_values"))?,
            subject: $row.read(concat!($prefix, "subject"))?,
            sans: $row.read(concat!($prefix, "sans"))?,
            token_sha256: $row.read(concat!($prefix, "token_sha256"))?,
            secret: $row.read(concat!($prefix, "secret"))?,
            challenge_taken_at: $row.read(concat!($prefix, "challenge_taken_at"))?,
            is_on_device: $row.read(concat!($prefix, "is_on_device"))?,
            store: $row.word_or_none(concat!($prefix, "store"))?,
            checked_at: $row.read(concat!($prefix, "checked_at"))?,
            check_due_at: $row.read(concat!($prefix, "check_due_at"))?,
            not_before: $row.read(concat!($prefix, "not_before"))?,
            created_at: $row.read(concat!($prefix, "created_at"))?,
            updated_at: $row.read(concat!($prefix, "updated_at"))?,
        })
    };
}

fn read(row: &Row) -> Result<Delivery, Error> {
    columns!(row, "")
}

/// What [`read_joined`] reads of `deliveries v`.
macro_rules! joined {
    () => {
        "v.id AS v_id, v.device_id AS v_device_id, v.configuration_id AS v_configuration_id,
         v.configuration_version AS v_configuration_version, v.authority_id AS v_authority_id,
         v.attempt AS v_attempt, v.charged AS v_charged, v.is_current AS v_is_current,
         v.state_values AS v_state_values, v.subject AS v_subject, v.sans AS v_sans,
         v.token_sha256 AS v_token_sha256, v.secret AS v_secret,
         v.challenge_taken_at AS v_challenge_taken_at, v.is_on_device AS v_is_on_device,
         v.store AS v_store, v.checked_at AS v_checked_at, v.check_due_at AS v_check_due_at,
         v.not_before AS v_not_before, v.created_at AS v_created_at, v.updated_at AS v_updated_at"
    };
}
pub(crate) use joined;

pub(crate) fn read_joined(row: &Row) -> Result<Delivery, Error> {
    columns!(row, "v_")
}

fn listed(row: &Row) -> Result<ListedDelivery, Error> {
    Ok(ListedDelivery {
        delivery: read(row)?,
        device_name: row.read("device_name")?,
        username: row.read("username")?,
        configuration_name: row.read("configuration_name")?,
    })
}
