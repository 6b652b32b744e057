//! Ciphers in CBC mode with the padding of RFC 5652 §6.3.

// The library marks its DES as deprecated; SCEP's old clients and NDES have nothing else.
#![allow(deprecated)]

use aws_lc_rs::cipher::{
    AES_128, AES_192, AES_256, Algorithm, DES_EDE3_FOR_LEGACY_USE_ONLY, DES_FOR_LEGACY_USE_ONLY,
    DecryptingKey, DecryptionContext, EncryptingKey, EncryptionContext, UnboundCipherKey,
};
use zeroize::Zeroizing;

use super::fill_random;
use crate::{Cipher, Error};

const REFUSED: Error = Error::Key("the cipher doesn't take it");

fn algorithm(cipher: Cipher) -> &'static Algorithm {
    match cipher {
        Cipher::Des => &DES_FOR_LEGACY_USE_ONLY,
        Cipher::Des3 => &DES_EDE3_FOR_LEGACY_USE_ONLY,
        Cipher::Aes128 => &AES_128,
        Cipher::Aes192 => &AES_192,
        Cipher::Aes256 => &AES_256,
    }
}

/// A fresh random key for this cipher.
pub(crate) fn content_key(cipher: Cipher) -> Result<Zeroizing<Vec<u8>>, Error> {
    let mut key = Zeroizing::new(vec![0; cipher.key_length()]);
    fill_random(&mut key)?;
    if matches!(cipher, Cipher::Des | Cipher::Des3) {
        // FIPS 46-3: each octet of a DES key has odd parity in its lowest bit; some peers check it.
        for octet in key.iter_mut() {
            *octet ^= u8::from(octet.count_ones() % 2 == 0);
        }
    }
    Ok(key)
}

/// Pads and encrypts. The initialisation vector has one block.
pub(crate) fn encrypt(cipher: Cipher, key: &[u8], vector: &[u8], plain: &[u8]) -> Result<Vec<u8>, Error> {
    let block = cipher.block_length();
    let padding = block - plain.len() % block;
    let mut octets = plain.to_vec();
    // A block has at most 16 octets.
    octets.extend(std::iter::repeat_n(padding as u8, padding));
    let key = UnboundCipherKey::new(algorithm(cipher), key).map_err(|_| REFUSED)?;
    let context = match cipher {
        Cipher::Des | Cipher::Des3 => EncryptionContext::Iv64(vector.try_into().map_err(|_| REFUSED)?),
        _ => EncryptionContext::Iv128(vector.try_into().map_err(|_| REFUSED)?),
    };
    let key = EncryptingKey::cbc(key).map_err(|_| REFUSED)?;
    key.less_safe_encrypt(&mut octets, context).map_err(|_| REFUSED)?;
    Ok(octets)
}

/// Decrypts and takes the padding off. With a wrong padding all of the garbage comes back, so that whatever is
/// wrong, the caller does the same work and fails in the same place.
pub(crate) fn decrypt(
    cipher: Cipher,
    key: &[u8],
    vector: &[u8],
    encrypted: &[u8],
) -> Option<Zeroizing<Vec<u8>>> {
    let mut octets = Zeroizing::new(encrypted.to_vec());
    let key = UnboundCipherKey::new(algorithm(cipher), key).ok()?;
    let context = match cipher {
        Cipher::Des | Cipher::Des3 => DecryptionContext::Iv64(vector.try_into().ok()?),
        _ => DecryptionContext::Iv128(vector.try_into().ok()?),
    };
    DecryptingKey::cbc(key).ok()?.decrypt(&mut octets, context).ok()?;
    let padding = octets.last().map_or(0, |last| usize::from(*last));
    let start = octets.len().saturating_sub(padding);
    let is_padded = (1..=cipher.block_length()).contains(&padding)
        && octets
            .iter()
            .skip(start)
            .all(|octet| usize::from(*octet) == padding);
    if is_padded {
        octets.truncate(start);
    }
    Some(octets)
}
