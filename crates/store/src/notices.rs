//! Who is told of warnings, and what is on its way to them: kept in the transaction that raises the warning.

use domain::{
    Timestamp,
    notification::{Channel, ChannelId, Notice, NoticeId},
};

use crate::{
    Error, Tx,
    row::Row,
    value::{json, values, word},
};

const INSERT_CHANNEL: &str =
    "INSERT INTO notice_channels (id, kind, name, settings, secret, is_enabled, created_at, updated_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
const ENABLE_CHANNEL: &str = "UPDATE notice_channels SET is_enabled = $2, updated_at = $3 WHERE id = $1";
const DELETE_CHANNEL: &str = "DELETE FROM notice_channels WHERE id = $1";
const CHANNELS: &str = "SELECT * FROM notice_channels ORDER BY name, id";
const CHANNEL: &str = "SELECT * FROM notice_channels WHERE id = $1";
// Two nodes may raise the same warning: it is told once.
const ADD: &str = "INSERT INTO notices (id, channel_id, warning_id, event, body, state, attempts, created_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (channel_id, warning_id, event) DO NOTHING";
const KEEP: &str =
    "UPDATE notices SET state = $2, attempts = $3, last_error = $4, sent_at = $5 WHERE id = $1";
const BY_ID: &str = "SELECT * FROM notices WHERE id = $1";
const NEWEST: &str = "SELECT * FROM notices ORDER BY created_at DESC, id DESC LIMIT $1";
const NEWEST_OF: &str =
    "SELECT * FROM notices WHERE channel_id = $1 ORDER BY created_at DESC, id DESC LIMIT $2";
const DELETE_OLD: &str = "DELETE FROM notices WHERE created_at < $1";

/// Keeps a new channel.
pub async fn insert_channel(tx: &mut Tx, channel: &Channel) -> Result<(), Error> {
    let values = values![
        channel.id,
        channel.target.kind(),
        channel.name,
        json(&channel.target)?,
        channel.secret,
        channel.is_enabled,
        channel.created_at,
        channel.updated_at,
    ];
    tx.execute(INSERT_CHANNEL, values).await.map(drop)
}

/// Has a channel told, or not.
pub async fn enable_channel(
    tx: &mut Tx,
    id: &ChannelId,
    is_enabled: bool,
    now: Timestamp,
) -> Result<(), Error> {
    tx.execute(ENABLE_CHANNEL, values![id, is_enabled, now])
        .await
        .map(drop)
}

/// Forgets a channel, and what was told on it.
pub async fn delete_channel(tx: &mut Tx, id: &ChannelId) -> Result<(), Error> {
    tx.execute(DELETE_CHANNEL, values![id]).await.map(drop)
}

/// All channels, by name.
pub async fn channels(tx: &mut Tx) -> Result<Vec<Channel>, Error> {
    tx.all(CHANNELS, values![], read_channel).await
}

/// A channel.
pub async fn channel(tx: &mut Tx, id: &ChannelId) -> Result<Option<Channel>, Error> {
    tx.first(CHANNEL, values![id], read_channel).await
}

/// Adds a notice. Whether it is the first about this on its channel.
pub async fn add(tx: &mut Tx, notice: &Notice) -> Result<bool, Error> {
    let values = values![
        notice.id,
        notice.channel_id,
        notice.warning_id,
        word(&notice.told.event)?,
        json(&notice.told)?,
        word(&notice.state)?,
        notice.attempts,
        notice.created_at,
    ];
    Ok(tx.execute(ADD, values).await? > 0)
}

/// Keeps what became of a notice.
pub async fn keep(tx: &mut Tx, notice: &Notice) -> Result<(), Error> {
    let problem = notice.last_error.as_ref().map(json).transpose()?;
    let values = values![
        notice.id,
        word(&notice.state)?,
        notice.attempts,
        problem,
        notice.sent_at,
    ];
    tx.execute(KEEP, values).await.map(drop)
}

/// A notice.
pub async fn by_id(tx: &mut Tx, id: &NoticeId) -> Result<Option<Notice>, Error> {
    tx.first(BY_ID, values![id], read).await
}

/// The newest notices of all channels.
pub async fn newest(tx: &mut Tx, limit: u32) -> Result<Vec<Notice>, Error> {
    tx.all(NEWEST, values![i64::from(limit)], read).await
}

/// The newest notices of a channel.
pub async fn newest_of(tx: &mut Tx, channel: &ChannelId, limit: u32) -> Result<Vec<Notice>, Error> {
    tx.all(NEWEST_OF, values![channel, i64::from(limit)], read).await
}

/// Forgets the notices that are older than `before`.
pub async fn delete_old(tx: &mut Tx, before: Timestamp) -> Result<(), Error> {
    tx.execute(DELETE_OLD, values![before]).await.map(drop)
}

fn read_channel(row: &Row) -> Result<Channel, Error> {
    Ok(Channel {
        id: row.read("id")?,
        name: row.read("name")?,
        target: row.json("settings")?,
        secret: row.read("secret")?,
        is_enabled: row.read("is_enabled")?,
        created_at: row.read("created_at")?,
        updated_at: row.read("updated_at")?,
    })
}

fn read(row: &Row) -> Result<Notice, Error> {
    Ok(Notice {
        id: row.read("id")?,
        channel_id: row.read("channel_id")?,
        warning_id: row.read("warning_id")?,
        told: row.json("body")?,
        state: row.word("state")?,
        attempts: row.read("attempts")?,
        last_error: row.json_or_none("last_error")?,
        created_at: row.read("created_at")?,
        sent_at: row.read("sent_at")?,
    })
}
