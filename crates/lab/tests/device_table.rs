//! The laboratory's table of nodes against Microsoft's own description.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail"
)]

use std::collections::BTreeMap;

use lab::device::tree::SCEP_ROWS;
use roxmltree::{Document, Node, ParsingOptions};

/// (format, access in letters, required) by path below `…/SCEP`.
type Description = BTreeMap<String, (String, String, bool)>;

fn child<'a, 'i>(node: Node<'a, 'i>, name: &str) -> Option<Node<'a, 'i>> {
    node.children().find(|child| child.has_tag_name(name))
}

fn describe(node: Node<'_, '_>, path: &str, found: &mut Description) {
    for inner in node.children().filter(|child| child.has_tag_name("Node")) {
        let name = child(inner, "NodeName")
            .and_then(|name| name.text())
            .unwrap_or("{}");
        let path = if path.is_empty() {
            name.to_owned()
        } else {
            format!("{path}/{name}")
        };
        let properties = child(inner, "DFProperties").unwrap();
        let names = |of: &str| -> Vec<String> {
            let within = child(properties, of).unwrap();
            within
                .children()
                .filter(Node::is_element)
                .map(|node| node.tag_name().name().to_owned())
                .collect()
        };
        let mut access: Vec<char> = names("AccessType")
            .iter()
            .filter_map(|name| name.chars().next())
            .collect();
        access.sort_unstable();
        let is_once = names("Occurrence").contains(&"One".to_owned());
        let format = names("DFFormat").concat();
        found.insert(path.clone(), (format, access.iter().collect(), is_once));
        describe(inner, &path, found);
    }
}

#[test]
fn the_table_is_microsofts() {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/tests/fixtures/clientcertificateinstall-ddf.xml"
    );
    let text = std::fs::read_to_string(path).unwrap();
    let options = ParsingOptions {
        allow_dtd: true,
        ..ParsingOptions::default()
    };
    let document = Document::parse_with_options(&text, options).unwrap();
    let scep = document.descendants().find(|node| {
        node.has_tag_name("Node") && child(*node, "NodeName").and_then(|n| n.text()) == Some("SCEP")
    });
    let mut described = Description::new();
    describe(scep.unwrap(), "", &mut described);
    assert_eq!(described.len(), 25);
    for row in SCEP_ROWS {
        // Newer than the published description.
        if row.path == "{}/Install/AttestPrivateKey" {
            continue;
        }
        let mut access: Vec<char> = row.access.chars().collect();
        access.sort_unstable();
        let (format, allowed, is_once) = described
            .remove(row.path)
            .unwrap_or_else(|| panic!("{}", row.path));
        assert_eq!(row.format.name(), format, "{}", row.path);
        assert_eq!(access.iter().collect::<String>(), allowed, "{}", row.path);
        let is_value = access.contains(&'A') && row.format.name() != "node";
        assert_eq!(row.is_required, is_once && is_value, "{}", row.path);
    }
    assert!(described.is_empty(), "nodes that the table lacks: {described:?}");
}
