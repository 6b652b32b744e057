//! What authorities were learned to hold, and how their trouble stands.

use domain::{
    Sealed,
    broker::{Breaker, Gate, Learned, Probe, Serving},
};
use store::capacity::{self, Capacity};

use crate::{
    samples::{House, NOW, id},
    world::{World, on_both, work},
};

async fn known(world: &World) -> Capacity {
    world.read(work!([] | tx | capacity::of(tx, &id(1)).await)).await
}

on_both! {
    async fn what_is_known_of_an_authority_is_kept(world: &World) {
        House::build(world).await;
        assert_eq!(known(world).await, Capacity::default());
        let troubled = Capacity {
            learned: Some(Learned { max: 3, at: NOW }),
            breaker: Breaker {
                full_streak: 1,
                down_streak: 2,
                open_until: Some(NOW.plus_seconds(60)),
                probe: Some(Probe { by: "somebody".to_owned(), until: NOW.plus_seconds(90) }),
            },
            forgotten_before: Some(NOW.plus_seconds(-5)),
            ..Capacity::default()
        };
        let of_everybody = |serving| Capacity {
            serving,
            reusable: Some(Sealed(vec![7; 40])),
            ..troubled.clone()
        };
        for capacity in [
            of_everybody(Serving::InDoubt { since: NOW }),
            of_everybody(Serving::Everybody { since: NOW }),
            troubled,
            Capacity::default(),
        ] {
            let stored = capacity.clone();
            world.write(work!([stored] |tx| capacity::put(tx, &id(1), &stored).await)).await;
            assert_eq!(known(world).await, capacity);
        }
    }

    async fn of_many_that_want_to_probe_one_does(world: &World) {
        House::build(world).await;
        let troubled = Capacity {
            breaker: Breaker { down_streak: 1, ..Breaker::default() },
            ..Capacity::default()
        };
        world.write(work!([troubled] |tx| capacity::put(tx, &id(1), &troubled).await)).await;
        let tasks: Vec<_> = (0..20)
            .map(|n| {
                let store = world.store.clone();
                tokio::spawn(async move {
                    store
                        .write(work!([] |tx| {
                            let known = capacity::of(tx, &id(1)).await?;
                            if known.breaker.gate(NOW) != Gate::OneProbe {
                                return Ok(false);
                            }
                            let breaker = known.breaker.probed_by(&format!("node {n}"), NOW);
                            capacity::put(tx, &id(1), &Capacity { breaker, ..Capacity::default() }).await?;
                            Ok(true)
                        }))
                        .await
                })
            })
            .collect();
        let mut probes = 0;
        for task in tasks {
            probes += usize::from(task.await.expect("the task ends").expect("it is answered"));
        }
        assert_eq!(probes, 1);
    }
}
