//! Orders that wait for a challenge. Who asks again for the same keeps its place; who doesn't come back loses it.

use domain::{
    Timestamp,
    broker::{OrderStanding, Orders, Standing},
    external_ca::AuthorityId,
};

use crate::{Error, Tx, row::Row, value::values};

const ENTER: &str = "INSERT INTO order_queue (wish_sha256, authority_id, since, present_until, kept_until)
     VALUES ($1, $2, $3, $4, $5) ON CONFLICT (wish_sha256) DO UPDATE SET
     present_until = excluded.present_until, kept_until = excluded.kept_until,
     since = CASE WHEN order_queue.kept_until > $3 THEN order_queue.since ELSE excluded.since END";
const NOTE: &str = "UPDATE order_queue SET present_until = $2, kept_until = $3 WHERE wish_sha256 = $1";
const LEAVE: &str = "DELETE FROM order_queue WHERE wish_sha256 = $1";
const DELETE_OLD: &str = "DELETE FROM order_queue WHERE kept_until <= $1";
const PRESENT: &str = "SELECT COUNT(*) AS n FROM order_queue WHERE authority_id = $1 AND present_until > $2";
const COUNT: &str = "SELECT COUNT(*) AS n FROM order_queue WHERE authority_id = $1 AND kept_until > $2";
const AHEAD: &str =
    "SELECT COUNT(*) AS ahead, COUNT(CASE WHEN a.present_until > $2 THEN 1 END) AS present_ahead
     FROM order_queue q JOIN order_queue a ON a.authority_id = q.authority_id
     WHERE q.wish_sha256 = $1 AND a.kept_until > $2 AND (a.since, a.wish_sha256) < (q.since, q.wish_sha256)";
const DEVICES: &str =
    "SELECT COUNT(*) AS ahead, COUNT(CASE WHEN present_until > $2 THEN 1 END) AS present_ahead
     FROM challenge_queue WHERE authority_id = $1";
const HELD: &str = "SELECT COUNT(*) AS n FROM challenge_slots s JOIN challenges c ON c.id = s.challenge_id
     WHERE s.authority_id = $1 AND c.purpose = 'order'";
const LAST: &str = "SELECT MAX(claimed_at) AS at FROM challenges
     WHERE authority_id = $1 AND purpose = 'order' AND fate <> 'refused'";
// More than a few need not be told apart.
const SINCE: &str = "SELECT COUNT(*) AS n FROM (SELECT id FROM challenges WHERE authority_id = $1
     AND purpose = 'delivery' AND fate <> 'refused' AND claimed_at > $2 LIMIT 10) since";

/// An order waits from now on, or still, and its caller waits for the answer until `present_until`.
pub async fn enter(
    tx: &mut Tx,
    wish_sha256: &str,
    authority: &AuthorityId,
    now: Timestamp,
    present_until: Timestamp,
    kept_until: Timestamp,
) -> Result<(), Error> {
    let values = values![wish_sha256, authority, now, present_until, kept_until];
    tx.execute(ENTER, values).await.map(drop)
}

/// Notes until when its caller is there, and until when its place is kept.
pub async fn note(
    tx: &mut Tx,
    wish_sha256: &str,
    present_until: Timestamp,
    kept_until: Timestamp,
) -> Result<(), Error> {
    tx.execute(NOTE, values![wish_sha256, present_until, kept_until])
        .await
        .map(drop)
}

/// The order waits no longer.
pub async fn leave(tx: &mut Tx, wish_sha256: &str) -> Result<(), Error> {
    tx.execute(LEAVE, values![wish_sha256]).await.map(drop)
}

/// Forgets those that didn't come back.
pub async fn delete_old(tx: &mut Tx, now: Timestamp) -> Result<(), Error> {
    tx.execute(DELETE_OLD, values![now]).await.map(drop)
}

/// How many orders wait for an authority.
pub async fn count(tx: &mut Tx, authority: &AuthorityId, now: Timestamp) -> Result<i64, Error> {
    tx.number(COUNT, values![authority, now]).await
}

/// What orders have and want of an authority. Never inside a transaction that writes, where everybody who enters or leaves
/// would be a conflict.
pub async fn of(tx: &mut Tx, authority: &AuthorityId, now: Timestamp) -> Result<Orders, Error> {
    let present = narrow(tx.number(PRESENT, values![authority, now]).await?);
    if present == 0 {
        // Nobody heeds the rest.
        return Ok(Orders::default());
    }
    Ok(Orders {
        held: narrow(tx.number(HELD, values![authority]).await?),
        present,
        devices_since: devices_since(tx, authority).await?,
    })
}

/// Where an order stands. Never inside a transaction that writes.
pub async fn standing(
    tx: &mut Tx,
    wish_sha256: &str,
    authority: &AuthorityId,
    now: Timestamp,
) -> Result<OrderStanding, Error> {
    let orders = tx.first(AHEAD, values![wish_sha256, now], ahead).await?;
    let devices = tx.first(DEVICES, values![authority, now], ahead).await?;
    Ok(OrderStanding {
        orders: orders.unwrap_or_default(),
        devices: devices.unwrap_or_default(),
        held: narrow(tx.number(HELD, values![authority]).await?),
        devices_since: devices_since(tx, authority).await?,
    })
}

async fn devices_since(tx: &mut Tx, authority: &AuthorityId) -> Result<Option<u32>, Error> {
    let last: Option<Option<Timestamp>> = tx.first(LAST, values![authority], |row| row.read("at")).await?;
    Ok(match last.flatten() {
        Some(last) => Some(narrow(tx.number(SINCE, values![authority, last]).await?)),
        None => None,
    })
}

fn ahead(row: &Row) -> Result<Standing, Error> {
    Ok(Standing {
        ahead: narrow(row.read("ahead")?),
        present_ahead: narrow(row.read("present_ahead")?),
    })
}

fn narrow(count: i64) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}
