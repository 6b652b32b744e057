use std::sync::Arc;

use aws_lc_rs::digest as hashes;
use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der, PublicKeyX509Der};
use aws_lc_rs::rand::{self, SystemRandom};
use aws_lc_rs::rsa::{
    KeyPair, KeySize, OAEP_SHA1_MGF1SHA1, OAEP_SHA256_MGF1SHA256, OaepAlgorithm, OaepPrivateDecryptingKey,
    OaepPublicEncryptingKey, Pkcs1PrivateDecryptingKey, Pkcs1PublicEncryptingKey, PrivateDecryptingKey,
    PublicEncryptingKey,
};
use aws_lc_rs::signature::{self, KeyPair as _, RsaEncoding, UnparsedPublicKey, VerificationAlgorithm};
use zeroize::Zeroizing;

use crate::{Digest, Error, KeyTransport};

mod cbc;

pub(crate) use cbc::{content_key, decrypt, encrypt};

#[derive(Clone)]
pub(crate) struct PrivateKey(Arc<Parts>);

struct Parts {
    signing: KeyPair,
    decrypting: PrivateDecryptingKey,
    public_key_der: Vec<u8>,
}

impl PrivateKey {
    pub(crate) fn generate(bits: usize) -> Result<Self, Error> {
        let size = match bits {
            2048 => KeySize::Rsa2048,
            3072 => KeySize::Rsa3072,
            4096 => KeySize::Rsa4096,
            8192 => KeySize::Rsa8192,
            _ => return Err(Error::Key("its size isn't 2048, 3072, 4096 or 8192 bits")),
        };
        let key = KeyPair::generate(size).map_err(|_| Error::Key("it can't be made"))?;
        Self::from_pkcs8(&pkcs8(&key)?)
    }

    pub(crate) fn from_pkcs8(der: &[u8]) -> Result<Self, Error> {
        const UNREADABLE: Error = Error::Key("it isn't an RSA key of 2048 bits or more");
        let signing = KeyPair::from_pkcs8(der).map_err(|_| UNREADABLE)?;
        let decrypting = PrivateDecryptingKey::from_pkcs8(der).map_err(|_| UNREADABLE)?;
        let public: PublicKeyX509Der<'_> = signing.public_key().as_der().map_err(|_| UNREADABLE)?;
        let public_key_der = public.as_ref().to_vec();
        Ok(Self(Arc::new(Parts {
            signing,
            decrypting,
            public_key_der,
        })))
    }

    pub(crate) fn to_pkcs8(&self) -> Result<Zeroizing<Vec<u8>>, Error> {
        pkcs8(&self.0.signing)
    }

    pub(crate) fn public_key_der(&self) -> &[u8] {
        &self.0.public_key_der
    }

    pub(crate) fn sign(&self, digest: Digest, octets: &[u8]) -> Result<Vec<u8>, Error> {
        let encoding: &'static dyn RsaEncoding = match digest {
            // The library verifies SHA-1 but doesn't sign it.
            Digest::Sha1 => return Err(Error::Algorithm("digest")),
            Digest::Sha256 => &signature::RSA_PKCS1_SHA256,
            Digest::Sha512 => &signature::RSA_PKCS1_SHA512,
        };
        let mut out = vec![0; self.0.signing.public_modulus_len()];
        let signed = self
            .0
            .signing
            .sign(encoding, &SystemRandom::new(), octets, &mut out);
        signed.map(|()| out).map_err(|_| Error::Key("it doesn't sign"))
    }

    pub(crate) fn receive_key(
        &self,
        transport: KeyTransport,
        encrypted: &[u8],
    ) -> Option<Zeroizing<Vec<u8>>> {
        let key = self.0.decrypting.clone();
        let mut room = Zeroizing::new(vec![0; key.key_size_bytes()]);
        let length = match oaep(transport) {
            None => Pkcs1PrivateDecryptingKey::new(key)
                .ok()?
                .decrypt(encrypted, &mut room)
                .ok()?
                .len(),
            Some(algorithm) => {
                let key = OaepPrivateDecryptingKey::new(key).ok()?;
                key.decrypt(algorithm, encrypted, &mut room, None).ok()?.len()
            }
        };
        room.truncate(length);
        Some(room)
    }
}

fn pkcs8(key: &KeyPair) -> Result<Zeroizing<Vec<u8>>, Error> {
    let der: Pkcs8V1Der<'_> = key.as_der().map_err(|_| Error::Key("it can't be written"))?;
    Ok(Zeroizing::new(der.as_ref().to_vec()))
}

fn oaep(transport: KeyTransport) -> Option<&'static OaepAlgorithm> {
    match transport {
        KeyTransport::Pkcs1 => None,
        KeyTransport::OaepSha1 => Some(&OAEP_SHA1_MGF1SHA1),
        KeyTransport::OaepSha256 => Some(&OAEP_SHA256_MGF1SHA256),
    }
}

/// Encrypts a content key to a public key (SubjectPublicKeyInfo, DER). The library refuses RSA keys under 2048 bits.
pub(crate) fn transport_key(
    transport: KeyTransport,
    public_key_der: &[u8],
    content_key: &[u8],
) -> Result<Vec<u8>, Error> {
    const REFUSED: Error = Error::Key("it isn't an RSA key of 2048 bits or more");
    let key = PublicEncryptingKey::from_der(public_key_der).map_err(|_| REFUSED)?;
    let mut room = vec![0; key.key_size_bytes()];
    let encrypted = match oaep(transport) {
        None => {
            let key = Pkcs1PublicEncryptingKey::new(key).map_err(|_| REFUSED)?;
            key.encrypt(content_key, &mut room).map(|out| out.to_vec())
        }
        Some(algorithm) => {
            let key = OaepPublicEncryptingKey::new(key).map_err(|_| REFUSED)?;
            key.encrypt(algorithm, content_key, &mut room, None)
                .map(|out| out.to_vec())
        }
    };
    encrypted.map_err(|_| REFUSED)
}

/// A public key algorithm and digest that signatures are verified with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PublicKeyAlgorithm {
    RsaSha1,
    RsaSha256,
    RsaSha384,
    RsaSha512,
    PssSha256,
    PssSha384,
    PssSha512,
    EcdsaP256Sha256,
    EcdsaP256Sha384,
    EcdsaP384Sha256,
    EcdsaP384Sha384,
}

/// Whether a signature verifies. `key` is the content of the subjectPublicKey BIT STRING.
pub(crate) fn verify(algorithm: PublicKeyAlgorithm, key: &[u8], octets: &[u8], signed: &[u8]) -> bool {
    use PublicKeyAlgorithm as A;
    // Old clients and roots have keys of 1024 bits: for reading, the library's legacy algorithms take them.
    let algorithm: &'static dyn VerificationAlgorithm = match algorithm {
        A::RsaSha1 => &signature::RSA_PKCS1_1024_8192_SHA1_FOR_LEGACY_USE_ONLY,
        A::RsaSha256 => &signature::RSA_PKCS1_1024_8192_SHA256_FOR_LEGACY_USE_ONLY,
        A::RsaSha384 => &signature::RSA_PKCS1_2048_8192_SHA384,
        A::RsaSha512 => &signature::RSA_PKCS1_1024_8192_SHA512_FOR_LEGACY_USE_ONLY,
        A::PssSha256 => &signature::RSA_PSS_2048_8192_SHA256,
        A::PssSha384 => &signature::RSA_PSS_2048_8192_SHA384,
        A::PssSha512 => &signature::RSA_PSS_2048_8192_SHA512,
        A::EcdsaP256Sha256 => &signature::ECDSA_P256_SHA256_ASN1,
        A::EcdsaP256Sha384 => &signature::ECDSA_P256_SHA384_ASN1,
        A::EcdsaP384Sha256 => &signature::ECDSA_P384_SHA256_ASN1,
        A::EcdsaP384Sha384 => &signature::ECDSA_P384_SHA384_ASN1,
    };
    UnparsedPublicKey::new(algorithm, key)
        .verify(octets, signed)
        .is_ok()
}

pub(crate) fn digest(digest: Digest, octets: &[u8]) -> Vec<u8> {
    let algorithm = match digest {
        Digest::Sha1 => &hashes::SHA1_FOR_LEGACY_USE_ONLY,
        Digest::Sha256 => &hashes::SHA256,
        Digest::Sha512 => &hashes::SHA512,
    };
    hashes::digest(algorithm, octets).as_ref().to_vec()
}

pub(crate) fn sha1(octets: &[u8]) -> [u8; 20] {
    let mut out = [0; 20];
    out.iter_mut()
        .zip(digest(Digest::Sha1, octets))
        .for_each(|(to, from)| *to = from);
    out
}

pub(crate) fn fill_random(out: &mut [u8]) -> Result<(), Error> {
    rand::fill(out).map_err(|_| Error::Key("the system gives no random numbers"))
}
