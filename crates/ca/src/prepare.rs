//! From an order to the bytes that would be signed.

use aws_lc_rs::digest;

use crate::create::CertificateAuthority;
use crate::issuance::{Order, Profile};
use crate::lint::{self, Linted};
use crate::object_identifier::ObjectIdentifier;
use crate::signing_key::SigningKey;
use crate::{Error, Result, der, key, public_key, subject, time};

/// A certificate without its signature, not checked yet.
#[must_use]
pub struct Prepared<'a> {
    pub(crate) issuer: Issuer<'a>,
    pub(crate) order: Order,
    pub(crate) to_be_signed: Vec<u8>,
}

/// The authority as far as a certificate shows it.
#[derive(Clone, Copy)]
pub(crate) struct Issuer<'a> {
    pub(crate) name: &'a [u8],
    /// `None` for a root, which names itself.
    pub(crate) key_identifier: Option<&'a [u8]>,
    pub(crate) not_before: i64,
    pub(crate) not_after: i64,
    pub(crate) key: &'a dyn SigningKey,
}

impl CertificateAuthority {
    /// Writes down the certificate of this order. Its dates are shortened to those of the
    /// authority's own certificate, as AD CS does with its end.
    ///
    /// # Errors
    /// [`Error::Invalid`] or [`Error::Malformed`] when a value can't stand in a certificate.
    pub fn prepare(&self, order: Order) -> Result<Prepared<'_>> {
        prepare(self.issuer(), order)
    }
}

impl<'a> Prepared<'a> {
    /// The DER of the `TBSCertificate`.
    pub fn to_be_signed(&self) -> &[u8] {
        &self.to_be_signed
    }

    /// Reads the prepared bytes again with another parser and checks them against the rules.
    ///
    /// # Errors
    /// [`Error::Lint`] with the first rule that the certificate would break.
    pub fn lint(self) -> Result<Linted<'a>> {
        lint::check(self)
    }
}

pub(crate) fn prepare(issuer: Issuer<'_>, mut order: Order) -> Result<Prepared<'_>> {
    order.not_before = order.not_before.max(issuer.not_before);
    order.not_after = order.not_after.min(issuer.not_after);
    let validity = der::sequence(&[time::write(order.not_before)?, time::write(order.not_after)?]);
    let subject = subject::name(&order.subject)?;
    let extensions = extensions(&issuer, &order, &subject)?;
    let to_be_signed = der::sequence(&[
        der::constructed(0, &der::unsigned(&[2])),
        order.serial.to_der(),
        key::signature_algorithm(),
        issuer.name.to_vec(),
        validity,
        subject,
        order.public_key.clone(),
        der::constructed(3, &der::sequence(&extensions)),
    ]);
    Ok(Prepared {
        issuer,
        order,
        to_be_signed,
    })
}

/// RFC 5280 §4.2.1.2, method 1: the SHA-1 of the key's octets.
pub(crate) fn key_identifier(spki: &[u8]) -> Result<Vec<u8>> {
    let octets = public_key::key_octets(spki).ok_or(Error::Malformed("the public key"))?;
    let hash = digest::digest(&digest::SHA1_FOR_LEGACY_USE_ONLY, octets);
    Ok(hash.as_ref().to_vec())
}

fn extensions(issuer: &Issuer<'_>, order: &Order, subject: &[u8]) -> Result<Vec<Vec<u8>>> {
    let subject_key = key_identifier(&order.public_key)?;
    let mut all = vec![
        extension(19, true, &basic_constraints(&order.profile)),
        extension(
            15,
            true,
            &der::write(der::BIT_STRING, &order.profile.key_usage.bit_string_value()),
        ),
        extension(14, false, &der::write(der::OCTET_STRING, &subject_key)),
    ];
    if let Some(identifier) = issuer.key_identifier {
        let identifier = der::sequence(&[der::primitive(0, identifier)]);
        all.push(extension(35, false, &identifier));
    }
    let usages = &order.profile.extended_key_usages;
    if !usages.is_empty() {
        let usages: Vec<Vec<u8>> = usages.iter().map(ObjectIdentifier::to_der).collect();
        all.push(extension(37, false, &der::sequence(&usages)));
    }
    if !order.names.is_empty() {
        // RFC 5280 §4.2.1.6: critical when the subject is empty.
        let is_critical = subject == der::sequence::<&[u8]>(&[]);
        let names = subject::general_names(&order.names)?;
        all.push(extension(17, is_critical, &names));
    }
    if let Some(url) = &order.revocation_list_url {
        all.push(extension(31, false, &distribution_points(url)));
    }
    if let Some(url) = &order.issuer_certificate_url {
        all.push(authority_information_access(url));
    }
    Ok(all)
}

/// An extension of the arc id-ce (2.5.29).
fn extension(arc: u8, is_critical: bool, value: &[u8]) -> Vec<u8> {
    let mut parts = vec![der::write(der::OBJECT_IDENTIFIER, &[0x55, 0x1d, arc])];
    if is_critical {
        parts.push(der::boolean(true));
    }
    parts.push(der::write(der::OCTET_STRING, value));
    der::sequence(&parts)
}

fn basic_constraints(profile: &Profile) -> Vec<u8> {
    let mut parts = Vec::new();
    if let Some(path_length) = profile.authority {
        parts.push(der::boolean(true));
        parts.extend(path_length.map(|length| der::unsigned(&[length])));
    }
    der::sequence(&parts)
}

/// One `AccessDescription` of id-ad-caIssuers whose location is a URI (RFC 5280 §4.2.2.1); not
/// critical.
fn authority_information_access(url: &str) -> Vec<u8> {
    let access = der::sequence(&[
        der::write(der::OBJECT_IDENTIFIER, &[0x2b, 6, 1, 5, 5, 7, 48, 2]),
        der::primitive(6, url.as_bytes()),
    ]);
    der::sequence(&[
        der::write(der::OBJECT_IDENTIFIER, &[0x2b, 6, 1, 5, 5, 7, 1, 1]),
        der::write(der::OCTET_STRING, &der::sequence(&[access])),
    ])
}

/// One `DistributionPoint` whose full name is one URI (RFC 5280 §4.2.1.13).
fn distribution_points(url: &str) -> Vec<u8> {
    let full_name = der::constructed(0, &der::primitive(6, url.as_bytes()));
    let point = der::sequence(&[der::constructed(0, &full_name)]);
    der::sequence(&[point])
}
