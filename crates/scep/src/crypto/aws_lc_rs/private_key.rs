use std::sync::{Arc, OnceLock};

use aws_lc_rs::encoding::{AsDer, PublicKeyX509Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{
    KeyPair, KeySize, OaepPrivateDecryptingKey, Pkcs1PrivateDecryptingKey, PrivateDecryptingKey,
};
use aws_lc_rs::signature::{self, KeyPair as _, RsaEncoding};
use zeroize::Zeroizing;

use super::transport::oaep;
use super::{digest, legacy};
use crate::asn1;
use crate::{Digest, Error, KeyTransport, algorithm};

const UNREADABLE: Error = Error::Key("it isn't an RSA key of 1024 bits or more");

#[derive(Clone)]
pub(crate) struct PrivateKey(Arc<Parts>);

struct Parts {
    pkcs8: Zeroizing<Vec<u8>>,
    public_key_der: Vec<u8>,
    /// None for a key that aws-lc-rs refuses.
    modern: Option<Modern>,
    /// Made when it is first needed.
    legacy: OnceLock<Option<legacy::Rsa>>,
}

struct Modern {
    signing: KeyPair,
    pkcs1: Pkcs1PrivateDecryptingKey,
    oaep: OaepPrivateDecryptingKey,
}

impl Modern {
    fn read(pkcs8: &[u8]) -> Option<(Self, Vec<u8>)> {
        let signing = KeyPair::from_pkcs8(pkcs8).ok()?;
        let decrypting = PrivateDecryptingKey::from_pkcs8(pkcs8).ok()?;
        let public: PublicKeyX509Der<'_> = signing.public_key().as_der().ok()?;
        let public_key_der = public.as_ref().to_vec();
        let modern = Self {
            signing,
            pkcs1: Pkcs1PrivateDecryptingKey::new(decrypting.clone()).ok()?,
            oaep: OaepPrivateDecryptingKey::new(decrypting).ok()?,
        };
        Some((modern, public_key_der))
    }

    fn sign(&self, encoding: &'static dyn RsaEncoding, octets: &[u8]) -> Option<Vec<u8>> {
        let mut out = vec![0; self.signing.public_modulus_len()];
        let signed = self
            .signing
            .sign(encoding, &SystemRandom::new(), octets, &mut out);
        signed.ok().map(|()| out)
    }

    fn decrypt(&self, transport: KeyTransport, encrypted: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let mut room = Zeroizing::new(vec![0; self.pkcs1.key_size_bytes()]);
        let length = match oaep(transport) {
            None => self.pkcs1.decrypt(encrypted, &mut room).ok()?.len(),
            Some(algorithm) => self
                .oaep
                .decrypt(algorithm, encrypted, &mut room, None)
                .ok()?
                .len(),
        };
        room.truncate(length);
        Some(room)
    }
}

impl PrivateKey {
    pub(crate) fn generate(bits: usize) -> Result<Self, Error> {
        const FAILED: Error = Error::Key("it can't be made");
        let size = match bits {
            1024 => {
                let key = legacy::Rsa::generate(1024).ok_or(FAILED)?;
                return Self::from_pkcs8(&wrap(&key.to_private().ok_or(FAILED)?));
            }
            2048 => KeySize::Rsa2048,
            3072 => KeySize::Rsa3072,
            4096 => KeySize::Rsa4096,
            8192 => KeySize::Rsa8192,
            _ => return Err(Error::Key("its size isn't 1024, 2048, 3072, 4096 or 8192 bits")),
        };
        let key = KeyPair::generate(size).map_err(|_| FAILED)?;
        let pkcs8: aws_lc_rs::encoding::Pkcs8V1Der<'_> = key.as_der().map_err(|_| FAILED)?;
        Self::from_pkcs8(pkcs8.as_ref())
    }

    pub(crate) fn from_pkcs8(der: &[u8]) -> Result<Self, Error> {
        let (modern, public_key_der, legacy) = match Modern::read(der) {
            Some((modern, public)) => (Some(modern), public, OnceLock::new()),
            None => {
                let key = unwrap(der)
                    .and_then(legacy::Rsa::from_private)
                    .ok_or(UNREADABLE)?;
                let public = public_key_info(&key.to_public().ok_or(UNREADABLE)?);
                (None, public, OnceLock::from(Some(key)))
            }
        };
        Ok(Self(Arc::new(Parts {
            pkcs8: Zeroizing::new(der.to_vec()),
            public_key_der,
            modern,
            legacy,
        })))
    }

    pub(crate) fn pkcs8(&self) -> &[u8] {
        &self.0.pkcs8
    }

    pub(crate) fn public_key_der(&self) -> &[u8] {
        &self.0.public_key_der
    }

    pub(crate) fn sign(&self, with: Digest, octets: &[u8]) -> Result<Vec<u8>, Error> {
        let encoding: Option<&'static dyn RsaEncoding> = match with {
            // The library verifies SHA-1 but doesn't sign it, and has no MD5.
            Digest::Md5 | Digest::Sha1 => None,
            Digest::Sha256 => Some(&signature::RSA_PKCS1_SHA256),
            Digest::Sha384 => Some(&signature::RSA_PKCS1_SHA384),
            Digest::Sha512 => Some(&signature::RSA_PKCS1_SHA512),
        };
        let signed = match self.0.modern.as_ref().zip(encoding) {
            Some((modern, encoding)) => modern.sign(encoding, octets),
            None => self
                .legacy()
                .and_then(|key| key.sign(with, &digest(with, octets))),
        };
        signed.ok_or(Error::Key("it doesn't sign"))
    }

    pub(crate) fn receive_key(
        &self,
        transport: KeyTransport,
        encrypted: &[u8],
    ) -> Option<Zeroizing<Vec<u8>>> {
        match &self.0.modern {
            Some(modern) => modern.decrypt(transport, encrypted),
            None => self.legacy()?.decrypt(transport, encrypted),
        }
    }

    fn legacy(&self) -> Option<&legacy::Rsa> {
        let read = || unwrap(&self.0.pkcs8).and_then(legacy::Rsa::from_private);
        self.0.legacy.get_or_init(read).as_ref()
    }
}

/// The RSAPrivateKey in a PrivateKeyInfo (RFC 5208 §5).
fn unwrap(pkcs8: &[u8]) -> Option<&[u8]> {
    let mut parts = asn1::read_sequence(pkcs8, "key").ok()?;
    parts.expect(asn1::INTEGER).ok()?;
    parts.sequence().ok()?;
    Some(parts.expect(asn1::OCTET_STRING).ok()?.content)
}

fn wrap(private_key: &[u8]) -> Zeroizing<Vec<u8>> {
    let key = Zeroizing::new(asn1::tlv(asn1::OCTET_STRING, private_key));
    let algorithm = algorithm::with_null(&asn1::RSA_ENCRYPTION);
    Zeroizing::new(asn1::sequence(&[&asn1::ZERO, &algorithm, &key]))
}

/// SubjectPublicKeyInfo (RFC 5280 §4.1) of an RSAPublicKey.
pub(super) fn public_key_info(public_key: &[u8]) -> Vec<u8> {
    let key = asn1::tlv(asn1::BIT_STRING, &[&[0], public_key].concat());
    asn1::sequence(&[&algorithm::with_null(&asn1::RSA_ENCRYPTION), &key])
}
