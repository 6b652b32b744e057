//! The queue of jobs. A job is leased before its work starts, under a token that grows with each lease: a
//! result under an old token is refused.

use domain::{Id, Timestamp};

use crate::{
    Error, Store, Tx,
    database::Backend,
    error::Race,
    row::Row,
    tx::Connection,
    value::{Value, values},
};

/// Identifies a job.
pub type JobId = Id<Job>;

/// Work to be done outside any transaction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Job {
    /// Its identifier.
    pub id: JobId,
    /// What sort of work.
    pub kind: String,
    /// What it is about, such as a device's id. One job of a kind is queued about a thing at a time, and
    /// two jobs about the same thing never run at once, whatever their kinds; work about nothing in
    /// particular is about its own kind.
    pub about: String,
    /// What the work needs to know (JSON), without secrets.
    pub payload: String,
    /// Not before this moment.
    pub run_at: Timestamp,
    /// When it was made.
    pub created_at: Timestamp,
}

/// A job under a lease.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClaimedJob {
    /// The job.
    pub job: Job,
    /// The token of this lease.
    pub token: i64,
    /// 1 at the first try.
    pub attempts: i64,
    /// When the lease ends.
    pub leased_until: Timestamp,
    /// What went wrong the last time.
    pub last_error: Option<String>,
}

const ENQUEUE: &str =
    "INSERT INTO jobs (id, kind, about, payload, state, run_at, attempts, token, leased_until,
     created_at) VALUES ($1, $2, $3, $4, 'queued', $5, 0, 0, 0, $6)
     ON CONFLICT (kind, about) WHERE state = 'queued' DO UPDATE SET run_at = excluded.run_at
     WHERE excluded.run_at < jobs.run_at";
macro_rules! claim {
    ($which:literal, $order:literal, $lock:literal) => {
        concat!(
            "UPDATE jobs SET state = 'running', token = token + 1, attempts = attempts + 1, leased_until = $3
             WHERE id = (SELECT due.id FROM jobs due WHERE due.kind = $1 AND ",
            $which,
            " AND NOT EXISTS (SELECT 1 FROM jobs other WHERE other.about = due.about
                 AND other.state = 'running' AND other.id <> due.id) ORDER BY ",
            $order,
            " LIMIT 1",
            $lock,
            ") RETURNING *"
        )
    };
}
macro_rules! claims {
    ($lock:literal) => {
        [
            claim!(
                "due.state = 'running' AND due.leased_until <= $2",
                "due.leased_until",
                $lock
            ),
            claim!("due.state = 'queued' AND due.run_at <= $2", "due.run_at", $lock),
        ]
    };
}
const CLAIMS: [&str; 2] = claims!("");
const CLAIMS_SKIPPING: [&str; 2] = claims!(" FOR UPDATE SKIP LOCKED");
const COMPLETE: &str = "DELETE FROM jobs WHERE id = $1 AND token = $2 AND state = 'running'";
const MERGE: &str = "UPDATE jobs SET attempts = $3, last_error = $4 WHERE kind = $1 AND about = $2
     AND state = 'queued'";
const REQUEUE: &str = "UPDATE jobs SET state = 'queued', run_at = $3, last_error = $4
     WHERE id = $1 AND token = $2 AND state = 'running'";
const EXTEND: &str = "UPDATE jobs SET leased_until = $3 WHERE id = $1 AND token = $2 AND state = 'running'";
const NEXT_QUEUED: &str = "SELECT MIN(run_at) AS n FROM jobs WHERE kind = $1 AND state = 'queued'";
const NEXT_LEASE: &str = "SELECT MIN(leased_until) AS n FROM jobs WHERE kind = $1 AND state = 'running'";
const COUNTS: &str = "SELECT kind, COUNT(*) AS n FROM jobs GROUP BY kind ORDER BY kind";

/// Queues a job. One of the kind that is queued about the same thing stands for it, at the earlier moment.
pub async fn enqueue(tx: &mut Tx, job: &Job) -> Result<(), Error> {
    let values = values![
        job.id,
        job.kind,
        job.about,
        job.payload,
        job.run_at,
        job.created_at
    ];
    tx.execute(ENQUEUE, values).await.map(drop)
}

/// Leases the job that is due first of the first kind that has one; a job whose lease ran out is due again.
/// Its own transaction, since the lease must stand before the work starts.
pub async fn claim(
    store: &Store,
    kinds: &[&'static str],
    now: Timestamp,
    lease_seconds: i64,
) -> Result<Option<ClaimedJob>, Error> {
    let leased_until = now.plus_seconds(lease_seconds);
    let kinds = kinds.to_vec();
    let Backend::Postgres(pool) = &store.backend else {
        return store
            .write(move |tx| {
                let kinds = kinds.clone();
                Box::pin(async move { claim_in(tx, &kinds, CLAIMS, now, leased_until).await })
            })
            .await;
    };
    // Two claims may pick jobs about the same thing at once: the unique key lets one of them through.
    for _ in 0..8 {
        let transaction = pool.begin_with("BEGIN ISOLATION LEVEL READ COMMITTED").await?;
        let mut tx = Tx::new(Connection::Postgres(transaction), store.meter.clone());
        store.meter.write_transaction();
        let claimed = claim_in(&mut tx, &kinds, CLAIMS_SKIPPING, now, leased_until).await;
        let race = tx.failure.as_ref().and_then(|failure| failure.race);
        match (claimed, tx.connection) {
            (Ok(claimed), Connection::Postgres(transaction)) => {
                transaction.commit().await?;
                store.meter.commit();
                return Ok(claimed);
            }
            (Err(_), _) if matches!(race, Some(Race::Unique | Race::Serialization)) => {}
            (Err(error), _) => return Err(error),
            (Ok(_), Connection::Sqlite(_) | Connection::Embedded(_)) => return Err(Error::BrokeOff),
        }
    }
    Ok(None)
}

async fn claim_in(
    tx: &mut Tx,
    kinds: &[&'static str],
    claims: [&'static str; 2],
    now: Timestamp,
    leased_until: Timestamp,
) -> Result<Option<ClaimedJob>, Error> {
    for kind in kinds {
        for sql in claims {
            let claimed = tx.first(sql, values![kind, now, leased_until], read).await?;
            if claimed.is_some() {
                return Ok(claimed);
            }
        }
    }
    Ok(None)
}

/// Takes a finished job off the queue, in the transaction that keeps its result.
pub async fn complete(tx: &mut Tx, job: &ClaimedJob) -> Result<(), Error> {
    leased(tx, COMPLETE, values![job.job.id, job.token]).await
}

/// Puts a job back for later. Where another was queued meanwhile about the same thing, that one stays, and
/// knows of the attempts.
pub async fn retry_later(tx: &mut Tx, job: &ClaimedJob, run_at: Timestamp, error: &str) -> Result<(), Error> {
    let merge = values![job.job.kind, job.job.about, job.attempts, error];
    if tx.execute(MERGE, merge).await? > 0 {
        return complete(tx, job).await;
    }
    leased(tx, REQUEUE, values![job.job.id, job.token, run_at, error]).await
}

/// Extends a lease that still stands.
pub async fn extend(tx: &mut Tx, job: &ClaimedJob, leased_until: Timestamp) -> Result<(), Error> {
    leased(tx, EXTEND, values![job.job.id, job.token, leased_until]).await
}

/// When the next job of these kinds is due, leases that run out counted in.
pub async fn next_run_at(tx: &mut Tx, kinds: &[&str]) -> Result<Option<Timestamp>, Error> {
    let mut next: Option<Timestamp> = None;
    for kind in kinds {
        for sql in [NEXT_QUEUED, NEXT_LEASE] {
            let due: Option<Timestamp> = tx.first(sql, values![kind], |row| row.read("n")).await?.flatten();
            next = next.into_iter().chain(due).min();
        }
    }
    Ok(next)
}

/// How many jobs of which kind there are, queued and running.
pub async fn counts(tx: &mut Tx) -> Result<Vec<(String, i64)>, Error> {
    tx.all(COUNTS, values![], |row| Ok((row.read("kind")?, row.read("n")?)))
        .await
}

async fn leased(tx: &mut Tx, sql: &'static str, values: Vec<Value>) -> Result<(), Error> {
    match tx.execute(sql, values).await? {
        0 => Err(Error::LeaseLost),
        _ => Ok(()),
    }
}

fn read(row: &Row) -> Result<ClaimedJob, Error> {
    Ok(ClaimedJob {
        job: Job {
            id: row.read("id")?,
            kind: row.read("kind")?,
            about: row.read("about")?,
            payload: row.read("payload")?,
            run_at: row.read("run_at")?,
            created_at: row.read("created_at")?,
        },
        token: row.read("token")?,
        attempts: row.read("attempts")?,
        leased_until: row.read("leased_until")?,
        last_error: row.read("last_error")?,
    })
}
