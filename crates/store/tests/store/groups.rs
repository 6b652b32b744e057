//! Groups and their members.

use domain::{
    device::Device,
    group::{Group, Of},
};
use store::{
    devices,
    groups::{self, Member},
    people,
};

use crate::{
    samples::{self, id},
    world::{World, on_both, work},
};

async fn members(world: &World, n: i64) -> Vec<Member> {
    let listed = world
        .read(work!([] | tx | groups::members(tx, &id(n)).await))
        .await;
    listed.into_iter().map(|(member, _)| member).collect()
}

/// Two people, and three devices of which the first is the first person's and the third has left.
async fn street(world: &World) {
    world
        .write(work!(
            [] | tx | {
                for n in [1, 2] {
                    people::insert(tx, &samples::person(n)).await?;
                }
                let managed = |n: i64| Device {
                    unenrolled_at: None,
                    removal: None,
                    ..samples::device(n)
                };
                let leaving = Device {
                    unenrolled_at: None,
                    ..samples::device(4)
                };
                let first = Device {
                    person_id: Some(id(1)),
                    ..managed(1)
                };
                devices::insert(tx, &first).await?;
                devices::insert(tx, &managed(2)).await?;
                devices::insert(tx, &leaving).await?;
                devices::insert(tx, &samples::device(3)).await
            }
        ))
        .await;
}

on_both! {
    async fn groups_come_back(world: &World) {
        let by_rule = samples::group(1, Of::People);
        let by_hand = Group { rule: None, ..samples::group(2, Of::Devices) };
        let (first, second) = (by_rule.clone(), by_hand.clone());
        world.write(work!([first, second] |tx| {
            groups::insert(tx, &second).await?;
            groups::insert(tx, &first).await
        })).await;
        assert_eq!(
            world.read(work!([] |tx| groups::all(tx).await)).await,
            [by_rule.clone(), by_hand.clone()],
            "by name"
        );
        let changed = Group { name: "Achats".to_owned(), rule: None, ..by_rule };
        let written = changed.clone();
        world.write(work!([written] |tx| groups::update(tx, &written).await)).await;
        assert_eq!(world.read(work!([] |tx| groups::by_id(tx, &id(1)).await)).await, Some(changed.clone()));
        assert_eq!(world.read(work!([] |tx| groups::by_name(tx, "Achats").await)).await, Some(changed));
        assert_eq!(world.read(work!([] |tx| groups::by_name(tx, "Vente 1").await)).await, None);
        let twin = Group { id: id(3), ..by_hand };
        let twice: Result<(), store::Error> =
            world.store.write(work!([twin] |tx| groups::insert(tx, &twin).await)).await;
        assert!(twice.is_err(), "two of one name");
    }

    async fn members_are_put_in_and_taken_out(world: &World) {
        street(world).await;
        world.write(work!([] |tx| {
            groups::insert(tx, &samples::group(1, Of::Devices)).await?;
            groups::insert(tx, &samples::group(2, Of::People)).await?;
            for n in [2, 1, 2] {
                groups::add_member(tx, &id(1), &Member::Device(id(n))).await?;
            }
            groups::add_member(tx, &id(2), &Member::Person(id(1))).await?;
            groups::add_member(tx, &id(2), &Member::Person(id(2))).await
        })).await;
        assert_eq!(members(world, 1).await, [Member::Device(id(1)), Member::Device(id(2))]);
        assert_eq!(
            world.read(work!([] |tx| groups::members(tx, &id(2)).await)).await,
            [(Member::Person(id(1)), "Élodie.1".to_owned()), (Member::Person(id(2)), "Élodie.2".to_owned())]
        );
        assert_eq!(world.read(work!([] |tx| groups::counts(tx).await)).await, [(id(1), 2), (id(2), 2)]);
        let of = |n: i64, person: Option<i64>| async move {
            let person = person.map(id);
            world.read(work!([person] |tx| groups::listed(tx, &id(n), person.as_ref()).await)).await
        };
        assert_eq!(of(1, Some(1)).await, [id(1), id(2)]);
        assert_eq!(of(2, None).await, [id(1)]);
        assert_eq!(of(3, Some(2)).await, [id(2)]);
        assert_eq!(of(3, None).await, []);
        world.write(work!([] |tx| {
            groups::remove_member(tx, &id(1), &Member::Device(id(2))).await?;
            groups::remove_member(tx, &id(1), &Member::Device(id(3))).await
        })).await;
        assert_eq!(members(world, 1).await, [Member::Device(id(1))]);
        world.write(work!([] |tx| groups::delete(tx, &id(2)).await)).await;
        assert_eq!(members(world, 2).await, []);
        assert_eq!(of(1, Some(1)).await, [id(1)], "a group's members go with it");
        let stranger: Result<(), store::Error> = world
            .store
            .write(work!([] |tx| groups::add_member(tx, &id(1), &Member::Device(id(9))).await))
            .await;
        assert!(stranger.is_err(), "there is no such device");
    }

    async fn managed_devices_come_with_their_people_page_by_page(world: &World) {
        street(world).await;
        let page = world.read(work!([] |tx| groups::devices_page(tx, None, 9).await)).await;
        let found: Vec<_> = page.iter().map(|(device, person)| (device.id.clone(), person.clone())).collect();
        assert_eq!(found, [(id(1), Some(samples::person(1))), (id(2), None)]);
        let page = world.read(work!([] |tx| groups::devices_page(tx, Some(&id(1)), 9).await)).await;
        assert_eq!(page.len(), 1);
        let page = world.read(work!([] |tx| groups::devices_page(tx, None, 1).await)).await;
        assert_eq!(page.len(), 1);
    }
}
