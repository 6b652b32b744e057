//! The signature, and what came of it.

use std::fmt;

use aws_lc_rs::digest;

use crate::lint::Linted;
use crate::serial::SerialNumber;
use crate::{Result, key};

/// A certificate that was issued.
#[derive(Clone, PartialEq, Eq)]
pub struct Issued {
    /// The DER of the certificate.
    pub der: Vec<u8>,
    pub serial: SerialNumber,
    /// The thumbprint that Windows shows and asks for.
    pub sha1: [u8; 20],
    pub sha256: [u8; 32],
    /// Seconds since 1970 (UTC).
    pub not_before: i64,
    /// Seconds since 1970 (UTC).
    pub not_after: i64,
}

impl Linted<'_> {
    /// Signs. The same prepared bytes give the same certificate each time.
    ///
    /// # Errors
    /// [`Error::Crypto`](crate::Error::Crypto) when the library refuses.
    pub fn sign(self) -> Result<Issued> {
        let Self(prepared) = self;
        let der = key::signed(&prepared.to_be_signed, prepared.issuer.key)?;
        Ok(Issued {
            sha1: hash(&digest::SHA1_FOR_LEGACY_USE_ONLY, &der),
            sha256: hash(&digest::SHA256, &der),
            serial: prepared.order.serial,
            not_before: prepared.order.not_before,
            not_after: prepared.order.not_after,
            der,
        })
    }
}

impl fmt::Debug for Issued {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Issued")
            .field("serial", &self.serial)
            .field("not_before", &self.not_before)
            .field("not_after", &self.not_after)
            .finish_non_exhaustive()
    }
}

fn hash<const N: usize>(algorithm: &'static digest::Algorithm, bytes: &[u8]) -> [u8; N] {
    let mut out = [0; N];
    let hash = digest::digest(algorithm, bytes);
    for (to, from) in out.iter_mut().zip(hash.as_ref()) {
        *to = *from;
    }
    out
}
