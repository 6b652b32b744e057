//! Delivering: a slot is reserved, a challenge fetched outside any transaction, then the challenge and the command
//! that carries it are stored together. A crash in between leaves the slot counted as taken.

use std::time::{Duration, Instant};

use anyhow::Context as _;
use domain::{
    Timestamp,
    challenge::{ChallengeId, Fate, safe_until},
    delivery::{self, Delivery, DeliveryId, DeliveryState},
    device::{Device, session::Session},
    diagnosis::Cause,
    event::What,
    external_ca::{Authority, Health},
    scep_configuration::CertificateStore,
};
use serde::{Deserialize, Serialize};
use store::{Tx, challenges::Claim};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use super::{
    order::{context, fill, install, person_of},
    plan::{Need, Plan, Waiting, hold},
    trust,
};
use crate::{
    actions::{
        Result, authorities,
        delivery::{fail, tell},
    },
    app::Shared,
    outbound::{ChallengeProblem, ChallengeSource},
    secrets::{Place, random_token, token_sha256},
};

/// The device waits for its answer meanwhile.
const FETCH_LIMIT: Duration = Duration::from_secs(5);

/// A slot is claimed for a delivery; the challenge is to be fetched.
#[derive(Clone, Debug)]
pub struct Reserved {
    /// The ledger's entry.
    pub challenge: ChallengeId,
    /// For which delivery, subject and names filled in.
    pub delivery: Delivery,
    /// From which authority.
    pub authority: Authority,
}

/// What came of fetching.
#[derive(Clone)]
pub enum Obtained {
    /// A challenge.
    Challenge {
        /// The secret itself.
        challenge: Zeroizing<String>,
        /// How long it took.
        milliseconds: i64,
    },
    /// None.
    Problem(ChallengeProblem),
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
    waiting: Waiting,
    plan: &mut Plan,
    now: Timestamp,
) -> Result<()> {
    let Some((configuration, authority)) = context(tx, &delivery).await? else {
        return Ok(());
    };
    let is_users = configuration.settings.store == CertificateStore::User;
    if is_users && session.login.as_deref() != Some("user") {
        return wait(tx, delivery, Cause::UserNotSignedIn, now).await;
    }
    let person = person_of(tx, device).await?;
    let delivery = match fill(delivery, &configuration, person.as_ref(), device, now) {
        Ok(delivery) => delivery,
        Err((delivery, cause)) => return fail(tx, *delivery, cause, now).await,
    };
    if !trust::plan_questions(tx, device, &authority, plan).await? {
        return Ok(());
    }
    if let Some(cause) = quiet(&authority, now) {
        return wait(tx, delivery, cause, now).await;
    }
    reserve(tx, app, device, delivery, authority, waiting, plan, now).await
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
    waiting: Waiting,
    plan: &mut Plan,
    now: Timestamp,
) -> Result<()> {
    let limits = &authority.limits;
    store::challenges::expire(tx, now).await?;
    let id: ChallengeId = app.fresh_id();
    let until = now.plus_seconds(i64::from(limits.lifetime_seconds));
    let claim = Claim {
        id: id.clone(),
        authority_id: authority.id.clone(),
        max_unused: limits.max_unused,
        delivery_id: Some(delivery.id.clone()),
        now,
        held_until: until,
    };
    if store::challenges::claim_slot(tx, &claim).await?.is_some() {
        let delivery = delivery.reserved(now)?;
        store::deliveries::update(tx, &delivery).await?;
        trust::plan_additions(tx, device, &authority, plan).await?;
        plan.need = Some(Need::Challenge(Box::new(Reserved {
            challenge: id,
            delivery,
            authority,
        })));
        return Ok(());
    }
    let slots = store::challenges::slots(tx, &authority.id).await?;
    let until = slots.iter().map(|slot| slot.held_until).min().unwrap_or(until);
    let cause = Cause::SlotsTaken {
        max: limits.max_unused,
        until,
    };
    wait(tx, delivery, cause, now).await?;
    match waiting {
        Waiting::Allowed => plan.need = Some(Need::Slot),
        Waiting::Done if plan.is_empty() => hold(plan),
        Waiting::Done | Waiting::Enough => {}
    }
    Ok(())
}

/// Fetches a challenge: outside any transaction, for a device that is talking.
pub async fn fetch(app: &Shared, reserved: &Reserved) -> Obtained {
    let begun = Instant::now();
    let authority = &reserved.authority;
    let password = match authorities::open_password(app, authority) {
        Ok(password) => password,
        Err(error) => {
            let error = crate::actions::Error::Internal(error);
            let incident = error.incident().unwrap_or_default();
            return Obtained::Problem(ChallengeProblem::Unreachable(format!(
                "the stored password does not open, incident {incident}"
            )));
        }
    };
    let source = ChallengeSource {
        challenge_url: authority.challenge_url.clone(),
        username: authority.username.clone(),
        password,
        trust_pem: authority.trust_pem.clone(),
    };
    match app.outbound.fetch_challenge(&source, FETCH_LIMIT).await {
        Ok(page) => Obtained::Challenge {
            challenge: page.challenge,
            milliseconds: i64::try_from(begun.elapsed().as_millis()).unwrap_or(i64::MAX),
        },
        Err(problem) => Obtained::Problem(problem),
    }
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
        authority,
    } = reserved;
    let (challenge, milliseconds) = match obtained {
        Obtained::Challenge {
            challenge,
            milliseconds,
        } => (challenge, milliseconds),
        Obtained::Problem(problem) => {
            store::challenges::end(tx, &id, Fate::Refused, now).await?;
            return withhold(tx, delivery, authority, &problem, now).await;
        }
    };
    let held_until = now.plus_seconds(i64::from(authority.limits.lifetime_seconds));
    store::challenges::taken(tx, &id, now, held_until).await?;
    let health = Health {
        last_challenge_at: Some(now),
        ..Health::default()
    };
    store::authorities::set_health(tx, &authority.id, &health, now).await?;
    let token = random_token();
    let Some(configuration) = store::configurations::by_id(tx, &delivery.configuration_id).await? else {
        return Ok(());
    };
    let install = install(app, &delivery, &configuration, &authority, &challenge, &token)?;
    let secret = Secret {
        challenge: challenge.to_string(),
        token: token.to_string(),
    };
    let plain = Zeroizing::new(serde_json::to_vec(&secret).context("sealing a challenge")?);
    let command = delivery::Command {
        subject: delivery.subject.clone(),
        sans: delivery.sans.clone(),
        token_sha256: token_sha256(&token),
        secret: app.secrets.seal(place(&delivery.id), &plain)?,
        challenge_taken_at: now,
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
    tell(
        tx,
        &delivery,
        now,
        What::Sent {
            challenge_milliseconds: milliseconds,
        },
    )
    .await
}

/// The device never got the command: the same again, while its challenge lives.
pub async fn repeat(
    tx: &mut Tx,
    app: &Shared,
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
    plan.push_install(&delivery.id, &install)
        .map_err(|error| anyhow::Error::new(error).context("sending again"))?;
    let delivery = Delivery {
        is_on_device: true,
        ..delivery
    };
    Ok(store::deliveries::update(tx, &delivery).await?)
}

/// There is no challenge now: the authority is left alone for a while, the delivery waits.
async fn withhold(
    tx: &mut Tx,
    delivery: Delivery,
    authority: Authority,
    problem: &ChallengeProblem,
    now: Timestamp,
) -> Result<()> {
    let limits = &authority.limits;
    let seconds = match problem {
        ChallengeProblem::CacheFull => limits.backoff_seconds,
        _ => limits.breaker_seconds,
    };
    let until = now.plus_seconds(i64::from(seconds));
    let cause = problem.cause(until);
    let health = Health {
        // One refusal of a complete sign-in stops all: repeating a wrong password locks the account.
        is_sign_in_stopped: matches!(problem, ChallengeProblem::SignInRefused),
        quiet_until: Some(until),
        cause: Some(cause.clone()),
        last_challenge_at: authority.health.last_challenge_at,
    };
    store::authorities::set_health(tx, &authority.id, &health, now).await?;
    wait(tx, delivery, cause, now).await
}

/// Why the authority is left alone now, if it is.
fn quiet(authority: &Authority, now: Timestamp) -> Option<Cause> {
    let health = &authority.health;
    if health.is_sign_in_stopped {
        return Some(Cause::SignInRefused);
    }
    let is_quiet = health.quiet_until.is_some_and(|until| now < until);
    health.cause.clone().filter(|_| is_quiet)
}

/// The delivery waits, for a reason that the person reads; told once, not at each poll.
async fn wait(tx: &mut Tx, delivery: Delivery, cause: Cause, now: Timestamp) -> Result<()> {
    let was = std::mem::discriminant(&cause);
    let is_known = matches!(&delivery.state, DeliveryState::WaitingForChallenge { cause } if std::mem::discriminant(cause) == was);
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

fn place(delivery: &DeliveryId) -> Place<'_> {
    Place {
        table: "deliveries",
        column: "secret",
        row: delivery.as_str(),
    }
}
