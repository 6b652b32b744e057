//! Orders of operators.

use domain::{
    Timestamp,
    external_ca::AuthorityId,
    order::{Order, OrderId},
};

use crate::{
    Error, Tx,
    devices::LAST,
    row::Row,
    value::{json, values},
};

const INSERT: &str =
    "INSERT INTO orders (id, authority_id, subject, sans, token_sha256, operator_id, created_at,
     expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
const BY_ID: &str = "SELECT * FROM orders WHERE id = $1";
const BY_TOKEN: &str = "SELECT * FROM orders WHERE token_sha256 = $1";
const COUNT_OPEN: &str =
    "SELECT COUNT(*) AS n FROM orders WHERE authority_id = $1 AND expires_at > $2 AND NOT EXISTS
     (SELECT 1 FROM scep_transactions t WHERE t.owner_kind = 'order' AND t.owner_id = orders.id)";
const LIST: &str = "SELECT * FROM orders WHERE id < $1 ORDER BY id DESC LIMIT $2";

/// Keeps an order.
pub async fn insert(tx: &mut Tx, order: &Order) -> Result<(), Error> {
    let values = values![
        order.id,
        order.authority_id,
        order.subject,
        json(&order.sans)?,
        order.token_sha256,
        order.operator_id,
        order.created_at,
        order.expires_at,
    ];
    tx.execute(INSERT, values).await.map(drop)
}

/// Finds an order.
pub async fn by_id(tx: &mut Tx, id: &OrderId) -> Result<Option<Order>, Error> {
    tx.first(BY_ID, values![id], read).await
}

/// Finds an order by the hash of the token in its SCEP URL.
pub async fn by_token_sha256(tx: &mut Tx, token_sha256: &str) -> Result<Option<Order>, Error> {
    tx.first(BY_TOKEN, values![token_sha256], read).await
}

/// Orders, newest first, those older than `after`.
pub async fn list(tx: &mut Tx, after: Option<&OrderId>, limit: u32) -> Result<Vec<Order>, Error> {
    let before = after.map_or(LAST, OrderId::as_str);
    tx.all(LIST, values![before, limit], read).await
}

/// How many orders at the authority are still good and were not used.
pub async fn count_open(tx: &mut Tx, authority: &AuthorityId, now: Timestamp) -> Result<i64, Error> {
    tx.number(COUNT_OPEN, values![authority, now]).await
}

fn read(row: &Row) -> Result<Order, Error> {
    Ok(Order {
        id: row.read("id")?,
        authority_id: row.read("authority_id")?,
        subject: row.read("subject")?,
        sans: row.json("sans")?,
        token_sha256: row.read("token_sha256")?,
        operator_id: row.read("operator_id")?,
        created_at: row.read("created_at")?,
        expires_at: row.read("expires_at")?,
    })
}
