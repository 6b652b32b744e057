//! All that a database holds, as text: for proving what is in it, and what is not.

use sqlx::{AssertSqlSafe, query_scalar};

use crate::{Error, Store, database::Backend};

const SQLITE_TABLES: &str =
    "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name";
const SQLITE_COLUMNS: &str = "SELECT name FROM pragma_table_info($1) ORDER BY cid";
const POSTGRES_TABLES: &str = "SELECT CAST(table_name AS TEXT) FROM information_schema.tables
     WHERE table_schema = current_schema() AND table_type = 'BASE TABLE' ORDER BY table_name";

/// Every row of every table, with the table's name. Octets are hexadecimal digits. All of it is read at once: for small
/// databases, such as those of tests.
pub async fn everything(store: &Store) -> Result<Vec<(String, String)>, Error> {
    let mut found = Vec::new();
    match &store.backend {
        Backend::Sqlite { readers, .. } => {
            let tables: Vec<String> = query_scalar(SQLITE_TABLES).fetch_all(readers).await?;
            for table in tables {
                let columns: Vec<String> = query_scalar(SQLITE_COLUMNS)
                    .bind(&table)
                    .fetch_all(readers)
                    .await?;
                let quoted = columns.iter().map(|column| format!("quote(\"{column}\")"));
                let all = quoted.collect::<Vec<_>>().join(" || ',' || ");
                let sql = AssertSqlSafe(format!("SELECT {all} FROM \"{table}\""));
                let rows: Vec<String> = query_scalar(sql).fetch_all(readers).await?;
                found.extend(rows.into_iter().map(|row| (table.clone(), row)));
            }
        }
        Backend::Postgres(pool) => {
            let tables: Vec<String> = query_scalar(POSTGRES_TABLES).fetch_all(pool).await?;
            for table in tables {
                let sql = AssertSqlSafe(format!("SELECT CAST(whole AS TEXT) FROM \"{table}\" whole"));
                let rows: Vec<String> = query_scalar(sql).fetch_all(pool).await?;
                found.extend(rows.into_iter().map(|row| (table.clone(), row)));
            }
        }
    }
    Ok(found)
}
