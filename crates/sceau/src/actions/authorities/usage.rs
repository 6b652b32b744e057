//! What hangs on an authority.

use domain::{actor::Actor, external_ca::AuthorityId, operator::Permission};

use crate::{actions::Result, app::Shared};

/// What hangs on an authority.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Usage {
    /// Configurations that name it.
    pub configurations: i64,
    /// Challenges of it that are out or being fetched.
    pub held_slots: i64,
}

/// Counts what hangs on an authority.
pub async fn usage(app: &Shared, actor: &Actor, id: &AuthorityId) -> Result<Usage> {
    actor.require(Permission::Read)?;
    let id = id.clone();
    Ok(app
        .store
        .read(move |tx| {
            Box::pin(async move {
                let held = store::challenges::slots(tx, &id).await?.len();
                Ok::<_, store::Error>(Usage {
                    configurations: store::authorities::configurations_using(tx, &id).await?,
                    held_slots: i64::try_from(held).unwrap_or(i64::MAX),
                })
            })
        })
        .await?)
}
