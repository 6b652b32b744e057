//! What a `SubjectPublicKeyInfo` says of its key, and signatures made by it.

use aws_lc_rs::signature::{
    self, RSA_PKCS1_1024_8192_SHA1_FOR_LEGACY_USE_ONLY, RSA_PKCS1_1024_8192_SHA256_FOR_LEGACY_USE_ONLY,
    RSA_PKCS1_1024_8192_SHA512_FOR_LEGACY_USE_ONLY, RSA_PKCS1_2048_8192_SHA384, RSA_PSS_2048_8192_SHA256,
    RSA_PSS_2048_8192_SHA384, RSA_PSS_2048_8192_SHA512, UnparsedPublicKey, VerificationAlgorithm,
};

use crate::der::{self, Reader};

const RSASSA_PSS: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 10];

/// The kind and strength of a public key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Strength {
    Rsa { bits: u32, exponent: u64 },
    EllipticCurve { bits: u32 },
    Unknown,
}

impl Strength {
    pub(crate) fn bits(self) -> u32 {
        match self {
            Self::Rsa { bits, .. } | Self::EllipticCurve { bits } => bits,
            Self::Unknown => 0,
        }
    }
}

/// Exponents of 1 and 3 come from broken or hostile generators, even ones are none
/// (NIST SP 800-56B: 65537 or more).
pub(crate) fn is_weak_exponent(exponent: u64) -> bool {
    exponent < 65_537 || exponent.is_multiple_of(2)
}

/// Reads the DER of a `SubjectPublicKeyInfo`.
pub(crate) fn strength(spki: &[u8]) -> Strength {
    rsa_strength(spki)
        .or_else(|| curve_strength(spki))
        .unwrap_or(Strength::Unknown)
}

/// The octets of the key itself (RFC 5280 §4.2.1.2 hashes these, without tag and length).
pub(crate) fn key_octets(spki: &[u8]) -> Option<&[u8]> {
    let (_, key) = parts(spki)?;
    Some(key)
}

/// Whether `signature` over `message` was made by the key of `spki`, for the signature
/// algorithms that requests and certificates come with. SHA-1 counts: it is how Windows
/// signs its request when the policy names no other hash, and it only proves possession here.
pub(crate) fn is_signed_by(spki: &[u8], algorithm: &[u8], message: &[u8], signature: &[u8]) -> bool {
    let verifies = |algorithm| {
        UnparsedPublicKey::new(algorithm, spki)
            .verify(message, signature)
            .is_ok()
    };
    // The parameters of RSASSA-PSS name a digest (RFC 4055 §3.1), and under any other nothing verifies.
    if algorithm == RSASSA_PSS {
        let digests: [&dyn VerificationAlgorithm; 3] = [
            &RSA_PSS_2048_8192_SHA256,
            &RSA_PSS_2048_8192_SHA384,
            &RSA_PSS_2048_8192_SHA512,
        ];
        return digests.into_iter().any(verifies);
    }
    verification_algorithm(spki, algorithm).is_some_and(verifies)
}

fn verification_algorithm(spki: &[u8], algorithm: &[u8]) -> Option<&'static dyn VerificationAlgorithm> {
    let is_p384 = strength(spki) == Strength::EllipticCurve { bits: 384 };
    match algorithm {
        // sha1WithRSAEncryption, and OIW's sha1WithRSA (1.3.14.3.2.29), which Windows uses.
        [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 5] | [0x2b, 0x0e, 3, 2, 29] => {
            Some(&RSA_PKCS1_1024_8192_SHA1_FOR_LEGACY_USE_ONLY)
        }
        [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 11] => {
            Some(&RSA_PKCS1_1024_8192_SHA256_FOR_LEGACY_USE_ONLY)
        }
        [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 12] => Some(&RSA_PKCS1_2048_8192_SHA384),
        [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 13] => {
            Some(&RSA_PKCS1_1024_8192_SHA512_FOR_LEGACY_USE_ONLY)
        }
        [0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 2] if is_p384 => Some(&signature::ECDSA_P384_SHA256_ASN1),
        [0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 2] => Some(&signature::ECDSA_P256_SHA256_ASN1),
        [0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 3] if is_p384 => Some(&signature::ECDSA_P384_SHA384_ASN1),
        [0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 3] => Some(&signature::ECDSA_P256_SHA384_ASN1),
        _ => None,
    }
}

fn rsa_strength(spki: &[u8]) -> Option<Strength> {
    let (algorithm, key) = parts(spki)?;
    let oid = Reader::new(algorithm).optional(der::OBJECT_IDENTIFIER)?;
    if oid.value != [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 1] {
        return None;
    }
    let mut key = Reader::new(key).optional(der::SEQUENCE)?.reader();
    let modulus = key.optional(der::INTEGER)?.value;
    let exponent = key.optional(der::INTEGER)?.value;
    let mut significant = modulus.iter().skip_while(|octet| **octet == 0);
    let top = significant.next()?;
    let octets = u32::try_from(significant.count()).ok()?;
    let exponent = exponent.iter().try_fold(0_u64, |sum, octet| {
        Some(sum.checked_mul(256)? | u64::from(*octet))
    })?;
    Some(Strength::Rsa {
        bits: octets * 8 + (8 - top.leading_zeros()),
        exponent,
    })
}

fn curve_strength(spki: &[u8]) -> Option<Strength> {
    let (algorithm, _) = parts(spki)?;
    let mut algorithm = Reader::new(algorithm);
    let oid = algorithm.optional(der::OBJECT_IDENTIFIER)?;
    let curve = algorithm.optional(der::OBJECT_IDENTIFIER)?;
    match (oid.value, curve.value) {
        ([0x2a, 0x86, 0x48, 0xce, 0x3d, 2, 1], [0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7]) => {
            Some(Strength::EllipticCurve { bits: 256 })
        }
        ([0x2a, 0x86, 0x48, 0xce, 0x3d, 2, 1], [0x2b, 0x81, 4, 0, 34]) => {
            Some(Strength::EllipticCurve { bits: 384 })
        }
        _ => None,
    }
}

/// The algorithm's content and the key's octets.
fn parts(spki: &[u8]) -> Option<(&[u8], &[u8])> {
    let mut outer = Reader::new(spki);
    let mut inner = outer.optional(der::SEQUENCE)?.reader();
    let algorithm = inner.optional(der::SEQUENCE)?.value;
    let key = inner.optional(der::BIT_STRING)?.bits()?;
    (outer.is_empty() && inner.is_empty()).then_some((algorithm, key))
}
