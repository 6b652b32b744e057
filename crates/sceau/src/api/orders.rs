//! `/orders`: the one answer in which a challenge is ever shown.

use axum::{Router, extract::State, http::StatusCode, routing::get};
use domain::{
    order::Order,
    scep_configuration::San,
    thumbprint::Sha1,
    transaction::{Transaction, TransactionState, Trouble},
};
use serde::{Deserialize, Serialize};

use super::{
    body::{Answer, Body},
    caller::Caller,
    instant::Instant,
    page::{self, Asked, Named, Page},
    problem::Result,
};
use crate::{
    actions::orders::{self, OrderForm},
    app::Shared,
};

pub(super) fn router() -> Router<Shared> {
    Router::new()
        .route("/orders", get(list).post(place))
        .route("/orders/{id}", get(one))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ListQuery {
    after: Option<String>,
    limit: Option<u32>,
}

async fn list(
    State(app): State<Shared>,
    Caller(actor): Caller,
    Asked(asked): Asked<ListQuery>,
) -> Result<Answer<Page<View>>> {
    let limit = page::limit(asked.limit)?;
    let after = page::key("after", asked.after.as_ref())?;
    let rows = orders::list_orders(&app, &actor, after, limit).await?;
    Ok(Answer(Page::of(
        rows,
        limit,
        |row| row.id.to_string(),
        View::from,
    )))
}

async fn one(
    State(app): State<Shared>,
    Caller(actor): Caller,
    Named(id): Named<Order>,
) -> Result<Answer<WithTransactions>> {
    let order = orders::one_order(&app, &actor, &id).await?;
    let transactions = orders::transactions_of(&app, &actor, &id).await?;
    Ok(Answer(WithTransactions {
        order: View::from(order),
        transactions: transactions.into_iter().map(TransactionView::from).collect(),
    }))
}

async fn place(
    State(app): State<Shared>,
    Caller(actor): Caller,
    Body(form): Body<OrderForm>,
) -> Result<(StatusCode, Answer<Placed>)> {
    let placed = orders::place_order(&app, &actor, form).await?;
    let view = Placed {
        id: placed.id.to_string(),
        scep_url: placed.scep_url,
        challenge: placed.challenge.0.to_string(),
        ca_sha1: placed.ca_sha1,
        expires_at: placed.expires_at.into(),
    };
    Ok((StatusCode::CREATED, Answer(view)))
}

#[derive(Serialize)]
struct Placed {
    id: String,
    scep_url: String,
    challenge: String,
    ca_sha1: Sha1,
    expires_at: Instant,
}

#[derive(Serialize)]
struct View {
    id: String,
    authority_id: String,
    subject: String,
    sans: Vec<San>,
    operator_id: Option<String>,
    created_at: Instant,
    expires_at: Instant,
}

impl From<Order> for View {
    fn from(order: Order) -> Self {
        Self {
            id: order.id.to_string(),
            authority_id: order.authority_id.to_string(),
            subject: order.subject,
            sans: order.sans,
            operator_id: order.operator_id.map(|id| id.to_string()),
            created_at: order.created_at.into(),
            expires_at: order.expires_at.into(),
        }
    }
}

#[derive(Serialize)]
struct WithTransactions {
    #[serde(flatten)]
    order: View,
    transactions: Vec<TransactionView>,
}

/// What the proxy saw of a transaction: no message and no challenge.
#[derive(Serialize)]
struct TransactionView {
    id: String,
    transaction_id: String,
    message_type: i64,
    renews_sha256: Option<String>,
    #[serde(flatten)]
    state: TransactionState,
    trouble: Option<Trouble>,
    forwarded_at: Instant,
    answered_at: Option<Instant>,
}

impl From<Transaction> for TransactionView {
    fn from(transaction: Transaction) -> Self {
        Self {
            id: transaction.id.to_string(),
            transaction_id: transaction.transaction_id,
            message_type: transaction.message_type,
            renews_sha256: transaction.renews_sha256,
            state: transaction.state,
            trouble: transaction.trouble,
            forwarded_at: transaction.forwarded_at.into(),
            answered_at: transaction.answered_at.map(Instant::from),
        }
    }
}
