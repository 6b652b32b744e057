//! The device's side of OMA-DM sessions, against messages in the shape of real ones.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail"
)]

mod device_tree;

use device_tree::{DEVICE, NODE, carry_out, enrolled, fixture, header, message, results, statuses};
use lab::device::syncml::{self, Package};
use lab::device::tree::{Effect, Tree};
use roxmltree::Document;

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
fn a_document_type_and_a_wrong_namespace_are_refused() {
    let good = fixture("made__session-04_server-end.xml");
    assert!(syncml::read(good.as_bytes()).is_ok());
    let head = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>";
    assert!(syncml::read(good.replace(head, "<!DOCTYPE SyncML>").as_bytes()).is_err());
    assert!(syncml::read(good.replace("SYNCML:SYNCML1.2", "SYNCML:SYNCML1.1").as_bytes()).is_err());
    assert!(syncml::read(&vec![b' '; syncml::MAX_MESSAGE + 1]).is_err());
}
