//! What a device proves itself with inside a session, what it says of its hardware, and how it is woken.

use domain::{
    Sealed, Timestamp,
    device::{Device, enrolment::Identity, waking::Waking},
    push::{Push, PushSettings, PushState},
};
use store::{devices, dm_accounts, dm_accounts::DmAccount, identities, push};

use crate::{
    samples::{self, NOW, id},
    world::{World, on_both, work},
};

/// A managed device of this DeviceID and hardware.
fn managed(n: i64, windows_id: &str, hardware_id: Option<&str>) -> Device {
    Device {
        windows_id: windows_id.to_owned(),
        hardware_id: hardware_id.map(str::to_owned),
        unenrolled_at: None,
        left_how: None,
        removal: None,
        ..samples::device(n)
    }
}

async fn keep(world: &World, device: Device) {
    world
        .write(work!([device] | tx | devices::insert(tx, &device).await))
        .await;
}

/// An identity that was signed; what it is called is its SHA-256.
async fn signed(world: &World, identity: Identity, sha256: &'static str) {
    world
        .write(work!(
            [identity] | tx | {
                identities::insert_intent(tx, &identity).await?;
                identities::complete(tx, &identity.id, b"der", sha256).await
            }
        ))
        .await;
}

fn account(n: i64, secret: u8) -> DmAccount {
    DmAccount {
        device_id: id(n),
        identity_id: id(n * 10),
        secret: Sealed(vec![secret]),
    }
}

on_both! {
    async fn an_account_speaks_for_the_identity_in_use_of_each_managed_device(world: &World) {
        for device in [managed(1, "AA", None), managed(2, "AA", None), managed(3, "BB", None)] {
            keep(world, device).await;
        }
        let identity = |n: i64, device: i64, renews: Option<i64>| Identity {
            renews: renews.map(id),
            not_after: NOW.plus_seconds(1000),
            ..samples::identity(n, &id(device))
        };
        signed(world, identity(10, 1, None), "first").await;
        signed(world, identity(11, 1, Some(10)), "renewed").await;
        signed(world, identity(20, 2, None), "other").await;
        signed(world, identity(30, 3, None), "third").await;
        for one in [account(1, 1), account(2, 2), account(3, 3), account(1, 4)] {
            world.write(work!([one] |tx| dm_accounts::put(tx, &one).await)).await;
        }
        assert_eq!(
            world.read(work!([] |tx| dm_accounts::of_device(tx, &id(1)).await)).await,
            Some(account(1, 4)),
            "a device has one account, the last"
        );
        let found = |now: Timestamp| async move {
            world.read(work!([] |tx| dm_accounts::by_windows_id(tx, "AA", now, 9).await)).await
        };
        let speaks = |found: Vec<(DmAccount, String)>| {
            found.into_iter().map(|(account, sha256)| (account.secret.0[0], sha256)).collect::<Vec<_>>()
        };
        let both = [(4, "first".to_owned()), (2, "other".to_owned())];
        assert_eq!(speaks(found(NOW).await), both, "what was renewed doesn't count before it was used");
        world.write(work!([] |tx| identities::note_use(tx, &id(11), NOW).await)).await;
        assert_eq!(speaks(found(NOW).await)[0], (4, "renewed".to_owned()));
        for identity in [10, 11] {
            world.write(work!([] |tx| identities::revoke(tx, &id(identity), NOW).await)).await;
        }
        assert_eq!(speaks(found(NOW).await), both[1..]);
        assert!(found(NOW.plus_seconds(2000)).await.is_empty(), "their end has come");
    }

    async fn devices_of_one_hardware_are_found_while_they_are_managed(world: &World) {
        for (n, hardware) in [(1, Some("same")), (2, Some("same")), (3, Some("own")), (4, None), (5, None)] {
            keep(world, managed(n, "AA", hardware)).await;
        }
        keep(world, Device { unenrolled_at: Some(NOW), ..managed(6, "AA", Some("same")) }).await;
        let of = |but: Option<i64>| async move {
            let found = world
                .read(work!([] |tx| devices::of_hardware(tx, "same", but.map(id).as_ref(), 9).await))
                .await;
            found.into_iter().map(|device| device.id).collect::<Vec<_>>()
        };
        assert_eq!(of(None).await, [id(2), id(1)]);
        assert_eq!(of(Some(1)).await, [id(2)]);
        assert_eq!(world.read(work!([] |tx| devices::shared_hardware(tx, 9).await)).await, ["same"]);
        let note = |at: i64| async move {
            let (now, since) = (NOW.plus_seconds(at), NOW.plus_seconds(at - 60));
            world.write(work!([] |tx| devices::note_old_identity(tx, &id(1), now, since).await)).await
        };
        assert_eq!((note(0).await, note(30).await, note(100).await), (true, false, true));
        let left = world.write(work!([] |tx| devices::note_old_identity(tx, &id(6), NOW, NOW).await));
        assert!(!left.await, "who has left is told of nothing");
    }

    async fn how_a_device_is_woken_is_kept_and_its_channel_apart(world: &World) {
        keep(world, managed(1, "AA", None)).await;
        assert_eq!(world.read(work!([] |tx| push::read(tx).await)).await, Push::default());
        let set = Push {
            settings: PushSettings { is_enabled: true, pfn: "App_1".to_owned(), ..PushSettings::default() },
            client_secret: Some(Sealed(vec![7])),
            state: PushState { throttled: 2, ..PushState::default() },
        };
        world.write(work!([set] |tx| push::put(tx, &set, NOW).await)).await;
        assert_eq!(world.read(work!([] |tx| push::read(tx).await)).await, set);
        let waking = Waking { pfn: Some("App_1".to_owned()), wanted_at: Some(NOW), ..Waking::default() };
        world.write(work!([waking] |tx| {
            push::set(tx, &id(1), &waking).await?;
            push::put_channel(tx, &id(1), &Sealed(vec![1])).await?;
            push::put_channel(tx, &id(1), &Sealed(vec![2])).await
        })).await;
        assert_eq!(world.read(work!([] |tx| push::of_device(tx, &id(1)).await)).await, waking);
        let channel = || world.read(work!([] |tx| push::channel(tx, &id(1)).await));
        assert_eq!(channel().await, Some(Sealed(vec![2])));
        // A device that is written anew keeps it.
        world.write(work!([] |tx| devices::update(tx, &managed(1, "AA", None)).await)).await;
        assert_eq!(world.read(work!([] |tx| push::of_device(tx, &id(1)).await)).await, waking);
        world.write(work!([] |tx| push::delete_channel(tx, &id(1)).await)).await;
        assert_eq!(channel().await, None);
    }
}
