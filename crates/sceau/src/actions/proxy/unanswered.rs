//! Requests that were handed over and never answered.

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
    actions::{Result, broker},
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

/// One transaction stands as *outcome unknown*.
pub(in crate::actions) async fn mark_unknown(tx: &mut Tx, record: Transaction, now: Timestamp) -> Result<()> {
    let record = Transaction {
        state: TransactionState::OutcomeUnknown,
        ..record
    };
    store::transactions::update(tx, &record).await?;
    broker::challenge_ended(tx, &record.owner, Fate::Used, now).await?;
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
