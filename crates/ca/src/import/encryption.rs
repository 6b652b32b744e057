//! What keys and certificates are encrypted with in PKCS#8 and PKCS#12 files.

use std::num::NonZeroU32;

use aws_lc_rs::cipher::{self, DecryptionContext, PaddedBlockDecryptingKey, UnboundCipherKey};
use aws_lc_rs::iv::FixedLength;
use aws_lc_rs::{digest, pbkdf2};
use rc2::Rc2;
use rc2::cipher::{BlockCipherDecrypt as _, KeyInit as _};
use zeroize::Zeroizing;

use super::ImportError;
use super::kdf::{self, Purpose};
use crate::der::{self, Element, Reader};

/// The most rounds of key derivation: OpenSSL and Windows use 2,000 to 10,000, careful people a
/// million.
pub(super) const MOST_ROUNDS: u32 = 5_000_000;

/// A passphrase in both forms that the schemes take it in.
pub(super) struct Passphrase {
    utf8: Zeroizing<Vec<u8>>,
    /// RFC 7292 appendix B.1: big-endian UTF-16 with a NUL at its end.
    pub(super) utf16: Zeroizing<Vec<u8>>,
}

impl Passphrase {
    pub(super) fn new(text: &str) -> Self {
        let mut utf16 = Zeroizing::new(Vec::with_capacity(2 * text.len() + 2));
        for unit in text.encode_utf16().chain([0]) {
            utf16.extend_from_slice(&unit.to_be_bytes());
        }
        Self {
            utf8: Zeroizing::new(text.as_bytes().to_vec()),
            utf16,
        }
    }

    /// No octets at all, not even the NUL: how some programs write an empty passphrase.
    pub(super) fn absent() -> Self {
        Self {
            utf8: Zeroizing::default(),
            utf16: Zeroizing::default(),
        }
    }
}

/// Decrypts under an `AlgorithmIdentifier` of PBES2 or of PKCS#12's own schemes. Whatever comes
/// out with bad padding or as anything but one SEQUENCE counts as a wrong passphrase.
pub(super) fn decrypt(
    algorithm: Element<'_>,
    data: &[u8],
    passphrase: &Passphrase,
) -> Result<Zeroizing<Vec<u8>>, ImportError> {
    let mut fields = algorithm.reader();
    let oid = fields.optional(der::OBJECT_IDENTIFIER).ok_or(DAMAGED)?;
    let parameters = fields.optional(der::SEQUENCE).ok_or(DAMAGED)?;
    let plain = match oid.value {
        // 1.2.840.113549.1.5.13 (RFC 8018 §6.2).
        [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 5, 13] => pbes2(parameters, data, passphrase),
        // 1.2.840.113549.1.12.1.x (RFC 7292 appendix C).
        [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 12, 1, scheme] => {
            pkcs12(*scheme, parameters, data, passphrase)
        }
        _ => Err(ImportError::UnsupportedEncryption(
            "only PBES2, 3DES and RC2 are read",
        )),
    }?;
    // One wrong passphrase in 256 happens to give right padding.
    let mut reader = Reader::new(&plain);
    let is_sequence = reader.optional(der::SEQUENCE).is_some() && reader.is_empty();
    is_sequence.then_some(plain).ok_or(ImportError::WrongPassphrase)
}

pub(super) const DAMAGED: ImportError =
    ImportError::Malformed("the description of its encryption is damaged");

/// The number of rounds, within bounds.
pub(super) fn rounds(element: Element<'_>) -> Result<NonZeroU32, ImportError> {
    element
        .value
        .iter()
        .try_fold(0_u32, |sum, octet| {
            sum.checked_mul(256)?.checked_add(u32::from(*octet))
        })
        .filter(|rounds| *rounds <= MOST_ROUNDS)
        .and_then(NonZeroU32::new)
        .ok_or(ImportError::UnsupportedEncryption(
            "the number of key derivation rounds is out of bounds",
        ))
}

/// `SEQUENCE { keyDerivationFunc, encryptionScheme }`.
fn pbes2(
    parameters: Element<'_>,
    data: &[u8],
    passphrase: &Passphrase,
) -> Result<Zeroizing<Vec<u8>>, ImportError> {
    let mut fields = parameters.reader();
    let mut derivation = fields.optional(der::SEQUENCE).ok_or(DAMAGED)?.reader();
    let mut scheme = fields.optional(der::SEQUENCE).ok_or(DAMAGED)?.reader();
    let cipher = cipher_of(scheme.optional(der::OBJECT_IDENTIFIER).ok_or(DAMAGED)?.value)?;
    let vector = scheme.optional(der::OCTET_STRING).ok_or(DAMAGED)?.value;

    let oid = derivation.optional(der::OBJECT_IDENTIFIER).ok_or(DAMAGED)?;
    if oid.value != [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 5, 12] {
        return Err(ImportError::UnsupportedEncryption(
            "PBKDF2 is the only key derivation that is read",
        ));
    }
    let mut derivation = derivation.optional(der::SEQUENCE).ok_or(DAMAGED)?.reader();
    let salt = derivation.optional(der::OCTET_STRING).ok_or(DAMAGED)?.value;
    let count = rounds(derivation.optional(der::INTEGER).ok_or(DAMAGED)?)?;
    derivation.optional(der::INTEGER);
    let hash = pseudorandom_function(derivation.optional(der::SEQUENCE))?;

    let mut key = Zeroizing::new(vec![0; cipher.key_length()]);
    pbkdf2::derive(hash, count, salt, &passphrase.utf8, &mut key);
    decrypt_blocks(cipher, &key, vector, data)
}

/// RFC 8018 appendix A.2: HMAC with SHA-1 when none is named.
fn pseudorandom_function(algorithm: Option<Element<'_>>) -> Result<pbkdf2::Algorithm, ImportError> {
    let Some(algorithm) = algorithm else {
        return Ok(pbkdf2::PBKDF2_HMAC_SHA1);
    };
    let oid = algorithm
        .reader()
        .optional(der::OBJECT_IDENTIFIER)
        .ok_or(DAMAGED)?;
    match oid.value {
        [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 2, 7] => Ok(pbkdf2::PBKDF2_HMAC_SHA1),
        [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 2, 9] => Ok(pbkdf2::PBKDF2_HMAC_SHA256),
        [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 2, 10] => Ok(pbkdf2::PBKDF2_HMAC_SHA384),
        [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 2, 11] => Ok(pbkdf2::PBKDF2_HMAC_SHA512),
        _ => Err(ImportError::UnsupportedEncryption(
            "the hash of its key derivation is not known",
        )),
    }
}

#[derive(Clone, Copy)]
enum Cipher {
    Aes128,
    Aes192,
    Aes256,
    TripleDes,
    /// With a key of so many octets.
    Rc2(usize),
}

impl Cipher {
    fn key_length(self) -> usize {
        match self {
            Self::Aes128 => 16,
            Self::Aes192 | Self::TripleDes => 24,
            Self::Aes256 => 32,
            Self::Rc2(length) => length,
        }
    }
}

fn cipher_of(oid: &[u8]) -> Result<Cipher, ImportError> {
    match oid {
        [0x60, 0x86, 0x48, 1, 0x65, 3, 4, 1, 2] => Ok(Cipher::Aes128),
        [0x60, 0x86, 0x48, 1, 0x65, 3, 4, 1, 22] => Ok(Cipher::Aes192),
        [0x60, 0x86, 0x48, 1, 0x65, 3, 4, 1, 42] => Ok(Cipher::Aes256),
        [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 3, 7] => Ok(Cipher::TripleDes),
        _ => Err(ImportError::UnsupportedEncryption(
            "AES-CBC and 3DES are the only ciphers of PBES2 that are read",
        )),
    }
}

/// `SEQUENCE { salt, iterations }`, key and vector by PKCS#12's own derivation with SHA-1.
fn pkcs12(
    scheme: u8,
    parameters: Element<'_>,
    data: &[u8],
    passphrase: &Passphrase,
) -> Result<Zeroizing<Vec<u8>>, ImportError> {
    let cipher = match scheme {
        3 => Cipher::TripleDes,
        5 => Cipher::Rc2(16),
        6 => Cipher::Rc2(5),
        _ => {
            return Err(ImportError::UnsupportedEncryption(
                "3DES and RC2 are the only older ciphers that are read",
            ));
        }
    };
    let mut fields = parameters.reader();
    let salt = fields.optional(der::OCTET_STRING).ok_or(DAMAGED)?.value;
    let count = rounds(fields.optional(der::INTEGER).ok_or(DAMAGED)?)?;
    let sha1 = &digest::SHA1_FOR_LEGACY_USE_ONLY;
    let derive = |purpose, length| kdf::derive(sha1, &passphrase.utf16, salt, count, purpose, length);
    let key = derive(Purpose::Key, cipher.key_length());
    let vector = derive(Purpose::Vector, 8);
    decrypt_blocks(cipher, &key, &vector, data)
}

fn decrypt_blocks(
    cipher: Cipher,
    key: &[u8],
    vector: &[u8],
    data: &[u8],
) -> Result<Zeroizing<Vec<u8>>, ImportError> {
    let algorithm = match cipher {
        Cipher::Aes128 => &cipher::AES_128,
        Cipher::Aes192 => &cipher::AES_192,
        Cipher::Aes256 => &cipher::AES_256,
        Cipher::TripleDes => triple_des(),
        Cipher::Rc2(_) => return decrypt_rc2(key, vector, data),
    };
    let context = match cipher {
        Cipher::TripleDes => DecryptionContext::Iv64(FixedLength::from(vector_of(vector)?)),
        _ => DecryptionContext::Iv128(FixedLength::from(vector_of(vector)?)),
    };
    let wrong = |_| ImportError::WrongPassphrase;
    let key = UnboundCipherKey::new(algorithm, key).map_err(wrong)?;
    let mut plain = Zeroizing::new(data.to_vec());
    let length = PaddedBlockDecryptingKey::cbc_pkcs7(key)
        .map_err(wrong)?
        .decrypt(&mut plain, context)
        .map_err(wrong)?
        .len();
    plain.truncate(length);
    Ok(plain)
}

#[allow(
    deprecated,
    reason = "files of Windows and of older OpenSSL have nothing else"
)]
fn triple_des() -> &'static cipher::Algorithm {
    &cipher::DES_EDE3_FOR_LEGACY_USE_ONLY
}

fn vector_of<const N: usize>(vector: &[u8]) -> Result<[u8; N], ImportError> {
    vector.try_into().map_err(|_| DAMAGED)
}

/// RC2 in CBC mode with PKCS#7 padding: what certificates lie under in files of older programs,
/// where the keys lie under 3DES.
fn decrypt_rc2(key: &[u8], vector: &[u8], data: &[u8]) -> Result<Zeroizing<Vec<u8>>, ImportError> {
    let wrong = ImportError::WrongPassphrase;
    let cipher = Rc2::new_from_slice(key).map_err(|_| DAMAGED)?;
    let mut before: [u8; 8] = vector_of(vector)?;
    let mut plain = Zeroizing::new(Vec::with_capacity(data.len()));
    let (blocks, rest) = data.as_chunks::<8>();
    if blocks.is_empty() || !rest.is_empty() {
        return Err(wrong);
    }
    for block in blocks {
        let mut octets = (*block).into();
        cipher.decrypt_block(&mut octets);
        plain.extend(octets.iter().zip(before).map(|(octet, mask)| octet ^ mask));
        before = *block;
    }
    let padding = plain.last().copied().unwrap_or(0);
    let kept = plain
        .len()
        .checked_sub(usize::from(padding))
        .ok_or(wrong.clone())?;
    let is_padded = (1..=8).contains(&padding)
        && plain
            .get(kept..)
            .is_some_and(|tail| tail.iter().all(|octet| *octet == padding));
    plain.truncate(kept);
    is_padded.then_some(plain).ok_or(wrong)
}
