//! Which certificate is the authority's, and which stand above it.

use x509_parser::certificate::X509Certificate;
use x509_parser::prelude::FromDer;

use super::{Contents, ImportError, Imported, private_key};
use crate::public_key;

/// A chain longer than this is none.
const LONGEST: usize = 16;

struct Candidate<'a> {
    der: &'a [u8],
    read: X509Certificate<'a>,
}

/// Finds the certificate of the one key, judges it, and orders the certificates above it.
pub(super) fn assemble(contents: Contents, now: i64) -> Result<Imported, ImportError> {
    let Contents { keys, certificates } = contents;
    let key = private_key::open(keys)?;
    if certificates.is_empty() {
        return Err(ImportError::NoCertificate);
    }
    let candidates: Vec<Candidate<'_>> = certificates
        .iter()
        .map(|der| candidate(der))
        .collect::<Result<_, _>>()?;
    // A renewed certificate may lie beside the one before it, for the same key.
    let own = candidates
        .iter()
        .filter(|one| one.read.public_key().raw == key.spki())
        .max_by_key(|one| (may_issue(&one.read), one.read.validity().not_after.timestamp()))
        .ok_or(ImportError::KeyMismatch)?;
    judge(&own.read, now)?;
    let chain = above(own, &candidates, now)
        .into_iter()
        .map(|one| one.der.to_vec())
        .collect();
    Ok(Imported {
        key,
        certificate: own.der.to_vec(),
        chain,
    })
}

fn candidate(der: &[u8]) -> Result<Candidate<'_>, ImportError> {
    match X509Certificate::from_der(der) {
        Ok(([], read)) => Ok(Candidate { der, read }),
        _ => Err(ImportError::Malformed("a certificate is damaged")),
    }
}

/// basicConstraints with CA:TRUE, and keyCertSign unless no key usage is named at all
/// (RFC 5280 §4.2.1.3: then any is allowed).
fn may_issue(certificate: &X509Certificate<'_>) -> bool {
    let signs = match certificate.key_usage() {
        Ok(Some(usage)) => usage.value.key_cert_sign(),
        Ok(None) => true,
        Err(_) => false,
    };
    certificate.is_ca() && signs
}

fn judge(certificate: &X509Certificate<'_>, now: i64) -> Result<(), ImportError> {
    if !may_issue(certificate) {
        return Err(ImportError::NotAnAuthority);
    }
    let not_before = certificate.validity().not_before.timestamp();
    let not_after = certificate.validity().not_after.timestamp();
    if now > not_after {
        return Err(ImportError::Expired { not_after });
    }
    if now < not_before {
        return Err(ImportError::NotYetValid { not_before });
    }
    Ok(())
}

/// From issuer to issuer by name and signature, up to a self-signed one or the last that is here.
fn above<'a>(own: &'a Candidate<'a>, all: &'a [Candidate<'a>], now: i64) -> Vec<&'a Candidate<'a>> {
    let mut chain: Vec<&Candidate<'_>> = Vec::new();
    let mut current = own;
    while chain.len() < LONGEST && current.read.subject() != current.read.issuer() {
        let issuer = all
            .iter()
            .filter(|one| may_issue(&one.read) && has_issued(&one.read, &current.read))
            .filter(|one| one.der != own.der && chain.iter().all(|other| other.der != one.der))
            .max_by_key(|one| one.read.validity().not_after.timestamp() >= now);
        let Some(issuer) = issuer else { break };
        chain.push(issuer);
        current = issuer;
    }
    chain
}

fn has_issued(issuer: &X509Certificate<'_>, issued: &X509Certificate<'_>) -> bool {
    issuer.subject().as_raw() == issued.issuer().as_raw()
        && public_key::is_signed_by(
            issuer.public_key().raw,
            issued.signature_algorithm.algorithm.as_bytes(),
            issued.tbs_certificate.as_ref(),
            &issued.signature_value.data,
        )
}
