use aws_lc_rs::digest as hashes;
use aws_lc_rs::rand;
use aws_lc_rs::signature::{self, UnparsedPublicKey, VerificationAlgorithm};

use super::legacy;
use crate::algorithm::SignatureAlgorithm;
use crate::{Digest, Error};

mod cbc;
mod private_key;
mod transport;

pub(crate) use cbc::{content_key, decrypt, encrypt};
pub(crate) use private_key::PrivateKey;
pub(crate) use transport::transport_key;

/// Whether a signature verifies. `key` is the content of the subjectPublicKey BIT STRING.
pub(crate) fn verify(algorithm: SignatureAlgorithm, key: &[u8], octets: &[u8], signed: &[u8]) -> bool {
    use SignatureAlgorithm::{EcdsaP256, EcdsaP384, Pss, Rsa};
    // Old clients and roots have keys of 1024 bits: for reading, the library's legacy algorithms take them.
    let algorithm: &'static dyn VerificationAlgorithm = match algorithm {
        Rsa(Digest::Md5) => {
            return legacy::Rsa::from_public(key)
                .is_some_and(|key| key.verify(Digest::Md5, &legacy::md5(octets), signed));
        }
        Rsa(Digest::Sha1) => &signature::RSA_PKCS1_1024_8192_SHA1_FOR_LEGACY_USE_ONLY,
        Rsa(Digest::Sha256) => &signature::RSA_PKCS1_1024_8192_SHA256_FOR_LEGACY_USE_ONLY,
        Rsa(Digest::Sha384) => &signature::RSA_PKCS1_2048_8192_SHA384,
        Rsa(Digest::Sha512) => &signature::RSA_PKCS1_1024_8192_SHA512_FOR_LEGACY_USE_ONLY,
        Pss(Digest::Sha256) => &signature::RSA_PSS_2048_8192_SHA256,
        Pss(Digest::Sha384) => &signature::RSA_PSS_2048_8192_SHA384,
        Pss(Digest::Sha512) => &signature::RSA_PSS_2048_8192_SHA512,
        EcdsaP256(Digest::Sha256) => &signature::ECDSA_P256_SHA256_ASN1,
        EcdsaP256(Digest::Sha384) => &signature::ECDSA_P256_SHA384_ASN1,
        EcdsaP384(Digest::Sha256) => &signature::ECDSA_P384_SHA256_ASN1,
        EcdsaP384(Digest::Sha384) => &signature::ECDSA_P384_SHA384_ASN1,
        Pss(_) | EcdsaP256(_) | EcdsaP384(_) => return false,
    };
    UnparsedPublicKey::new(algorithm, key)
        .verify(octets, signed)
        .is_ok()
}

pub(crate) fn digest(digest: Digest, octets: &[u8]) -> Vec<u8> {
    let algorithm = match digest {
        Digest::Md5 => return legacy::md5(octets).to_vec(),
        Digest::Sha1 => &hashes::SHA1_FOR_LEGACY_USE_ONLY,
        Digest::Sha256 => &hashes::SHA256,
        Digest::Sha384 => &hashes::SHA384,
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
