//! `/challenges` and `/outcome-unknown`: what was taken from authorities, and what may be orphaned there.

use axum::{Router, extract::State, routing::get};
use domain::transaction::{Owner, Transaction};
use serde::{Deserialize, Serialize};

use super::{
    body::Answer,
    caller::Caller,
    instant::Instant,
    page::{self, Asked},
    problem::Result,
};
use crate::{actions::ledger, app::Shared};

pub(super) fn router() -> Router<Shared> {
    Router::new()
        .route("/challenges", get(challenges))
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
