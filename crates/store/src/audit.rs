//! The audit: who changed what. A job seals the rows in batches into a chain of hashes, so that a row that
//! is changed or taken away later shows.

use std::collections::BTreeMap;

use aws_lc_rs::digest::{SHA256, digest};
use domain::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    Error, Tx, keys,
    row::Row,
    value::{hex, pattern, values},
};

/// One change, written in the transaction that makes it. Values are JSON without secrets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditEntry {
    /// When.
    pub at: Timestamp,
    /// Who, as `operator:NAME`, `device:ID`, `command-line` or `system`.
    pub actor: String,
    /// What was done, as a word with dots.
    pub action: String,
    /// What sort of thing it was done to.
    pub target_kind: String,
    /// Which thing.
    pub target_id: String,
    /// What it was before (JSON).
    pub before: Option<String>,
    /// What it is after (JSON).
    pub after: Option<String>,
    /// From which address.
    pub source_ip: Option<String>,
}

/// An entry as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditRow {
    /// Its number; numbers grow with time, with gaps.
    pub number: i64,
    /// The entry.
    pub entry: AuditEntry,
    /// Its place in the chain once sealed, from 1 without gaps.
    pub seal_number: Option<i64>,
    /// Whether what it told of somebody was erased.
    pub is_erased: bool,
    seal: Option<Vec<u8>>,
    salt: Option<Vec<u8>>,
}

/// Which entries are wanted; what is empty says nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuditFilter {
    /// In who did it, without regard to case.
    pub who: String,
    /// The word before the first dot of what was done, as `device`.
    pub area: String,
    /// The identifier of what it was done to, or a part of it.
    pub target: String,
    /// Not before this moment.
    pub since: Option<Timestamp>,
    /// Before this moment.
    pub until: Option<Timestamp>,
}

/// What a look at the whole chain found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChainReport {
    /// How many rows hold, from the first.
    pub sealed: i64,
    /// How many rows wait to be sealed.
    pub unsealed: i64,
    /// The first row that doesn't hold, or the place in the chain that is empty.
    pub broken_at: Option<i64>,
}

const APPEND: &str = "INSERT INTO audit_entries (at, actor, action, target_kind, target_id, before_values,
     after_values, source_ip) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
const LIST: &str = "SELECT * FROM audit_entries WHERE number < $1 ORDER BY number DESC LIMIT $2";
// The word before the first dot, found by the range of all texts that begin so: `/` follows `.` in both databases' order.
const FOUND: &str = "SELECT * FROM audit_entries WHERE number < $1 AND LOWER(actor) LIKE $2 ESCAPE '!'
     AND action >= $3 AND action < $4 AND LOWER(target_id) LIKE $5 ESCAPE '!' AND at >= $6 AND at < $7
     ORDER BY number DESC LIMIT $8";
const LAST_SEALED: &str = "SELECT * FROM audit_entries WHERE seal_number IS NOT NULL
     ORDER BY seal_number DESC LIMIT 1";
const UNSEALED: &str = "SELECT * FROM audit_entries WHERE seal_number IS NULL ORDER BY number LIMIT $1";
const COUNT_UNSEALED: &str = "SELECT COUNT(*) AS n FROM audit_entries WHERE seal_number IS NULL";
const SEAL: &str = "UPDATE audit_entries SET seal_number = $2, seal = $3, salt = $4 WHERE number = $1";
const OLDEST: &str = "SELECT * FROM audit_entries WHERE number > $1 ORDER BY number LIMIT $2";
const BY_NUMBER: &str = "SELECT * FROM audit_entries WHERE number = $1";
const EMPTY: &str = "UPDATE audit_entries SET actor = $2, before_values = $3, after_values = $4,
     source_ip = $5, salt = NULL, is_erased = $6 WHERE number = $1 AND seal_number IS NOT NULL";
const SEALED: &str = "SELECT * FROM audit_entries WHERE seal_number > $1 ORDER BY seal_number LIMIT 1000";
/// The fact that holds the chain's end, so that a chain cut short shows.
const HEAD: &str = "audit.head";
/// The entry that tells which rows an erasure emptied, and what it left of them.
pub const ERASURE: &str = "records.erase";
/// Octets of the salt of a seal.
const SALT: usize = 16;

/// Adds an entry.
pub async fn append(tx: &mut Tx, entry: &AuditEntry) -> Result<(), Error> {
    let values = values![
        entry.at,
        entry.actor,
        entry.action,
        entry.target_kind,
        entry.target_id,
        entry.before,
        entry.after,
        entry.source_ip,
    ];
    tx.execute(APPEND, values).await.map(drop)
}

/// Entries, newest first, those before the number `after`.
pub async fn list(tx: &mut Tx, after: Option<i64>, limit: u32) -> Result<Vec<AuditRow>, Error> {
    tx.all(LIST, values![after.unwrap_or(i64::MAX), limit], read)
        .await
}

/// Those that the filter wants.
pub async fn find(
    tx: &mut Tx,
    filter: &AuditFilter,
    after: Option<i64>,
    limit: u32,
) -> Result<Vec<AuditRow>, Error> {
    let (from, to) = match filter.area.as_str() {
        "" => (String::new(), "~".to_owned()),
        area => (format!("{area}."), format!("{area}/")),
    };
    let values = values![
        after.unwrap_or(i64::MAX),
        pattern(&filter.who),
        from,
        to,
        pattern(&filter.target),
        filter.since.unwrap_or(Timestamp::from_milliseconds(i64::MIN)),
        filter.until.unwrap_or(Timestamp::from_milliseconds(i64::MAX)),
        limit,
    ];
    tx.all(FOUND, values, read).await
}

/// Seals the oldest rows that aren't sealed; says how many it were.
pub async fn seal_batch(tx: &mut Tx, limit: u32) -> Result<usize, Error> {
    let rows = tx.all(UNSEALED, values![limit], read).await?;
    let last = tx.first(LAST_SEALED, values![], read).await?;
    let mut place = last.as_ref().and_then(|row| row.seal_number).unwrap_or(0);
    let mut seal = last.and_then(|row| row.seal).unwrap_or_default();
    for row in &rows {
        place += 1;
        let mut salt = vec![0; SALT];
        aws_lc_rs::rand::fill(&mut salt).map_err(|_| Error::Corrupt("there is no randomness".to_owned()))?;
        seal = seal_of(&seal, Some(&salt), place, row)?;
        tx.execute(SEAL, values![row.number, place, seal, salt]).await?;
    }
    if !rows.is_empty() {
        keys::set_fact(tx, HEAD, &head(place, &seal)).await?;
    }
    Ok(rows.len())
}

/// Entries behind the number `after`, oldest first.
pub async fn oldest(tx: &mut Tx, after: i64, limit: u32) -> Result<Vec<AuditRow>, Error> {
    tx.all(OLDEST, values![after, limit], read).await
}

/// An entry by its number.
pub async fn by_number(tx: &mut Tx, number: i64) -> Result<Option<AuditRow>, Error> {
    tx.first(BY_NUMBER, values![number], read).await
}

/// Leaves only `left` of a sealed row: the rest is erased, and its salt with it. Gives what [`ERASURE`] tells of the row:
/// without that entry the chain doesn't hold any more.
pub async fn empty(tx: &mut Tx, row: &AuditRow, left: &AuditEntry) -> Result<Emptied, Error> {
    let values = values![
        row.number,
        left.actor,
        left.before,
        left.after,
        left.source_ip,
        true
    ];
    tx.change("audit_entries", EMPTY, values).await?;
    Ok(Emptied {
        number: row.number,
        sha256: left_of(row.number, left)?,
    })
}

/// A row that was emptied.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Emptied {
    /// Its number.
    pub number: i64,
    /// SHA-256 (hex) of what is left of it.
    pub sha256: String,
}

/// What the entry of an erasure tells of the audit's rows, beside other things.
#[derive(Deserialize)]
struct Erasure {
    emptied: Vec<Emptied>,
}

/// Computes the whole chain again and compares. What an emptied row was can't be known any more: the seal after it
/// vouches for its seal, and a sealed entry for what is left of it.
pub async fn verify_chain(tx: &mut Tx) -> Result<ChainReport, Error> {
    let unsealed = tx.number(COUNT_UNSEALED, values![]).await?;
    let expected_head = keys::fact(tx, HEAD).await?;
    let mut sealed = 0;
    let mut seal = Vec::new();
    let mut emptied = BTreeMap::new();
    let report = |sealed, broken_at| ChainReport {
        sealed,
        unsealed,
        broken_at,
    };
    loop {
        let rows = tx.all(SEALED, values![sealed], read).await?;
        if rows.is_empty() {
            break;
        }
        for row in rows {
            let next = match (&row.seal, row.is_erased) {
                (Some(kept), true) => kept.clone(),
                _ => seal_of(&seal, row.salt.as_deref(), sealed + 1, &row)?,
            };
            if row.seal_number != Some(sealed + 1) || row.seal.as_ref() != Some(&next) {
                return Ok(report(sealed, Some(row.number)));
            }
            note_erasure(&row, &mut emptied)?;
            seal = next;
            sealed += 1;
        }
    }
    let is_whole = match expected_head {
        Some(expected) => expected == head(sealed, &seal),
        None => sealed == 0,
    };
    let unexplained = emptied.first_key_value().map(|(number, _)| *number);
    Ok(report(sealed, (!is_whole).then_some(sealed + 1).or(unexplained)))
}

/// Remembers an emptied row until an entry tells of it.
fn note_erasure(row: &AuditRow, emptied: &mut BTreeMap<i64, String>) -> Result<(), Error> {
    if row.is_erased {
        emptied.insert(row.number, left_of(row.number, &row.entry)?);
        return Ok(());
    }
    if row.entry.action != ERASURE {
        return Ok(());
    }
    let told = row.entry.after.as_deref().map(serde_json::from_str::<Erasure>);
    let Some(Ok(told)) = told else { return Ok(()) };
    for one in told.emptied {
        if emptied.get(&one.number) == Some(&one.sha256) {
            emptied.remove(&one.number);
        }
    }
    Ok(())
}

fn head(place: i64, seal: &[u8]) -> String {
    format!("{place}:{}", hex(seal))
}

/// SHA-256 (hex) of what is left of an emptied row, its number with it.
fn left_of(number: i64, left: &AuditEntry) -> Result<String, Error> {
    let canonical = serde_json::to_vec(&(
        number,
        left.at,
        &left.actor,
        &left.action,
        &left.target_kind,
        &left.target_id,
        &left.before,
        &left.after,
        &left.source_ip,
    ))
    .map_err(|error| Error::Corrupt(error.to_string()))?;
    Ok(hex(digest(&SHA256, &canonical).as_ref()))
}

/// SHA-256 over the seal before, the salt and the row as a JSON array, which keeps its parts apart. Earlier versions
/// used no salt.
fn seal_of(previous: &[u8], salt: Option<&[u8]>, place: i64, row: &AuditRow) -> Result<Vec<u8>, Error> {
    let entry = &row.entry;
    let canonical = serde_json::to_vec(&(
        place,
        row.number,
        entry.at,
        &entry.actor,
        &entry.action,
        &entry.target_kind,
        &entry.target_id,
        &entry.before,
        &entry.after,
        &entry.source_ip,
    ))
    .map_err(|error| Error::Corrupt(error.to_string()))?;
    let mut message = previous.to_vec();
    message.extend(salt.unwrap_or_default());
    message.extend(canonical);
    Ok(digest(&SHA256, &message).as_ref().to_vec())
}

fn read(row: &Row) -> Result<AuditRow, Error> {
    Ok(AuditRow {
        number: row.read("number")?,
        entry: AuditEntry {
            at: row.read("at")?,
            actor: row.read("actor")?,
            action: row.read("action")?,
            target_kind: row.read("target_kind")?,
            target_id: row.read("target_id")?,
            before: row.read("before_values")?,
            after: row.read("after_values")?,
            source_ip: row.read("source_ip")?,
        },
        seal_number: row.read("seal_number")?,
        is_erased: row.read("is_erased")?,
        seal: row.read("seal")?,
        salt: row.read("salt")?,
    })
}
