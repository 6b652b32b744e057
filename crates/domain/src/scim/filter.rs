//! Filters (RFC 7644 §3.4.2.2), as far as identity providers use them here: comparisons for equality, all of which hold.

use serde_json::Value;

use super::wrong;
use crate::error::Error;

/// Characters of a filter at most.
const LONGEST: usize = 1024;
/// Comparisons in one at most.
const MOST: usize = 5;

/// `PATH eq VALUE`.
#[derive(Clone, Debug, PartialEq)]
pub struct Comparison {
    /// The attribute, as it was written; what stands in brackets is part of it.
    pub path: String,
    /// What it equals.
    pub value: Value,
}

/// Reads `PATH eq VALUE and …`. Errors: `invalidFilter`.
pub fn conjunction(text: &str) -> Result<Vec<Comparison>, Error> {
    if text.chars().count() > LONGEST {
        return Err(invalid(format!("a filter has at most {LONGEST} characters")));
    }
    let mut rest = text.trim_start();
    let mut comparisons = Vec::new();
    loop {
        let (path, after) = word(rest);
        let (operator, after) = word(after);
        if path.is_empty() || !operator.eq_ignore_ascii_case("eq") {
            return Err(invalid(
                "of the operators, eq is understood, and of their combinations, and",
            ));
        }
        let (value, after) = literal(after)?;
        comparisons.push(Comparison {
            path: path.to_owned(),
            value,
        });
        if after.is_empty() {
            return Ok(comparisons);
        }
        let (and, after) = word(after);
        if !and.eq_ignore_ascii_case("and") || comparisons.len() >= MOST {
            return Err(invalid(format!(
                "a filter is up to {MOST} comparisons joined by and"
            )));
        }
        rest = after;
    }
}

fn invalid(detail: impl Into<String>) -> Error {
    wrong("invalidFilter", detail)
}

/// Up to the next blank outside of brackets, and what follows.
fn word(text: &str) -> (&str, &str) {
    let mut depth = 0_usize;
    let end = text.find(|c: char| {
        match c {
            '[' => depth += 1,
            ']' => depth = depth.saturating_sub(1),
            _ => {}
        }
        depth == 0 && c.is_whitespace()
    });
    let (word, after) = text.split_at(end.unwrap_or(text.len()));
    (word, after.trim_start())
}

/// A JSON value, and what follows.
fn literal(text: &str) -> Result<(Value, &str), Error> {
    let mut stream = serde_json::Deserializer::from_str(text).into_iter::<Value>();
    let value = match stream.next() {
        Some(Ok(value @ (Value::String(_) | Value::Bool(_) | Value::Number(_) | Value::Null))) => value,
        _ => {
            return Err(invalid(
                "what is compared with is a text in quotes, true, false, null or a number",
            ));
        }
    };
    let after = text.get(stream.byte_offset()..).unwrap_or_default();
    Ok((value, after.trim_start()))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn equality_is_read_with_quotes_blanks_and_brackets() {
        let read = conjunction(r#"userName Eq "a \"b\" and c""#).unwrap();
        assert_eq!(
            (read[0].path.as_str(), &read[0].value),
            ("userName", &json!("a \"b\" and c"))
        );
        let read = conjunction(r#" emails[type eq "work"].value eq "x" AND active eq true"#).unwrap();
        assert_eq!(read[0].path, r#"emails[type eq "work"].value"#);
        assert_eq!((read[1].path.as_str(), &read[1].value), ("active", &json!(true)));
    }

    #[test]
    fn anything_else_is_refused() {
        for text in [
            "",
            "userName",
            "userName eq",
            "userName pr",
            r#"userName co "a""#,
            r#"userName eq "a" or id eq "b""#,
            r#"not (userName eq "a")"#,
            r#"userName eq "a" and"#,
            r#"userName eq "a"#,
            r#"userName eq {"a":1}"#,
            &format!("userName eq \"{}\"", "x".repeat(2000)),
            &["id eq 1"; 6].join(" and "),
        ] {
            assert_eq!(conjunction(text).unwrap_err().key, "scim-invalidFilter", "{text}");
        }
    }
}
