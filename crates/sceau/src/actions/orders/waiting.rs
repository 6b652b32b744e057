//! The challenge of an order: its turn, the sign-in, and what is told when there is none now.

use std::time::Duration;

use aws_lc_rs::digest::{SHA256, digest};
use domain::{
    Error as Refusal, Kind,
    actor::Actor,
    challenge::{ChallengeId, Fate},
    diagnosis::Cause,
    external_ca::{Authority, AuthorityId},
    order::OrderId,
};

use super::{OrderForm, PlacedOrder, ledger_id, place_fixed, store_order};
use crate::{
    actions::{
        Error, Later, Result, authorities,
        broker::{self, OrderWish, Wait},
    },
    app::Shared,
    outbound::ChallengeProblem,
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

/// Places an order when its turn comes, or says why that isn't now.
pub async fn place_in_turn(
    app: &Shared,
    actor: &Actor,
    form: &OrderForm,
    authority: &AuthorityId,
) -> Result<PlacedOrder> {
    let wish = wish_sha256(actor, form)?;
    let mut round = 0;
    loop {
        let attempt = Attempt {
            app: app.clone(),
            actor: actor.clone(),
            form: form.clone(),
            authority: authority.clone(),
            wish_sha256: wish.clone(),
        };
        // A task of its own: a slot that is claimed and a challenge that is taken are never left behind.
        let tried = tokio::spawn(async move { Box::pin(attempt.make()).await });
        let wait = match tried.await.map_err(anyhow::Error::new)?? {
            Ok(placed) => return Ok(placed),
            Err(wait) => wait,
        };
        if !wait.is_soon || round == ROUNDS {
            broker::order_waits(app, authority, &wish, &wait).await?;
            return Err(later(wait));
        }
        round += 1;
        app.bells.wait_for_slot(ROUND).await;
    }
}

/// One look whether it is the order's turn, and all that follows if it is.
struct Attempt {
    app: Shared,
    actor: Actor,
    form: OrderForm,
    authority: AuthorityId,
    wish_sha256: String,
}

impl Attempt {
    async fn make(self) -> Result<std::result::Result<PlacedOrder, Wait>> {
        let app = &self.app;
        let id: OrderId = app.fresh_id();
        let ledger = ledger_id(&id)?;
        let authority = authorities::by_id(app, &self.authority).await?;
        if let Some(challenge) = broker::reusable_now(app, &authority.id).await? {
            let placed = place_fixed(app, &self.actor, &self.form, &authority, id, challenge).await?;
            return Ok(Ok(placed));
        }
        let wish = OrderWish {
            authority: &authority,
            ledger: &ledger,
            wish_sha256: &self.wish_sha256,
        };
        if let Err(wait) = broker::claim_for_order(app, wish).await? {
            return Ok(Err(wait));
        }
        // Kept until what it came to is stored.
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
            Ok(page) => {
                let (actor, form) = (&self.actor, &self.form);
                let placed = store_order(app, actor, form, &authority, id, &self.wish_sha256, page).await?;
                Ok(Ok(placed))
            }
            Err(problem) => {
                not_given(app, &authority, &ledger, &problem).await?;
                let authority = authorities::by_id(app, &authority.id).await?;
                let wish = OrderWish {
                    authority: &authority,
                    ..wish
                };
                // The authority rests now, and the order keeps its place.
                Ok(Err(broker::rest(app, wish, problem.cause(app.now())).await?))
            }
        }
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
