//! Distribution: which devices a configuration is for.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::{
    device::DeviceId, group::GroupId, person::PersonId, scep_configuration::ConfigurationId, time::Timestamp,
};

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
        /// Groups. A version that doesn't know them reads the rest.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        groups: Vec<GroupId>,
        /// Groups left out.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        excluded_groups: Vec<GroupId>,
    },
}

impl Scope {
    /// The groups that it names, included or excluded.
    pub fn groups(&self) -> impl Iterator<Item = &GroupId> {
        let (groups, excluded) = match self {
            Self::Custom {
                groups,
                excluded_groups,
                ..
            } => (groups.as_slice(), excluded_groups.as_slice()),
            Self::All | Self::None => (&[][..], &[][..]),
        };
        groups.iter().chain(excluded)
    }
}

impl Assignment {
    /// Whether the device is meant: named by itself, by its person or by a group, and excluded by none of them.
    pub fn covers(
        &self,
        device: &DeviceId,
        person: Option<&PersonId>,
        belongs_to: &BTreeSet<GroupId>,
    ) -> bool {
        self.is_enabled
            && match &self.scope {
                Scope::All => true,
                Scope::None => false,
                Scope::Custom {
                    devices,
                    people,
                    excluded_devices,
                    excluded_people,
                    groups,
                    excluded_groups,
                } => {
                    let is_among = |devices: &[DeviceId], people: &[PersonId], groups: &[GroupId]| {
                        devices.contains(device)
                            || person.is_some_and(|person| people.contains(person))
                            || groups.iter().any(|group| belongs_to.contains(group))
                    };
                    is_among(devices, people, groups)
                        && !is_among(excluded_devices, excluded_people, excluded_groups)
                }
            }
    }
}
