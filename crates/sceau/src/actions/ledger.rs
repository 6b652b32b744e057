//! The ledger of challenges, and the transactions that may have left a certificate that no device holds.

use domain::{actor::Actor, external_ca::AuthorityId, operator::Permission, transaction::Transaction};
pub use store::challenges::{HeldSlot, Totals};

use super::Result;
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

/// An authority's slots that are held now.
pub async fn held_slots(app: &Shared, actor: &Actor, authority: &AuthorityId) -> Result<Vec<HeldSlot>> {
    actor.require(Permission::Read)?;
    let authority = authority.clone();
    Ok(app
        .store
        .read(move |tx| Box::pin(async move { store::challenges::slots(tx, &authority).await }))
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
