//! Two XML documents held against each other as trees: names with their namespaces, attributes, texts, order.

use roxmltree::{Document, Node};
use std::collections::BTreeMap;

/// How a document is read before the comparison.
#[derive(Clone, Copy, Default)]
pub(crate) struct Rules {
    /// The order of neighbours means nothing: provisioning documents, the values inside an Atomic.
    pub any_order: bool,
    /// The document is printed in lower case throughout.
    pub fold_case: bool,
    /// Elements that are each sender's own, such as the ids of commands.
    pub put_aside: &'static [&'static str],
}

/// The prefixes that the differences are told with.
const PREFIXES: [(&str, &str); 11] = [
    ("http://www.w3.org/2003/05/soap-envelope", "s:"),
    ("http://www.w3.org/2005/08/addressing", "a:"),
    (
        "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd",
        "u:",
    ),
    (
        "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd",
        "o:",
    ),
    ("http://docs.oasis-open.org/ws-sx/ws-trust/200512", "t:"),
    (
        "http://schemas.microsoft.com/2004/09/ServiceModel/Diagnostics",
        "d:",
    ),
    (
        "http://schemas.microsoft.com/windows/management/2012/01/enrollment",
        "m:",
    ),
    (
        "http://schemas.microsoft.com/windows/pki/2009/01/enrollmentpolicy",
        "p:",
    ),
    (
        "http://schemas.microsoft.com/windows/pki/2009/01/enrollment",
        "e:",
    ),
    ("SYNCML:SYNCML1.2", "y:"),
    ("syncml:metinf", "i:"),
];

#[derive(Debug, PartialEq)]
struct Element {
    name: String,
    attributes: BTreeMap<String, String>,
    text: String,
    children: Vec<Element>,
}

fn prefixed(namespace: Option<&str>, name: &str) -> String {
    let prefix = match namespace {
        None => "",
        Some("http://www.w3.org/XML/1998/namespace") => "xml:",
        Some("http://www.w3.org/2001/XMLSchema-instance") => "xsi:",
        Some(namespace) => {
            PREFIXES
                .iter()
                .find(|(known, _)| known.eq_ignore_ascii_case(namespace))
                .unwrap_or_else(|| panic!("the namespace {namespace}"))
                .1
        }
    };
    format!("{prefix}{name}")
}

impl Element {
    fn of(node: Node<'_, '_>, rules: Rules) -> Self {
        let case = |text: &str| match rules.fold_case {
            true => text.to_lowercase(),
            false => text.to_owned(),
        };
        let attributes = node.attributes().map(|attribute| {
            let name = prefixed(attribute.namespace(), attribute.name());
            (case(&name), case(attribute.value()))
        });
        let mut children: Vec<_> = node
            .children()
            .filter(|child| child.is_element() && !rules.put_aside.contains(&child.tag_name().name()))
            .map(|child| Self::of(child, rules))
            .collect();
        if rules.any_order {
            children.sort_by_key(Self::key);
        }
        let texts = node
            .children()
            .filter(Node::is_text)
            .filter_map(|text| text.text());
        Self {
            name: case(&prefixed(node.tag_name().namespace(), node.tag_name().name())),
            attributes: attributes.collect(),
            text: case(texts.collect::<String>().trim()),
            children,
        }
    }

    /// What tells an element from its neighbours of the same name.
    fn mark(&self) -> &str {
        let attribute = |name| self.attributes.get(name).map(String::as_str);
        let target = |path: [&str; 3]| {
            let found = path.into_iter().try_fold(self, |element, name| {
                element.children.iter().find(|child| child.name == name)
            })?;
            found.text.rsplit('/').next()
        };
        attribute("type")
            .or_else(|| attribute("name"))
            .or_else(|| target(["y:Item", "y:Target", "y:LocURI"]))
            .unwrap_or_default()
    }

    fn key(&self) -> String {
        match self.mark() {
            "" => self.name.clone(),
            mark => format!("{}[{mark}]", self.name),
        }
    }

    fn told(&self) -> String {
        let mut told = self.key();
        for (name, value) in &self.attributes {
            if !matches!(name.as_str(), "type" | "name") {
                told.push_str(&format!(" {name}={value:?}"));
            }
        }
        if !self.text.is_empty() {
            told.push_str(&format!(" {:?}", self.text));
        }
        if !self.children.is_empty() {
            let children: Vec<_> = self.children.iter().map(Self::told).collect();
            told.push_str(&format!(" {{ {} }}", children.join("; ")));
        }
        told
    }

    fn differences(&self, ours: &Self, path: &str, found: &mut Vec<String>) {
        let mut values = vec![("the text".to_owned(), Some(&self.text), Some(&ours.text))];
        for name in self.attributes.keys().chain(ours.attributes.keys()) {
            let value = (name.clone(), self.attributes.get(name), ours.attributes.get(name));
            if !values.contains(&value) {
                values.push(value);
            }
        }
        for (what, theirs, ours) in values {
            if theirs != ours {
                let say =
                    |value: Option<&String>| value.map_or("none".to_owned(), |text| format!("{text:?}"));
                found.push(format!("{path}: {what} {} -> {}", say(theirs), say(ours)));
            }
        }
        for pair in aligned(&self.children, &ours.children) {
            match pair {
                (Some(theirs), Some(ours)) => {
                    theirs.differences(ours, &joined(path, &theirs.key()), found);
                }
                (Some(theirs), None) => found.push(format!("- {}", joined(path, &theirs.told()))),
                (None, Some(ours)) => found.push(format!("+ {}", joined(path, &ours.told()))),
                (None, None) => {}
            }
        }
    }
}

fn joined(path: &str, name: &str) -> String {
    match path {
        "" => name.to_owned(),
        _ => format!("{path}/{name}"),
    }
}

/// Pairs the elements of two lists in their order, as many as can be (the longest common subsequence).
fn aligned<'a>(
    theirs: &'a [Element],
    ours: &'a [Element],
) -> Vec<(Option<&'a Element>, Option<&'a Element>)> {
    let same = |i: usize, j: usize| theirs[i].key() == ours[j].key();
    let mut longest = vec![vec![0_usize; ours.len() + 1]; theirs.len() + 1];
    for i in (0..theirs.len()).rev() {
        for j in (0..ours.len()).rev() {
            longest[i][j] = match same(i, j) {
                true => longest[i + 1][j + 1] + 1,
                false => longest[i + 1][j].max(longest[i][j + 1]),
            };
        }
    }
    let (mut pairs, mut i, mut j) = (Vec::new(), 0, 0);
    while i < theirs.len() || j < ours.len() {
        if i < theirs.len() && j < ours.len() && same(i, j) {
            pairs.push((Some(&theirs[i]), Some(&ours[j])));
            (i, j) = (i + 1, j + 1);
        } else if j == ours.len() || (i < theirs.len() && longest[i + 1][j] >= longest[i][j + 1]) {
            pairs.push((Some(&theirs[i]), None));
            i += 1;
        } else {
            pairs.push((None, Some(&ours[j])));
            j += 1;
        }
    }
    pairs
}

/// What differs, each difference on a line of its own: `- ` stands in theirs alone, `+ ` in ours alone.
pub(crate) fn differences(theirs: &str, ours: &str, rules: Rules) -> Vec<String> {
    let root = |text: &str| {
        let document = Document::parse(text).unwrap_or_else(|error| panic!("{error}: {text}"));
        Element::of(document.root_element(), rules)
    };
    let (theirs, ours) = (root(theirs), root(ours));
    assert_eq!(theirs.name, ours.name, "the root element");
    let mut found = Vec::new();
    theirs.differences(&ours, "", &mut found);
    found
}

#[test]
fn every_kind_of_difference_is_seen() {
    let theirs = r#"<a xmlns="SYNCML:SYNCML1.2" one="1"><b>text</b><c/><d/><e><f/></e></a>"#;
    let rules = Rules::default();
    assert_eq!(differences(theirs, theirs, rules), [""; 0]);
    for (changed, difference) in [
        (theirs.replace("one=\"1\"", "one=\"2\""), ": one \"1\" -> \"2\""),
        (theirs.replace(" one=\"1\"", ""), ": one \"1\" -> none"),
        (
            theirs.replace("text", "Text"),
            "y:b: the text \"text\" -> \"Text\"",
        ),
        (theirs.replace("<c/>", ""), "- y:c"),
        (theirs.replace("<f/>", "<f/><g/>"), "+ y:e/y:g"),
    ] {
        assert_eq!(differences(theirs, &changed, rules), [difference]);
    }
    let moved = theirs.replace("<c/><d/>", "<d/><c/>");
    assert_eq!(differences(theirs, &moved, rules), ["- y:c", "+ y:c"]);
    let any_order = Rules {
        any_order: true,
        ..rules
    };
    assert_eq!(differences(theirs, &moved, any_order), [""; 0]);
    let elsewhere = theirs.replace("<c/>", r#"<c xmlns="syncml:metinf"/>"#);
    assert_eq!(differences(theirs, &elsewhere, rules), ["- y:c", "+ i:c"]);
}
