//! OMA-DM messages (SyncML 1.2): what the device sends, read leniently; what the server sends, written strictly.

mod alert;
mod command;
mod header;
mod id;
mod item;
mod large;
mod read;
mod status;
mod write;

pub use alert::{Alert, AlertCode, LoginStatus, SyncType};
pub use command::{Command, Group, Operation, Results, Verb};
pub use header::{Credential, Header};
pub use id::{CmdId, MsgId, SessionId};
pub use item::{Data, Format, Item};
pub use large::{Assembled, Loss, MAX_OBJECT_BYTES, Partial, assemble};
pub use status::{Challenge, Status, StatusCode};
pub use write::{DoesNotFit, ServerMessage};

use crate::Error;

/// The `Content-Type` of every OMA-DM message in XML.
pub const CONTENT_TYPE: &str = "application/vnd.syncml.dm+xml";

pub(crate) const SYNCML: &str = "SYNCML:SYNCML1.2";
pub(crate) const METINF: &str = "syncml:metinf";

/// One message, as read. Nothing in it is proven: who sent it is told by TLS, or by [`crate::digest`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    pub header: Header,
    /// In the order sent, statuses and results among them.
    pub commands: Vec<Command>,
    /// Whether the sender's package ends here. Some messages of Windows lack the mark.
    pub is_final: bool,
}

impl Message {
    /// Reads a message of either side. Unknown elements are left out; a command without a `CmdID` has an empty
    /// one (it is answered with status 400 and an empty reference).
    pub fn read(bytes: &[u8]) -> Result<Self, Error> {
        read::message(bytes)
    }

    pub fn statuses(&self) -> impl Iterator<Item = &Status> {
        self.commands.iter().filter_map(|command| match command {
            Command::Status(status) => Some(status),
            _ => None,
        })
    }

    pub fn results(&self) -> impl Iterator<Item = &Results> {
        self.commands.iter().filter_map(|command| match command {
            Command::Results(results) => Some(results),
            _ => None,
        })
    }

    pub fn alerts(&self) -> impl Iterator<Item = &Alert> {
        self.commands.iter().filter_map(|command| match command {
            Command::Alert(alert) => Some(alert),
            _ => None,
        })
    }

    /// The statuses that answer one command of one message: several, when each of its items got its own.
    pub fn statuses_of(&self, msg_ref: &MsgId, cmd_ref: &CmdId) -> impl Iterator<Item = &Status> {
        self.statuses()
            .filter(move |status| status.msg_ref == *msg_ref && status.cmd_ref == *cmd_ref)
    }

    /// The items that a Get of one message brought, over all its Results.
    pub fn results_of(&self, msg_ref: &MsgId, cmd_ref: &CmdId) -> impl Iterator<Item = &Item> {
        self.results()
            .filter(move |results| {
                results
                    .msg_ref
                    .as_ref()
                    .is_none_or(|reference| reference == msg_ref)
                    && results.cmd_ref == *cmd_ref
            })
            .flat_map(|results| &results.items)
    }

    /// Who is signed in, where this message says it (alert 1224).
    pub fn login_status(&self) -> Option<LoginStatus> {
        self.alerts().find_map(Alert::login_status)
    }

    /// The refusal of our whole message, where a status for its header says so: none of its commands was carried out.
    pub fn header_refusal(&self) -> Option<StatusCode> {
        self.statuses()
            .filter(|status| status.cmd_ref == CmdId::header())
            .map(|status| status.code)
            .find(|code| code.is_failure())
    }

    /// Everything that wants a Status: all but statuses and results, the members of groups not counted.
    pub fn commands_to_answer(&self) -> impl Iterator<Item = &Command> {
        self.commands
            .iter()
            .filter(|command| !matches!(command, Command::Status(_) | Command::Results(_)))
    }
}
