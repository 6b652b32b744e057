//! Paths of changes (RFC 7644 §3.5.2, figure 7): `attribute`, `attribute.sub`, `attribute[filter]`,
//! `attribute[filter].sub`, each with or without the schema in front.

use serde_json::Value;

use super::{
    Object,
    filter::{Comparison, conjunction},
    schema::{CORE_USER, ENTERPRISE_USER, SCEAU_USER, Shape, known, sub},
    wrong,
};
use crate::error::Error;

/// Characters of a path at most.
const LONGEST: usize = 512;

/// Where a change goes.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Target {
    /// A whole schema.
    Schema(&'static str),
    /// An attribute, or a part of it.
    Attribute(Place),
}

/// An attribute, or a part of it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Place {
    /// Of which schema.
    pub(super) schema: &'static str,
    /// The attribute's name.
    pub(super) name: String,
    /// What it holds.
    pub(super) shape: Shape,
    /// Which of its values: those of which all of this holds.
    pub(super) which: Vec<Comparison>,
    /// Which part.
    pub(super) sub: Option<&'static str>,
}

/// A path in its parts: the attribute, what stands in brackets, what follows the dot.
pub(super) struct Parts<'a> {
    pub(super) name: &'a str,
    pub(super) brackets: Option<&'a str>,
    pub(super) sub: Option<&'a str>,
}

fn invalid(path: &str, why: &str) -> Error {
    let shown: String = path.chars().take(100).collect();
    wrong("invalidPath", format!("the path {shown:?} {why}"))
}

/// Reads a path of a user. Errors: `invalidPath`, `invalidFilter`.
pub(super) fn target(path: &str) -> Result<Target, Error> {
    if path.chars().count() > LONGEST {
        return Err(invalid(path, "is too long"));
    }
    let (schema, rest) = schema_of(path);
    if rest.is_empty() {
        return if schema == CORE_USER {
            Err(invalid(path, "names no attribute"))
        } else {
            Ok(Target::Schema(schema))
        };
    }
    let unknown = || invalid(path, "names no attribute that is known here");
    if schema == SCEAU_USER {
        // Its attributes are texts, and a dot is part of a name.
        let (name, shape) = known(schema, rest).ok_or_else(unknown)?;
        return Ok(Target::Attribute(Place {
            schema,
            name,
            shape,
            which: Vec::new(),
            sub: None,
        }));
    }
    let parts = parts(rest).ok_or_else(|| invalid(path, "can't be read"))?;
    let (name, shape) = known(schema, parts.name).ok_or_else(unknown)?;
    let which = match (parts.brackets, shape) {
        (None, _) => Vec::new(),
        (Some(filter), Shape::Many(subs)) => {
            let which = conjunction(filter)?;
            if !which.iter().all(|one| sub(subs, &one.path).is_some()) {
                return Err(unknown());
            }
            which
        }
        (Some(_), _) => return Err(invalid(path, "has brackets at an attribute of one value")),
    };
    let sub = match (parts.sub, shape) {
        (None, _) => None,
        (Some(name), Shape::Complex(subs) | Shape::Many(subs)) => Some(sub(subs, name).ok_or_else(unknown)?),
        (Some(_), _) => return Err(unknown()),
    };
    Ok(Target::Attribute(Place {
        schema,
        name,
        shape,
        which,
        sub,
    }))
}

/// The schema that stands in front, and the rest. Between them stands a colon, in messages of 2018 a dot.
fn schema_of(path: &str) -> (&'static str, &str) {
    for schema in [CORE_USER, ENTERPRISE_USER, SCEAU_USER] {
        if let Some((front, rest)) = path.split_at_checked(schema.len())
            && front.eq_ignore_ascii_case(schema)
            && (rest.is_empty() || rest.starts_with([':', '.']))
        {
            return (schema, rest.trim_start_matches([':', '.']));
        }
    }
    (CORE_USER, path)
}

/// Takes a path without a schema apart.
pub(super) fn parts(path: &str) -> Option<Parts<'_>> {
    let end = path.find(['[', '.']).unwrap_or(path.len());
    let (name, rest) = path.split_at_checked(end)?;
    let (brackets, rest) = match rest.strip_prefix('[') {
        None => (None, rest),
        Some(inner) => {
            let (filter, rest) = inner.split_at_checked(closing(inner)?)?;
            (Some(filter), rest.strip_prefix(']')?)
        }
    };
    let sub = match rest.strip_prefix('.') {
        Some(sub) if !sub.is_empty() => Some(sub),
        None if rest.is_empty() => None,
        _ => return None,
    };
    Some(Parts { name, brackets, sub })
}

/// Where the bracket closes that isn't in quotes.
fn closing(text: &str) -> Option<usize> {
    let (mut is_quoted, mut is_escaped) = (false, false);
    for (index, c) in text.char_indices() {
        match c {
            _ if is_escaped => is_escaped = false,
            '\\' if is_quoted => is_escaped = true,
            '"' => is_quoted = !is_quoted,
            ']' if !is_quoted => return Some(index),
            _ => {}
        }
    }
    None
}

/// Whether all of it holds of a value. Texts are compared without regard to case, as `type` and `value` of e-mail
/// addresses are (RFC 7643 §4.1.2).
pub(super) fn holds(which: &[Comparison], element: &Object) -> bool {
    which.iter().all(|comparison| {
        let found = element
            .iter()
            .find(|(name, _)| name.eq_ignore_ascii_case(&comparison.path))
            .map(|(_, value)| value);
        match (found, &comparison.value) {
            (Some(Value::String(one)), Value::String(other)) => one.to_lowercase() == other.to_lowercase(),
            (Some(Value::Bool(one)), Value::String(other)) => one.to_string().eq_ignore_ascii_case(other),
            // Absent is the same as no (RFC 7643 §2.4, "primary").
            (None, Value::Bool(false)) => true,
            (found, other) => found == Some(other),
        }
    })
}
