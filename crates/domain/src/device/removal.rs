//! How a device leaves: sent away by an administrator, or by its user's own will.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::time::Timestamp;

/// So long (seconds) a device that was told to go may be silent before that counts as its answer: two calls of the slow
/// schedule. One that never got the command calls within them, and is told again.
pub const SILENCE_SECONDS: i64 = 2 * 86_400;

/// An administrator asked that a device leave the management.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Removal {
    /// When.
    pub asked_at: Timestamp,
    /// Who.
    pub by: String,
    /// Whether the certificates and the trust that Sceau gave are left where they are.
    pub keeps_certificates: bool,
    /// What is to be deleted and can't be: deliveries by their id, trusted certificates by their SHA-1. The device
    /// refused, or has the node for a user who isn't there. It is not asked again.
    #[serde(default)]
    pub kept: BTreeSet<String>,
    /// When the device was last told to go. From then on the removal can't be taken back.
    #[serde(skip)]
    pub told_at: Option<Timestamp>,
}

impl Removal {
    /// Whether the device was told to go, and has been silent for so long that it must have gone.
    pub fn is_over(&self, now: Timestamp) -> bool {
        self.told_at
            .is_some_and(|at| now >= at.plus_seconds(SILENCE_SECONDS))
    }
}

/// How a device left.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LeftHow {
    /// Its user ended the management.
    #[default]
    User,
    /// It was sent away, and said that it goes.
    SentAway,
    /// It was sent away, and nothing was heard of it since.
    Unheard,
    /// Its machine was set up anew and is another device now; a person confirmed it. An earlier version reads nothing.
    Replaced,
    /// Its identity was revoked at once: it was lost, or stolen.
    Revoked,
    /// Nothing was heard of it for longer than the settings allow. An earlier version reads nothing.
    Silent,
}

impl LeftHow {
    /// Its name as stored and as the API gives it.
    pub fn name(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::SentAway => "sent_away",
            Self::Unheard => "unheard",
            Self::Replaced => "replaced",
            Self::Revoked => "revoked",
            Self::Silent => "silent",
        }
    }

    /// Reads a way's name.
    pub fn from_name(name: &str) -> Option<Self> {
        let all = [
            Self::User,
            Self::SentAway,
            Self::Unheard,
            Self::Replaced,
            Self::Revoked,
            Self::Silent,
        ];
        all.into_iter().find(|how| how.name() == name)
    }
}
