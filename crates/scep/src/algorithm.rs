use crate::Error;
use crate::asn1::{self, Oid, Reader, Value};

/// A digest algorithm for signatures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Digest {
    /// Broken; only where a policy names it ([`Policy::permits_md5`](crate::Policy::permits_md5)).
    Md5,
    /// What old clients know (RFC 8894 §3.5.2).
    Sha1,
    /// What RFC 8894 §2.9 makes mandatory.
    Sha256,
    /// Between the others; some servers can be set to it.
    Sha384,
    /// Offered by NDES.
    Sha512,
}

/// A cipher for envelopes; all in CBC mode.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Cipher {
    /// Single DES: broken; only where a policy names it
    /// ([`Policy::permits_single_des`](crate::Policy::permits_single_des)).
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

/// AlgorithmIdentifier (RFC 5280 §4.1.1.2), as received.
#[derive(Debug, Clone, Copy)]
pub(crate) struct AlgorithmIdentifier<'a> {
    /// The content octets of the object identifier.
    pub(crate) algorithm: &'a [u8],
    pub(crate) parameters: Option<Value<'a>>,
}

impl<'a> AlgorithmIdentifier<'a> {
    /// Reads the SEQUENCE that comes next.
    pub(crate) fn read(reader: &mut Reader<'a>) -> Result<Self, Error> {
        let mut parts = reader.sequence()?;
        let algorithm = parts.object_identifier()?;
        let parameters = if parts.is_empty() {
            None
        } else {
            Some(parts.any()?)
        };
        parts.end()?;
        Ok(Self {
            algorithm,
            parameters,
        })
    }

    /// Reads the SEQUENCE in a value with an explicit tag.
    fn within(value: Value<'a>, what: &'static str) -> Result<Self, Error> {
        Self::read(&mut Reader::new(value.content, what))
    }
}

fn identifier(algorithm: &Oid, parameters: &[u8]) -> Vec<u8> {
    asn1::sequence(&[&algorithm.der(), parameters])
}

/// An identifier with NULL for parameters, as RSA has them (RFC 8017 §A.1).
pub(crate) fn with_null(algorithm: &Oid) -> Vec<u8> {
    identifier(algorithm, &[asn1::NULL, 0])
}

impl Digest {
    /// All of them, the weakest first.
    pub const ALL: [Self; 5] = [Self::Md5, Self::Sha1, Self::Sha256, Self::Sha384, Self::Sha512];

    fn oid(self) -> Oid {
        match self {
            Self::Md5 => asn1::MD5,
            Self::Sha1 => asn1::SHA1,
            Self::Sha256 => asn1::SHA256,
            Self::Sha384 => asn1::SHA384,
            Self::Sha512 => asn1::SHA512,
        }
    }

    pub(crate) fn read(algorithm: &AlgorithmIdentifier<'_>) -> Result<Self, Error> {
        let mut all = Self::ALL.into_iter();
        all.find(|digest| digest.oid().is(algorithm.algorithm))
            .ok_or(Error::Algorithm("digest"))
    }

    /// RFC 5754 §2: without parameters.
    pub(crate) fn write(self) -> Vec<u8> {
        identifier(&self.oid(), &[])
    }

    /// The signatureAlgorithm of certificates and PKCS#10.
    pub(crate) fn signature_algorithm(self) -> Vec<u8> {
        with_null(match self {
            Self::Md5 => &asn1::MD5_WITH_RSA,
            Self::Sha1 => &asn1::SHA1_WITH_RSA,
            Self::Sha256 => &asn1::SHA256_WITH_RSA,
            Self::Sha384 => &asn1::SHA384_WITH_RSA,
            Self::Sha512 => &asn1::SHA512_WITH_RSA,
        })
    }
}

impl Cipher {
    /// All of them, the weakest first.
    pub const ALL: [Self; 5] = [Self::Des, Self::Des3, Self::Aes128, Self::Aes192, Self::Aes256];

    fn oid(self) -> Oid {
        match self {
            Self::Des => asn1::DES_CBC,
            Self::Des3 => asn1::DES_EDE3_CBC,
            Self::Aes128 => asn1::AES128_CBC,
            Self::Aes192 => asn1::AES192_CBC,
            Self::Aes256 => asn1::AES256_CBC,
        }
    }

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

    /// The cipher of this identifier.
    pub(crate) fn of(algorithm: &[u8]) -> Option<Self> {
        let mut all = Self::ALL.into_iter();
        all.find(|cipher| cipher.oid().is(algorithm))
    }

    /// The cipher and its initialisation vector.
    pub(crate) fn read<'a>(algorithm: &AlgorithmIdentifier<'a>) -> Result<(Self, &'a [u8]), Error> {
        let cipher = Self::of(algorithm.algorithm).ok_or(Error::Algorithm("content encryption"))?;
        match algorithm.parameters {
            Some(Value {
                tag: asn1::OCTET_STRING,
                content,
                ..
            }) if content.len() == cipher.block_length() => Ok((cipher, content)),
            _ => Err(Error::Invalid("initialisation vector")),
        }
    }

    pub(crate) fn write(self, vector: &[u8]) -> Vec<u8> {
        identifier(&self.oid(), &asn1::tlv(asn1::OCTET_STRING, vector))
    }
}

impl KeyTransport {
    /// All three.
    pub const ALL: [Self; 3] = [Self::Pkcs1, Self::OaepSha1, Self::OaepSha256];

    pub(crate) fn read(algorithm: &AlgorithmIdentifier<'_>) -> Result<Self, Error> {
        const UNKNOWN: Error = Error::Algorithm("key encryption");
        if asn1::RSA_ENCRYPTION.is(algorithm.algorithm) {
            return Ok(Self::Pkcs1);
        }
        if !asn1::RSAES_OAEP.is(algorithm.algorithm) {
            return Err(UNKNOWN);
        }
        let (hash, mask) = oaep_digests(algorithm.parameters)?;
        match (hash, mask) {
            (Digest::Sha1, Digest::Sha1) => Ok(Self::OaepSha1),
            (Digest::Sha256, Digest::Sha256) => Ok(Self::OaepSha256),
            _ => Err(UNKNOWN),
        }
    }

    pub(crate) fn write(self) -> Vec<u8> {
        match self {
            Self::Pkcs1 => with_null(&asn1::RSA_ENCRYPTION),
            // RFC 4055 §4.1: defaults are left out.
            Self::OaepSha1 => identifier(&asn1::RSAES_OAEP, &[asn1::SEQUENCE, 0]),
            Self::OaepSha256 => {
                let hash = with_null(&asn1::SHA256);
                let mask = identifier(&asn1::MGF1, &hash);
                let hash = asn1::tlv(asn1::CONSTRUCTED_0, &hash);
                let mask = asn1::tlv(asn1::CONSTRUCTED_1, &mask);
                identifier(&asn1::RSAES_OAEP, &asn1::sequence(&[&hash, &mask]))
            }
        }
    }
}

/// RSAES-OAEP-params (RFC 8017 §A.2.1): what is absent has its default (SHA-1, MGF1 over SHA-1, an empty label).
fn oaep_digests(parameters: Option<Value<'_>>) -> Result<(Digest, Digest), Error> {
    const WHAT: &str = "RSAES-OAEP parameters";
    let Some(parameters) = parameters else {
        return Ok((Digest::Sha1, Digest::Sha1));
    };
    let mut parts = parameters.within(asn1::SEQUENCE, WHAT)?;
    let hash = parts.optional(asn1::CONSTRUCTED_0)?;
    let hash = hash.map(|value| Digest::read(&AlgorithmIdentifier::within(value, WHAT)?));
    let mask = parts.optional(asn1::CONSTRUCTED_1)?;
    let mask = mask.map(|value| mask_digest(&AlgorithmIdentifier::within(value, WHAT)?));
    if let Some(label) = parts.optional(asn1::CONSTRUCTED_2)? {
        let label = AlgorithmIdentifier::within(label, WHAT)?.parameters;
        if label.is_some_and(|label| !label.content.is_empty()) {
            return Err(Error::Algorithm("key encryption"));
        }
    }
    parts.end()?;
    Ok((
        hash.unwrap_or(Ok(Digest::Sha1))?,
        mask.unwrap_or(Ok(Digest::Sha1))?,
    ))
}

/// The digest under MGF1 (RFC 8017 §A.2.1).
fn mask_digest(mask: &AlgorithmIdentifier<'_>) -> Result<Digest, Error> {
    match mask.parameters {
        Some(parameters) if asn1::MGF1.is(mask.algorithm) => {
            let mut digest = Reader::new(parameters.whole, "MGF1 parameters");
            Digest::read(&AlgorithmIdentifier::read(&mut digest)?)
        }
        _ => Err(Error::Algorithm("mask generation")),
    }
}

/// A signature algorithm that is verified here: of messages, or of the certificates of a CA.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SignatureAlgorithm {
    Rsa(Digest),
    /// RSASSA-PSS.
    Pss(Digest),
    EcdsaP256(Digest),
    EcdsaP384(Digest),
}

/// The algorithm of a SignerInfo: rsaEncryption, or one that names the digest too and must agree with it.
pub(crate) fn signer_algorithm(
    digest: Digest,
    algorithm: &AlgorithmIdentifier<'_>,
) -> Result<SignatureAlgorithm, Error> {
    use SignatureAlgorithm::{Pss, Rsa};
    if asn1::RSA_ENCRYPTION.is(algorithm.algorithm) {
        return Ok(Rsa(digest));
    }
    certificate_algorithm(algorithm, None)
        .filter(|named| [Rsa(digest), Pss(digest)].contains(named))
        .ok_or(Error::Algorithm("signature"))
}

/// The algorithm of a certificate's signature by a key on this curve (or RSA without one), if it is known here.
pub(crate) fn certificate_algorithm(
    algorithm: &AlgorithmIdentifier<'_>,
    curve: Option<&[u8]>,
) -> Option<SignatureAlgorithm> {
    use SignatureAlgorithm::{EcdsaP256, EcdsaP384, Rsa};
    let is = |oid: Oid| oid.is(algorithm.algorithm);
    let ecdsa = |digest| match curve {
        Some(curve) if asn1::P256.is(curve) => Some(EcdsaP256(digest)),
        Some(curve) if asn1::P384.is(curve) => Some(EcdsaP384(digest)),
        _ => None,
    };
    match () {
        () if is(asn1::MD5_WITH_RSA) => Some(Rsa(Digest::Md5)),
        () if is(asn1::SHA1_WITH_RSA) || is(asn1::OIW_SHA1_WITH_RSA) => Some(Rsa(Digest::Sha1)),
        () if is(asn1::SHA256_WITH_RSA) => Some(Rsa(Digest::Sha256)),
        () if is(asn1::SHA384_WITH_RSA) => Some(Rsa(Digest::Sha384)),
        () if is(asn1::SHA512_WITH_RSA) => Some(Rsa(Digest::Sha512)),
        () if is(asn1::ECDSA_WITH_SHA256) => ecdsa(Digest::Sha256),
        () if is(asn1::ECDSA_WITH_SHA384) => ecdsa(Digest::Sha384),
        () if is(asn1::RSASSA_PSS) => pss_digest(algorithm.parameters?).map(SignatureAlgorithm::Pss),
        () => None,
    }
}

/// RSASSA-PSS, by the digest in its parameters (RFC 8017 §A.2.3); salt and mask are then checked by the library.
fn pss_digest(parameters: Value<'_>) -> Option<Digest> {
    const WHAT: &str = "RSASSA-PSS parameters";
    let mut parts = parameters.within(asn1::SEQUENCE, WHAT).ok()?;
    let hash = parts.optional(asn1::CONSTRUCTED_0).ok()??;
    let digest = Digest::read(&AlgorithmIdentifier::within(hash, WHAT).ok()?).ok()?;
    matches!(digest, Digest::Sha256 | Digest::Sha384 | Digest::Sha512).then_some(digest)
}
