//! What comes out of a statement, by column name.

use std::sync::Arc;

use domain::{Id, Sealed, Timestamp, thumbprint::Sha1};
use rusqlite::types::FromSql;
use serde::de::DeserializeOwned;
use sqlx::{Decode, Postgres, Row as _, Sqlite, Type, postgres::PgRow, sqlite::SqliteRow};

use crate::error::Error;

/// A row of either database.
pub(crate) enum Row {
    Sqlite(SqliteRow),
    Embedded(EmbeddedRow),
    Postgres(PgRow),
}

/// A row that the writer's thread read.
pub(crate) struct EmbeddedRow {
    pub(crate) columns: Arc<[String]>,
    pub(crate) values: Vec<rusqlite::types::Value>,
}

impl EmbeddedRow {
    fn get<T: FromSql>(&self, column: &'static str) -> Result<T, Error> {
        let found = self.columns.iter().position(|name| name == column);
        let value = found.and_then(|index| self.values.get(index));
        let value = value.ok_or_else(|| Error::Corrupt(format!("there is no column {column}")))?;
        T::column_result(value.into()).map_err(|error| Error::Corrupt(format!("{column}: {error}")))
    }
}

/// A shape that every driver reads.
pub(crate) trait Shape:
    for<'r> Decode<'r, Sqlite> + Type<Sqlite> + for<'r> Decode<'r, Postgres> + Type<Postgres> + FromSql
{
}
impl<T> Shape for T where
    T: for<'r> Decode<'r, Sqlite> + Type<Sqlite> + for<'r> Decode<'r, Postgres> + Type<Postgres> + FromSql
{
}

impl Row {
    /// Reads a column as the type that is wanted.
    pub(crate) fn read<T: Column>(&self, column: &'static str) -> Result<T, Error> {
        T::read(self, column)
    }
    /// Reads a nested value of the domain.
    pub(crate) fn json<T: DeserializeOwned>(&self, column: &'static str) -> Result<T, Error> {
        let text: String = self.read(column)?;
        serde_json::from_str(&text).map_err(|error| Error::Corrupt(format!("{column}: {error}")))
    }
    /// Reads a nested value of the domain that may be missing.
    pub(crate) fn json_or_none<T: DeserializeOwned>(&self, column: &'static str) -> Result<Option<T>, Error> {
        let text: Option<String> = self.read(column)?;
        text.map(|text| {
            serde_json::from_str(&text).map_err(|error| Error::Corrupt(format!("{column}: {error}")))
        })
        .transpose()
    }
    /// Reads a unit variant by its serde name.
    pub(crate) fn word<T: DeserializeOwned>(&self, column: &'static str) -> Result<T, Error> {
        let text: String = self.read(column)?;
        serde_json::from_value(serde_json::Value::String(text)).map_err(|_| unreadable(column))
    }
    /// Reads a unit variant that may be missing.
    pub(crate) fn word_or_none<T: DeserializeOwned>(&self, column: &'static str) -> Result<Option<T>, Error> {
        let text: Option<String> = self.read(column)?;
        text.map(|text| {
            serde_json::from_value(serde_json::Value::String(text)).map_err(|_| unreadable(column))
        })
        .transpose()
    }
    /// Reads several octet strings.
    pub(crate) fn hex_list(&self, column: &'static str) -> Result<Vec<Vec<u8>>, Error> {
        let texts: Vec<String> = self.json(column)?;
        texts
            .iter()
            .map(|text| octets(text).ok_or_else(|| unreadable(column)))
            .collect()
    }
    fn raw<T: Shape>(&self, column: &'static str) -> Result<T, Error> {
        match self {
            Self::Sqlite(row) => Ok(row.try_get(column)?),
            Self::Embedded(row) => row.get(column),
            Self::Postgres(row) => Ok(row.try_get(column)?),
        }
    }
}

/// A type that a column can hold.
pub(crate) trait Column: Sized {
    /// The shape as stored.
    type Stored: Shape;
    /// None when the stored value can't be one.
    fn from_stored(stored: Self::Stored) -> Option<Self>;
    fn read(row: &Row, column: &'static str) -> Result<Self, Error> {
        Self::from_stored(row.raw(column)?).ok_or_else(|| unreadable(column))
    }
}

impl<T: Column> Column for Option<T>
where
    Option<T::Stored>: Shape,
{
    type Stored = Option<T::Stored>;
    fn from_stored(stored: Self::Stored) -> Option<Self> {
        match stored {
            Some(stored) => T::from_stored(stored).map(Some),
            None => Some(None),
        }
    }
}

macro_rules! column {
    ($type:ty, $stored:ty, $value:ident => $read:expr) => {
        impl Column for $type {
            type Stored = $stored;
            fn from_stored($value: $stored) -> Option<Self> {
                $read
            }
        }
    };
}
column!(String, String, text => Some(text));
column!(Sha1, String, text => Self::parse(&text));
column!(i64, i64, number => Some(number));
column!(u32, i64, number => u32::try_from(number).ok());
column!(Timestamp, i64, number => Some(Self::from_milliseconds(number)));
column!(bool, bool, claim => Some(claim));
column!(Vec<u8>, Vec<u8>, octets => Some(octets));
column!(Sealed, Vec<u8>, octets => Some(Self(octets)));

impl<Noun> Column for Id<Noun> {
    type Stored = String;
    fn from_stored(text: String) -> Option<Self> {
        Self::parse(&text).ok()
    }
}

fn unreadable(column: &str) -> Error {
    Error::Corrupt(format!("column {column} holds an unknown value"))
}

fn octets(hex: &str) -> Option<Vec<u8>> {
    let digits: Vec<u32> = hex.chars().map(|c| c.to_digit(16)).collect::<Option<_>>()?;
    if !digits.len().is_multiple_of(2) {
        return None;
    }
    digits
        .chunks_exact(2)
        .map(|pair| u8::try_from(pair.first()? << 4 | pair.get(1)?).ok())
        .collect()
}
