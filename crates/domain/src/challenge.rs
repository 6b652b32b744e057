//! Challenges of an authority: slots that are claimed, and the ledger of what was taken.

use serde::{Deserialize, Serialize};

use crate::{delivery::DeliveryId, external_ca::AuthorityId, id::Id, time::Timestamp};

/// Identifies a ledger entry.
pub type ChallengeId = Id<Challenge>;

/// One challenge asked of an authority: claimed before it is fetched, so that a crash can't forget it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Challenge {
    /// Its identifier.
    pub id: ChallengeId,
    /// Of which authority.
    pub authority_id: AuthorityId,
    /// For which delivery; an order's challenge has none.
    pub delivery_id: Option<DeliveryId>,
    /// What became of it.
    pub fate: Fate,
    /// When the slot was claimed.
    pub claimed_at: Timestamp,
    /// When the challenge was obtained.
    pub taken_at: Option<Timestamp>,
    /// When its fate was known.
    pub ended_at: Option<Timestamp>,
}

/// What became of a challenge.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fate {
    /// Its slot is claimed, it is being fetched (or the server died while it was).
    Claimed,
    /// It was obtained and is out.
    Taken,
    /// It was presented to the authority.
    Used,
    /// It was never presented and its life is over.
    Expired,
    /// The authority gave none.
    Refused,
    /// Claimed, and nobody knows whether the authority gave one: a crash in between.
    Lost,
}

impl Fate {
    /// The fate's name as stored.
    pub fn name(self) -> &'static str {
        match self {
            Self::Claimed => "claimed",
            Self::Taken => "taken",
            Self::Used => "used",
            Self::Expired => "expired",
            Self::Refused => "refused",
            Self::Lost => "lost",
        }
    }
}
