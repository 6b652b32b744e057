//! How devices are woken: the account at WNS, and each device's channel.

use domain::{
    Sealed, Timestamp,
    device::{DeviceId, waking::Waking},
    push::{Push, PushState},
};

use crate::{
    Error, Tx,
    value::{json, values},
};

const READ: &str = "SELECT settings, client_secret, state FROM push_settings WHERE singleton = 1";
const PUT: &str = "INSERT INTO push_settings (singleton, pfn, settings, client_secret, state, updated_at)
     VALUES (1, $1, $2, $3, $4, $5)
     ON CONFLICT (singleton) DO UPDATE SET pfn = excluded.pfn, settings = excluded.settings,
     client_secret = excluded.client_secret, state = excluded.state, updated_at = excluded.updated_at";
const SET_STATE: &str = "UPDATE push_settings SET state = $1 WHERE singleton = 1";
const OF_DEVICE: &str = "SELECT push FROM devices WHERE id = $1";
const SET: &str = "UPDATE devices SET push = $2 WHERE id = $1";
const CHANNEL: &str = "SELECT channel FROM push_channels WHERE device_id = $1";
const PUT_CHANNEL: &str = "INSERT INTO push_channels (device_id, channel) VALUES ($1, $2)
     ON CONFLICT (device_id) DO UPDATE SET channel = excluded.channel";
const DELETE_CHANNEL: &str = "DELETE FROM push_channels WHERE device_id = $1";

/// The account; an empty one where nobody gave any.
pub async fn read(tx: &mut Tx) -> Result<Push, Error> {
    let found = tx.first(READ, values![], |row| {
        Ok(Push {
            settings: row.json("settings")?,
            client_secret: row.read("client_secret")?,
            state: row.json("state")?,
        })
    });
    Ok(found.await?.unwrap_or_default())
}

/// Keeps the account. While it is off, devices are given no PFN.
pub async fn put(tx: &mut Tx, push: &Push, now: Timestamp) -> Result<(), Error> {
    let pfn = Some(&push.settings)
        .filter(|settings| settings.is_enabled)
        .map(|settings| settings.pfn.clone());
    let values = values![
        pfn,
        json(&push.settings)?,
        push.client_secret,
        json(&push.state)?,
        now
    ];
    tx.execute(PUT, values).await.map(drop)
}

/// Keeps how it goes.
pub async fn set_state(tx: &mut Tx, state: &PushState) -> Result<(), Error> {
    tx.execute(SET_STATE, values![json(state)?]).await.map(drop)
}

/// How a device is woken.
pub async fn of_device(tx: &mut Tx, id: &DeviceId) -> Result<Waking, Error> {
    let found: Option<Option<Waking>> = tx
        .first(OF_DEVICE, values![id], |row| row.json_or_none("push"))
        .await?;
    Ok(found.flatten().unwrap_or_default())
}

/// Keeps how a device is woken.
pub async fn set(tx: &mut Tx, id: &DeviceId, waking: &Waking) -> Result<(), Error> {
    tx.change("devices", SET, values![id, json(waking)?]).await
}

/// A device's channel, sealed.
pub async fn channel(tx: &mut Tx, id: &DeviceId) -> Result<Option<Sealed>, Error> {
    tx.first(CHANNEL, values![id], |row| row.read("channel")).await
}

/// Keeps a device's channel.
pub async fn put_channel(tx: &mut Tx, id: &DeviceId, channel: &Sealed) -> Result<(), Error> {
    tx.execute(PUT_CHANNEL, values![id, channel]).await.map(drop)
}

/// Forgets it.
pub async fn delete_channel(tx: &mut Tx, id: &DeviceId) -> Result<(), Error> {
    tx.execute(DELETE_CHANNEL, values![id]).await.map(drop)
}
