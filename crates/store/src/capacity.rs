//! What authorities were learned to hold, and how their trouble stands.

use domain::{
    Sealed, Timestamp,
    broker::{Breaker, Learned, Probe, Serving},
    external_ca::AuthorityId,
};

use crate::{Error, Tx, row::Row, value::values};

/// What is known of an authority's capacity.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Capacity {
    /// How many challenges it really holds, where that was learned.
    pub learned: Option<Learned>,
    /// Whether it is in trouble, and who asks it then.
    pub breaker: Breaker,
    /// Challenges that were taken until then were forgotten by it.
    pub forgotten_before: Option<Timestamp>,
    /// How often its challenges serve.
    pub serving: Serving,
    /// The challenge that its last page without a lifetime gave, sealed.
    pub reusable: Option<Sealed>,
}

// Modes: how often an authority's challenges serve.
const ONCE: &str = "one_time";
const IN_DOUBT: &str = "in_doubt";
const EVERYBODY: &str = "reusable";
const BY_AUTHORITY: &str = "SELECT * FROM authority_capacity WHERE authority_id = $1";
const PUT: &str = "INSERT INTO authority_capacity (authority_id, mode, learned_max, learned_at, full_streak,
     down_streak, open_until, probe, probe_until, forgotten_before, reusable_since, reusable)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
     ON CONFLICT (authority_id) DO UPDATE SET mode = excluded.mode, learned_max = excluded.learned_max,
     learned_at = excluded.learned_at, full_streak = excluded.full_streak, down_streak = excluded.down_streak,
     open_until = excluded.open_until, probe = excluded.probe, probe_until = excluded.probe_until,
     forgotten_before = excluded.forgotten_before, reusable_since = excluded.reusable_since,
     reusable = excluded.reusable";

/// What is known of an authority; nothing is known of one that was never in trouble.
pub async fn of(tx: &mut Tx, authority: &AuthorityId) -> Result<Capacity, Error> {
    let known = tx.first(BY_AUTHORITY, values![authority], read).await?;
    Ok(known.unwrap_or_default())
}

/// Stores what is known of an authority.
pub async fn put(tx: &mut Tx, authority: &AuthorityId, capacity: &Capacity) -> Result<(), Error> {
    let (learned, breaker) = (capacity.learned, &capacity.breaker);
    let probe = breaker.probe.as_ref();
    let (mode, since) = match capacity.serving {
        Serving::Once => (ONCE, None),
        Serving::InDoubt { since } => (IN_DOUBT, Some(since)),
        Serving::Everybody { since } => (EVERYBODY, Some(since)),
    };
    let values = values![
        authority,
        mode,
        learned.map(|learned| learned.max),
        learned.map(|learned| learned.at),
        breaker.full_streak,
        breaker.down_streak,
        breaker.open_until,
        probe.map(|probe| probe.by.clone()),
        probe.map(|probe| probe.until),
        capacity.forgotten_before,
        since,
        capacity.reusable.clone()
    ];
    tx.execute(PUT, values).await.map(drop)
}

fn read(row: &Row) -> Result<Capacity, Error> {
    let count = |column| Ok::<_, Error>(u32::try_from(row.read::<i64>(column)?).unwrap_or(u32::MAX));
    let max: Option<i64> = row.read("learned_max")?;
    let learned = max
        .zip(row.read::<Option<Timestamp>>("learned_at")?)
        .map(|(max, at)| Learned {
            max: u32::try_from(max).unwrap_or(u32::MAX),
            at,
        });
    let probe = row
        .read::<Option<String>>("probe")?
        .zip(row.read::<Option<Timestamp>>("probe_until")?)
        .map(|(by, until)| Probe { by, until });
    let since: Option<Timestamp> = row.read("reusable_since")?;
    let serving = match (row.read::<String>("mode")?.as_str(), since) {
        (IN_DOUBT, Some(since)) => Serving::InDoubt { since },
        (EVERYBODY, Some(since)) => Serving::Everybody { since },
        _ => Serving::Once,
    };
    Ok(Capacity {
        learned,
        breaker: Breaker {
            full_streak: count("full_streak")?,
            down_streak: count("down_streak")?,
            open_until: row.read("open_until")?,
            probe,
        },
        forgotten_before: row.read("forgotten_before")?,
        serving,
        reusable: row.read("reusable")?,
    })
}
