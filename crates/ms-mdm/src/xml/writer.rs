//! XML as this crate writes it: no indentation, no CDATA (Windows' configuration service providers don't take
//! it), every value escaped in one place.

use quick_xml::Writer;
use quick_xml::events::attributes::Attribute;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};
use quick_xml::name::QName;
use std::borrow::Cow;

pub(crate) struct XmlWriter {
    inner: Writer<Vec<u8>>,
}

type Attributes<'a> = &'a [(&'a str, &'a str)];

impl XmlWriter {
    /// A document without the XML declaration, as SOAP and fragments go.
    pub(crate) fn new() -> Self {
        Self {
            inner: Writer::new(Vec::new()),
        }
    }

    /// A document that begins with `<?xml version="1.0" encoding="UTF-8"?>`.
    pub(crate) fn with_declaration() -> Self {
        let mut writer = Self::new();
        writer.put(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)));
        writer
    }

    /// An element whose content is written by the closure.
    pub(crate) fn element(
        &mut self,
        name: &str,
        attributes: Attributes<'_>,
        content: impl FnOnce(&mut Self),
    ) {
        self.put(Event::Start(start(name, attributes)));
        content(self);
        self.put(Event::End(BytesEnd::new(name)));
    }

    /// An element that holds text only.
    pub(crate) fn text(&mut self, name: &str, attributes: Attributes<'_>, text: &str) {
        self.element(name, attributes, |w| {
            w.put(Event::Text(BytesText::from_escaped(escape(text))));
        });
    }

    /// `<name …/>`
    pub(crate) fn empty(&mut self, name: &str, attributes: Attributes<'_>) {
        self.put(Event::Empty(start(name, attributes)));
    }

    pub(crate) fn finish(self) -> Vec<u8> {
        self.inner.into_inner()
    }

    fn put(&mut self, event: Event<'_>) {
        // Writing into a Vec has no way to fail.
        let _ = self.inner.write_event(event);
    }
}

fn start<'a>(name: &'a str, attributes: Attributes<'a>) -> BytesStart<'a> {
    let mut start = BytesStart::new(name);
    for (key, value) in attributes {
        start.push_attribute(Attribute {
            key: QName(key),
            value: Cow::Owned(escape(value)),
        });
    }
    start
}

/// Escapes what XML 1.0 reads otherwise. Line ends and tabs go as references, since a parser folds them into
/// blanks inside attributes; a character that XML 1.0 can't hold at all (NUL, most controls) becomes U+FFFD.
fn escape(value: &str) -> String {
    let mut escaped = String::with_capacity(value.len() + 16);
    for character in value.chars() {
        match character {
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '&' => escaped.push_str("&amp;"),
            '"' => escaped.push_str("&quot;"),
            '\t' => escaped.push_str("&#9;"),
            '\n' => escaped.push_str("&#10;"),
            '\r' => escaped.push_str("&#13;"),
            '\0'..='\x1F' | '\u{FFFE}' | '\u{FFFF}' => escaped.push('\u{FFFD}'),
            other => escaped.push(other),
        }
    }
    escaped
}
