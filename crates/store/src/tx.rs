//! A transaction of either database, and the few ways to run a statement in it.

use sqlx::{Postgres, Sqlite, Transaction};

use crate::{
    error::{Error, Race},
    row::Row,
    value::Value,
};

/// A transaction. The first failed statement spoils it: what was done in it is never kept.
pub struct Tx {
    pub(crate) connection: Connection,
    pub(crate) failure: Option<Failure>,
}

/// The transaction itself. Dropped, it rolls back.
pub(crate) enum Connection {
    Sqlite(Transaction<'static, Sqlite>),
    Postgres(Transaction<'static, Postgres>),
}

/// Why a transaction is spoilt.
pub(crate) struct Failure {
    pub(crate) race: Option<Race>,
    pub(crate) detail: String,
}

/// Runs one text with the same parameters on whichever database it is: the one place where the two meet.
macro_rules! run {
    ($tx:expr, $sql:expr, $values:expr, $how:ident, $sqlite:expr, $postgres:expr) => {{
        let outcome = match &mut $tx.connection {
            Connection::Sqlite(transaction) => run!(@bound Sqlite, $sql, $values)
                .$how(&mut **transaction)
                .await
                .map($sqlite),
            Connection::Postgres(transaction) => run!(@bound Postgres, $sql, $values)
                .$how(&mut **transaction)
                .await
                .map($postgres),
        };
        outcome.map_err(|error| $tx.spoil(error))
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

impl Tx {
    pub(crate) fn new(connection: Connection) -> Self {
        Self {
            connection,
            failure: None,
        }
    }
    /// Runs a statement and says how many rows it changed.
    pub(crate) async fn execute(&mut self, sql: &'static str, values: Vec<Value>) -> Result<u64, Error> {
        run!(self, sql, values, execute, |done| done.rows_affected(), |done| {
            done.rows_affected()
        })
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
        run!(
            self,
            sql,
            values,
            fetch_all,
            |rows| rows.into_iter().map(Row::Sqlite).collect(),
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

    fn spoil(&mut self, error: sqlx::Error) -> Error {
        self.failure.get_or_insert(Failure {
            race: Race::of(&error),
            detail: error.to_string(),
        });
        Error::from(error)
    }
}
