//! The attributes of names that Windows knows by a short name, and their limits.

use super::x500::{Name, Problem, problem};

/// What a value may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Characters {
    Any,
    /// IA5String.
    Ascii,
    /// PrintableString.
    Printable,
}

/// Short name, OID, most characters, which characters.
///
/// Microsoft, CertStrToName: the X.500 key strings. RFC 5280 appendix A.1: the upper bounds.
const KNOWN: &[(&str, &str, usize, Characters)] = &[
    ("CN", "2.5.4.3", 64, Characters::Any),
    ("OU", "2.5.4.11", 64, Characters::Any),
    ("O", "2.5.4.10", 64, Characters::Any),
    ("L", "2.5.4.7", 128, Characters::Any),
    ("S", "2.5.4.8", 128, Characters::Any),
    ("ST", "2.5.4.8", 128, Characters::Any),
    ("STREET", "2.5.4.9", 128, Characters::Any),
    ("C", "2.5.4.6", 2, Characters::Printable),
    ("E", "1.2.840.113549.1.9.1", 255, Characters::Ascii),
    ("Email", "1.2.840.113549.1.9.1", 255, Characters::Ascii),
    ("DC", "0.9.2342.19200300.100.1.25", 64, Characters::Ascii),
    ("T", "2.5.4.12", 64, Characters::Any),
    ("Title", "2.5.4.12", 64, Characters::Any),
    ("G", "2.5.4.42", 64, Characters::Any),
    ("GivenName", "2.5.4.42", 64, Characters::Any),
    ("I", "2.5.4.43", 64, Characters::Any),
    ("Initials", "2.5.4.43", 64, Characters::Any),
    ("SN", "2.5.4.4", 64, Characters::Any),
    ("SERIALNUMBER", "2.5.4.5", 64, Characters::Printable),
    ("Description", "2.5.4.13", 1024, Characters::Any),
    ("PostalCode", "2.5.4.17", 40, Characters::Any),
    ("POBox", "2.5.4.18", 40, Characters::Any),
    ("Phone", "2.5.4.20", 64, Characters::Printable),
];

/// Names that people know from elsewhere, and what Windows calls them.
const ELSEWHERE: &[(&str, &str)] = &[
    ("EMAILADDRESS", "E"),
    ("MAIL", "E"),
    ("SURNAME", "SN"),
    ("GN", "G"),
    ("STATE", "S"),
    ("SP", "S"),
    ("COUNTRY", "C"),
    ("COMMONNAME", "CN"),
    ("ORGANIZATION", "O"),
    ("ORGANIZATIONALUNIT", "OU"),
    ("LOCALITY", "L"),
    ("SERIAL", "SERIALNUMBER"),
    ("UID", "0.9.2342.19200300.100.1.1"),
];

const MAX_ELSE: usize = 255;

/// Longest OID that is read.
const MAX_OID: usize = 64;

/// Checks lengths and characters of a whole name.
pub fn check(name: &Name) -> Result<(), Problem> {
    name.0
        .iter()
        .flatten()
        .try_for_each(|(attribute, value)| check_value(attribute, value))
}

/// Checks one value. Microsoft AD CS refuses what is over the limit with 0x80094001.
pub fn check_value(attribute: &str, value: &str) -> Result<(), Problem> {
    let (_, _, max, characters) = known(attribute).unwrap_or(&("", "", MAX_ELSE, Characters::Any));
    let length = value.chars().count();
    if length > *max {
        let detail = format!("{attribute} holds at most {max} characters, this is {length}: {value}");
        return Err(problem("error-subject-too-long", attribute, detail));
    }
    let is_allowed = |c: char| match characters {
        Characters::Any => !c.is_control(),
        Characters::Ascii => c.is_ascii() && !c.is_control(),
        Characters::Printable => crate::challenge::is_printable_string_character(c),
    };
    let is_country = !attribute.eq_ignore_ascii_case("C")
        || (length == 2 && value.chars().all(|c| c.is_ascii_alphabetic()));
    if value.chars().all(is_allowed) && is_country {
        Ok(())
    } else {
        let detail = format!("{attribute} can't hold the value {value:?}");
        Err(problem("error-subject-value-characters", attribute, detail))
    }
}

/// The attribute's name as it is written to Windows: a known short name, or an OID.
pub(super) fn check_name(name: &str) -> Result<String, Problem> {
    let oid = name
        .strip_prefix("OID.")
        .or_else(|| name.strip_prefix("oid."))
        .unwrap_or(name);
    if let Some((known, ..)) = known(oid) {
        return Ok((*known).to_owned());
    }
    if is_oid(oid) {
        return Ok(oid.to_owned());
    }
    let mut problem = problem(
        "error-subject-attribute-unknown",
        name,
        format!("Windows knows no attribute “{name}”; one without a short name is written as an OID"),
    );
    problem.suggestion = ELSEWHERE
        .iter()
        .find(|(elsewhere, _)| elsewhere.eq_ignore_ascii_case(name))
        .map(|(_, known)| (*known).to_owned());
    Err(problem)
}

/// The attribute's OID, whatever it is called by.
pub fn oid_of(attribute: &str) -> String {
    known(attribute).map_or_else(|| attribute.to_owned(), |(_, oid, ..)| (*oid).to_owned())
}

/// The short name for an OID, or the OID.
pub fn name_of(oid: &str) -> String {
    KNOWN
        .iter()
        .find(|(_, known, ..)| *known == oid)
        .map_or_else(|| oid.to_owned(), |(name, ..)| (*name).to_owned())
}

/// Whether the text is a dotted OID: two arcs at least, the first 0 to 2, none with leading zeros.
pub fn is_oid(text: &str) -> bool {
    let arcs: Vec<&str> = text.split('.').collect();
    let is_arc = |arc: &&str| {
        !arc.is_empty() && arc.bytes().all(|b| b.is_ascii_digit()) && (*arc == "0" || !arc.starts_with('0'))
    };
    let second = arcs.get(1).and_then(|arc| arc.parse::<u32>().ok());
    let is_root = match arcs.first() {
        Some(&"0" | &"1") => second.is_some_and(|second| second < 40),
        Some(&"2") => second.is_some(),
        _ => false,
    };
    text.len() <= MAX_OID && is_root && arcs.iter().all(is_arc)
}

fn known(attribute: &str) -> Option<&'static (&'static str, &'static str, usize, Characters)> {
    KNOWN
        .iter()
        .find(|(name, ..)| name.eq_ignore_ascii_case(attribute))
        .or_else(|| KNOWN.iter().find(|(_, oid, ..)| *oid == attribute))
}
