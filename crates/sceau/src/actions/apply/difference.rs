//! What differs between a thing as it is and as it is wanted, field by field.

use serde_json::Value;

/// One field that differs. Secrets are said to differ, and no more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// Its name, as in `limits.max_unused`.
    pub field: String,
    /// What it was; none where it had nothing.
    pub before: Option<String>,
    /// What it will be; none where it will have nothing.
    pub after: Option<String>,
}

/// Characters of a value at most: a trust file is long.
const SHOWN: usize = 120;

/// What differs, in the order of the names.
pub(super) fn between(before: &Value, after: &Value) -> Vec<Difference> {
    let mut found = Vec::new();
    compare("", before, after, &mut found);
    found
}

fn compare(path: &str, before: &Value, after: &Value, found: &mut Vec<Difference>) {
    if let (Value::Object(old), Value::Object(new)) = (before, after) {
        for (name, value) in new {
            let path = if path.is_empty() {
                name.clone()
            } else {
                format!("{path}.{name}")
            };
            compare(&path, old.get(name).unwrap_or(&Value::Null), value, found);
        }
    } else if before != after {
        found.push(Difference {
            field: path.to_owned(),
            before: shown(before),
            after: shown(after),
        });
    }
}

fn shown(value: &Value) -> Option<String> {
    let text = match value {
        Value::Null => return None,
        Value::String(text) => text.replace(['\r', '\n'], " "),
        other => other.to_string(),
    };
    let is_long = text.chars().count() > SHOWN;
    let mut text: String = text.chars().take(SHOWN).collect();
    if is_long {
        text.push('…');
    }
    Some(text).filter(|text| !text.is_empty())
}

/// Puts what is given over what is there; objects are gone into.
pub(super) fn overlay(base: &mut Value, given: &Value) {
    match (base, given) {
        (Value::Object(base), Value::Object(given)) => {
            for (name, value) in given {
                overlay(base.entry(name.clone()).or_insert(Value::Null), value);
            }
        }
        (base, given) => *base = given.clone(),
    }
}
