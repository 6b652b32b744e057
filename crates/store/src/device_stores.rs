//! Which certificates lie in the stores of devices, as they told it.

use domain::device::{DeviceId, inventory::Listing};

use crate::{
    Error, Tx,
    value::{json, values},
};

const PUT: &str = "INSERT INTO device_stores (device_id, listing) VALUES ($1, $2)
     ON CONFLICT (device_id) DO UPDATE SET listing = excluded.listing";
const BY_DEVICE: &str = "SELECT listing FROM device_stores WHERE device_id = $1";

/// Keeps what a device told, in place of what it told before.
pub async fn put(tx: &mut Tx, device_id: &DeviceId, listing: &Listing) -> Result<(), Error> {
    tx.execute(PUT, values![device_id, json(listing)?])
        .await
        .map(drop)
}

/// What a device told.
pub async fn of_device(tx: &mut Tx, device_id: &DeviceId) -> Result<Option<Listing>, Error> {
    tx.first(BY_DEVICE, values![device_id], |row| row.json("listing"))
        .await
}
