//! A transaction of either database, and the few ways to run a statement in it.

use std::sync::Arc;

use sqlx::{Postgres, Sqlite, Transaction};

use crate::{
    embedded,
    error::{Error, Race},
    meter::{self, Meter},
    row::Row,
    value::Value,
};

/// A transaction. The first failed statement spoils it: what was done in it is never kept.
pub struct Tx {
    pub(crate) connection: Connection,
    pub(crate) failure: Option<Failure>,
    pub(crate) meter: Arc<Meter>,
    /// Whether it may read alone.
    is_reading: bool,
}

/// The transaction itself. Dropped, it rolls back.
pub(crate) enum Connection {
    /// One that reads.
    Sqlite(Transaction<'static, Sqlite>),
    /// The one that writes, in the writer's thread, which begins and ends its transactions.
    Embedded(rusqlite::Connection),
    Postgres(Transaction<'static, Postgres>),
}

/// Why a transaction is spoilt.
pub(crate) struct Failure {
    pub(crate) race: Option<Race>,
    pub(crate) detail: String,
}

/// Runs one text with the same parameters on whichever database it is: the one place where the two meet.
macro_rules! run {
    ($tx:expr, $sql:expr, $values:expr, $how:ident, $sqlite:expr, $embedded:path, $postgres:expr) => {{
        let outcome = match &mut $tx.connection {
            Connection::Sqlite(transaction) => run!(@bound Sqlite, $sql, $values)
                .$how(&mut **transaction)
                .await
                .map($sqlite)
                .map_err(Failure::of),
            Connection::Embedded(connection) => $embedded(connection, $sql, &$values).map_err(|error| (None, error)),
            Connection::Postgres(transaction) => run!(@bound Postgres, $sql, $values)
                .$how(&mut **transaction)
                .await
                .map($postgres)
                .map_err(Failure::of),
        };
        outcome.map_err(|(race, error)| $tx.spoil(race, error))
    }};
    (@bound $database:ty, $sql:expr, $values:expr) => {
        $values.into_iter().fold(sqlx::query::<$database>($sql), |query, value| match value {
            Value::Text(value) => query.bind(value),
            Value::Integer(value) => query.bind(value),
            Value::Boolean(value) => query.bind(value),
            Value::Bytes(value) => query.bind(value),
        })
    };
}

impl Failure {
    /// What a driver's error means, and whether it is a lost race.
    fn of(error: sqlx::Error) -> (Option<Race>, Error) {
        (Race::of(&error), Error::from(error))
    }
}

impl Tx {
    /// One that writes.
    pub(crate) fn new(connection: Connection, meter: Arc<Meter>) -> Self {
        Self {
            connection,
            failure: None,
            meter,
            is_reading: false,
        }
    }
    /// One that reads: a statement that writes never reaches the database.
    pub(crate) fn reading(connection: Connection, meter: Arc<Meter>) -> Self {
        meter.read_transaction();
        Self {
            is_reading: true,
            ..Self::new(connection, meter)
        }
    }
    /// Runs a statement and says how many rows it changed.
    pub(crate) async fn execute(&mut self, sql: &'static str, values: Vec<Value>) -> Result<u64, Error> {
        self.admit(sql)?;
        run!(
            self,
            sql,
            values,
            execute,
            |done| done.rows_affected(),
            embedded::execute,
            |done| done.rows_affected()
        )
    }
    /// Runs a statement that must change a row.
    pub(crate) async fn change(
        &mut self,
        table: &'static str,
        sql: &'static str,
        values: Vec<Value>,
    ) -> Result<(), Error> {
        match self.execute(sql, values).await? {
            0 => Err(Error::NotFound(table)),
            _ => Ok(()),
        }
    }
    /// All rows of a query.
    pub(crate) async fn rows(&mut self, sql: &'static str, values: Vec<Value>) -> Result<Vec<Row>, Error> {
        self.admit(sql)?;
        run!(
            self,
            sql,
            values,
            fetch_all,
            |rows| rows.into_iter().map(Row::Sqlite).collect(),
            embedded::rows,
            |rows| rows.into_iter().map(Row::Postgres).collect()
        )
    }
    /// All rows of a query, read.
    pub(crate) async fn all<T>(
        &mut self,
        sql: &'static str,
        values: Vec<Value>,
        read: fn(&Row) -> Result<T, Error>,
    ) -> Result<Vec<T>, Error> {
        self.rows(sql, values).await?.iter().map(read).collect()
    }
    /// The first row of a query, read.
    pub(crate) async fn first<T>(
        &mut self,
        sql: &'static str,
        values: Vec<Value>,
        read: fn(&Row) -> Result<T, Error>,
    ) -> Result<Option<T>, Error> {
        // All rows are fetched: a statement with RETURNING is run to its end in SQLite too.
        self.rows(sql, values).await?.first().map(read).transpose()
    }
    /// A number from a query that always gives one row, in its column `n`.
    pub(crate) async fn number(&mut self, sql: &'static str, values: Vec<Value>) -> Result<i64, Error> {
        let number = self.first(sql, values, |row| row.read("n")).await?;
        number.ok_or_else(|| Error::Corrupt("a count without a row".to_owned()))
    }

    /// Whether the writer's connection stands in a transaction.
    pub(crate) fn is_open(&self) -> bool {
        match &self.connection {
            Connection::Embedded(connection) => !connection.is_autocommit(),
            Connection::Sqlite(_) | Connection::Postgres(_) => true,
        }
    }

    /// Counts a statement, and refuses one that writes where nothing may be written.
    fn admit(&mut self, sql: &'static str) -> Result<(), Error> {
        let only_reads = meter::is_reading(sql);
        if self.is_reading && !only_reads {
            return Err(self.spoil(None, Error::ReadOnly));
        }
        self.meter.statement(only_reads);
        Ok(())
    }

    fn spoil(&mut self, race: Option<Race>, error: Error) -> Error {
        self.failure.get_or_insert(Failure {
            race,
            detail: error.to_string(),
        });
        error
    }
}
