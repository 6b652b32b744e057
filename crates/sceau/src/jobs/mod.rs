//! Work that goes on by itself: the queue, and what is looked at again and again.

mod plan_configuration;
mod push_device;
mod read_directory;
mod send_notice;
mod upkeep;
mod watch_authority;

use std::{pin::Pin, time::Duration};

use tokio::{sync::watch, task::JoinSet};

use crate::{actions, app::Shared};

/// Seconds beyond a job's time limit for which it is this process's alone: clocks differ.
const SKEW_SECONDS: i64 = 30;
const JOB_LIMIT: Duration = Duration::from_secs(120);
/// The queue is looked at this often even when no bell rings.
const LOOK: Duration = Duration::from_secs(2);
/// What can't wait long: slots that are free again, requests that were never answered.
const UPKEEP: Duration = Duration::from_secs(3);

/// A kind of job.
struct Kind {
    /// Its name in the queue.
    name: &'static str,
    /// What it does with a job's payload. It may run twice.
    run: for<'a> fn(&'a Shared, &'a str) -> Work<'a>,
}

type Work<'a> = Pin<Box<dyn Future<Output = actions::Result<()>> + Send + 'a>>;

/// Kinds that share a worker, so that none holds up those of another lane.
struct Lane {
    kinds: &'static [Kind],
    /// Time for each job.
    limit: Duration,
}

/// What is planned from what is stored: nothing outside is waited for.
const PLANNING: Lane = Lane {
    kinds: &[Kind {
        name: plan_configuration::KIND,
        run: |app, payload| Box::pin(plan_configuration::run(app, payload)),
    }],
    limit: JOB_LIMIT,
};
/// What waits for authorities: one that is slow must not keep anything from being planned.
const WATCHING: Lane = Lane {
    kinds: &[Kind {
        name: watch_authority::KIND,
        run: |app, payload| Box::pin(watch_authority::run(app, payload)),
    }],
    limit: JOB_LIMIT,
};
/// What waits for those who are told of warnings.
const TELLING: Lane = Lane {
    kinds: &[Kind {
        name: send_notice::KIND,
        run: |app, payload| Box::pin(send_notice::run(app, payload)),
    }],
    limit: JOB_LIMIT,
};
/// What reads directories: large ones take their time.
const READING: Lane = Lane {
    kinds: &[Kind {
        name: read_directory::KIND,
        run: |app, payload| Box::pin(read_directory::run(app, payload)),
    }],
    limit: actions::directories::READ_LIMIT,
};
/// What wakes devices. Several at once: a channel that is slow must not keep the others from being woken.
const WAKING: Lane = Lane {
    kinds: &[Kind {
        name: push_device::KIND,
        run: |app, payload| Box::pin(push_device::run(app, payload)),
    }],
    limit: JOB_LIMIT,
};
/// Each entry has a worker of its own.
static LANES: &[Lane] = &[
    PLANNING, WATCHING, TELLING, READING, WAKING, WAKING, WAKING, WAKING,
];

/// The jobs that run.
pub struct Running {
    stop: watch::Sender<bool>,
    tasks: JoinSet<()>,
}

impl Running {
    /// Lets what is under way end.
    pub async fn stop(mut self) {
        let _ = self.stop.send(true);
        while self.tasks.join_next().await.is_some() {}
    }
}

/// Starts the jobs.
pub async fn start(app: &Shared) -> actions::Result<Running> {
    upkeep::after_start(app).await?;
    let (stop, stopped) = watch::channel(false);
    let mut tasks = JoinSet::new();
    for lane in LANES {
        tasks.spawn(queue(app.clone(), lane, stopped.clone()));
    }
    tasks.spawn(repeat(app.clone(), stopped));
    Ok(Running { stop, tasks })
}

async fn queue(app: Shared, lane: &'static Lane, mut stopped: watch::Receiver<bool>) {
    while !*stopped.borrow() {
        match run_one(&app, lane).await {
            Ok(true) => continue,
            Ok(false) => {}
            Err(error) => {
                let _ = error.incident();
            }
        }
        tokio::select! {
            () = app.bells.job.notified() => {}
            () = tokio::time::sleep(LOOK) => {}
            _ = stopped.changed() => {}
        }
    }
}

/// Claims one job of the lane and runs it. Whether there was one.
async fn run_one(app: &Shared, lane: &'static Lane) -> actions::Result<bool> {
    let names: Vec<&'static str> = lane.kinds.iter().map(|kind| kind.name).collect();
    let lease = lane.limit.as_secs().cast_signed() + SKEW_SECONDS;
    let Some(job) = store::jobs::claim(&app.store, &names, app.now(), lease).await? else {
        return Ok(false);
    };
    let Some(kind) = lane.kinds.iter().find(|kind| kind.name == job.job.kind) else {
        return Err(anyhow::anyhow!("a job of an unknown kind was claimed").into());
    };
    let outcome = tokio::time::timeout(lane.limit, (kind.run)(app, &job.job.payload)).await;
    let now = app.now();
    let outcome = outcome.unwrap_or_else(|_| Err(anyhow::anyhow!("it took too long").into()));
    let failure = outcome.err().map(|error| {
        tracing::warn!(kind = %job.job.kind, %error, "a job failed and is tried again");
        error.to_string()
    });
    let again = now.plus_seconds(1_i64 << job.attempts.clamp(0, 8));
    app.store
        .write(move |tx| {
            let (job, failure) = (job.clone(), failure.clone());
            Box::pin(async move {
                match failure {
                    None => store::jobs::complete(tx, &job).await,
                    Some(failure) => store::jobs::retry_later(tx, &job, again, &failure).await,
                }
            })
        })
        .await?;
    Ok(true)
}

async fn repeat(app: Shared, mut stopped: watch::Receiver<bool>) {
    while !*stopped.borrow() {
        if let Err(error) = upkeep::run(&app).await {
            let _ = error.incident();
        }
        tokio::select! {
            () = tokio::time::sleep(UPKEEP) => {}
            _ = stopped.changed() => {}
        }
    }
}
