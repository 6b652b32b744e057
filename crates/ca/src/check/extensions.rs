//! The extensions asked for against what was ordered.

use super::MOST;
use crate::alternative_name::ComparableName;
use crate::der::{self, Element, Reader};
use crate::deviation::{Deviation, Part};
use crate::issuance::KeyUsage;
use crate::object_identifier::ObjectIdentifier;
use crate::ordered::Ordered;
use crate::request::{
    CertificateRequest, EXTENDED_KEY_USAGE, KEY_USAGE, RequestedExtension, SUBJECT_ALTERNATIVE_NAME,
};

const BASIC_CONSTRAINTS: &[u8] = &[0x55, 0x1d, 19];
const SUBJECT_KEY_IDENTIFIER: &[u8] = &[0x55, 0x1d, 14];
const AUTHORITY_KEY_IDENTIFIER: &[u8] = &[0x55, 0x1d, 35];
/// 1.3.6.1.4.1.311.20.2 and 1.3.6.1.4.1.311.21.7: the name of a template, and its identifier.
const TEMPLATE_NAME: &[u8] = &[0x2b, 6, 1, 4, 1, 0x82, 0x37, 20, 2];
const TEMPLATE: &[u8] = &[0x2b, 6, 1, 4, 1, 0x82, 0x37, 21, 7];
/// 1.3.6.1.4.1.311.21.10: Microsoft's other way to say extended key usages.
const APPLICATION_POLICIES: &[u8] = &[0x2b, 6, 1, 4, 1, 0x82, 0x37, 21, 10];
/// 1.3.6.1.4.1.311.25.2: who one is in Active Directory (KB5014754).
const SECURITY_IDENTIFIER: &[u8] = &[0x2b, 6, 1, 4, 1, 0x82, 0x37, 25, 2];
/// 1.2.840.113549.1.9.15: which ciphers a mail program knows. Windows adds it by itself, and it isn't certified.
const SMIME_CAPABILITIES: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 15];
/// 1.3.6.1.4.1.311.20.2.2.
const SMART_CARD_LOGON: &[u8] = &[0x2b, 6, 1, 4, 1, 0x82, 0x37, 20, 2, 2];

pub(super) fn check(request: &CertificateRequest, ordered: &Ordered) -> Result<(), Deviation> {
    if request.passes_over_extensions() {
        return Err(Deviation::UnreadableExtensions);
    }
    let mut names = None;
    for extension in request.extensions() {
        match extension.oid.as_slice() {
            SUBJECT_ALTERNATIVE_NAME => read_names(extension, names.get_or_insert_default())?,
            KEY_USAGE => key_usage(extension, ordered)?,
            EXTENDED_KEY_USAGE => extended_key_usage(extension, ordered)?,
            APPLICATION_POLICIES => application_policies(extension, ordered)?,
            BASIC_CONSTRAINTS => basic_constraints(extension)?,
            SECURITY_IDENTIFIER => return Err(Deviation::SecurityIdentifier),
            SUBJECT_KEY_IDENTIFIER
            | AUTHORITY_KEY_IDENTIFIER
            | TEMPLATE_NAME
            | TEMPLATE
            | SMIME_CAPABILITIES => {}
            other => {
                let extension = ObjectIdentifier::of(other).to_string();
                return Err(Deviation::Extension { extension });
            }
        }
    }
    names.map_or(Ok(()), |names| compare_names(names, ordered))
}

fn read_names(extension: &RequestedExtension, names: &mut Vec<ComparableName>) -> Result<(), Deviation> {
    for element in elements(extension)? {
        names.push(ComparableName::read(element));
    }
    if names.len() > MOST {
        return Err(Deviation::TooMany(Part::Names));
    }
    Ok(())
}

/// Both as sets: a name said twice is one name.
fn compare_names(mut asked: Vec<ComparableName>, ordered: &Ordered) -> Result<(), Deviation> {
    asked.sort();
    // An order whose names can't be written allows none; it is refused again when prepared.
    let ordered = ComparableName::of_order(&ordered.names).unwrap_or_default();
    if let Some(name) = asked.iter().find(|name| ordered.binary_search(name).is_err()) {
        let asked = name.to_string();
        return Err(Deviation::NameNotOrdered { asked });
    }
    match ordered.iter().find(|name| asked.binary_search(name).is_err()) {
        None => Ok(()),
        Some(name) => Err(Deviation::NameMissing {
            name: name.to_string(),
        }),
    }
}

fn key_usage(extension: &RequestedExtension, ordered: &Ordered) -> Result<(), Deviation> {
    let bits = Reader::new(&extension.value)
        .optional(der::BIT_STRING)
        .and_then(|bits| bits.value.split_first())
        .ok_or_else(|| unreadable(extension))?;
    let asked = KeyUsage::of_octets(bits.1);
    if asked.intersects(KeyUsage::KEY_CERT_SIGN | KeyUsage::CRL_SIGN) {
        return Err(Deviation::AuthorityKeyUsage);
    }
    ordered
        .key_usage
        .contains(asked)
        .then_some(())
        .ok_or(Deviation::KeyUsage)
}

fn extended_key_usage(extension: &RequestedExtension, ordered: &Ordered) -> Result<(), Deviation> {
    for usage in elements(extension)? {
        if usage.tag != der::OBJECT_IDENTIFIER {
            return Err(unreadable(extension));
        }
        usage_is_ordered(usage.value, ordered, |usage| Deviation::ExtendedKeyUsage {
            usage,
        })?;
    }
    Ok(())
}

/// `SEQUENCE OF PolicyInformation`, whose first field is the usage.
fn application_policies(extension: &RequestedExtension, ordered: &Ordered) -> Result<(), Deviation> {
    for policy in elements(extension)? {
        let usage = Some(policy)
            .filter(|policy| policy.tag == der::SEQUENCE)
            .and_then(|policy| policy.reader().optional(der::OBJECT_IDENTIFIER))
            .ok_or_else(|| unreadable(extension))?;
        usage_is_ordered(usage.value, ordered, |usage| Deviation::ApplicationPolicy {
            usage,
        })?;
    }
    Ok(())
}

fn usage_is_ordered(
    usage: &[u8],
    ordered: &Ordered,
    otherwise: impl FnOnce(String) -> Deviation,
) -> Result<(), Deviation> {
    let is_ordered = ordered.extended_key_usages.iter().any(|one| one.value() == usage);
    match usage {
        _ if is_ordered => Ok(()),
        SMART_CARD_LOGON => Err(Deviation::SmartCardLogon),
        _ => Err(otherwise(ObjectIdentifier::of(usage).to_string())),
    }
}

fn basic_constraints(extension: &RequestedExtension) -> Result<(), Deviation> {
    let content = Reader::new(&extension.value)
        .optional(der::SEQUENCE)
        .ok_or_else(|| unreadable(extension))?;
    let is_authority = content
        .reader()
        .optional(der::BOOLEAN)
        .is_some_and(|value| value.value.iter().any(|octet| *octet != 0));
    if is_authority {
        return Err(Deviation::Authority);
    }
    Ok(())
}

/// The elements of an extension that is one SEQUENCE OF and nothing else.
fn elements(extension: &RequestedExtension) -> Result<Vec<Element<'_>>, Deviation> {
    let mut outer = Reader::new(&extension.value);
    let list = outer
        .optional(der::SEQUENCE)
        .filter(|_| outer.is_empty())
        .ok_or_else(|| unreadable(extension))?;
    let mut reader = list.reader();
    let mut all = Vec::new();
    while !reader.is_empty() {
        all.push(reader.element().ok_or_else(|| unreadable(extension))?);
    }
    Ok(all)
}

fn unreadable(extension: &RequestedExtension) -> Deviation {
    Deviation::UnreadableExtension {
        extension: ObjectIdentifier::of(&extension.oid).to_string(),
    }
}
