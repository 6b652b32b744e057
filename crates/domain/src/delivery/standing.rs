//! The state that a person sees: a delivery's own, with what the device already holds.

use serde::{Deserialize, Serialize};

use super::{Delivery, DeliveryState};
use crate::{
    certificate::Certificate,
    renewal::{Life, life},
    time::Timestamp,
};

/// What a person sees of one configuration on one device. The words are in the locales, `standing-NAME`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// The device has not spoken since.
    WaitingForDevice,
    /// The authority gives no challenge now.
    WaitingForChallenge,
    /// Sent, not confirmed.
    Sent,
    /// The device is at it.
    Enrolling,
    /// The authority wants a person's approval.
    PendingAtCa,
    /// Proved.
    Verified,
    /// Proved, and a new one is on its way.
    Renewing,
    /// Proved, it ends soon.
    Expiring,
    /// Proved once, its life is over.
    Expired,
    /// Failed.
    Failed,
    /// Taken off.
    Removed,
}

impl Standing {
    /// All of them, in the order of their lives.
    pub const ALL: [Self; 11] = [
        Self::WaitingForDevice,
        Self::WaitingForChallenge,
        Self::Sent,
        Self::Enrolling,
        Self::PendingAtCa,
        Self::Verified,
        Self::Renewing,
        Self::Expiring,
        Self::Expired,
        Self::Failed,
        Self::Removed,
    ];
    /// The name as the API gives it.
    pub fn name(self) -> &'static str {
        match self {
            Self::WaitingForDevice => "waiting_for_device",
            Self::WaitingForChallenge => "waiting_for_challenge",
            Self::Sent => "sent",
            Self::Enrolling => "enrolling",
            Self::PendingAtCa => "pending_at_ca",
            Self::Verified => "verified",
            Self::Renewing => "renewing",
            Self::Expiring => "expiring",
            Self::Expired => "expired",
            Self::Failed => "failed",
            Self::Removed => "removed",
        }
    }
}

/// How a current delivery stands. `held` is the proved certificate of the same configuration that the device
/// still holds, this delivery's or a former one's. None for a delivery that a newer one took the place of.
pub fn standing(delivery: &Delivery, held: Option<&Certificate>, now: Timestamp) -> Option<Standing> {
    let left = held.map(|certificate| {
        let dates = certificate.not_before.zip(certificate.not_after);
        dates.map_or(Life::Fresh, |(from, to)| life(from, to, now))
    });
    let is_alive = left.is_some_and(|left| left != Life::Expired);
    Some(match &delivery.state {
        DeliveryState::Replaced { .. } => return None,
        DeliveryState::Verified { .. } => match left {
            Some(Life::Expiring) => Standing::Expiring,
            Some(Life::Expired) => Standing::Expired,
            Some(Life::Fresh) | None => Standing::Verified,
        },
        state if state.is_open() && is_alive => Standing::Renewing,
        DeliveryState::WaitingForDevice => Standing::WaitingForDevice,
        DeliveryState::WaitingForChallenge { .. } => Standing::WaitingForChallenge,
        DeliveryState::Sent => Standing::Sent,
        DeliveryState::Enrolling => Standing::Enrolling,
        DeliveryState::PendingAtCa => Standing::PendingAtCa,
        DeliveryState::Failed { .. } => Standing::Failed,
        DeliveryState::Removed => Standing::Removed,
    })
}
