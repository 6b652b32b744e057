//! What stood in the database of an earlier version stands there afterwards.

use std::{fs, path::Path};

use domain::{Timestamp, device::LeftHow, issuance::IssuanceState, scep_configuration::CertificateStore};
use store::issuances;

use crate::world::{World, work};

const ID: &str = "0193a000000070008000000000000001";
const WANTED: &str =
    r#"{"subject":"CN=a","sans":[],"key_usage_bits":160,"ekus":[],"key_length":null,"validity_seconds":1}"#;

/// Runs the migrations whose numbers are in the range, in their order, as files and not through the migrator.
async fn run(world: &World, from: u32, until: u32) {
    let kind = if world.is_sqlite() { "sqlite" } else { "postgres" };
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("migrations")
        .join(kind);
    let mut files: Vec<_> = fs::read_dir(folder)
        .expect("migrations")
        .map(|entry| entry.expect("an entry").path())
        .collect();
    files.sort();
    for file in files {
        let name = file.file_name().and_then(|name| name.to_str()).expect("a name");
        let number: u32 = name.split('_').next().and_then(|it| it.parse().ok()).expect(name);
        if (from..until).contains(&number) {
            world.raw(&fs::read_to_string(&file).expect("SQL")).await;
        }
    }
}

#[tokio::test]
async fn certificates_and_challenges_of_an_own_authority_move_along() {
    for world in [World::empty_on_sqlite().await, World::empty_on_postgres().await] {
        run(&world, 1, 13).await;
        let (key, der) = if world.is_sqlite() {
            ("x'01'", "x'3003'")
        } else {
            (r"'\x01'", r"'\x3003'")
        };
        world
            .raw(&format!(
                "INSERT INTO issuances (id, authority_id, serial, transaction_id, key_sha256, signer_sha256, owner_kind,
                 owner_id, wanted, public_key, not_before, not_after, state, certificate, requested_at, issued_at,
                 challenge_sha256) VALUES ('{ID}', '{ID}', '01', 't', 'k', 's', 'order', '{ID}', '{WANTED}', {key}, 0, 1,
                 'issued', {der}, 0, 0, 'hash')"
            ))
            .await;
        world
            .raw(&format!(
                "INSERT INTO one_time_challenges (sha256, authority_id, owner_kind, owner_id, wanted, created_at,
                 expires_at, validity_milliseconds) VALUES ('hash', '{ID}', 'order', '{ID}', '{WANTED}', 0, 1, 1)"
            ))
            .await;
        run(&world, 13, u32::MAX).await;
        let found = world
            .read(work!([] | tx | issuances::by_challenge(tx, "hash").await))
            .await
            .expect("it is found by its challenge");
        assert_eq!(found.certificate.as_deref(), Some([0x30, 0x03].as_slice()));
        assert_eq!(found.state, IssuanceState::Issued);
        assert_eq!(found.issued_at.map(Timestamp::milliseconds), Some(0));
        // The challenge is still there, and still spent: nothing more is issued for it.
        let authority = found.authority_id.clone();
        let kept = world
            .read(work!(
                [authority] | tx | store::one_time_challenges::by_key(tx, "hash", &authority).await
            ))
            .await;
        assert!(kept.is_some());
        let asked = issuances::Asked {
            id: domain::Id::new(found.requested_at, [1; 10]),
            authority_id: found.authority_id,
            challenge_key: "hash".to_owned(),
            serial: "02".to_owned(),
            transaction_id: "u".to_owned(),
            key_sha256: "k".to_owned(),
            signer_sha256: "s".to_owned(),
            public_key: vec![1],
            not_before: found.requested_at,
            not_after_at_most: found.not_after,
            state: found.state,
            now: found.requested_at,
        };
        let spent = world
            .write(work!([asked] | tx | issuances::spend(tx, &asked).await))
            .await;
        assert!(spent.is_none(), "a spent challenge was spent again");
        world.end().await;
    }
}

#[tokio::test]
async fn devices_that_left_before_were_their_users_doing() {
    for world in [World::empty_on_sqlite().await, World::empty_on_postgres().await] {
        run(&world, 1, 17).await;
        let device = |id: &str, left: &str| {
            format!(
                "INSERT INTO devices (id, name, windows_id, enrollment_type, search, is_polling_fast, enrolled_at,
                 last_seen_at, unenrolled_at) VALUES ('{id}', 'PC', '{id}', 'Full', 'pc', FALSE, 0, 0, {left})"
            )
        };
        let other = ID.replace('1', "2");
        world.raw(&device(ID, "7")).await;
        world.raw(&device(&other, "NULL")).await;
        run(&world, 17, u32::MAX).await;
        for (id, how) in [(ID.to_owned(), Some(LeftHow::User)), (other, None)] {
            let id = domain::Id::parse(&id).expect("an id");
            let device = world
                .read(work!([id] | tx | store::devices::by_id(tx, &id).await))
                .await
                .expect("the device");
            assert_eq!((device.left_how, device.removal), (how, None));
        }
        world.end().await;
    }
}

#[tokio::test]
async fn what_devices_hold_was_ordered_in_the_store_of_its_configuration() {
    for world in [World::empty_on_sqlite().await, World::empty_on_postgres().await] {
        run(&world, 1, 22).await;
        let empty = if world.is_sqlite() { "x''" } else { "''" };
        let [device, users, gone, unknown] = ["1", "2", "3", "4"].map(|digit| ID.replace('1', digit));
        world
            .raw(&format!(
                "INSERT INTO devices (id, name, windows_id, enrollment_type, search, is_polling_fast, enrolled_at,
                 last_seen_at) VALUES ('{ID}', 'PC', 'w', 'Full', 'pc', FALSE, 0, 0)"
            ))
            .await;
        world
            .raw(&format!(
                "INSERT INTO authorities (id, name, kind, scep_url, username, password, challenge_url,
                 is_plain_http_accepted, limits, capabilities, certificates, issuer_sha1, checked_at, health, created_at,
                 updated_at) VALUES ('{ID}', 'a', 'microsoft', '', '', {empty}, '', FALSE, '{{}}', '', '[]', '', 0, '{{}}',
                 0, 0)"
            ))
            .await;
        for (id, store) in [(&device, "device"), (&users, "user")] {
            let settings = format!(r#"{{"subject":"CN=\"store\":\"user\"","store":"{store}"}}"#);
            world
                .raw(&format!(
                    "INSERT INTO configurations (id, name, description, authority_id, settings, version, created_at,
                     updated_at) VALUES ('{id}', '{store}', '', '{ID}', '{settings}', 1, 0, 0)"
                ))
                .await;
        }
        for (id, configuration, is_on_device) in [
            (&device, &device, "TRUE"),
            (&users, &users, "TRUE"),
            (&gone, &users, "FALSE"),
            (&unknown, &unknown, "TRUE"),
        ] {
            world
                .raw(&format!(
                    "INSERT INTO deliveries (id, device_id, configuration_id, configuration_version, authority_id, attempt,
                     is_current, state, state_values, subject, sans, is_on_device, not_before, created_at, updated_at)
                     VALUES ('{id}', '{ID}', '{configuration}', 1, '{ID}', 1, FALSE, 'removed',
                     '{{\"state\":\"removed\"}}', '', '', {is_on_device}, 0, 0, 0)"
                ))
                .await;
        }
        run(&world, 22, u32::MAX).await;
        for (id, store) in [
            (device, Some(CertificateStore::Device)),
            (users, Some(CertificateStore::User)),
            (gone, None),
            (unknown, None),
        ] {
            let id = domain::Id::parse(&id).expect("an id");
            let delivery = world
                .read(work!([id] | tx | store::deliveries::by_id(tx, &id).await))
                .await
                .expect("the delivery");
            assert_eq!((delivery.store, delivery.checked_at), (store, None));
        }
        world.end().await;
    }
}
