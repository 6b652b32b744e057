//! Challenges: an authority's slots, which are rows claimed under a unique key, and the ledger of what
//! became of each challenge.

use domain::{
    Timestamp,
    broker::{Pace, Presented},
    challenge::{Challenge, ChallengeId, Ending, Fate, Purpose},
    delivery::DeliveryId,
    device::DeviceId,
    external_ca::AuthorityId,
};

use crate::{
    Error, Tx, devices,
    row::Row,
    value::{values, word},
};

/// A wish for a slot.
#[derive(Clone, Debug)]
pub struct Claim {
    /// Identifier of the ledger's new entry.
    pub id: ChallengeId,
    /// Of which authority.
    pub authority_id: AuthorityId,
    /// How many slots it has.
    pub max_unused: u32,
    /// For what.
    pub purpose: Purpose,
    /// For which delivery; none for an order.
    pub delivery_id: Option<DeliveryId>,
    /// When.
    pub now: Timestamp,
    /// When the slot is free again at the latest.
    pub held_until: Timestamp,
}

/// A slot that is held.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeldSlot {
    /// From 1.
    pub slot: i64,
    /// When it is free again at the latest.
    pub held_until: Timestamp,
    /// By what.
    pub challenge: Challenge,
}

/// The device that holds a slot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holder {
    /// Which.
    pub device_id: DeviceId,
    /// Its name.
    pub device_name: String,
    /// When it was last heard of.
    pub last_seen_at: Timestamp,
}

/// The ledger in figures.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// Challenges that the authority gave, or may have given: the sum of `used`, `expired`, `lost` and `out`.
    pub taken: i64,
    /// Presented to the authority.
    pub used: i64,
    /// Never presented before their life was over.
    pub expired: i64,
    /// Nobody knows whether one was given, or the authority forgot it.
    pub lost: i64,
    /// Given, and not presented yet.
    pub out: i64,
    /// Not given by the authority.
    pub refused: i64,
    /// The most slots that one authority had held at once since the start.
    pub most_out: i64,
    /// For how long slots were held, all together: those of `taken`.
    pub held_seconds: i64,
}

const CLAIM: &str =
    "WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < $2)
     INSERT INTO challenge_slots (authority_id, slot, challenge_id, held_until)
     SELECT $1, n, $3, $4 FROM numbers WHERE n <= $2 AND NOT EXISTS
     (SELECT 1 FROM challenge_slots held WHERE held.authority_id = $1 AND held.slot = n)
     ORDER BY n LIMIT 1 ON CONFLICT DO NOTHING RETURNING slot";
const INSERT: &str = "INSERT INTO challenges (id, authority_id, delivery_id, purpose, fate, claimed_at)
     VALUES ($1, $2, $3, $4, 'claimed', $5)";
const COUNT_OUT: &str = "INSERT INTO challenge_totals (authority_id, most_out)
     SELECT $1, COUNT(*) FROM challenge_slots WHERE authority_id = $1
     ON CONFLICT (authority_id) DO UPDATE SET most_out = excluded.most_out
     WHERE excluded.most_out > challenge_totals.most_out";
const TAKE: &str = "UPDATE challenges SET fate = 'taken', taken_at = $2 WHERE id = $1 AND fate = 'claimed'";
const HOLD: &str = "UPDATE challenge_slots SET held_until = $2 WHERE challenge_id = $1";
const END: &str = "UPDATE challenges SET fate = $2, ended_at = COALESCE(ended_at, $3) WHERE id = $1
     AND (ended_at IS NULL OR (fate = 'expired' AND $2 = 'used'))";
const BECAUSE: &str = "UPDATE challenges SET ended_because = $2 WHERE id = $1";
const PRESENTED: &str = "SELECT delivery_id, taken_at, ended_at, ended_because FROM challenges
     WHERE authority_id = $1 AND taken_at >= $2 AND ended_because IN ('accepted', 'refused')";
const OUT_BEFORE: &str =
    "SELECT * FROM challenges WHERE authority_id = $1 AND taken_at >= $2 AND taken_at <= $3
     AND fate = 'taken'";
// What a failed attempt left for the next one is of use as long as the challenge lives.
const DROP_SECRET: &str = "UPDATE deliveries SET secret = NULL WHERE NOT is_current AND secret IS NOT NULL
     AND id = (SELECT delivery_id FROM challenges WHERE id = $1)";
const LEFT_OVER: &str = "SELECT c.* FROM challenges c JOIN deliveries d ON d.id = c.delivery_id
     JOIN deliveries next ON next.device_id = d.device_id AND next.configuration_id = d.configuration_id
     WHERE next.id = $1 AND NOT d.is_current AND d.secret IS NOT NULL AND c.authority_id = $2
     AND c.fate = 'taken' ORDER BY c.taken_at DESC LIMIT 1";
const TAKE_OVER: &str = "UPDATE challenges SET delivery_id = $2 WHERE id = $1 AND fate = 'taken'";
const FREE: &str = "DELETE FROM challenge_slots WHERE challenge_id = $1";
const BY_ID: &str = "SELECT * FROM challenges WHERE id = $1";
const BY_DELIVERY: &str = "SELECT * FROM challenges WHERE delivery_id = $1 AND fate IN ('claimed', 'taken')
     ORDER BY id DESC LIMIT 1";
const DUE: &str = "DELETE FROM challenge_slots WHERE held_until <= $1 RETURNING challenge_id";
const SLOTS: &str = "SELECT s.slot, s.held_until, c.* FROM challenge_slots s
     JOIN challenges c ON c.id = s.challenge_id WHERE s.authority_id = $1 ORDER BY s.slot";
const HOLDERS: &str =
    "SELECT s.slot, s.held_until, c.*, v.id AS device_id, v.name AS device_name, v.last_seen_at AS last_seen_at,
     (SELECT spoke.updated_at FROM mdm_sessions spoke WHERE spoke.device_id = v.id) AS spoke_at
     FROM challenge_slots s JOIN challenges c ON c.id = s.challenge_id
     LEFT JOIN deliveries d ON d.id = c.delivery_id LEFT JOIN devices v ON v.id = d.device_id
     WHERE s.authority_id = $1 ORDER BY s.slot";
const PACE: &str = "SELECT COUNT(*) AS used, MIN(taken_at) AS since FROM (SELECT taken_at FROM challenges
     WHERE authority_id = $1 AND taken_at > $2 AND fate = 'used' ORDER BY taken_at DESC LIMIT 50) recent";
macro_rules! totals {
    ($of:literal) => {
        concat!(
            "SELECT COUNT(CASE WHEN fate IN ('taken', 'used', 'expired', 'lost') THEN 1 END) AS taken,
             COUNT(CASE WHEN fate = 'used' THEN 1 END) AS used,
             COUNT(CASE WHEN fate = 'expired' THEN 1 END) AS expired,
             COUNT(CASE WHEN fate = 'lost' THEN 1 END) AS lost,
             COUNT(CASE WHEN fate = 'taken' THEN 1 END) AS out,
             COUNT(CASE WHEN fate = 'refused' THEN 1 END) AS refused,
             CAST(COALESCE(SUM(CASE WHEN fate IN ('taken', 'used', 'expired', 'lost')
                 THEN COALESCE(ended_at, $1) - claimed_at END), 0) AS BIGINT) / 1000 AS held_seconds,
             (SELECT COALESCE(MAX(most_out), 0) FROM challenge_totals",
            $of,
            ") AS most_out FROM challenges",
            $of
        )
    };
}
const TOTALS: &str = totals!("");
const TOTALS_OF: &str = totals!(" WHERE authority_id = $2");

/// Claims a slot and opens the ledger's entry; answers the slot's number, or none when all are held.
pub async fn claim_slot(tx: &mut Tx, claim: &Claim) -> Result<Option<i64>, Error> {
    if claim.max_unused == 0 {
        return Ok(None);
    }
    let wish = values![claim.authority_id, claim.max_unused, claim.id, claim.held_until];
    let Some(slot) = tx.first(CLAIM, wish, |row| row.read("slot")).await? else {
        return Ok(None);
    };
    let entry = values![
        claim.id,
        claim.authority_id,
        claim.delivery_id,
        word(&claim.purpose)?,
        claim.now
    ];
    tx.execute(INSERT, entry).await?;
    tx.execute(COUNT_OUT, values![claim.authority_id]).await?;
    Ok(Some(slot))
}

/// Notes that the challenge was obtained, and until when its slot is held now. False when the claim had
/// ended before.
pub async fn taken(
    tx: &mut Tx,
    id: &ChallengeId,
    now: Timestamp,
    held_until: Timestamp,
) -> Result<bool, Error> {
    if tx.execute(TAKE, values![id, now]).await? == 0 {
        return Ok(false);
    }
    tx.execute(HOLD, values![id, held_until]).await?;
    Ok(true)
}

/// Notes what became of a challenge and frees its slot. False when that was known before; only one that
/// was thought expired can still turn out to be used.
pub async fn end(tx: &mut Tx, id: &ChallengeId, fate: Fate, now: Timestamp) -> Result<bool, Error> {
    let changed = tx.execute(END, values![id, fate.name(), now]).await?;
    tx.execute(FREE, values![id]).await?;
    tx.execute(DROP_SECRET, values![id]).await?;
    Ok(changed > 0)
}

/// Notes why a challenge ended.
pub async fn note_ending(tx: &mut Tx, id: &ChallengeId, ending: Ending) -> Result<(), Error> {
    tx.execute(BECAUSE, values![id, word(&ending)?]).await.map(drop)
}

/// The challenges taken since a moment that were presented, as far as the authority's answers tell something of them.
pub async fn presented(
    tx: &mut Tx,
    authority_id: &AuthorityId,
    since: Timestamp,
) -> Result<Vec<Presented>, Error> {
    let presented = |row: &Row| {
        Ok(Presented {
            delivery: row.read("delivery_id")?,
            taken_at: row.read("taken_at")?,
            at: row.read("ended_at")?,
            is_refused: row.word::<Ending>("ended_because")? == Ending::Refused,
        })
    };
    tx.all(PRESENTED, values![authority_id, since], presented).await
}

/// The authority forgot what was taken from `since` up to `until`: what of it is out is lost, and its slots free. Gives
/// what was lost.
pub async fn forget(
    tx: &mut Tx,
    authority_id: &AuthorityId,
    since: Timestamp,
    until: Timestamp,
    now: Timestamp,
) -> Result<Vec<Challenge>, Error> {
    let out = tx
        .all(OUT_BEFORE, values![authority_id, since, until], read)
        .await?;
    for challenge in &out {
        end(tx, &challenge.id, Fate::Lost, now).await?;
        note_ending(tx, &challenge.id, Ending::Forgotten).await?;
    }
    Ok(out)
}

/// Finds a challenge.
pub async fn by_id(tx: &mut Tx, id: &ChallengeId) -> Result<Option<Challenge>, Error> {
    tx.first(BY_ID, values![id], read).await
}

/// The challenge that is claimed or out for a delivery.
pub async fn by_delivery(tx: &mut Tx, delivery_id: &DeliveryId) -> Result<Option<Challenge>, Error> {
    tx.first(BY_DELIVERY, values![delivery_id], read).await
}

/// The challenge that an earlier attempt at a delivery got from the authority and never presented, as far as anyone
/// knows: it is still out, and sealed with that attempt.
pub async fn left_over(
    tx: &mut Tx,
    delivery_id: &DeliveryId,
    authority_id: &AuthorityId,
) -> Result<Option<Challenge>, Error> {
    tx.first(LEFT_OVER, values![delivery_id, authority_id], read)
        .await
}

/// A newer attempt takes a challenge over that is out. False when it is out no longer.
pub async fn take_over(tx: &mut Tx, id: &ChallengeId, delivery_id: &DeliveryId) -> Result<bool, Error> {
    tx.execute(DROP_SECRET, values![id]).await?;
    let changed = tx.execute(TAKE_OVER, values![id, delivery_id]).await?;
    Ok(changed > 0)
}

/// Frees the slots whose time is over and returns their challenges as they are now: expired when they
/// were taken, lost when they were only claimed.
pub async fn expire(tx: &mut Tx, now: Timestamp) -> Result<Vec<Challenge>, Error> {
    let due: Vec<ChallengeId> = tx.all(DUE, values![now], |row| row.read("challenge_id")).await?;
    let mut ended = Vec::with_capacity(due.len());
    for id in due {
        let Some(challenge) = by_id(tx, &id).await? else {
            continue;
        };
        let fate = match challenge.fate {
            Fate::Claimed => Fate::Lost,
            Fate::Taken => Fate::Expired,
            Fate::Used | Fate::Expired | Fate::Refused | Fate::Lost => continue,
        };
        tx.execute(END, values![id, word(&fate)?, now]).await?;
        tx.execute(DROP_SECRET, values![id]).await?;
        ended.push(Challenge {
            fate,
            ended_at: Some(now),
            ..challenge
        });
    }
    Ok(ended)
}

/// The slots of an authority that are held now, each with the device that has its challenge: none where it was never
/// given to one. Never inside a transaction that writes, where every message of those devices would be a conflict.
pub async fn holders(
    tx: &mut Tx,
    authority_id: &AuthorityId,
) -> Result<Vec<(HeldSlot, Option<Holder>)>, Error> {
    let held = |row: &Row| {
        let slot = HeldSlot {
            slot: row.read("slot")?,
            held_until: row.read("held_until")?,
            challenge: read(row)?,
        };
        let device: Option<DeviceId> = row.read("device_id")?;
        let Some(device_id) = device.filter(|_| slot.challenge.fate == Fate::Taken) else {
            return Ok((slot, None));
        };
        let holder = Holder {
            device_id,
            device_name: row.read("device_name")?,
            last_seen_at: devices::last_contact(row)?,
        };
        Ok((slot, Some(holder)))
    };
    tx.all(HOLDERS, values![authority_id], held).await
}

/// How fast the newest challenges of an authority that were taken since a moment were used. Never inside a transaction
/// that writes.
pub async fn pace(tx: &mut Tx, authority_id: &AuthorityId, since: Timestamp) -> Result<Option<Pace>, Error> {
    let pace = |row: &Row| {
        let since: Option<Timestamp> = row.read("since")?;
        let used = row.read("used")?;
        Ok(since.map(|since| Pace { used, since }))
    };
    let found = tx.first(PACE, values![authority_id, since], pace).await?;
    Ok(found.flatten())
}

/// The slots of an authority that are held now.
pub async fn slots(tx: &mut Tx, authority_id: &AuthorityId) -> Result<Vec<HeldSlot>, Error> {
    let held = |row: &Row| {
        Ok(HeldSlot {
            slot: row.read("slot")?,
            held_until: row.read("held_until")?,
            challenge: read(row)?,
        })
    };
    tx.all(SLOTS, values![authority_id], held).await
}

/// The ledger in figures at `now`, of one authority or of all.
pub async fn totals(
    tx: &mut Tx,
    authority_id: Option<&AuthorityId>,
    now: Timestamp,
) -> Result<Totals, Error> {
    let figures = |row: &Row| {
        Ok(Totals {
            taken: row.read("taken")?,
            used: row.read("used")?,
            expired: row.read("expired")?,
            lost: row.read("lost")?,
            out: row.read("out")?,
            refused: row.read("refused")?,
            most_out: row.read("most_out")?,
            held_seconds: row.read("held_seconds")?,
        })
    };
    let totals = match authority_id {
        Some(id) => tx.first(TOTALS_OF, values![now, id], figures).await?,
        None => tx.first(TOTALS, values![now], figures).await?,
    };
    Ok(totals.unwrap_or_default())
}

fn read(row: &Row) -> Result<Challenge, Error> {
    Ok(Challenge {
        id: row.read("id")?,
        authority_id: row.read("authority_id")?,
        delivery_id: row.read("delivery_id")?,
        purpose: row.word("purpose")?,
        fate: row.word("fate")?,
        claimed_at: row.read("claimed_at")?,
        taken_at: row.read("taken_at")?,
        ended_at: row.read("ended_at")?,
    })
}
