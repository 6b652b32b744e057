//! In which way an authority is out of reach.

use serde::{Deserialize, Serialize};

use crate::transaction::TroubleKind;

/// In which way an authority is out of reach. What an earlier version stored has none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outage {
    /// Its name has no address.
    Name,
    /// Nobody listens there.
    Refused,
    /// It did not answer in time.
    Silent,
    /// As many requests as may be wait for it.
    Busy,
    /// The proxy between doesn't let through.
    Proxy,
    /// TLS failed.
    Tls,
    /// The connection broke.
    Broken,
    /// It answered with an HTTP error.
    Http,
    /// Its page of challenges answered with an HTTP error: its place is the status.
    PageStatus,
    /// Its answer is something else than what was asked for.
    NotUnderstood,
    /// It offers no way to sign in that is accepted here.
    NoScheme,
    /// It offers Basic alone, which isn't allowed.
    BasicOnly,
    /// It takes Kerberos alone, which isn't preferred.
    KerberosOnly,
    /// Another way: the detail tells.
    #[default]
    #[serde(other)]
    Other,
}

impl Outage {
    /// Each of them.
    pub const ALL: [Self; 14] = [
        Self::Name,
        Self::Refused,
        Self::Silent,
        Self::Busy,
        Self::Proxy,
        Self::Tls,
        Self::Broken,
        Self::Http,
        Self::PageStatus,
        Self::NotUnderstood,
        Self::NoScheme,
        Self::BasicOnly,
        Self::KerberosOnly,
        Self::Other,
    ];

    /// What the words of the locales are chosen by.
    pub fn name(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Refused => "refused",
            Self::Silent => "silent",
            Self::Busy => "busy",
            Self::Proxy => "proxy",
            Self::Tls => "tls",
            Self::Broken => "broken",
            Self::Http => "http",
            Self::PageStatus => "page_status",
            Self::NotUnderstood => "not_understood",
            Self::NoScheme => "no_scheme",
            Self::BasicOnly => "basic_only",
            Self::KerberosOnly => "kerberos_only",
            Self::Other => "other",
        }
    }
}

/// The proxy's record of an exchange that brought no answer.
impl From<TroubleKind> for Outage {
    fn from(kind: TroubleKind) -> Self {
        match kind {
            TroubleKind::Unreachable => Self::Other,
            TroubleKind::Busy => Self::Busy,
            TroubleKind::Http => Self::Http,
            TroubleKind::TimedOut => Self::Silent,
            TroubleKind::Broken => Self::Broken,
            TroubleKind::TooLong | TroubleKind::NotScep => Self::NotUnderstood,
        }
    }
}
