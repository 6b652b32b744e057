//! Distribution: which devices a configuration is for.

use serde::{Deserialize, Serialize};

use crate::{device::DeviceId, person::PersonId, scep_configuration::ConfigurationId, time::Timestamp};

/// The distribution of one configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assignment {
    /// Of which configuration.
    pub configuration_id: ConfigurationId,
    /// Whether it acts at all.
    pub is_enabled: bool,
    /// For whom.
    pub scope: Scope,
    /// When it last changed.
    pub updated_at: Timestamp,
}

/// For whom.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "to")]
pub enum Scope {
    /// Every device, present and future.
    All,
    /// No device.
    None,
    /// Those listed, without those excluded.
    Custom {
        /// Devices by themselves.
        devices: Vec<DeviceId>,
        /// All devices of these people.
        people: Vec<PersonId>,
        /// Devices left out.
        excluded_devices: Vec<DeviceId>,
        /// People left out.
        excluded_people: Vec<PersonId>,
    },
}

impl Assignment {
    /// Whether the device is meant.
    pub fn covers(&self, device: &DeviceId, person: Option<&PersonId>) -> bool {
        self.is_enabled
            && match &self.scope {
                Scope::All => true,
                Scope::None => false,
                Scope::Custom {
                    devices,
                    people,
                    excluded_devices,
                    excluded_people,
                } => {
                    let is_excluded = excluded_devices.contains(device)
                        || person.is_some_and(|person| excluded_people.contains(person));
                    let is_listed =
                        devices.contains(device) || person.is_some_and(|person| people.contains(person));
                    is_listed && !is_excluded
                }
            }
    }
}
