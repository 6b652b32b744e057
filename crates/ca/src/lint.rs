//! The last look before signing: the prepared bytes are read again by a parser that did not
//! write them, and held against the rules.

use x509_parser::certificate::TbsCertificate;
use x509_parser::extensions::{DistributionPointName, GeneralName, ParsedExtension};
use x509_parser::prelude::FromDer;

use crate::der::{self, Reader};
use crate::finding::Finding;
use crate::issuance::Order;
use crate::object_identifier::ObjectIdentifier;
use crate::prepare::Prepared;
use crate::public_key::{self, Strength};
use crate::request::EXTENDED_KEY_USAGE;
use crate::{Error, Result};

/// A prepared certificate that keeps the rules. Only this can be signed.
#[must_use]
pub struct Linted<'a>(pub(crate) Prepared<'a>);

pub(crate) fn check(prepared: Prepared<'_>) -> Result<Linted<'_>> {
    let (rest, certificate) =
        TbsCertificate::from_der(&prepared.to_be_signed).map_err(|_| Error::Lint(Finding::Unreadable))?;
    let finding = if rest.is_empty() {
        dates(&certificate, &prepared)
            .or_else(|| serial(&certificate))
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

fn dates(certificate: &TbsCertificate<'_>, prepared: &Prepared<'_>) -> Option<Finding> {
    let (begin, end) = (
        certificate.validity().not_before.timestamp(),
        certificate.validity().not_after.timestamp(),
    );
    let issuer = &prepared.issuer;
    if begin >= end {
        return Some(Finding::EndsBeforeItBegins);
    }
    (begin < issuer.not_before || end > issuer.not_after).then_some(Finding::OutlivesIssuer)
}

/// Predictable serial numbers once helped to forge a certificate over a broken hash: at least
/// 64 bits, as the CA/Browser Forum's Baseline Requirements §7.1 want.
fn serial(certificate: &TbsCertificate<'_>) -> Option<Finding> {
    let raw = certificate.raw_serial();
    let octets = raw.iter().skip_while(|octet| **octet == 0).count();
    let is_positive = raw.first().is_some_and(|first| *first < 0x80);
    (!is_positive || octets < 8 || raw.len() > 20).then_some(Finding::SerialLength { octets })
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
        .or_else(|| usages(certificate, order))
        .or_else(|| urls(certificate))
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

fn usages(certificate: &TbsCertificate<'_>, order: &Order) -> Option<Finding> {
    let written = certificate
        .iter_extensions()
        .find(|extension| extension.oid.as_bytes() == EXTENDED_KEY_USAGE)?;
    let mut list = Reader::new(written.value).optional(der::SEQUENCE)?.reader();
    list.find_map(|usage| {
        let ordered = &order.profile.extended_key_usages;
        let is_ordered = ordered.iter().any(|one| one.value() == usage.value);
        let oid = ObjectIdentifier::of(usage.value).to_string();
        (!is_ordered).then_some(Finding::UnorderedUsage { oid })
    })
}

/// RFC 5280 §4.2.1.13 and §4.2.2.1: what fetches these speaks HTTP.
fn urls(certificate: &TbsCertificate<'_>) -> Option<Finding> {
    let is_http = |name: &GeneralName<'_>| {
        matches!(name, GeneralName::URI(uri)
        if uri.bytes().all(|octet| octet.is_ascii_graphic())
            && ["http://", "https://"].iter().any(|scheme| {
                uri.strip_prefix(scheme).is_some_and(|rest| !rest.is_empty())
            }))
    };
    let all_are = certificate
        .iter_extensions()
        .all(|extension| match extension.parsed_extension() {
            ParsedExtension::AuthorityInfoAccess(access) => access
                .accessdescs
                .iter()
                .all(|access| is_http(&access.access_location)),
            ParsedExtension::CRLDistributionPoints(points) => points.iter().all(|point| {
                matches!(&point.distribution_point,
                    Some(DistributionPointName::FullName(names)) if names.iter().all(is_http))
            }),
            _ => true,
        });
    (!all_are).then_some(Finding::NotAnHttpUrl)
}

/// What no order can bring about, because the certificate is written from it: the prepared
/// bytes against another order and another issuer.
#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may fail")]
mod tests {
    use std::time::Duration;

    use super::check;
    use crate::{
        CertificateAuthority, Error, Finding, IssuingKey, Order, Prepared, Profile, Subject, serial,
    };

    fn found(change: impl FnOnce(&mut Prepared<'_>)) -> Option<Error> {
        let key = || IssuingKey::generate(2048).unwrap();
        let (year, serial) = (Duration::from_secs(365 * 86_400), || serial::random().unwrap());
        let root = CertificateAuthority::create_root("Root", key(), 0, year, serial()).unwrap();
        let subject = Subject::common_name("device");
        let order = Order::new(
            Profile::device_identity(),
            subject,
            key().spki(),
            serial(),
            0,
            86_400,
        );
        let mut prepared = root.prepare(order).unwrap();
        change(&mut prepared);
        check(prepared).err()
    }

    #[test]
    fn a_certificate_beyond_its_issuer_is_found() {
        let outlives = Some(Error::Lint(Finding::OutlivesIssuer));
        assert_eq!(found(|_| ()), None);
        assert_eq!(found(|prepared| prepared.issuer.not_after = 86_399), outlives);
        assert_eq!(found(|prepared| prepared.issuer.not_before = 1), outlives);
    }

    #[test]
    fn a_usage_that_was_not_ordered_is_found() {
        let oid = "1.3.6.1.5.5.7.3.2".to_owned();
        let finding = found(|prepared| prepared.order.profile.extended_key_usages.clear());
        assert_eq!(finding, Some(Error::Lint(Finding::UnorderedUsage { oid })));
    }
}
