//! Devices: enrolled Windows machines.

pub mod enrolment;
pub mod inventory;
pub mod needs;
mod removal;
pub mod session;
pub mod silence;
pub mod twin;
pub mod waking;

use inventory::Inventory;
pub use removal::{LeftHow, Removal, SILENCE_SECONDS};

use serde::{Deserialize, Serialize};

use crate::{id::Id, person::PersonId, time::Timestamp};

/// Identifies a device.
pub type DeviceId = Id<Device>;

/// An enrolled device.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Device {
    /// Its identifier.
    pub id: DeviceId,
    /// Its own name at enrolment, or one that an administrator took over since: its certificates carry this one. What it
    /// calls itself is in its inventory.
    pub name: String,
    /// Whose it is.
    pub person_id: Option<PersonId>,
    /// The DeviceID of its enrolment (32 hex): the Source of its sessions.
    pub windows_id: String,
    /// What it said of its hardware; never proof of anything.
    pub hardware_id: Option<String>,
    /// Whether the user's or the device's store holds the identity (`EnrollmentType`).
    pub enrollment_type: String,
    /// Operating system version as stated.
    pub os_version: Option<String>,
    /// Manufacturer as stated.
    pub manufacturer: Option<String>,
    /// Model as stated.
    pub model: Option<String>,
    /// SMBIOS serial number as stated.
    pub serial_number: Option<String>,
    /// Language as stated.
    pub language: Option<String>,
    /// IMEI as stated.
    pub imei: Option<String>,
    /// Wi-Fi address as stated.
    pub wifi_mac: Option<String>,
    /// What it tells when it is asked now and then.
    #[serde(default)]
    pub inventory: Inventory,
    /// Whether it polls often now because there is work.
    pub is_polling_fast: bool,
    /// When it enrolled.
    pub enrolled_at: Timestamp,
    /// When it last spoke.
    pub last_seen_at: Timestamp,
    /// When it left, if it did.
    pub unenrolled_at: Option<Timestamp>,
    /// How it left. Earlier versions kept no record of it.
    pub left_how: Option<LeftHow>,
    /// An administrator asked that it leave; stays after it left.
    pub removal: Option<Removal>,
}

impl Device {
    /// Whether it is managed and stays so: it neither left nor is to leave. Certificates are for such devices alone.
    pub fn is_staying(&self) -> bool {
        self.unenrolled_at.is_none() && self.removal.is_none()
    }

    /// Whether an administrator revoked it at once.
    pub fn is_revoked(&self) -> bool {
        self.left_how == Some(LeftHow::Revoked)
    }
}
