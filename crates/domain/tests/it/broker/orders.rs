//! Orders beside devices: neither keeps the other from getting any.

use domain::broker::{OrderStanding, Orders, Standing, Turn, turn};
use proptest::prelude::*;

const NOBODY: Standing = Standing {
    ahead: 0,
    present_ahead: 0,
};

/// An order that nobody of its kind is before, with so many devices in session.
fn order(devices: u32, held: u32, devices_since: Option<u32>) -> OrderStanding {
    OrderStanding {
        orders: NOBODY,
        devices: Standing {
            ahead: devices,
            present_ahead: devices,
        },
        held,
        devices_since,
    }
}

fn orders(held: u32, devices_since: Option<u32>) -> Orders {
    Orders {
        held,
        present: 1,
        devices_since,
    }
}

#[test]
fn the_first_order_goes_before_the_devices() {
    assert_eq!(order(9, 0, None).turn(1, 0), Turn::Claim);
    assert_eq!(order(9, 0, Some(3)).turn(1, 0), Turn::Claim);
    let first = NOBODY.beside(orders(0, Some(3)), 1);
    assert_eq!((first.place(), turn(first, 1, 0)), (2, Turn::Stay));
}

#[test]
fn the_next_order_comes_after_three_devices() {
    for since in 0..3 {
        assert_eq!(order(9, 0, Some(since)).turn(1, 0), Turn::Stay, "{since}");
        let first = NOBODY.beside(orders(0, Some(since)), 1);
        assert_eq!((first.place(), turn(first, 1, 0)), (1, Turn::Claim), "{since}");
    }
    // Where no device is in session, nobody is kept waiting for one.
    assert_eq!(order(0, 0, Some(0)).turn(1, 0), Turn::Claim);
}

#[test]
fn while_devices_wait_orders_hold_half_of_the_slots() {
    assert_eq!(order(9, 2, None).turn(5, 2), Turn::Claim);
    assert_eq!(order(9, 3, None).turn(5, 3), Turn::Stay);
    assert_eq!(order(0, 4, None).turn(5, 4), Turn::Claim);
    // What no order may have is nothing to wait for.
    assert_eq!(NOBODY.beside(orders(3, None), 5), NOBODY);
}

#[test]
fn an_order_without_a_caller_is_no_reason_to_wait() {
    let gone = Orders {
        present: 0,
        ..orders(0, None)
    };
    assert_eq!(NOBODY.beside(gone, 1), NOBODY);
}

#[test]
fn the_place_counts_the_devices_that_go_first() {
    assert_eq!(order(9, 0, None).ahead(), 0);
    assert_eq!(order(9, 0, Some(1)).ahead(), 2);
    assert_eq!(order(1, 0, Some(0)).ahead(), 1);
    let third = OrderStanding {
        orders: Standing {
            ahead: 2,
            present_ahead: 0,
        },
        ..order(100, 0, Some(0))
    };
    assert_eq!(third.ahead(), 2 + 9);
}

/// Who gets the next free slot of one, asked in this order, when both kinds are there all the time.
fn next(is_order_first: bool, devices_since: Option<u32>) -> &'static str {
    let order = order(5, 0, devices_since).turn(1, 0) == Turn::Claim;
    let device = turn(NOBODY.beside(orders(0, devices_since), 1), 1, 0) == Turn::Claim;
    match (order, device) {
        (true, false) => "order",
        (false, true) => "device",
        (true, true) if is_order_first => "order",
        (true, true) => "device",
        (false, false) => "nobody",
    }
}

proptest! {
    #[test]
    fn each_fourth_challenge_is_an_orders_whoever_asks_first(asked in proptest::collection::vec(any::<bool>(), 40)) {
        let (mut since, mut given) = (None, Vec::new());
        for is_order_first in asked {
            let to = next(is_order_first, since);
            since = match to {
                "order" => Some(0),
                _ => since.map(|count: u32| count + 1),
            };
            given.push(to);
        }
        prop_assert!(!given.contains(&"nobody"));
        let first: Vec<_> = given.chunks(4).map(|four| four[0]).collect();
        prop_assert!(first.iter().all(|to| *to == "order"), "{given:?}");
        let count = given.iter().filter(|to| **to == "order").count();
        prop_assert_eq!(count, 10);
    }
}
