//! Who is told of warnings, and what is on its way to them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{
    Sealed,
    external_ca::AuthorityId,
    id::Id,
    time::Timestamp,
    warning::{Warning, WarningKind},
};

/// Seconds after each try in vain until the next one; after the last of them it has failed.
const AGAIN_SECONDS: [i64; 5] = [60, 300, 1800, 7200, 43_200];

/// Identifies a channel.
pub type ChannelId = Id<Channel>;
/// Identifies a notice.
pub type NoticeId = Id<Notice>;

/// A way to someone, or to a program, that is told of warnings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Channel {
    /// Its identifier.
    pub id: ChannelId,
    /// Its name, unique among channels.
    pub name: String,
    /// Where it leads.
    pub target: Target,
    /// What signs what goes to a webhook, sealed.
    pub secret: Option<Sealed>,
    /// Whether it is told.
    pub is_enabled: bool,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was changed last.
    pub updated_at: Timestamp,
}

/// Where a channel leads.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Target {
    /// A person's mailbox.
    Email {
        /// The address.
        address: String,
        /// The reader's language: `en` or `fr`.
        language: String,
    },
    /// A program.
    Webhook {
        /// The address, `https://…`.
        url: String,
        /// Certificates (PEM) trusted there, beside the public ones.
        trust_pem: Option<String>,
    },
}

impl Target {
    /// `email` or `webhook`.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Email { .. } => "email",
            Self::Webhook { .. } => "webhook",
        }
    }

    /// The address that it leads to.
    pub fn address(&self) -> &str {
        match self {
            Self::Email { address, .. } => address,
            Self::Webhook { url, .. } => url,
        }
    }
}

/// What is to be told on one channel, or was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// Its identifier.
    pub id: NoticeId,
    /// On which channel.
    pub channel_id: ChannelId,
    /// The warning that it is about, or its own identifier where it is a trial.
    pub warning_id: String,
    /// What is told.
    pub told: Told,
    /// Whether it arrived.
    pub state: NoticeState,
    /// How often it was tried.
    pub attempts: i64,
    /// Why the last try was in vain.
    pub last_error: Option<SendProblem>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was taken at the other end.
    pub sent_at: Option<Timestamp>,
}

/// What became of a notice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NoticeState {
    /// It is tried, or tried again.
    Waiting,
    /// It was taken at the other end.
    Sent,
    /// It was tried often enough.
    Failed,
}

/// What happened to a warning.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Event {
    /// It was raised.
    Raised,
    /// Its reason is gone.
    Ended,
    /// Nothing: a person tries the channel.
    Trial,
}

/// What is told, as values: the words are in the locales.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    /// What happened.
    pub event: Event,
    /// Of what kind the warning is; none for a trial.
    pub kind: Option<WarningKind>,
    /// The authority; none where it is about devices, and for a trial.
    pub authority_id: Option<AuthorityId>,
    /// The authority's name; empty where there is none.
    pub authority: String,
    /// The days before an end; 0 where there are none.
    pub threshold: i64,
    /// The values of the warning's sentence.
    pub values: BTreeMap<String, String>,
    /// When it happened.
    pub at: Timestamp,
}

impl Told {
    /// What there is to tell of a warning that was raised or ended.
    pub fn of(warning: &Warning, authority: &str, event: Event, at: Timestamp) -> Self {
        Self {
            event,
            kind: Some(warning.matter.kind),
            authority_id: warning.authority_id.clone(),
            authority: authority.to_owned(),
            threshold: warning.matter.threshold,
            values: warning.matter.values.clone(),
            at,
        }
    }

    /// What is told when a person tries a channel.
    pub fn trial(at: Timestamp) -> Self {
        Self {
            event: Event::Trial,
            kind: None,
            authority_id: None,
            authority: String::new(),
            threshold: 0,
            values: BTreeMap::new(),
            at,
        }
    }
}

/// Why a notice didn't arrive, as values: the words are in the locales.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SendProblem {
    /// Key of its sentence in the locales.
    pub key: String,
    /// The values of that sentence.
    pub values: BTreeMap<String, String>,
}

impl SendProblem {
    /// A problem without values.
    pub fn new(key: &str) -> Self {
        Self {
            key: key.to_owned(),
            values: BTreeMap::new(),
        }
    }

    /// With one more value of its sentence.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.values.insert(name.to_owned(), value.into());
        self
    }
}

impl Notice {
    /// One that waits to be sent.
    pub fn new(id: NoticeId, channel_id: ChannelId, warning_id: String, told: Told, now: Timestamp) -> Self {
        Self {
            id,
            channel_id,
            warning_id,
            told,
            state: NoticeState::Waiting,
            attempts: 0,
            last_error: None,
            created_at: now,
            sent_at: None,
        }
    }

    /// The notice after one more try, and when it is tried again, if it is.
    #[must_use]
    pub fn tried(mut self, problem: Option<SendProblem>, now: Timestamp) -> (Self, Option<Timestamp>) {
        let done = usize::try_from(self.attempts).unwrap_or(usize::MAX);
        self.attempts = self.attempts.saturating_add(1);
        self.last_error = problem;
        if self.last_error.is_none() {
            self.state = NoticeState::Sent;
            self.sent_at = Some(now);
            return (self, None);
        }
        // A person who tries a channel looks at the result now.
        let seconds = AGAIN_SECONDS
            .get(done)
            .filter(|_| self.told.event != Event::Trial);
        if seconds.is_none() {
            self.state = NoticeState::Failed;
        }
        (self, seconds.map(|seconds| now.plus_seconds(*seconds)))
    }
}
