//! Operators: those who sign in to the console or call the API.

use serde::{Deserialize, Serialize};

use crate::{id::Id, time::Timestamp};

/// Identifies an operator.
pub type OperatorId = Id<Operator>;

/// Someone who administers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Operator {
    /// Its identifier.
    pub id: OperatorId,
    /// The name to sign in with, unique without regard to case.
    pub name: String,
    /// What the operator may do.
    pub role: Role,
    /// When the record was made.
    pub created_at: Timestamp,
}

/// Roles, each with its permissions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Everything.
    Owner,
    /// Everything but operators.
    Administrator,
    /// Authorities, configurations, orders.
    PkiOperator,
    /// Devices: look, synchronise, retry.
    HelpDesk,
    /// Look, nothing else.
    Auditor,
}

/// What an action asks leave for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Permission {
    /// See everything but secrets.
    Read,
    /// Make and change authorities and configurations, distribute them.
    Configure,
    /// Ask for a SCEP URL and challenge for a named subject.
    Order,
    /// Act on devices and people.
    Devices,
    /// Send devices away, and say whose they are.
    RemoveDevices,
    /// Make operators and tokens.
    Operators,
}

impl Role {
    /// Whether the role holds the permission.
    pub fn may(self, permission: Permission) -> bool {
        use Permission as P;
        match self {
            Self::Owner => true,
            Self::Administrator => !matches!(permission, P::Operators | P::Order),
            Self::PkiOperator => matches!(permission, P::Read | P::Configure | P::Order),
            Self::HelpDesk => matches!(permission, P::Read | P::Devices),
            Self::Auditor => matches!(permission, P::Read),
        }
    }
    /// The role's name as stored and as the API gives it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Owner => "owner",
            Self::Administrator => "administrator",
            Self::PkiOperator => "pki_operator",
            Self::HelpDesk => "help_desk",
            Self::Auditor => "auditor",
        }
    }
    /// Reads a role's name.
    pub fn from_name(name: &str) -> Option<Self> {
        [
            Self::Owner,
            Self::Administrator,
            Self::PkiOperator,
            Self::HelpDesk,
            Self::Auditor,
        ]
        .into_iter()
        .find(|role| role.name() == name)
    }
}
