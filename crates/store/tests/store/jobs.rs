//! The queue: one job about a thing at a time, under leases.

use std::collections::BTreeMap;

use domain::Timestamp;
use store::{
    Error,
    jobs::{self, ClaimedJob, Job},
};

use crate::{
    samples::{NOW, id},
    world::{World, on_both, work},
};

fn job(n: i64, kind: &str, about: &str) -> Job {
    Job {
        id: id(n),
        kind: kind.to_owned(),
        about: about.to_owned(),
        payload: format!("{{\"n\":{n}}}"),
        run_at: NOW,
        created_at: NOW,
    }
}

async fn enqueue(world: &World, job: Job) {
    world
        .write(work!([job] | tx | jobs::enqueue(tx, &job).await))
        .await;
}

async fn claim(world: &World, kinds: &[&'static str], now: Timestamp) -> Option<ClaimedJob> {
    jobs::claim(&world.store, kinds, now, 60)
        .await
        .expect("the claim is answered")
}

async fn complete(world: &World, job: &ClaimedJob) -> Result<(), Error> {
    let job = job.clone();
    world
        .store
        .write(work!([job] | tx | jobs::complete(tx, &job).await))
        .await
}

on_both! {
    async fn a_job_is_claimed_once_and_done(world: &World) {
        enqueue(world, job(1, "issue", "a")).await;
        let early = NOW.plus_milliseconds(-1);
        assert_eq!(claim(world, &["issue"], early).await, None);
        assert_eq!(claim(world, &["other"], NOW).await, None);
        let claimed = claim(world, &["other", "issue"], NOW).await.expect("a job");
        assert_eq!(claimed.job, job(1, "issue", "a"));
        assert_eq!((claimed.token, claimed.attempts, claimed.leased_until), (1, 1, NOW.plus_seconds(60)));
        assert_eq!(claim(world, &["issue"], NOW).await, None);
        complete(world, &claimed).await.expect("it is done");
        assert_eq!(world.read(work!([] |tx| jobs::counts(tx).await)).await, []);
        assert!(matches!(complete(world, &claimed).await, Err(Error::LeaseLost)));
    }

    async fn a_result_under_an_old_token_is_refused(world: &World) {
        enqueue(world, job(1, "issue", "a")).await;
        let first = claim(world, &["issue"], NOW).await.expect("a job");
        let late = NOW.plus_seconds(60);
        assert_eq!(claim(world, &["issue"], late.plus_milliseconds(-1)).await, None, "the lease stands");
        let second = claim(world, &["issue"], late).await.expect("the lease ran out");
        assert_eq!((second.token, second.attempts), (2, 2));
        assert!(matches!(complete(world, &first).await, Err(Error::LeaseLost)));
        let (old, until) = (first.clone(), late.plus_seconds(60));
        let extended = world.store.write(work!([old] |tx| jobs::extend(tx, &old, until).await)).await;
        assert!(matches!(extended, Err(Error::LeaseLost)));
        let later = world.store.write(work!([old] |tx| jobs::retry_later(tx, &old, until, "late").await)).await;
        assert!(matches!(later, Err(Error::LeaseLost)));
        complete(world, &second).await.expect("the newest token counts");
    }

    async fn an_extended_lease_stands_longer(world: &World) {
        enqueue(world, job(1, "issue", "a")).await;
        let held = claim(world, &["issue"], NOW).await.expect("a job");
        let (leased, until) = (held.clone(), NOW.plus_seconds(600));
        world.write(work!([leased] |tx| jobs::extend(tx, &leased, until).await)).await;
        assert_eq!(claim(world, &["issue"], NOW.plus_seconds(599)).await, None);
        let next = world.read(work!([] |tx| jobs::next_run_at(tx, &["other", "issue"]).await)).await;
        assert_eq!(next, Some(until));
    }

    async fn a_job_queued_twice_is_one_at_the_earlier_moment(world: &World) {
        enqueue(world, Job { run_at: NOW.plus_seconds(10), ..job(1, "issue", "a") }).await;
        enqueue(world, Job { run_at: NOW.plus_seconds(5), ..job(2, "issue", "a") }).await;
        enqueue(world, Job { run_at: NOW.plus_seconds(20), ..job(3, "issue", "a") }).await;
        let next = world.read(work!([] |tx| jobs::next_run_at(tx, &["issue"]).await)).await;
        assert_eq!(next, Some(NOW.plus_seconds(5)));
        let claimed = claim(world, &["issue"], NOW.plus_seconds(5)).await.expect("a job");
        assert_eq!(claimed.job.id, id(1));
        assert_eq!(claim(world, &["issue"], NOW.plus_seconds(30)).await, None);
    }

    async fn jobs_about_one_thing_run_one_after_the_other(world: &World) {
        enqueue(world, job(1, "issue", "a")).await;
        let running = claim(world, &["issue"], NOW).await.expect("a job");
        enqueue(world, job(2, "issue", "a")).await;
        enqueue(world, job(3, "remove", "a")).await;
        enqueue(world, job(4, "remove", "b")).await;
        let other = claim(world, &["issue", "remove"], NOW).await.expect("the job about b");
        assert_eq!(other.job.id, id(4));
        assert_eq!(claim(world, &["issue", "remove"], NOW).await, None);
        complete(world, &running).await.expect("it is done");
        assert!(claim(world, &["issue", "remove"], NOW).await.is_some());
        assert_eq!(claim(world, &["issue", "remove"], NOW).await, None);
    }

    async fn a_job_put_back_waits_and_remembers(world: &World) {
        enqueue(world, job(1, "issue", "a")).await;
        let first = claim(world, &["issue"], NOW).await.expect("a job");
        let (held, later) = (first, NOW.plus_seconds(30));
        world.write(work!([held] |tx| jobs::retry_later(tx, &held, later, "refused").await)).await;
        assert_eq!(claim(world, &["issue"], NOW).await, None);
        let second = claim(world, &["issue"], later).await.expect("its time has come");
        assert_eq!((second.attempts, second.token), (2, 2));
        assert_eq!(second.last_error.as_deref(), Some("refused"));
    }

    async fn a_job_put_back_joins_the_one_queued_meanwhile(world: &World) {
        enqueue(world, job(1, "issue", "a")).await;
        let held = claim(world, &["issue"], NOW).await.expect("a job");
        enqueue(world, job(2, "issue", "a")).await;
        let later = NOW.plus_seconds(30);
        world.write(work!([held] |tx| jobs::retry_later(tx, &held, later, "refused").await)).await;
        let next = claim(world, &["issue"], NOW).await.expect("the one queued meanwhile");
        assert_eq!((next.job.id.clone(), next.attempts), (id(2), 2));
        assert_eq!(next.last_error.as_deref(), Some("refused"));
        let counts = world.read(work!([] |tx| jobs::counts(tx).await)).await;
        assert_eq!(counts, [("issue".to_owned(), 1)]);
    }

    async fn many_workers_never_share_a_job_or_a_thing(world: &World) {
        world.write(work!([] |tx| {
            for n in 1..=60 {
                let kind = if n % 2 == 0 { "issue" } else { "remove" };
                jobs::enqueue(tx, &job(n, kind, &format!("thing {}", n / 2))).await?;
            }
            Ok(())
        })).await;
        let workers: Vec<_> = (0..8)
            .map(|_| {
                let store = world.store.clone();
                tokio::spawn(async move {
                    let mut mine = Vec::new();
                    while let Some(claimed) =
                        jobs::claim(&store, &["issue", "remove"], NOW, 60).await.expect("an answer")
                    {
                        mine.push(claimed);
                    }
                    mine
                })
            })
            .collect();
        let mut by_thing: BTreeMap<String, usize> = BTreeMap::new();
        for worker in workers {
            for claimed in worker.await.expect("the worker ends") {
                assert_eq!(claimed.token, 1);
                *by_thing.entry(claimed.job.about).or_default() += 1;
            }
        }
        assert_eq!(by_thing.len(), 31, "every thing has its turn");
        assert!(by_thing.values().all(|count| *count == 1), "{by_thing:?}");
    }
}
