//! Management sessions: the latest of each device.

use domain::device::{DeviceId, session::Session};

use crate::{
    Error, Tx,
    row::Row,
    value::{Value, values},
};

const BY_DEVICE: &str = "SELECT * FROM mdm_sessions WHERE device_id = $1";
const PUT: &str = "INSERT INTO mdm_sessions (device_id, session_id, started_at, client_message,
     client_message_sha256, server_message, answer, login, max_message_octets, held_rounds, updated_at, is_over,
     package, next_messages, max_object_octets, sync_type)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
     ON CONFLICT (device_id) DO UPDATE SET session_id = excluded.session_id, started_at = excluded.started_at,
     client_message = excluded.client_message, client_message_sha256 = excluded.client_message_sha256,
     server_message = excluded.server_message, answer = excluded.answer, login = excluded.login,
     max_message_octets = excluded.max_message_octets, held_rounds = excluded.held_rounds,
     updated_at = excluded.updated_at, is_over = excluded.is_over,
     package = excluded.package, next_messages = excluded.next_messages,
     max_object_octets = excluded.max_object_octets, sync_type = excluded.sync_type";

// The guard: what was decided on is still what stands.
const CONTINUE: &str = "UPDATE mdm_sessions SET session_id = $2, started_at = $3, client_message = $4,
     client_message_sha256 = $5, server_message = $6, answer = $7, login = $8, max_message_octets = $9,
     held_rounds = $10, updated_at = $11, is_over = $12, package = $13, next_messages = $14, max_object_octets = $15,
     sync_type = $16
     WHERE device_id = $1 AND started_at = $17 AND updated_at = $18 AND client_message_sha256 = $19";
const BEGIN: &str = "INSERT INTO mdm_sessions (device_id, session_id, started_at, client_message,
     client_message_sha256, server_message, answer, login, max_message_octets, held_rounds, updated_at, is_over,
     package, next_messages, max_object_octets, sync_type)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
     ON CONFLICT (device_id) DO NOTHING";

const FORGET: &str = "DELETE FROM mdm_sessions WHERE device_id = $1";

/// The latest session of a device, over or not.
pub async fn by_device(tx: &mut Tx, device_id: &DeviceId) -> Result<Option<Session>, Error> {
    tx.first(BY_DEVICE, values![device_id], read).await
}

/// Writes a device's session over the one before.
pub async fn put(tx: &mut Tx, session: &Session) -> Result<(), Error> {
    tx.execute(PUT, written(session)).await.map(drop)
}

/// Writes a device's session over `before`, the one that was read; not where another stands meanwhile. Whether it did.
pub async fn replace(tx: &mut Tx, session: &Session, before: Option<&Session>) -> Result<bool, Error> {
    let mut values = written(session);
    let Some(before) = before else {
        return Ok(tx.execute(BEGIN, values).await? > 0);
    };
    values.extend(values![
        before.started_at,
        before.updated_at,
        before.client_message_sha256
    ]);
    Ok(tx.execute(CONTINUE, values).await? > 0)
}

/// Forgets the session of a device that was set up anew: its numbers begin again.
pub async fn forget(tx: &mut Tx, device_id: &DeviceId) -> Result<(), Error> {
    tx.execute(FORGET, values![device_id]).await.map(drop)
}

fn written(session: &Session) -> Vec<Value> {
    values![
        session.device_id,
        session.session_id,
        session.started_at,
        session.client_message,
        session.client_message_sha256,
        session.server_message,
        session.answer,
        session.login,
        session.max_message_octets,
        session.held_rounds,
        session.updated_at,
        session.is_over,
        session.package,
        session.next_messages,
        session.max_object_octets,
        session.sync_type,
    ]
}

/// Reads one from its columns, each named with a prefix in a statement that joins tables.
macro_rules! columns {
    ($row:expr, $prefix:literal) => {
        Ok(Session {
            device_id: $row.read(concat!($prefix, "device_id"))?,
            session_id: $row.read(concat!($prefix, "session_id"))?,
            started_at: $row.read(concat!($prefix, "started_at"))?,
            client_message: $row.read(concat!($prefix, "client_message"))?,
            client_message_sha256: $row.read(concat!($prefix, "client_message_sha256"))?,
            server_message: $row.read(concat!($prefix, "server_message"))?,
            answer: $row.read(concat!($prefix, "answer"))?,
            login: $row.read(concat!($prefix, "login"))?,
            max_message_octets: $row.read(concat!($prefix, "max_message_octets"))?,
            held_rounds: $row.read(concat!($prefix, "held_rounds"))?,
            updated_at: $row.read(concat!($prefix, "updated_at"))?,
            is_over: $row.read(concat!($prefix, "is_over"))?,
            package: $row.read(concat!($prefix, "package"))?,
            next_messages: $row.read(concat!($prefix, "next_messages"))?,
            max_object_octets: $row.read(concat!($prefix, "max_object_octets"))?,
            sync_type: $row.read(concat!($prefix, "sync_type"))?,
        })
    };
}

fn read(row: &Row) -> Result<Session, Error> {
    columns!(row, "")
}

/// What [`read_joined`] reads of `mdm_sessions s`. Beside deliveries `v` and certificates `k` the answer stands in the first row alone: it
/// may be long.
macro_rules! joined {
    () => {
        "s.device_id AS s_device_id, s.session_id AS s_session_id, s.started_at AS s_started_at,
         s.client_message AS s_client_message, s.client_message_sha256 AS s_client_message_sha256,
         s.server_message AS s_server_message,
         CASE WHEN ROW_NUMBER() OVER (ORDER BY v.id, k.sha1) = 1 THEN s.answer END AS s_answer, s.login AS s_login,
         s.max_message_octets AS s_max_message_octets, s.held_rounds AS s_held_rounds,
         s.updated_at AS s_updated_at, s.is_over AS s_is_over,
         CASE WHEN ROW_NUMBER() OVER (ORDER BY v.id, k.sha1) = 1 THEN s.package END AS s_package,
         s.next_messages AS s_next_messages, s.max_object_octets AS s_max_object_octets, s.sync_type AS s_sync_type"
    };
}
pub(crate) use joined;

pub(crate) fn read_joined(row: &Row) -> Result<Session, Error> {
    columns!(row, "s_")
}
