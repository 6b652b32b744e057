//! Slots of challenges and the ledger.

use domain::{
    broker::Presented,
    challenge::{Challenge, Ending, Fate, Purpose},
};
use store::challenges::{self, Claim, Totals};

use crate::{
    samples::{House, NOW, id},
    world::{World, on_both, work},
};

fn wish(n: i64) -> Claim {
    Claim {
        id: id(n),
        authority_id: id(1),
        max_unused: 5,
        purpose: Purpose::Test,
        delivery_id: None,
        now: NOW,
        held_until: NOW.plus_seconds(3600),
    }
}

async fn claimed(world: &World, claim: Claim) -> Option<i64> {
    world
        .write(work!([claim] | tx | challenges::claim_slot(tx, &claim).await))
        .await
}

async fn totals(world: &World) -> Totals {
    totals_at(world, 0).await
}

async fn totals_at(world: &World, seconds: i64) -> Totals {
    let now = NOW.plus_seconds(seconds);
    world
        .read(work!([] | tx | challenges::totals(tx, Some(&id(1)), now).await))
        .await
}

on_both! {
    async fn fifty_claims_at_once_get_no_more_than_there_are(world: &World) {
        let tasks: Vec<_> = (1..=50)
            .map(|n| {
                let store = world.store.clone();
                tokio::spawn(async move {
                    let claim = wish(n);
                    store.write(work!([claim] |tx| challenges::claim_slot(tx, &claim).await)).await
                })
            })
            .collect();
        let mut slots = Vec::new();
        for task in tasks {
            slots.extend(task.await.expect("the task ends").expect("the claim is answered"));
        }
        slots.sort_unstable();
        assert_eq!(slots, [1, 2, 3, 4, 5]);
        let held = world.read(work!([] |tx| challenges::slots(tx, &id(1)).await)).await;
        assert_eq!(held.len(), 5);
        assert_eq!(totals(world).await.most_out, 5);
    }

    async fn slots_come_and_go_and_the_limit_holds(world: &World) {
        let tasks: Vec<_> = (0..20)
            .map(|n| {
                let store = world.store.clone();
                tokio::spawn(async move {
                    for round in 0..5 {
                        let claim = wish(1 + n * 5 + round);
                        let wished = claim.clone();
                        let slot = store
                            .write(work!([wished] |tx| challenges::claim_slot(tx, &wished).await))
                            .await
                            .expect("the claim is answered");
                        let Some(slot) = slot else { continue };
                        assert!((1..=5).contains(&slot));
                        store
                            .write(work!([claim] |tx| challenges::end(tx, &claim.id, Fate::Refused, NOW).await))
                            .await
                            .expect("the end is kept");
                    }
                })
            })
            .collect();
        for task in tasks {
            task.await.expect("the task ends");
        }
        let figures = totals(world).await;
        assert!(figures.refused > 0 && figures.most_out <= 5, "{figures:?}");
        assert_eq!(world.read(work!([] |tx| challenges::slots(tx, &id(1)).await)).await, []);
    }

    async fn an_authority_without_slots_gives_none(world: &World) {
        assert_eq!(claimed(world, Claim { max_unused: 0, ..wish(1) }).await, None);
        assert_eq!(claimed(world, wish(1)).await, Some(1));
        assert_eq!(claimed(world, Claim { max_unused: 1, ..wish(2) }).await, None);
        let other = Claim { authority_id: id(2), max_unused: 1, ..wish(3) };
        assert_eq!(claimed(world, other).await, Some(1));
    }

    async fn a_challenge_goes_from_claim_to_use(world: &World) {
        House::build(world).await;
        claimed(world, Claim { purpose: Purpose::Delivery, delivery_id: Some(id(1)), ..wish(1) }).await;
        let (later, until) = (NOW.plus_seconds(1), NOW.plus_seconds(3601));
        assert!(world.write(work!([] |tx| challenges::taken(tx, &id(1), later, until).await)).await);
        let held = world.read(work!([] |tx| challenges::slots(tx, &id(1)).await)).await;
        assert_eq!((held[0].slot, held[0].held_until), (1, until));
        let open = world.read(work!([] |tx| challenges::by_delivery(tx, &id(1)).await)).await;
        let expected = Challenge {
            id: id(1),
            authority_id: id(1),
            delivery_id: Some(id(1)),
            purpose: Purpose::Delivery,
            fate: Fate::Taken,
            claimed_at: NOW,
            taken_at: Some(later),
            ended_at: None,
        };
        assert_eq!(open, Some(expected));
        assert!(world.write(work!([] |tx| challenges::end(tx, &id(1), Fate::Used, later).await)).await);
        assert!(!world.write(work!([] |tx| challenges::end(tx, &id(1), Fate::Expired, later).await)).await);
        assert!(!world.write(work!([] |tx| challenges::taken(tx, &id(1), later, until).await)).await);
        assert_eq!(world.read(work!([] |tx| challenges::by_delivery(tx, &id(1)).await)).await, None);
        assert_eq!(totals(world).await, Totals { taken: 1, used: 1, most_out: 1, held_seconds: 1, ..Totals::default() });
    }

    async fn what_is_over_expires_or_is_lost(world: &World) {
        for n in 1..=3 {
            claimed(world, Claim { held_until: NOW.plus_seconds(n * 10), ..wish(n) }).await;
        }
        world.write(work!([] |tx| challenges::taken(tx, &id(1), NOW, NOW.plus_seconds(10)).await)).await;
        let early = world.write(work!([] |tx| challenges::expire(tx, NOW.plus_seconds(9)).await)).await;
        assert_eq!(early, []);
        let mut over = world.write(work!([] |tx| challenges::expire(tx, NOW.plus_seconds(20)).await)).await;
        over.sort_by(|a, b| a.id.cmp(&b.id));
        let fates: Vec<_> = over.iter().map(|challenge| (challenge.id.clone(), challenge.fate)).collect();
        assert_eq!(fates, [(id(1), Fate::Expired), (id(2), Fate::Lost)]);
        let stored = world.read(work!([] |tx| challenges::by_id(tx, &id(1)).await)).await;
        assert_eq!(stored.as_ref(), over.first());
        // One that is being fetched stands in no sum yet.
        let expected =
            Totals { taken: 2, expired: 1, lost: 1, most_out: 3, held_seconds: 40, ..Totals::default() };
        assert_eq!(totals(world).await, expected);
        assert_eq!(claimed(world, wish(9)).await, Some(1), "its slot is free again");
    }

    async fn an_expired_challenge_may_still_turn_out_to_be_used(world: &World) {
        claimed(world, wish(1)).await;
        world.write(work!([] |tx| challenges::taken(tx, &id(1), NOW, NOW).await)).await;
        world.write(work!([] |tx| challenges::expire(tx, NOW).await)).await;
        assert!(world.write(work!([] |tx| challenges::end(tx, &id(1), Fate::Used, NOW).await)).await);
        let all = world.read(work!([] |tx| challenges::totals(tx, None, NOW).await)).await;
        assert_eq!((all.used, all.expired, all.taken), (1, 0, 1));
    }

    async fn what_was_taken_is_used_expired_lost_or_still_out(world: &World) {
        for n in 1..=5 {
            claimed(world, Claim { held_until: NOW.plus_seconds(100), ..wish(n) }).await;
        }
        for n in 1..=3 {
            let until = NOW.plus_seconds(n * 10);
            assert!(world.write(work!([] |tx| challenges::taken(tx, &id(n), NOW, until).await)).await);
        }
        let at = NOW.plus_seconds(4);
        world.write(work!([] |tx| challenges::end(tx, &id(1), Fate::Used, at).await)).await;
        world.write(work!([] |tx| challenges::end(tx, &id(4), Fate::Refused, at).await)).await;
        world.write(work!([] |tx| challenges::expire(tx, NOW.plus_seconds(20)).await)).await;
        let expected = Totals {
            taken: 3, used: 1, expired: 1, out: 1, refused: 1, most_out: 5, held_seconds: 4 + 20 + 25,
            ..Totals::default()
        };
        assert_eq!(totals_at(world, 25).await, expected);
        world.write(work!([] |tx| challenges::expire(tx, NOW.plus_seconds(100)).await)).await;
        let over = totals_at(world, 200).await;
        assert_eq!((over.taken, over.out), (over.used + over.expired + over.lost, 0));
        // What is used after all held its slot no longer than it did.
        world.write(work!([] |tx| challenges::end(tx, &id(2), Fate::Used, NOW.plus_seconds(500)).await)).await;
        assert_eq!(totals_at(world, 600).await.held_seconds, over.held_seconds);
    }

    async fn what_an_authority_forgot_is_lost_and_frees_its_slots(world: &World) {
        for n in 1..=3 {
            claimed(world, wish(n)).await;
            let (at, until) = (NOW.plus_seconds(n), NOW.plus_seconds(3600));
            assert!(world.write(work!([] |tx| challenges::taken(tx, &id(n), at, until).await)).await);
        }
        let answered = NOW.plus_seconds(10);
        world.write(work!([] |tx| {
            challenges::end(tx, &id(1), Fate::Used, answered).await?;
            challenges::note_ending(tx, &id(1), Ending::Refused).await
        })).await;
        let presented = world.read(work!([] |tx| challenges::presented(tx, &id(1), NOW).await)).await;
        let expected = Presented { delivery: None, taken_at: NOW.plus_seconds(1), at: answered, is_refused: true };
        assert_eq!(presented, [expected]);
        let until = NOW.plus_seconds(2);
        let lost = world
            .write(work!([] |tx| challenges::forget(tx, &id(1), NOW, until, answered).await))
            .await;
        assert_eq!(lost.into_iter().map(|one| one.id).collect::<Vec<_>>(), [id(2)]);
        let figures = totals(world).await;
        assert_eq!((figures.taken, figures.used, figures.lost, figures.out), (3, 1, 1, 1));
        let held = world.read(work!([] |tx| challenges::slots(tx, &id(1)).await)).await;
        assert_eq!(held.into_iter().map(|slot| slot.challenge.id).collect::<Vec<_>>(), [id(3)]);
    }
}
