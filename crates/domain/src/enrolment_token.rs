//! Tokens that enrol several devices without a password being typed (MS-MDE2, bulk and programmatic enrolment).

use crate::{Id, Timestamp, person::PersonId};

/// Devices that one token enrols at most.
pub const MOST_DEVICES: u32 = 100_000;
/// Days that one is good for at most.
pub const MOST_DAYS: u32 = 365;

/// Identifies an enrolment token.
pub type EnrolmentTokenId = Id<EnrolmentToken>;

/// A token; of the token itself only a hash is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EnrolmentToken {
    /// Its identifier.
    pub id: EnrolmentTokenId,
    /// What it is for, as an operator called it.
    pub name: String,
    /// Whose devices it enrols.
    pub person_id: PersonId,
    /// How many it enrols in all.
    pub devices: u32,
    /// How many it has enrolled.
    pub used: u32,
    /// When it was made.
    pub created_at: Timestamp,
    /// From when on it is worth nothing.
    pub expires_at: Timestamp,
    /// When an operator withdrew it.
    pub withdrawn_at: Option<Timestamp>,
}

/// Where a token stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenState {
    /// It enrols devices.
    Good,
    /// It has enrolled as many as it may.
    UsedUp,
    /// Its time is over.
    Ended,
    /// An operator withdrew it.
    Withdrawn,
}

impl TokenState {
    /// Its name, as the API gives it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::UsedUp => "used_up",
            Self::Ended => "ended",
            Self::Withdrawn => "withdrawn",
        }
    }
}

impl EnrolmentToken {
    /// Where it stands.
    pub fn state(&self, now: Timestamp) -> TokenState {
        if self.withdrawn_at.is_some() {
            TokenState::Withdrawn
        } else if self.expires_at <= now {
            TokenState::Ended
        } else if self.used >= self.devices {
            TokenState::UsedUp
        } else {
            TokenState::Good
        }
    }
}
