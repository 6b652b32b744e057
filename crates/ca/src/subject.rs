//! Writes distinguished names and subject alternative names.

use std::net::IpAddr;

use crate::der::{self, Reader};
use crate::issuance::{GeneralName, Subject};
use crate::object_identifier::{Attribute, ObjectIdentifier};
use crate::{Error, Result};

/// The DER of the subject's `Name`.
pub(crate) fn name(subject: &Subject) -> Result<Vec<u8>> {
    match subject {
        Subject::Raw(raw) => {
            let mut reader = Reader::new(raw);
            reader.expect(der::SEQUENCE, "the subject")?;
            reader
                .is_empty()
                .then(|| raw.clone())
                .ok_or(Error::Malformed("the subject"))
        }
        Subject::Attributes(attributes) => {
            let parts: Vec<Vec<u8>> = attributes
                .iter()
                .map(|(attribute, value)| relative_name(*attribute, value))
                .collect::<Result<_>>()?;
            Ok(der::sequence(&parts))
        }
        Subject::Relative(names) => {
            let parts: Vec<Vec<u8>> = names.iter().map(|pairs| several(pairs)).collect::<Result<_>>()?;
            Ok(der::sequence(&parts))
        }
    }
}

/// One RDN of these attributes; DER sorts the elements of a SET OF (X.690 §11.6).
fn several(pairs: &[(ObjectIdentifier, String)]) -> Result<Vec<u8>> {
    let mut parts: Vec<Vec<u8>> = pairs
        .iter()
        .map(|(oid, value)| pair(oid.value(), value))
        .collect::<Result<_>>()?;
    parts.sort();
    Ok(der::set(&parts))
}

fn pair(oid: &[u8], value: &str) -> Result<Vec<u8>> {
    if value.is_empty() || value.chars().any(char::is_control) {
        return Err(Error::Invalid("an attribute of the subject"));
    }
    let is = |attribute: Attribute| attribute.object_identifier() == oid;
    let is_ia5 = is(Attribute::DomainComponent) || is(Attribute::EmailAddress);
    let tag = match value.bytes().all(is_printable) {
        _ if is_ia5 && value.is_ascii() => der::IA5_STRING,
        _ if is_ia5 => return Err(Error::Invalid("an attribute of the subject")),
        true => der::PRINTABLE_STRING,
        false if is(Attribute::Country) => return Err(Error::Invalid("the country of the subject")),
        false => der::UTF8_STRING,
    };
    Ok(der::sequence(&[
        der::write(der::OBJECT_IDENTIFIER, oid),
        der::write(tag, value.as_bytes()),
    ]))
}

/// The DER of a `GeneralNames`.
pub(crate) fn general_names(names: &[GeneralName]) -> Result<Vec<u8>> {
    let parts: Vec<Vec<u8>> = names.iter().map(general_name).collect::<Result<_>>()?;
    Ok(der::sequence(&parts))
}

fn relative_name(attribute: Attribute, value: &str) -> Result<Vec<u8>> {
    if value.chars().count() > attribute.longest() {
        return Err(Error::Invalid("the length of an attribute of the subject"));
    }
    let pair = pair(attribute.object_identifier(), value)?;
    Ok(der::set(&[pair]))
}

/// The alphabet of PrintableString (X.680 §41.4).
fn is_printable(octet: u8) -> bool {
    octet.is_ascii_alphanumeric() || b" '()+,-./:=?".contains(&octet)
}

fn general_name(name: &GeneralName) -> Result<Vec<u8>> {
    let text = |number: u8, text: &str| {
        let is_plain = !text.is_empty() && text.bytes().all(|octet| octet.is_ascii_graphic());
        is_plain
            .then(|| der::primitive(number, text.as_bytes()))
            .ok_or(Error::Invalid("a subject alternative name"))
    };
    match name {
        GeneralName::Email(address) => text(1, address),
        GeneralName::Dns(host) => text(2, host),
        GeneralName::Uri(uri) => text(6, uri),
        GeneralName::Ip(IpAddr::V4(address)) => Ok(der::primitive(7, &address.octets())),
        GeneralName::Ip(IpAddr::V6(address)) => Ok(der::primitive(7, &address.octets())),
        GeneralName::UserPrincipalName(upn) => {
            let oid = [0x2b, 6, 1, 4, 1, 0x82, 0x37, 20, 2, 3];
            let value = der::constructed(0, &der::write(der::UTF8_STRING, upn.as_bytes()));
            let mut other = der::write(der::OBJECT_IDENTIFIER, &oid);
            other.extend(value);
            Ok(der::constructed(0, &other))
        }
        GeneralName::Raw(raw) => {
            let mut reader = Reader::new(raw);
            let is_one = reader.element().is_some() && reader.is_empty();
            is_one
                .then(|| raw.clone())
                .ok_or(Error::Invalid("a subject alternative name"))
        }
    }
}
