//! The grammar of OMA-DM that every answer in a session keeps.

use std::collections::BTreeSet;

use axum::http::header;
use roxmltree::Node;

use crate::site::{
    MANAGEMENT, Reply, SYNCML,
    xml::{child, children, parsed, text},
};

const VERBS: [&str; 8] = [
    "Add", "Alert", "Atomic", "Delete", "Exec", "Get", "Replace", "Sequence",
];

/// What an answer must answer.
pub struct Asked<'a> {
    pub session: &'a str,
    /// MsgID of the answer: the server counts from 1.
    pub number: u32,
    /// MsgID of the device's message.
    pub msg_ref: &'a str,
    pub device_id: &'a str,
    /// CmdIDs and names of its commands.
    pub commands: &'a [(&'a str, &'a str)],
}

/// A command of the server: its id and its name.
pub type Sent = (String, String);

/// Holds an answer to the rules; the commands in it.
pub fn check(reply: &Reply, asked: &Asked<'_>) -> Vec<Sent> {
    assert_eq!(reply.status, 200, "{}", reply.text());
    assert_eq!(reply.header(header::CONTENT_TYPE), SYNCML);
    assert!(reply.is_in_one_piece(), "{:?}", reply.headers);
    let document = parsed(&reply.body);
    let root = document.root_element();
    assert_eq!(
        (root.tag_name().name(), root.tag_name().namespace()),
        ("SyncML", Some("SYNCML:SYNCML1.2"))
    );
    check_header(child(root, "SyncHdr"), asked);
    let body = child(root, "SyncBody");
    let elements: Vec<Node<'_, '_>> = body.children().filter(Node::is_element).collect();
    let (last, rest) = elements.split_last().unwrap();
    assert_eq!(last.tag_name().name(), "Final");
    let statuses = check_statuses(body, asked);
    let commands = &rest[statuses..];
    let mut ids = BTreeSet::new();
    for element in rest {
        assert!(ids.insert(text(*element, "CmdID")), "a CmdID twice");
    }
    commands
        .iter()
        .map(|command| {
            check_command(*command, false, &mut ids);
            let name = command.tag_name().name().to_owned();
            (text(*command, "CmdID").to_owned(), name)
        })
        .collect()
}

fn check_header(header: Node<'_, '_>, asked: &Asked<'_>) {
    assert_eq!(text(header, "VerDTD"), "1.2");
    assert_eq!(text(header, "VerProto"), "DM/1.2");
    assert_eq!(text(header, "SessionID"), asked.session);
    assert_eq!(text(header, "MsgID"), asked.number.to_string());
    assert_eq!(text(header, "Target/LocURI"), asked.device_id);
    let source = text(header, "Source/LocURI");
    assert_eq!(source, format!("{MANAGEMENT}/ManagementServer/MDM.svc"));
}

/// One status for the header, then one for each command, before any command of the server's own. Gives how many.
fn check_statuses(body: Node<'_, '_>, asked: &Asked<'_>) -> usize {
    let statuses = children(body, "Status");
    let elements: Vec<Node<'_, '_>> = body.children().filter(Node::is_element).collect();
    assert!(
        elements[..statuses.len()]
            .iter()
            .all(|element| element.tag_name().name() == "Status")
    );
    let said: Vec<(&str, &str)> = statuses
        .iter()
        .map(|status| {
            assert_eq!(text(*status, "MsgRef"), asked.msg_ref);
            assert!(text(*status, "Data").parse::<u16>().is_ok());
            (text(*status, "CmdRef"), text(*status, "Cmd"))
        })
        .collect();
    let wanted: Vec<(&str, &str)> = [("0", "SyncHdr")]
        .into_iter()
        .chain(asked.commands.iter().copied())
        .collect();
    assert_eq!(said, wanted);
    assert_eq!(text(statuses[0], "Data"), "200");
    statuses.len()
}

fn check_command<'a>(command: Node<'a, '_>, is_inside: bool, ids: &mut BTreeSet<&'a str>) {
    let name = command.tag_name().name();
    assert!(VERBS.contains(&name), "{name} is no command");
    let id = text(command, "CmdID");
    assert!(!id.is_empty() && id != "0");
    if is_inside {
        assert!(ids.insert(id), "a CmdID twice");
        assert!(
            !["Atomic", "Get"].contains(&name),
            "{name} inside an Atomic is refused by Windows"
        );
    }
    for item in children(command, "Item") {
        let uri = text(item, "Target/LocURI");
        assert!(uri.starts_with("./"), "{uri}");
        for meta in children(item, "Meta").iter().flat_map(Node::children) {
            assert_eq!(meta.tag_name().namespace(), Some("syncml:metinf"));
        }
    }
    for inner in command.children().filter(Node::is_element) {
        if VERBS.contains(&inner.tag_name().name()) {
            check_command(inner, true, ids);
        }
    }
}
