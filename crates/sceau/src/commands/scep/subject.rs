//! `--subject`: an X.500 string as Windows reads it, as the Name of a request.

use domain::subject::{
    attributes,
    x500::{self, Problem},
};

use super::{Failure, der};

/// The Name (DER): the parts in the order in which they were written, as Windows encodes them.
pub(super) fn parse(text: &str) -> Result<Vec<u8>, Failure> {
    let name = x500::parse(text).map_err(refused)?;
    attributes::check(&name).map_err(refused)?;
    let mut parts = Vec::new();
    for rdn in &name.0 {
        let mut pairs = rdn
            .iter()
            .map(|(attribute, value)| pair(attribute, value))
            .collect::<Result<Vec<_>, _>>()?;
        // X.690 §11.6: the elements of a SET OF are in the order of their octets.
        pairs.sort();
        parts.extend(der::element(der::SET, &pairs.concat()));
    }
    Ok(der::element(der::SEQUENCE, &parts))
}

fn pair(attribute: &str, value: &str) -> Result<Vec<u8>, Failure> {
    let oid = attributes::oid_of(attribute);
    let kind = der::object_identifier(&oid)
        .ok_or_else(|| Failure::usage(format!("--subject: {attribute} is no attribute")))?;
    let value = der::element(string_type(&oid, value), value.as_bytes());
    Ok(der::element(der::SEQUENCE, &[kind, value].concat()))
}

/// RFC 5280 appendix A.1: domainComponent and emailAddress are IA5String, the rest is a choice.
fn string_type(oid: &str, value: &str) -> u8 {
    let is_printable = |octet: u8| octet.is_ascii_alphanumeric() || b" '()+,-./:=?".contains(&octet);
    match oid {
        "0.9.2342.19200300.100.1.25" | "1.2.840.113549.1.9.1" => der::IA5_STRING,
        _ if value.bytes().all(is_printable) => der::PRINTABLE_STRING,
        _ => der::UTF8_STRING,
    }
}

fn refused(problem: Problem) -> Failure {
    let failure = Failure::usage(format!("--subject: {}", problem.detail));
    match problem.suggestion {
        Some(right) => failure.and(&format!("Write {right}.")),
        None => failure,
    }
}
