//! The subject asked for against the subject ordered.

use super::MOST;
use crate::der::{self, Reader};
use crate::deviation::{Deviation, Part};
use crate::issuance::Subject;
use crate::object_identifier::ObjectIdentifier;
use crate::ordered::Ordered;
use crate::text::{shown, text};

/// An attribute's object identifier and its text.
type Pair = (Vec<u8>, String);

/// Compares by object identifier and text, whatever the type of the strings and the order and
/// grouping of the attributes.
pub(super) fn check(asked: &[u8], ordered: &Ordered) -> Result<(), Deviation> {
    let asked = pairs(asked).ok_or(Deviation::UnreadableSubject)?;
    let mut missing = match &ordered.subject {
        Subject::Raw(raw) => pairs(raw).ok_or(Deviation::UnreadableSubject)?,
        Subject::Attributes(attributes) => attributes
            .iter()
            .map(|(attribute, value)| (attribute.object_identifier().to_vec(), value.clone()))
            .collect(),
        Subject::Relative(names) => names
            .iter()
            .flatten()
            .map(|(oid, value)| (oid.value().to_vec(), value.clone()))
            .collect(),
    };
    if asked.is_empty() && !missing.is_empty() {
        return Err(Deviation::EmptySubject);
    }
    if asked.len() > MOST {
        return Err(Deviation::TooMany(Part::SubjectParts));
    }
    for (oid, value) in asked {
        let found = missing
            .iter()
            .position(|(other, text)| *other == oid && *text == value);
        match found {
            Some(position) => {
                missing.swap_remove(position);
            }
            None => return Err(stranger(&oid, &value)),
        }
    }
    match missing.first() {
        None => Ok(()),
        Some((oid, _)) => Err(Deviation::SubjectIncomplete {
            attribute: dotted(oid),
        }),
    }
}

/// An attribute that was not ordered. Slashes and control characters are said as such: they
/// are how a name climbs out of a path, a log line or a C string.
fn stranger(oid: &[u8], value: &str) -> Deviation {
    let attribute = dotted(oid);
    if value
        .chars()
        .any(|character| character.is_control() || character == '/' || character == '\\')
    {
        return Deviation::SubjectCharacters { attribute };
    }
    let asked = shown(value);
    Deviation::SubjectNotOrdered { attribute, asked }
}

/// All attributes of a `Name`, or `None` when it is none.
fn pairs(name: &[u8]) -> Option<Vec<Pair>> {
    let mut all = Vec::new();
    let mut names = Reader::new(name).optional(der::SEQUENCE)?.reader();
    while !names.is_empty() {
        let mut attributes = names.optional(der::SET)?.reader();
        while !attributes.is_empty() {
            let mut fields = attributes.optional(der::SEQUENCE)?.reader();
            let oid = fields.optional(der::OBJECT_IDENTIFIER)?;
            let value = fields.element()?;
            all.push((oid.value.to_vec(), text(value)));
            // One more than is allowed tells as much as ten thousand.
            if all.len() > MOST {
                return Some(all);
            }
        }
    }
    Some(all)
}

fn dotted(oid: &[u8]) -> String {
    ObjectIdentifier::of(oid).to_string()
}
