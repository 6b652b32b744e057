//! A delivery: one attempt to put one certificate onto one device.

mod check;
mod retry;
mod standing;
mod transition;

pub use retry::{Next, Retry, decide_after_failure};
pub use standing::{Standing, standing};
pub use transition::{Command, Plan, Report, Verdict};

use serde::{Deserialize, Serialize};

use crate::{
    device::DeviceId,
    diagnosis::Cause,
    external_ca::AuthorityId,
    id::Id,
    scep_configuration::{CertificateStore, ConfigurationId},
    sealed::Sealed,
    thumbprint::Sha1,
    time::Timestamp,
};

/// Identifies a delivery.
pub type DeliveryId = Id<Delivery>;

/// One attempt to put one certificate onto one device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// Its identifier; the SCEP node on the device is named by it.
    pub id: DeliveryId,
    /// For which device.
    pub device_id: DeviceId,
    /// By which configuration.
    pub configuration_id: ConfigurationId,
    /// Which version of it.
    pub configuration_version: i64,
    /// From which authority.
    pub authority_id: AuthorityId,
    /// 1 for the first attempt of this configuration on this device.
    pub attempt: i64,
    /// How many of the attempts until now failed for the device's or the configuration's own sake.
    pub charged: i64,
    /// Whether it is the device's latest attempt for the configuration.
    pub is_current: bool,
    /// Where it stands.
    pub state: DeliveryState,
    /// The subject as ordered, variables filled in; empty before it was sent.
    pub subject: String,
    /// The alternative names as ordered, in the CSP's form; empty before it was sent.
    pub sans: String,
    /// SHA-256 (hex) of the token in its SCEP URL, once sent.
    pub token_sha256: Option<String>,
    /// The challenge, the URL's token and all that is needed to send the same command again, sealed until used.
    pub secret: Option<Sealed>,
    /// When the challenge was taken from the authority.
    pub challenge_taken_at: Option<Timestamp>,
    /// Whether the node still stands on the device as far as is known.
    pub is_on_device: bool,
    /// In whose store it was ordered, once sent: the configuration may say another by now. None also where an earlier
    /// version sent it.
    pub store: Option<CertificateStore>,
    /// When the device last proved, asked again, that it still holds the certificate.
    pub checked_at: Option<Timestamp>,
    /// When it is to be asked again, where that isn't by its turn: see [`Delivery::check_due`].
    pub check_due_at: Option<Timestamp>,
    /// Not before this moment is it tried (again).
    pub not_before: Timestamp,
    /// When it was made.
    pub created_at: Timestamp,
    /// When its state last changed.
    pub updated_at: Timestamp,
}

/// Where a delivery stands. Each state holds only what is known by then.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "state")]
pub enum DeliveryState {
    /// The device has not spoken since.
    WaitingForDevice,
    /// The device is talking, the authority gives no challenge now.
    WaitingForChallenge {
        /// Why.
        cause: Cause,
    },
    /// The command was stored for sending; the device has not confirmed it.
    Sent,
    /// The device accepted the command: it is no certificate yet.
    Enrolling,
    /// The authority wants a person's approval.
    PendingAtCa,
    /// The device answered Status 1 and a thumbprint.
    Verified {
        /// Thumbprint of the certificate.
        sha1: Sha1,
        /// What proved it.
        by: Proof,
    },
    /// It did not work, and will not by itself.
    Failed {
        /// Why.
        cause: Cause,
    },
    /// It did not work, a newer attempt follows.
    Replaced {
        /// Why it failed, if it did; a renewal has none.
        cause: Option<Cause>,
    },
    /// The certificate was taken off the device, or the configuration withdrawn before.
    Removed,
}

/// What proved a certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Proof {
    /// The certificate itself was compared with what was ordered.
    Certificate,
    /// The device gave its thumbprint.
    Thumbprint,
}

impl Delivery {
    /// Whether its values are ordered and may stand in a certificate: they are not filled in anew.
    pub fn was_ordered(&self) -> bool {
        use DeliveryState as S;
        matches!(
            self.state,
            S::Sent | S::Enrolling | S::PendingAtCa | S::Verified { .. }
        )
    }
}

impl DeliveryState {
    /// The state's name as stored and as the API gives it.
    pub fn name(&self) -> &'static str {
        match self {
            Self::WaitingForDevice => "waiting_for_device",
            Self::WaitingForChallenge { .. } => "waiting_for_challenge",
            Self::Sent => "sent",
            Self::Enrolling => "enrolling",
            Self::PendingAtCa => "pending_at_ca",
            Self::Verified { .. } => "verified",
            Self::Failed { .. } => "failed",
            Self::Replaced { .. } => "replaced",
            Self::Removed => "removed",
        }
    }
    /// Whether something remains to be done in a session of the device.
    pub fn is_open(&self) -> bool {
        matches!(
            self,
            Self::WaitingForDevice
                | Self::WaitingForChallenge { .. }
                | Self::Sent
                | Self::Enrolling
                | Self::PendingAtCa
        )
    }
}
