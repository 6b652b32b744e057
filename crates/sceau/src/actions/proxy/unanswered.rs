//! Requests that were handed over and never answered.

use domain::{
    Timestamp,
    challenge::Fate,
    delivery::DeliveryId,
    event::What,
    transaction::{Owner, Transaction, TransactionRecordId, TransactionState},
};
use store::Tx;

use super::{
    holder::tell,
    own_ledger::{self, Standing},
};
use crate::{
    actions::{Result, broker},
    app::Shared,
};

/// Transactions handed over before `before` and never answered stand as *outcome unknown*, or as the ledger of Sceau's
/// own authority tells. Gives how many.
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

/// What was being signed by an own authority when its request was given up, and is signed now, is told. Gives how many.
pub async fn resolve_unknown(app: &Shared) -> Result<usize> {
    let now = app.now();
    let unknown = app
        .store
        .read(|tx| Box::pin(async move { store::transactions::unknown_at_own(tx).await }))
        .await?;
    let mut count = 0;
    for record in unknown {
        let id = record.id;
        let is_resolved = app
            .store
            .write(move |tx| {
                let id = id.clone();
                Box::pin(async move { resolve(tx, &id, now).await })
            })
            .await?;
        count += usize::from(is_resolved);
    }
    Ok(count)
}

async fn resolve(tx: &mut Tx, id: &TransactionRecordId, now: Timestamp) -> Result<bool> {
    // Another node may have been quicker, or the device has come again.
    let Some(record) = store::transactions::by_id(tx, id)
        .await?
        .filter(|record| record.state == TransactionState::OutcomeUnknown)
    else {
        return Ok(false);
    };
    let standing = own_ledger::standing(tx, &record).await?;
    if standing.state == TransactionState::OutcomeUnknown {
        return Ok(false);
    }
    let owner = record.owner.clone();
    stand(tx, record, standing, now).await?;
    if let Owner::Delivery(delivery) = &owner {
        let known = store::deliveries::by_id(tx, delivery).await?;
        if known.is_some_and(|known| !known.state.is_open()) {
            settle(tx, delivery, now).await?;
        }
    }
    Ok(true)
}

/// One transaction stands as *outcome unknown*, or as the ledger of Sceau's own authority tells. Gives it as it stands.
pub(in crate::actions) async fn mark_unknown(
    tx: &mut Tx,
    record: Transaction,
    now: Timestamp,
) -> Result<Transaction> {
    let standing = own_ledger::standing(tx, &record).await?;
    stand(tx, record, standing, now).await
}

async fn stand(tx: &mut Tx, record: Transaction, standing: Standing, now: Timestamp) -> Result<Transaction> {
    let record = Transaction {
        state: standing.state,
        ..record
    };
    store::transactions::update(tx, &record).await?;
    broker::challenge_ended(tx, &record.owner, Fate::Used, now).await?;
    if let Owner::Delivery(delivery) = &record.owner {
        tell_of(tx, delivery, now, standing.what).await?;
    }
    Ok(record)
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
    let record = match record.state {
        TransactionState::Forwarded => mark_unknown(tx, record, now).await?,
        _ => record,
    };
    match record.state {
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
