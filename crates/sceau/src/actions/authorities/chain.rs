//! The certificates of an authority, described for a person.

use domain::{
    Timestamp,
    external_ca::Authority,
    thumbprint::{self, Sha1},
};
use scep::CaCertificates;
use serde::Serialize;
use x509_parser::prelude::{FromDer as _, X509Certificate};

/// One certificate of an authority.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChainCertificate {
    /// What it does there.
    pub roles: Vec<ChainRole>,
    /// Its subject.
    pub subject: String,
    /// Who issued it.
    pub issuer: String,
    /// First moment of validity.
    pub not_before: Timestamp,
    /// Last moment of validity.
    pub not_after: Timestamp,
    /// SHA-1: what Windows compares.
    pub sha1: Sha1,
    /// MD5, hex: what NDES's page shows.
    pub md5: String,
    /// SHA-256, hex.
    pub sha256: String,
    /// The certificate itself.
    pub der: Vec<u8>,
}

/// What a certificate does for an authority.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ChainRole {
    /// It issued the RA's certificates: its SHA-1 is what Windows is told.
    Issuer,
    /// Another certificate of the chain.
    Chain,
    /// It signs the answers.
    RaSigning,
    /// Requests are encrypted to it.
    RaEncryption,
}

impl ChainRole {
    /// Its name as the API gives it and the locales know it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Issuer => "issuer",
            Self::Chain => "chain",
            Self::RaSigning => "ra_signing",
            Self::RaEncryption => "ra_encryption",
        }
    }
}

/// Describes what GetCACert gave.
pub fn chain(authority: &Authority) -> Vec<ChainCertificate> {
    let Ok(known) = CaCertificates::from_certificates(authority.certificates.iter().cloned()) else {
        return Vec::new();
    };
    let is = |one: &scep::CaCertificate, der: &[u8]| one.der() == der;
    known
        .all()
        .iter()
        .filter_map(|certificate| {
            let der = certificate.der();
            let mut roles = Vec::new();
            if is(known.issuer(), der) {
                roles.push(ChainRole::Issuer);
            } else if known.chain().iter().any(|one| is(one, der)) {
                roles.push(ChainRole::Chain);
            }
            if is(known.ra_signing(), der) {
                roles.push(ChainRole::RaSigning);
            }
            if is(known.ra_encryption(), der) {
                roles.push(ChainRole::RaEncryption);
            }
            describe(der, roles)
        })
        .collect()
}

fn describe(der: &[u8], roles: Vec<ChainRole>) -> Option<ChainCertificate> {
    let (_, parsed) = X509Certificate::from_der(der).ok()?;
    Some(ChainCertificate {
        roles,
        subject: parsed.subject().to_string(),
        issuer: parsed.issuer().to_string(),
        not_before: Timestamp::from_seconds(parsed.validity().not_before.timestamp()),
        not_after: Timestamp::from_seconds(parsed.validity().not_after.timestamp()),
        sha1: Sha1::of(der),
        md5: thumbprint::md5(der),
        sha256: thumbprint::sha256(der),
        der: der.to_vec(),
    })
}
