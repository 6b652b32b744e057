//! Orders that wait beside the devices.

use domain::{
    Timestamp,
    broker::{OrderStanding, Orders, Standing},
    challenge::{Fate, Purpose},
};
use store::{
    challenges::{self, Claim},
    order_queue,
};

use crate::{
    samples::{House, NOW, id},
    world::{World, on_both, work},
};

async fn enter(world: &World, wish: &'static str, now: Timestamp, present: i64, kept: i64) {
    let (present, kept) = (NOW.plus_seconds(present), NOW.plus_seconds(kept));
    world
        .write(work!(
            [] | tx | order_queue::enter(tx, wish, &id(1), now, present, kept).await
        ))
        .await;
}

async fn standing(world: &World, wish: &'static str, at: i64) -> OrderStanding {
    let at = NOW.plus_seconds(at);
    world
        .read(work!([] | tx | order_queue::standing(tx, wish, &id(1), at).await))
        .await
}

async fn orders(world: &World, at: i64) -> Orders {
    let at = NOW.plus_seconds(at);
    world
        .read(work!([] | tx | order_queue::of(tx, &id(1), at).await))
        .await
}

async fn claim(world: &World, n: i64, purpose: Purpose, at: i64) {
    let claim = Claim {
        id: id(n),
        authority_id: id(1),
        max_unused: 9,
        purpose,
        delivery_id: None,
        now: NOW.plus_seconds(at),
        held_until: NOW.plus_seconds(3600),
    };
    world
        .write(work!([claim] | tx | challenges::claim_slot(tx, &claim).await))
        .await;
}

on_both! {
    async fn who_orders_the_same_again_keeps_its_place_for_a_while(world: &World) {
        House::build(world).await;
        enter(world, "first", NOW, 8, 100).await;
        enter(world, "second", NOW.plus_seconds(1), 9, 100).await;
        let ahead = |ahead, present_ahead| Standing { ahead, present_ahead };
        assert_eq!(standing(world, "first", 2).await.orders, ahead(0, 0));
        assert_eq!(standing(world, "second", 2).await.orders, ahead(1, 1));
        // Its caller went away, and its place is kept.
        assert_eq!(standing(world, "second", 8).await.orders, ahead(1, 0));
        enter(world, "first", NOW.plus_seconds(20), 28, 120).await;
        assert_eq!(standing(world, "first", 21).await.orders, ahead(0, 0));
        assert_eq!(standing(world, "second", 21).await.orders, ahead(1, 1));
        assert_eq!(orders(world, 21).await.present, 1);
        // Not for ever.
        enter(world, "second", NOW.plus_seconds(90), 98, 190).await;
        assert_eq!(standing(world, "second", 121).await.orders, ahead(0, 0));
        enter(world, "first", NOW.plus_seconds(121), 130, 250).await;
        assert_eq!(standing(world, "first", 122).await.orders, ahead(1, 0));
        world.write(work!([] |tx| order_queue::leave(tx, "second").await)).await;
        assert_eq!(standing(world, "first", 122).await.orders, ahead(0, 0));
        let end = NOW.plus_seconds(250);
        world.write(work!([] |tx| order_queue::delete_old(tx, end).await)).await;
        let count = world.read(work!([] |tx| order_queue::count(tx, &id(1), NOW).await)).await;
        assert_eq!(count, 0);
    }

    async fn what_devices_got_since_the_last_order_is_counted(world: &World) {
        House::build(world).await;
        enter(world, "wish", NOW, 1000, 1000).await;
        claim(world, 10, Purpose::Delivery, 1).await;
        assert_eq!(orders(world, 5).await, Orders { held: 0, present: 1, devices_since: None });
        claim(world, 11, Purpose::Order, 2).await;
        claim(world, 12, Purpose::Delivery, 3).await;
        claim(world, 13, Purpose::Test, 4).await;
        claim(world, 14, Purpose::Delivery, 5).await;
        assert_eq!(orders(world, 5).await, Orders { held: 1, present: 1, devices_since: Some(2) });
        let own = standing(world, "wish", 5).await;
        assert_eq!((own.held, own.devices_since), (1, Some(2)));
        // What was refused was nobody's.
        world.write(work!([] |tx| challenges::end(tx, &id(14), Fate::Refused, NOW).await)).await;
        assert_eq!(orders(world, 5).await.devices_since, Some(1));
        world.write(work!([] |tx| challenges::end(tx, &id(11), Fate::Refused, NOW).await)).await;
        assert_eq!(orders(world, 5).await, Orders { held: 0, present: 1, devices_since: None });
        assert_eq!(orders(world, 1001).await, Orders::default());
    }
}
