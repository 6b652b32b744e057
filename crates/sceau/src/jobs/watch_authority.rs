//! An authority is looked at, again and again.

use domain::external_ca::AuthorityId;

use crate::{
    actions::{Result, authorities},
    app::Shared,
};

/// The job's kind; its key and payload are the authority's id.
pub const KIND: &str = authorities::WATCH_JOB;

/// Looks once and queues the next look. Running it again does no harm.
pub async fn run(app: &Shared, payload: &str) -> Result<()> {
    authorities::watch(app, &AuthorityId::parse(payload)?).await
}
