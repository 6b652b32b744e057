//! Messages for a device's tree, and its answers taken apart.

#![allow(dead_code, reason = "each test uses its part")]

use lab::device::syncml::{self, Header, ServerMessage};
use lab::device::tree::{Answer, Tree, answer};
use roxmltree::Document;

pub(crate) const NODE: &str = "4f0c2a8e";
pub(crate) const DEVICE: &str = "1E08C6E95D8BB843B1278FF45BC60CC6";

pub(crate) fn fixture(name: &str) -> String {
    let path = format!("{}/tests/fixtures/{name}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(path).unwrap()
}

pub(crate) fn header() -> Header {
    Header {
        session_id: "1".into(),
        server: "https://mdm.example.test/omadm".into(),
        device_id: DEVICE.into(),
    }
}

pub(crate) fn message(xml: &str) -> ServerMessage {
    syncml::read(xml.as_bytes()).unwrap()
}

/// A message of the server with these commands.
pub(crate) fn server(commands: &str) -> ServerMessage {
    message(&format!(
        "<SyncML xmlns=\"SYNCML:SYNCML1.2\"><SyncHdr><VerDTD>1.2</VerDTD><VerProto>DM/1.2</VerProto>\
         <SessionID>1</SessionID><MsgID>1</MsgID><Target><LocURI>{DEVICE}</LocURI></Target>\
         <Source><LocURI>https://mdm.example.test/omadm</LocURI></Source></SyncHdr>\
         <SyncBody>{commands}<Final/></SyncBody></SyncML>"
    ))
}

pub(crate) fn command(verb: &str, id: &str, target: &str, format: &str, data: &str) -> String {
    let id = if id.is_empty() {
        String::new()
    } else {
        format!("<CmdID>{id}</CmdID>")
    };
    let meta = if format.is_empty() {
        String::new()
    } else {
        format!("<Meta><Format xmlns=\"syncml:metinf\">{format}</Format></Meta>")
    };
    format!(
        "<{verb}>{id}<Item><Target><LocURI>{target}</LocURI></Target>{meta}<Data>{data}</Data></Item></{verb}>"
    )
}

pub(crate) fn under(name: &str) -> String {
    format!("./Device/Vendor/MSFT/ClientCertificateInstall/SCEP/{NODE}{name}")
}

/// (CmdRef, Cmd, TargetRef, Data) of each status, without the header's.
pub(crate) fn statuses(package: &str) -> Vec<(String, String, String, String)> {
    let document = Document::parse(package).unwrap();
    let field = |node: roxmltree::Node<'_, '_>, name: &str| {
        let child = node
            .children()
            .find(|child| child.has_tag_name(("SYNCML:SYNCML1.2", name)));
        child
            .and_then(|child| child.text())
            .unwrap_or_default()
            .to_owned()
    };
    document
        .descendants()
        .filter(|node| node.has_tag_name(("SYNCML:SYNCML1.2", "Status")))
        .map(|node| {
            (
                field(node, "CmdRef"),
                field(node, "Cmd"),
                field(node, "TargetRef"),
                field(node, "Data"),
            )
        })
        .filter(|status| status.1 != "SyncHdr")
        .collect()
}

/// (Source, format, Data) of each result.
pub(crate) fn results(package: &str) -> Vec<(String, String, String)> {
    let document = Document::parse(package).unwrap();
    let found = |node: roxmltree::Node<'_, '_>, name: &str| {
        let child = node.descendants().find(|child| child.tag_name().name() == name);
        child
            .and_then(|child| child.text())
            .unwrap_or_default()
            .to_owned()
    };
    document
        .descendants()
        .filter(|node| node.has_tag_name(("SYNCML:SYNCML1.2", "Results")))
        .flat_map(|node| {
            node.children()
                .filter(|child| child.tag_name().name() == "Item")
                .collect::<Vec<_>>()
        })
        .map(|item| (found(item, "LocURI"), found(item, "Format"), found(item, "Data")))
        .collect()
}

pub(crate) fn codes(answer: &Answer) -> Vec<(String, String)> {
    let package = answer.package.as_ref().unwrap();
    statuses(package)
        .into_iter()
        .map(|(id, _, _, code)| (id, code))
        .collect()
}

pub(crate) fn carry_out(tree: &mut Tree, message: &ServerMessage) -> Answer {
    answer(tree, message, header(), 2)
}

/// The made session with certificates that are ones.
pub(crate) fn first_session() -> String {
    let text = fixture("made__session-02_server-root-then-scep-atomic.xml");
    let wire = fixture("wire-win10-19043__inner_wap-provisioningdoc.xml");
    let document = Document::parse(&wire).unwrap();
    let root = document
        .descendants()
        .find(|node| node.attribute("name") == Some("EncodedCertificate"))
        .and_then(|node| node.attribute("value"))
        .unwrap();
    let hash = "D9A88E04AF18A4D399CEE62F2C71469C3AE1E675";
    text.replace("MIIB...", root)
        .replace("031336C933CC7E228B88880D78824FB2909A0A2F", hash)
        .replace("F9A4F20FC50D990FDD0E3DB9AFCBF401818D5462", hash)
}

/// A tree after the made session, and the answer to it.
pub(crate) fn enrolled() -> (Tree, Answer) {
    let mut tree = Tree::default();
    let answer = carry_out(&mut tree, &message(&first_session()));
    (tree, answer)
}
