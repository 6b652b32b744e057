use super::{MsgId, SessionId};
use std::fmt;
use zeroize::Zeroizing;

/// A message's `SyncHdr`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    pub session_id: SessionId,
    pub msg_id: MsgId,
    /// Whom the message is for: the server's address, or the device's id.
    pub target: String,
    /// Who says it sends it: a device's id, never proof of it.
    pub source: String,
    /// The largest message in bytes that the sender takes, where it says so.
    pub max_msg_size: Option<usize>,
    /// The largest single value in bytes that the sender takes, where it says so.
    pub max_obj_size: Option<usize>,
    pub credential: Option<Credential>,
}

/// `Cred`: an application-level proof. Debug prints no secret.
#[derive(Clone, PartialEq, Eq)]
pub struct Credential {
    /// `syncml:auth-md5` or `syncml:auth-basic`; empty when absent.
    pub kind: String,
    /// The base64 as sent.
    pub value: Zeroizing<String>,
}

impl fmt::Debug for Credential {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Credential")
            .field("kind", &self.kind)
            .finish_non_exhaustive()
    }
}
