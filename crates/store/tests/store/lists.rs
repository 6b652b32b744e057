//! Lists: paged by key, narrowed by search and state.

use domain::{delivery::DeliveryState, delivery::Proof, device::Device, diagnosis::Cause};
use store::{certificates, deliveries, deliveries::DeliveryFilter, devices, devices::DeviceFilter, people};

use crate::{
    samples::{self, House, NOW, id, sha1},
    world::{World, on_both, work},
};

/// A house with four more devices, whose deliveries are verified, failed, verified and sent.
async fn street(world: &World) -> House {
    let house = House::build(world).await;
    let states = [
        DeliveryState::Verified {
            sha1: sha1(2),
            by: Proof::Certificate,
        },
        DeliveryState::Failed {
            cause: Cause::NoAnswer,
        },
        DeliveryState::Verified {
            sha1: sha1(4),
            by: Proof::Certificate,
        },
        DeliveryState::Sent,
    ];
    let configuration = house.configuration.clone();
    world
        .write(work!(
            [states, configuration] | tx | {
                for (n, state) in (2_u8..).zip(states) {
                    let device = samples::device(i64::from(n));
                    let delivery = domain::delivery::Delivery {
                        state,
                        ..samples::delivery(i64::from(n), &device, &configuration)
                    };
                    devices::insert(tx, &device).await?;
                    deliveries::insert(tx, &delivery).await?;
                    certificates::put(tx, &samples::certificate(n, &delivery)).await?;
                }
                Ok(())
            }
        ))
        .await;
    house
}

async fn device_names(world: &World, search: &str, state: Option<&str>, after: Option<i64>) -> Vec<String> {
    let filter = DeviceFilter {
        search: search.to_owned(),
        state: state.map(str::to_owned),
        silent_before: NOW,
    };
    let after = after.map(id);
    let listed = world
        .read(work!(
            [filter, after] | tx | devices::list(tx, &filter, after.as_ref(), 2).await
        ))
        .await;
    listed.into_iter().map(|listed| listed.device.name).collect()
}

on_both! {
    async fn people_are_listed_by_name(world: &World) {
        world.write(work!([] |tx| {
            for n in [3, 1, 2] {
                people::insert(tx, &samples::person(n)).await?;
            }
            Ok(())
        })).await;
        let ids = |people: Vec<domain::person::Person>| people.into_iter().map(|p| p.id).collect::<Vec<_>>();
        let page = world.read(work!([] |tx| people::list(tx, "", None, 2).await)).await;
        assert_eq!(ids(page), [id(1), id(2)]);
        let page = world.read(work!([] |tx| people::list(tx, "", Some("Élodie.2"), 2).await)).await;
        assert_eq!(ids(page), [id(3)]);
        let page = world.read(work!([] |tx| people::list(tx, "ÉLODIE.2", None, 2).await)).await;
        assert_eq!(ids(page), [id(2)]);
    }

    async fn devices_are_listed_newest_first(world: &World) {
        street(world).await;
        assert_eq!(device_names(world, "", None, None).await, ["DESKTOP-5", "DESKTOP-4"]);
        assert_eq!(device_names(world, "", None, Some(2)).await, ["DESKTOP-1"]);
        assert_eq!(device_names(world, "sn3", None, None).await, ["DESKTOP-3"]);
        assert_eq!(device_names(world, "durand", None, None).await, ["DESKTOP-1"]);
        assert_eq!(device_names(world, "", Some("verified"), None).await, ["DESKTOP-4", "DESKTOP-2"]);
        assert_eq!(device_names(world, "", Some("verified"), Some(4)).await, ["DESKTOP-2"]);
        assert_eq!(device_names(world, "", Some("removed"), None).await, [""; 0]);
        let first = world
            .read(work!([] |tx| devices::list(tx, &DeviceFilter::default(), Some(&id(2)), 1).await))
            .await
            .remove(0);
        assert_eq!(first.username.as_deref(), Some("Élodie.1"));
        assert_eq!((first.verified, first.failed, first.open), (0, 0, 1));
        let page = world.read(work!([] |tx| devices::list_ids_page(tx, Some(&id(1)), 2).await)).await;
        assert_eq!(page, [id(2), id(3)]);
        assert_eq!(world.read(work!([] |tx| devices::count(tx).await)).await, 5);
        let of_person = world.read(work!([] |tx| devices::of_person(tx, &id(1)).await)).await;
        assert_eq!(of_person.len(), 1);
    }

    async fn signs_of_patterns_in_a_search_stand_for_themselves(world: &World) {
        let plain = Device { model: Some("Model 500".to_owned()), ..samples::device(2) };
        world.write(work!([plain] |tx| {
            devices::insert(tx, &samples::device(1)).await?;
            devices::insert(tx, &plain).await
        })).await;
        assert_eq!(device_names(world, "50%", None, None).await, ["DESKTOP-1"]);
        assert_eq!(device_names(world, "5_0", None, None).await, [""; 0]);
        assert_eq!(device_names(world, "!", None, None).await, [""; 0]);
    }

    async fn deliveries_are_listed_and_counted_by_state(world: &World) {
        let house = street(world).await;
        let of = Some(house.configuration.id.clone());
        let other = Some(samples::id(99));
        let cases = [
            (None, None, vec![5, 4, 3, 2, 1]),
            (of.clone(), None, vec![5, 4, 3, 2, 1]),
            (None, Some("verified"), vec![4, 2]),
            (of.clone(), Some("failed"), vec![3]),
            (other, Some("failed"), vec![]),
        ];
        for (configuration_id, state, expected) in cases {
            let filter = DeliveryFilter { configuration_id, state: state.map(str::to_owned) };
            let listed =
                world.read(work!([filter] |tx| deliveries::list(tx, &filter, None, 9).await)).await;
            let found: Vec<_> = listed.into_iter().map(|listed| listed.delivery.id).collect();
            assert_eq!(found, expected.into_iter().map(id).collect::<Vec<_>>());
        }
        let page = world
            .read(work!([] |tx| deliveries::list(tx, &DeliveryFilter::default(), Some(&id(2)), 9).await))
            .await;
        assert_eq!(page.len(), 1);
        assert_eq!(page[0].device_name, "DESKTOP-1");
        assert_eq!(page[0].username.as_deref(), Some("Élodie.1"));
        assert_eq!(page[0].configuration_name.as_deref(), Some("Wi-Fi 1"));
        let expected = [("failed", 1), ("sent", 1), ("verified", 2), ("waiting_for_challenge", 1)]
            .map(|(state, count)| (state.to_owned(), count));
        let all = world.read(work!([] |tx| deliveries::counts(tx, None).await)).await;
        assert_eq!(all, expected);
        let counted = world.read(work!([of] |tx| deliveries::counts(tx, of.as_ref()).await)).await;
        assert_eq!(counted, expected);
    }

    async fn open_deliveries_wait_for_their_time(world: &World) {
        street(world).await;
        let early = NOW.plus_seconds(-1);
        let open = world.read(work!([] |tx| deliveries::open_of_device(tx, &id(1), NOW).await)).await;
        assert_eq!(open.len(), 1);
        let open = world.read(work!([] |tx| deliveries::open_of_device(tx, &id(1), early).await)).await;
        assert_eq!(open.len(), 0);
        let open = world.read(work!([] |tx| deliveries::open_of_device(tx, &id(3), NOW).await)).await;
        assert_eq!(open.len(), 0, "a failed one is not open");
    }

    async fn certificates_are_listed_by_the_newest_delivery(world: &World) {
        street(world).await;
        let page = world.read(work!([] |tx| certificates::list(tx, "", None, 2).await)).await;
        let found: Vec<_> = page.iter().map(|listed| listed.device_name.as_str()).collect();
        assert_eq!(found, ["DESKTOP-5", "DESKTOP-4"]);
        let page = world
            .read(work!([] |tx| certificates::list(tx, "", Some((&id(4), &sha1(4))), 9).await))
            .await;
        let found: Vec<_> = page.iter().map(|listed| listed.device_name.as_str()).collect();
        assert_eq!(found, ["DESKTOP-3", "DESKTOP-2"]);
        let text = sha1(3).to_string();
        let page = world.read(work!([text] |tx| certificates::list(tx, &text, None, 9).await)).await;
        assert_eq!(page.len(), 1);
        let page = world.read(work!([] |tx| certificates::list(tx, "cn=zoé", None, 9).await)).await;
        assert_eq!(page.len(), 4);
    }

    async fn the_newest_certificates_of_an_authority_are_those_that_are_verified_now(world: &World) {
        let house = street(world).await;
        let of = house.authority.id.clone();
        let page = world
            .read(work!([of] |tx| certificates::newest_of_authority(tx, &of, 5).await))
            .await;
        let found: Vec<_> = page.iter().map(|listed| listed.device_name.as_str()).collect();
        assert_eq!(found, ["DESKTOP-4", "DESKTOP-2"]);
        let page = world
            .read(work!([of] |tx| certificates::newest_of_authority(tx, &of, 1).await))
            .await;
        assert_eq!(page.len(), 1);
        let page = world
            .read(work!([] |tx| certificates::newest_of_authority(tx, &id(9), 5).await))
            .await;
        assert_eq!(page.len(), 0, "another authority's");
    }
}
