//! How devices go: those that fell silent, those that left, and what is warned of without an authority.

use domain::{
    Timestamp,
    device::{Device, LeftHow, enrolment::Identity},
    warning::{Matter, Warning, WarningKind},
};
use store::{devices, devices::DeviceFilter, identities, mdm_sessions, warnings};

use crate::{
    samples::{self, NOW, id},
    world::{World, on_both, work},
};

const DAY: i64 = 86_400;

fn managed(n: i64, seen_days_ago: i64) -> Device {
    Device {
        last_seen_at: NOW.plus_seconds(-seen_days_ago * DAY),
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

/// The numbers of the devices that were last heard of so many days ago, or before.
async fn silent(world: &World, days: i64, after: Option<i64>) -> Vec<String> {
    let (before, after) = (NOW.plus_seconds(-days * DAY), after.map(id));
    let found = world
        .read(work!(
            [after] | tx | devices::silent(tx, before, after.as_ref(), 2).await
        ))
        .await;
    found.into_iter().map(|(id, ..)| id.to_string()).collect()
}

fn numbers<const N: usize>(wanted: [i64; N]) -> Vec<String> {
    wanted.map(|n| samples::id::<Device>(n).to_string()).to_vec()
}

async fn listed(world: &World, state: &str) -> Vec<String> {
    let filter = DeviceFilter {
        state: Some(state.to_owned()),
        silent_before: NOW.plus_seconds(-30 * DAY),
        ..DeviceFilter::default()
    };
    let found = world
        .read(work!([filter] | tx | devices::list(tx, &filter, None, 9).await))
        .await;
    found
        .into_iter()
        .map(|listed| listed.device.id.to_string())
        .collect()
}

fn warning(n: i64, day: &str) -> Warning {
    Warning {
        id: id(n),
        authority_id: None,
        matter: Matter::of_devices(WarningKind::DevicesSilent, day, n, 76),
        raised_at: NOW.plus_seconds(n),
        ended_at: None,
    }
}

on_both! {
    async fn who_is_silent_is_known_by_the_device_and_by_its_session(world: &World) {
        for (n, days) in [(1, 40), (2, 40), (3, 5), (4, 50)] {
            keep(world, managed(n, days)).await;
        }
        // A session that has nothing to do writes its own row alone.
        let session = domain::device::session::Session {
            updated_at: NOW.plus_seconds(-DAY),
            ..samples::session(&id(2))
        };
        world.write(work!([session] |tx| mdm_sessions::put(tx, &session).await)).await;
        keep(world, Device { unenrolled_at: Some(NOW), ..managed(5, 90) }).await;
        assert_eq!(silent(world, 30, None).await, numbers([1, 4]));
        assert_eq!(silent(world, 30, Some(1)).await, numbers([4]));
        assert_eq!(silent(world, 45, None).await, numbers([4]));
        assert_eq!(listed(world, devices::SILENT).await, numbers([4, 1]));
    }

    async fn who_was_told_of_counts_until_it_speaks_or_leaves(world: &World) {
        for n in [1, 2, 3] {
            keep(world, managed(n, 40)).await;
            let at = NOW.plus_seconds(n);
            world.write(work!([] |tx| devices::set_silence_told(tx, &id(n), at).await)).await;
        }
        let count = async || world.read(work!([] |tx| devices::count_told_of_silence(tx).await)).await;
        assert_eq!(count().await, (3, NOW.plus_seconds(3)));
        let spoke = NOW.plus_seconds(60);
        world.write(work!([] |tx| devices::touch(tx, &id(3), spoke).await)).await;
        let gone = Device { unenrolled_at: Some(NOW), left_how: Some(LeftHow::Silent), ..managed(1, 40) };
        world.write(work!([gone] |tx| devices::update(tx, &gone).await)).await;
        assert_eq!(count().await, (1, NOW.plus_seconds(2)));
        let told = world.read(work!([] |tx| devices::told_of_silence(tx, 9).await)).await;
        assert_eq!((told.len(), told[0].1), (1, NOW.plus_seconds(2)));
        assert_eq!(told[0].0, managed(2, 40));
        let noted = world.read(work!([] |tx| devices::silence(tx, &id(2)).await)).await;
        assert_eq!((noted.told_at, noted.returned_at), (Some(NOW.plus_seconds(2)), None));
    }

    async fn a_return_is_noted_once_in_a_time_and_of_the_silent_alone(world: &World) {
        let gone = |n, how| Device { unenrolled_at: Some(NOW), left_how: Some(how), ..managed(n, 40) };
        keep(world, gone(1, LeftHow::Silent)).await;
        keep(world, gone(2, LeftHow::Revoked)).await;
        keep(world, managed(3, 40)).await;
        let note = async |n: i64, at: Timestamp| {
            let since = at.plus_seconds(-DAY);
            world.write(work!([] |tx| devices::note_return(tx, &id(n), at, since).await)).await
        };
        let at = NOW.plus_seconds(60);
        assert!(note(1, at).await && !note(1, at.plus_seconds(60)).await);
        assert!(note(1, at.plus_seconds(DAY + 1)).await, "a day later it is news");
        assert!(!note(2, at).await && !note(3, at).await);
        let noted = world.read(work!([] |tx| devices::silence(tx, &id(1)).await)).await;
        assert_eq!(noted.returned_at, Some(at.plus_seconds(DAY + 1)));
    }

    async fn lists_know_who_leaves_and_who_was_revoked(world: &World) {
        keep(world, Device { removal: Some(samples::removal()), ..managed(1, 0) }).await;
        keep(world, Device { left_how: Some(LeftHow::Revoked), ..samples::device(2) }).await;
        keep(world, samples::device(3)).await;
        keep(world, managed(4, 0)).await;
        assert_eq!(listed(world, devices::LEAVING).await, numbers([1]));
        assert_eq!(listed(world, devices::REVOKED).await, numbers([2]));
        assert_eq!(listed(world, devices::SILENT).await, numbers([]));
    }

    async fn late_identities_are_counted_with_the_last_end(world: &World) {
        for n in [1, 2, 3] {
            keep(world, managed(n, 0)).await;
            let identity = Identity { not_after: NOW.plus_seconds(n * DAY), ..samples::identity(n, &id(n)) };
            let sha256 = format!("sha256 {n}");
            world.write(work!([identity, sha256] |tx| {
                identities::insert_intent(tx, &identity).await?;
                identities::complete(tx, &identity.id, b"der", &sha256).await
            })).await;
        }
        let late = async |days: i64| {
            let end = NOW.plus_seconds(days * DAY);
            world.read(work!([] |tx| identities::late(tx, end).await)).await
        };
        assert_eq!(late(1).await.0, 0);
        assert_eq!(late(3).await, (2, NOW.plus_seconds(2 * DAY)));
    }

    async fn a_warning_without_an_authority_is_raised_once_and_listed(world: &World) {
        let raise = async |warning: Warning| {
            world.write(work!([warning] |tx| warnings::raise(tx, &warning).await)).await
        };
        assert!(raise(warning(1, "2027-01-15")).await);
        assert!(!raise(warning(2, "2027-01-15")).await, "another node raised it");
        let open = world.read(work!([] |tx| warnings::open_of_devices(tx).await)).await;
        assert_eq!(open, [warning(1, "2027-01-15")]);
        let more = Warning { matter: Matter::of_devices(WarningKind::DevicesSilent, "2027-01-15", 7, 76), ..warning(1, "") };
        world.write(work!([more] |tx| warnings::set_values(tx, &more).await)).await;
        let recent = world.read(work!([] |tx| warnings::recent(tx, NOW).await)).await;
        assert_eq!((recent.len(), &recent[0].authority_name), (1, &None));
        assert_eq!(recent[0].warning.matter.values["count"], "7");
        let now = NOW.plus_seconds(99);
        world.write(work!([more] |tx| warnings::end(tx, &more, now).await)).await;
        assert_eq!(world.read(work!([] |tx| warnings::open_of_devices(tx).await)).await, []);
        assert!(raise(warning(3, "2027-01-15")).await, "its reason is there again");
        assert!(raise(warning(4, "2027-01-16")).await);
    }
}
