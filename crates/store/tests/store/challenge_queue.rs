//! Who waits for a challenge, and in which order.

use domain::{
    Sealed, Timestamp,
    broker::{Pace, Standing},
    challenge::{Fate, Purpose},
    delivery::{Delivery, DeliveryState},
    device::Device,
    diagnosis::Cause,
};
use store::{
    challenge_queue::{self, Waiter},
    challenges::{self, Claim},
    deliveries, devices,
};

use crate::{
    samples::{House, NOW, delivery, device, id},
    world::{World, on_both, work},
};

const CAUSE: Cause = Cause::ChallengeBeingFetched;

fn waiter(n: i64, since: Timestamp, present_until: Timestamp) -> Waiter {
    Waiter {
        authority_id: id(1),
        delivery_id: id(n),
        device_id: id(n),
        since,
        present_until,
        cause: CAUSE,
    }
}

async fn enter(world: &World, waiter: Waiter) {
    world
        .write(work!([waiter] | tx | challenge_queue::enter(tx, &waiter).await))
        .await;
}

fn managed(n: i64) -> Device {
    Device {
        unenrolled_at: None,
        left_how: None,
        removal: None,
        ..device(n)
    }
}

/// Five devices with a delivery that waits each.
async fn house(world: &World) {
    let house = House::build(world).await;
    for n in 2..=5 {
        let device = managed(n);
        let delivery = Delivery {
            state: DeliveryState::WaitingForDevice,
            ..delivery(n, &device, &house.configuration)
        };
        world
            .write(work!(
                [device, delivery] | tx | {
                    devices::insert(tx, &device).await?;
                    deliveries::insert(tx, &delivery).await
                }
            ))
            .await;
    }
}

async fn standing(world: &World, n: i64, now: Timestamp) -> Option<Standing> {
    let places = world
        .read(work!([] | tx | challenge_queue::places(tx, &id(n), now).await))
        .await;
    places.into_iter().map(|(.., standing)| standing).next()
}

async fn pace(world: &World, since: Timestamp) -> Option<Pace> {
    world
        .read(work!([] | tx | challenges::pace(tx, &id(1), since).await))
        .await
}

on_both! {
    async fn the_place_is_kept_and_presence_is_counted(world: &World) {
        house(world).await;
        for n in 2..=5 {
            enter(world, waiter(n, NOW.plus_seconds(n), NOW.plus_seconds(10 * n))).await;
        }
        let at = NOW.plus_seconds(25);
        assert_eq!(standing(world, 2, at).await, Some(Standing { ahead: 0, present_ahead: 0 }));
        assert_eq!(standing(world, 5, at).await, Some(Standing { ahead: 3, present_ahead: 2 }));
        // The first comes back much later: it is the first still.
        enter(world, waiter(2, NOW.plus_seconds(1000), NOW.plus_seconds(2000))).await;
        assert_eq!(standing(world, 2, at).await, Some(Standing { ahead: 0, present_ahead: 0 }));
        assert_eq!(standing(world, 5, at).await, Some(Standing { ahead: 3, present_ahead: 3 }));
        let gone = Cause::SlotsTaken { max: 5, until: at };
        let (away, why) = (NOW, gone.clone());
        world.write(work!([why] |tx| challenge_queue::note(tx, &id(2), away, &why).await)).await;
        assert_eq!(standing(world, 5, at).await, Some(Standing { ahead: 3, present_ahead: 2 }));
        let first = world.read(work!([] |tx| challenge_queue::first(tx, &id(1), 2).await)).await;
        assert_eq!((first[0].delivery_id.clone(), &first[0].cause), (id(2), &gone));
        assert_eq!((first.len(), first[0].since), (2, NOW.plus_seconds(2)));
        world.write(work!([] |tx| challenge_queue::leave(tx, &id(3)).await)).await;
        assert_eq!(standing(world, 5, at).await, Some(Standing { ahead: 2, present_ahead: 1 }));
        assert_eq!(world.read(work!([] |tx| challenge_queue::count(tx, &id(1)).await)).await, 3);
    }

    async fn the_holders_of_slots_are_named_and_the_pace_is_that_of_what_was_used(world: &World) {
        house(world).await;
        let until = NOW.plus_seconds(3600);
        for n in 2..=4 {
            let claim = Claim {
                id: id(n),
                authority_id: id(1),
                max_unused: 5,
                purpose: Purpose::Delivery,
                delivery_id: Some(id(n)),
                now: NOW,
                held_until: until,
            };
            world.write(work!([claim] |tx| challenges::claim_slot(tx, &claim).await)).await;
        }
        for n in 2..=3 {
            let at = NOW.plus_seconds(n);
            assert!(world.write(work!([] |tx| challenges::taken(tx, &id(n), at, until).await)).await);
        }
        let holders = world.read(work!([] |tx| challenges::holders(tx, &id(1)).await)).await;
        let devices: Vec<_> = holders
            .iter()
            .map(|(slot, holder)| (slot.challenge.id.clone(), holder.as_ref().map(|one| one.device_id.clone())))
            .collect();
        // The challenge of the last is still being fetched: no device has it.
        assert_eq!(devices, [(id(2), Some(id(2))), (id(3), Some(id(3))), (id(4), None)]);
        assert!(holders.iter().all(|(_, one)| one.as_ref().is_none_or(|one| !one.device_name.is_empty())));

        assert_eq!(pace(world, NOW).await, None, "none was used");
        for n in 2..=3 {
            world.write(work!([] |tx| challenges::end(tx, &id(n), Fate::Used, until).await)).await;
        }
        let (used, since) = (2, NOW.plus_seconds(2));
        assert_eq!(pace(world, NOW).await, Some(Pace { used, since }));
        assert_eq!(pace(world, since).await.map(|pace| pace.used), Some(1));
    }

    async fn what_an_attempt_left_is_taken_over_by_the_next_and_its_secret_goes(world: &World) {
        house(world).await;
        let until = NOW.plus_seconds(3600);
        let claim = Claim {
            id: id(7),
            authority_id: id(1),
            max_unused: 5,
            purpose: Purpose::Delivery,
            delivery_id: Some(id(2)),
            now: NOW,
            held_until: until,
        };
        world.write(work!([claim] |tx| challenges::claim_slot(tx, &claim).await)).await;
        world.write(work!([] |tx| challenges::taken(tx, &id(7), NOW, until).await)).await;
        let former = world.read(work!([] |tx| deliveries::by_id(tx, &id(2)).await)).await.expect("it is there");
        let next = Delivery { id: id(8), attempt: 2, token_sha256: None, ..former.clone() };
        let left = Delivery { is_current: false, secret: Some(Sealed(vec![1])), ..former };
        world.write(work!([left, next] |tx| {
            deliveries::update(tx, &left).await?;
            deliveries::insert(tx, &next).await
        })).await;
        let found = world.read(work!([] |tx| challenges::left_over(tx, &id(8), &id(1)).await)).await;
        assert_eq!(found.map(|one| one.id), Some(id(7)));
        // Not that of another authority, nor of another device.
        assert_eq!(world.read(work!([] |tx| challenges::left_over(tx, &id(8), &id(9)).await)).await, None);
        assert_eq!(world.read(work!([] |tx| challenges::left_over(tx, &id(3), &id(1)).await)).await, None);

        assert!(world.write(work!([] |tx| challenges::take_over(tx, &id(7), &id(8)).await)).await);
        let kept = world.read(work!([] |tx| deliveries::by_id(tx, &id(2)).await)).await;
        assert_eq!(kept.and_then(|one| one.secret), None);
        let own = world.read(work!([] |tx| challenges::by_delivery(tx, &id(8)).await)).await;
        assert_eq!(own.map(|one| one.id), Some(id(7)));
        assert_eq!(world.read(work!([] |tx| challenges::left_over(tx, &id(8), &id(1)).await)).await, None);
        world.write(work!([] |tx| challenges::end(tx, &id(7), Fate::Used, NOW).await)).await;
        assert!(!world.write(work!([] |tx| challenges::take_over(tx, &id(7), &id(2)).await)).await);
    }

    async fn a_challenge_that_nobody_took_over_dies_with_its_secret(world: &World) {
        house(world).await;
        let until = NOW.plus_seconds(3600);
        let claim = Claim {
            id: id(7),
            authority_id: id(1),
            max_unused: 5,
            purpose: Purpose::Delivery,
            delivery_id: Some(id(2)),
            now: NOW,
            held_until: until,
        };
        world.write(work!([claim] |tx| challenges::claim_slot(tx, &claim).await)).await;
        world.write(work!([] |tx| challenges::taken(tx, &id(7), NOW, until).await)).await;
        let former = world.read(work!([] |tx| deliveries::by_id(tx, &id(2)).await)).await.expect("it is there");
        let left = Delivery { is_current: false, secret: Some(Sealed(vec![1])), ..former };
        world.write(work!([left] |tx| deliveries::update(tx, &left).await)).await;
        world.write(work!([] |tx| challenges::expire(tx, until).await)).await;
        let left = world.read(work!([] |tx| deliveries::by_id(tx, &id(2)).await)).await;
        assert_eq!(left.and_then(|one| one.secret), None);
    }

    async fn those_of_one_instant_have_different_places(world: &World) {
        house(world).await;
        for n in 2..=5 {
            enter(world, waiter(n, NOW, NOW.plus_seconds(10))).await;
        }
        let mut places = Vec::new();
        for n in 2..=5 {
            places.push(standing(world, n, NOW).await.expect("a place").place());
        }
        assert_eq!(places, [1, 2, 3, 4]);
    }

    async fn who_waits_no_longer_is_found(world: &World) {
        house(world).await;
        for n in 2..=5 {
            enter(world, waiter(n, NOW, NOW)).await;
        }
        let over = || async { world.read(work!([] |tx| challenge_queue::over(tx, 10).await)).await };
        assert_eq!(over().await, []);
        let left = Device { unenrolled_at: Some(NOW), ..device(3) };
        world.write(work!([left] |tx| devices::update(tx, &left).await)).await;
        world.raw("UPDATE deliveries SET state = 'removed' WHERE device_id IN
            (SELECT device_id FROM challenge_queue ORDER BY delivery_id LIMIT 1)").await;
        let mut over = over().await;
        over.sort();
        assert_eq!(over, [id(2), id(3)]);
    }

    async fn how_often_a_device_polls_is_kept(world: &World) {
        house(world).await;
        let told = || async { world.read(work!([] |tx| devices::poll_minutes(tx, &id(2)).await)).await };
        assert_eq!(told().await, None);
        world.write(work!([] |tx| devices::set_poll(tx, &id(2), true, Some(7)).await)).await;
        assert_eq!(told().await, Some(7));
        // A device that is written anew for another reason still polls as it was told.
        let known = Device { is_polling_fast: true, ..managed(2) };
        world.write(work!([known] |tx| devices::update(tx, &known).await)).await;
        assert_eq!(told().await, Some(7));
    }
}
