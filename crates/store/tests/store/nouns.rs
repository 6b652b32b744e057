//! Each noun comes back as it went in.

use domain::{
    Sealed,
    attempt::{Asked, Attempt},
    delivery::{DeliveryState, Proof},
    device::{Device, Removal, inventory::Inventory},
    diagnosis::Cause,
    event::{Event, What},
    external_ca::{Access, AuthorityKind, Health, ProvedBy},
    operator::Role,
    person::Person,
    scep_configuration::Configuration,
};
use store::{
    Error, assignments, attempts, authorities, certificates, configurations, deliveries, devices, events,
    identities, keys, mdm_sessions, operators, orders, people, sent_commands,
    trust::{self, Trust, Trusted},
};

use crate::{
    samples::{self, House, NOW, id, sha1},
    world::{on_both, work},
};

on_both! {
    async fn people_come_back_and_are_found_by_any_case(world: &World) {
        world.write(work!([] |tx| people::insert(tx, &samples::person(1)).await)).await;
        let found = world.read(work!([] |tx| people::by_username(tx, "éLODIE.1").await)).await;
        assert_eq!(found, Some(samples::person(1)));
        let again = Person { id: id(2), username: "élodie.1".to_owned(), ..samples::person(1) };
        let refused = world.store.write(work!([again] |tx| people::insert(tx, &again).await)).await;
        assert!(matches!(refused, Err(Error::Conflict(_))), "{refused:?}");
        let changed = Person { username: "marie".to_owned(), ..samples::person(1) };
        let written = changed.clone();
        world.write(work!([written] |tx| {
            people::set_enrolment_password(tx, &id(1), Some("hash"), NOW).await?;
            people::update(tx, &written).await
        })).await;
        let found = world.read(work!([] |tx| people::enrolment_password(tx, "Marie").await)).await;
        assert_eq!(found, Some((changed, Some("hash".to_owned()))));
        assert_eq!(world.read(work!([] |tx| people::by_username(tx, "élodie.1").await)).await, None);
        assert_eq!(world.read(work!([] |tx| people::count(tx).await)).await, 1);
    }

    async fn operators_come_back_with_their_hashes(world: &World) {
        world.write(work!([] |tx| {
            operators::insert(tx, &samples::operator(1), "hash").await?;
            operators::set_password(tx, &id(1), "other").await?;
            operators::set_role(tx, &id(1), Role::Owner).await
        })).await;
        let (operator, hash) =
            world.read(work!([] |tx| operators::by_name(tx, "MARIE1").await)).await.expect("an operator");
        assert_eq!((operator.role, hash.as_str()), (Role::Owner, "other"));
        assert_eq!(world.read(work!([] |tx| operators::by_id(tx, &id(1)).await)).await, Some(operator.clone()));
        assert_eq!(world.read(work!([] |tx| operators::list(tx).await)).await, [operator]);
        assert_eq!(world.read(work!([] |tx| operators::count(tx).await)).await, 1);
        world.write(work!([] |tx| operators::delete(tx, &id(1)).await)).await;
        assert_eq!(world.read(work!([] |tx| operators::count(tx).await)).await, 0);
    }

    async fn authorities_come_back_and_hold_on_while_they_are_used(world: &World) {
        let house = House::build(world).await;
        let id = house.authority.id.clone();
        let found = world.read(work!([id] |tx| authorities::by_id(tx, &id).await)).await;
        assert_eq!(found.as_ref(), Some(&house.authority));
        let used = world.read(work!([id] |tx| authorities::configurations_using(tx, &id).await)).await;
        assert_eq!(used, 1);
        let refused = world.store.write(work!([id] |tx| authorities::delete(tx, &id).await)).await;
        assert!(matches!(refused, Err(Error::Reference(_))), "{refused:?}");
        let later = NOW.plus_seconds(60);
        world.write(work!([id] |tx| {
            authorities::set_health(tx, &id, &Health::default(), Some(&ProvedBy::Delivery(samples::id(4))), later).await?;
            authorities::set_health(tx, &id, &Health::default(), None, later).await?;
            authorities::set_chain(tx, &id, "SHA-512", &[vec![5]], &sha1(9), later).await
        })).await;
        let found = world.read(work!([] |tx| authorities::by_name(tx, "Authority 1").await)).await;
        let expected = domain::external_ca::Authority {
            health: Health::default(),
            proved_by: Some(ProvedBy::Delivery(samples::id(4))),
            capabilities: "SHA-512".to_owned(),
            certificates: vec![vec![5]],
            issuer_sha1: sha1(9),
            checked_at: later,
            updated_at: later,
            ..house.authority
        };
        assert_eq!(found, Some(expected.clone()));
        let renamed = domain::external_ca::Authority { name: "Other".to_owned(), ..expected };
        let written = renamed.clone();
        world.write(work!([written] |tx| authorities::update(tx, &written).await)).await;
        assert_eq!(world.read(work!([] |tx| authorities::list(tx).await)).await, [renamed]);
        world.write(work!([id] |tx| {
            configurations::delete(tx, &samples::id(1)).await?;
            authorities::delete(tx, &id).await
        })).await;
        assert_eq!(world.read(work!([] |tx| authorities::list(tx).await)).await, []);
    }

    async fn authorities_of_each_kind_come_back_and_those_of_an_earlier_version_take_basic(world: &World) {
        let kinds = [
            AuthorityKind::Microsoft,
            AuthorityKind::Ejbca,
            AuthorityKind::GenericScep,
            AuthorityKind::BuiltIn,
        ];
        for (n, kind) in (1..).zip(kinds) {
            let authority = domain::external_ca::Authority { kind, ..samples::authority(n) };
            let written = authority.clone();
            world.write(work!([written] |tx| authorities::insert(tx, &written).await)).await;
            let id = authority.id.clone();
            assert_eq!(world.read(work!([id] |tx| authorities::by_id(tx, &id).await)).await, Some(authority));
        }
        let old_id: domain::external_ca::AuthorityId = id(9);
        world.raw(&format!(
            "INSERT INTO authorities (id, name, kind, scep_url, username, password, challenge_url,
             is_plain_http_accepted, trust_pem, limits, capabilities, certificates, issuer_sha1, checked_at, health,
             created_at, updated_at) SELECT '{old_id}', 'Old', kind, scep_url, username, password, challenge_url,
             is_plain_http_accepted, trust_pem, limits, capabilities, certificates, issuer_sha1, checked_at, health,
             created_at, updated_at FROM authorities WHERE kind = 'microsoft'",
        )).await;
        let old = world.read(work!([] |tx| authorities::by_name(tx, "Old").await)).await.expect("it is read");
        assert_eq!(old.access, Access { allows_basic: true, ..Access::default() });
        assert_eq!((old.static_challenge, old.proved_by), (None, None));
    }

    async fn attempts_come_back_until_they_are_old(world: &World) {
        let attempt = |n: i64, asked, delivery_id| Attempt {
            authority_id: id(n),
            at: NOW.plus_seconds(n),
            asked,
            outcome: "good".to_owned(),
            milliseconds: 12,
            delivery_id,
        };
        let (first, other) = (attempt(1, Asked::Challenge, Some(id(4))), attempt(2, Asked::Look, None));
        let later = Attempt { at: NOW.plus_seconds(60), asked: Asked::Exchange, ..first.clone() };
        for written in [later.clone(), other.clone(), first.clone()] {
            world.write(work!([written] |tx| attempts::append(tx, &written).await)).await;
        }
        let of_first = world.read(work!([] |tx| attempts::since(tx, &id(1), NOW).await)).await;
        assert_eq!(of_first, [first, later.clone()]);
        world.write(work!([] |tx| attempts::delete_old(tx, NOW.plus_seconds(2)).await)).await;
        assert_eq!(world.read(work!([] |tx| attempts::since(tx, &id(1), NOW).await)).await, [later]);
        assert_eq!(world.read(work!([] |tx| attempts::since(tx, &id(2), NOW).await)).await, [other]);
    }

    async fn configurations_and_assignments_come_back(world: &World) {
        let house = House::build(world).await;
        let id = house.configuration.id.clone();
        let changed = Configuration { version: 2, description: String::new(), ..house.configuration };
        let assignment = samples::assignment(&changed);
        let (written, put) = (changed.clone(), assignment.clone());
        world.write(work!([written, put] |tx| {
            configurations::update(tx, &written).await?;
            assignments::put(tx, &put).await?;
            assignments::put(tx, &put).await
        })).await;
        assert_eq!(
            world.read(work!([id] |tx| configurations::by_id(tx, &id).await)).await,
            Some(changed.clone())
        );
        assert_eq!(
            world.read(work!([] |tx| configurations::by_name(tx, "Wi-Fi 1").await)).await,
            Some(changed.clone())
        );
        let listed = world.read(work!([] |tx| configurations::list(tx).await)).await;
        assert_eq!(listed.len(), 1);
        assert_eq!((&listed[0].configuration, listed[0].authority_name.as_str()), (&changed, "Authority 1"));
        let found = world.read(work!([id] |tx| assignments::by_configuration(tx, &id).await)).await;
        assert_eq!(found.as_ref(), Some(&assignment));
        assert_eq!(world.read(work!([] |tx| assignments::all(tx).await)).await, [assignment]);
        world.write(work!([id] |tx| configurations::delete(tx, &id).await)).await;
        assert_eq!(world.read(work!([] |tx| assignments::all(tx).await)).await, []);
    }

    async fn devices_come_back(world: &World) {
        world.write(work!([] |tx| devices::insert(tx, &samples::device(1)).await)).await;
        assert_eq!(
            world.read(work!([] |tx| devices::by_id(tx, &id(1)).await)).await,
            Some(samples::device(1))
        );
        let bare = Device {
            hardware_id: None,
            os_version: None,
            manufacturer: None,
            model: None,
            serial_number: None,
            language: None,
            imei: None,
            wifi_mac: None,
            inventory: Inventory::default(),
            unenrolled_at: None,
            left_how: None,
            removal: None,
            is_polling_fast: false,
            ..samples::device(1)
        };
        let written = bare.clone();
        world.write(work!([written] |tx| {
            devices::update(tx, &written).await?;
            devices::touch(tx, &id(1), NOW.plus_seconds(5)).await
        })).await;
        let found = world
            .read(work!([] |tx| devices::by_id(tx, &id(1)).await))
            .await;
        assert_eq!(found, Some(Device { last_seen_at: NOW.plus_seconds(5), ..bare }));
        let missing = world.store.write(work!([] |tx| devices::touch(tx, &id(2), NOW).await)).await;
        assert!(matches!(missing, Err(Error::NotFound("devices"))), "{missing:?}");
    }

    async fn devices_that_were_told_to_leave_are_found_as_long_as_they_are_managed(world: &World) {
        let told = |n, at: Option<i64>, left: Option<i64>| Device {
            removal: at.map(|at| Removal { told_at: Some(NOW.plus_seconds(at)), ..samples::removal() }),
            unenrolled_at: left.map(|left| NOW.plus_seconds(left)),
            left_how: None,
            ..samples::device(n)
        };
        for device in [told(1, Some(5), None), told(2, Some(3), None), told(3, Some(1), Some(2)), told(4, None, None)] {
            world.write(work!([device] |tx| devices::insert(tx, &device).await)).await;
        }
        let found = |before: i64, limit: u32| async move {
            let told = world
                .read(work!([] |tx| devices::told_to_leave(tx, NOW.plus_seconds(before), limit).await))
                .await;
            told.into_iter().map(|device| device.id).collect::<Vec<_>>()
        };
        assert_eq!(found(5, 9).await, [id(2), id(1)]);
        assert_eq!(found(5, 1).await, [id(2)]);
        assert_eq!(found(4, 9).await, [id(2)]);
        let waits = Removal { told_at: None, ..samples::removal() };
        let kept = waits.clone();
        world.write(work!([kept] |tx| devices::set_removal(tx, &id(2), Some(&kept)).await)).await;
        world.write(work!([] |tx| devices::set_removal(tx, &id(1), None).await)).await;
        assert_eq!(found(9, 9).await, []);
        let removal = |n| async move {
            world.read(work!([] |tx| devices::by_id(tx, &id(n)).await)).await.expect("the device").removal
        };
        assert_eq!((removal(1).await, removal(2).await), (None, Some(waits)));
        // What a later version writes is no reason to know nothing of the device.
        world.raw("UPDATE devices SET left_how = 'otherwise' WHERE unenrolled_at IS NOT NULL").await;
        let left = world.read(work!([] |tx| devices::by_id(tx, &id(3)).await)).await.expect("the device");
        assert_eq!(left.left_how, None);
    }

    async fn what_a_device_calls_itself_counts_for_its_person_alone(world: &World) {
        let house = House::build(world).await;
        let (device, owner) = (house.device.clone(), house.device.person_id.clone().expect("the house has a person"));
        let stranger = samples::person(77);
        world.write(work!([stranger] |tx| people::insert(tx, &stranger).await)).await;
        let found = world
            .read(work!([device, owner] |tx| devices::by_windows_id(tx, &owner, &device.windows_id).await))
            .await;
        assert_eq!(found.as_ref(), Some(&device));
        let found = world
            .read(work!([device, stranger] |tx| devices::by_windows_id(tx, &stranger.id, &device.windows_id).await))
            .await;
        assert_eq!(found, None);
        let twin = Device { id: id(4711), person_id: Some(stranger.id.clone()), ..device };
        world.write(work!([twin] |tx| devices::insert(tx, &twin).await)).await;
    }

    async fn an_identity_is_issued_once_for_the_same_request(world: &World) {
        let house = House::build(world).await;
        let intent = samples::identity(1, &house.device.id);
        let kept = intent.clone();
        world.write(work!([kept] |tx| identities::insert_intent(tx, &kept).await)).await;
        let again = domain::device::enrolment::Identity { id: id(2), serial: "ff".to_owned(), ..intent.clone() };
        let refused = world.store.write(work!([again] |tx| identities::insert_intent(tx, &again).await)).await;
        assert!(matches!(refused, Err(Error::Conflict(_))), "{refused:?}");
        let (message, csr) = (intent.message_id.clone(), intent.csr_sha256.clone());
        let found = world.read(work!([message, csr] |tx| identities::by_message(tx, &message, &csr).await)).await;
        assert_eq!(found, Some(intent.clone()));
        world.write(work!([] |tx| {
            identities::complete(tx, &id(1), &[0x30], "aa").await?;
            identities::complete(tx, &id(1), &[0x30], "aa").await?;
            identities::revoke(tx, &id(1), NOW).await?;
            identities::revoke(tx, &id(1), NOW.plus_seconds(9)).await
        })).await;
        let other = world.store.write(work!([] |tx| identities::complete(tx, &id(1), &[0x31], "bb").await)).await;
        assert!(matches!(other, Err(Error::NotFound(_))), "{other:?}");
        let (identity, device) =
            world.read(work!([] |tx| identities::by_sha256(tx, "aa").await)).await.expect("an identity");
        assert_eq!((&identity.certificate, identity.revoked_at), (&Some(vec![0x30]), Some(NOW)));
        assert_eq!(device, house.device);
        let all = world.read(work!([] |tx| identities::of_device(tx, &id(1)).await)).await;
        assert_eq!(all, [identity]);
    }

    async fn a_renewed_identity_counts_once_it_was_used(world: &World) {
        let house = House::build(world).await;
        let device = domain::device::Device { unenrolled_at: None, ..house.device.clone() };
        let first = samples::identity(1, &device.id);
        let next = domain::device::enrolment::Identity {
            renews: Some(first.id.clone()),
            not_after: first.not_after.plus_seconds(1000),
            ..samples::identity(2, &device.id)
        };
        let kept = (device.clone(), first.clone(), next.clone());
        world.write(work!([kept] |tx| {
            devices::update(tx, &kept.0).await?;
            identities::insert_intent(tx, &kept.1).await?;
            identities::complete(tx, &kept.1.id, &[0x30], "aa").await?;
            identities::insert_intent(tx, &kept.2).await?;
            identities::complete(tx, &kept.2.id, &[0x31], "bb").await
        })).await;
        let (end, late) = (first.not_after.plus_seconds(1), next.not_after.plus_seconds(1));
        let listed = |end: domain::Timestamp| async move {
            let found = world.read(work!([] |tx| identities::ending(tx, end, 10).await)).await;
            let count = world.read(work!([] |tx| identities::count_ending(tx, end).await)).await;
            assert_eq!(usize::try_from(count).ok(), Some(found.len()));
            found.into_iter().map(|one| (one.identity.id, one.device_name)).collect::<Vec<_>>()
        };
        assert_eq!(listed(first.not_after).await, []);
        assert_eq!(listed(end).await, [(first.id.clone(), device.name.clone())], "the next one may be lost");
        let of = (device.id.clone(), first.id.clone(), next.csr_sha256.clone());
        let found = world.read(work!([of] |tx| identities::by_renewal(tx, &of.0, &of.1, &of.2).await)).await;
        assert_eq!(found.map(|found| found.id), Some(next.id.clone()));
        let used = next.clone();
        let (is_first, is_second, revoked) = world.write(work!([used] |tx| {
            let is_first = identities::note_use(tx, &used.id, NOW).await?;
            let is_second = identities::note_use(tx, &used.id, NOW.plus_seconds(9)).await?;
            Ok((is_first, is_second, identities::revoke_older(tx, &used, NOW).await?))
        })).await;
        assert_eq!((is_first, is_second, revoked), (true, false, 1));
        let all = world.read(work!([] |tx| identities::of_device(tx, &id(1)).await)).await;
        let told: Vec<_> = all.iter().map(|one| (one.first_used_at, one.revoked_at)).collect();
        assert_eq!(told, [(None, Some(NOW)), (Some(NOW), None)]);
        assert_eq!(listed(end).await, []);
        assert_eq!(listed(late).await, [(next.id.clone(), device.name.clone())]);
        let gone = domain::device::Device { unenrolled_at: Some(NOW), ..device };
        world.write(work!([gone] |tx| devices::update(tx, &gone).await)).await;
        assert_eq!(listed(late).await, []);
    }

    async fn a_session_is_written_over_the_one_before(world: &World) {
        let house = House::build(world).await;
        let session = samples::session(&house.device.id);
        let over = domain::device::session::Session { is_over: true, login: None, ..session.clone() };
        let (first, second) = (session, over.clone());
        world.write(work!([first, second] |tx| {
            mdm_sessions::put(tx, &first).await?;
            mdm_sessions::put(tx, &second).await
        })).await;
        assert_eq!(world.read(work!([] |tx| mdm_sessions::by_device(tx, &id(1)).await)).await, Some(over));
    }

    async fn a_sent_command_is_taken_once(world: &World) {
        let house = House::build(world).await;
        let device = house.device.id.clone();
        let commands = [samples::command("a", &device), samples::command("b", &device)];
        let sent = commands.clone();
        world.write(work!([sent] |tx| {
            for command in &sent {
                sent_commands::insert(tx, command).await?;
            }
            Ok(())
        })).await;
        let found = world.read(work!([] |tx| sent_commands::of_message(tx, &id(1), 2).await)).await;
        assert_eq!(found, commands);
        let taken = world.write(work!([] |tx| sent_commands::take(tx, &id(1), "a").await)).await;
        assert_eq!(taken.as_ref(), Some(&commands[0]));
        assert_eq!(world.write(work!([] |tx| sent_commands::take(tx, &id(1), "a").await)).await, None);
        assert_eq!(world.read(work!([] |tx| sent_commands::by_id(tx, &id(2), "b").await)).await, None);
        assert_eq!(world.write(work!([] |tx| sent_commands::forget_device(tx, &id(1)).await)).await, 1);
    }

    async fn deliveries_come_back_in_every_state(world: &World) {
        let house = House::build(world).await;
        let cause = Cause::DeviceError { code: -2_145_844_748 };
        let states = [
            DeliveryState::WaitingForDevice,
            DeliveryState::WaitingForChallenge { cause: Cause::CacheFull { until: NOW } },
            DeliveryState::Sent,
            DeliveryState::Enrolling,
            DeliveryState::PendingAtCa,
            DeliveryState::Verified { sha1: sha1(1), by: Proof::Thumbprint },
            DeliveryState::Failed { cause: cause.clone() },
            DeliveryState::Replaced { cause: Some(cause) },
            DeliveryState::Replaced { cause: None },
            DeliveryState::Removed,
        ];
        for state in states {
            let changed = domain::delivery::Delivery { state, secret: None, ..house.delivery.clone() };
            let written = changed.clone();
            world.write(work!([written] |tx| deliveries::update(tx, &written).await)).await;
            assert_eq!(world.read(work!([] |tx| deliveries::by_id(tx, &id(1)).await)).await, Some(changed));
        }
        let token = format!("{:064x}", 1);
        let found = world.read(work!([token] |tx| deliveries::by_token_sha256(tx, &token).await)).await;
        assert_eq!(found.map(|delivery| delivery.id), Some(id(1)));
    }

    async fn orders_come_back(world: &World) {
        world.write(work!([] |tx| orders::insert(tx, &samples::order(1)).await)).await;
        world.write(work!([] |tx| orders::insert(tx, &samples::order(2)).await)).await;
        let token = samples::order(2).token_sha256;
        let found = world.read(work!([token] |tx| orders::by_token_sha256(tx, &token).await)).await;
        assert_eq!(found, Some(samples::order(2)));
        assert_eq!(world.read(work!([] |tx| orders::by_id(tx, &id(1)).await)).await, Some(samples::order(1)));
        let page = world.read(work!([] |tx| orders::list(tx, Some(&id(2)), 10).await)).await;
        assert_eq!(page, [samples::order(1)]);
    }

    async fn certificates_come_back(world: &World) {
        let house = House::build(world).await;
        let thin = domain::certificate::Certificate {
            issuer: None,
            serial: None,
            not_before: None,
            not_after: None,
            der: None,
            verified_by: Proof::Thumbprint,
            ..samples::certificate(1, &house.delivery)
        };
        let full = samples::certificate(1, &house.delivery);
        let (first, second) = (thin.clone(), full.clone());
        world.write(work!([first] |tx| certificates::put(tx, &first).await)).await;
        assert_eq!(
            world.read(work!([] |tx| certificates::by_sha1(tx, &id(1), &sha1(1)).await)).await,
            Some(thin)
        );
        world.write(work!([second] |tx| {
            certificates::put(tx, &second).await?;
            certificates::set_removed(tx, &id(1), &sha1(1), NOW.plus_seconds(3)).await
        })).await;
        let expected = domain::certificate::Certificate { removed_at: Some(NOW.plus_seconds(3)), ..full };
        let all = world.read(work!([] |tx| certificates::of_device(tx, &id(1)).await)).await;
        assert_eq!(all, [expected]);
        assert_eq!(world.read(work!([] |tx| certificates::count(tx).await)).await, 1);
    }

    async fn a_timeline_keeps_its_order(world: &World) {
        let house = House::build(world).await;
        let event = |what| Event {
            device_id: house.device.id.clone(),
            delivery_id: Some(house.delivery.id.clone()),
            at: NOW,
            what,
        };
        let steps = vec![
            event(What::Enrolled { username: "marie".to_owned() }),
            event(What::Failed { cause: Cause::NoAnswer }),
            Event { delivery_id: None, ..event(What::SessionStarted) },
        ];
        let told = steps.clone();
        world.write(work!([told] |tx| {
            for event in &told {
                events::append(tx, event).await?;
            }
            Ok(())
        })).await;
        let first = world.read(work!([] |tx| events::of_device(tx, &id(1), None, 1).await)).await;
        let number = first[0].0;
        let rest = world.read(work!([] |tx| events::of_device(tx, &id(1), Some(number), 10).await)).await;
        let read: Vec<Event> = first.into_iter().chain(rest).map(|(_, event)| event).collect();
        assert_eq!(read, steps);
    }

    async fn the_first_key_of_a_name_stays(world: &World) {
        let kept = world.write(work!([] |tx| {
            keys::put_if_absent(tx, "ca", &Sealed(vec![1]), NOW).await?;
            keys::put_if_absent(tx, "ca", &Sealed(vec![2]), NOW).await
        })).await;
        assert_eq!(kept, Sealed(vec![1]));
        world.write(work!([] |tx| keys::replace(tx, "ca", &Sealed(vec![3])).await)).await;
        let all = world.read(work!([] |tx| keys::all(tx).await)).await;
        assert_eq!(all.into_iter().map(|key| key.sealed).collect::<Vec<_>>(), [Sealed(vec![3])]);
        world.write(work!([] |tx| {
            keys::set_fact(tx, "made.by", "demo").await?;
            keys::set_fact(tx, "made.by", "hand").await
        })).await;
        let fact = world.read(work!([] |tx| keys::fact(tx, "made.by").await)).await;
        assert_eq!(fact.as_deref(), Some("hand"));
    }

    async fn trust_is_kept_per_device(world: &World) {
        let house = House::build(world).await;
        let known = Trust {
            device_id: house.device.id, sha1: sha1(1), state: Trusted::Absent, since: NOW, checked_at: None, unwanted_at: None
        };
        let later = NOW.plus_seconds(1);
        let ours = Trust {
            state: Trusted::Ours, since: later, checked_at: Some(later), unwanted_at: Some(later), ..known.clone()
        };
        let (first, second) = (known, ours.clone());
        world.write(work!([first, second] |tx| {
            trust::put(tx, &first).await?;
            trust::put(tx, &second).await
        })).await;
        assert_eq!(world.read(work!([] |tx| trust::of_device(tx, &id(1)).await)).await, [ours]);
        assert_eq!(world.write(work!([] |tx| trust::forget(tx, &id(1)).await)).await, 1);
    }
}
