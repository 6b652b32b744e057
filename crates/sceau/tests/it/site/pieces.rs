//! A device's message cut up by the rules of OMA-DM 1.2.1 (Protocol 6 and 7): a package of several messages, of which
//! the last alone has Final, and values in pieces with MoreData.

use std::ops::Range;

use lab::device::syncml::escape;
use roxmltree::{Document, Node};

/// How a device cuts.
#[derive(Clone, Copy, Debug)]
pub struct Cut {
    /// Elements of a message's body at most.
    pub elements: usize,
    /// Octets of a value, and of each piece of a longer one, at most.
    pub octets: usize,
}

impl Cut {
    /// Nothing is cut.
    pub const NOT: Self = Self {
        elements: usize::MAX,
        octets: usize::MAX,
    };
}

/// An element of a body, and whether the message ends with it.
struct Part {
    text: String,
    ends: bool,
}

/// The message as the messages of one package, MsgIDs counting on.
pub fn cut(package: &str, cut: &Cut) -> Vec<String> {
    let document = Document::parse(package).unwrap();
    let find = |name| {
        let mut nodes = document.descendants();
        nodes.find(|node| node.tag_name().name() == name).unwrap()
    };
    let first: u32 = find("MsgID").text().unwrap().parse().unwrap();
    let mut number = 1000;
    let elements = find("SyncBody").children().filter(Node::is_element);
    let parts: Vec<Part> = elements
        .filter(|node| node.tag_name().name() != "Final")
        .flat_map(|node| parts(package, node, cut.octets, &mut number))
        .collect();
    let mut bodies = vec![Vec::new()];
    for part in parts {
        if bodies.last().unwrap().len() >= cut.elements {
            bodies.push(Vec::new());
        }
        bodies.last_mut().unwrap().push(part.text);
        if part.ends {
            bodies.push(Vec::new());
        }
    }
    let count = bodies.len();
    let (head, _) = package.split_once("<SyncBody>").unwrap();
    (first..)
        .zip(bodies)
        .enumerate()
        .map(|(position, (number, body))| {
            let head = head.replace(
                &format!("<MsgID>{first}</MsgID>"),
                &format!("<MsgID>{number}</MsgID>"),
            );
            let end = if position + 1 == count { "<Final/>" } else { "" };
            format!("{head}<SyncBody>{}{end}</SyncBody></SyncML>", body.concat())
        })
        .collect()
}

fn parts(package: &str, node: Node<'_, '_>, octets: usize, number: &mut u32) -> Vec<Part> {
    let whole = |text: &str| Part {
        text: text.to_owned(),
        ends: false,
    };
    let is_long = |item: &Node<'_, '_>| value(*item).len() > octets;
    let items: Vec<Node<'_, '_>> = node.children().filter(|child| is(child, "Item")).collect();
    if !is(&node, "Results") || !items.iter().any(is_long) {
        return vec![whole(&package[node.range()])];
    }
    let reference = |name| {
        let found = node.children().find(|child| is(child, name));
        found.map_or("", |child| &package[child.range()])
    };
    let references = format!("{}{}", reference("MsgRef"), reference("CmdRef"));
    let mut parts = Vec::new();
    for item in items {
        let data = value(item);
        for range in pieces(data.len(), octets) {
            *number += 1;
            let is_last = range.end == data.len();
            let size = match range.start == 0 && !is_last {
                true => format!("<Size xmlns=\"syncml:metinf\">{}</Size>", data.len()),
                false => String::new(),
            };
            let more = if is_last { "" } else { "<MoreData/>" };
            let (before, _) = package[item.range()].split_once("</Meta>").unwrap();
            let text = format!(
                "<Results><CmdID>{number}</CmdID>{references}{before}{size}</Meta><Data>{}</Data>{more}</Item></Results>",
                escape(&data[range])
            );
            parts.push(Part { text, ends: !is_last });
        }
    }
    parts
}

fn pieces(length: usize, octets: usize) -> Vec<Range<usize>> {
    let starts = (0..length.max(1)).step_by(octets.min(length.max(1)));
    starts
        .map(|start| start..start.saturating_add(octets).min(length))
        .collect()
}

fn is(node: &Node<'_, '_>, name: &str) -> bool {
    node.tag_name().name() == name
}

fn value(item: Node<'_, '_>) -> String {
    let data = item.children().find(|child| is(child, "Data"));
    data.and_then(|data| data.text()).unwrap_or_default().to_owned()
}
