//! The ledger of challenges, and the transactions that may have left a certificate that no device holds.

use domain::{
    Timestamp, actor::Actor, broker, diagnosis::Cause, external_ca::AuthorityId, operator::Permission,
    transaction::Transaction,
};
pub use store::{
    challenge_queue::Waiter,
    challenges::{HeldSlot, Holder, Totals},
};

use super::{Result, authorities, broker::queue};
use crate::app::Shared;

/// The ledger in figures, of one authority or of all.
pub async fn challenge_totals(app: &Shared, actor: &Actor, authority: Option<AuthorityId>) -> Result<Totals> {
    actor.require(Permission::Read)?;
    let now = app.now();
    Ok(app
        .store
        .read(move |tx| Box::pin(async move { store::challenges::totals(tx, authority.as_ref(), now).await }))
        .await?)
}

/// How an authority's challenges stand.
#[derive(Clone, Debug)]
pub struct Capacity {
    /// How many it holds, as its form says.
    pub limit: u32,
    /// How many it really holds, as far as it showed.
    pub slots: u32,
    /// Those that are out or being fetched.
    pub held: Vec<Held>,
    /// Why nothing moves, where silent devices hold every slot.
    pub silent: Option<Cause>,
    /// How many deliveries wait.
    pub waiting: i64,
    /// How many orders wait beside them.
    pub orders_waiting: i64,
    /// The first of them, in their order.
    pub first: Vec<(Waiter, String)>,
    /// The challenges taken until then were forgotten: it was restarted.
    pub forgotten_before: Option<Timestamp>,
    /// One challenge serves everybody since then: no slot is needed, and nothing runs out.
    pub reusable_since: Option<Timestamp>,
}

/// A slot that is held.
#[derive(Clone, Debug)]
pub struct Held {
    /// Which.
    pub slot: HeldSlot,
    /// The device that has its challenge.
    pub holder: Option<Holder>,
    /// Whether that device fell silent.
    pub is_silent: bool,
}

/// So many of those that wait are named.
const NAMED: u32 = 20;

/// How an authority's challenges stand: who holds them, and who waits.
pub async fn capacity(app: &Shared, actor: &Actor, id: &AuthorityId) -> Result<Capacity> {
    let limits = authorities::one(app, actor, id).await?.limits;
    let (now, id) = (app.now(), id.clone());
    Ok(app
        .store
        .read(move |tx| {
            Box::pin(async move {
                let known = store::capacity::of(tx, &id).await?;
                let slots = broker::slots(&limits, known.learned, now);
                let holders = store::challenges::holders(tx, &id).await?;
                let silent = queue::all_silent(&limits, &known, &holders, now);
                let mut first = Vec::new();
                for waiter in store::challenge_queue::first(tx, &id, NAMED).await? {
                    let device = store::devices::by_id(tx, &waiter.device_id).await?;
                    first.push((waiter, device.map(|device| device.name).unwrap_or_default()));
                }
                let held = |(slot, holder): (HeldSlot, Option<Holder>)| Held {
                    is_silent: queue::is_silent(&slot, holder.as_ref(), now),
                    slot,
                    holder,
                };
                Ok::<_, store::Error>(Capacity {
                    limit: limits.max_unused,
                    slots,
                    silent: silent.map(|(silent, slots)| silent.cause(slots)),
                    held: holders.into_iter().map(held).collect(),
                    waiting: store::challenge_queue::count(tx, &id).await?,
                    orders_waiting: store::order_queue::count(tx, &id, now).await?,
                    first,
                    forgotten_before: known.forgotten_before,
                    reusable_since: known.serving.everybody_since(),
                })
            })
        })
        .await?)
}

/// Transactions that were handed to an authority and never answered, or whose certificate the device did not
/// install: each may have left a certificate that no device holds.
pub async fn outcome_unknown(app: &Shared, actor: &Actor) -> Result<Vec<Transaction>> {
    actor.require(Permission::Read)?;
    Ok(app
        .store
        .read(|tx| Box::pin(async move { store::transactions::possibly_orphaned(tx).await }))
        .await?)
}
