//! One sign-in at a time, over all nodes.

use store::sign_in_turns;

use crate::{
    samples::{House, NOW, id},
    world::{on_both, work},
};

on_both! {
    async fn of_many_nodes_one_has_the_turn(world: &World) {
        House::build(world).await;
        let tasks: Vec<_> = (0..20)
            .map(|n| {
                let store = world.store.clone();
                tokio::spawn(async move {
                    let (holder, until) = (format!("node {n}"), NOW.plus_seconds(20));
                    store
                        .write(work!([holder] |tx| sign_in_turns::claim(tx, &id(1), &holder, until, NOW).await))
                        .await
                })
            })
            .collect();
        let mut holders = 0;
        for task in tasks {
            holders += usize::from(task.await.expect("the task ends").expect("it is answered"));
        }
        assert_eq!(holders, 1);
    }

    async fn a_turn_is_given_back_or_lapses(world: &World) {
        House::build(world).await;
        let claim = |holder: &'static str, at: i64| async move {
            let (now, until) = (NOW.plus_seconds(at), NOW.plus_seconds(at + 20));
            world.write(work!([] |tx| sign_in_turns::claim(tx, &id(1), holder, until, now).await)).await
        };
        let give_back = |holder: &'static str| async move {
            world.write(work!([] |tx| sign_in_turns::give_back(tx, &id(1), holder).await)).await;
        };
        assert!(claim("a", 0).await);
        assert!(!claim("b", 19).await);
        assert!(claim("b", 20).await, "the node that held it died");
        give_back("a").await;
        assert!(!claim("c", 21).await, "it was no longer its to give back");
        give_back("b").await;
        assert!(claim("c", 21).await);
    }
}
