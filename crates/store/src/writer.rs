//! Writing to SQLite: one thread owns the one connection that writes, and many closures share one COMMIT.
//! What one of them refuses is undone alone; nobody is answered before the COMMIT has reached the disk.
//!
//! The thread calls SQLite itself. Handing each statement to another thread and waiting for its answer costs more
//! than most statements do.

use std::{
    future::poll_fn,
    panic::{AssertUnwindSafe, catch_unwind},
    pin::pin,
    sync::Arc,
    task::Poll,
    thread,
    time::{Duration, Instant},
};

use tokio::{
    runtime::Handle,
    sync::{mpsc, oneshot},
};

use crate::{
    database::BoxFuture,
    embedded,
    error::Error,
    meter::Meter,
    tx::{Connection, Tx},
};

/// How many closures share a COMMIT at most.
const GROUP: usize = 256;
/// How long a group runs at most, so that the first of it doesn't wait for ever.
const LONGEST: Duration = Duration::from_millis(25);
/// Once a group had company, the next one gives way before it begins, for as long as that brings another: a COMMIT
/// writes whole pages and waits for the disk, and shared it is the cheapest thing that a busy server can save. Where
/// nothing else wants to run, giving way takes no time at all; a sleep would (measured: `docs/protocols/scep-bench.md`).
const WAYS: usize = 30;
/// How often the thread gives way before it looks whether that brought another.
const WAY: usize = 10;
/// How long members run in savepoints after one of them didn't keep its work: whoever is refused comes again.
const DISTRUST: Duration = Duration::from_millis(200);

/// Hands closures to the writing thread. Whoever hands one waits for it, so no more are queued than there are callers.
#[derive(Clone)]
pub(crate) struct Writer(mpsc::UnboundedSender<Task>);

/// What the thread is told.
enum Task {
    Write(Box<dyn Member>),
    /// The last one: the connection is closed, then this is dropped.
    Close(oneshot::Sender<()>),
}

impl Writer {
    /// Starts the thread; it ends when it is told to close, or when the last handle is gone and the queue is empty.
    pub(crate) fn start(connection: rusqlite::Connection, meter: Arc<Meter>) -> Result<Self, Error> {
        let (sender, queue) = mpsc::unbounded_channel();
        let runtime = Handle::current();
        let tx = Tx::new(Connection::Embedded(connection), meter);
        thread::Builder::new()
            .name("sqlite-writer".to_owned())
            .spawn(move || serve(&runtime, tx, queue))
            .map_err(|error| Error::Unavailable(error.to_string()))?;
        Ok(Self(sender))
    }
    /// Runs a closure and answers once it is on the disk. From the first poll on it runs, whoever waits.
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
        // Where the thread has ended, the closure is dropped with its sender, and the receiver says so.
        let _ = self.0.send(Task::Write(Box::new(pending)));
        receiver
            .await
            .unwrap_or_else(|_| Err(Error::Unavailable("the writer has stopped".to_owned()).into()))
    }
    /// Waits for what is queued and closes the connection.
    pub(crate) async fn close(&self) {
        let (sender, closed) = oneshot::channel();
        let _ = self.0.send(Task::Close(sender));
        // Dropped, not sent: by the thread when it has ended, or at once if it had before.
        let _ = closed.await;
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

fn serve(runtime: &Handle, mut tx: Tx, mut queue: mpsc::UnboundedReceiver<Task>) {
    let mut trust = Trust::default();
    let mut has_company = false;
    let mut closing = None;
    while closing.is_none() {
        let first = match queue.blocking_recv() {
            Some(Task::Write(member)) => member,
            Some(Task::Close(closed)) => {
                closing = Some(closed);
                break;
            }
            None => break,
        };
        if has_company {
            gather(&queue);
        }
        let mut group = Group {
            runtime,
            tx: &mut tx,
            trust: &mut trust,
            members: vec![first],
            closing: None,
        };
        let committed = group.commit(&mut queue);
        let members = group.members;
        closing = group.closing;
        has_company = members.len() > 1;
        if let Err(error) = &committed {
            tracing::error!(%error, members = members.len(), "a group of writes was lost");
        }
        let committed = committed.map_err(|error| error.to_string());
        for member in members {
            member.answer(committed.clone());
        }
    }
    drop(tx);
    drop(closing);
}

fn gather(queue: &mpsc::UnboundedReceiver<Task>) {
    let mut seen = queue.len();
    for _ in 0..WAYS {
        (0..WAY).for_each(|_| thread::yield_now());
        let now = queue.len();
        if now == seen {
            return;
        }
        seen = now;
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

/// The closures that share a COMMIT.
struct Group<'g> {
    runtime: &'g Handle,
    tx: &'g mut Tx,
    trust: &'g mut Trust,
    members: Vec<Box<dyn Member>>,
    /// Who waits for the end, once that is asked for: the group is the last one.
    closing: Option<oneshot::Sender<()>>,
}

impl Group<'_> {
    /// Runs the first and all that are waiting behind it, then commits them together.
    fn commit(&mut self, queue: &mut mpsc::UnboundedReceiver<Task>) -> Result<(), Error> {
        let started = Instant::now();
        self.begin()?;
        let mut is_trusting = self.trust.is_given();
        let mut next = self.members.len().saturating_sub(1);
        loop {
            let is_kept = self.run(next, !is_trusting)?;
            if !is_kept {
                self.trust.lose();
            }
            if is_trusting && !is_kept {
                is_trusting = false;
                self.begin()?;
                for again in 0..=next {
                    self.run(again, true)?;
                }
            }
            if self.members.len() >= GROUP || started.elapsed() >= LONGEST {
                break;
            }
            match queue.try_recv() {
                Ok(Task::Write(member)) => self.members.push(member),
                Ok(Task::Close(closed)) => {
                    self.closing = Some(closed);
                    break;
                }
                Err(_) => break,
            }
            next += 1;
        }
        self.statement("COMMIT")?;
        self.tx.meter.commit();
        Ok(())
    }

    /// The write lock is taken at once: no statement later can fail for want of it. What an earlier group left open is
    /// undone.
    fn begin(&mut self) -> Result<(), Error> {
        if self.tx.is_open() {
            self.statement("ROLLBACK")?;
        }
        self.statement("BEGIN IMMEDIATE")
    }

    /// Runs a member, in a savepoint of its own or without. Whether its work is kept.
    fn run(&mut self, index: usize, is_apart: bool) -> Result<bool, Error> {
        if is_apart {
            self.statement("SAVEPOINT member")?;
        }
        let Some(member) = self.members.get_mut(index) else {
            return Ok(true);
        };
        self.tx.meter.write_transaction();
        let is_kept = self.runtime.block_on(member.run(self.tx));
        if is_apart {
            if !is_kept {
                self.statement("ROLLBACK TO member")?;
            }
            self.statement("RELEASE member")?;
        }
        Ok(is_kept)
    }

    fn statement(&mut self, sql: &'static str) -> Result<(), Error> {
        match &self.tx.connection {
            Connection::Embedded(connection) => embedded::execute(connection, sql, &[]).map(drop),
            Connection::Sqlite(_) | Connection::Postgres(_) => Err(Error::BrokeOff),
        }
    }
}
