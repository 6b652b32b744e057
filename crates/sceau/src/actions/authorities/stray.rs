//! A challenge that a test took without wanting it.

use domain::{
    challenge::{ChallengeId, Purpose},
    external_ca::AuthorityId,
};
use store::challenges::Claim;

use crate::{actions::Result, app::Shared};

/// Notes it in the ledger: it holds one of the authority's slots for its whole life, though nobody will use it.
pub(super) async fn note(app: &Shared, id: &AuthorityId) -> Result<()> {
    let (now, wanted) = (app.now(), id.clone());
    let entry: ChallengeId = app.fresh_id();
    app.store
        .write(move |tx| {
            let (entry, wanted) = (entry.clone(), wanted.clone());
            Box::pin(async move {
                let Some(authority) = store::authorities::by_id(tx, &wanted).await? else {
                    return Ok(());
                };
                let held_until = now.plus_seconds(authority.limits.lifetime_seconds.into());
                store::challenges::expire(tx, now).await?;
                let claim = Claim {
                    id: entry,
                    authority_id: wanted,
                    max_unused: authority.limits.max_unused,
                    purpose: Purpose::Test,
                    delivery_id: None,
                    now,
                    held_until,
                };
                if store::challenges::claim_slot(tx, &claim).await?.is_some() {
                    store::challenges::taken(tx, &claim.id, now, held_until).await?;
                }
                Ok(())
            })
        })
        .await
}
