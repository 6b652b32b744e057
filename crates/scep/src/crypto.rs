//! Keys and the operations on them. Everything that depends on the cryptographic library is in [`aws_lc_rs`] and
//! [`legacy`].

mod aws_lc_rs;
mod legacy;

use zeroize::Zeroizing;

use crate::{Digest, Error, KeyTransport, SecretBytes};

pub(crate) use aws_lc_rs::{content_key, decrypt, digest, encrypt, fill_random, sha1, transport_key, verify};

/// An RSA private key of 1024 to 8192 bits; fewer than 2048 are for old clients and laboratories. Debug shows nothing
/// of it.
#[derive(Clone)]
pub struct RsaKey(aws_lc_rs::PrivateKey);

impl RsaKey {
    /// Makes a new key of 1024 (which nobody should trust), 2048, 3072, 4096 or 8192 bits.
    ///
    /// # Errors
    /// [`Error::Key`] for another size.
    pub fn generate(bits: usize) -> Result<Self, Error> {
        aws_lc_rs::PrivateKey::generate(bits).map(Self)
    }

    /// Reads a key from PKCS#8 (PrivateKeyInfo) as DER.
    ///
    /// # Errors
    /// [`Error::Key`] when it isn't such a key, or has fewer than 1024 bits.
    pub fn from_pkcs8(der: &[u8]) -> Result<Self, Error> {
        aws_lc_rs::PrivateKey::from_pkcs8(der).map(Self)
    }

    /// The key as PKCS#8 (PrivateKeyInfo), DER.
    ///
    /// # Errors
    /// None today: it is kept as it was read.
    pub fn to_pkcs8(&self) -> Result<SecretBytes, Error> {
        Ok(SecretBytes::new(self.0.pkcs8()))
    }

    /// The public key as SubjectPublicKeyInfo, DER.
    #[must_use]
    pub fn public_key_der(&self) -> &[u8] {
        self.0.public_key_der()
    }

    /// Signs in the manner of PKCS#1 v1.5.
    pub(crate) fn sign(&self, digest: Digest, octets: &[u8]) -> Result<Vec<u8>, Error> {
        self.0.sign(digest, octets)
    }

    /// The content key out of a key transport; none for every kind of failure.
    pub(crate) fn receive_key(
        &self,
        transport: KeyTransport,
        encrypted: &[u8],
    ) -> Option<Zeroizing<Vec<u8>>> {
        self.0.receive_key(transport, encrypted)
    }
}

impl std::fmt::Debug for RsaKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("RsaKey")
    }
}

/// A certificate (DER) and its private key.
#[derive(Debug, Clone)]
pub struct Identity {
    /// The X.509 certificate, DER.
    pub certificate: Vec<u8>,
    /// The key that the certificate certifies.
    pub key: RsaKey,
}

pub(crate) fn hex(octets: &[u8]) -> String {
    octets.iter().map(|octet| format!("{octet:02x}")).collect()
}
