//! `/challenges` and `/outcome-unknown`: what was taken from authorities, and what may be orphaned there.

use axum::{Router, extract::State, routing::get};
use domain::{
    challenge::Purpose,
    delivery::DeliveryId,
    device::DeviceId,
    external_ca::Authority,
    transaction::{Owner, Transaction},
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{
    body::Answer,
    caller::Caller,
    cause,
    instant::Instant,
    page::{self, Asked, Named},
    problem::Result,
};
use crate::{
    actions::ledger::{self, Waiter},
    app::Shared,
};

pub(super) fn router() -> Router<Shared> {
    Router::new()
        .route("/challenges", get(challenges))
        .route("/authorities/{id}/challenges", get(capacity))
        .route("/outcome-unknown", get(outcome_unknown))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Query {
    authority: Option<String>,
}

async fn challenges(
    State(app): State<Shared>,
    Caller(actor): Caller,
    Asked(asked): Asked<Query>,
) -> Result<Answer<Totals>> {
    let authority = page::key("authority", asked.authority.as_ref())?;
    let totals = ledger::challenge_totals(&app, &actor, authority).await?;
    Ok(Answer(Totals {
        taken: totals.taken,
        used: totals.used,
        expired: totals.expired,
        lost: totals.lost,
        out: totals.out,
        refused: totals.refused,
        most_out: totals.most_out,
        held_seconds: totals.held_seconds,
    }))
}

async fn capacity(
    State(app): State<Shared>,
    Caller(actor): Caller,
    Named(id): Named<Authority>,
) -> Result<Answer<Capacity>> {
    let capacity = ledger::capacity(&app, &actor, &id).await?;
    Ok(Answer(capacity.into()))
}

async fn outcome_unknown(State(app): State<Shared>, Caller(actor): Caller) -> Result<Answer<Orphans>> {
    let all = ledger::outcome_unknown(&app, &actor).await?;
    Ok(Answer(Orphans {
        items: all.iter().map(|one| one.transaction_id.clone()).collect(),
        transactions: all.into_iter().map(OutcomeUnknown::from).collect(),
    }))
}

/// The transactionIDs, then the same with what else is known.
#[derive(Serialize)]
struct Orphans {
    items: Vec<String>,
    transactions: Vec<OutcomeUnknown>,
}

#[derive(Serialize)]
struct Totals {
    taken: i64,
    used: i64,
    expired: i64,
    lost: i64,
    out: i64,
    refused: i64,
    most_out: i64,
    held_seconds: i64,
}

/// How an authority's challenges stand.
#[derive(Serialize)]
struct Capacity {
    limit: u32,
    slots: u32,
    held: Vec<Held>,
    /// Why nothing moves, where silent devices hold every slot.
    silent: Option<Value>,
    waiting: i64,
    orders_waiting: i64,
    queue: Vec<Waiting>,
    forgotten_before: Option<Instant>,
    reusable_since: Option<Instant>,
}

#[derive(Serialize)]
struct Held {
    slot: i64,
    purpose: Purpose,
    since: Instant,
    until: Instant,
    device: Option<Holder>,
}

#[derive(Serialize)]
struct Holder {
    id: DeviceId,
    name: String,
    last_seen_at: Instant,
    is_silent: bool,
}

#[derive(Serialize)]
struct Waiting {
    device_id: DeviceId,
    device: String,
    delivery_id: DeliveryId,
    since: Instant,
    cause: Value,
}

impl From<ledger::Capacity> for Capacity {
    fn from(capacity: ledger::Capacity) -> Self {
        let waiting = |(waiter, device): (Waiter, String)| Waiting {
            device_id: waiter.device_id,
            device,
            delivery_id: waiter.delivery_id,
            since: waiter.since.into(),
            cause: cause::view(&waiter.cause),
        };
        Self {
            limit: capacity.limit,
            slots: capacity.slots,
            held: capacity.held.into_iter().map(Held::from).collect(),
            silent: capacity.silent.as_ref().map(cause::view),
            waiting: capacity.waiting,
            orders_waiting: capacity.orders_waiting,
            queue: capacity.first.into_iter().map(waiting).collect(),
            forgotten_before: capacity.forgotten_before.map(Instant::from),
            reusable_since: capacity.reusable_since.map(Instant::from),
        }
    }
}

impl From<ledger::Held> for Held {
    fn from(held: ledger::Held) -> Self {
        let is_silent = held.is_silent;
        let challenge = held.slot.challenge;
        Self {
            slot: held.slot.slot,
            purpose: challenge.purpose,
            since: challenge.taken_at.unwrap_or(challenge.claimed_at).into(),
            until: held.slot.held_until.into(),
            device: held.holder.map(|holder| Holder {
                id: holder.device_id,
                name: holder.device_name,
                last_seen_at: holder.last_seen_at.into(),
                is_silent,
            }),
        }
    }
}

/// A transaction that may have left a certificate at the authority that nobody holds.
#[derive(Serialize)]
pub(super) struct OutcomeUnknown {
    transaction_id: String,
    /// `outcome_unknown` or `not_installed`.
    state: &'static str,
    authority_id: String,
    owner: Owner,
    forwarded_at: Instant,
}

impl From<Transaction> for OutcomeUnknown {
    fn from(transaction: Transaction) -> Self {
        Self {
            state: transaction.state.name(),
            transaction_id: transaction.transaction_id,
            authority_id: transaction.authority_id.to_string(),
            owner: transaction.owner,
            forwarded_at: transaction.forwarded_at.into(),
        }
    }
}
