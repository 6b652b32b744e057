//! What a write promises: whole or not at all, whoever asked, whatever happens beside it.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use domain::{
    delivery::Delivery,
    device::session::Session,
    event::{Event, What},
};
use store::{
    BoxFuture, Error, Store, Tx, deliveries, devices, events,
    jobs::{self, Job},
    keys, mdm_sessions, people, sent_commands,
};
use tokio::sync::Barrier;

use crate::{
    samples::{self, House, NOW, id},
    world::{World, on_both, work},
};

/// An error of a layer above, as the domain's are.
#[derive(Debug)]
enum Above {
    Refused,
    Below(Error),
}
impl From<Error> for Above {
    fn from(error: Error) -> Self {
        Self::Below(error)
    }
}

async fn count(world: &World) -> i64 {
    world.read(work!([] | tx | people::count(tx).await)).await
}

/// Adds one to a number in a fact: two at once must not add one together.
async fn add_one(tx: &mut Tx, name: &str) -> Result<(), Error> {
    let before: u32 = keys::fact(tx, name)
        .await?
        .map_or(0, |text| text.parse().expect("a number"));
    tokio::task::yield_now().await;
    keys::set_fact(tx, name, &(before + 1).to_string()).await
}

/// What a message of a device's session writes, roughly.
async fn session_message(tx: &mut Tx, n: i64, message: i64) -> Result<(), Error> {
    let device = devices::by_id(tx, &id(n))
        .await?
        .ok_or(Error::NotFound("devices"))?;
    devices::touch(tx, &device.id, NOW.plus_seconds(message)).await?;
    mdm_sessions::put(
        tx,
        &Session {
            client_message: message,
            ..samples::session(&device.id)
        },
    )
    .await?;
    for delivery in deliveries::open_of_device(tx, &device.id, NOW).await? {
        deliveries::update(
            tx,
            &Delivery {
                attempt: message,
                ..delivery
            },
        )
        .await?;
    }
    sent_commands::take(tx, &device.id, &format!("command {}", message - 1)).await?;
    sent_commands::insert(tx, &samples::command(&format!("command {message}"), &device.id)).await?;
    let event = Event {
        device_id: device.id.clone(),
        delivery_id: None,
        at: NOW,
        what: What::SessionStarted,
    };
    events::append(tx, &event).await?;
    let job = Job {
        id: id(n * 10 + message),
        kind: "look".to_owned(),
        about: device.id.to_string(),
        payload: String::new(),
        run_at: NOW,
        created_at: NOW,
    };
    jobs::enqueue(tx, &job).await
}

on_both! {
    async fn an_error_undoes_its_own_closure_and_no_other(world: &World) {
        let tasks: Vec<_> = (1..=40_i64)
            .map(|n| {
                let store = world.store.clone();
                tokio::spawn(async move {
                    store
                        .write(move |tx: &mut Tx| -> BoxFuture<'_, Result<(), Above>> {
                            Box::pin(async move {
                                people::insert(tx, &samples::person(n)).await?;
                                if n % 4 == 0 { Err(Above::Refused) } else { Ok(()) }
                            })
                        })
                        .await
                })
            })
            .collect();
        for (n, task) in (1..).zip(tasks) {
            match task.await.expect("the task ends") {
                Ok(()) => assert_ne!(n % 4, 0),
                Err(Above::Refused) => assert_eq!(n % 4, 0),
                Err(Above::Below(error)) => panic!("{n}: {error}"),
            }
        }
        assert_eq!(count(world).await, 30);
        assert_eq!(world.read(work!([] |tx| people::by_id(tx, &id(4)).await)).await, None);
    }

    async fn a_failed_statement_spoils_the_transaction_even_when_passed_over(world: &World) {
        world.write(work!([] |tx| people::insert(tx, &samples::person(1)).await)).await;
        let kept = world.store.write(work!([] |tx| {
            people::insert(tx, &samples::person(2)).await?;
            let _ = people::insert(tx, &samples::person(1)).await;
            Ok(())
        })).await;
        assert!(matches!(kept, Err(Error::PassedOver(_))), "{kept:?}");
        assert_eq!(count(world).await, 1);
    }

    async fn a_dropped_request_doesnt_stop_its_write(world: &World) {
        let barrier = Arc::new(Barrier::new(2));
        let inside = barrier.clone();
        let store = world.store.clone();
        let request = tokio::spawn(async move {
            store.write(work!([inside] |tx| {
                inside.wait().await;
                inside.wait().await;
                people::insert(tx, &samples::person(1)).await
            })).await
        });
        barrier.wait().await;
        request.abort();
        assert!(request.await.expect_err("it was cut off").is_cancelled());
        barrier.wait().await;
        let mut rounds = 0;
        while count(world).await == 0 {
            rounds += 1;
            assert!(rounds < 1000, "the write was lost");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    async fn a_panic_breaks_off_itself_alone(world: &World) {
        let broken = world.store.write(work!([] |tx| {
            people::insert(tx, &samples::person(1)).await?;
            if people::count(tx).await? == 1 {
                panic!("on purpose");
            }
            Ok(())
        })).await;
        assert!(matches!(broken, Err(Error::BrokeOff)), "{broken:?}");
        world.write(work!([] |tx| people::insert(tx, &samples::person(2)).await)).await;
        assert_eq!(count(world).await, 1);
    }

    async fn writers_in_conflict_all_end_and_none_is_lost(world: &World) {
        let tasks: Vec<_> = (0..24)
            .map(|_| {
                let store = world.store.clone();
                tokio::spawn(async move { store.write(work!([] |tx| add_one(tx, "n").await)).await })
            })
            .collect();
        for task in tasks {
            task.await.expect("the task ends").expect("the write is kept");
        }
        let number = world.read(work!([] |tx| keys::fact(tx, "n").await)).await;
        assert_eq!(number.as_deref(), Some("24"));
    }

    async fn sixty_devices_at_once_are_all_served(world: &World) {
        let house = House::build(world).await;
        let configuration = house.configuration.clone();
        world.write(work!([configuration] |tx| {
            for n in 2..=61 {
                let device = samples::device(n);
                devices::insert(tx, &device).await?;
                deliveries::insert(tx, &samples::delivery(n, &device, &configuration)).await?;
            }
            Ok(())
        })).await;
        let tasks: Vec<_> = (2..=61)
            .map(|n| {
                let store = world.store.clone();
                tokio::spawn(async move {
                    for message in 0..4 {
                        store.write(work!([] |tx| session_message(tx, n, message).await)).await?;
                    }
                    Ok::<_, Error>(())
                })
            })
            .collect();
        for task in tasks {
            task.await.expect("the task ends").expect("every message is answered");
        }
        let counts = world.read(work!([] |tx| jobs::counts(tx).await)).await;
        assert_eq!(counts, [("look".to_owned(), 60)]);
    }

    async fn a_read_sees_one_snapshot_and_cannot_write(world: &World) {
        let store = world.store.clone();
        let (before, after) = world.read(move |tx: &mut Tx| -> BoxFuture<'_, Result<(i64, i64), Error>> {
            Box::pin(async move {
                let before = people::count(tx).await?;
                store.write(work!([] |tx| people::insert(tx, &samples::person(1)).await)).await?;
                Ok((before, people::count(tx).await?))
            })
        }).await;
        assert_eq!((before, after, count(world).await), (0, 0, 1));
        let refused = world.store.read(work!([] |tx| people::insert(tx, &samples::person(2)).await)).await;
        assert!(matches!(refused, Err(Error::ReadOnly)), "{refused:?}");
    }

    async fn what_was_acknowledged_is_there_when_opened_again(world: &World) {
        for n in 1..=20 {
            world.write(work!([] |tx| people::insert(tx, &samples::person(n)).await)).await;
        }
        let again = Store::open(&world.settings).await.expect("it opens beside the first");
        let found = again.read(work!([] |tx| people::count(tx).await)).await.expect("an answer");
        assert_eq!(found, 20);
        again.close().await;
    }
}

#[tokio::test]
async fn two_writers_that_read_what_the_other_writes_are_told_apart_on_postgres() {
    let world = World::on_postgres().await;
    let meeting = Arc::new(Barrier::new(2));
    let runs = Arc::new(AtomicU32::new(0));
    let writer = |reads: &'static str, writes: &'static str| {
        let (store, meeting, runs) = (world.store.clone(), meeting.clone(), runs.clone());
        tokio::spawn(async move {
            store
                .write(work!(
                    [meeting, runs] | tx | {
                        let seen = keys::fact(tx, reads).await?;
                        // Only the first run of each waits for the other: both have read before either writes.
                        if runs.fetch_add(1, Ordering::SeqCst) < 2 {
                            meeting.wait().await;
                        }
                        keys::set_fact(tx, writes, seen.as_deref().unwrap_or("saw nothing")).await
                    }
                ))
                .await
        })
    };
    let (first, second) = (writer("a", "b"), writer("b", "a"));
    first.await.expect("it ends").expect("it is kept");
    second.await.expect("it ends").expect("it is kept");
    assert!(runs.load(Ordering::SeqCst) > 2, "one of them ran again");
    world.end().await;
}

#[tokio::test]
async fn a_file_left_by_a_store_that_was_dropped_keeps_its_rows() {
    let mut world = World::on_sqlite().await;
    world
        .write(work!([] | tx | people::insert(tx, &samples::person(1)).await))
        .await;
    let settings = world.settings.clone();
    world.store = Store::open(&settings).await.expect("the file opens again");
    assert_eq!(count(&world).await, 1);
    world
        .write(work!([] | tx | people::insert(tx, &samples::person(2)).await))
        .await;
    assert_eq!(count(&world).await, 2);
}
