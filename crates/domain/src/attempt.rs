//! What authorities were asked for, and how it went.

use serde::{Deserialize, Serialize};

use crate::{delivery::DeliveryId, external_ca::AuthorityId, time::Timestamp};

/// One thing that was asked of an authority.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// Of which authority.
    pub authority_id: AuthorityId,
    /// When it was over.
    pub at: Timestamp,
    /// What was asked for.
    pub asked: Asked,
    /// `good`, or the key of the cause that kept it from being so.
    pub outcome: String,
    /// How long it took.
    pub milliseconds: i64,
    /// For which delivery, if for one.
    pub delivery_id: Option<DeliveryId>,
}

/// What an authority is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Asked {
    /// A challenge.
    Challenge,
    /// An answer to a SCEP request.
    Exchange,
    /// What it says of itself, and whether it lets the account in.
    Look,
}
