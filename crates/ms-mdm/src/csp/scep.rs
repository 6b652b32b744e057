//! ClientCertificateInstall/SCEP: one node per delivery, filled and started in one Atomic, asked for its
//! outcome later. Microsoft, ClientCertificateInstall CSP.

mod install;
mod outcome;

pub use install::{HashAlgorithm, KeyProtection, ScepInstall, ValidPeriod};
pub use outcome::{InstallStatus, Outcome};

use crate::Error;
use crate::syncml::{CmdId, Command};
use std::fmt;

/// Whose certificate it is: the machine's (`LocalMachine\My`) or the signed-in person's (`CurrentUser\My`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Scope {
    Device,
    /// Only in a session whose LoginStatus is `user`.
    User,
}

impl Scope {
    fn root(self) -> &'static str {
        match self {
            Self::Device => "./Device/Vendor/MSFT/ClientCertificateInstall/SCEP",
            Self::User => "./User/Vendor/MSFT/ClientCertificateInstall/SCEP",
        }
    }
}

/// `{UniqueID}`: the name of one delivery's node, never used for another.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct UniqueId(String);

impl UniqueId {
    /// 1 to 64 of `A-Z a-z 0-9 - _`, which need no escaping in a URI: Windows lists node names URI-encoded.
    pub fn new(text: impl Into<String>) -> Result<Self, Error> {
        let text = text.into();
        let is_plain = text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_');
        if is_plain && (1..=64).contains(&text.len()) {
            Ok(Self(text))
        } else {
            Err(Error::invalid(
                "UniqueID",
                "it is not 1 to 64 letters, digits, - and _",
            ))
        }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for UniqueId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// The node of one delivery.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ScepNode {
    pub scope: Scope,
    pub unique_id: UniqueId,
}

impl ScepNode {
    pub fn new(scope: Scope, unique_id: UniqueId) -> Self {
        Self { scope, unique_id }
    }

    /// The node itself: to add, to delete.
    pub fn uri(&self) -> String {
        format!("{}/{}", self.scope.root(), self.unique_id)
    }

    /// A parameter below `Install`.
    pub fn install_uri(&self, name: &str) -> String {
        format!("{}/Install/{name}", self.uri())
    }

    pub fn status_uri(&self) -> String {
        format!("{}/Status", self.uri())
    }

    pub fn error_code_uri(&self) -> String {
        format!("{}/ErrorCode", self.uri())
    }

    pub fn cert_thumbprint_uri(&self) -> String {
        format!("{}/CertThumbprint", self.uri())
    }

    pub fn respondent_server_url_uri(&self) -> String {
        format!("{}/RespondentServerUrl", self.uri())
    }

    /// One Get of Status and ErrorCode: both under one id, so that neither is taken for another time's.
    pub fn ask_outcome(&self, cmd_id: CmdId) -> Command {
        Command::get(cmd_id, [self.status_uri(), self.error_code_uri()])
    }

    /// A Get of the certificate's SHA-1, empty while there is none.
    pub fn ask_thumbprint(&self, cmd_id: CmdId) -> Command {
        Command::get(cmd_id, [self.cert_thumbprint_uri()])
    }

    /// A Get of the address that answered.
    pub fn ask_respondent(&self, cmd_id: CmdId) -> Command {
        Command::get(cmd_id, [self.respondent_server_url_uri()])
    }

    /// Removes the node and the certificate with it. 404 means that it is done already.
    pub fn delete(&self, cmd_id: CmdId) -> Command {
        Command::delete(cmd_id, &self.uri())
    }
}
