//! The device's side of OMA-DM sessions, against messages in the shape of real ones.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail"
)]

use lab::device::syncml::{self, Header, Package, ServerMessage};
use lab::device::tree::{Answer, Effect, Format, SCEP, Tree, answer};
use roxmltree::Document;

const NODE: &str = "4f0c2a8e";
const DEVICE: &str = "1E08C6E95D8BB843B1278FF45BC60CC6";

fn fixture(name: &str) -> String {
    let path = format!("{}/tests/fixtures/{name}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(path).unwrap()
}

fn header() -> Header {
    Header {
        session_id: "1".into(),
        server: "https://mdm.example.test/omadm".into(),
        device_id: DEVICE.into(),
    }
}

fn message(xml: &str) -> ServerMessage {
    syncml::read(xml.as_bytes()).unwrap()
}

/// A message of the server with these commands.
fn server(commands: &str) -> ServerMessage {
    message(&format!(
        "<SyncML xmlns=\"SYNCML:SYNCML1.2\"><SyncHdr><VerDTD>1.2</VerDTD><VerProto>DM/1.2</VerProto>\
         <SessionID>1</SessionID><MsgID>1</MsgID><Target><LocURI>{DEVICE}</LocURI></Target>\
         <Source><LocURI>https://mdm.example.test/omadm</LocURI></Source></SyncHdr>\
         <SyncBody>{commands}<Final/></SyncBody></SyncML>"
    ))
}

fn command(verb: &str, id: &str, target: &str, format: &str, data: &str) -> String {
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

fn under(name: &str) -> String {
    format!("./Device/Vendor/MSFT/ClientCertificateInstall/SCEP/{NODE}{name}")
}

/// (CmdRef, Cmd, TargetRef, Data) of each status, without the header's.
fn statuses(package: &str) -> Vec<(String, String, String, String)> {
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
fn results(package: &str) -> Vec<(String, String, String)> {
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

fn codes(answer: &Answer) -> Vec<(String, String)> {
    let package = answer.package.as_ref().unwrap();
    statuses(package)
        .into_iter()
        .map(|(id, _, _, code)| (id, code))
        .collect()
}

fn carry_out(tree: &mut Tree, message: &ServerMessage) -> Answer {
    answer(tree, message, header(), 2)
}

/// The made session with certificates that are ones.
fn first_session() -> String {
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
fn enrolled() -> (Tree, Answer) {
    let mut tree = Tree::default();
    let answer = carry_out(&mut tree, &message(&first_session()));
    (tree, answer)
}

#[test]
fn the_made_session_gets_the_made_statuses() {
    let (tree, answer) = enrolled();
    let wanted = statuses(&fixture("made__session-03_client-statuses-all-200.xml"));
    assert_eq!(statuses(answer.package.as_ref().unwrap()), wanted);
    assert_eq!(wanted.len(), 19);
    assert!(answer.has_work);
    assert!(matches!(answer.effects.as_slice(), [
        Effect::Trust { .. },
        Effect::Trust { .. },
        Effect::Enrol(order)
    ] if order.subject == "CN=alice@example.test" && order.key_usage == 160 && order.retry_delay == 5));
    assert_eq!(
        tree.scep(NODE, "Install/Challenge"),
        None,
        "the challenge is forgotten"
    );
}

#[test]
fn a_message_of_statuses_alone_ends_the_session() {
    let mut tree = Tree::default();
    let answer = carry_out(&mut tree, &message(&fixture("made__session-04_server-end.xml")));
    assert!(answer.package.is_none());
    assert!(!answer.has_work);
}

#[test]
fn package_1_is_the_made_one() {
    let information = [
        ("DevId", DEVICE),
        ("Man", "Contoso"),
        ("Mod", "Virtual Machine"),
        ("DmV", "1.3"),
        ("Lang", "fr-FR"),
    ];
    let written = Package::first(header(), &information);
    let wanted = fixture("made__session-01_client-package1.xml");
    assert_eq!(flat(&written), flat(&wanted));
}

/// Names, namespaces and texts in order.
fn flat(xml: &str) -> Vec<String> {
    let document = Document::parse(xml).unwrap();
    let elements = document.descendants().filter(roxmltree::Node::is_element);
    elements
        .map(|node| {
            let text = node.text().unwrap_or_default().trim();
            format!(
                "{:?} {} {text}",
                node.tag_name().namespace(),
                node.tag_name().name()
            )
        })
        .collect()
}

#[test]
fn a_poll_is_answered_like_the_made_ones() {
    let poll = message(&fixture("made__poll-01_server-get-status-errorcode.xml"));
    for (status, code, thumbprint, file) in [
        (32, 0, "", "made__poll-02a_client-running-32-0.xml"),
        (
            1,
            0,
            "A1B2C3D4E5F60718293A4B5C6D7E8F9001122334",
            "made__poll-02b_client-installed-1-0.xml",
        ),
        (
            16,
            -2_146_889_721,
            "",
            "made__poll-02e_client-failed-wrong-thumbprint-80091007.xml",
        ),
    ] {
        let (mut tree, _) = enrolled();
        tree.set_scep_state(NODE, status, code);
        tree.set_scep_text(NODE, "CertThumbprint", thumbprint);
        let package = carry_out(&mut tree, &poll).package.unwrap();
        let wanted = fixture(file);
        let values = |xml: &str| {
            results(xml)
                .into_iter()
                .map(|(at, _, value)| (at, value))
                .collect::<Vec<_>>()
        };
        assert_eq!(values(&package), values(&wanted), "{file}");
        assert!(
            results(&package)
                .iter()
                .take(2)
                .all(|(_, format, _)| format == "int")
        );
        let answered = statuses(&package);
        statuses(&wanted)
            .iter()
            .for_each(|status| assert!(answered.contains(status), "{file}: {status:?}"));
    }
}

#[test]
fn a_node_that_is_not_there_is_404_for_each_item() {
    let mut tree = Tree::default();
    let poll = message(&fixture("made__poll-01_server-get-status-errorcode.xml"));
    let package = carry_out(&mut tree, &poll).package.unwrap();
    let answered = statuses(&package);
    let wanted = statuses(&fixture("made__poll-02g_client-node-missing-404.xml"));
    assert_eq!(answered.get(..2).unwrap(), wanted.as_slice());
    assert!(results(&package).is_empty());
}

#[test]
fn a_second_add_is_418_and_undoes_the_atomic() {
    let (mut tree, _) = enrolled();
    let before = format!("{tree:?}");
    let again = carry_out(
        &mut tree,
        &message(
            &first_session()
                .replace("<Replace>", "<Get>")
                .replace("</Replace>", "</Get>"),
        ),
    );
    let codes = codes(&again);
    assert!(codes.contains(&("7".into(), "507".into())));
    assert!(codes.contains(&("8".into(), "418".into())));
    assert!(codes.contains(&("23".into(), "216".into())));
    assert!(again.effects.is_empty());
    assert_eq!(format!("{tree:?}"), before);
}

#[test]
fn a_wrong_format_fails_the_whole_atomic() {
    let mut tree = Tree::default();
    let wrong = first_session().replace(
        "<Format xmlns=\"syncml:metinf\">int</Format></Meta><Data>160</Data>",
        "<Format xmlns=\"syncml:metinf\">chr</Format></Meta><Data>160</Data>",
    );
    let answer = carry_out(&mut tree, &message(&wrong));
    let codes = codes(&answer);
    assert!(codes.contains(&("7".into(), "507".into())));
    assert!(codes.contains(&("12".into(), "415".into())));
    assert!(codes.contains(&("8".into(), "216".into())));
    assert!(tree.scep_nodes().is_empty());
    assert_eq!(answer.effects.len(), 2, "the roots before the Atomic stay");
}

#[test]
fn an_exec_without_a_required_node_is_500() {
    for missing in ["EKUMapping", "KeyUsage", "CAThumbprint", "Challenge"] {
        let text = first_session();
        let part = text
            .split("<Add>")
            .find(|part| part.contains(&format!("/{missing}<")))
            .unwrap();
        let without = text.replace(&format!("<Add>{part}"), "");
        let answer = carry_out(&mut Tree::default(), &message(&without));
        assert!(codes(&answer).contains(&("23".into(), "500".into())), "{missing}");
    }
}

#[test]
fn a_key_usage_without_either_bit_is_500() {
    let wrong = first_session().replace("<Data>160</Data>", "<Data>6</Data>");
    let answer = carry_out(&mut Tree::default(), &message(&wrong));
    assert!(codes(&answer).contains(&("23".into(), "500".into())));
}

#[test]
fn a_retry_count_over_30_counts_as_30() {
    let many = first_session().replace(
        "<Data>3</Data></Item></Add>\n      <Add><CmdID>17",
        "<Data>99</Data></Item></Add>\n      <Add><CmdID>17",
    );
    let answer = carry_out(&mut Tree::default(), &message(&many));
    let order = answer.effects.iter().find_map(|effect| match effect {
        Effect::Enrol(order) => Some(order),
        _ => None,
    });
    assert_eq!(order.unwrap().retry_count, 30);
}

#[test]
fn enroll_must_be_the_last_in_its_atomic() {
    let text = first_session();
    let exec = text
        .split("<Exec>")
        .nth(1)
        .unwrap()
        .split("</Exec>")
        .next()
        .unwrap();
    let exec = format!("<Exec>{exec}</Exec>");
    let moved = text
        .replace(&exec, "")
        .replace("<Add><CmdID>22", &format!("{exec}<Add><CmdID>22"));
    let answer = carry_out(&mut Tree::default(), &message(&moved));
    assert!(codes(&answer).contains(&("23".into(), "500".into())));
}

#[test]
fn scep_nodes_are_made_in_an_atomic_only() {
    let alone = server(&command("Add", "2", &under("/Install/KeyLength"), "int", "2048"));
    let answer = carry_out(&mut Tree::default(), &alone);
    assert_eq!(codes(&answer), [("2".to_owned(), "500".to_owned())]);
}

#[test]
fn a_get_in_an_atomic_is_500() {
    let get = command("Get", "3", "./DevInfo/Mod", "", "");
    let answer = carry_out(
        &mut Tree::default(),
        &server(&format!("<Atomic><CmdID>2</CmdID>{get}</Atomic>")),
    );
    assert_eq!(
        codes(&answer),
        [
            ("2".to_owned(), "507".to_owned()),
            ("3".to_owned(), "500".to_owned())
        ]
    );
}

#[test]
fn an_atomic_in_an_atomic_is_500_within_507() {
    let nested = "<Atomic><CmdID>2</CmdID><Atomic><CmdID>3</CmdID></Atomic></Atomic>";
    let answer = carry_out(&mut Tree::default(), &server(nested));
    assert_eq!(
        codes(&answer),
        [
            ("2".to_owned(), "507".to_owned()),
            ("3".to_owned(), "500".to_owned())
        ]
    );
}

#[test]
fn a_command_without_an_id_is_400_with_an_empty_reference() {
    let answer = carry_out(
        &mut Tree::default(),
        &server(&command("Get", "", "./DevInfo/Mod", "", "")),
    );
    assert_eq!(codes(&answer), [(String::new(), "400".to_owned())]);
}

#[test]
fn what_the_table_forbids_is_405() {
    let (mut tree, _) = enrolled();
    let answer = carry_out(
        &mut tree,
        &server(&command("Replace", "2", &under("/Status"), "int", "1")),
    );
    assert_eq!(codes(&answer), [("2".to_owned(), "405".to_owned())]);
}

#[test]
fn cdata_in_a_value_fails() {
    let path = "./Device/Vendor/MSFT/DMClient/Provider/S/EntDMID";
    let answer = carry_out(
        &mut Tree::default(),
        &server(&command("Add", "2", path, "chr", "<![CDATA[x]]>")),
    );
    assert_eq!(codes(&answer), [("2".to_owned(), "500".to_owned())]);
}

#[test]
fn the_users_tree_needs_a_user_that_counts() {
    let answer = carry_out(
        &mut Tree::default(),
        &server(&command("Get", "2", "./User/Vendor/MSFT/DMClient", "", "")),
    );
    assert_eq!(codes(&answer), [("2".to_owned(), "500".to_owned())]);
}

#[test]
fn a_root_under_another_hash_is_refused() {
    let wrong = first_session().replace(
        "D9A88E04AF18A4D399CEE62F2C71469C3AE1E675",
        "031336C933CC7E228B88880D78824FB2909A0A2F",
    );
    let answer = carry_out(&mut Tree::default(), &message(&wrong));
    assert!(codes(&answer).contains(&("5".into(), "500".into())));
}

#[test]
fn deleting_a_node_forgets_its_certificate_once() {
    let (mut tree, _) = enrolled();
    let delete = message(&fixture("made__delete-scep.xml"));
    let answer = carry_out(&mut tree, &delete);
    assert!(matches!(answer.effects.as_slice(), [Effect::Forget { unique_id }] if unique_id == NODE));
    assert_eq!(codes(&answer), [("2".to_owned(), "200".to_owned())]);
    assert!(tree.scep_nodes().is_empty());
    assert_eq!(
        codes(&carry_out(&mut tree, &delete)),
        [("2".to_owned(), "404".to_owned())]
    );
}

#[test]
fn children_are_listed_in_uri_encoded_form() {
    let mut tree = Tree::default();
    tree.set(format!("{SCEP}/a b"), Format::Node, "");
    tree.set(format!("{SCEP}/c/Status"), Format::Int, "1");
    let list = server(&command(
        "Get",
        "2",
        "./Vendor/MSFT/ClientCertificateInstall/SCEP",
        "",
        "",
    ));
    let package = carry_out(&mut tree, &list).package.unwrap();
    assert_eq!(results(&package).first().unwrap().2, "a%20b/c");
}

#[test]
fn a_document_type_and_a_wrong_namespace_are_refused() {
    let good = fixture("made__session-04_server-end.xml");
    assert!(syncml::read(good.as_bytes()).is_ok());
    let head = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>";
    assert!(syncml::read(good.replace(head, "<!DOCTYPE SyncML>").as_bytes()).is_err());
    assert!(syncml::read(good.replace("SYNCML:SYNCML1.2", "SYNCML:SYNCML1.1").as_bytes()).is_err());
    assert!(syncml::read(&vec![b' '; syncml::MAX_MESSAGE + 1]).is_err());
}
