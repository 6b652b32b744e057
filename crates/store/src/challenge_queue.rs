//! Who waits for a challenge of which authority. A row keeps its place from `since` on, whatever sessions come and go.

use domain::{
    Timestamp, broker::Standing, delivery::DeliveryId, device::DeviceId, diagnosis::Cause,
    external_ca::AuthorityId,
};

use crate::{
    Error, Tx,
    row::Row,
    value::{json, values},
};

/// A delivery that waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiter {
    /// For which authority.
    pub authority_id: AuthorityId,
    /// Which.
    pub delivery_id: DeliveryId,
    /// Whose.
    pub device_id: DeviceId,
    /// Since when: its place.
    pub since: Timestamp,
    /// Until when its device is in session.
    pub present_until: Timestamp,
    /// Why it waits.
    pub cause: Cause,
}

// Who was there keeps its place; one whose delivery changed its authority begins anew.
const ENTER: &str = "INSERT INTO challenge_queue
     (authority_id, delivery_id, device_id, since, present_until, cause) VALUES ($1, $2, $3, $4, $5, $6)
     ON CONFLICT (delivery_id) DO UPDATE SET present_until = excluded.present_until,
     since = CASE WHEN challenge_queue.authority_id = excluded.authority_id
         THEN challenge_queue.since ELSE excluded.since END,
     authority_id = excluded.authority_id";
const NOTE: &str = "UPDATE challenge_queue SET present_until = $2, cause = $3 WHERE delivery_id = $1";
const LEAVE: &str = "DELETE FROM challenge_queue WHERE delivery_id = $1";
const PLACES: &str = "SELECT q.delivery_id AS delivery_id, q.authority_id AS authority_id,
     (SELECT COUNT(*) FROM challenge_queue a WHERE a.authority_id = q.authority_id
         AND (a.since, a.delivery_id) < (q.since, q.delivery_id)) AS ahead,
     (SELECT COUNT(*) FROM challenge_queue a WHERE a.authority_id = q.authority_id
         AND (a.since, a.delivery_id) < (q.since, q.delivery_id) AND a.present_until > $2) AS present_ahead
     FROM deliveries d JOIN challenge_queue q ON q.delivery_id = d.id WHERE d.device_id = $1 AND d.is_current";
const OF: &str = "SELECT * FROM challenge_queue WHERE authority_id = $1 ORDER BY since, delivery_id LIMIT $2";
const COUNT: &str = "SELECT COUNT(*) AS n FROM challenge_queue WHERE authority_id = $1";
const OVER: &str = "SELECT q.delivery_id AS delivery_id FROM challenge_queue q
     JOIN deliveries d ON d.id = q.delivery_id JOIN devices v ON v.id = q.device_id
     WHERE NOT d.is_current OR d.state NOT IN ('waiting_for_device', 'waiting_for_challenge')
     OR v.unenrolled_at IS NOT NULL LIMIT $1";

/// Enters a delivery, or notes that the device of one that waits is there again.
pub async fn enter(tx: &mut Tx, waiter: &Waiter) -> Result<(), Error> {
    let values = values![
        waiter.authority_id,
        waiter.delivery_id,
        waiter.device_id,
        waiter.since,
        waiter.present_until,
        json(&waiter.cause)?
    ];
    tx.execute(ENTER, values).await.map(drop)
}

/// Notes why a delivery waits, and until when its device is there.
pub async fn note(
    tx: &mut Tx,
    delivery: &DeliveryId,
    present_until: Timestamp,
    cause: &Cause,
) -> Result<(), Error> {
    tx.execute(NOTE, values![delivery, present_until, json(cause)?])
        .await
        .map(drop)
}

/// The delivery waits no longer.
pub async fn leave(tx: &mut Tx, delivery: &DeliveryId) -> Result<(), Error> {
    tx.execute(LEAVE, values![delivery]).await.map(drop)
}

/// Where a device's deliveries stand, and with which authority. It reads what is ahead of them: never inside a transaction that writes, where
/// everybody who enters or leaves would be a conflict.
pub async fn places(
    tx: &mut Tx,
    device: &DeviceId,
    now: Timestamp,
) -> Result<Vec<(DeliveryId, AuthorityId, Standing)>, Error> {
    let place = |row: &Row| {
        let count = |column| Ok::<_, Error>(u32::try_from(row.read::<i64>(column)?).unwrap_or(u32::MAX));
        let standing = Standing {
            ahead: count("ahead")?,
            present_ahead: count("present_ahead")?,
        };
        Ok((row.read("delivery_id")?, row.read("authority_id")?, standing))
    };
    tx.all(PLACES, values![device, now], place).await
}

/// The first who wait for an authority, in their order.
pub async fn first(tx: &mut Tx, authority: &AuthorityId, limit: u32) -> Result<Vec<Waiter>, Error> {
    tx.all(OF, values![authority, limit], read).await
}

/// How many wait for an authority.
pub async fn count(tx: &mut Tx, authority: &AuthorityId) -> Result<i64, Error> {
    tx.number(COUNT, values![authority]).await
}

/// Deliveries that stand in the queue and wait no longer: withdrawn, replaced, or of a device that left.
pub async fn over(tx: &mut Tx, limit: u32) -> Result<Vec<DeliveryId>, Error> {
    tx.all(OVER, values![limit], |row| row.read("delivery_id")).await
}

fn read(row: &Row) -> Result<Waiter, Error> {
    Ok(Waiter {
        authority_id: row.read("authority_id")?,
        delivery_id: row.read("delivery_id")?,
        device_id: row.read("device_id")?,
        since: row.read("since")?,
        present_until: row.read("present_until")?,
        cause: row.json("cause")?,
    })
}
