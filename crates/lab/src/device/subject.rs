//! Reads `Install/SubjectName` as Windows does: an X.500 string with quotes and no escapes.

use thiserror::Error;

use super::der;

/// The string isn't an X.500 name; Windows ends such an enrolment with 0x80092023.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the subject can't be read as an X.500 string")]
pub struct NoName;

/// An attribute of a relative distinguished name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attribute {
    /// Dotted.
    pub oid: String,
    pub value: String,
}

/// A name: relative distinguished names in the order written, each with one attribute or more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Name(pub Vec<Vec<Attribute>>);

const KEYS: [(&str, &str); 20] = [
    ("CN", "2.5.4.3"),
    ("SN", "2.5.4.4"),
    ("SERIALNUMBER", "2.5.4.5"),
    ("C", "2.5.4.6"),
    ("L", "2.5.4.7"),
    ("S", "2.5.4.8"),
    ("ST", "2.5.4.8"),
    ("STREET", "2.5.4.9"),
    ("O", "2.5.4.10"),
    ("OU", "2.5.4.11"),
    ("T", "2.5.4.12"),
    ("TITLE", "2.5.4.12"),
    ("DESCRIPTION", "2.5.4.13"),
    ("G", "2.5.4.42"),
    ("GN", "2.5.4.42"),
    ("I", "2.5.4.43"),
    ("DC", "0.9.2342.19200300.100.1.25"),
    ("UID", "0.9.2342.19200300.100.1.1"),
    ("E", "1.2.840.113549.1.9.1"),
    ("EMAIL", "1.2.840.113549.1.9.1"),
];

impl Name {
    /// Reads a string: `,` and `;` part relative names, `+` parts attributes of one; a value with
    /// one of these, `=` or a blank at an end stands wholly in double quotes, an inner quote
    /// doubled; a backslash is a character like any other.
    ///
    /// # Errors
    /// An unknown key, an empty value, quotes that don't enclose the value or aren't closed.
    pub fn parse(text: &str) -> Result<Self, NoName> {
        let mut rest = text;
        let mut names = Vec::new();
        let mut attributes = Vec::new();
        loop {
            let (key, after_key) = rest.split_once('=').ok_or(NoName)?;
            let oid = identifier(key.trim()).ok_or(NoName)?;
            let (value, separator, after) = read_value(after_key)?;
            attributes.push(Attribute { oid, value });
            if separator != Some('+') {
                names.push(std::mem::take(&mut attributes));
            }
            if separator.is_none() {
                return Ok(Self(names));
            }
            rest = after;
        }
    }

    /// As DER.
    ///
    /// # Errors
    /// An object identifier that can't be written.
    pub fn to_der(&self) -> Result<Vec<u8>, NoName> {
        let relative = |attributes: &Vec<Attribute>| {
            let members: Result<Vec<_>, NoName> = attributes.iter().map(attribute_der).collect();
            members.map(der::set_of)
        };
        let names: Result<Vec<_>, NoName> = self.0.iter().map(relative).collect();
        Ok(der::sequence(&names?))
    }
}

fn identifier(key: &str) -> Option<String> {
    let upper = key.to_ascii_uppercase();
    if let Some((_, oid)) = KEYS.iter().find(|(known, _)| *known == upper) {
        return Some((*oid).to_owned());
    }
    let dotted = upper.strip_prefix("OID.").unwrap_or(&upper);
    der::object_identifier(dotted).map(|_| dotted.to_owned())
}

/// The value, the separator behind it, and what follows that.
fn read_value(text: &str) -> Result<(String, Option<char>, &str), NoName> {
    let text = text.trim_start_matches(' ');
    if let Some(quoted) = text.strip_prefix('"') {
        return read_quoted(quoted);
    }
    let end = text.find([',', ';', '+']).unwrap_or(text.len());
    let (value, after) = text.split_at_checked(end).ok_or(NoName)?;
    let value = value.trim();
    if value.is_empty() || value.contains(['"', '=', '\n', '\r']) {
        return Err(NoName);
    }
    let mut after = after.chars();
    let separator = after.next();
    Ok((value.to_owned(), separator, after.as_str()))
}

fn read_quoted(text: &str) -> Result<(String, Option<char>, &str), NoName> {
    let mut value = String::new();
    let mut characters = text.chars();
    loop {
        match characters.next().ok_or(NoName)? {
            '"' if characters.as_str().starts_with('"') => {
                characters.next();
                value.push('"');
            }
            '"' => break,
            other => value.push(other),
        }
    }
    let mut after = characters.as_str().trim_start_matches(' ').chars();
    match after.next() {
        separator @ (None | Some(',' | ';' | '+')) if !value.is_empty() => {
            Ok((value, separator, after.as_str()))
        }
        _ => Err(NoName),
    }
}

fn attribute_der(attribute: &Attribute) -> Result<Vec<u8>, NoName> {
    const IA5: [&str; 2] = ["0.9.2342.19200300.100.1.25", "1.2.840.113549.1.9.1"];
    let tag = if IA5.contains(&attribute.oid.as_str()) && attribute.value.is_ascii() {
        0x16
    } else if is_printable(&attribute.value) {
        0x13
    } else {
        0x0c
    };
    let oid = der::object_identifier(&attribute.oid).ok_or(NoName)?;
    Ok(der::sequence(&[oid, der::tlv(tag, attribute.value.as_bytes())]))
}

/// The characters of ASN.1 PrintableString (X.680 §41.4).
#[must_use]
pub fn is_printable(text: &str) -> bool {
    text.chars()
        .all(|character| character.is_ascii_alphanumeric() || " '()+,-./:=?".contains(character))
}
