//! Who does something: every action begins by asking whether the actor may.

use crate::{
    device::DeviceId,
    error::{Error, Kind},
    operator::{OperatorId, Permission, Role},
};

/// Who acts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Actor {
    /// An operator in the console or over the API.
    Operator {
        /// Who.
        id: OperatorId,
        /// The name, for the audit.
        name: String,
        /// What the operator may do.
        role: Role,
    },
    /// A device in its own session.
    Device(DeviceId),
    /// An identity provider that writes people and groups.
    Scim {
        /// The name of its source, for the audit.
        source: String,
    },
    /// The command line on the server itself.
    CommandLine,
    /// The server's own jobs.
    System,
}

impl Actor {
    /// Refuses an actor that lacks the permission.
    pub fn require(&self, permission: Permission) -> Result<(), Error> {
        let is_allowed = match self {
            Self::Operator { role, .. } => role.may(permission),
            Self::Device(_) | Self::Scim { .. } => false,
            Self::CommandLine | Self::System => true,
        };
        if is_allowed {
            Ok(())
        } else {
            Err(Error::new(
                Kind::Forbidden,
                "error-forbidden",
                "this role may not do that",
            ))
        }
    }
    /// How the audit names the actor.
    pub fn label(&self) -> String {
        match self {
            Self::Operator { name, .. } => format!("operator:{name}"),
            Self::Device(id) => format!("device:{id}"),
            Self::Scim { source } => format!("scim:{source}"),
            Self::CommandLine => "command-line".to_owned(),
            Self::System => "system".to_owned(),
        }
    }
}
