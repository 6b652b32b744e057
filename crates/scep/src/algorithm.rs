use rasn::prelude::{Any, Oid};

use crate::asn1::{self, AlgorithmIdentifier, OaepParameters, PssParameters};
use crate::crypto::PublicKeyAlgorithm;
use crate::{Error, asn1::oid};

/// A digest algorithm for signatures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Digest {
    /// Read from old clients. It is never signed: a reply to such a request is signed with SHA-256.
    Sha1,
    /// What RFC 8894 §2.9 makes mandatory.
    Sha256,
    /// Offered by NDES.
    Sha512,
}

/// A cipher for envelopes; all in CBC mode.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Cipher {
    /// Single DES: broken; only where a policy names it.
    Des,
    /// Triple DES, the best that NDES advertises.
    Des3,
    /// What RFC 8894 §2.9 makes mandatory.
    Aes128,
    /// AES with 192 bits.
    Aes192,
    /// AES with 256 bits.
    Aes256,
}

/// How the content key travels to the recipient's RSA key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum KeyTransport {
    /// RSAES-PKCS1-v1_5, what everyone speaks.
    Pkcs1,
    /// RSAES-OAEP with SHA-1 and MGF1 over SHA-1 (the default parameters of RFC 8017).
    OaepSha1,
    /// RSAES-OAEP with SHA-256 and MGF1 over SHA-256.
    OaepSha256,
}

fn identifier(algorithm: &Oid, parameters: Option<Vec<u8>>) -> AlgorithmIdentifier {
    AlgorithmIdentifier {
        algorithm: oid(algorithm),
        parameters: parameters.map(Any::new),
    }
}

/// An identifier with NULL for parameters, as RSA has them (RFC 8017 §A.1).
pub(crate) fn with_null(algorithm: &Oid) -> AlgorithmIdentifier {
    identifier(algorithm, Some(vec![0x05, 0x00]))
}

impl Digest {
    const ALL: [(Self, &Oid, PublicKeyAlgorithm); 3] = [
        (Self::Sha1, asn1::SHA1, PublicKeyAlgorithm::RsaSha1),
        (Self::Sha256, asn1::SHA256, PublicKeyAlgorithm::RsaSha256),
        (Self::Sha512, asn1::SHA512, PublicKeyAlgorithm::RsaSha512),
    ];

    pub(crate) fn read(algorithm: &AlgorithmIdentifier) -> Result<Self, Error> {
        let mut all = Self::ALL.into_iter();
        let found = all.find(|(_, oid, _)| **oid == *algorithm.algorithm);
        found
            .map(|(digest, _, _)| digest)
            .ok_or(Error::Algorithm("digest"))
    }

    /// RFC 5754 §2: without parameters.
    pub(crate) fn write(self) -> AlgorithmIdentifier {
        identifier(
            Self::ALL
                .into_iter()
                .find(|(digest, ..)| *digest == self)
                .map_or(asn1::SHA256, |e| e.1),
            None,
        )
    }

    /// PKCS#1 v1.5 signatures over this digest.
    pub(crate) fn with_rsa(self) -> PublicKeyAlgorithm {
        let mut all = Self::ALL.into_iter();
        all.find(|(digest, ..)| *digest == self)
            .map_or(PublicKeyAlgorithm::RsaSha256, |entry| entry.2)
    }

    /// The digest that a reply is signed with: the request's, but never SHA-1.
    pub(crate) fn for_signing(self) -> Self {
        if self == Self::Sha1 { Self::Sha256 } else { self }
    }

    /// The signatureAlgorithm of certificates and PKCS#10.
    pub(crate) fn signature_algorithm(self) -> AlgorithmIdentifier {
        with_null(match self {
            Self::Sha1 => asn1::SHA1_WITH_RSA,
            Self::Sha256 => asn1::SHA256_WITH_RSA,
            Self::Sha512 => asn1::SHA512_WITH_RSA,
        })
    }
}

impl Cipher {
    const ALL: [(Self, &Oid); 5] = [
        (Self::Des, asn1::DES_CBC),
        (Self::Des3, asn1::DES_EDE3_CBC),
        (Self::Aes128, asn1::AES128_CBC),
        (Self::Aes192, asn1::AES192_CBC),
        (Self::Aes256, asn1::AES256_CBC),
    ];

    pub(crate) fn key_length(self) -> usize {
        match self {
            Self::Des => 8,
            Self::Des3 | Self::Aes192 => 24,
            Self::Aes128 => 16,
            Self::Aes256 => 32,
        }
    }

    pub(crate) fn block_length(self) -> usize {
        match self {
            Self::Des | Self::Des3 => 8,
            Self::Aes128 | Self::Aes192 | Self::Aes256 => 16,
        }
    }

    /// The cipher and its initialisation vector.
    pub(crate) fn read(algorithm: &AlgorithmIdentifier) -> Result<(Self, Vec<u8>), Error> {
        let known = Self::ALL
            .into_iter()
            .find(|(_, oid)| **oid == *algorithm.algorithm);
        let (cipher, _) = known.ok_or(Error::Algorithm("content encryption"))?;
        let parameters = algorithm
            .parameters
            .as_ref()
            .and_then(|octets| asn1::primitive(octets.as_bytes()));
        match parameters {
            Some((asn1::OCTET_STRING, vector)) if vector.len() == cipher.block_length() => {
                Ok((cipher, vector.to_vec()))
            }
            _ => Err(Error::Invalid("initialisation vector")),
        }
    }

    pub(crate) fn write(self, vector: &[u8]) -> AlgorithmIdentifier {
        let known = Self::ALL.into_iter().find(|(cipher, _)| *cipher == self);
        let parameters = asn1::tlv(asn1::OCTET_STRING, vector);
        identifier(known.map_or(asn1::AES128_CBC, |(_, oid)| oid), Some(parameters))
    }
}

impl KeyTransport {
    pub(crate) fn read(algorithm: &AlgorithmIdentifier) -> Result<Self, Error> {
        const UNKNOWN: Error = Error::Algorithm("key encryption");
        if *algorithm.algorithm == *asn1::RSA_ENCRYPTION {
            return Ok(Self::Pkcs1);
        }
        if *algorithm.algorithm != *asn1::RSAES_OAEP {
            return Err(UNKNOWN);
        }
        let parameters: OaepParameters = match &algorithm.parameters {
            Some(octets) => asn1::read(octets.as_bytes(), "RSAES-OAEP parameters")?,
            None => OaepParameters::default(),
        };
        let label = parameters.label.and_then(|label| label.parameters);
        if label.is_some_and(|label| label.as_bytes() != [asn1::OCTET_STRING, 0]) {
            return Err(UNKNOWN);
        }
        let hash = parameters.hash.as_ref().map_or(Ok(Digest::Sha1), Digest::read)?;
        match (hash, mask_digest(parameters.mask.as_ref())?) {
            (Digest::Sha1, Digest::Sha1) => Ok(Self::OaepSha1),
            (Digest::Sha256, Digest::Sha256) => Ok(Self::OaepSha256),
            _ => Err(UNKNOWN),
        }
    }

    pub(crate) fn write(self) -> Result<AlgorithmIdentifier, Error> {
        let parameters = match self {
            Self::Pkcs1 => return Ok(with_null(asn1::RSA_ENCRYPTION)),
            // RFC 4055 §4.1: defaults are left out.
            Self::OaepSha1 => OaepParameters::default(),
            Self::OaepSha256 => {
                let hash = with_null(asn1::SHA256);
                let inner = asn1::write(&hash, "RSAES-OAEP parameters")?;
                OaepParameters {
                    hash: Some(hash),
                    mask: Some(identifier(asn1::MGF1, Some(inner))),
                    label: None,
                }
            }
        };
        let parameters = asn1::write(&parameters, "RSAES-OAEP parameters")?;
        Ok(identifier(asn1::RSAES_OAEP, Some(parameters)))
    }
}

/// The digest under MGF1 (RFC 8017 §A.2.1); SHA-1 by default.
fn mask_digest(mask: Option<&AlgorithmIdentifier>) -> Result<Digest, Error> {
    let Some(mask) = mask else { return Ok(Digest::Sha1) };
    match &mask.parameters {
        Some(octets) if *mask.algorithm == *asn1::MGF1 => {
            Digest::read(&asn1::read(octets.as_bytes(), "MGF1 parameters")?)
        }
        _ => Err(Error::Algorithm("mask generation")),
    }
}

/// The algorithm of a SignerInfo: rsaEncryption, or one that names the digest too and must agree with it.
pub(crate) fn signer_algorithm(
    digest: Digest,
    algorithm: &AlgorithmIdentifier,
) -> Result<PublicKeyAlgorithm, Error> {
    let stated = if *algorithm.algorithm == *asn1::RSA_ENCRYPTION {
        digest.with_rsa()
    } else {
        certificate_algorithm(algorithm, None).ok_or(Error::Algorithm("signature"))?
    };
    if stated == digest.with_rsa() {
        Ok(stated)
    } else {
        Err(Error::Algorithm("signature"))
    }
}

/// The algorithm of a certificate's signature by a key on this curve (or RSA without one), if it is known here.
pub(crate) fn certificate_algorithm(
    algorithm: &AlgorithmIdentifier,
    curve: Option<&Oid>,
) -> Option<PublicKeyAlgorithm> {
    use PublicKeyAlgorithm as A;
    let (is_p256, is_p384) = (curve == Some(asn1::P256), curve == Some(asn1::P384));
    let is = |oid: &Oid| *algorithm.algorithm == *oid;
    match () {
        () if is(asn1::SHA1_WITH_RSA) || is(asn1::OIW_SHA1_WITH_RSA) => Some(A::RsaSha1),
        () if is(asn1::SHA256_WITH_RSA) => Some(A::RsaSha256),
        () if is(asn1::SHA384_WITH_RSA) => Some(A::RsaSha384),
        () if is(asn1::SHA512_WITH_RSA) => Some(A::RsaSha512),
        () if is(asn1::ECDSA_WITH_SHA256) && is_p256 => Some(A::EcdsaP256Sha256),
        () if is(asn1::ECDSA_WITH_SHA256) && is_p384 => Some(A::EcdsaP384Sha256),
        () if is(asn1::ECDSA_WITH_SHA384) && is_p256 => Some(A::EcdsaP256Sha384),
        () if is(asn1::ECDSA_WITH_SHA384) && is_p384 => Some(A::EcdsaP384Sha384),
        () if is(asn1::RSASSA_PSS) => pss_algorithm(algorithm),
        () => None,
    }
}

/// RSASSA-PSS, by the digest in its parameters (RFC 8017 §A.2.3); salt and mask are then checked by the library.
fn pss_algorithm(algorithm: &AlgorithmIdentifier) -> Option<PublicKeyAlgorithm> {
    let parameters: PssParameters = asn1::read(algorithm.parameters.as_ref()?.as_bytes(), "PSS").ok()?;
    let hash = parameters.hash?.algorithm;
    let known = [
        (asn1::SHA256, PublicKeyAlgorithm::PssSha256),
        (asn1::SHA384, PublicKeyAlgorithm::PssSha384),
        (asn1::SHA512, PublicKeyAlgorithm::PssSha512),
    ];
    known
        .into_iter()
        .find(|(oid, _)| *hash == **oid)
        .map(|(_, algorithm)| algorithm)
}
