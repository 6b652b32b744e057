//! Timelines of devices.

use domain::{device::DeviceId, event::Event};

use crate::{
    Error, Tx,
    row::Row,
    value::{json, values},
};

const APPEND: &str = "INSERT INTO events (device_id, delivery_id, at, what) VALUES ($1, $2, $3, $4)";
const OF_DEVICE: &str = "SELECT * FROM events WHERE device_id = $1 AND number > $2 ORDER BY number LIMIT $3";

/// Adds a step to a timeline.
pub async fn append(tx: &mut Tx, event: &Event) -> Result<(), Error> {
    let values = values![event.device_id, event.delivery_id, event.at, json(&event.what)?];
    tx.execute(APPEND, values).await.map(drop)
}

/// A device's timeline, oldest first, behind the number `after`.
pub async fn of_device(
    tx: &mut Tx,
    device_id: &DeviceId,
    after: Option<i64>,
    limit: u32,
) -> Result<Vec<(i64, Event)>, Error> {
    let numbered = |row: &Row| Ok((row.read("number")?, read(row)?));
    tx.all(OF_DEVICE, values![device_id, after.unwrap_or(0), limit], numbered)
        .await
}

fn read(row: &Row) -> Result<Event, Error> {
    Ok(Event {
        device_id: row.read("device_id")?,
        delivery_id: row.read("delivery_id")?,
        at: row.read("at")?,
        what: row.json("what")?,
    })
}
