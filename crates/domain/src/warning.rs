//! What a person should look at before an authority breaks, or because it did; and what there is to know of devices.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{external_ca::AuthorityId, id::Id, time::Timestamp};

/// Days before the end of a certificate at which it is warned about, once each.
pub const EXPIRY_DAYS: [i64; 5] = [60, 30, 14, 7, 1];

const DAY_MILLISECONDS: i64 = 86_400_000;

/// Identifies a warning.
pub type WarningId = Id<Warning>;

/// A warning about an authority, or about devices.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning {
    /// Its identifier.
    pub id: WarningId,
    /// About which authority; none where it is about devices.
    pub authority_id: Option<AuthorityId>,
    /// Of what, and with what.
    pub matter: Matter,
    /// When it was raised.
    pub raised_at: Timestamp,
    /// When its reason was gone.
    pub ended_at: Option<Timestamp>,
}

/// What is warned about. Kind, `about` and threshold together are warned about once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Matter {
    /// Of what kind.
    pub kind: WarningKind,
    /// What it is about within the authority, such as a certificate's SHA-256; empty for the authority itself.
    pub about: String,
    /// The days before an end; 0 where there are none.
    pub threshold: i64,
    /// The values of its sentence.
    pub values: BTreeMap<String, String>,
}

/// Kinds of warnings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WarningKind {
    /// It doesn't answer.
    AuthorityDown,
    /// A complete sign-in was refused: none is tried until a person acts.
    SignInStopped,
    /// It shows another CA than the one that devices are told to trust.
    ChainChanged,
    /// A certificate of it has ended.
    CertificateExpired,
    /// A certificate of it ends soon.
    CertificateExpiring,
    /// The certificate that its web server shows has ended.
    TlsExpired,
    /// The certificate that its web server shows ends soon.
    TlsExpiring,
    /// A revocation list that its certificates name is over.
    RevocationStale,
    /// It was restarted and forgot the challenges that it had given.
    RestartSeen,
    /// Devices that fell silent hold every challenge that it may give.
    SlotsSilent,
    /// Devices didn't renew their own identity in time. An earlier version can't read this, nor what follows.
    IdentitiesLate,
    /// Devices weren't heard of for so long that they leave soon.
    DevicesSilent,
}

impl WarningKind {
    /// All of them.
    pub const ALL: [Self; 12] = [
        Self::AuthorityDown,
        Self::SignInStopped,
        Self::ChainChanged,
        Self::CertificateExpired,
        Self::CertificateExpiring,
        Self::TlsExpired,
        Self::TlsExpiring,
        Self::RevocationStale,
        Self::RestartSeen,
        Self::SlotsSilent,
        Self::IdentitiesLate,
        Self::DevicesSilent,
    ];

    /// Its name as stored and as the API gives it.
    pub fn name(self) -> &'static str {
        match self {
            Self::AuthorityDown => "authority_down",
            Self::SignInStopped => "sign_in_stopped",
            Self::ChainChanged => "chain_changed",
            Self::CertificateExpired => "certificate_expired",
            Self::CertificateExpiring => "certificate_expiring",
            Self::TlsExpired => "tls_expired",
            Self::TlsExpiring => "tls_expiring",
            Self::RevocationStale => "revocation_stale",
            Self::RestartSeen => "restart_seen",
            Self::SlotsSilent => "slots_silent",
            Self::IdentitiesLate => "identities_late",
            Self::DevicesSilent => "devices_silent",
        }
    }

    /// Key of its sentence in the locales.
    pub fn key(self) -> &'static str {
        match self {
            Self::AuthorityDown => "warning-authority-down",
            Self::SignInStopped => "warning-sign-in-stopped",
            Self::ChainChanged => "warning-chain-changed",
            Self::CertificateExpired => "warning-certificate-expired",
            Self::CertificateExpiring => "warning-certificate-expiring",
            Self::TlsExpired => "warning-tls-expired",
            Self::TlsExpiring => "warning-tls-expiring",
            Self::RevocationStale => "warning-revocation-stale",
            Self::RestartSeen => "warning-restart-seen",
            Self::SlotsSilent => "warning-slots-silent",
            Self::IdentitiesLate => "warning-identities-late",
            Self::DevicesSilent => "warning-devices-silent",
        }
    }

    /// Whether those who were told of it are told that it is over, too.
    pub fn is_told_when_over(self) -> bool {
        matches!(self, Self::AuthorityDown | Self::SignInStopped)
    }

    /// Whether something doesn't work already.
    pub fn is_urgent(self) -> bool {
        !matches!(
            self,
            Self::CertificateExpiring
                | Self::TlsExpiring
                | Self::RestartSeen
                | Self::IdentitiesLate
                | Self::DevicesSilent
        )
    }
}

impl Matter {
    /// A matter of the authority itself.
    pub fn of(kind: WarningKind) -> Self {
        Self {
            kind,
            about: String::new(),
            threshold: 0,
            values: BTreeMap::new(),
        }
    }

    /// Silent devices hold so many challenges of an authority that may give `max`.
    pub fn of_silent_slots(held: u32, max: u32) -> Self {
        Self {
            values: BTreeMap::from([
                ("held".to_owned(), held.to_string()),
                ("max".to_owned(), max.to_string()),
            ]),
            ..Self::of(WarningKind::SlotsSilent)
        }
    }

    /// So many devices, of which the newest joined them on that day (`YYYY-MM-DD`): each day on which others joined is
    /// told of once. `days` is of use to the sentence.
    pub fn of_devices(kind: WarningKind, day: &str, count: i64, days: u16) -> Self {
        Self {
            about: day.to_owned(),
            values: BTreeMap::from([
                ("count".to_owned(), count.to_string()),
                ("days".to_owned(), days.to_string()),
            ]),
            ..Self::of(kind)
        }
    }

    /// What there is to say of a certificate's end; nothing while it is far.
    pub fn of_certificate(sha256: &str, subject: &str, ends: Timestamp, now: Timestamp) -> Option<Self> {
        let kinds = (WarningKind::CertificateExpired, WarningKind::CertificateExpiring);
        Self::of_end(kinds, sha256, subject, ends, now)
    }

    /// The same of the certificate of its web server. `sha256` tells one certificate from the next.
    pub fn of_tls(sha256: &str, subject: &str, ends: Timestamp, now: Timestamp) -> Option<Self> {
        let kinds = (WarningKind::TlsExpired, WarningKind::TlsExpiring);
        Self::of_end(kinds, sha256, subject, ends, now)
    }

    fn of_end(
        (ended, ending): (WarningKind, WarningKind),
        sha256: &str,
        subject: &str,
        ends: Timestamp,
        now: Timestamp,
    ) -> Option<Self> {
        let left = ends.since(now);
        let (kind, threshold) = if left <= 0 {
            (ended, 0)
        } else {
            // The smallest threshold that it has come below.
            let passed = EXPIRY_DAYS.iter().rev();
            let days = passed
                .copied()
                .find(|days| left <= days.saturating_mul(DAY_MILLISECONDS))?;
            (ending, days)
        };
        Some(Self {
            kind,
            about: sha256.to_owned(),
            threshold,
            values: BTreeMap::from([
                ("subject".to_owned(), subject.to_owned()),
                ("days".to_owned(), threshold.to_string()),
            ]),
        })
    }

    /// Whether both are the same matter at the same threshold.
    pub fn is_same(&self, other: &Self) -> bool {
        (self.kind, &self.about, self.threshold) == (other.kind, &other.about, other.threshold)
    }
}

/// The result of one step of looking at an authority.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// Its name, unique among the authority's steps.
    pub step: String,
    /// How it went: `good`, `note`, `warning`, `failed` or `skipped`.
    pub result: String,
    /// Key of its sentence in the locales.
    pub key: String,
    /// The values of that sentence.
    pub values: BTreeMap<String, String>,
    /// How long it took.
    pub milliseconds: i64,
    /// When it was looked at.
    pub at: Timestamp,
    /// Since when its result and its sentence are these.
    pub since: Timestamp,
}
