use super::{Alert, CmdId, Data, Format, Item, MsgId, Status};
use crate::Error;

/// What a command does to the nodes of its items.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Verb {
    /// Creates a node (418 when it is there), its parents with it.
    Add,
    /// Removes a node and what is below it.
    Delete,
    /// Starts what the node stands for.
    Exec,
    /// Reads.
    Get,
    /// Sets a node's value, creating it where the CSP allows.
    Replace,
}

impl Verb {
    pub fn name(self) -> &'static str {
        match self {
            Self::Add => "Add",
            Self::Delete => "Delete",
            Self::Exec => "Exec",
            Self::Get => "Get",
            Self::Replace => "Replace",
        }
    }

    pub(super) fn named(name: &str) -> Option<Self> {
        [Self::Add, Self::Delete, Self::Exec, Self::Get, Self::Replace]
            .into_iter()
            .find(|v| v.name() == name)
    }
}

/// One of the five commands on nodes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Operation {
    pub verb: Verb,
    pub cmd_id: CmdId,
    pub items: Vec<Item>,
}

/// Commands that belong together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    pub cmd_id: CmdId,
    pub commands: Vec<Command>,
}

/// What a Get brought.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Results {
    pub cmd_id: CmdId,
    /// The message that asked; some devices leave it out.
    pub msg_ref: Option<MsgId>,
    pub cmd_ref: CmdId,
    pub items: Vec<Item>,
}

/// An element of a message's body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    Operation(Operation),
    Alert(Alert),
    /// All or nothing: 507 and rolled back when one fails. Holds no Get and no further Atomic on Windows.
    Atomic(Group),
    /// In this order.
    Sequence(Group),
    Status(Status),
    Results(Results),
}

impl Command {
    /// Reads one command that stands alone, as documentation prints them.
    pub fn read(bytes: &[u8]) -> Result<Self, Error> {
        super::read::command(bytes)
    }

    /// Creates a leaf with a value.
    pub fn add(cmd_id: CmdId, uri: &str, format: Format, value: &str) -> Self {
        Self::with_value(Verb::Add, cmd_id, uri, format, Some(value))
    }

    /// Creates an inner node.
    pub fn add_node(cmd_id: CmdId, uri: &str) -> Self {
        Self::with_value(Verb::Add, cmd_id, uri, Format::Node, None)
    }

    pub fn replace(cmd_id: CmdId, uri: &str, format: Format, value: &str) -> Self {
        Self::with_value(Verb::Replace, cmd_id, uri, format, Some(value))
    }

    pub fn exec(cmd_id: CmdId, uri: &str, format: Format, value: Option<&str>) -> Self {
        Self::with_value(Verb::Exec, cmd_id, uri, format, value)
    }

    pub fn delete(cmd_id: CmdId, uri: &str) -> Self {
        Self::Operation(Operation {
            verb: Verb::Delete,
            cmd_id,
            items: vec![Item::at(uri)],
        })
    }

    /// Reads several nodes under one id.
    pub fn get<U: Into<String>>(cmd_id: CmdId, uris: impl IntoIterator<Item = U>) -> Self {
        let items = uris.into_iter().map(Item::at).collect();
        Self::Operation(Operation {
            verb: Verb::Get,
            cmd_id,
            items,
        })
    }

    pub fn atomic(cmd_id: CmdId, commands: Vec<Command>) -> Self {
        Self::Atomic(Group { cmd_id, commands })
    }

    fn with_value(verb: Verb, cmd_id: CmdId, uri: &str, format: Format, value: Option<&str>) -> Self {
        let item = Item {
            format: Some(format),
            data: value.map(Data::new),
            ..Item::at(uri)
        };
        Self::Operation(Operation {
            verb,
            cmd_id,
            items: vec![item],
        })
    }

    pub fn cmd_id(&self) -> &CmdId {
        match self {
            Self::Operation(operation) => &operation.cmd_id,
            Self::Alert(alert) => &alert.cmd_id,
            Self::Atomic(group) | Self::Sequence(group) => &group.cmd_id,
            Self::Status(status) => &status.cmd_id,
            Self::Results(results) => &results.cmd_id,
        }
    }

    /// The element's name, as a Status gives it in `Cmd`.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Operation(operation) => operation.verb.name(),
            Self::Alert(_) => "Alert",
            Self::Atomic(_) => "Atomic",
            Self::Sequence(_) => "Sequence",
            Self::Status(_) => "Status",
            Self::Results(_) => "Results",
        }
    }

    /// The commands inside a group; none for the others.
    pub fn members(&self) -> &[Command] {
        match self {
            Self::Atomic(group) | Self::Sequence(group) => &group.commands,
            _ => &[],
        }
    }
}
