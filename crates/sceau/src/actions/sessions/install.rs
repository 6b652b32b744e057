//! Delivering: a slot is reserved, a challenge fetched outside any transaction, then the challenge and the command
//! that carries it are stored together. A crash in between leaves the slot counted as taken.

use anyhow::Context as _;
use domain::{
    Timestamp,
    attempt::Asked,
    challenge::{Challenge, ChallengeId, Fate, safe_until},
    delivery::{self, Delivery, DeliveryId, DeliveryState},
    device::{Device, session::Session},
    diagnosis::Cause,
    event::What,
    external_ca::{Authority, AuthorityKind, ChallengeWay, ProvedBy},
    issuance::WantedCertificate,
    scep_configuration::{CertificateStore, Configuration},
    transaction::Owner,
};
use serde::{Deserialize, Serialize};
use store::Tx;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use super::{
    inventory::{self, Standing},
    order::{context, fill, install, person_of},
    plan::{Need, Outlook, Plan, Waiting, hold},
    room, trust,
};
use crate::{
    actions::{
        Error, Result, attempts,
        authorities::static_challenge,
        broker::{self, Claimed, Obtained, Wish, queue},
        built_in,
        delivery::{fail, tell},
    },
    app::Shared,
    secrets::{Place, random_token, token_sha256},
};

/// A slot is claimed for a delivery; the challenge is to be fetched.
#[derive(Clone, Debug)]
pub struct Reserved {
    /// The ledger's entry.
    pub challenge: ChallengeId,
    /// For which delivery, subject and names filled in.
    pub delivery: Delivery,
    /// How it stood before: a reason to wait is told once.
    pub before: DeliveryState,
    /// From which authority.
    pub authority: Authority,
}

/// What is needed to send a command again, sealed with the delivery.
#[derive(Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
struct Secret {
    challenge: String,
    token: String,
}

/// Begins a delivery as far as it goes now: trust first, then a slot.
#[allow(
    clippy::too_many_arguments,
    reason = "all of it is the situation that one decision is about"
)]
pub async fn begin(
    tx: &mut Tx,
    app: &Shared,
    device: &Device,
    session: &Session,
    delivery: Delivery,
    outlook: &Outlook,
    plan: &mut Plan,
    now: Timestamp,
) -> Result<()> {
    let Some((configuration, authority)) = context(tx, &delivery).await? else {
        return Ok(());
    };
    let is_users = configuration.settings.store == CertificateStore::User;
    if !is_users && !session.reaches_device() {
        // The session is for the user's tree alone: the next one is for both.
        return Ok(());
    }
    if is_users && !session.reaches_user() {
        let before = delivery.state.clone();
        return wait(tx, delivery, &before, Cause::UserNotSignedIn, now).await;
    }
    let standing = inventory::standing(tx, device, &configuration, session, plan).await?;
    if let Standing::Lacks(cause) = standing {
        // It takes no place among those that a challenge could help.
        store::challenge_queue::leave(tx, &delivery.id).await?;
        let before = delivery.state.clone();
        return wait(tx, delivery, &before, cause, now).await;
    }
    let person = person_of(tx, device).await?;
    let delivery = match fill(delivery, &configuration, person.as_ref(), device, now) {
        Ok(delivery) => delivery,
        Err((delivery, cause)) => return fail(tx, *delivery, cause, now).await,
    };
    if let Some(cause) = room::too_large(app, session, &delivery, &configuration, &authority)? {
        // Before a challenge is spent on it.
        let before = delivery.state.clone();
        return wait(tx, delivery, &before, cause, now).await;
    }
    let has_answered = trust::plan_questions(tx, device, &authority, plan).await?;
    if !has_answered || matches!(standing, Standing::Asked) {
        return Ok(());
    }
    if authority.kind == AuthorityKind::BuiltIn {
        trust::plan_additions(tx, device, &authority, plan).await?;
        return send_own(
            tx,
            app,
            delivery.reserved(now)?,
            &configuration,
            &authority,
            plan,
            now,
        )
        .await;
    }
    // One challenge for all requests: nothing is fetched, nothing runs out.
    let for_everybody = match authority.kind.challenge_way() {
        ChallengeWay::Static => Some(static_challenge(app, &authority)?),
        ChallengeWay::Page => broker::reusable(tx, app, &authority.id).await?,
        ChallengeWay::Own => None,
    };
    if let Some(challenge) = for_everybody {
        trust::plan_additions(tx, device, &authority, plan).await?;
        let delivery = delivery.reserved(now)?;
        return Box::pin(send(
            tx,
            app,
            delivery,
            &authority,
            &Given::now(&challenge, now),
            plan,
            now,
        ))
        .await;
    }
    let left = store::challenges::left_over(tx, &delivery.id, &authority.id).await?;
    let is_safe = |left: &Challenge| {
        left.taken_at
            .is_some_and(|at| now < safe_until(at, &authority.limits))
    };
    if let Some(left) = left.filter(is_safe) {
        trust::plan_additions(tx, device, &authority, plan).await?;
        return Box::pin(take_over(tx, app, delivery, &authority, &left, plan, now)).await;
    }
    reserve(tx, app, device, delivery, authority, outlook, plan, now).await
}

/// An attempt that failed before its challenge was presented left it to this one: another would take a slot beside it.
async fn take_over(
    tx: &mut Tx,
    app: &Shared,
    delivery: Delivery,
    authority: &Authority,
    left: &Challenge,
    plan: &mut Plan,
    now: Timestamp,
) -> Result<()> {
    let Some(owner) = &left.delivery_id else {
        return Ok(());
    };
    let former = store::deliveries::by_id(tx, owner).await?;
    let sealed = former
        .and_then(|former| former.secret)
        .context("a challenge that was left has no secret")?;
    let opened = app.secrets.open(place(owner), &sealed)?;
    let secret: Secret = serde_json::from_slice(&opened).context("a sealed challenge is damaged")?;
    store::challenges::take_over(tx, &left.id, &delivery.id).await?;
    let given = Given {
        challenge: &secret.challenge,
        taken_at: left.taken_at.unwrap_or(now),
        milliseconds: 0,
    };
    send(tx, app, delivery.reserved(now)?, authority, &given, plan, now).await
}

#[allow(
    clippy::too_many_arguments,
    reason = "all of it is the situation that one decision is about"
)]
async fn reserve(
    tx: &mut Tx,
    app: &Shared,
    device: &Device,
    delivery: Delivery,
    authority: Authority,
    outlook: &Outlook,
    plan: &mut Plan,
    now: Timestamp,
) -> Result<()> {
    let Some(place) = outlook.places.get(&delivery.id) else {
        queue::enter(tx, &delivery, now).await?;
        plan.need = Some(Need::Place);
        return Ok(());
    };
    let wish = Wish {
        authority: &authority,
        delivery: &delivery.id,
        place: *place,
    };
    plan.poll_in(wish.poll_minutes());
    let before = delivery.state.clone();
    match broker::claim(tx, app, &wish, now).await? {
        Claimed::Later(cause) => wait(tx, delivery, &before, cause, now).await,
        Claimed::Soon(cause) => await_slot(tx, delivery, cause, outlook.waiting, plan, now).await,
        Claimed::Slot(challenge) => {
            let delivery = delivery.reserved(now)?;
            store::deliveries::update(tx, &delivery).await?;
            trust::plan_additions(tx, device, &authority, plan).await?;
            plan.need = Some(Need::Challenge(Box::new(Reserved {
                challenge,
                delivery,
                before,
                authority,
            })));
            Ok(())
        }
    }
}

async fn await_slot(
    tx: &mut Tx,
    delivery: Delivery,
    cause: Cause,
    waiting: Waiting,
    plan: &mut Plan,
    now: Timestamp,
) -> Result<()> {
    let before = delivery.state.clone();
    if waiting == Waiting::Enough {
        queue::is_away(tx, &delivery.id, &cause, now).await?;
    }
    wait(tx, delivery, &before, cause, now).await?;
    match waiting {
        Waiting::Allowed => plan.need = Some(Need::Slot),
        Waiting::Done if plan.is_empty() => hold(plan),
        Waiting::Done | Waiting::Enough => {}
    }
    Ok(())
}

/// Stores what came of fetching: the challenge with the command, or the reason to wait.
pub async fn conclude(
    tx: &mut Tx,
    app: &Shared,
    reserved: Reserved,
    obtained: Obtained,
    plan: &mut Plan,
    now: Timestamp,
) -> Result<()> {
    let Reserved {
        challenge: id,
        delivery,
        before,
        authority,
    } = reserved;
    // Seconds have passed: the delivery may have been withdrawn or replaced, or another node was quicker.
    let being_fetched = DeliveryState::WaitingForChallenge {
        cause: Cause::ChallengeBeingFetched,
    };
    let asked_for = delivery.id;
    let delivery = store::deliveries::by_id(tx, &asked_for)
        .await?
        .filter(|delivery| delivery.is_current && delivery.state == being_fetched);
    let Obtained {
        outcome,
        milliseconds,
    } = obtained;
    let page = match outcome {
        Ok(page) => page,
        Err(problem) => {
            if problem.is_certain() {
                store::challenges::end(tx, &id, Fate::Refused, now).await?;
            }
            let cause = broker::note_health(tx, &authority, Err(&problem), now).await?;
            if let Some(took) = milliseconds {
                let (key, asked) = (cause.key(), Asked::Challenge);
                attempts::note(tx, &authority.id, asked, &key, took, Some(&asked_for), now).await?;
            }
            return match delivery {
                Some(delivery) => {
                    queue::is_away(tx, &delivery.id, &cause, now).await?;
                    wait(tx, delivery, &before, cause, now).await
                }
                None => Ok(()),
            };
        }
    };
    let held_until = now.plus_seconds(i64::from(authority.limits.lifetime_seconds));
    let is_ours = store::challenges::taken(tx, &id, now, held_until).await?;
    let milliseconds = milliseconds.unwrap_or_default();
    let (good, asked) = (attempts::GOOD, Asked::Challenge);
    attempts::note(
        tx,
        &authority.id,
        asked,
        good,
        milliseconds,
        Some(&asked_for),
        now,
    )
    .await?;
    broker::page_seen(tx, app, &authority.id, &page, now).await?;
    let proof = ProvedBy::Delivery(asked_for);
    broker::note_health(tx, &authority, Ok(&proof), now).await?;
    let Some(delivery) = delivery.filter(|_| is_ours) else {
        return Ok(());
    };
    let given = Given {
        milliseconds,
        ..Given::now(&page.challenge, now)
    };
    send(tx, app, delivery, &authority, &given, plan, now).await
}

/// Sceau's own authority gives its challenge in the same transaction: nothing is fetched, nothing runs out.
async fn send_own(
    tx: &mut Tx,
    app: &Shared,
    delivery: Delivery,
    configuration: &Configuration,
    authority: &Authority,
    plan: &mut Plan,
    now: Timestamp,
) -> Result<()> {
    let wanted = WantedCertificate::of_delivery(&delivery, &configuration.settings);
    let owner = Owner::Delivery(delivery.id.clone());
    match built_in::mint(tx, authority, &owner, &wanted, now).await {
        Ok(challenge) => {
            let given = Given::now(&challenge, now);
            send(tx, app, delivery, authority, &given, plan, now).await
        }
        Err(Error::Refused(refusal)) => {
            let detail = refusal.detail;
            fail(tx, delivery, Cause::SubjectInvalid { detail }, now).await
        }
        Err(error) => Err(error),
    }
}

/// A challenge as it was given.
struct Given<'a> {
    challenge: &'a str,
    taken_at: Timestamp,
    /// How long asking for it took.
    milliseconds: i64,
}

impl<'a> Given<'a> {
    fn now(challenge: &'a str, now: Timestamp) -> Self {
        Self {
            challenge,
            taken_at: now,
            milliseconds: 0,
        }
    }
}

/// Stores the challenge with the command that carries it.
async fn send(
    tx: &mut Tx,
    app: &Shared,
    delivery: Delivery,
    authority: &Authority,
    given: &Given<'_>,
    plan: &mut Plan,
    now: Timestamp,
) -> Result<()> {
    let token = random_token();
    let Some(configuration) = store::configurations::by_id(tx, &delivery.configuration_id).await? else {
        return Ok(());
    };
    let install = install(app, &delivery, &configuration, authority, given.challenge, &token)?;
    let secret = Secret {
        challenge: given.challenge.to_owned(),
        token: token.to_string(),
    };
    let plain = Zeroizing::new(serde_json::to_vec(&secret).context("sealing a challenge")?);
    let command = delivery::Command {
        subject: delivery.subject.clone(),
        sans: delivery.sans.clone(),
        token_sha256: token_sha256(&token),
        secret: app.secrets.seal(place(&delivery.id), &plain)?,
        challenge_taken_at: given.taken_at,
        store: configuration.settings.store,
    };
    let delivery = delivery.sent(command, now)?;
    if let Err(error) = plan.push_install(&delivery.id, &install) {
        return fail(
            tx,
            delivery,
            Cause::SubjectInvalid {
                detail: error.to_string(),
            },
            now,
        )
        .await;
    }
    store::deliveries::update(tx, &delivery).await?;
    store::challenge_queue::leave(tx, &delivery.id).await?;
    tell(
        tx,
        &delivery,
        now,
        What::Sent {
            challenge_milliseconds: given.milliseconds,
        },
    )
    .await
}

/// The device never got the command: the same again, while its challenge lives.
pub async fn repeat(
    tx: &mut Tx,
    app: &Shared,
    device: &Device,
    delivery: Delivery,
    plan: &mut Plan,
    now: Timestamp,
) -> Result<()> {
    let Some((configuration, authority)) = context(tx, &delivery).await? else {
        return Ok(());
    };
    let is_safe = delivery
        .challenge_taken_at
        .is_some_and(|taken| now < safe_until(taken, &authority.limits));
    let Some(sealed) = delivery.secret.as_ref().filter(|_| is_safe) else {
        return fail(tx, delivery, Cause::ChallengeExpired, now).await;
    };
    let opened = app.secrets.open(place(&delivery.id), sealed)?;
    let secret: Secret = serde_json::from_slice(&opened).context("a sealed challenge is damaged")?;
    let install = install(
        app,
        &delivery,
        &configuration,
        &authority,
        &secret.challenge,
        &secret.token,
    )?;
    // What was to come before it was lost with it.
    trust::plan_additions(tx, device, &authority, plan).await?;
    plan.push_install(&delivery.id, &install)
        .map_err(|error| anyhow::Error::new(error).context("sending again"))?;
    let delivery = Delivery {
        is_on_device: true,
        ..delivery
    };
    Ok(store::deliveries::update(tx, &delivery).await?)
}

/// The delivery waits, for a reason that the person reads; told once, not at each poll.
async fn wait(
    tx: &mut Tx,
    delivery: Delivery,
    before: &DeliveryState,
    cause: Cause,
    now: Timestamp,
) -> Result<()> {
    let is_known =
        matches!(before, DeliveryState::WaitingForChallenge { cause: told } if is_told(told, &cause));
    if !is_known {
        tell(
            tx,
            &delivery,
            now,
            What::WaitingForChallenge { cause: cause.clone() },
        )
        .await?;
    }
    Ok(store::deliveries::update(tx, &delivery.waits_for_challenge(cause, now)?).await?)
}

/// Whether a reason to wait is no news after another. A device that moves forward in the queue, up to its head, still
/// waits for a free slot.
fn is_told(told: &Cause, cause: &Cause) -> bool {
    let is_in_queue = |cause: &Cause| {
        matches!(
            cause,
            Cause::QueuedBehind { .. }
                | Cause::SlotsTaken { .. }
                | Cause::SlotsHeldSilent { .. }
                | Cause::ChallengeBeingFetched
        )
    };
    std::mem::discriminant(told) == std::mem::discriminant(cause) || is_in_queue(told) && is_in_queue(cause)
}

fn place(delivery: &DeliveryId) -> Place<'_> {
    Place {
        table: "deliveries",
        column: "secret",
        row: delivery.as_str(),
    }
}
