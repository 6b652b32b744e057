//! From the octets of a key to a key that may issue.

use super::{FoundKey, ImportError};
use crate::der::{self, Element, Reader};
use crate::key::IssuingKey;
use crate::ordered::SMALLEST_KEY;

const DAMAGED: ImportError = ImportError::Malformed("the private key is damaged");

/// The one key of a file.
pub(super) fn open(mut keys: Vec<FoundKey>) -> Result<IssuingKey, ImportError> {
    let count = keys.len();
    match (keys.pop(), count) {
        (None, _) => Err(ImportError::NoKey),
        (Some(key), 1) => usable(&key),
        (Some(_), count) => Err(ImportError::SeveralKeys { count }),
    }
}

fn usable(key: &FoundKey) -> Result<IssuingKey, ImportError> {
    let rejected = |_| DAMAGED;
    match key {
        FoundKey::OtherKind => Err(ImportError::NotRsa),
        FoundKey::Pkcs1(der) => {
            large_enough(der)?;
            IssuingKey::from_pkcs1(der).map_err(rejected)
        }
        FoundKey::Pkcs8(der) => {
            large_enough(inner(der)?.value)?;
            IssuingKey::from_pkcs8(der).map_err(rejected)
        }
    }
}

/// The key within a `PrivateKeyInfo` (RFC 5958 §2), which must be one of rsaEncryption.
fn inner(pkcs8: &[u8]) -> Result<Element<'_>, ImportError> {
    let mut fields = Reader::new(pkcs8)
        .optional(der::SEQUENCE)
        .ok_or(DAMAGED)?
        .reader();
    fields.optional(der::INTEGER).ok_or(DAMAGED)?;
    let algorithm = fields.optional(der::SEQUENCE).ok_or(DAMAGED)?;
    let oid = algorithm
        .reader()
        .optional(der::OBJECT_IDENTIFIER)
        .ok_or(DAMAGED)?;
    if oid.value != [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 1] {
        return Err(ImportError::NotRsa);
    }
    fields.optional(der::OCTET_STRING).ok_or(DAMAGED)
}

/// `RSAPrivateKey` (RFC 8017 appendix A.1.2): version, modulus and more.
fn large_enough(pkcs1: &[u8]) -> Result<(), ImportError> {
    let mut fields = Reader::new(pkcs1)
        .optional(der::SEQUENCE)
        .ok_or(DAMAGED)?
        .reader();
    fields.optional(der::INTEGER).ok_or(DAMAGED)?;
    let modulus = fields.optional(der::INTEGER).ok_or(DAMAGED)?.value;
    let mut significant = modulus.iter().skip_while(|octet| **octet == 0);
    let top = significant.next().ok_or(DAMAGED)?;
    let octets = u32::try_from(significant.count()).map_err(|_| DAMAGED)?;
    let bits = octets * 8 + (8 - top.leading_zeros());
    if bits < SMALLEST_KEY {
        return Err(ImportError::KeyTooSmall { bits });
    }
    Ok(())
}
