//! Commands that were sent to devices and not answered yet.

use domain::device::{DeviceId, session::SentCommand};

use crate::{
    Error, Tx,
    row::Row,
    value::{json, values},
};

const INSERT: &str = "INSERT INTO sent_commands (device_id, id, server_message, purpose, sent_at)
     VALUES ($1, $2, $3, $4, $5)";
const BY_ID: &str = "SELECT * FROM sent_commands WHERE device_id = $1 AND id = $2";
const TAKE: &str = "DELETE FROM sent_commands WHERE device_id = $1 AND id = $2 RETURNING *";
const FORGET: &str = "DELETE FROM sent_commands WHERE device_id = $1";
const OF_MESSAGE: &str = "SELECT * FROM sent_commands WHERE device_id = $1 AND server_message = $2
     ORDER BY sent_at, id";

/// Keeps a command as sent.
pub async fn insert(tx: &mut Tx, command: &SentCommand) -> Result<(), Error> {
    let values = values![
        command.device_id,
        command.id,
        command.server_message,
        json(&command.purpose)?,
        command.sent_at,
    ];
    tx.execute(INSERT, values).await.map(drop)
}

/// Finds a command that this device hasn't answered.
pub async fn by_id(tx: &mut Tx, device_id: &DeviceId, id: &str) -> Result<Option<SentCommand>, Error> {
    tx.first(BY_ID, values![device_id, id], read).await
}

/// Finds such a command and strikes it off.
pub async fn take(tx: &mut Tx, device_id: &DeviceId, id: &str) -> Result<Option<SentCommand>, Error> {
    tx.first(TAKE, values![device_id, id], read).await
}

/// Strikes off all commands of a device; says how many there were.
pub async fn forget_device(tx: &mut Tx, device_id: &DeviceId) -> Result<u64, Error> {
    tx.execute(FORGET, values![device_id]).await
}

/// The unanswered commands of one of our messages.
pub async fn of_message(
    tx: &mut Tx,
    device_id: &DeviceId,
    server_message: i64,
) -> Result<Vec<SentCommand>, Error> {
    tx.all(OF_MESSAGE, values![device_id, server_message], read).await
}

fn read(row: &Row) -> Result<SentCommand, Error> {
    Ok(SentCommand {
        id: row.read("id")?,
        device_id: row.read("device_id")?,
        server_message: row.read("server_message")?,
        purpose: row.json("purpose")?,
        sent_at: row.read("sent_at")?,
    })
}
