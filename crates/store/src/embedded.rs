//! Statements on the connection that writes to SQLite, run by the thread that owns it.

use std::sync::Arc;

use rusqlite::{
    Connection, OpenFlags, Statement, ToSql,
    config::DbConfig,
    types::{ToSqlOutput, ValueRef},
};

use crate::{
    error::Error,
    row::{EmbeddedRow, Row},
    value::Value,
};

/// Statements that stay prepared: all that there are.
const PREPARED: usize = 512;

/// Opens a connection. `pragmas` are set in order.
pub(crate) fn open(path: &std::path::Path, pragmas: &[(&str, &str)]) -> Result<Connection, Error> {
    let flags =
        OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.set_prepared_statement_cache_capacity(PREPARED);
    // A plan never depends on the values: else a statement whose value might choose a partial index is prepared again
    // each time (SQLite, Query Planner Stability Guarantee).
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    for (name, value) in pragmas {
        // Some answer with the new value, some with nothing.
        connection
            .pragma_update_and_check(None, name, value, |_| Ok(()))
            .or_else(|error| match error {
                rusqlite::Error::QueryReturnedNoRows => Ok(()),
                error => Err(error),
            })?;
    }
    Ok(connection)
}

/// Runs a statement and says how many rows it changed.
pub(crate) fn execute(connection: &Connection, sql: &'static str, values: &[Value]) -> Result<u64, Error> {
    let mut statement = connection.prepare_cached(sql)?;
    bind(&mut statement, values)?;
    Ok(statement.raw_execute()? as u64)
}

/// All rows of a query.
pub(crate) fn rows(connection: &Connection, sql: &'static str, values: &[Value]) -> Result<Vec<Row>, Error> {
    let mut statement = connection.prepare_cached(sql)?;
    bind(&mut statement, values)?;
    let columns: Arc<[String]> = statement.column_names().into_iter().map(str::to_owned).collect();
    let mut found = Vec::new();
    let mut rows = statement.raw_query();
    while let Some(row) = rows.next()? {
        let values = (0..columns.len())
            .map(|index| row.get(index))
            .collect::<Result<Vec<rusqlite::types::Value>, _>>()?;
        found.push(Row::Embedded(EmbeddedRow {
            columns: columns.clone(),
            values,
        }));
    }
    Ok(found)
}

/// `$3` is the third value, wherever it stands: SQLite itself takes it for a name, and numbers names as they come.
fn bind(statement: &mut Statement<'_>, values: &[Value]) -> Result<(), Error> {
    let places: Vec<usize> = (1..=statement.parameter_count())
        .map(|index| place(statement.parameter_name(index)).ok_or(index))
        .collect::<Result<_, _>>()
        .map_err(|index| Error::Corrupt(format!("parameter {index} of a statement has no number")))?;
    for (index, place) in (1..).zip(places) {
        let value = values
            .get(place - 1)
            .ok_or_else(|| Error::Corrupt(format!("a statement without its value ${place}")))?;
        statement.raw_bind_parameter(index, value)?;
    }
    Ok(())
}

fn place(name: Option<&str>) -> Option<usize> {
    name?.strip_prefix('$')?.parse().ok().filter(|place| *place > 0)
}

impl ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Text(Some(text)) => ValueRef::Text(text.as_bytes()),
            Self::Integer(Some(number)) => ValueRef::Integer(*number),
            Self::Boolean(Some(claim)) => ValueRef::Integer(i64::from(*claim)),
            Self::Bytes(Some(octets)) => ValueRef::Blob(octets),
            Self::Text(None) | Self::Integer(None) | Self::Boolean(None) | Self::Bytes(None) => {
                ValueRef::Null
            }
        }))
    }
}
