//! The last look before signing: the prepared bytes are read again by a parser that did not
//! write them, and held against the rules.

use std::fmt;

use x509_parser::certificate::TbsCertificate;
use x509_parser::extensions::ParsedExtension;
use x509_parser::prelude::FromDer;

use crate::issuance::Order;
use crate::prepare::Prepared;
use crate::public_key::{self, Strength};
use crate::{Error, Result};

/// A prepared certificate that keeps the rules. Only this can be signed.
#[must_use]
pub struct Linted<'a>(pub(crate) Prepared<'a>);

/// A rule that a prepared certificate would break.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Finding {
    Unreadable,
    EndsBeforeItBegins,
    NamesNobody,
    AttributeTooLong { oid: String, characters: usize },
    UnknownKind,
    KeyTooSmall { bits: u32, smallest: u32 },
    WeakExponent { exponent: u64 },
    IssuersOwnKey,
    NoKeyUsage,
    UnorderedAuthority,
    UnreadableName,
    ServerWithoutName,
    DuplicateExtension,
}

impl fmt::Display for Finding {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreadable => formatter.write_str("it cannot be read again"),
            Self::EndsBeforeItBegins => formatter.write_str("it ends before it begins"),
            Self::NamesNobody => formatter.write_str("neither a subject nor another name"),
            Self::AttributeTooLong { oid, characters } => {
                write!(
                    formatter,
                    "attribute {oid} of the subject has {characters} characters"
                )
            }
            Self::UnknownKind => formatter.write_str("the kind of key is not known"),
            Self::KeyTooSmall { bits, smallest } => {
                write!(formatter, "the key has {bits} bits, {smallest} are needed")
            }
            Self::WeakExponent { exponent } => {
                write!(formatter, "the public exponent {exponent} is too small or even")
            }
            Self::IssuersOwnKey => formatter.write_str("the key is the authority's own"),
            Self::NoKeyUsage => formatter.write_str("no key usage"),
            Self::UnorderedAuthority => {
                formatter.write_str("it would be an authority, which was not ordered")
            }
            Self::UnreadableName => formatter.write_str("a name cannot be read"),
            Self::ServerWithoutName => {
                formatter.write_str("a TLS server without a DNS name or an IP address")
            }
            Self::DuplicateExtension => formatter.write_str("an extension stands there twice"),
        }
    }
}

pub(crate) fn check(prepared: Prepared<'_>) -> Result<Linted<'_>> {
    let (rest, certificate) =
        TbsCertificate::from_der(&prepared.to_be_signed).map_err(|_| Error::Lint(Finding::Unreadable))?;
    let finding = if rest.is_empty() {
        dates(&certificate)
            .or_else(|| subject(&certificate))
            .or_else(|| key(&prepared))
            .or_else(|| extensions(&certificate, &prepared.order))
    } else {
        Some(Finding::Unreadable)
    };
    match finding {
        Some(finding) => Err(Error::Lint(finding)),
        None => Ok(Linted(prepared)),
    }
}

fn dates(certificate: &TbsCertificate<'_>) -> Option<Finding> {
    let validity = certificate.validity();
    (validity.not_before >= validity.not_after).then_some(Finding::EndsBeforeItBegins)
}

fn subject(certificate: &TbsCertificate<'_>) -> Option<Finding> {
    let is_empty = certificate.subject().iter().next().is_none();
    let has_names = matches!(certificate.subject_alternative_name(), Ok(Some(_)));
    if is_empty && !has_names {
        return Some(Finding::NamesNobody);
    }
    // AD CS refuses longer ones with 0x80094001; RFC 5280 appendix A.1 has the same bound.
    certificate.subject().iter_attributes().find_map(|attribute| {
        let oid = attribute.attr_type().to_id_string();
        let is_bounded = matches!(oid.as_str(), "2.5.4.3" | "2.5.4.10" | "2.5.4.11");
        let characters = String::from_utf8_lossy(attribute.attr_value().data)
            .chars()
            .count();
        (is_bounded && characters > 64).then_some(Finding::AttributeTooLong { oid, characters })
    })
}

fn key(prepared: &Prepared<'_>) -> Option<Finding> {
    let order = &prepared.order;
    let is_own = order.public_key == prepared.issuer.key.public_key();
    if is_own && order.profile.authority.is_none() {
        return Some(Finding::IssuersOwnKey);
    }
    match public_key::strength(&order.public_key) {
        Strength::Unknown => Some(Finding::UnknownKind),
        Strength::Rsa { bits, .. } if bits < order.profile.smallest_key => Some(Finding::KeyTooSmall {
            bits,
            smallest: order.profile.smallest_key,
        }),
        Strength::Rsa { exponent, .. } if public_key::is_weak_exponent(exponent) => {
            Some(Finding::WeakExponent { exponent })
        }
        Strength::Rsa { .. } | Strength::EllipticCurve { .. } => None,
    }
}

fn extensions(certificate: &TbsCertificate<'_>, order: &Order) -> Option<Finding> {
    if certificate.extensions_map().is_err() {
        return Some(Finding::DuplicateExtension);
    }
    if certificate.is_ca() != order.profile.authority.is_some() {
        return Some(Finding::UnorderedAuthority);
    }
    let Ok(Some(usage)) = certificate.key_usage() else {
        return Some(Finding::NoKeyUsage);
    };
    if usage.value.flags == 0 {
        return Some(Finding::NoKeyUsage);
    }
    if order.profile.authority.is_none() && (usage.value.key_cert_sign() || usage.value.crl_sign()) {
        return Some(Finding::UnorderedAuthority);
    }
    names(certificate, order)
}

fn names(certificate: &TbsCertificate<'_>, order: &Order) -> Option<Finding> {
    let is_readable = certificate
        .iter_extensions()
        .all(|extension| !matches!(extension.parsed_extension(), ParsedExtension::ParseError { .. }));
    if !is_readable {
        return Some(Finding::UnreadableName);
    }
    let is_server = matches!(certificate.extended_key_usage(), Ok(Some(usage)) if usage.value.server_auth);
    let is_ours = order.profile == crate::Profile::tls_server();
    (is_server && is_ours && order.names.is_empty()).then_some(Finding::ServerWithoutName)
}
