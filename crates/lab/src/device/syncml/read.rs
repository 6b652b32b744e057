//! Reads a server's message, exact in namespaces and names.

use roxmltree::{Document, Node, ParsingOptions};
use thiserror::Error;

const SYNCML: &str = "SYNCML:SYNCML1.2";
const METINF: &str = "syncml:metinf";

/// Why a message can't be used; the session ends.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum BadMessage {
    #[error("the message has {0} octets, more than was announced")]
    TooLarge(usize),
    #[error("the message isn't well-formed: {0}")]
    NotXml(String),
    #[error("{0} is missing or in a wrong namespace")]
    Missing(&'static str),
    #[error("{0} isn't what OMA DM 1.2 wants: {1}")]
    Wrong(&'static str, String),
}

/// A message of the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerMessage {
    pub session_id: String,
    pub msg_id: u32,
    pub target: String,
    pub source: String,
    pub statuses: Vec<ServerStatus>,
    pub commands: Vec<Command>,
    pub is_final: bool,
}

/// The server's word on one of the device's commands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerStatus {
    pub msg_ref: String,
    pub cmd_ref: String,
    pub cmd: String,
    pub code: String,
}

/// What a command asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verb {
    Add,
    Alert,
    Atomic,
    Delete,
    Exec,
    Get,
    Replace,
    Sequence,
    /// An element that OMA DM on Windows doesn't have.
    Unknown(String),
}

impl Verb {
    fn named(name: &str) -> Self {
        match name {
            "Add" => Self::Add,
            "Alert" => Self::Alert,
            "Atomic" => Self::Atomic,
            "Delete" => Self::Delete,
            "Exec" => Self::Exec,
            "Get" => Self::Get,
            "Replace" => Self::Replace,
            "Sequence" => Self::Sequence,
            other => Self::Unknown(other.to_owned()),
        }
    }

    /// The element's name.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Add => "Add",
            Self::Alert => "Alert",
            Self::Atomic => "Atomic",
            Self::Delete => "Delete",
            Self::Exec => "Exec",
            Self::Get => "Get",
            Self::Replace => "Replace",
            Self::Sequence => "Sequence",
            Self::Unknown(name) => name,
        }
    }
}

/// A command of the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Command {
    pub verb: Verb,
    /// Required by Windows; its lack is answered with 400.
    pub id: Option<String>,
    pub items: Vec<Item>,
    /// Commands inside an Atomic or a Sequence.
    pub children: Vec<Command>,
}

/// What a command is about.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Item {
    pub target: Option<String>,
    pub format: Option<String>,
    pub data: Option<String>,
    /// Windows' configuration service providers can't read CDATA.
    pub has_cdata: bool,
}

/// Reads a whole message.
///
/// # Errors
/// Size, DTD, wrong namespaces, missing header fields.
pub fn read(body: &[u8]) -> Result<ServerMessage, BadMessage> {
    if body.len() > super::MAX_MESSAGE {
        return Err(BadMessage::TooLarge(body.len()));
    }
    let text = std::str::from_utf8(body).map_err(|error| BadMessage::NotXml(error.to_string()))?;
    let options = ParsingOptions {
        allow_dtd: false,
        nodes_limit: 50_000,
        ..ParsingOptions::default()
    };
    let document =
        Document::parse_with_options(text, options).map_err(|error| BadMessage::NotXml(error.to_string()))?;
    let root = document.root_element();
    if !root.has_tag_name((SYNCML, "SyncML")) {
        return Err(BadMessage::Missing("SyncML"));
    }
    let header = child(root, "SyncHdr").ok_or(BadMessage::Missing("SyncHdr"))?;
    let body = child(root, "SyncBody").ok_or(BadMessage::Missing("SyncBody"))?;
    expect(header, "VerDTD", "1.2")?;
    expect(header, "VerProto", "DM/1.2")?;
    let msg_id = wanted(header, "MsgID")?;
    Ok(ServerMessage {
        session_id: wanted(header, "SessionID")?,
        msg_id: msg_id.parse().map_err(|_| BadMessage::Wrong("MsgID", msg_id))?,
        target: uri(header, "Target").ok_or(BadMessage::Missing("Target"))?,
        source: uri(header, "Source").ok_or(BadMessage::Missing("Source"))?,
        statuses: elements(body)
            .filter(|node| is(*node, "Status"))
            .map(status)
            .collect(),
        commands: commands(body, text),
        is_final: child(body, "Final").is_some(),
    })
}

fn commands(parent: Node<'_, '_>, text: &str) -> Vec<Command> {
    const NO_COMMANDS: [&str; 6] = ["Status", "Results", "Final", "CmdID", "Meta", "Item"];
    elements(parent)
        .filter(|node| !NO_COMMANDS.contains(&node.tag_name().name()))
        .map(|node| command(node, text))
        .collect()
}

fn command(node: Node<'_, '_>, text: &str) -> Command {
    let verb = if node.tag_name().namespace() == Some(SYNCML) {
        Verb::named(node.tag_name().name())
    } else {
        Verb::Unknown(node.tag_name().name().to_owned())
    };
    let children = match verb {
        Verb::Atomic | Verb::Sequence => commands(node, text),
        _ => Vec::new(),
    };
    Command {
        verb,
        id: value(node, "CmdID").filter(|id| !id.is_empty()),
        items: elements(node)
            .filter(|child| is(*child, "Item"))
            .map(|child| item(child, text))
            .collect(),
        children,
    }
}

fn item(node: Node<'_, '_>, text: &str) -> Item {
    let data = child(node, "Data");
    let meta = child(node, "Meta");
    Item {
        target: uri(node, "Target"),
        // The meta information has a namespace of its own; without it Windows sees no format.
        format: meta
            .and_then(|meta| elements(meta).find(|child| child.has_tag_name((METINF, "Format"))))
            .map(|format| content(format).trim().to_owned()),
        data: data.map(content),
        has_cdata: data
            .and_then(|data| text.get(data.range()))
            .is_some_and(|source| source.contains("<![CDATA[")),
    }
}

fn status(node: Node<'_, '_>) -> ServerStatus {
    let field = |name| value(node, name).unwrap_or_default();
    ServerStatus {
        msg_ref: field("MsgRef"),
        cmd_ref: field("CmdRef"),
        cmd: field("Cmd"),
        code: field("Data"),
    }
}

fn elements<'a, 'i>(node: Node<'a, 'i>) -> impl Iterator<Item = Node<'a, 'i>> {
    node.children().filter(Node::is_element)
}

fn is(node: Node<'_, '_>, name: &str) -> bool {
    node.has_tag_name((SYNCML, name))
}

fn child<'a, 'i>(node: Node<'a, 'i>, name: &str) -> Option<Node<'a, 'i>> {
    elements(node).find(|child| is(*child, name))
}

fn content(node: Node<'_, '_>) -> String {
    node.children().filter_map(|child| child.text()).collect()
}

fn value(node: Node<'_, '_>, name: &str) -> Option<String> {
    child(node, name).map(|child| content(child).trim().to_owned())
}

fn uri(node: Node<'_, '_>, name: &str) -> Option<String> {
    value(child(node, name)?, "LocURI")
}

fn wanted(node: Node<'_, '_>, name: &'static str) -> Result<String, BadMessage> {
    value(node, name)
        .filter(|value| !value.is_empty())
        .ok_or(BadMessage::Missing(name))
}

fn expect(node: Node<'_, '_>, name: &'static str, wanted: &str) -> Result<(), BadMessage> {
    match value(node, name) {
        Some(value) if value == wanted => Ok(()),
        Some(value) => Err(BadMessage::Wrong(name, value)),
        None => Err(BadMessage::Missing(name)),
    }
}
