//! X.500 strings as Windows reads and writes them.
//!
//! Microsoft, CertStrToName and ClientCertificateInstall CSP (SubjectName): RDNs are separated by `,` or `;`,
//! attributes of one RDN by `+`; a value with a special character or a blank at an end stands wholly in
//! double quotes, with quotes inside doubled. A backslash escapes nothing.

use std::fmt;

use super::attributes;
use crate::error::Error;

/// Attributes of one relative distinguished name, as (attribute, value).
pub type Rdn = Vec<(String, String)>;

/// A distinguished name: its RDNs as written. [`fmt::Display`] writes it as Windows reads it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name(pub Vec<Rdn>);

/// What is wrong with a subject.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Key of the sentence in the locales.
    pub key: &'static str,
    /// The part that it is about.
    pub part: String,
    /// In English.
    pub detail: String,
    /// The right spelling, where it is known.
    pub suggestion: Option<String>,
}

/// Reads a subject without variables. Attribute names are checked, lengths are not (see [`attributes::check`]).
pub fn parse(text: &str) -> Result<Name, Problem> {
    split(text)?
        .iter()
        .map(|rdn| rdn.iter().map(|part| attribute(part)).collect())
        .collect::<Result<_, _>>()
        .map(Name)
}

/// Whether two subjects say the same: the same attributes under any of their names, with the same values, in
/// the same order.
pub fn same(one: &Name, other: &Name) -> bool {
    canonical(one) == canonical(other)
}

impl Name {
    /// Appends one RDN of one attribute.
    pub fn push(&mut self, attribute: &str, value: &str) {
        self.0.push(vec![(attribute.to_owned(), value.to_owned())]);
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, rdn) in self.0.iter().enumerate() {
            f.write_str(if position == 0 { "" } else { "," })?;
            for (place, (attribute, value)) in rdn.iter().enumerate() {
                f.write_str(if place == 0 { "" } else { "+" })?;
                write!(f, "{attribute}={}", quoted(value))?;
            }
        }
        Ok(())
    }
}

/// A value as it stands in a subject: in quotes unless it is harmless without them.
pub fn quoted(value: &str) -> String {
    let is_harmless = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '@' | '_' | '-' | ' ');
    let is_plain = !value.is_empty() && value.trim() == value && value.chars().all(is_harmless);
    if is_plain {
        value.to_owned()
    } else {
        format!("\"{}\"", value.replace('"', "\"\""))
    }
}

/// Splits a subject into RDNs and those into attributes, looking at quotes alone.
pub(super) fn split(text: &str) -> Result<Vec<Vec<String>>, Problem> {
    if text.trim().is_empty() {
        return Err(problem("error-subject-empty", text, "the subject is empty"));
    }
    let mut rdns = vec![vec![String::new()]];
    let mut is_quoted = false;
    for character in text.chars() {
        if character.is_control() {
            return Err(problem(
                "error-subject-characters",
                text,
                "control characters can't stand in a subject",
            ));
        }
        is_quoted ^= character == '"';
        match character {
            ',' | ';' if !is_quoted => rdns.push(vec![String::new()]),
            '+' if !is_quoted => rdns
                .last_mut()
                .into_iter()
                .for_each(|rdn| rdn.push(String::new())),
            _ => rdns
                .last_mut()
                .and_then(|rdn| rdn.last_mut())
                .into_iter()
                .for_each(|part| part.push(character)),
        }
    }
    if is_quoted {
        return Err(problem(
            "error-subject-quote-open",
            text,
            "a double quote is not closed",
        ));
    }
    Ok(rdns)
}

/// Reads one `attribute=value`.
pub(super) fn attribute(part: &str) -> Result<(String, String), Problem> {
    let Some((name, value)) = part.split_once('=') else {
        let detail = format!(
            "“{}” is no attribute=value; a value that holds a separator stands wholly in double quotes, a \
             backslash escapes nothing",
            part.trim()
        );
        return Err(problem("error-subject-no-attribute", part.trim(), detail));
    };
    let name = attributes::check_name(name.trim())?;
    let value = unquoted(value.trim())
        .ok_or_else(|| {
            let detail =
                format!("the value of {name} must stand wholly in double quotes, quotes inside doubled");
            let mut problem = problem("error-subject-quotes", &name, detail);
            problem.suggestion = Some(format!("{name}={}", quoted(value.trim())));
            problem
        })?
        .to_owned();
    if value.trim().is_empty() {
        return Err(problem(
            "error-subject-value-empty",
            &name,
            format!("{name} has no value"),
        ));
    }
    Ok((name, value))
}

/// The value without its quotes; none when Windows could not read it.
fn unquoted(value: &str) -> Option<String> {
    let Some(inner) = value.strip_prefix('"') else {
        let is_special = |c: char| matches!(c, '"' | '=' | '<' | '>' | '#' | '+' | ',' | ';');
        return (!value.contains(is_special)).then(|| value.to_owned());
    };
    let inner = inner.strip_suffix('"')?;
    let halves = inner.replace("\"\"", "");
    (!halves.contains('"')).then(|| inner.replace("\"\"", "\""))
}

fn canonical(name: &Name) -> Vec<Vec<(String, &str)>> {
    name.0
        .iter()
        .map(|rdn| {
            let mut attributes: Vec<_> = rdn
                .iter()
                .map(|(name, value)| (attributes::oid_of(name), value.as_str()))
                .collect();
            attributes.sort();
            attributes
        })
        .collect()
}

pub(super) fn problem(key: &'static str, part: &str, detail: impl Into<String>) -> Problem {
    Problem {
        key,
        part: part.to_owned(),
        detail: detail.into(),
        suggestion: None,
    }
}

impl Problem {
    /// As a refusal of the field `subject`.
    pub fn into_error(self) -> Error {
        let error = Error::invalid("subject", self.detail)
            .keyed(self.key)
            .with("part", self.part);
        match self.suggestion {
            Some(right) => error.with("suggestion", right),
            None => error,
        }
    }
}
