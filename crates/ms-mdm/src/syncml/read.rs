//! Reading: exact about what a message is, lenient about what real devices leave out, put in another order or
//! name in another namespace.

use super::header::{Credential, Header};
use super::{
    Alert, AlertCode, Challenge, CmdId, Command, Data, Format, Group, Item, METINF, Message, MsgId,
    Operation, Results, SYNCML, SessionId, Status, StatusCode, Verb,
};
use crate::Error;
use crate::xml::{self, child_text};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use roxmltree::Node;
use zeroize::Zeroizing;

const MAX_ID: usize = 128;
const MAX_URI: usize = 4096;
const MAX_CREDENTIAL: usize = 4096;
const MAX_COMMANDS: usize = 2000;
const MAX_ITEMS: usize = 2000;
/// Fragments and samples stand in no namespace.
const NAMES: [&str; 2] = [SYNCML, ""];
/// Meta's children belong to `syncml:metinf`; devices and samples inherit SyncML's, or misspell it.
const META_NAMES: [&str; 4] = [METINF, SYNCML, "", "syncml:metinfo"];

pub(super) fn message(bytes: &[u8]) -> Result<Message, Error> {
    let document = xml::parse(bytes)?;
    let root = document.root_element();
    if !xml::is(root, &[SYNCML], "SyncML") {
        return Err(Error::NotA {
            expected: "SyncML 1.2 message",
        });
    }
    let header = xml::child_in(root, &NAMES, "SyncHdr").ok_or(Error::missing("SyncHdr"))?;
    let body = xml::child_in(root, &NAMES, "SyncBody").ok_or(Error::missing("SyncBody"))?;
    let mut left = MAX_COMMANDS;
    Ok(Message {
        header: read_header(header)?,
        commands: read_commands(body, &mut left)?,
        is_final: xml::child_in(body, &NAMES, "Final").is_some(),
    })
}

/// One command that stands alone, as documentation prints them.
pub(super) fn command(bytes: &[u8]) -> Result<Command, Error> {
    let document = xml::parse(bytes)?;
    let mut left = MAX_COMMANDS;
    read_command(document.root_element(), &mut left)?.ok_or(Error::NotA {
        expected: "SyncML command",
    })
}

fn read_header(header: Node<'_, '_>) -> Result<Header, Error> {
    let id = |name| child_text(header, &NAMES, name, MAX_ID);
    let meta = xml::child_in(header, &NAMES, "Meta");
    let limit = |name| match meta {
        Some(meta) => child_text(meta, &META_NAMES, name, MAX_ID),
        None => Ok(None),
    };
    let (max_msg_size, max_obj_size) = (limit("MaxMsgSize")?, limit("MaxObjSize")?);
    Ok(Header {
        session_id: SessionId(id("SessionID")?.ok_or(Error::missing("SessionID"))?),
        msg_id: MsgId(id("MsgID")?.ok_or(Error::missing("MsgID"))?),
        target: location(header, "Target")?.unwrap_or_default(),
        source: location(header, "Source")?.ok_or(Error::missing("Source"))?,
        max_msg_size: max_msg_size.and_then(|size| size.parse().ok()),
        max_obj_size: max_obj_size.and_then(|size| size.parse().ok()),
        credential: read_credential(header)?,
    })
}

fn read_credential(header: Node<'_, '_>) -> Result<Option<Credential>, Error> {
    let Some(credential) = xml::child_in(header, &NAMES, "Cred") else {
        return Ok(None);
    };
    let kind = match xml::child_in(credential, &NAMES, "Meta") {
        Some(meta) => child_text(meta, &META_NAMES, "Type", MAX_ID)?,
        None => None,
    };
    let value = child_text(credential, &NAMES, "Data", MAX_CREDENTIAL)?.ok_or(Error::missing("Cred/Data"))?;
    Ok(Some(Credential {
        kind: kind.unwrap_or_default(),
        value: Zeroizing::new(value),
    }))
}

fn read_commands(parent: Node<'_, '_>, left: &mut usize) -> Result<Vec<Command>, Error> {
    let mut commands = Vec::new();
    for child in parent.children().filter(Node::is_element) {
        if let Some(command) = read_command(child, left)? {
            commands.push(command);
        }
    }
    Ok(commands)
}

/// `None` for an element that is no command (`CmdID` and `Meta` of a group, `Final`, what isn't known).
/// Recursion ends at the depth that [`xml::parse`] lets through.
fn read_command(node: Node<'_, '_>, left: &mut usize) -> Result<Option<Command>, Error> {
    let name = node.tag_name().name();
    if !NAMES.contains(&node.tag_name().namespace().unwrap_or_default()) {
        return Ok(None);
    }
    let is_command = matches!(name, "Alert" | "Atomic" | "Sequence" | "Status" | "Results");
    let verb = Verb::named(name);
    if !is_command && verb.is_none() {
        return Ok(None);
    }
    *left = left.checked_sub(1).ok_or(Error::TooMany { what: "commands" })?;
    let cmd_id = CmdId(child_text(node, &NAMES, "CmdID", MAX_ID)?.unwrap_or_default());
    Ok(Some(match (name, verb) {
        (_, Some(verb)) => Command::Operation(Operation {
            verb,
            cmd_id,
            items: read_items(node)?,
        }),
        ("Alert", _) => Command::Alert(read_alert(node, cmd_id)?),
        ("Atomic", _) => Command::Atomic(Group {
            cmd_id,
            commands: read_commands(node, left)?,
        }),
        ("Sequence", _) => Command::Sequence(Group {
            cmd_id,
            commands: read_commands(node, left)?,
        }),
        ("Status", _) => Command::Status(read_status(node, cmd_id)?),
        _ => Command::Results(read_results(node, cmd_id)?),
    }))
}

fn read_alert(node: Node<'_, '_>, cmd_id: CmdId) -> Result<Alert, Error> {
    Ok(Alert {
        cmd_id,
        code: AlertCode(read_code(node, "Alert")?),
        correlator: child_text(node, &NAMES, "Correlator", MAX_ID)?,
        items: read_items(node)?,
    })
}

fn read_status(node: Node<'_, '_>, cmd_id: CmdId) -> Result<Status, Error> {
    let id = |name| child_text(node, &NAMES, name, MAX_ID).map(Option::unwrap_or_default);
    Ok(Status {
        cmd_id,
        msg_ref: MsgId(id("MsgRef")?),
        cmd_ref: CmdId(id("CmdRef")?),
        command: id("Cmd")?,
        target_refs: read_references(node, "TargetRef")?,
        source_refs: read_references(node, "SourceRef")?,
        code: StatusCode(read_code(node, "Status")?),
        challenge: read_challenge(node)?,
        items: read_items(node)?,
    })
}

fn read_results(node: Node<'_, '_>, cmd_id: CmdId) -> Result<Results, Error> {
    let id = |name| child_text(node, &NAMES, name, MAX_ID);
    Ok(Results {
        cmd_id,
        msg_ref: id("MsgRef")?.map(MsgId),
        cmd_ref: CmdId(id("CmdRef")?.unwrap_or_default()),
        items: read_items(node)?,
    })
}

fn read_challenge(status: Node<'_, '_>) -> Result<Option<Challenge>, Error> {
    let meta = xml::child_in(status, &NAMES, "Chal").and_then(|chal| xml::child_in(chal, &NAMES, "Meta"));
    let Some(meta) = meta else { return Ok(None) };
    let Some(nonce) = child_text(meta, &META_NAMES, "NextNonce", MAX_CREDENTIAL)? else {
        return Ok(None);
    };
    let next_nonce = STANDARD
        .decode(nonce)
        .map_err(|_| Error::invalid("NextNonce", "it is not base64"))?;
    Ok(Some(Challenge { next_nonce }))
}

fn read_code(node: Node<'_, '_>, what: &'static str) -> Result<u16, Error> {
    let code = child_text(node, &NAMES, "Data", MAX_ID)?.ok_or(Error::missing("Data"))?;
    code.parse()
        .map_err(|_| Error::invalid(what, "its code is not a number"))
}

fn read_references(node: Node<'_, '_>, name: &'static str) -> Result<Vec<String>, Error> {
    let mut references = Vec::new();
    for child in node.children().filter(|child| xml::is(*child, &NAMES, name)) {
        let value = xml::trimmed(child);
        if value.len() > MAX_URI || references.len() >= MAX_ITEMS {
            return Err(Error::TooMany {
                what: "references, or one too long",
            });
        }
        references.push(value);
    }
    Ok(references)
}

fn read_items(node: Node<'_, '_>) -> Result<Vec<Item>, Error> {
    // Meta of the command stands for all of its items that have none.
    let shared = read_meta(node)?;
    let mut items = Vec::new();
    for child in node.children().filter(|child| xml::is(*child, &NAMES, "Item")) {
        if items.len() >= MAX_ITEMS {
            return Err(Error::TooMany { what: "items" });
        }
        items.push(read_item(child, &shared)?);
    }
    Ok(items)
}

type Meta = (Option<Format>, Option<String>);

fn read_item(item: Node<'_, '_>, shared: &Meta) -> Result<Item, Error> {
    let (format, kind) = read_meta(item)?;
    // MS-MDM 3.2.5.1.5 prints Type beside Meta instead of inside it.
    let beside = match kind {
        Some(_) => None,
        None => child_text(item, &META_NAMES, "Type", MAX_ID)?,
    };
    let kind = kind.or(beside);
    let size = match xml::child_in(item, &NAMES, "Meta") {
        Some(meta) => child_text(meta, &META_NAMES, "Size", MAX_ID)?,
        None => None,
    };
    Ok(Item {
        target: location(item, "Target")?,
        source: location(item, "Source")?,
        format: format.or_else(|| shared.0.clone()),
        kind: kind.or_else(|| shared.1.clone()),
        data: xml::child_in(item, &NAMES, "Data").map(|data| Data::new(xml::text(data))),
        size: size.and_then(|size| size.parse().ok()),
        has_more_data: xml::child_in(item, &NAMES, "MoreData").is_some(),
    })
}

fn read_meta(parent: Node<'_, '_>) -> Result<Meta, Error> {
    let Some(meta) = xml::child_in(parent, &NAMES, "Meta") else {
        return Ok((None, None));
    };
    let format = child_text(meta, &META_NAMES, "Format", MAX_ID)?.map(Format::named);
    Ok((format, child_text(meta, &META_NAMES, "Type", MAX_ID)?))
}

fn location(parent: Node<'_, '_>, name: &str) -> Result<Option<String>, Error> {
    match xml::child_in(parent, &NAMES, name) {
        Some(place) => child_text(place, &NAMES, "LocURI", MAX_URI),
        None => Ok(None),
    }
}
