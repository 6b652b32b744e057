//! Management sessions: the latest of each device.

use domain::device::{DeviceId, session::Session};

use crate::{Error, Tx, row::Row, value::values};

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

const FORGET: &str = "DELETE FROM mdm_sessions WHERE device_id = $1";

/// The latest session of a device, over or not.
pub async fn by_device(tx: &mut Tx, device_id: &DeviceId) -> Result<Option<Session>, Error> {
    tx.first(BY_DEVICE, values![device_id], read).await
}

/// Writes a device's session over the one before.
pub async fn put(tx: &mut Tx, session: &Session) -> Result<(), Error> {
    let values = values![
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
    ];
    tx.execute(PUT, values).await.map(drop)
}

/// Forgets the session of a device that was set up anew: its numbers begin again.
pub async fn forget(tx: &mut Tx, device_id: &DeviceId) -> Result<(), Error> {
    tx.execute(FORGET, values![device_id]).await.map(drop)
}

fn read(row: &Row) -> Result<Session, Error> {
    Ok(Session {
        device_id: row.read("device_id")?,
        session_id: row.read("session_id")?,
        started_at: row.read("started_at")?,
        client_message: row.read("client_message")?,
        client_message_sha256: row.read("client_message_sha256")?,
        server_message: row.read("server_message")?,
        answer: row.read("answer")?,
        login: row.read("login")?,
        max_message_octets: row.read("max_message_octets")?,
        held_rounds: row.read("held_rounds")?,
        updated_at: row.read("updated_at")?,
        is_over: row.read("is_over")?,
        package: row.read("package")?,
        next_messages: row.read("next_messages")?,
        max_object_octets: row.read("max_object_octets")?,
        sync_type: row.read("sync_type")?,
    })
}
