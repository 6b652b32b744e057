//! Certificates that devices hold, or held.

mod compare;
mod name;

pub use compare::{Note, Ordered, Shown, compare, compare_identity};
pub use name::subject_of;

use crate::{delivery::DeliveryId, delivery::Proof, device::DeviceId, thumbprint::Sha1, time::Timestamp};

/// A certificate on a device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Certificate {
    /// Its thumbprint.
    pub sha1: Sha1,
    /// On which device.
    pub device_id: DeviceId,
    /// By which delivery.
    pub delivery_id: DeliveryId,
    /// What proved it.
    pub verified_by: Proof,
    /// Subject as read from it, or as ordered when only the thumbprint is known.
    pub subject: String,
    /// Issuer, when the certificate itself is known.
    pub issuer: Option<String>,
    /// Serial number (hex), when known.
    pub serial: Option<String>,
    /// First moment of validity, when known.
    pub not_before: Option<Timestamp>,
    /// Last moment of validity, when known.
    pub not_after: Option<Timestamp>,
    /// The certificate itself (DER), when the device gave it.
    pub der: Option<Vec<u8>>,
    /// When it was proved.
    pub verified_at: Timestamp,
    /// When it was taken off or replaced, if it was.
    pub removed_at: Option<Timestamp>,
}
