//! The challenge of an order: its turn, the sign-in, and what is told when there is none now.

use std::time::Duration;

use aws_lc_rs::digest::{SHA256, digest};
use domain::{
    Error as Refusal, Kind,
    actor::Actor,
    challenge::{ChallengeId, Fate},
    diagnosis::Cause,
    external_ca::Authority,
    order::OrderId,
};

use super::{OrderForm, ledger_id};
use crate::{
    actions::{
        Error, Later, Result, authorities,
        broker::{self, OrderWish, Wait},
    },
    app::Shared,
    outbound::{ChallengePage, ChallengeProblem},
    secrets::hex,
};

/// How often the caller of an order whose turn comes soon is held for a round.
const ROUNDS: u32 = 10;
/// A round, if no slot is freed meanwhile.
const ROUND: Duration = Duration::from_secs(1);

/// What is ordered and by whom. Who orders the same again stands at the same place, so that asking often is of no use.
pub fn wish_sha256(actor: &Actor, form: &OrderForm) -> Result<String> {
    let who = match actor {
        Actor::Operator { id, .. } => id.as_str(),
        _ => "",
    };
    let wish = serde_json::to_vec(&(who, form)).map_err(anyhow::Error::from)?;
    Ok(hex(digest(&SHA256, &wish).as_ref()))
}

/// Takes a challenge in the order's turn.
pub async fn obtain(
    app: &Shared,
    authority: &Authority,
    wish_sha256: &str,
    order: &OrderId,
) -> Result<ChallengePage> {
    let ledger = ledger_id(order)?;
    let authority = claim(app, authority, wish_sha256, &ledger).await?;
    let turn = broker::sign_in_turn(app, &authority.id).await?;
    let fetched = match &turn {
        None => Err(broker::stopped_problem(app, &authority.id).await?),
        Some(_) => {
            let source = authorities::source(app, &authority)?;
            let limit = app.outbound.bounds().sign_in;
            app.outbound.fetch_challenge(&source, limit).await
        }
    };
    match fetched {
        Ok(page) => Ok(page),
        Err(problem) => {
            // Noted before the next one signs in.
            not_given(app, &authority, &ledger, &problem).await?;
            drop(turn);
            Err(refused(app, &authority, wish_sha256, &ledger, &problem).await?)
        }
    }
}

/// Waits a moment for a slot, and gives the authority as it is then.
async fn claim(
    app: &Shared,
    authority: &Authority,
    wish_sha256: &str,
    ledger: &ChallengeId,
) -> Result<Authority> {
    let mut round = 0;
    loop {
        let authority = authorities::by_id(app, &authority.id).await?;
        let wish = OrderWish {
            authority: &authority,
            ledger,
            wish_sha256,
        };
        let Err(wait) = broker::claim_for_order(app, wish).await? else {
            return Ok(authority);
        };
        if !wait.is_soon || round == ROUNDS {
            broker::order_waits(app, wish, &wait).await?;
            return Err(later(wait));
        }
        round += 1;
        app.bells.wait_for_slot(ROUND).await;
    }
}

/// Notes that there was no challenge.
async fn not_given(
    app: &Shared,
    authority: &Authority,
    ledger: &ChallengeId,
    problem: &ChallengeProblem,
) -> Result<()> {
    if problem.is_certain() {
        let (now, ledger) = (app.now(), ledger.clone());
        app.store
            .write(move |tx| {
                let ledger = ledger.clone();
                Box::pin(async move { store::challenges::end(tx, &ledger, Fate::Refused, now).await })
            })
            .await?;
        app.bells.ring_slot();
    }
    authorities::challenge_asked(app, &authority.id, Err(problem)).await?;
    Ok(())
}

/// Why there was no challenge: the authority rests now, and the order keeps its place.
async fn refused(
    app: &Shared,
    authority: &Authority,
    wish_sha256: &str,
    ledger: &ChallengeId,
    problem: &ChallengeProblem,
) -> Result<Error> {
    let authority = authorities::by_id(app, &authority.id).await?;
    let wish = OrderWish {
        authority: &authority,
        ledger,
        wish_sha256,
    };
    let wait = broker::rest(app, wish, problem.cause(app.now())).await?;
    broker::order_waits(app, wish, &wait).await?;
    Ok(later(wait))
}

fn later(wait: Wait) -> Error {
    let key = match &wait.cause {
        Cause::QueuedBehind { .. } => "error-order-queued".to_owned(),
        cause => cause.key(),
    };
    let detail = format!("the authority gives no challenge now: {key}");
    let mut refusal = Refusal::new(Kind::State, &key, detail);
    for (name, value) in wait.cause.values() {
        refusal = refusal.with(name, value);
    }
    Error::Later(Box::new(Later { refusal, wait }))
}
