//! The RSA key that an authority signs with.

use std::fmt;

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der, PublicKeyX509Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::{KeyPair as _, RSA_PKCS1_SHA256};
use zeroize::Zeroizing;

use crate::signing_key::SigningKey;
use crate::{Error, Result, der};

/// An RSA private key. Prints nothing of itself.
pub struct IssuingKey {
    pair: KeyPair,
    spki: Vec<u8>,
}

impl IssuingKey {
    /// A new key of 2048, 3072 or 4096 bits.
    ///
    /// # Errors
    /// [`Error::Key`] for any other size, [`Error::Crypto`] when none could be made.
    pub fn generate(bits: u32) -> Result<Self> {
        let size = match bits {
            2048 => KeySize::Rsa2048,
            3072 => KeySize::Rsa3072,
            4096 => KeySize::Rsa4096,
            _ => return Err(Error::Key("the size must be 2048, 3072 or 4096 bits")),
        };
        Self::of(KeyPair::generate(size).map_err(|_| Error::Crypto)?)
    }

    /// A key from the DER of a PKCS#8 `PrivateKeyInfo`, 2048 to 8192 bits.
    ///
    /// # Errors
    /// [`Error::Key`] when it is anything else.
    pub fn from_pkcs8(pkcs8: &[u8]) -> Result<Self> {
        let pair = KeyPair::from_pkcs8(pkcs8)
            .map_err(|_| Error::Key("no RSA private key of 2048 bits or more in PKCS#8"))?;
        Self::of(pair)
    }

    /// A key from the DER of a PKCS#1 `RSAPrivateKey` (RFC 8017 appendix A.1.2), 2048 to 8192
    /// bits.
    ///
    /// # Errors
    /// [`Error::Key`] when it is anything else.
    pub fn from_pkcs1(pkcs1: &[u8]) -> Result<Self> {
        let pair = KeyPair::from_der(pkcs1)
            .map_err(|_| Error::Key("no RSA private key of 2048 bits or more in PKCS#1"))?;
        Self::of(pair)
    }

    /// The DER of its PKCS#8 `PrivateKeyInfo`, wiped when dropped.
    ///
    /// # Errors
    /// [`Error::Crypto`] when the library can't write it.
    pub fn to_pkcs8(&self) -> Result<Zeroizing<Vec<u8>>> {
        let der: Pkcs8V1Der<'_> = self.pair.as_der().map_err(|_| Error::Crypto)?;
        Ok(Zeroizing::new(der.as_ref().to_vec()))
    }

    /// The DER of its `SubjectPublicKeyInfo`.
    pub fn spki(&self) -> &[u8] {
        &self.spki
    }

    /// PKCS#1 v1.5 with SHA-256 over `message`: the same message always gives the same octets.
    ///
    /// # Errors
    /// [`Error::Crypto`] when the library refuses.
    pub fn sign(&self, message: &[u8]) -> Result<Vec<u8>> {
        let mut signature = vec![0; self.pair.public_modulus_len()];
        // PKCS#1 v1.5 takes no randomness; the generator serves the library's signature alone.
        self.pair
            .sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), message, &mut signature)
            .map_err(|_| Error::Crypto)?;
        Ok(signature)
    }

    fn of(pair: KeyPair) -> Result<Self> {
        let public: PublicKeyX509Der<'_> = pair.public_key().as_der().map_err(|_| Error::Crypto)?;
        let spki = public.as_ref().to_vec();
        Ok(Self { pair, spki })
    }
}

impl fmt::Debug for IssuingKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("IssuingKey(…)")
    }
}

/// sha256WithRSAEncryption (1.2.840.113549.1.1.11).
pub(crate) const SIGNATURE_ALGORITHM: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 11];

/// `AlgorithmIdentifier` of sha256WithRSAEncryption, with its NULL (RFC 4055 §5).
pub(crate) fn signature_algorithm() -> Vec<u8> {
    der::sequence(&[
        der::write(der::OBJECT_IDENTIFIER, SIGNATURE_ALGORITHM),
        vec![0x05, 0x00],
    ])
}

/// `{content, algorithm, BIT STRING signature}`: the frame of a certificate and of a CRL.
pub(crate) fn signed(content: &[u8], key: &dyn SigningKey) -> Result<Vec<u8>> {
    let signature = key.sign(content)?;
    Ok(der::sequence(&[
        content.to_vec(),
        signature_algorithm(),
        der::bit_string(&signature),
    ]))
}
