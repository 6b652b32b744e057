//! What authorities were asked for and how it went, for the pages that show it over time.

use domain::{
    Timestamp,
    attempt::{Asked, Attempt},
    delivery::DeliveryId,
    external_ca::AuthorityId,
};
use store::Tx;

use super::Result;

/// The outcome of what went well.
pub const GOOD: &str = "good";

/// Notes what an authority was asked for and what came of it: [`GOOD`], or the key of a cause.
pub async fn note(
    tx: &mut Tx,
    authority: &AuthorityId,
    asked: Asked,
    outcome: &str,
    milliseconds: i64,
    delivery: Option<&DeliveryId>,
    now: Timestamp,
) -> Result<()> {
    let attempt = Attempt {
        authority_id: authority.clone(),
        at: now,
        asked,
        outcome: outcome.to_owned(),
        milliseconds,
        delivery_id: delivery.cloned(),
    };
    Ok(store::attempts::append(tx, &attempt).await?)
}
