//! What asking for challenges came to, for whoever asks next, and what became of those that were given.

use domain::{
    Timestamp,
    broker::{self, Serving, Trouble},
    challenge::{Challenge, Fate},
    diagnosis::Cause,
    external_ca::{Authority, AuthorityId, ProvedBy},
    transaction::Owner,
};
use store::Tx;

use crate::{
    actions::{Result, authorities::health_after, orders::ledger_id, warnings},
    app::Shared,
    outbound::{AccountProblem, ChallengeProblem, Silence},
    secrets::random,
};

/// How exact "the last challenge was obtained at" is.
const NOTED_SECONDS: i64 = 30;

/// What a fetch for another device found out while this one waited for its turn.
pub async fn known_problem(app: &Shared, authority: &AuthorityId) -> Result<Option<ChallengeProblem>> {
    let (now, wanted) = (app.now(), authority.clone());
    let authority = app
        .store
        .read(move |tx| Box::pin(async move { store::authorities::by_id(tx, &wanted).await }))
        .await?;
    Ok(authority.and_then(|authority| match quiet(&authority, now)? {
        Cause::SignInRefused => Some(ChallengeProblem::SignInRefused),
        Cause::AccountRefused { why } => Some(
            AccountProblem::of_key(&why)
                .map_or(ChallengeProblem::SignInRefused, ChallengeProblem::AccountRefused),
        ),
        Cause::AuthorityUnreachable {
            what, place, detail, ..
        } => Some(ChallengeProblem::Unreachable(Box::new(Silence {
            what,
            place,
            detail,
        }))),
        Cause::CacheFull { .. } => Some(ChallengeProblem::CacheFull),
        _ => None,
    }))
}

/// Why sign-ins are stopped, where they are.
pub async fn stopped_problem(app: &Shared, authority: &AuthorityId) -> Result<ChallengeProblem> {
    let known = known_problem(app, authority).await?;
    Ok(known
        .filter(ChallengeProblem::is_refused_sign_in)
        .unwrap_or(ChallengeProblem::SignInRefused))
}

/// Notes what asking came to, for whoever asks next, and gives the cause to wait. An answer under a password that was
/// changed meanwhile says nothing of the present one.
pub async fn note_health(
    tx: &mut Tx,
    asked: &Authority,
    outcome: std::result::Result<&ProvedBy, &ChallengeProblem>,
    now: Timestamp,
) -> Result<Cause> {
    let (proof, problem) = (outcome.ok(), outcome.err());
    let until = learn(tx, asked, problem, now).await?;
    let known = store::authorities::by_id(tx, &asked.id).await?;
    let health = health_after(known.as_ref().unwrap_or(asked), problem, until, now);
    let cause = health.cause.clone().unwrap_or(Cause::ChallengeBeingFetched);
    let Some(known) =
        known.filter(|known| known.password == asked.password && known.username == asked.username)
    else {
        return Ok(cause);
    };
    // Each session reads the authority: its row is not written for every challenge that was obtained.
    let was_just_noted = known.health.cause.is_none()
        && known
            .health
            .last_challenge_at
            .is_some_and(|at| now < at.plus_seconds(NOTED_SECONDS));
    if problem.is_some() || !was_just_noted {
        store::authorities::set_health(tx, &known.id, &health, proof, now).await?;
        if health.is_sign_in_stopped && !known.health.is_sign_in_stopped {
            Box::pin(warnings::reconcile(tx, &known.id, now)).await?;
        }
    }
    Ok(cause)
}

/// Takes over what asking teaches of the authority's capacity, and gives until when it is left alone.
pub async fn learn(
    tx: &mut Tx,
    asked: &Authority,
    problem: Option<&ChallengeProblem>,
    now: Timestamp,
) -> Result<Timestamp> {
    let limits = &asked.limits;
    let slots = store::challenges::slots(tx, &asked.id).await?;
    let out = u32::try_from(slots.len()).unwrap_or(u32::MAX);
    let known = store::capacity::of(tx, &asked.id).await?;
    let mut capacity = known.clone();
    capacity.breaker = match problem {
        None => known.breaker.clone().after_success(),
        Some(problem) => {
            let trouble = match problem {
                ChallengeProblem::CacheFull => Trouble::Full,
                _ => Trouble::Down,
            };
            let [random] = random();
            known.breaker.clone().after_trouble(trouble, limits, now, random)
        }
    };
    capacity.learned = match problem {
        None => broker::after_success(limits, known.learned, out, now),
        // Others held them, or those that are being fetched now.
        Some(ChallengeProblem::CacheFull) => Some(broker::after_full(limits, out, now)),
        Some(_) => known.learned,
    };
    if matches!(problem, Some(ChallengeProblem::CacheFull)) {
        capacity.serving = Serving::after_full();
        capacity.reusable = None;
    }
    if capacity != known {
        store::capacity::put(tx, &asked.id, &capacity).await?;
    }
    Ok(capacity.breaker.open_until.unwrap_or(now))
}

/// Why the authority is left alone now, if it is.
pub(super) fn quiet(authority: &Authority, now: Timestamp) -> Option<Cause> {
    let health = &authority.health;
    if health.is_sign_in_stopped {
        let known = health.cause.clone();
        let known = known.filter(|cause| matches!(cause, Cause::AccountRefused { .. }));
        return Some(known.unwrap_or(Cause::SignInRefused));
    }
    let is_quiet = health.quiet_until.is_some_and(|until| now < until);
    health.cause.clone().filter(|_| is_quiet)
}

/// The challenge of a request is over, and its slot free. One that was only claimed (the server died while it was fetched)
/// stays counted: nobody presented it.
pub async fn challenge_ended(tx: &mut Tx, owner: &Owner, fate: Fate, now: Timestamp) -> Result<()> {
    if let Some(challenge) = challenge_of(tx, owner).await? {
        store::challenges::end(tx, &challenge.id, fate, now).await?;
    }
    Ok(())
}

/// The challenge that is out for a request.
pub(super) async fn challenge_of(tx: &mut Tx, owner: &Owner) -> Result<Option<Challenge>> {
    let challenge = match owner {
        Owner::Delivery(delivery) => store::challenges::by_delivery(tx, delivery).await?,
        Owner::Order(order) => store::challenges::by_id(tx, &ledger_id(order)?).await?,
    };
    Ok(challenge.filter(|challenge| challenge.fate == Fate::Taken))
}
