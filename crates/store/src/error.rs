//! What can go wrong below the domain.

use thiserror::Error as ThisError;

/// An error of the database, sorted by what a caller can do about it.
#[derive(Debug, ThisError)]
pub enum Error {
    /// What was to be changed isn't there.
    #[error("there is no such row in {0}")]
    NotFound(&'static str),
    /// A row with the same unique value stands already.
    #[error("such a row exists already: {0}")]
    Conflict(String),
    /// The row refers to one that isn't there, or others still refer to it.
    #[error("a reference between rows stands in the way: {0}")]
    Reference(String),
    /// The job was claimed by another since: its result is refused.
    #[error("the lease of this job was lost")]
    LeaseLost,
    /// The database can't be reached or is too busy; the same again may work.
    #[error("the database is unavailable: {0}")]
    Unavailable(String),
    /// What stands in the database can't be read.
    #[error("the database holds something that can't be read: {0}")]
    Corrupt(String),
    /// The database's address can't be used.
    #[error("database address: {0}")]
    Address(String),
    /// A migration failed, or the database was made by a newer version.
    #[error("migration: {0}")]
    Migration(#[from] sqlx::migrate::MigrateError),
    /// A transaction that reads wanted to write.
    #[error("this transaction reads only")]
    ReadOnly,
    /// A statement failed inside a transaction that wanted to go on; nothing was kept.
    #[error("a failed statement was passed over: {0}")]
    PassedOver(String),
    /// The transaction's own code panicked; nothing was kept.
    #[error("the transaction broke off")]
    BrokeOff,
    /// Anything else.
    #[error("database: {0}")]
    Database(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        use sqlx::error::ErrorKind;
        match &error {
            sqlx::Error::Database(told) => match told.kind() {
                ErrorKind::UniqueViolation => Self::Conflict(told.message().to_owned()),
                ErrorKind::ForeignKeyViolation => Self::Reference(told.message().to_owned()),
                _ if Race::of(&error).is_some() || is_passing(told.code().as_deref()) => {
                    Self::Unavailable(told.message().to_owned())
                }
                _ => Self::Database(Box::new(error)),
            },
            sqlx::Error::Io(_)
            | sqlx::Error::PoolTimedOut
            | sqlx::Error::PoolClosed
            | sqlx::Error::WorkerCrashed => Self::Unavailable(error.to_string()),
            sqlx::Error::ColumnDecode { .. } | sqlx::Error::Decode(_) => Self::Corrupt(error.to_string()),
            _ => Self::Database(Box::new(error)),
        }
    }
}

impl From<rusqlite::Error> for Error {
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::ffi::{
            SQLITE_CONSTRAINT_FOREIGNKEY, SQLITE_CONSTRAINT_PRIMARYKEY, SQLITE_CONSTRAINT_UNIQUE,
        };
        let Some(told) = error.sqlite_error() else {
            return Self::Database(Box::new(error));
        };
        match told.extended_code {
            SQLITE_CONSTRAINT_UNIQUE | SQLITE_CONSTRAINT_PRIMARYKEY => Self::Conflict(error.to_string()),
            SQLITE_CONSTRAINT_FOREIGNKEY => Self::Reference(error.to_string()),
            code if is_passing(Some(&code.to_string())) => Self::Unavailable(error.to_string()),
            _ => Self::Database(Box::new(error)),
        }
    }
}

/// SQLite's busy and locked with their extended codes, and PostgreSQL's classes of connections, resources
/// and shutdown.
fn is_passing(code: Option<&str>) -> bool {
    let code = code.unwrap_or_default();
    let sqlite = code.parse::<i64>().is_ok_and(|code| matches!(code & 0xff, 5 | 6)) && code.len() < 5;
    sqlite
        || ["08", "53", "57"]
            .iter()
            .any(|class| code.len() == 5 && code.starts_with(class))
}

/// A race that PostgreSQL let another transaction win.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Race {
    /// 40001 and 40P01: the same again will do.
    Serialization,
    /// 23505: under SERIALIZABLE it may stand for a race, or be the truth.
    Unique,
}

impl Race {
    pub(crate) fn of(error: &sqlx::Error) -> Option<Self> {
        let sqlx::Error::Database(told) = error else {
            return None;
        };
        match told.code().as_deref() {
            Some("40001" | "40P01") => Some(Self::Serialization),
            Some("23505") => Some(Self::Unique),
            _ => None,
        }
    }
}
