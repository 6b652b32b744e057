//! Challenges of an authority: slots that are claimed, and the ledger of what was taken.

use serde::{Deserialize, Serialize};

use crate::{
    delivery::DeliveryId,
    error::Error,
    external_ca::{AuthorityId, ChallengeLimits},
    id::Id,
    time::Timestamp,
};

const MAX_CHALLENGE: usize = 255;

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
    /// What it was asked for.
    pub purpose: Purpose,
    /// What became of it.
    pub fate: Fate,
    /// When the slot was claimed.
    pub claimed_at: Timestamp,
    /// When the challenge was obtained.
    pub taken_at: Option<Timestamp>,
    /// When its fate was known, and its slot free; one that turns out to be used after all keeps it.
    pub ended_at: Option<Timestamp>,
}

/// What a challenge is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// A delivery to a device.
    Delivery,
    /// An order for a device managed elsewhere.
    Order,
    /// A full test of the authority.
    Test,
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
    /// Nobody knows whether the authority gave one (a crash in between), or it forgot the one that it gave.
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

/// Why a challenge ended, where its fate alone doesn't say it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ending {
    /// The authority took it.
    Accepted,
    /// The authority refused it as it refuses one that it doesn't know.
    Refused,
    /// The authority forgot it: it was restarted.
    Forgotten,
}

/// Whether ASN.1's PrintableString has the character: Windows takes no other in a challenge and fails
/// without a word.
pub fn is_printable_string_character(character: char) -> bool {
    character.is_ascii_alphanumeric()
        || matches!(
            character,
            ' ' | '\'' | '(' | ')' | '+' | ',' | '-' | '.' | '/' | ':' | '=' | '?'
        )
}

/// Checks a challenge before it is stored or delivered. The error never shows it.
pub fn check_characters(challenge: &str) -> Result<(), Error> {
    if challenge.is_empty() || challenge.len() > MAX_CHALLENGE {
        return Err(Error::invalid("challenge", "a challenge has 1 to 255 characters")
            .keyed("error-challenge-length"));
    }
    if challenge.chars().all(is_printable_string_character) {
        return Ok(());
    }
    let detail = "Windows takes only letters, digits, blanks and '()+,-./:=? in a challenge";
    Err(Error::invalid("challenge", detail).keyed("error-challenge-characters"))
}

/// Until when a challenge is still worth delivering.
pub fn safe_until(taken_at: Timestamp, limits: &ChallengeLimits) -> Timestamp {
    taken_at.plus_seconds(i64::from(limits.safe_life_seconds.min(limits.lifetime_seconds)))
}

impl Challenge {
    /// When its slot is free at the latest, whatever became of it. What was claimed and never heard of counts
    /// from the claim: the authority may have given one.
    pub fn slot_free_at(&self, limits: &ChallengeLimits) -> Timestamp {
        let lifetime = i64::from(limits.lifetime_seconds);
        match self.fate {
            Fate::Claimed | Fate::Lost => self.claimed_at.plus_seconds(lifetime),
            Fate::Taken => self.taken_at.unwrap_or(self.claimed_at).plus_seconds(lifetime),
            Fate::Used | Fate::Expired | Fate::Refused => self.ended_at.unwrap_or(self.claimed_at),
        }
    }

    /// Whether it still holds one of the authority's slots.
    pub fn holds_slot(&self, limits: &ChallengeLimits, now: Timestamp) -> bool {
        self.slot_free_at(limits) > now
    }
}
