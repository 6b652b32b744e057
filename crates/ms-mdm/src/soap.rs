//! The SOAP 1.2 envelope that discovery, policy and enrolment share: addressing, credentials, faults.

mod credentials;
mod fault;

pub use credentials::Credentials;
pub use fault::{Fault, Subcode};

use crate::Error;
use crate::xml::{self, XmlWriter};
use roxmltree::{Document, Node};
use std::fmt;

pub(crate) const ENVELOPE: &str = "http://www.w3.org/2003/05/soap-envelope";
pub(crate) const ADDRESSING: &str = "http://www.w3.org/2005/08/addressing";
pub(crate) const UTILITY: &str =
    "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd";
pub(crate) const SECURITY: &str =
    "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd";
pub(crate) const DIAGNOSTICS: &str = "http://schemas.microsoft.com/2004/09/ServiceModel/Diagnostics";
pub(crate) const SCHEMA: &str = "http://www.w3.org/2001/XMLSchema";
pub(crate) const SCHEMA_INSTANCE: &str = "http://www.w3.org/2001/XMLSchema-instance";

const MAX_ID: usize = 256;

/// The `Content-Type` of every SOAP request and answer of the enrolment services.
pub const CONTENT_TYPE: &str = "application/soap+xml; charset=utf-8";

/// WS-Addressing's `MessageID` of a request, echoed as `RelatesTo` in its answer, byte for byte.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct MessageId(String);

impl MessageId {
    /// Takes any text of 1 to 256 bytes; Windows sends `urn:uuid:…`.
    pub fn new(text: &str) -> Result<Self, Error> {
        let text = text.trim();
        match text.len() {
            0 => Err(Error::missing("MessageID")),
            1..=MAX_ID => Ok(Self(text.to_owned())),
            _ => Err(Error::invalid("MessageID", "it is too long")),
        }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The UUID inside `urn:uuid:…`, where there is one: it correlates an answer's `ActivityId`.
    fn uuid(&self) -> Option<&str> {
        let text = self.0.strip_prefix("urn:uuid:")?.trim();
        let is_uuid = text.len() == 36 && text.chars().all(|c| c == '-' || c.is_ascii_hexdigit());
        is_uuid.then_some(text)
    }
}

impl fmt::Display for MessageId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// The `MessageID` of whatever SOAP request this is, so that a request that can't be taken further still gets
/// a fault that relates to it. `None` when the bytes are no envelope or carry none.
pub fn message_id(bytes: &[u8]) -> Option<MessageId> {
    let document = xml::parse(bytes).ok()?;
    Envelope::of(&document)
        .ok()
        .and_then(|envelope| envelope.message_id().ok())
}

/// A request's envelope, opened.
pub(crate) struct Envelope<'a, 'i> {
    header: Node<'a, 'i>,
    body: Node<'a, 'i>,
}

impl<'a, 'i> Envelope<'a, 'i> {
    pub(crate) fn of(document: &'a Document<'i>) -> Result<Self, Error> {
        let root = document.root_element();
        if !xml::is(root, &[ENVELOPE], "Envelope") {
            return Err(Error::NotA {
                expected: "SOAP 1.2 envelope",
            });
        }
        let header = xml::child_in(root, &[ENVELOPE], "Header").ok_or(Error::missing("Header"))?;
        let body = xml::child_in(root, &[ENVELOPE], "Body").ok_or(Error::missing("Body"))?;
        Ok(Self { header, body })
    }

    pub(crate) fn message_id(&self) -> Result<MessageId, Error> {
        let id = xml::child_in(self.header, &[ADDRESSING], "MessageID").ok_or(Error::missing("MessageID"))?;
        MessageId::new(&xml::text(id))
    }

    /// Checks WS-Addressing's `Action` against the one that this operation has.
    pub(crate) fn require_action(&self, expected: &'static str) -> Result<(), Error> {
        let action = xml::child_in(self.header, &[ADDRESSING], "Action").ok_or(Error::missing("Action"))?;
        if xml::trimmed(action) == expected {
            Ok(())
        } else {
            Err(Error::invalid("Action", "it names another operation"))
        }
    }

    pub(crate) fn credentials(&self) -> Result<Credentials, Error> {
        credentials::read(self.header)
    }

    /// The operation's own element in the body.
    pub(crate) fn operation(&self, namespaces: &[&str], name: &'static str) -> Result<Node<'a, 'i>, Error> {
        xml::child_in(self.body, namespaces, name).ok_or(Error::NotA { expected: name })
    }
}

/// Whether an answer's header carries an `ActivityId`.
pub(crate) enum Activity {
    Correlated,
    Absent,
}

/// Writes an answer: header with `Action` and `RelatesTo`, what the operation adds to the header, and its body.
pub(crate) fn write_answer(
    action: &str,
    relates_to: &MessageId,
    activity: &Activity,
    more_header: impl FnOnce(&mut XmlWriter),
    body: impl FnOnce(&mut XmlWriter),
) -> Vec<u8> {
    let mut writer = XmlWriter::new();
    let namespaces = [
        ("xmlns:s", ENVELOPE),
        ("xmlns:a", ADDRESSING),
        ("xmlns:u", UTILITY),
    ];
    writer.element("s:Envelope", &namespaces, |w| {
        w.element("s:Header", &[], |w| {
            w.text("a:Action", &[("s:mustUnderstand", "1")], action);
            if let (Activity::Correlated, Some(uuid)) = (activity, relates_to.uuid()) {
                w.text(
                    "ActivityId",
                    &[("CorrelationId", uuid), ("xmlns", DIAGNOSTICS)],
                    uuid,
                );
            }
            w.text("a:RelatesTo", &[], relates_to.as_str());
            more_header(w);
        });
        w.element(
            "s:Body",
            &[("xmlns:xsi", SCHEMA_INSTANCE), ("xmlns:xsd", SCHEMA)],
            body,
        );
    });
    writer.finish()
}
