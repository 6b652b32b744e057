//! Whose a device is.

use domain::device::Device;
use store::{Error, check_ins, devices, people, reissue_turns};

use crate::{
    samples::{self, House, NOW, id},
    world::{on_both, work},
};

on_both! {
    async fn a_device_gets_another_user_or_none_and_keeps_the_rest(world: &World) {
        for n in [1, 2] {
            world.write(work!([] |tx| people::insert(tx, &samples::person(n)).await)).await;
        }
        let device = Device { person_id: Some(id(1)), ..samples::device(1) };
        let inserted = device.clone();
        world.write(work!([inserted] |tx| devices::insert(tx, &inserted).await)).await;
        for user in [Some(id(2)), None, Some(id(1))] {
            let wanted = user.clone();
            world.write(work!([wanted] |tx| devices::set_user(tx, &id(1), wanted.as_ref()).await)).await;
            let known = world.read(work!([] |tx| check_ins::of_device(tx, &id(1)).await)).await.expect("the device");
            assert_eq!(known.person.map(|person| person.id), user);
            assert_eq!(known.device, Device { person_id: user.clone(), ..device.clone() });
            if let Some(user) = user {
                let of_user = world.read(work!([user] |tx| devices::of_person(tx, &user).await)).await;
                assert_eq!(of_user.len(), 1);
            }
        }
    }

    async fn one_person_s_machine_is_one_device_and_whoever_isn_t_known_has_none(world: &World) {
        world.write(work!([] |tx| people::insert(tx, &samples::person(1)).await)).await;
        for n in [1, 2] {
            let device = Device {
                person_id: (n == 1).then(|| id(1)),
                windows_id: "the same".to_owned(),
                ..samples::device(n)
            };
            world.write(work!([device] |tx| devices::insert(tx, &device).await)).await;
        }
        let refused = world.store.write(work!([] |tx| devices::set_user(tx, &id(2), Some(&id(1))).await)).await;
        assert!(matches!(refused, Err(Error::Conflict(_))), "{refused:?}");
        let refused = world.store.write(work!([] |tx| devices::set_user(tx, &id(2), Some(&id(9))).await)).await;
        assert!(matches!(refused, Err(Error::Reference(_))), "{refused:?}");
        let refused = world.store.write(work!([] |tx| devices::set_user(tx, &id(9), None).await)).await;
        assert!(refused.is_err(), "no such device");
    }

    async fn each_authority_has_turns_of_its_own(world: &World) {
        let authority = House::build(world).await.authority.id;
        let of = |which: domain::external_ca::AuthorityId| async move {
            world.read(work!([which] |tx| reissue_turns::of_authority(tx, &which).await)).await
        };
        assert_eq!(of(authority.clone()).await, None);
        for next_at in [NOW, NOW.plus_seconds(7)] {
            world.write(work!([authority] |tx| reissue_turns::put(tx, &authority, next_at).await)).await;
            assert_eq!(of(authority.clone()).await, Some(next_at));
        }
        assert_eq!(of(id(99)).await, None);
        let refused = world.store.write(work!([] |tx| reissue_turns::put(tx, &id(99), NOW).await)).await;
        assert!(matches!(refused, Err(Error::Reference(_))), "{refused:?}");
    }
}
