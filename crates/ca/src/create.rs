//! Authorities: made new, or opened from what was stored.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use x509_parser::certificate::X509Certificate;
use x509_parser::extensions::ParsedExtension;
use x509_parser::prelude::FromDer;

use crate::issuance::{Order, PathLength, Profile, Subject};
use crate::prepare::{self, Issuer};
use crate::serial::SerialNumber;
use crate::signing_key::SigningKey;
use crate::{Error, Result, public_key};

/// How long before "now" an authority's certificate begins: devices' clocks are hours late
/// before they first reach a time server.
const BACKDATED_SECONDS: i64 = 24 * 3_600;

/// An authority: its certificate and the key that belongs to it.
pub struct CertificateAuthority {
    certificate: Vec<u8>,
    subject: Vec<u8>,
    key_identifier: Vec<u8>,
    not_before: i64,
    not_after: i64,
    signs_revocation_lists: bool,
    key: Arc<dyn SigningKey>,
}

impl CertificateAuthority {
    /// A self-signed root. `now` is in seconds since 1970 (UTC); the certificate begins a day
    /// earlier and ends `lifetime` after `now`.
    ///
    /// # Errors
    /// [`Error::Invalid`] or [`Error::Lint`] when the name or the dates can't stand in a
    /// certificate.
    pub fn create_root(
        common_name: &str,
        key: impl Into<Arc<dyn SigningKey>>,
        now: i64,
        lifetime: Duration,
        serial: SerialNumber,
    ) -> Result<Self> {
        let key = key.into();
        let order = authority_order(common_name, key.public_key(), now, lifetime, serial, None)?;
        let name = crate::subject::name(&order.subject)?;
        let issuer = Issuer {
            name: &name,
            key_identifier: None,
            not_before: order.not_before,
            not_after: order.not_after,
            key: key.as_ref(),
        };
        let issued = prepare::prepare(issuer, order)?.lint()?.sign()?;
        Self::open(issued.der, key)
    }

    /// An authority below this one, which may itself have none below it.
    ///
    /// # Errors
    /// As [`create_root`](Self::create_root).
    pub fn create_intermediate(
        &self,
        common_name: &str,
        key: impl Into<Arc<dyn SigningKey>>,
        now: i64,
        lifetime: Duration,
        serial: SerialNumber,
    ) -> Result<Self> {
        let key = key.into();
        let order = authority_order(common_name, key.public_key(), now, lifetime, serial, Some(0))?;
        let issued = self.prepare(order)?.lint()?.sign()?;
        Self::open(issued.der, key)
    }

    /// The authority of a stored certificate (DER) and key.
    ///
    /// # Errors
    /// [`Error::Malformed`], [`Error::NotAnAuthority`] or [`Error::KeyMismatch`].
    pub fn open(certificate: Vec<u8>, key: impl Into<Arc<dyn SigningKey>>) -> Result<Self> {
        let key = key.into();
        let what = "the certificate of the authority";
        let (rest, read) = X509Certificate::from_der(&certificate).map_err(|_| Error::Malformed(what))?;
        if !rest.is_empty() {
            return Err(Error::Malformed(what));
        }
        if !read.is_ca() {
            return Err(Error::NotAnAuthority);
        }
        if read.public_key().raw != key.public_key() {
            return Err(Error::KeyMismatch);
        }
        let subject = read.subject().as_raw().to_vec();
        let key_identifier =
            subject_key_identifier(&read).map_or_else(|| prepare::key_identifier(key.public_key()), Ok)?;
        let not_before = read.validity().not_before.timestamp();
        let not_after = read.validity().not_after.timestamp();
        // RFC 5280 §4.2.1.3: without the extension any use is allowed.
        let signs_revocation_lists = match read.key_usage() {
            Ok(usage) => usage.is_none_or(|usage| usage.value.crl_sign()),
            Err(_) => false,
        };
        Ok(Self {
            certificate,
            subject,
            key_identifier,
            not_before,
            not_after,
            signs_revocation_lists,
            key,
        })
    }

    /// The DER of its certificate.
    pub fn certificate(&self) -> &[u8] {
        &self.certificate
    }

    /// The key that it signs with; clone the `Arc` to share it.
    pub fn key(&self) -> &Arc<dyn SigningKey> {
        &self.key
    }

    /// The DER of its subject's `Name`.
    pub fn subject(&self) -> &[u8] {
        &self.subject
    }

    /// Whether its certificate lets it sign revocation lists (cRLSign); one that was imported
    /// may not.
    pub fn signs_revocation_lists(&self) -> bool {
        self.signs_revocation_lists
    }

    /// When its certificate begins, in seconds since 1970 (UTC).
    pub fn not_before(&self) -> i64 {
        self.not_before
    }

    /// When its certificate ends, in seconds since 1970 (UTC).
    pub fn not_after(&self) -> i64 {
        self.not_after
    }

    /// Whether this authority's key signed this certificate (DER) and it names this authority
    /// as its issuer. Dates and revocation are the caller's questions.
    pub fn has_issued(&self, certificate: &[u8]) -> bool {
        let Ok((rest, read)) = X509Certificate::from_der(certificate) else {
            return false;
        };
        rest.is_empty()
            && read.issuer().as_raw() == self.subject
            && public_key::is_signed_by(
                self.key.public_key(),
                read.signature_algorithm.algorithm.as_bytes(),
                read.tbs_certificate.as_ref(),
                &read.signature_value.data,
            )
    }

    pub(crate) fn issuer(&self) -> Issuer<'_> {
        Issuer {
            name: &self.subject,
            key_identifier: Some(&self.key_identifier),
            not_before: self.not_before,
            not_after: self.not_after,
            key: self.key.as_ref(),
        }
    }
}

impl fmt::Debug for CertificateAuthority {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("CertificateAuthority")
            .field("not_after", &self.not_after)
            .finish_non_exhaustive()
    }
}

fn authority_order(
    common_name: &str,
    public_key: &[u8],
    now: i64,
    lifetime: Duration,
    serial: SerialNumber,
    path_length: PathLength,
) -> Result<Order> {
    let not_after = i64::try_from(lifetime.as_secs())
        .ok()
        .and_then(|seconds| now.checked_add(seconds))
        .ok_or(Error::Invalid("the lifetime"))?;
    Ok(Order::new(
        Profile::authority(path_length),
        Subject::common_name(common_name),
        public_key,
        serial,
        now.saturating_sub(BACKDATED_SECONDS),
        not_after,
    ))
}

fn subject_key_identifier(certificate: &X509Certificate<'_>) -> Option<Vec<u8>> {
    certificate
        .iter_extensions()
        .find_map(|extension| match extension.parsed_extension() {
            ParsedExtension::SubjectKeyIdentifier(identifier) => Some(identifier.0.to_vec()),
            _ => None,
        })
}
