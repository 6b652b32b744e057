//! Comparing the certificate that a device shows with what was ordered.

use std::{collections::BTreeSet, net::IpAddr};

use serde::{Deserialize, Serialize};
use x509_parser::{
    extensions::GeneralName,
    prelude::{FromDer, ParsedExtension, X509Certificate},
    public_key::PublicKey,
};

use super::name::subject_of;
use crate::{
    diagnosis::Cause,
    scep_configuration::ValidityUnit,
    subject::{
        alternative_names,
        x500::{self, Name},
    },
    time::Timestamp,
};

/// Largest certificate that is read.
const MAX_CERTIFICATE: usize = 65_536;
/// A validity that differs by less than this share is not worth a note: authorities round and back-date.
const TOLERANCE: i64 = 20;

/// What was ordered.
#[derive(Clone, Copy, Debug)]
pub struct Ordered<'a> {
    /// The subject as sent, an X.500 string.
    pub subject: &'a str,
    /// The alternative names as sent, in the CSP's form.
    pub sans: &'a str,
    /// Extended key usages (OIDs) that must be there.
    pub ekus: &'a [String],
    /// Bits of `KeyUsage` in the CSP that must be there: 128 digitalSignature, 32 keyEncipherment.
    pub key_usage_bits: u8,
    /// Bits of the RSA key.
    pub key_length: u16,
    /// The validity wished for: a difference is a note.
    pub validity: Option<(u32, ValidityUnit)>,
    /// The authority's certificates (DER): one of them must have signed.
    pub chain: &'a [Vec<u8>],
}

/// What the certificate shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    /// Its subject.
    pub subject: String,
    /// Its issuer.
    pub issuer: String,
    /// Its serial number, lower-case hexadecimal.
    pub serial: String,
    /// First moment of validity.
    pub not_before: Timestamp,
    /// Last moment of validity.
    pub not_after: Timestamp,
    /// What differs and is no failure.
    pub notes: Vec<Note>,
}

/// A difference that is no failure.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "note")]
pub enum Note {
    /// The authority's template decided on another validity.
    Validity {
        /// Days wished for.
        ordered_days: i64,
        /// Days given.
        shown_days: i64,
    },
}

/// Compares a certificate (DER) with the order. The first difference is the cause.
pub fn compare(der: &[u8], ordered: &Ordered<'_>) -> Result<Shown, Cause> {
    let unreadable = || mismatch("certificate", "a certificate", "something unreadable");
    let certificate = match X509Certificate::from_der(der) {
        Ok(([], certificate)) if der.len() <= MAX_CERTIFICATE => certificate,
        _ => return Err(unreadable()),
    };
    let issuer = check_issuer(&certificate, ordered.chain)?;
    let subject = check_subject(&certificate, ordered.subject)?;
    check_sans(&certificate, ordered.sans)?;
    check_ekus(&certificate, ordered.ekus)?;
    check_usages(&certificate, ordered.key_usage_bits)?;
    check_key(&certificate, ordered.key_length)?;
    let not_before = Timestamp::from_seconds(certificate.validity().not_before.timestamp());
    let not_after = Timestamp::from_seconds(certificate.validity().not_after.timestamp());
    Ok(Shown {
        subject: subject.to_string(),
        issuer: issuer.to_string(),
        serial: serial_of(&certificate),
        not_before,
        not_after,
        notes: validity_note(ordered.validity, not_before, not_after)
            .into_iter()
            .collect(),
    })
}

/// Compares whose certificate (DER) it is: issued by one of the authority's certificates, by signature and not by
/// name alone, for this subject and exactly these alternative names (in the CSP's form). Gives its last moment.
pub fn compare_identity(
    der: &[u8],
    subject: &str,
    sans: &str,
    chain: &[Vec<u8>],
) -> Result<Timestamp, Cause> {
    let certificate = match X509Certificate::from_der(der) {
        Ok(([], certificate)) if der.len() <= MAX_CERTIFICATE => certificate,
        _ => return Err(mismatch("certificate", "a certificate", "something unreadable")),
    };
    // Names first: a signature costs a public operation.
    check_subject(&certificate, subject)?;
    check_sans(&certificate, sans)?;
    check_issuer(&certificate, chain)?;
    Ok(Timestamp::from_seconds(
        certificate.validity().not_after.timestamp(),
    ))
}

/// Without the zero octet that DER puts before a high bit.
fn serial_of(certificate: &X509Certificate<'_>) -> String {
    let octets = certificate.raw_serial();
    let digits: String = octets.iter().map(|octet| format!("{octet:02x}")).collect();
    match digits.strip_prefix("00") {
        Some(rest) if !rest.is_empty() => rest.to_owned(),
        _ => digits,
    }
}

fn check_issuer(certificate: &X509Certificate<'_>, chain: &[Vec<u8>]) -> Result<Name, Cause> {
    let shown = subject_of(certificate.issuer());
    let mut known = Vec::new();
    for der in chain {
        let Ok((_, authority)) = X509Certificate::from_der(der) else {
            continue;
        };
        let is_named = authority.subject().as_raw() == certificate.issuer().as_raw();
        // RFC 5280 §4.2.1.9: a key without cA in basicConstraints signs no certificates; the RA's
        // certificates are in this list too.
        if is_named && authority.is_ca() && certificate.verify_signature(Some(authority.public_key())).is_ok()
        {
            return Ok(shown);
        }
        known.extend(
            authority
                .is_ca()
                .then(|| subject_of(authority.subject()).to_string()),
        );
    }
    Err(mismatch("issuer", known.join(" / "), shown.to_string()))
}

fn check_subject(certificate: &X509Certificate<'_>, ordered: &str) -> Result<Name, Cause> {
    let shown = subject_of(certificate.subject());
    match x500::parse(ordered) {
        Ok(name) if x500::same(&name, &shown) => Ok(shown),
        _ => Err(mismatch("subject", ordered, shown.to_string())),
    }
}

fn check_sans(certificate: &X509Certificate<'_>, ordered: &str) -> Result<(), Cause> {
    let wanted: BTreeSet<_> = alternative_names::read(ordered)
        .into_iter()
        .map(|(kind, value)| (kind, folded(kind, &value)))
        .collect();
    let shown: BTreeSet<_> = shown_sans(certificate);
    if wanted == shown {
        return Ok(());
    }
    let text: Vec<_> = shown
        .iter()
        .map(|(kind, value)| format!("{kind}+{value}"))
        .collect();
    Err(mismatch("subject_alternative_names", ordered, text.join(";")))
}

/// As (type, value) of the CSP; what has no type there stands as type 0.
fn shown_sans(certificate: &X509Certificate<'_>) -> BTreeSet<(u8, String)> {
    let names = certificate.subject_alternative_name().ok().flatten();
    let names = names.iter().flat_map(|extension| &extension.value.general_names);
    names
        .map(|name| match name {
            GeneralName::RFC822Name(text) => (2, folded(2, text)),
            GeneralName::DNSName(text) => (3, folded(3, text)),
            GeneralName::URI(text) => (7, folded(7, text)),
            GeneralName::IPAddress(octets) => (8, address(octets)),
            GeneralName::OtherName(oid, value) if oid.to_id_string() == UPN => (11, principal(value)),
            other => (0, format!("{other:?}")),
        })
        .collect()
}

/// The user principal name in an otherName, Microsoft's own OID.
const UPN: &str = "1.3.6.1.4.1.311.20.2.3";

fn folded(kind: u8, value: &str) -> String {
    match kind {
        3 => value.to_ascii_lowercase(),
        8 => value
            .parse::<IpAddr>()
            .map_or_else(|_| value.to_owned(), |address| address.to_string()),
        _ => value.to_owned(),
    }
}

fn address(octets: &[u8]) -> String {
    let four = <[u8; 4]>::try_from(octets).ok().map(IpAddr::from);
    let sixteen = <[u8; 16]>::try_from(octets).ok().map(IpAddr::from);
    four.or(sixteen)
        .map_or_else(|| format!("{octets:02X?}"), |address| address.to_string())
}

/// `[0] EXPLICIT UTF8String`.
fn principal(value: &[u8]) -> String {
    use x509_parser::asn1_rs::Any;
    let text = || {
        let (_, outer) = Any::from_der(value).ok()?;
        let (_, inner) = Any::from_der(outer.data).ok()?;
        std::str::from_utf8(inner.data).ok().map(str::to_owned)
    };
    text().unwrap_or_else(|| format!("{value:02X?}"))
}

fn check_ekus(certificate: &X509Certificate<'_>, ordered: &[String]) -> Result<(), Cause> {
    let shown = shown_ekus(certificate);
    if ordered.iter().all(|eku| shown.contains(eku)) {
        return Ok(());
    }
    Err(mismatch(
        "extended_key_usages",
        ordered.join("+"),
        shown.join("+"),
    ))
}

fn shown_ekus(certificate: &X509Certificate<'_>) -> Vec<String> {
    let extensions = certificate.extensions().iter();
    extensions
        .filter_map(|extension| match extension.parsed_extension() {
            ParsedExtension::ExtendedKeyUsage(usages) => Some(usages),
            _ => None,
        })
        .flat_map(|usages| {
            let known = [
                (usages.any, "2.5.29.37.0"),
                (usages.server_auth, "1.3.6.1.5.5.7.3.1"),
                (usages.client_auth, "1.3.6.1.5.5.7.3.2"),
                (usages.code_signing, "1.3.6.1.5.5.7.3.3"),
                (usages.email_protection, "1.3.6.1.5.5.7.3.4"),
                (usages.time_stamping, "1.3.6.1.5.5.7.3.8"),
                (usages.ocsp_signing, "1.3.6.1.5.5.7.3.9"),
            ];
            let known = known
                .into_iter()
                .filter(|(is_there, _)| *is_there)
                .map(|(_, oid)| oid.to_owned());
            known
                .chain(usages.other.iter().map(x509_parser::asn1_rs::Oid::to_id_string))
                .collect::<Vec<_>>()
        })
        .collect()
}

fn check_usages(certificate: &X509Certificate<'_>, ordered: u8) -> Result<(), Cause> {
    let usages = certificate.key_usage().ok().flatten();
    let shown = usages.map_or(0, |usages| {
        u8::from(usages.value.digital_signature()) * 0x80 + u8::from(usages.value.key_encipherment()) * 0x20
    });
    if shown & ordered == ordered {
        return Ok(());
    }
    Err(mismatch("key_usage", ordered.to_string(), shown.to_string()))
}

fn check_key(certificate: &X509Certificate<'_>, ordered: u16) -> Result<(), Cause> {
    let shown = match certificate.public_key().parsed() {
        Ok(PublicKey::RSA(key)) => key.key_size(),
        _ => 0,
    };
    if shown == usize::from(ordered) {
        return Ok(());
    }
    Err(mismatch("key_length", ordered.to_string(), shown.to_string()))
}

fn validity_note(
    ordered: Option<(u32, ValidityUnit)>,
    not_before: Timestamp,
    not_after: Timestamp,
) -> Option<Note> {
    let (count, unit) = ordered?;
    let ordered_days = i64::from(count) * i64::from(unit.days());
    let shown_days = not_after.since(not_before) / 86_400_000;
    let differs = (ordered_days - shown_days).abs() > (ordered_days / TOLERANCE).max(1);
    differs.then_some(Note::Validity {
        ordered_days,
        shown_days,
    })
}

fn mismatch(field: &str, ordered: impl Into<String>, shown: impl Into<String>) -> Cause {
    Cause::CertificateMismatch {
        field: field.to_owned(),
        ordered: ordered.into(),
        shown: shown.into(),
    }
}
