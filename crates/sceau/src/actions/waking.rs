//! Devices are woken: because a person asks for it, or because there is work for them. A push is a wish and no more;
//! without one, a device comes by its schedule.

mod sync;

use domain::{
    Id, Timestamp,
    device::{
        Device, DeviceId,
        waking::{Pushed, TRIES, Turn, Waking},
    },
    event::{Event, What},
    notification::SendProblem,
    push::{Answer, Push, Verdict, verdict},
};
use store::{Tx, jobs::Job};
use zeroize::Zeroizing;

pub use sync::{Synced, Way, sync_device};

use super::{Result, push as account};
use crate::{
    app::{App, Shared},
    outbound::{WnsAccount, WnsProblem},
    secrets::random,
};

/// The kind of the job that pushes; it is about the device.
pub const PUSH_JOB: &str = "push_device";
/// Seconds for which work is collected before a device is woken for all of it.
const COLLECTED: i64 = 5;
/// Seconds for which an account that gets no token is left alone: its tries in vain are counted at the other end.
const ACCOUNT_PAUSE: i64 = 900;
/// Whoever waited comes back within so many seconds of one another.
const SPREAD: i64 = 30;
/// That WNS takes pushes is written down once in so many seconds.
const NOTED: i64 = 60;

/// There is work for a device from this moment on: it is woken, where it can be.
pub async fn want(tx: &mut Tx, id: &DeviceId, now: Timestamp) -> Result<()> {
    let mut waking = store::push::of_device(tx, id).await?;
    if !waking.is_possible() {
        return Ok(());
    }
    waking.wanted_at = Some(now);
    store::push::set(tx, id, &waking).await?;
    enqueue(tx, id, now.plus_seconds(COLLECTED), now).await
}

/// The device was set up anew: nothing of what was known holds.
pub(super) async fn forget(tx: &mut Tx, id: &DeviceId) -> Result<()> {
    store::push::delete_channel(tx, id).await?;
    let waking = store::push::of_device(tx, id).await?;
    if waking == Waking::default() {
        return Ok(());
    }
    Ok(store::push::set(tx, id, &Waking::default()).await?)
}

async fn enqueue(tx: &mut Tx, id: &DeviceId, run_at: Timestamp, now: Timestamp) -> Result<()> {
    let job = Job {
        id: Id::new(now, random()),
        kind: PUSH_JOB.to_owned(),
        about: id.to_string(),
        payload: id.to_string(),
        run_at,
        created_at: now,
    };
    Ok(store::jobs::enqueue(tx, &job).await?)
}

/// What a push needs.
struct Ready {
    account: Push,
    secret: Zeroizing<Vec<u8>>,
    channel: Zeroizing<String>,
}

/// Wakes a device, if that is still wanted and may be now.
pub async fn push(app: &Shared, id: &DeviceId) -> Result<()> {
    let (again, device, now) = (app.clone(), id.clone(), app.now());
    let ready = app
        .store
        .write(move |tx| {
            let (app, id) = (again.clone(), device.clone());
            Box::pin(async move { ready(tx, &app, &id, now).await })
        })
        .await?;
    let Some(ready) = ready else {
        return Ok(());
    };
    let (token_url, scope) = ready.account.settings.token_source();
    let account = WnsAccount {
        token_url: &token_url,
        scope,
        client_id: &ready.account.settings.client_id,
        client_secret: &ready.secret,
        trust_pem: ready.account.settings.trust_pem.as_deref(),
    };
    let answer = app.outbound.wake(&account, &ready.channel, now).await;
    let (app_again, id, now) = (app.clone(), id.clone(), app.now());
    app.store
        .write(move |tx| {
            let (app, id, answer) = (app_again.clone(), id.clone(), answer.clone());
            let channel = ready.channel.clone();
            Box::pin(async move { keep(tx, &app, &id, &channel, answer, now).await })
        })
        .await
}

/// Whether to push now; if later, that is queued.
async fn ready(tx: &mut Tx, app: &App, id: &DeviceId, now: Timestamp) -> Result<Option<Ready>> {
    let account = store::push::read(tx).await?;
    let Some(device) = store::devices::by_id(tx, id).await? else {
        return Ok(None);
    };
    if !account.settings.is_enabled || device.unenrolled_at.is_some() {
        return Ok(None);
    }
    let waking = store::push::of_device(tx, id).await?;
    let Some(channel) = account::open_channel(tx, app, id).await? else {
        return Ok(None);
    };
    let Some(secret) = account::open_secret(app, &account)? else {
        return Ok(None);
    };
    let turn = waking.turn(device.last_seen_at, now);
    let blocked = account.state.blocked_until.filter(|until| *until > now);
    match (turn, blocked) {
        (Turn::Never, _) => Ok(None),
        (Turn::At(at), None) => enqueue(tx, id, at, now).await.map(|()| None),
        (_, Some(until)) => {
            enqueue(tx, id, until.plus_seconds(jitter(SPREAD)), now).await?;
            Ok(None)
        }
        (Turn::Now, None) => Ok(Some(Ready {
            account,
            secret,
            channel,
        })),
    }
}

/// Keeps what became of a push.
async fn keep(
    tx: &mut Tx,
    app: &App,
    id: &DeviceId,
    channel: &str,
    answer: std::result::Result<Answer, WnsProblem>,
    now: Timestamp,
) -> Result<()> {
    let Some(device) = store::devices::by_id(tx, id).await? else {
        return Ok(());
    };
    let (answer, verdict) = match answer {
        Ok(answer) => {
            let throttled = store::push::read(tx).await?.state.throttled;
            let verdict = verdict(&answer, throttled);
            (answer, verdict)
        }
        Err(WnsProblem::Account(problem)) => (Answer::default(), Verdict::Account(problem)),
        Err(WnsProblem::Network(problem)) => (Answer::default(), Verdict::Later(problem)),
    };
    note_account(tx, &verdict, now).await?;
    let mut waking = store::push::of_device(tx, id).await?;
    let tries = match &waking.last {
        Some(last) if !last.is_accepted && waking.wanted_at.is_some_and(|wanted| last.at >= wanted) => {
            last.tries.saturating_add(1)
        }
        _ => 1,
    };
    waking.last = Some(Pushed {
        at: now,
        tries,
        is_accepted: verdict == Verdict::Accepted,
        status: answer.status.clone(),
        connection: answer.connection.clone(),
        message_id: answer.message_id.clone(),
        problem: problem_of(&verdict, answer.http),
        came_at: None,
    });
    match verdict {
        Verdict::Accepted => {
            let what = What::Pushed {
                status: answer.status.unwrap_or_default(),
                connection: answer.connection.unwrap_or_default(),
            };
            tell(tx, id, now, what).await?;
        }
        Verdict::ChannelGone => {
            // The device may have told another one meanwhile.
            let known = account::open_channel(tx, app, id).await?;
            if known.is_some_and(|known| *known == channel) {
                store::push::delete_channel(tx, id).await?;
                waking.without_channel();
                let status = i64::from(answer.http);
                tell(tx, id, now, What::ChannelGone { status }).await?;
            }
        }
        Verdict::Later(problem) if tries < TRIES => {
            let wait = Waking::wait_after(tries);
            tracing::warn!(device = %id, problem = %problem.key, "a device was not woken, and it is tried again");
            enqueue(tx, id, now.plus_seconds(wait + jitter(wait / 4)), now).await?;
        }
        Verdict::Pause(_, seconds) if tries < TRIES => {
            enqueue(tx, id, now.plus_seconds(seconds + jitter(SPREAD)), now).await?;
        }
        Verdict::Later(problem)
        | Verdict::Pause(problem, _)
        | Verdict::Account(problem)
        | Verdict::Refused(problem) => give_up(tx, &device, &mut waking, problem, now).await?,
    }
    Ok(store::push::set(tx, id, &waking).await?)
}

/// It is not tried again for what it was wanted for: the device comes by its schedule.
async fn give_up(
    tx: &mut Tx,
    device: &Device,
    waking: &mut Waking,
    problem: SendProblem,
    now: Timestamp,
) -> Result<()> {
    tracing::warn!(device = %device.id, problem = %problem.key, values = ?problem.values, "a device was not woken");
    if let Some(last) = &mut waking.last {
        last.tries = TRIES;
    }
    tell(tx, &device.id, now, What::PushFailed { problem }).await
}

fn problem_of(verdict: &Verdict, http: u16) -> Option<SendProblem> {
    match verdict {
        Verdict::Accepted => None,
        Verdict::ChannelGone => Some(SendProblem::new("push-channel-gone").with("status", http.to_string())),
        Verdict::Later(problem)
        | Verdict::Pause(problem, _)
        | Verdict::Account(problem)
        | Verdict::Refused(problem) => Some(problem.clone()),
    }
}

/// What an answer says of all pushes.
async fn note_account(tx: &mut Tx, verdict: &Verdict, now: Timestamp) -> Result<()> {
    let known = store::push::read(tx).await?.state;
    let mut state = known.clone();
    let trouble = match verdict {
        Verdict::Accepted | Verdict::ChannelGone => {
            let is_noted = state.problem.is_none()
                && state.throttled == 0
                && state.accepted_at.is_some_and(|at| now < at.plus_seconds(NOTED));
            if is_noted {
                return Ok(());
            }
            state.problem = None;
            state.problem_at = None;
            state.blocked_until = None;
            state.throttled = 0;
            if *verdict == Verdict::Accepted {
                state.accepted_at = Some(now);
            }
            None
        }
        Verdict::Later(problem) | Verdict::Refused(problem) => Some((problem, None)),
        Verdict::Pause(problem, seconds) => {
            state.throttled = state.throttled.saturating_add(1);
            Some((problem, Some(*seconds)))
        }
        Verdict::Account(problem) => Some((problem, Some(ACCOUNT_PAUSE))),
    };
    if let Some((problem, pause)) = trouble {
        if state.problem.as_ref() != Some(problem) {
            state.problem = Some(problem.clone());
            state.problem_at = Some(now);
        }
        if let Some(seconds) = pause {
            state.blocked_until = Some(now.plus_seconds(seconds)).max(state.blocked_until);
        }
    }
    if state == known {
        return Ok(());
    }
    Ok(store::push::set_state(tx, &state).await?)
}

/// 0 to `most` seconds.
fn jitter(most: i64) -> i64 {
    i64::from(u16::from_be_bytes(random())) % (most + 1)
}

async fn tell(tx: &mut Tx, id: &DeviceId, at: Timestamp, what: What) -> Result<()> {
    let event = Event {
        device_id: id.clone(),
        delivery_id: None,
        at,
        what,
    };
    Ok(store::events::append(tx, &event).await?)
}
