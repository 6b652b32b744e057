//! Directories, what comes from them, and whom they refused.

use domain::{
    Sealed, Timestamp,
    directory::{
        Directory, DirectoryKind, GroupLink, PersonLink, Reading, ReadingOutcome, Refused, Settings, State,
    },
    group::Of,
};
use store::{directories, groups, jobs, people};

use crate::{
    samples::{self, id},
    world::{on_both, work},
};

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_seconds(seconds)
}

fn directory(n: i64) -> Directory {
    Directory {
        id: id(n),
        name: format!("Directory {n}"),
        settings: Settings {
            kind: DirectoryKind::ActiveDirectory,
            addresses: vec!["ldaps://dc1.example.com".to_owned()],
            trust_pem: Some("PEM".to_owned()),
            bind_dn: "cn=reader".to_owned(),
            base_dn: "dc=example".to_owned(),
            user_filter: "(objectClass=user)".to_owned(),
            group_filter: String::new(),
            mapping: [("custom.badge".to_owned(), "employeeNumber".to_owned())].into(),
            read_minutes: 60,
            adopts: true,
            is_enabled: true,
        },
        bind_password: Sealed(vec![0, 1, 255]),
        state: State::default(),
        created_at: at(1),
        updated_at: at(2),
    }
}

fn person_link(n: i64, directory: i64) -> PersonLink {
    PersonLink {
        person_id: id(n),
        directory_id: id(directory),
        external_id: format!("guid-{n}"),
        dn: format!("cn={n}"),
        fields: vec!["email".to_owned(), "custom.badge".to_owned()],
        is_disabled: n == 2,
        gone_at: None,
    }
}

on_both! {
    async fn directories_come_back(world: &World) {
        let (one, other) = (directory(1), directory(2));
        let (first, second) = (one.clone(), other.clone());
        world.write(work!([first, second] |tx| {
            directories::insert(tx, &second).await?;
            directories::insert(tx, &first).await
        })).await;
        assert_eq!(world.read(work!([] |tx| directories::all(tx).await)).await, [one.clone(), other.clone()]);
        let state = State {
            is_sign_in_stopped: true,
            last: Some(Reading { outcome: ReadingOutcome::Held, gone: 3, ..Reading::default() }),
            failures: 2,
            ..State::default()
        };
        let written = state.clone();
        world.write(work!([written] |tx| directories::set_state(tx, &id(1), &written).await)).await;
        let found = world.read(work!([] |tx| directories::by_id(tx, &id(1)).await)).await;
        assert_eq!(found, Some(Directory { state, ..one }));
        let renamed = Directory { name: "Another".to_owned(), ..other.clone() };
        let written = renamed.clone();
        world.write(work!([written] |tx| directories::update(tx, &written).await)).await;
        assert_eq!(world.read(work!([] |tx| directories::by_id(tx, &id(2)).await)).await, Some(renamed));
        let twin = Directory { id: id(3), name: "Another".to_owned(), ..other };
        let twice: Result<(), store::Error> =
            world.store.write(work!([twin] |tx| directories::insert(tx, &twin).await)).await;
        assert!(twice.is_err(), "two of one name");
    }

    async fn people_and_groups_are_tied_to_entries_and_stay_when_the_directory_goes(world: &World) {
        world.write(work!([] |tx| {
            directories::insert(tx, &directory(1)).await?;
            for n in [1, 2] {
                people::insert(tx, &samples::person(n)).await?;
                directories::link_person(tx, &person_link(n, 1)).await?;
            }
            groups::insert(tx, &samples::group(5, Of::People)).await?;
            let link = GroupLink { group_id: id(5), directory_id: id(1), external_id: "g".to_owned(), gone_at: None };
            directories::link_group(tx, &link).await
        })).await;
        let all = world.read(work!([] |tx| directories::people(tx, &id(1)).await)).await;
        assert_eq!(all, [person_link(1, 1), person_link(2, 1)]);
        let found = world.read(work!([] |tx| directories::person_of(tx, &id(1), "guid-2").await)).await;
        assert_eq!(found, Some(person_link(2, 1)));
        assert_eq!(world.read(work!([] |tx| directories::person_of(tx, &id(2), "guid-2").await)).await, None);
        let gone = PersonLink { gone_at: Some(at(9)), ..person_link(1, 1) };
        let written = gone.clone();
        world.write(work!([written] |tx| directories::relink_person(tx, &written).await)).await;
        assert_eq!(world.read(work!([] |tx| directories::person_link(tx, &id(1)).await)).await, Some(gone));
        let tied = GroupLink { group_id: id(5), directory_id: id(1), external_id: "g".to_owned(), gone_at: Some(at(3)) };
        let written = tied.clone();
        world.write(work!([written] |tx| directories::relink_group(tx, &written).await)).await;
        assert_eq!(world.read(work!([] |tx| directories::groups(tx, &id(1)).await)).await, std::slice::from_ref(&tied));
        assert_eq!(world.read(work!([] |tx| directories::group_link(tx, &id(5)).await)).await, Some(tied));
        let twice: Result<(), store::Error> = world.store.write(work!([] |tx| {
            people::insert(tx, &samples::person(3)).await?;
            directories::link_person(tx, &PersonLink { external_id: "guid-2".to_owned(), ..person_link(3, 1) }).await
        })).await;
        assert!(twice.is_err(), "one entry is one person");
        world.write(work!([] |tx| directories::delete(tx, &id(1)).await)).await;
        assert_eq!(world.read(work!([] |tx| directories::person_link(tx, &id(2)).await)).await, None);
        assert!(world.read(work!([] |tx| people::by_id(tx, &id(2)).await)).await.is_some());
        assert!(world.read(work!([] |tx| groups::by_id(tx, &id(5)).await)).await.is_some());
    }

    async fn the_newest_refusals_are_kept(world: &World) {
        world.write(work!([] |tx| {
            for n in [1, 2] {
                directories::insert(tx, &directory(n)).await?;
            }
            for n in 1..=5_u8 {
                for (of, salt) in [(1, 0_u8), (2, 100)] {
                    let refused = Refused {
                        at: at(n.into()),
                        username: format!("u{n}"),
                        key: "k".to_owned(),
                        detail: "d".to_owned(),
                    };
                    directories::note_refusal(tx, &id(of), &refused, [n + salt; 10], 3).await?;
                }
            }
            Ok(())
        })).await;
        let names: Vec<String> = world.read(work!([] |tx| directories::refusals(tx, &id(1)).await)).await
            .into_iter().map(|refused| refused.username).collect();
        assert_eq!(names, ["u5", "u4", "u3"]);
    }

    async fn directories_that_nobody_is_to_read_are_found(world: &World) {
        world.write(work!([] |tx| {
            for n in [1, 2] {
                directories::insert(tx, &directory(n)).await?;
            }
            let job = jobs::Job {
                id: id(7),
                kind: "read_directory".to_owned(),
                about: id::<Directory>(1).to_string(),
                payload: String::new(),
                run_at: at(1),
                created_at: at(1),
            };
            jobs::enqueue(tx, &job).await
        })).await;
        let found = world.read(work!([] |tx| directories::without_job(tx, "read_directory").await)).await;
        assert_eq!(found, [id(2)]);
    }
}
