//! A fresh database of either sort, and the macro that runs a test on both.

use std::sync::atomic::{AtomicU32, Ordering};

use sqlx::{Connection, Executor};
use store::{BoxFuture, DatabaseSettings, Error, Store, Tx};
use tempfile::TempDir;

use crate::postgres::Server;

/// A migrated database of its own.
pub struct World {
    pub store: Store,
    pub settings: DatabaseSettings,
    kind: Kind,
}

enum Kind {
    Sqlite(#[allow(dead_code)] TempDir),
    Postgres(String),
}

impl World {
    pub async fn on_sqlite() -> Self {
        let world = Self::empty_on_sqlite().await;
        world.store.migrate().await.expect("migrations run");
        world
    }
    pub async fn on_postgres() -> Self {
        let world = Self::empty_on_postgres().await;
        world.store.migrate().await.expect("migrations run");
        world
    }
    pub async fn empty_on_sqlite() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let url = format!("sqlite:{}/store.db", folder.path().display());
        Self::opened(url, Kind::Sqlite(folder)).await
    }
    pub async fn empty_on_postgres() -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let name = format!("sceau_{}_{number}", std::process::id());
        raw(
            &Server::shared().url("postgres"),
            &format!("CREATE DATABASE {name}"),
        )
        .await;
        Self::opened(Server::shared().url(&name), Kind::Postgres(name)).await
    }
    async fn opened(url: String, kind: Kind) -> Self {
        let settings = DatabaseSettings {
            url,
            max_connections: 8,
        };
        let store = Store::open(&settings).await.expect("the database opens");
        Self {
            store,
            settings,
            kind,
        }
    }

    pub fn is_sqlite(&self) -> bool {
        matches!(self.kind, Kind::Sqlite(_))
    }
    /// Runs a statement behind the store's back.
    pub async fn raw(&self, sql: &str) {
        raw(&self.settings.url, sql).await;
    }
    /// Writes and expects it to be kept.
    pub async fn write<T, F>(&self, work: F) -> T
    where
        F: for<'t> FnMut(&'t mut Tx) -> BoxFuture<'t, Result<T, Error>> + Send + 'static,
        T: Send + 'static,
    {
        self.store.write(work).await.expect("the write is kept")
    }
    /// Reads and expects an answer.
    pub async fn read<T, F>(&self, work: F) -> T
    where
        F: for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Result<T, Error>>,
    {
        self.store.read(work).await.expect("the read is answered")
    }
    pub async fn end(self) {
        self.store.close().await;
        if let Kind::Postgres(name) = &self.kind {
            let drop = format!("DROP DATABASE {name} WITH (FORCE)");
            raw(&Server::shared().url("postgres"), &drop).await;
        }
    }
}

async fn raw(url: &str, sql: &str) {
    let sql = sqlx::AssertSqlSafe(sql.to_owned());
    if url.starts_with("sqlite:") {
        let mut connection = sqlx::SqliteConnection::connect(url).await.expect("a connection");
        connection.execute(sql).await.expect("the statement runs");
        connection.close().await.expect("it closes");
    } else {
        let mut connection = sqlx::PgConnection::connect(url).await.expect("a connection");
        connection.execute(sql).await.expect("the statement runs");
        connection.close().await.expect("it closes");
    }
}

/// Runs each test on both databases.
macro_rules! on_both {
    ($(async fn $name:ident($world:ident: &World) $body:block)*) => {
        $(mod $name {
            #[allow(unused_imports)]
            use super::*;
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn on_sqlite() {
                run($crate::world::World::on_sqlite().await).await;
            }
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn on_postgres() {
                run($crate::world::World::on_postgres().await).await;
            }
            async fn run(world: $crate::world::World) {
                test(&world).await;
                world.end().await;
            }
            async fn test($world: &$crate::world::World) $body
        })*
    };
}
pub(crate) use on_both;

/// A closure for a transaction, with clones of what it uses.
macro_rules! work {
    ([$($name:ident),* $(,)?] |$tx:ident| $body:expr) => {{
        $(let $name = $name.clone();)*
        move |$tx: &mut store::Tx| -> store::BoxFuture<'_, Result<_, store::Error>> {
            $(let $name = $name.clone();)*
            Box::pin(async move { $body })
        }
    }};
}
pub(crate) use work;
