//! Who is told of warnings: people by mail, programs by webhook. What is to be told is kept in the transaction that
//! raises or ends the warning, and sent by a job.

mod form;

use std::time::Duration;

use domain::{
    Error as Refusal, Id, Kind, Timestamp,
    actor::Actor,
    external_ca::Authority,
    notification::{Channel, ChannelId, Event, Notice, NoticeId, NoticeState, SendProblem, Target, Told},
    operator::Permission,
    warning::Warning,
};
use serde_json::json;
use store::{Tx, jobs::Job};
use zeroize::Zeroizing;

pub use form::ChannelForm;
pub(super) use form::are_certificates;

use super::{Error, Result, activity};
use crate::{
    app::Shared,
    secrets::{Place, random, random_token},
};

/// The kind of the job that sends; it is about the notice.
pub const SEND_JOB: &str = "send_notice";
/// Channels at most: each of them is told of each warning.
const MOST_CHANNELS: usize = 50;
/// Notices of a channel that its state is read from.
const LOOKED_AT: u32 = 20;
/// How long a person who tries a channel waits for the result.
const TRIAL: Duration = Duration::from_secs(25);
const TRIAL_LOOK: Duration = Duration::from_millis(100);

/// A channel, and how it went lately.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedChannel {
    /// The channel.
    pub channel: Channel,
    /// The newest of what was told on it, newest first.
    pub newest: Vec<Notice>,
}

impl ListedChannel {
    /// The newest one that was tried.
    pub fn last_tried(&self) -> Option<&Notice> {
        self.newest.iter().find(|notice| notice.attempts > 0)
    }

    /// Whether what was told last didn't arrive.
    pub fn is_in_trouble(&self) -> bool {
        self.channel.is_enabled
            && self
                .last_tried()
                .is_some_and(|notice| notice.last_error.is_some())
    }
}

/// What a job needs to send a notice.
pub struct Outgoing {
    /// The notice.
    pub notice: Notice,
    /// Where it goes.
    pub channel: Channel,
    /// What signs it, for a webhook.
    pub secret: Option<Zeroizing<Vec<u8>>>,
}

/// All channels, by name.
pub async fn list_channels(app: &Shared, actor: &Actor) -> Result<Vec<ListedChannel>> {
    actor.require(Permission::Read)?;
    app.store
        .read(|tx| {
            Box::pin(async move {
                let mut listed = Vec::new();
                for channel in store::notices::channels(tx).await? {
                    let newest = store::notices::newest_of(tx, &channel.id, LOOKED_AT).await?;
                    listed.push(ListedChannel { channel, newest });
                }
                Ok(listed)
            })
        })
        .await
}

/// One channel.
pub async fn one_channel(app: &Shared, actor: &Actor, id: &ChannelId) -> Result<ListedChannel> {
    let listed = list_channels(app, actor).await?;
    let found = listed.into_iter().find(|listed| listed.channel.id == *id);
    found.ok_or_else(unknown)
}

/// The newest of what was told on all channels, newest first.
pub async fn list_notices(app: &Shared, actor: &Actor, limit: u32) -> Result<Vec<Notice>> {
    actor.require(Permission::Read)?;
    app.store
        .read(move |tx| Box::pin(async move { Ok(store::notices::newest(tx, limit).await?) }))
        .await
}

/// Makes a channel. A webhook's secret is made here and shown once.
pub async fn add_channel(
    app: &Shared,
    actor: &Actor,
    form: ChannelForm,
) -> Result<(Channel, Option<Zeroizing<String>>)> {
    actor.require(Permission::Configure)?;
    let now = app.now();
    let (name, target) = form.checked()?;
    let id: ChannelId = Id::new(now, random());
    let secret = matches!(target, Target::Webhook { .. }).then(random_token);
    let channel = Channel {
        secret: secret
            .as_ref()
            .map(|secret| app.secrets.seal(place(&id), secret.as_bytes()))
            .transpose()?,
        id,
        name,
        target,
        is_enabled: true,
        created_at: now,
        updated_at: now,
    };
    let mut entry = activity::entry(
        actor,
        now,
        "notification.add",
        ("notification", channel.id.as_str()),
    );
    entry.after = activity::written(&view(&channel));
    let made = channel.clone();
    app.store
        .write(move |tx| {
            let (channel, entry) = (made.clone(), entry.clone());
            Box::pin(async move {
                let all = store::notices::channels(tx).await?;
                if all.len() >= MOST_CHANNELS {
                    return Err(too_many());
                }
                if all.iter().any(|other| other.name == channel.name) {
                    return Err(taken(&channel.name));
                }
                store::notices::insert_channel(tx, &channel).await?;
                store::audit::append(tx, &entry).await?;
                Ok(())
            })
        })
        .await?;
    Ok((channel, secret))
}

/// Has a channel told, or not.
pub async fn enable_channel(app: &Shared, actor: &Actor, id: &ChannelId, is_enabled: bool) -> Result<()> {
    actor.require(Permission::Configure)?;
    let (actor, id, now) = (actor.clone(), id.clone(), app.now());
    app.store
        .write(move |tx| {
            let (actor, id) = (actor.clone(), id.clone());
            Box::pin(async move {
                let before = store::notices::channel(tx, &id).await?.ok_or_else(unknown)?;
                let mut after = before.clone();
                after.is_enabled = is_enabled;
                store::notices::enable_channel(tx, &id, is_enabled, now).await?;
                let mut entry =
                    activity::entry(&actor, now, "notification.change", ("notification", id.as_str()));
                entry.before = activity::written(&view(&before));
                entry.after = activity::written(&view(&after));
                store::audit::append(tx, &entry).await?;
                Ok(())
            })
        })
        .await
}

/// Removes a channel, and what waits to be told on it.
pub async fn remove_channel(app: &Shared, actor: &Actor, id: &ChannelId) -> Result<()> {
    actor.require(Permission::Configure)?;
    let (actor, id, now) = (actor.clone(), id.clone(), app.now());
    app.store
        .write(move |tx| {
            let (actor, id) = (actor.clone(), id.clone());
            Box::pin(async move {
                let before = store::notices::channel(tx, &id).await?.ok_or_else(unknown)?;
                store::notices::delete_channel(tx, &id).await?;
                let target = ("notification", id.as_str());
                let mut entry = activity::entry(&actor, now, "notification.remove", target);
                entry.before = activity::written(&view(&before));
                store::audit::append(tx, &entry).await?;
                Ok(())
            })
        })
        .await
}

/// Tells something on a channel that is no warning, and waits a while for what becomes of it.
pub async fn try_channel(app: &Shared, actor: &Actor, id: &ChannelId) -> Result<Notice> {
    actor.require(Permission::Configure)?;
    let now = app.now();
    let notice_id: NoticeId = Id::new(now, random());
    let trial = Notice::new(
        notice_id.clone(),
        id.clone(),
        notice_id.to_string(),
        Told::trial(now),
        now,
    );
    let entry = activity::entry(actor, now, "notification.test", ("notification", id.as_str()));
    let (kept, channel) = (trial.clone(), id.clone());
    app.store
        .write(move |tx| {
            let (notice, channel, entry) = (kept.clone(), channel.clone(), entry.clone());
            Box::pin(async move {
                store::notices::channel(tx, &channel).await?.ok_or_else(unknown)?;
                queue(tx, &notice, now).await?;
                store::audit::append(tx, &entry).await?;
                Ok::<_, Error>(())
            })
        })
        .await?;
    app.bells.job.notify_waiters();
    let tried = async {
        loop {
            match read(app, &notice_id).await {
                Ok(Some((notice, _))) if notice.state == NoticeState::Waiting => {
                    tokio::time::sleep(TRIAL_LOOK).await;
                }
                other => return other,
            }
        }
    };
    match tokio::time::timeout(TRIAL, tried).await {
        Ok(tried) => Ok(tried?.ok_or_else(unknown)?.0),
        // It goes on by itself; the list shows what becomes of it.
        Err(_) => Ok(trial),
    }
}

/// Has a warning told on each channel, in the transaction that raises or ends it.
pub(super) async fn tell(
    tx: &mut Tx,
    authority: Option<&Authority>,
    warning: &Warning,
    event: Event,
    now: Timestamp,
) -> Result<()> {
    for channel in store::notices::channels(tx).await? {
        if !channel.is_enabled {
            continue;
        }
        let name = authority
            .map(|authority| authority.name.as_str())
            .unwrap_or_default();
        let told = Told::of(warning, name, event, now);
        let id = Id::new(now, random());
        let notice = Notice::new(id, channel.id, warning.id.to_string(), told, now);
        queue(tx, &notice, now).await?;
    }
    Ok(())
}

/// What a job is to send; nothing where it is settled, or its channel is gone.
pub async fn outgoing(app: &Shared, id: &NoticeId) -> Result<Option<Outgoing>> {
    let Some((notice, channel)) = read(app, id).await? else {
        return Ok(None);
    };
    if notice.state != NoticeState::Waiting {
        return Ok(None);
    }
    let secret = channel
        .secret
        .as_ref()
        .map(|sealed| app.secrets.open(place(&channel.id), sealed))
        .transpose()?;
    Ok(Some(Outgoing {
        notice,
        channel,
        secret,
    }))
}

/// Keeps what became of a try, and has the next one made where there is one.
pub async fn tried(app: &Shared, id: &NoticeId, problem: Option<SendProblem>) -> Result<()> {
    let (id, now) = (id.clone(), app.now());
    app.store
        .write(move |tx| {
            let (id, problem) = (id.clone(), problem.clone());
            Box::pin(async move {
                let Some(notice) = store::notices::by_id(tx, &id).await? else {
                    return Ok(());
                };
                // Another node was faster, after a lease that ran out.
                if notice.state != NoticeState::Waiting {
                    return Ok(());
                }
                let (notice, again) = notice.tried(problem, now);
                store::notices::keep(tx, &notice).await?;
                if let Some(again) = again {
                    store::jobs::enqueue(tx, &job(&id, again, now)).await?;
                }
                Ok(())
            })
        })
        .await
}

async fn read(app: &Shared, id: &NoticeId) -> Result<Option<(Notice, Channel)>> {
    let id = id.clone();
    app.store
        .read(move |tx| {
            Box::pin(async move {
                let Some(notice) = store::notices::by_id(tx, &id).await? else {
                    return Ok(None);
                };
                let channel = store::notices::channel(tx, &notice.channel_id).await?;
                Ok(channel.map(|channel| (notice, channel)))
            })
        })
        .await
}

async fn queue(tx: &mut Tx, notice: &Notice, now: Timestamp) -> Result<()> {
    if store::notices::add(tx, notice).await? {
        store::jobs::enqueue(tx, &job(&notice.id, now, now)).await?;
    }
    Ok(())
}

fn job(id: &NoticeId, run_at: Timestamp, now: Timestamp) -> Job {
    Job {
        id: Id::new(now, random()),
        kind: SEND_JOB.to_owned(),
        about: id.to_string(),
        payload: id.to_string(),
        run_at,
        created_at: now,
    }
}

fn place(id: &ChannelId) -> Place<'_> {
    Place {
        table: "notice_channels",
        column: "secret",
        row: id.as_str(),
    }
}

/// What the audit may show of it.
fn view(channel: &Channel) -> serde_json::Value {
    json!({
        "name": channel.name,
        "kind": channel.target.kind(),
        "address": channel.target.address(),
        "is_enabled": channel.is_enabled,
    })
}

fn unknown() -> Error {
    Refusal::new(Kind::NotFound, "error-not-found", "there is no such channel").into()
}

fn too_many() -> Error {
    Refusal::new(
        Kind::Conflict,
        "error-channels-many",
        format!("there are {MOST_CHANNELS} channels already"),
    )
    .with("count", MOST_CHANNELS.to_string())
    .into()
}

fn taken(name: &str) -> Error {
    Refusal::new(
        Kind::Conflict,
        "error-name-taken",
        format!("there is a channel {name:?} already"),
    )
    .at("name")
    .with("name", name)
    .into()
}
