//! What a session reads and writes, in as few statements as can be, and their count.

use domain::{
    Sealed,
    assignment::{Assignment, Scope},
    certificate::Certificate,
    delivery::{Delivery, DeliveryState},
    device::session::Session,
    group::Of,
    scep_configuration::Configuration,
};
use store::{
    Error, Statements, assignments, certificates, check_ins, configurations, deliveries, devices, groups,
    groups::Member,
    identities, mdm_sessions, people, sent_commands,
    trust::{self, Trust, Trusted},
};

use crate::{
    samples::{self, House, NOW, id},
    world::{World, on_both, work},
};

/// The house with an identity, a session, two former deliveries, of which one left its node, and three certificates.
async fn furnished(world: &World) -> (House, [Delivery; 2], [Certificate; 3]) {
    let house = House::build(world).await;
    let former = |n, is_on_device| Delivery {
        is_current: false,
        state: DeliveryState::Replaced { cause: None },
        is_on_device,
        ..samples::delivery(n, &house.device, &house.configuration)
    };
    let (left, gone) = (former(2, true), former(3, false));
    let certificates = [
        samples::certificate(1, &house.delivery),
        samples::certificate(2, &house.delivery),
        samples::certificate(3, &left),
    ];
    let forgotten = samples::certificate(4, &gone);
    let identity = samples::identity(1, &house.device.id);
    let (former, all) = ([left.clone(), gone.clone()], certificates.clone());
    world
        .write(work!(
            [identity, former, all, forgotten] | tx | {
                identities::insert_intent(tx, &identity).await?;
                identities::complete(tx, &identity.id, b"der", "aa").await?;
                for delivery in &former {
                    deliveries::insert(tx, delivery).await?;
                }
                for certificate in all.iter().chain([&forgotten]) {
                    certificates::put(tx, certificate).await?;
                }
                devices::set_poll(tx, &id(1), true, Some(7)).await
            }
        ))
        .await;
    (house, [left, gone], certificates)
}

/// What reading costs, beside what is read.
async fn counted<T>(world: &World, work: impl Future<Output = T>) -> (T, Statements) {
    let before = world.store.statements();
    let value = work.await;
    (value, world.store.statements().since(before))
}

on_both! {
    async fn a_device_comes_with_all_that_a_session_depends_on_in_one_statement(world: &World) {
        let (house, [left, _], certificates) = furnished(world).await;
        let mut expected = check_ins::CheckIn {
            device: house.device.clone(),
            person: Some(samples::person(1)),
            poll_minutes: Some(7),
            pfn: None,
            waking: domain::device::waking::Waking::default(),
            session: None,
            is_owing: false,
            is_distrusting: false,
            deliveries: vec![house.delivery.clone(), left],
            certificates: certificates.to_vec(),
        };
        let by_certificate = || world.read(work!([] |tx| check_ins::by_certificate(tx, "aa").await));
        let (found, cost) = counted(world, by_certificate()).await;
        let (identity, found) = found.expect("a device");
        assert_eq!((identity.id, identity.certificate), (id(1), Some(b"der".to_vec())));
        assert_eq!(found, expected);
        assert_eq!(cost, Statements { reads: 1, read_transactions: 1, ..Statements::default() });

        let session = samples::session(&house.device.id);
        let (command, written) = (samples::command("a", &house.device.id), session.clone());
        let unwanted = Trust {
            device_id: house.device.id.clone(), sha1: samples::sha1(1), state: Trusted::Ours, since: NOW,
            checked_at: None, unwanted_at: Some(NOW),
        };
        world.write(work!([command, written, unwanted] |tx| {
            trust::put(tx, &unwanted).await?;
            sent_commands::insert(tx, &command).await?;
            mdm_sessions::put(tx, &written).await
        })).await;
        expected.session = Some(session);
        expected.is_owing = true;
        expected.is_distrusting = true;
        assert_eq!(by_certificate().await.expect("a device").1, expected);
        let of_device = world.read(work!([] |tx| check_ins::of_device(tx, &id(1)).await)).await;
        assert_eq!(of_device, Some(expected));
        assert_eq!(world.read(work!([] |tx| check_ins::by_certificate(tx, "bb").await)).await, None);
        assert_eq!(world.read(work!([] |tx| check_ins::of_device(tx, &id(9)).await)).await, None);
    }

    async fn a_device_with_nothing_comes_too(world: &World) {
        world.write(work!([] |tx| devices::insert(tx, &samples::device(1)).await)).await;
        let found = world.read(work!([] |tx| check_ins::of_device(tx, &id(1)).await)).await;
        let nothing = check_ins::CheckIn {
            device: samples::device(1),
            person: None,
            poll_minutes: None,
            pfn: None,
            waking: domain::device::waking::Waking::default(),
            session: None,
            is_owing: false,
            is_distrusting: false,
            deliveries: vec![],
            certificates: vec![],
        };
        assert_eq!(found, Some(nothing));
    }

    async fn distributions_come_with_configurations_and_named_groups_in_one_statement(world: &World) {
        let house = House::build(world).await;
        let second = Configuration {
            name: "Second".to_owned(),
            ..samples::configuration(2, &house.authority.id)
        };
        let first = samples::assignment(&house.configuration);
        let disabled = Assignment { is_enabled: false, scope: Scope::All, ..samples::assignment(&second) };
        let (one, two, other) = (first.clone(), disabled.clone(), second.clone());
        world.write(work!([one, two, other] |tx| {
            configurations::insert(tx, &other).await?;
            assignments::put(tx, &one).await?;
            assignments::put(tx, &two).await?;
            for n in [4, 5, 6, 7] {
                groups::insert(tx, &samples::group(n, Of::Devices)).await?;
            }
            groups::add_member(tx, &id(5), &Member::Device(id(1))).await?;
            groups::add_member(tx, &id(6), &Member::Device(id(1))).await
        })).await;
        let person = house.device.person_id.clone();
        let in_force = || world.read(work!([person] |tx| assignments::in_force(tx, &id(1), person.as_ref()).await));
        let (found, cost) = counted(world, in_force()).await;
        assert_eq!(found.assigned, [(house.configuration.clone(), first.clone())], "the other one is disabled");
        assert_eq!(found.groups, [samples::group(4, Of::Devices), samples::group(5, Of::Devices)]);
        assert_eq!(found.listed.into_iter().collect::<Vec<_>>(), [id(5)]);
        assert_eq!(cost, Statements { reads: 1, read_transactions: 1, ..Statements::default() });

        world.write(work!([] |tx| groups::add_member(tx, &id(4), &Member::Person(id(1))).await)).await;
        assert_eq!(in_force().await.listed.into_iter().collect::<Vec<_>>(), [id(4), id(5)]);
        let alone = world.read(work!([] |tx| assignments::in_force(tx, &id(2), None).await)).await;
        assert!(alone.listed.is_empty());
        let enabled = Assignment { is_enabled: true, ..disabled };
        world.write(work!([enabled] |tx| assignments::put(tx, &enabled).await)).await;
        assert_eq!(in_force().await.assigned, [(house.configuration, first), (second, enabled)]);
    }

    async fn a_session_is_replaced_where_the_one_that_was_read_still_stands(world: &World) {
        let house = House::build(world).await;
        let first = samples::session(&house.device.id);
        let next = Session {
            session_id: "20".to_owned(),
            started_at: NOW.plus_seconds(60),
            client_message_sha256: "ee".repeat(32),
            answer: Sealed(vec![1]),
            updated_at: NOW.plus_seconds(60),
            ..first.clone()
        };
        let replace = |session: &Session, before: Option<&Session>| {
            let (session, before) = (session.clone(), before.cloned());
            world.write(work!([session, before] |tx| {
                mdm_sessions::replace(tx, &session, before.as_ref()).await
            }))
        };
        let stands = || world.read(work!([] |tx| mdm_sessions::by_device(tx, &id(1)).await));
        assert!(!replace(&next, Some(&first)).await, "there is none");
        assert_eq!(stands().await, None);
        let (kept, cost) = counted(world, replace(&first, None)).await;
        assert!(kept);
        assert_eq!(
            cost,
            Statements { writes: 1, write_transactions: 1, commits: 1, ..Statements::default() }
        );
        assert!(!replace(&next, None).await, "there is one");
        assert!(!replace(&next, Some(&next)).await, "there is another");
        assert_eq!(stands().await, Some(first.clone()));
        assert!(replace(&next, Some(&first)).await);
        assert!(!replace(&next, Some(&first)).await, "once");
        assert_eq!(stands().await, Some(next));
    }

    async fn a_device_last_spoke_when_its_session_did(world: &World) {
        let house = House::build(world).await;
        let last_seen = async || {
            let found = world.read(work!([] |tx| devices::by_id(tx, &id(1)).await)).await;
            found.expect("a device").last_seen_at
        };
        assert_eq!(last_seen().await, NOW);
        let session = Session {
            updated_at: NOW.plus_seconds(60),
            ..samples::session(&house.device.id)
        };
        world.write(work!([session] |tx| mdm_sessions::put(tx, &session).await)).await;
        assert_eq!(last_seen().await, NOW.plus_seconds(60));
        world.write(work!([] |tx| devices::touch(tx, &id(1), NOW.plus_seconds(90)).await)).await;
        assert_eq!(last_seen().await, NOW.plus_seconds(90));
        world.write(work!([] |tx| mdm_sessions::forget(tx, &id(1)).await)).await;
        assert_eq!(last_seen().await, NOW.plus_seconds(90));
    }

    async fn what_reads_never_writes(world: &World) {
        let written = world.store.read(work!([] |tx| people::insert(tx, &samples::person(1)).await)).await;
        assert!(matches!(written, Err(Error::ReadOnly)), "{written:?}");
        let taken = world.store.read(work!([] |tx| sent_commands::take(tx, &id(1), "a").await)).await;
        assert!(matches!(taken, Err(Error::ReadOnly)), "{taken:?}");
        assert_eq!(world.read(work!([] |tx| people::count(tx).await)).await, 0);
    }
}
