//! A look into XML without the server's own reader.

use roxmltree::{Document, Node};

/// A document with nothing in it that Windows doesn't take.
pub fn parsed(octets: &[u8]) -> Document<'_> {
    let text = std::str::from_utf8(octets).expect("UTF-8");
    assert!(!text.contains("CDATA") && !text.contains("<!"), "{text}");
    Document::parse(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

/// The children with this local name.
pub fn children<'a, 'i>(parent: Node<'a, 'i>, name: &str) -> Vec<Node<'a, 'i>> {
    parent
        .children()
        .filter(|child| child.tag_name().name() == name)
        .collect()
}

/// The one child with this local name.
pub fn child<'a, 'i>(parent: Node<'a, 'i>, name: &str) -> Node<'a, 'i> {
    let found = children(parent, name);
    let [only] = found.as_slice() else {
        panic!("{} times {name} in {}", found.len(), parent.tag_name().name());
    };
    *only
}

/// Follows local names down.
pub fn at<'a, 'i>(from: Node<'a, 'i>, path: &str) -> Node<'a, 'i> {
    path.split('/').fold(from, child)
}

/// The text at a path; empty when there is none.
pub fn text<'a>(from: Node<'a, '_>, path: &str) -> &'a str {
    at(from, path).text().unwrap_or_default()
}
