//! Opening and migrating.

use store::{DatabaseSettings, Error, Store, people};

use crate::{
    samples,
    world::{World, on_both, work},
};

on_both! {
    async fn migrating_again_changes_nothing(world: &World) {
        assert_eq!(world.store.pending_migrations().await.expect("an answer"), [""; 0]);
        world.write(work!([] |tx| people::insert(tx, &samples::person(1)).await)).await;
        world.store.migrate().await.expect("nothing is to be done");
        assert_eq!(world.read(work!([] |tx| people::count(tx).await)).await, 1);
    }

    async fn a_clock_is_told_where_there_is_another(world: &World) {
        let told = world.store.clock().await.expect("an answer");
        assert_eq!(told.is_none(), world.is_sqlite());
        assert!(told.is_none_or(|now| now.seconds() > 1_700_000_000));
    }
}

#[tokio::test]
async fn an_empty_database_names_what_is_pending() {
    for world in [World::empty_on_sqlite().await, World::empty_on_postgres().await] {
        let pending = world.store.pending_migrations().await.expect("an answer");
        assert_eq!(pending.first().map(String::as_str), Some("0001 first tables"));
        world.store.migrate().await.expect("migrations run");
        assert_eq!(
            world.store.pending_migrations().await.expect("an answer"),
            [""; 0]
        );
        world.end().await;
    }
}

#[tokio::test]
async fn a_database_of_a_newer_version_is_refused() {
    for world in [World::on_sqlite().await, World::on_postgres().await] {
        world
            .raw(
                "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
                 SELECT 9999, 'later', success, checksum, 0 FROM _sqlx_migrations WHERE version = 1",
            )
            .await;
        let refused = world.store.migrate().await;
        assert!(matches!(refused, Err(Error::Migration(_))), "{refused:?}");
        world.end().await;
    }
}

#[tokio::test]
async fn an_address_that_cant_be_used_is_refused() {
    for url in [
        "mysql://localhost/x",
        "sqlite:/no/such/folder/file.db",
        "postgres://[::bad",
    ] {
        let settings = DatabaseSettings {
            url: url.to_owned(),
            max_connections: 2,
        };
        let refused = Store::open(&settings).await.err();
        assert!(matches!(refused, Some(Error::Address(_))), "{url}: {refused:?}");
    }
}

#[tokio::test]
async fn a_servers_absence_is_no_other_error() {
    let settings = DatabaseSettings {
        url: "postgres://postgres@localhost/x?host=/no/such/folder".to_owned(),
        max_connections: 2,
    };
    let refused = Store::open(&settings).await.err();
    assert!(matches!(refused, Some(Error::Unavailable(_))), "{refused:?}");
}

#[cfg(unix)]
#[tokio::test]
async fn a_new_file_is_its_owners_alone() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("store.db");
    let settings = DatabaseSettings {
        url: format!("sqlite:{}", path.display()),
        max_connections: 2,
    };
    let store = Store::open(&settings).await.expect("it opens");
    store.migrate().await.expect("migrations run");
    for entry in folder.path().read_dir().expect("the folder is read") {
        let entry = entry.expect("an entry");
        let mode = entry.metadata().expect("its mode").permissions().mode();
        assert_eq!(mode & 0o077, 0, "{:?}", entry.path());
    }
}
