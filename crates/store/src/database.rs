//! The database: opening, migrating, reading and writing.

use std::{future::Future, path::Path, pin::Pin, str::FromStr, sync::Arc, time::Duration};

use domain::Timestamp;
use sqlx::{
    ConnectOptions as _, Connection as _, PgPool, SqlitePool,
    migrate::{Migrate, Migrator},
    postgres::{PgConnectOptions, PgPoolOptions},
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};

use crate::{
    embedded,
    error::Error,
    meter::{Meter, Statements},
    serializable,
    tx::{Connection, Tx},
    writer::Writer,
};

/// Memory for pages of the connection that writes: indexes over random keys touch a page each, and with SQLite's
/// usual 2 MiB most of them would be read again. Negative numbers are KiB (SQLite, PRAGMA cache_size).
const CACHE_KIB: &str = "-16384";
/// How long a connection waits for another that writes.
const PATIENCE: Duration = Duration::from_secs(10);
/// Pages of 4 KiB in the log before they are written back: 32 MiB.
const CHECKPOINT_PAGES: &str = "8000";

static SQLITE: Migrator = sqlx::migrate!("./migrations/sqlite");
static POSTGRES: Migrator = sqlx::migrate!("./migrations/postgres");

/// A future of a transaction's closure.
pub type BoxFuture<'t, T> = Pin<Box<dyn Future<Output = T> + Send + 't>>;

/// Where the database is.
#[derive(Clone, Debug)]
pub struct DatabaseSettings {
    /// `sqlite:/path/file.db` or `postgres://…`.
    pub url: String,
    /// How many connections to hold at most; SQLite has one more, which writes.
    pub max_connections: u32,
}

/// The database. Clones share it.
#[derive(Clone)]
pub struct Store {
    pub(crate) backend: Backend,
    pub(crate) meter: Arc<Meter>,
}

#[derive(Clone)]
pub(crate) enum Backend {
    Sqlite {
        readers: SqlitePool,
        writer: Writer,
        /// How a connection for migrations is opened.
        options: Box<SqliteConnectOptions>,
    },
    Postgres(PgPool),
}

impl Store {
    /// Opens the database; a SQLite file is made when there is none. Nothing is migrated.
    pub async fn open(settings: &DatabaseSettings) -> Result<Self, Error> {
        let meter = Arc::new(Meter::default());
        let backend = if settings.url.starts_with("sqlite:") {
            open_sqlite(settings, meter.clone()).await?
        } else if settings.url.starts_with("postgres:") || settings.url.starts_with("postgresql:") {
            open_postgres(settings).await?
        } else {
            return Err(Error::Address("it begins with sqlite: or postgres:".to_owned()));
        };
        Ok(Self { backend, meter })
    }

    /// Brings the tables up to this version.
    pub async fn migrate(&self) -> Result<(), Error> {
        match &self.backend {
            Backend::Sqlite { options, .. } => {
                let mut connection = options.connect().await?;
                SQLITE.run(&mut connection).await?;
                connection.close().await?;
            }
            Backend::Postgres(pool) => POSTGRES.run(pool).await?,
        }
        Ok(())
    }

    /// What [`Store::migrate`] would do, by name.
    pub async fn pending_migrations(&self) -> Result<Vec<String>, Error> {
        match &self.backend {
            Backend::Sqlite { options, .. } => pending(&SQLITE, &mut options.connect().await?).await,
            Backend::Postgres(pool) => pending(&POSTGRES, &mut *pool.acquire().await?).await,
        }
    }

    /// Runs the closure in a transaction and keeps all of its work or none. It may be run again, so it
    /// touches nothing but the transaction, and it must pass a failed statement's error on. Once it was polled,
    /// dropping the returned future doesn't stop it.
    pub async fn write<T, E, F>(&self, work: F) -> Result<T, E>
    where
        F: for<'t> FnMut(&'t mut Tx) -> BoxFuture<'t, Result<T, E>> + Send + 'static,
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        match &self.backend {
            Backend::Sqlite { writer, .. } => writer.write(work).await,
            Backend::Postgres(pool) => {
                let (pool, meter) = (pool.clone(), self.meter.clone());
                let task = tokio::spawn(async move { serializable::write(&pool, &meter, work).await });
                task.await.unwrap_or_else(|_| Err(Error::BrokeOff.into()))
            }
        }
    }

    /// Runs the closure on one snapshot; it can't write ([`Error::ReadOnly`]).
    pub async fn read<T, E, F>(&self, work: F) -> Result<T, E>
    where
        F: for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Result<T, E>>,
        E: From<Error>,
    {
        let connection = match &self.backend {
            Backend::Sqlite { readers, .. } => readers.begin().await.map(Connection::Sqlite),
            Backend::Postgres(pool) => pool
                .begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
                .await
                .map(Connection::Postgres),
        };
        let mut tx = Tx::reading(connection.map_err(Error::from)?, self.meter.clone());
        work(&mut tx).await
    }

    /// What this store, with its clones, has asked of the database.
    pub fn statements(&self) -> Statements {
        self.meter.statements()
    }

    /// Whether the database is a file of this process's own: there is no other node.
    pub fn is_embedded(&self) -> bool {
        matches!(self.backend, Backend::Sqlite { .. })
    }

    /// The database server's clock; none where the file is on this machine.
    pub async fn clock(&self) -> Result<Option<Timestamp>, Error> {
        let Backend::Postgres(pool) = &self.backend else {
            return Ok(None);
        };
        let milliseconds =
            sqlx::query_scalar("SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)")
                .fetch_one(pool)
                .await?;
        Ok(Some(Timestamp::from_milliseconds(milliseconds)))
    }

    /// Waits for what is being written and closes every connection.
    pub async fn close(&self) {
        match &self.backend {
            Backend::Sqlite { readers, writer, .. } => {
                readers.close().await;
                writer.close().await;
            }
            Backend::Postgres(pool) => pool.close().await,
        }
    }
}

async fn open_sqlite(settings: &DatabaseSettings, meter: Arc<Meter>) -> Result<Backend, Error> {
    let options = SqliteConnectOptions::from_str(&settings.url)
        .map_err(|error| Error::Address(error.to_string()))?
        .create_if_missing(true)
        .foreign_keys(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .busy_timeout(PATIENCE);
    keep_private(options.get_filename())?;
    let connection = embedded::open(
        options.get_filename(),
        &[
            ("busy_timeout", &PATIENCE.as_millis().to_string()),
            ("journal_mode", "wal"),
            ("synchronous", "full"),
            ("foreign_keys", "on"),
            ("wal_autocheckpoint", CHECKPOINT_PAGES),
            ("cache_size", CACHE_KIB),
        ],
    )?;
    let readers = SqlitePoolOptions::new()
        .max_connections(settings.max_connections.max(1))
        .connect_with(
            options
                .clone()
                .create_if_missing(false)
                .pragma("query_only", "on"),
        )
        .await?;
    Ok(Backend::Sqlite {
        writer: Writer::start(connection, meter)?,
        readers,
        options: Box::new(options),
    })
}

/// A new file is readable by its owner alone: it holds hashes of passwords. SQLite gives its companions
/// the same mode.
fn keep_private(path: &Path) -> Result<(), Error> {
    let mut options = std::fs::OpenOptions::new();
    options.create(true).append(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Ok(_) => Ok(()),
        Err(error) => Err(Error::Address(format!("{}: {error}", path.display()))),
    }
}

async fn open_postgres(settings: &DatabaseSettings) -> Result<Backend, Error> {
    let options =
        PgConnectOptions::from_str(&settings.url).map_err(|error| Error::Address(error.to_string()))?;
    let pool = PgPoolOptions::new()
        // Two at least: one transaction may wait for another's row.
        .max_connections(settings.max_connections.max(2))
        .connect_with(options.application_name("sceau"))
        .await?;
    Ok(Backend::Postgres(pool))
}

async fn pending<C>(migrator: &Migrator, connection: &mut C) -> Result<Vec<String>, Error>
where
    C: sqlx::Connection + Migrate,
{
    connection.ping().await?;
    connection.ensure_migrations_table(&migrator.table_name).await?;
    let applied = connection.list_applied_migrations(&migrator.table_name).await?;
    Ok(migrator
        .iter()
        .filter(|known| !applied.iter().any(|done| done.version == known.version))
        .map(|known| format!("{:04} {}", known.version, known.description))
        .collect())
}
