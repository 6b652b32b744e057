use super::{CmdId, Command, Item, MsgId};

/// A status code. OMA-DM 1.2, SyncML Representation Protocol 10.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct StatusCode(pub u16);

impl StatusCode {
    pub const OK: Self = Self(200);
    pub const ACCEPTED_FOR_PROCESSING: Self = Self(202);
    /// Authenticated for the whole session.
    pub const AUTHENTICATED: Self = Self(212);
    /// A piece of a large value was taken; the rest is awaited.
    pub const CHUNK_ACCEPTED: Self = Self(213);
    pub const NOT_EXECUTED: Self = Self(215);
    /// Undone, because another command of its Atomic failed.
    pub const ROLLED_BACK: Self = Self(216);
    pub const BAD_REQUEST: Self = Self(400);
    pub const INVALID_CREDENTIALS: Self = Self(401);
    pub const FORBIDDEN: Self = Self(403);
    pub const NOT_FOUND: Self = Self(404);
    pub const NOT_ALLOWED: Self = Self(405);
    pub const NOT_SUPPORTED: Self = Self(406);
    pub const AUTHENTICATION_REQUIRED: Self = Self(407);
    /// A value larger than the recipient takes.
    pub const TOO_LARGE: Self = Self(413);
    pub const UNSUPPORTED_FORMAT: Self = Self(415);
    pub const ALREADY_EXISTS: Self = Self(418);
    /// The pieces of a value don't make up the size that was announced.
    pub const SIZE_MISMATCH: Self = Self(424);
    pub const PERMISSION_DENIED: Self = Self(425);
    pub const COMMAND_FAILED: Self = Self(500);
    /// An Atomic failed and was undone.
    pub const ATOMIC_FAILED: Self = Self(507);
    /// An Atomic failed and couldn't be undone.
    pub const ROLL_BACK_FAILED: Self = Self(516);

    /// The command was taken, or done. Never proof of a certificate.
    pub fn is_success(self) -> bool {
        (200..=214).contains(&self.0)
    }

    /// The command, or the whole message for a header's status, was refused (4xx) or failed (5xx).
    pub fn is_failure(self) -> bool {
        self.0 >= 400
    }
}

/// What became of a command; it belongs to (`msg_ref`, `cmd_ref`), wherever it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Status {
    pub cmd_id: CmdId,
    pub msg_ref: MsgId,
    /// `0` for the header.
    pub cmd_ref: CmdId,
    /// The command's name, `SyncHdr` for the header.
    pub command: String,
    /// The nodes that it is about, where it isn't about all of the command's.
    pub target_refs: Vec<String>,
    pub source_refs: Vec<String>,
    pub code: StatusCode,
    /// The next nonce, for an application-level proof.
    pub challenge: Option<Challenge>,
    pub items: Vec<Item>,
}

/// `Chal`: MD5, with the nonce to use next (raw).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Challenge {
    pub next_nonce: Vec<u8>,
}

impl Status {
    /// The status for a message's header.
    pub fn of_header(cmd_id: CmdId, msg_ref: MsgId, code: StatusCode) -> Self {
        Self::new(cmd_id, msg_ref, CmdId::header(), "SyncHdr", code)
    }

    /// The status for a command of a message.
    pub fn of_command(cmd_id: CmdId, msg_ref: MsgId, command: &Command, code: StatusCode) -> Self {
        Self::new(cmd_id, msg_ref, command.cmd_id().clone(), command.name(), code)
    }

    fn new(cmd_id: CmdId, msg_ref: MsgId, cmd_ref: CmdId, command: &str, code: StatusCode) -> Self {
        Self {
            cmd_id,
            msg_ref,
            cmd_ref,
            command: command.to_owned(),
            target_refs: Vec::new(),
            source_refs: Vec::new(),
            code,
            challenge: None,
            items: Vec::new(),
        }
    }
}
