//! The outermost error: a refusal that a person can act on, or an incident.

use thiserror::Error as ThisError;

use super::broker::Wait;

/// What an action answers with.
pub type Result<T> = std::result::Result<T, Error>;

/// Why an action did nothing.
#[derive(Debug, ThisError)]
pub enum Error {
    /// Refused, with a reason for the person.
    #[error(transparent)]
    Refused(#[from] domain::Error),
    /// Refused for several reasons, each at its field.
    #[error("{} fields are wrong", .0.len())]
    Several(Vec<domain::Error>),
    /// Not now.
    #[error(transparent)]
    Later(Box<Later>),
    /// Something broke. Outside it is a number, in the log everything.
    #[error("internal error: {0:#}")]
    Internal(anyhow::Error),
}

/// What can't be done now, and when it may.
#[derive(Debug, ThisError)]
#[error("{refusal}")]
pub struct Later {
    /// Why not.
    pub refusal: domain::Error,
    /// For what it waits.
    pub wait: Wait,
}

impl From<anyhow::Error> for Error {
    fn from(error: anyhow::Error) -> Self {
        Self::Internal(error)
    }
}

impl From<store::Error> for Error {
    fn from(error: store::Error) -> Self {
        Self::Internal(anyhow::Error::new(error))
    }
}

impl Error {
    /// The refusals in it; empty for an incident.
    pub fn refusals(&self) -> &[domain::Error] {
        match self {
            Self::Refused(one) => std::slice::from_ref(one),
            Self::Several(all) => all,
            Self::Later(later) => std::slice::from_ref(&later.refusal),
            Self::Internal(_) => &[],
        }
    }

    /// Writes an incident to the log and gives its number; `None` for a refusal.
    pub fn incident(&self) -> Option<String> {
        let Self::Internal(cause) = self else { return None };
        let number = crate::secrets::hex(&crate::secrets::random::<4>());
        tracing::error!(incident = %number, error = ?cause, "incident");
        Some(number)
    }
}
