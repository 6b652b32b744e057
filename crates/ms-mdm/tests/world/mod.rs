//! What several of these tests share: the fixtures, and a way to look into XML without this crate's own reader.
#![allow(dead_code)]

use roxmltree::{Document, Node};
use std::path::Path;

pub(crate) fn fixture(name: &str) -> Vec<u8> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fixtures")
        .join(name);
    std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The fixture with one text in it replaced; it must be there.
pub(crate) fn fixture_with(name: &str, from: &str, to: &str) -> Vec<u8> {
    let text = String::from_utf8(fixture(name)).unwrap();
    assert!(text.contains(from), "{name} holds no {from}");
    text.replace(from, to).into_bytes()
}

/// Follows local names down from the root element; the first of each.
pub(crate) fn at<'a, 'i>(document: &'a Document<'i>, path: &str) -> Node<'a, 'i> {
    path.split('/').fold(document.root_element(), |node, name| {
        node.children()
            .find(|child| child.is_element() && child.tag_name().name() == name)
            .unwrap_or_else(|| panic!("no {name} in {path}"))
    })
}

pub(crate) fn text<'a>(document: &'a Document<'_>, path: &str) -> &'a str {
    at(document, path).text().unwrap_or_default().trim()
}

/// A document with nothing that Windows doesn't take: no CDATA, no DTD, no comments.
pub(crate) fn parsed(bytes: &[u8]) -> Document<'_> {
    let text = std::str::from_utf8(bytes).expect("UTF-8");
    assert!(!text.contains("CDATA") && !text.contains("<!"), "{text}");
    Document::parse(text).expect("well-formed")
}
