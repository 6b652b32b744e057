//! Writing to PostgreSQL: SERIALIZABLE, and again when another transaction won.

use std::{
    hash::{BuildHasher, RandomState},
    sync::Arc,
    time::Duration,
};

use sqlx::PgPool;

use crate::{
    database::BoxFuture,
    error::{Error, Race},
    meter::Meter,
    tx::{Connection, Tx},
};

// Small tables are read by their indexes too: a sequential scan would lock the whole table against every
// other writer (PostgreSQL 15, 13.2.3 "Serializable Isolation Level").
const BEGIN: &str = "BEGIN ISOLATION LEVEL SERIALIZABLE; SET LOCAL enable_seqscan = off";
/// How often a transaction is tried that loses races.
const TRIES: u32 = 40;
/// How many of those may be lost to a unique key before it is taken for the truth.
const UNIQUE_TRIES: u32 = 4;

pub(crate) async fn write<T, E, F>(pool: &PgPool, meter: &Arc<Meter>, mut work: F) -> Result<T, E>
where
    F: for<'t> FnMut(&'t mut Tx) -> BoxFuture<'t, Result<T, E>>,
    E: From<Error>,
{
    let mut lost_to_unique = 0;
    for attempt in 1..=TRIES {
        let transaction = pool.begin_with(BEGIN).await.map_err(Error::from)?;
        let mut tx = Tx::new(Connection::Postgres(transaction), meter.clone());
        meter.write_transaction();
        let outcome = work(&mut tx).await;
        let race = tx.failure.as_ref().and_then(|failure| failure.race);
        lost_to_unique += u32::from(race == Some(Race::Unique));
        let is_worth_another = match race {
            Some(Race::Serialization) => true,
            Some(Race::Unique) => lost_to_unique < UNIQUE_TRIES,
            None => false,
        };
        match end(tx, outcome).await {
            Ended::Kept(value) => return Ok(value),
            Ended::LostAtCommit if attempt < TRIES => {}
            Ended::LostAtCommit => break,
            Ended::Refused(_) if is_worth_another && attempt < TRIES => {}
            Ended::Refused(error) => return Err(error),
        }
        tracing::debug!(attempt, ?race, "a transaction lost a race and runs again");
        tokio::time::sleep(pause(attempt)).await;
    }
    Err(Error::Unavailable("too many transactions at once on the same rows".to_owned()).into())
}

enum Ended<T, E> {
    Kept(T),
    LostAtCommit,
    Refused(E),
}

async fn end<T, E: From<Error>>(tx: Tx, outcome: Result<T, E>) -> Ended<T, E> {
    let Connection::Postgres(transaction) = tx.connection else {
        return Ended::Refused(Error::BrokeOff.into());
    };
    match (outcome, tx.failure) {
        (Ok(value), None) => match transaction.commit().await {
            Ok(()) => {
                tx.meter.commit();
                Ended::Kept(value)
            }
            Err(error) if Race::of(&error).is_some() => Ended::LostAtCommit,
            Err(error) => Ended::Refused(Error::from(error).into()),
        },
        (outcome, failure) => {
            // A rollback that fails leaves a broken connection, which the pool throws away.
            if let Err(error) = transaction.rollback().await {
                tracing::warn!(%error, "rollback failed");
            }
            match (outcome, failure) {
                (Err(error), _) => Ended::Refused(error),
                (Ok(_), failure) => {
                    let detail = failure.map(|failure| failure.detail).unwrap_or_default();
                    Ended::Refused(Error::PassedOver(detail).into())
                }
            }
        }
    }
}

/// Grows to about 250 ms, so that a crowd thins out, and differs between transactions that lost to each other.
fn pause(attempt: u32) -> Duration {
    let span = (2_u64 << attempt.min(7)).max(4);
    Duration::from_millis(1 + RandomState::new().hash_one(attempt) % span)
}
