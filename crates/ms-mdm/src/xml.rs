//! XML as this crate reads it: a tree of bounded size, no DTD, and text by local name.

mod limits;
mod writer;

pub(crate) use writer::XmlWriter;

use crate::Error;
use roxmltree::{Document, Node, ParsingOptions};

/// The largest message that is read. Windows announces 524,288 bytes as its own limit for OMA-DM messages.
pub const MAX_MESSAGE_BYTES: usize = 512 * 1024;
/// The deepest nesting that is read. Real messages stay under 12.
pub const MAX_DEPTH: usize = 64;
const MAX_NODES: u32 = 60_000;

/// Parses a whole message. The limits are checked on the bytes before the tree is built.
pub(crate) fn parse(bytes: &[u8]) -> Result<Document<'_>, Error> {
    if bytes.len() > MAX_MESSAGE_BYTES {
        return Err(Error::TooLarge {
            actual: bytes.len(),
            limit: MAX_MESSAGE_BYTES,
        });
    }
    let text = std::str::from_utf8(bytes).map_err(|_| Error::NotUtf8)?;
    limits::check(text)?;
    let options = ParsingOptions {
        allow_dtd: false,
        nodes_limit: MAX_NODES,
        ..ParsingOptions::default()
    };
    Document::parse_with_options(text, options).map_err(|error| match error {
        roxmltree::Error::DtdDetected => Error::Doctype,
        roxmltree::Error::NodesLimitReached => Error::TooMany { what: "elements" },
        other => Error::Malformed {
            line: other.pos().row,
            column: other.pos().col,
        },
    })
}

/// The first child element with this local name in one of these namespaces ("" is no namespace).
pub(crate) fn child_in<'a, 'i>(
    parent: Node<'a, 'i>,
    namespaces: &[&str],
    name: &str,
) -> Option<Node<'a, 'i>> {
    parent.children().find(|node| is(*node, namespaces, name))
}

/// Whether a node is an element with this local name in one of these namespaces.
pub(crate) fn is(node: Node<'_, '_>, namespaces: &[&str], name: &str) -> bool {
    node.is_element()
        && node.tag_name().name() == name
        && namespaces.contains(&node.tag_name().namespace().unwrap_or_default())
}

/// The text directly inside an element, comments left out, as it stands.
pub(crate) fn text(node: Node<'_, '_>) -> String {
    node.children()
        .filter(Node::is_text)
        .filter_map(|part| part.text())
        .collect()
}

/// The same without blanks at its ends: Microsoft's own samples wrap and indent every value.
pub(crate) fn trimmed(node: Node<'_, '_>) -> String {
    text(node).trim().to_owned()
}

/// The trimmed text of a child, bounded; `None` when the child is absent or blank.
pub(crate) fn child_text(
    parent: Node<'_, '_>,
    namespaces: &[&str],
    name: &'static str,
    limit: usize,
) -> Result<Option<String>, Error> {
    let Some(child) = child_in(parent, namespaces, name) else {
        return Ok(None);
    };
    let value = trimmed(child);
    if value.len() > limit {
        return Err(Error::invalid(name, "it is too long"));
    }
    Ok(Some(value).filter(|value| !value.is_empty()))
}
