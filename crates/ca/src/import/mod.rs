//! An authority that exists already: its key and certificate out of a PEM or PKCS#12 file.

mod chain;
mod encryption;
mod error;
mod kdf;
mod pem;
mod pkcs12;
mod private_key;

use zeroize::Zeroizing;

pub use error::ImportError;

use crate::key::IssuingKey;

/// The largest file that is read, in octets: a key and a long chain have 20 KiB.
const LARGEST: usize = 1024 * 1024;

/// An authority's key and certificate, found to belong together and to be fit for issuing.
#[derive(Debug)]
pub struct Imported {
    /// Its private key.
    pub key: IssuingKey,
    /// The DER of its certificate.
    pub certificate: Vec<u8>,
    /// The DER of each certificate above it, its issuer first and the root last, as far as the
    /// file holds them. Certificates of the file that stand elsewhere are left out.
    pub chain: Vec<Vec<u8>>,
}

/// What a file held, before anything of it is judged.
#[derive(Default)]
struct Contents {
    keys: Vec<FoundKey>,
    certificates: Vec<Vec<u8>>,
}

/// The DER of a private key, wiped when dropped.
enum FoundKey {
    Pkcs8(Zeroizing<Vec<u8>>),
    Pkcs1(Zeroizing<Vec<u8>>),
    /// A key of another kind than RSA, known by its label.
    OtherKind,
}

/// Reads an authority from PEM (RFC 7468): certificates and one private key, in any order, as
/// PKCS#8, PKCS#8 encrypted by PBES2 or PKCS#12's older schemes, or PKCS#1. The passphrase
/// counts only where the key is encrypted. `now` is in seconds since 1970 (UTC).
///
/// # Errors
/// An [`ImportError`] that says in words what is missing or wrong.
pub fn import_pem(text: &[u8], passphrase: Option<&str>, now: i64) -> Result<Imported, ImportError> {
    bounded(text)?;
    chain::assemble(pem::read(text, passphrase)?, now)
}

/// Reads an authority from PKCS#12 (RFC 7292), as Windows and OpenSSL write it: keys and
/// certificates under PBES2 or 3DES and RC2 with SHA-1, its integrity under HMAC with SHA-1,
/// SHA-256, SHA-384 or SHA-512. `now` is in seconds since 1970 (UTC).
///
/// # Errors
/// An [`ImportError`] that says in words what is missing or wrong.
pub fn import_pkcs12(der: &[u8], passphrase: &str, now: i64) -> Result<Imported, ImportError> {
    bounded(der)?;
    chain::assemble(pkcs12::read(der, passphrase)?, now)
}

fn bounded(file: &[u8]) -> Result<(), ImportError> {
    if file.len() > LARGEST {
        return Err(ImportError::TooLarge { limit: LARGEST });
    }
    Ok(())
}
