//! From what was ordered to the certificate: the request gives its key and nothing else.

use ca::{GeneralName, KeyBits, KeyUsage, ObjectIdentifier, Order, Ordered, SerialNumber, Subject};
use domain::{
    Error, Kind,
    issuance::{Issuance, WantedCertificate},
    scep_configuration::{San, SanKind},
    subject::{attributes, x500},
};

use super::keys::Opened;

/// What the authority holds a request against.
pub fn ordered(wanted: &WantedCertificate) -> Result<Ordered, Error> {
    let usage = |bit: u8, usage: KeyUsage| {
        if wanted.key_usage_bits & bit == 0 {
            KeyUsage::NONE
        } else {
            usage
        }
    };
    let ordered = Ordered {
        subject: subject(&wanted.subject)?,
        names: wanted.sans.iter().map(name).collect::<Result<_, _>>()?,
        key_usage: usage(0x80, KeyUsage::DIGITAL_SIGNATURE) | usage(0x20, KeyUsage::KEY_ENCIPHERMENT),
        extended_key_usages: wanted
            .ekus
            .iter()
            .map(|eku| ObjectIdentifier::parse(eku).map_err(|error| impossible(&error)))
            .collect::<Result<_, _>>()?,
        key_bits: wanted
            .key_length
            .map_or(KeyBits::AtLeast(2048), |bits| KeyBits::Exactly(bits.into())),
    };
    ordered.check().map_err(|error| impossible(&error))?;
    Ok(ordered)
}

/// What is signed: always the same for the same issuance.
pub fn order(issuance: &Issuance, opened: &Opened) -> Result<Order, Error> {
    let serial = octets(&issuance.serial)
        .and_then(|octets| SerialNumber::from_octets(&octets).ok())
        .ok_or_else(|| impossible(&"its serial number"))?;
    let mut order = ordered(&issuance.wanted)?.order(
        &issuance.public_key,
        serial,
        issuance.not_before.seconds(),
        issuance.not_after.seconds(),
    );
    order.revocation_list_url = Some(opened.urls.revocation_list.clone());
    order.issuer_certificate_url = Some(opened.urls.certificate.clone());
    Ok(order)
}

fn subject(text: &str) -> Result<Subject, Error> {
    let name = x500::parse(text).map_err(x500::Problem::into_error)?;
    let rdns = name.0.iter().map(|rdn| {
        let pairs = rdn.iter().map(|(attribute, value)| {
            let oid = ObjectIdentifier::parse(&attributes::oid_of(attribute));
            Ok((oid.map_err(|error| impossible(&error))?, value.clone()))
        });
        pairs.collect::<Result<Vec<_>, Error>>()
    });
    Ok(Subject::Relative(rdns.collect::<Result<_, _>>()?))
}

fn name(san: &San) -> Result<GeneralName, Error> {
    let value = san.value.clone();
    Ok(match san.kind {
        SanKind::Email => GeneralName::Email(value),
        SanKind::Dns => GeneralName::Dns(value),
        SanKind::Uri => GeneralName::Uri(value),
        SanKind::Upn => GeneralName::UserPrincipalName(value),
        SanKind::Ip => GeneralName::Ip(value.parse().map_err(|_| impossible(&"an IP address"))?),
        // A strong mapping was resolved to its URI when the certificate was ordered.
        SanKind::Sid => return Err(impossible(&"an unresolved security identifier")),
    })
}

fn impossible(what: &dyn std::fmt::Display) -> Error {
    Error::new(
        Kind::Invalid,
        "error-certificate-impossible",
        format!("no certificate can hold what is ordered: {what}"),
    )
    .with("detail", what.to_string())
}

fn octets(hex: &str) -> Option<Vec<u8>> {
    crate::secrets::unhex(hex)
}
