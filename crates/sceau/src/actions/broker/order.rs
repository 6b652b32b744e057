//! Claiming one of an authority's slots for an order. Orders stand in a queue of their own beside the devices': the
//! first goes before them, but only after they had some, so that neither keeps the other from getting any.

use domain::{
    Timestamp,
    broker::{Gate, OrderStanding, Turn},
    challenge::{ChallengeId, Purpose},
    diagnosis::Cause,
    external_ca::{Authority, AuthorityId},
};
use store::{Tx, challenges::Claim};

use super::{
    claim::probe,
    occupancy::Occupancy,
    outcome::quiet,
    queue::{PACE_SECONDS, PRESENT_SECONDS, Silent, silent},
};
use crate::{actions::Result, app::Shared};

/// How long the place of a caller is kept beyond the moment for which it was told to come back (seconds).
const KEPT_SECONDS: i64 = 120;
/// However far behind it is, it is told to come back after so long: others may go away (seconds).
const MOST_SECONDS: i64 = 300;
/// No cause is believed in for longer (seconds).
const LONGEST_SECONDS: i64 = 3600;
/// While nothing is known of the pace, slots may be free long before their challenges end (seconds).
const UNKNOWN_SECONDS: i64 = 30;

/// An order that wants a challenge.
#[derive(Clone, Copy, Debug)]
pub struct OrderWish<'a> {
    /// Of which authority.
    pub authority: &'a Authority,
    /// The ledger's entry of its challenge.
    pub ledger: &'a ChallengeId,
    /// What is ordered and by whom: who orders the same again has the same place.
    pub wish_sha256: &'a str,
}

/// Why there is no challenge for it now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wait {
    /// What it waits for.
    pub cause: Cause,
    /// Its place: how many challenges go to others first if all of them come, and one.
    pub place: u32,
    /// After how many seconds it should be asked again; none where a person has to act first.
    pub seconds: Option<u32>,
    /// Whether its turn is so near that its caller is kept waiting.
    pub is_soon: bool,
}

/// How it stands, read outside the transaction that claims.
#[derive(Clone, Copy, Debug, Default)]
struct Seen {
    standing: OrderStanding,
    turn_at: Option<Timestamp>,
    silent: Option<Silent>,
}

/// Claims a slot for an order if it is its turn, and notes that it waits if not.
pub async fn claim_for_order(app: &Shared, wish: OrderWish<'_>) -> Result<std::result::Result<(), Wait>> {
    let now = app.now();
    let (authority, ledger, key) = (
        wish.authority.clone(),
        wish.ledger.clone(),
        wish.wish_sha256.to_owned(),
    );
    note(
        app,
        &wish.authority.id,
        wish.wish_sha256,
        now.plus_seconds(PRESENT_SECONDS),
        now.plus_seconds(KEPT_SECONDS),
    )
    .await?;
    let seen = look(app, &wish, now).await?;
    app.store
        .write(move |tx| {
            let (authority, ledger, key) = (authority.clone(), ledger.clone(), key.clone());
            Box::pin(async move { claim(tx, &authority, &ledger, &key, seen, now).await })
        })
        .await
}

/// The caller is told to come back: its place is kept until then, and a while longer.
pub async fn order_waits(
    app: &Shared,
    authority: &AuthorityId,
    wish_sha256: &str,
    wait: &Wait,
) -> Result<()> {
    let now = app.now();
    let kept = now.plus_seconds(i64::from(wait.seconds.unwrap_or_default()) + KEPT_SECONDS);
    note(app, authority, wish_sha256, now, kept).await
}

/// Why an order that asked the authority got nothing: as it rests now, or for this cause.
pub async fn rest(app: &Shared, wish: OrderWish<'_>, heard: Cause) -> Result<Wait> {
    let now = app.now();
    let seen = look(app, &wish, now).await?;
    Ok(resting(wish.authority, seen, now).unwrap_or(Wait {
        cause: heard,
        place: seen.standing.ahead().saturating_add(1),
        seconds: Some(seconds(None, now)),
        is_soon: false,
    }))
}

/// Why an order waits for an authority that is left alone now, if it is.
fn resting(authority: &Authority, seen: Seen, now: Timestamp) -> Option<Wait> {
    let cause = quiet(authority, now)?;
    let is_stopped = authority.health.is_sign_in_stopped;
    Some(Wait {
        cause,
        place: seen.standing.ahead().saturating_add(1),
        seconds: (!is_stopped).then(|| seconds(authority.health.quiet_until, now)),
        is_soon: false,
    })
}

async fn note(
    app: &Shared,
    authority: &AuthorityId,
    wish_sha256: &str,
    present: Timestamp,
    kept: Timestamp,
) -> Result<()> {
    let (now, authority, key) = (app.now(), authority.clone(), wish_sha256.to_owned());
    Ok(app
        .store
        .write(move |tx| {
            let (authority, key) = (authority.clone(), key.clone());
            Box::pin(async move { store::order_queue::enter(tx, &key, &authority, now, present, kept).await })
        })
        .await?)
}

async fn look(app: &Shared, wish: &OrderWish<'_>, now: Timestamp) -> Result<Seen> {
    let (authority, key) = (wish.authority.id.clone(), wish.wish_sha256.to_owned());
    Ok(app
        .store
        .read(move |tx| {
            let (authority, key) = (authority.clone(), key.clone());
            Box::pin(async move {
                let standing = store::order_queue::standing(tx, &key, &authority, now).await?;
                let since = now.plus_seconds(-PACE_SECONDS);
                let pace = store::challenges::pace(tx, &authority, since).await?;
                let holders = store::challenges::holders(tx, &authority).await?;
                Ok::<_, store::Error>(Seen {
                    standing,
                    turn_at: pace.and_then(|pace| pace.turn_at(standing.ahead(), now)),
                    silent: silent(&holders, now),
                })
            })
        })
        .await?)
}

async fn claim(
    tx: &mut Tx,
    authority: &Authority,
    ledger: &ChallengeId,
    wish_sha256: &str,
    seen: Seen,
    now: Timestamp,
) -> Result<std::result::Result<(), Wait>> {
    let place = seen.standing.ahead().saturating_add(1);
    if let Some(wait) = resting(authority, seen, now) {
        return Ok(Err(wait));
    }
    let occupancy = Occupancy::read(tx, authority, now).await?;
    let (gate, room) = (occupancy.gate, occupancy.room);
    let turn = seen.standing.turn(room, occupancy.held());
    if turn == Turn::Claim && gate != Gate::Probed {
        let claim = Claim {
            id: ledger.clone(),
            authority_id: authority.id.clone(),
            max_unused: room,
            purpose: Purpose::Order,
            delivery_id: None,
            now,
            held_until: now.plus_seconds(authority.limits.lifetime_seconds.into()),
        };
        if store::challenges::claim_slot(tx, &claim).await?.is_some() {
            if gate == Gate::OneProbe {
                probe(tx, authority, occupancy.capacity, ledger, now).await?;
            }
            // Nobody waits for it any more; if there is no challenge for it, it still has its place.
            let kept = now.plus_seconds(KEPT_SECONDS);
            store::order_queue::note(tx, wish_sha256, now, kept).await?;
            return Ok(Ok(()));
        }
    }
    let trouble = authority.health.cause.clone().filter(|_| gate == Gate::Probed);
    let cause = trouble.unwrap_or_else(|| why(seen, &occupancy, authority, now));
    Ok(Err(Wait {
        seconds: Some(seconds(wait_until(&cause, seen, now), now)),
        cause,
        place,
        is_soon: turn != Turn::Leave,
    }))
}

fn why(seen: Seen, occupancy: &Occupancy, authority: &Authority, now: Timestamp) -> Cause {
    if let Some(silent) = seen.silent.filter(|silent| silent.held >= occupancy.most) {
        return silent.cause(occupancy.most);
    }
    let ahead = seen.standing.ahead();
    if ahead > 0 || occupancy.most > occupancy.held() {
        return Cause::QueuedBehind {
            place: ahead.saturating_add(1),
            ahead,
            until: seen.turn_at,
        };
    }
    occupancy.all_taken(authority, now)
}

/// When it is worth asking again.
fn wait_until(cause: &Cause, seen: Seen, now: Timestamp) -> Option<Timestamp> {
    let turn_at = seen.turn_at.unwrap_or(now.plus_seconds(UNKNOWN_SECONDS));
    let turn_at = turn_at.min(now.plus_seconds(MOST_SECONDS));
    match cause {
        // Nothing moves before that.
        Cause::SlotsHeldSilent { until, .. } => Some(*until),
        Cause::SlotsTaken { until, .. } => Some(turn_at.min(*until)),
        Cause::QueuedBehind { .. } => Some(turn_at),
        // Another asks the authority now.
        _ => None,
    }
}

/// Whole seconds until then, rounded up.
fn seconds(until: Option<Timestamp>, now: Timestamp) -> u32 {
    let milliseconds = until.map_or(0, |until| until.since(now)).max(0);
    let seconds = milliseconds.saturating_add(999) / 1000;
    u32::try_from(seconds.clamp(1, LONGEST_SECONDS)).unwrap_or(1)
}
