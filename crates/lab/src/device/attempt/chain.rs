//! Whom a device trusts: the hash that it was sent, and the roots that it got before.

use ::scep::CaCertificates;
use aws_lc_rs::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};
use x509_parser::prelude::{FromDer as _, X509Certificate};

use super::{Failed, sent};
use crate::device::hex;
use crate::device::hresult::Hresult;
use crate::device::machine::Machine;
use crate::device::tree::TrustStore;

/// A chain longer than this is none.
const MAX_DEPTH: usize = 8;

/// Roots, and certificates that may stand between.
pub(super) struct Anchors {
    roots: Vec<Vec<u8>>,
    between: Vec<Vec<u8>>,
}

impl Anchors {
    pub(super) fn of(machine: &Machine, ca: &CaCertificates) -> Self {
        let mut between = sent(machine, TrustStore::Intermediate);
        between.extend(ca.all().iter().map(|certificate| certificate.der().to_vec()));
        Self {
            roots: sent(machine, TrustStore::Root),
            between,
        }
    }

    /// The thumbprint must be the SHA-1 of a certificate in GetCACert, the RA certificates must come
    /// from that one, all must be valid now, and it must lead to a root of the device.
    pub(super) fn check_signers(&self, ca: &CaCertificates, thumbprint: &str) -> Result<(), Failed> {
        let named = ca
            .all()
            .iter()
            .find(|certificate| sha1(certificate.der()).eq_ignore_ascii_case(thumbprint));
        let Some(named) = named else {
            let words = format!("no certificate of GetCACert has the hash {thumbprint}");
            return Err(Failed(Hresult::HASH_VALUE, words));
        };
        for signer in [ca.ra_signing(), ca.ra_encryption()] {
            let is_named = signer.der() == named.der();
            if !is_named && !is_issued_by(signer.der(), named.der()) {
                return Err(untrusted("an RA certificate isn't from the CA with that hash"));
            }
        }
        if ![named, ca.ra_signing(), ca.ra_encryption()]
            .iter()
            .all(|certificate| is_valid_now(certificate.der()))
        {
            let words = "a certificate of GetCACert isn't valid now".to_owned();
            return Err(Failed(Hresult::EXPIRED, words));
        }
        if self.leads_to_root(named.der(), &[], 0) {
            Ok(())
        } else {
            Err(untrusted("the CA's root isn't on the device"))
        }
    }

    /// The issued certificate must lead to a root of the device.
    pub(super) fn check_issued(&self, der: &[u8], beside: &[Vec<u8>]) -> Result<(), Failed> {
        if self.leads_to_root(der, beside, 0) {
            Ok(())
        } else {
            Err(untrusted("the issued certificate's root isn't on the device"))
        }
    }

    fn leads_to_root(&self, der: &[u8], beside: &[Vec<u8>], depth: usize) -> bool {
        if self.roots.iter().any(|root| root == der) {
            return true;
        }
        if depth == MAX_DEPTH {
            return false;
        }
        let mut issuers = self.roots.iter().chain(&self.between).chain(beside);
        issuers.any(|issuer| {
            issuer != der && is_issued_by(der, issuer) && self.leads_to_root(issuer, beside, depth + 1)
        })
    }
}

fn is_valid_now(der: &[u8]) -> bool {
    X509Certificate::from_der(der).is_ok_and(|(_, certificate)| certificate.validity().is_valid())
}

fn is_issued_by(der: &[u8], issuer: &[u8]) -> bool {
    let (Ok((_, certificate)), Ok((_, issuer))) =
        (X509Certificate::from_der(der), X509Certificate::from_der(issuer))
    else {
        return false;
    };
    certificate.issuer().as_raw() == issuer.subject().as_raw()
        && certificate.verify_signature(Some(issuer.public_key())).is_ok()
}

/// Upper-case hex.
pub(super) fn sha1(der: &[u8]) -> String {
    hex(digest(&SHA1_FOR_LEGACY_USE_ONLY, der).as_ref())
}

fn untrusted(words: &str) -> Failed {
    Failed(Hresult::UNTRUSTED_ROOT, words.to_owned())
}
