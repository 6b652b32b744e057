//! Writing to SQLite: one task owns the one connection that writes, and many closures share one COMMIT.
//! What one of them refuses is undone alone; nobody is answered before the COMMIT has reached the disk.

use std::{
    future::poll_fn,
    panic::{AssertUnwindSafe, catch_unwind},
    pin::pin,
    task::Poll,
    time::{Duration, Instant},
};

use sqlx::SqlitePool;
use tokio::sync::{mpsc, oneshot};

use crate::{
    database::BoxFuture,
    error::Error,
    tx::{Connection, Tx},
};

/// How many closures share a COMMIT at most.
const GROUP: usize = 256;
/// How long a group gathers at most, so that the first of it doesn't wait for ever.
const GATHER: Duration = Duration::from_millis(25);

/// How long members run in savepoints after one of them didn't keep its work: whoever is refused comes again.
const DISTRUST: Duration = Duration::from_millis(200);

/// Hands closures to the writing task.
#[derive(Clone)]
pub(crate) struct Writer(mpsc::Sender<Box<dyn Member>>);

impl Writer {
    /// Starts the task; it ends when the last handle is gone and the queue is empty.
    pub(crate) fn start(pool: SqlitePool) -> Self {
        let (sender, queue) = mpsc::channel(1024);
        tokio::spawn(serve(pool, queue));
        Self(sender)
    }
    /// Runs a closure and answers once it is on the disk.
    pub(crate) async fn write<T, E, F>(&self, work: F) -> Result<T, E>
    where
        F: for<'t> FnMut(&'t mut Tx) -> BoxFuture<'t, Result<T, E>> + Send + 'static,
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        let (sender, receiver) = oneshot::channel();
        let pending = Pending {
            work,
            outcome: None,
            sender,
        };
        if self.0.send(Box::new(pending)).await.is_err() {
            return Err(Error::Unavailable("the writer has stopped".to_owned()).into());
        }
        receiver
            .await
            .unwrap_or_else(|_| Err(Error::Unavailable("the writer has stopped".to_owned()).into()))
    }
}

/// One closure of a group.
trait Member: Send {
    /// Runs it; says whether its work is to be kept.
    fn run<'t>(&'t mut self, tx: &'t mut Tx) -> BoxFuture<'t, bool>;
    /// Answers whoever waits.
    fn answer(self: Box<Self>, committed: Result<(), String>);
}

struct Pending<T, E, F> {
    work: F,
    outcome: Option<Result<T, E>>,
    sender: oneshot::Sender<Result<T, E>>,
}

impl<T, E, F> Member for Pending<T, E, F>
where
    F: for<'t> FnMut(&'t mut Tx) -> BoxFuture<'t, Result<T, E>> + Send,
    T: Send,
    E: From<Error> + Send,
{
    fn run<'t>(&'t mut self, tx: &'t mut Tx) -> BoxFuture<'t, bool> {
        Box::pin(async move {
            tx.failure = None;
            let outcome = unwinding(&mut self.work, tx).await;
            let outcome = match (outcome, tx.failure.take()) {
                (Ok(_), Some(failure)) => Err(Error::PassedOver(failure.detail).into()),
                (outcome, _) => outcome,
            };
            self.outcome.insert(outcome).is_ok()
        })
    }
    fn answer(self: Box<Self>, committed: Result<(), String>) {
        let outcome = match (self.outcome, committed) {
            // A refusal stands whatever became of the group: it kept nothing.
            (Some(Err(error)), _) => Err(error),
            (Some(outcome), Ok(())) => outcome,
            (_, Err(detail)) => Err(Error::Unavailable(detail).into()),
            (None, Ok(())) => Err(Error::BrokeOff.into()),
        };
        // Whoever asked may be gone; the work is kept all the same.
        let _ = self.sender.send(outcome);
    }
}

/// Runs the closure so that its panic ends itself and not the writer.
async fn unwinding<T, E, F>(work: &mut F, tx: &mut Tx) -> Result<T, E>
where
    F: for<'t> FnMut(&'t mut Tx) -> BoxFuture<'t, Result<T, E>>,
    E: From<Error>,
{
    let mut future = pin!(async move { work(tx).await });
    poll_fn(
        |context| match catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(context))) {
            Ok(poll) => poll,
            Err(_) => Poll::Ready(Err(Error::BrokeOff.into())),
        },
    )
    .await
}

async fn serve(pool: SqlitePool, mut queue: mpsc::Receiver<Box<dyn Member>>) {
    let mut trust = Trust::default();
    while let Some(first) = queue.recv().await {
        let mut done = Vec::new();
        let committed = commit_group(&pool, first, &mut queue, &mut done, &mut trust).await;
        if let Err(error) = &committed {
            tracing::error!(%error, members = done.len(), "a group of writes was lost");
        }
        let committed = committed.map_err(|error| error.to_string());
        for member in done {
            member.answer(committed.clone());
        }
    }
}

/// Whether members are expected to keep their work. Then none has a savepoint of its own, which costs two statements;
/// the first that doesn't keep it has the whole group rolled back and run again, each in a savepoint.
#[derive(Default)]
struct Trust {
    lost: Option<Instant>,
}

impl Trust {
    fn is_given(&self) -> bool {
        self.lost.is_none_or(|lost| lost.elapsed() >= DISTRUST)
    }
    fn lose(&mut self) {
        self.lost = Some(Instant::now());
    }
}

/// Runs the first and all that are waiting behind it, then commits them together.
async fn commit_group(
    pool: &SqlitePool,
    first: Box<dyn Member>,
    queue: &mut mpsc::Receiver<Box<dyn Member>>,
    done: &mut Vec<Box<dyn Member>>,
    trust: &mut Trust,
) -> Result<(), sqlx::Error> {
    done.push(first);
    let mut tx = begin(pool).await?;
    let started = Instant::now();
    let mut is_trusting = trust.is_given();
    loop {
        if let Some(member) = done.last_mut() {
            let is_kept = if is_trusting {
                member.run(&mut tx).await
            } else {
                run_apart(&mut tx, member.as_mut()).await?
            };
            if !is_kept {
                trust.lose();
            }
            if is_trusting && !is_kept {
                is_trusting = false;
                rollback(tx).await?;
                tx = begin(pool).await?;
                for member in done.iter_mut() {
                    run_apart(&mut tx, member.as_mut()).await?;
                }
            }
        }
        if done.len() >= GROUP || started.elapsed() >= GATHER {
            break;
        }
        match queue.try_recv() {
            Ok(next) => done.push(next),
            Err(_) => break,
        }
    }
    match tx.connection {
        Connection::Sqlite(transaction) => transaction.commit().await,
        Connection::Postgres(_) => Err(sqlx::Error::WorkerCrashed),
    }
}

/// The write lock is taken at once: no statement later can fail for want of it.
async fn begin(pool: &SqlitePool) -> Result<Tx, sqlx::Error> {
    let transaction = pool.begin_with("BEGIN IMMEDIATE").await?;
    Ok(Tx::new(Connection::Sqlite(transaction)))
}

async fn rollback(tx: Tx) -> Result<(), sqlx::Error> {
    match tx.connection {
        Connection::Sqlite(transaction) => transaction.rollback().await,
        Connection::Postgres(_) => Err(sqlx::Error::WorkerCrashed),
    }
}

/// Runs a member in a savepoint of its own. Whether its work is kept.
async fn run_apart(tx: &mut Tx, member: &mut dyn Member) -> Result<bool, sqlx::Error> {
    savepoint(tx, "SAVEPOINT member").await?;
    let is_kept = member.run(tx).await;
    if !is_kept {
        savepoint(tx, "ROLLBACK TO member").await?;
    }
    savepoint(tx, "RELEASE member").await?;
    Ok(is_kept)
}

async fn savepoint(tx: &mut Tx, statement: &'static str) -> Result<(), sqlx::Error> {
    match &mut tx.connection {
        Connection::Sqlite(transaction) => sqlx::query(statement).execute(&mut **transaction).await.map(drop),
        Connection::Postgres(_) => Err(sqlx::Error::WorkerCrashed),
    }
}
