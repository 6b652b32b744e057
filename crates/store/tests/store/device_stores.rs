//! Certificates in the stores of devices, and what else they told of themselves.

use domain::device::{Device, inventory::Listing};
use store::{device_stores, devices, devices::DeviceFilter};

use crate::{
    samples::{self, id},
    world::{on_both, work},
};

on_both! {
    async fn the_newest_listing_of_a_device_is_kept(world: &World) {
        for n in [1, 2] {
            world.write(work!([] |tx| devices::insert(tx, &samples::device(n)).await)).await;
        }
        let told = |n: i64| async move {
            world.read(work!([] |tx| device_stores::of_device(tx, &id(n)).await)).await
        };
        assert_eq!(told(1).await, None);
        let first = Listing { personal: Some(vec![samples::sha1(1), samples::sha1(2)]), ..Listing::default() };
        let second = Listing { roots: Some(Vec::new()), ..Listing::default() };
        for listing in [&first, &second] {
            world.write(work!([listing] |tx| device_stores::put(tx, &id(1), &listing).await)).await;
            assert_eq!(told(1).await.as_ref(), Some(listing));
        }
        assert_eq!(told(2).await, None);
    }

    async fn a_device_is_found_by_what_it_calls_itself_now(world: &World) {
        world.write(work!([] |tx| devices::insert(tx, &samples::device(1)).await)).await;
        let found = |search: &'static str| async move {
            let filter = DeviceFilter { search: search.to_owned(), state: None, ..DeviceFilter::default() };
            world.read(work!([filter] |tx| devices::list(tx, &filter, None, 9).await)).await.len()
        };
        assert_eq!((found("renamed").await, found("desktop-1").await, found("other").await), (1, 1, 0));
    }

    async fn a_device_of_a_version_before_has_told_nothing(world: &World) {
        world.write(work!([] |tx| devices::insert(tx, &samples::device(1)).await)).await;
        world.raw("UPDATE devices SET inventory = NULL").await;
        let found = world.read(work!([] |tx| devices::by_id(tx, &id(1)).await)).await.expect("the device");
        let expected = Device { inventory: Default::default(), ..samples::device(1) };
        assert_eq!(found, expected);
    }
}
