//! Requests that were handed over and never answered, and challenges that were used.

use domain::{
    Timestamp,
    challenge::Fate,
    delivery::DeliveryId,
    event::What,
    transaction::{Owner, Transaction, TransactionState},
};
use store::Tx;

use super::holder::tell;
use crate::{
    actions::{Result, orders::ledger_id},
    app::Shared,
};

/// Transactions handed over before `before` and never answered stand as *outcome unknown*. Gives how many.
pub async fn mark_unanswered(app: &Shared, before: Timestamp) -> Result<usize> {
    let now = app.now();
    app.store
        .write(move |tx| {
            Box::pin(async move {
                let unanswered = store::transactions::unanswered(tx, before).await?;
                let count = unanswered.len();
                for record in unanswered {
                    mark_unknown(tx, record, now).await?;
                }
                Ok(count)
            })
        })
        .await
}

/// The challenge of a request that reached the authority is spent, and its slot free. One that was only claimed (the
/// server died while it was fetched) stays counted: nobody presented it.
pub(in crate::actions) async fn spend_challenge(tx: &mut Tx, owner: &Owner, now: Timestamp) -> Result<()> {
    let challenge = match owner {
        Owner::Delivery(delivery) => store::challenges::by_delivery(tx, delivery).await?,
        Owner::Order(order) => store::challenges::by_id(tx, &ledger_id(order)?).await?,
    };
    if let Some(challenge) = challenge.filter(|challenge| challenge.fate == Fate::Taken) {
        store::challenges::end(tx, &challenge.id, Fate::Used, now).await?;
    }
    Ok(())
}

/// One transaction stands as *outcome unknown*.
pub(in crate::actions) async fn mark_unknown(tx: &mut Tx, record: Transaction, now: Timestamp) -> Result<()> {
    let record = Transaction {
        state: TransactionState::OutcomeUnknown,
        ..record
    };
    store::transactions::update(tx, &record).await?;
    spend_challenge(tx, &record.owner, now).await?;
    let Owner::Delivery(delivery) = &record.owner else {
        return Ok(());
    };
    let what = What::OutcomeUnknown {
        transaction_id: record.transaction_id.clone(),
        trouble: "nothing".to_owned(),
        detail: None,
    };
    tell_of(tx, delivery, now, what).await
}

/// A delivery is over: what its request left at the authority is told, if no device proved to hold it.
pub(in crate::actions) async fn settle(tx: &mut Tx, delivery: &DeliveryId, now: Timestamp) -> Result<()> {
    let owner = Owner::Delivery(delivery.clone());
    let Some(record) = store::transactions::by_owner(tx, &owner)
        .await?
        .into_iter()
        .next()
    else {
        return Ok(());
    };
    match record.state {
        TransactionState::Forwarded => mark_unknown(tx, record, now).await,
        TransactionState::Succeeded if !store::certificates::is_proved(tx, delivery).await? => {
            let record = Transaction {
                state: TransactionState::NotInstalled,
                ..record
            };
            store::transactions::update(tx, &record).await?;
            let transaction_id = record.transaction_id;
            tell_of(tx, delivery, now, What::NotInstalled { transaction_id }).await
        }
        _ => Ok(()),
    }
}

async fn tell_of(tx: &mut Tx, id: &DeliveryId, now: Timestamp, what: What) -> Result<()> {
    if let Some(delivery) = store::deliveries::by_id(tx, id).await? {
        tell(tx, &delivery, now, what).await?;
    }
    Ok(())
}
