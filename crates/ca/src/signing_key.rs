//! Where an authority's key lives: in this process, in a token, or wherever the caller keeps it.

use std::fmt::Debug;
use std::sync::Arc;

use crate::Result;
use crate::key::IssuingKey;

/// The RSA private key of an authority, which may lie outside this process.
///
/// Implementations print no secret with `Debug` and may be asked by several threads at once.
pub trait SigningKey: Send + Sync + Debug {
    /// The DER of the `SubjectPublicKeyInfo` (RFC 5280 §4.1.2.7).
    fn public_key(&self) -> &[u8];

    /// Signs with RSASSA-PKCS1-v1_5 and SHA-256 (RFC 8017 §8.2), over the whole message; the
    /// same message always gives the same octets.
    ///
    /// # Errors
    /// [`Error::Crypto`](crate::Error::Crypto) or [`Error::Token`](crate::Error::Token) when
    /// no signature could be made.
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>>;
}

impl SigningKey for IssuingKey {
    fn public_key(&self) -> &[u8] {
        self.spki()
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>> {
        Self::sign(self, message)
    }
}

impl From<IssuingKey> for Arc<dyn SigningKey> {
    fn from(key: IssuingKey) -> Self {
        Arc::new(key)
    }
}
