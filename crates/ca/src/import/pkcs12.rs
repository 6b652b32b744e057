//! PKCS#12 files (RFC 7292).

use aws_lc_rs::{digest, hmac};

use super::encryption::{self, Passphrase};
use super::kdf::{self, Purpose};
use super::{Contents, FoundKey, ImportError, pem};
use crate::der::{self, Element, Reader};

const DAMAGED: ImportError = ImportError::Malformed("it is no PKCS#12 file, or it is damaged");

/// 1.2.840.113549.1.7.1 and 1.2.840.113549.1.7.6.
const DATA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 7, 1];
const ENCRYPTED_DATA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 7, 6];
/// 1.2.840.113549.1.12.10.1, under which the kinds of bags stand.
const BAGS: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 12, 10, 1];
/// 1.2.840.113549.1.9.22.1.
const X509_CERTIFICATE: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 22, 1];

/// How deep bags may lie in bags.
const DEEPEST: u8 = 4;

/// Checks the integrity of the file, then opens each part of it.
pub(super) fn read(file: &[u8], passphrase: &str) -> Result<Contents, ImportError> {
    let mut fields = Reader::new(file).optional(der::SEQUENCE).ok_or(DAMAGED)?.reader();
    fields.optional(der::INTEGER).ok_or(DAMAGED)?;
    let (kind, content) = content_info(fields.optional(der::SEQUENCE).ok_or(DAMAGED)?)?;
    if kind != DATA {
        return Err(ImportError::UnsupportedEncryption(
            "a PKCS#12 file under a public key",
        ));
    }
    let content = octets(content)?;
    let passphrase = match fields.optional(der::SEQUENCE) {
        Some(integrity) => fitting(integrity, &content, passphrase)?,
        None => Passphrase::new(passphrase),
    };
    let mut contents = Contents::default();
    let parts = Reader::new(&content).optional(der::SEQUENCE).ok_or(DAMAGED)?;
    for part in parts.reader() {
        take_part(&mut contents, part, &passphrase)?;
    }
    Ok(contents)
}

/// The form of the passphrase under which the file is whole. An empty one is written in two ways.
fn fitting(integrity: Element<'_>, content: &[u8], passphrase: &str) -> Result<Passphrase, ImportError> {
    let given = Passphrase::new(passphrase);
    if is_whole(integrity, content, &given)? {
        return Ok(given);
    }
    let absent = Passphrase::absent();
    if passphrase.is_empty() && is_whole(integrity, content, &absent)? {
        return Ok(absent);
    }
    Err(ImportError::WrongPassphrase)
}

/// `MacData`: `{ { algorithm, digest }, salt, iterations DEFAULT 1 }`.
fn is_whole(integrity: Element<'_>, content: &[u8], passphrase: &Passphrase) -> Result<bool, ImportError> {
    let mut fields = integrity.reader();
    let mut info = fields.optional(der::SEQUENCE).ok_or(DAMAGED)?.reader();
    let algorithm = info.optional(der::SEQUENCE).ok_or(DAMAGED)?;
    let expected = info.optional(der::OCTET_STRING).ok_or(DAMAGED)?.value;
    let salt = fields.optional(der::OCTET_STRING).ok_or(DAMAGED)?.value;
    let rounds = match fields.optional(der::INTEGER) {
        Some(rounds) => encryption::rounds(rounds)?,
        None => std::num::NonZeroU32::MIN,
    };
    let oid = algorithm
        .reader()
        .optional(der::OBJECT_IDENTIFIER)
        .ok_or(DAMAGED)?;
    let (hash, keyed) = hash_of(oid.value)?;
    let length = hash.output_len();
    let key = kdf::derive(hash, &passphrase.utf16, salt, rounds, Purpose::Integrity, length);
    Ok(hmac::verify(&hmac::Key::new(keyed, &key), content, expected).is_ok())
}

fn hash_of(oid: &[u8]) -> Result<(&'static digest::Algorithm, hmac::Algorithm), ImportError> {
    match oid {
        [0x2b, 0x0e, 3, 2, 26] => Ok((
            &digest::SHA1_FOR_LEGACY_USE_ONLY,
            hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY,
        )),
        [0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 1] => Ok((&digest::SHA256, hmac::HMAC_SHA256)),
        [0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 2] => Ok((&digest::SHA384, hmac::HMAC_SHA384)),
        [0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 3] => Ok((&digest::SHA512, hmac::HMAC_SHA512)),
        _ => Err(ImportError::UnsupportedEncryption(
            "SHA-1, SHA-256, SHA-384 and SHA-512 are the only hashes of its integrity that are read",
        )),
    }
}

/// One `ContentInfo` of the `AuthenticatedSafe`: bags in the clear, or encrypted.
fn take_part(contents: &mut Contents, part: Element<'_>, passphrase: &Passphrase) -> Result<(), ImportError> {
    let (kind, content) = content_info(part)?;
    match kind {
        DATA => take_bags(contents, &octets(content)?, passphrase, 0),
        ENCRYPTED_DATA => {
            let mut fields = content.reader();
            fields.optional(der::INTEGER).ok_or(DAMAGED)?;
            let mut info = fields.optional(der::SEQUENCE).ok_or(DAMAGED)?.reader();
            info.optional(der::OBJECT_IDENTIFIER).ok_or(DAMAGED)?;
            let algorithm = info.optional(der::SEQUENCE).ok_or(DAMAGED)?;
            let data = octets(info.element().ok_or(DAMAGED)?)?;
            let bags = encryption::decrypt(algorithm, &data, passphrase)?;
            take_bags(contents, &bags, passphrase, 0)
        }
        _ => Err(ImportError::UnsupportedEncryption(
            "a part of the file lies under a public key",
        )),
    }
}

fn take_bags(
    contents: &mut Contents,
    bags: &[u8],
    passphrase: &Passphrase,
    depth: u8,
) -> Result<(), ImportError> {
    let bags = Reader::new(bags).optional(der::SEQUENCE).ok_or(DAMAGED)?;
    for bag in bags.reader() {
        let mut fields = bag.reader();
        let kind = fields.optional(der::OBJECT_IDENTIFIER).ok_or(DAMAGED)?;
        let value = fields.optional(0xa0).ok_or(DAMAGED)?;
        match kind.value.strip_prefix(BAGS) {
            Some([1]) => contents.keys.push(FoundKey::Pkcs8(value.value.to_vec().into())),
            Some([2]) => {
                let key = pem::decrypted(value.value, passphrase)?;
                contents.keys.push(FoundKey::Pkcs8(key));
            }
            Some([3]) => contents.certificates.extend(certificate(value)?),
            Some([6]) if depth < DEEPEST => take_bags(contents, value.value, passphrase, depth + 1)?,
            Some([6]) => return Err(DAMAGED),
            // Revocation lists and other people's secrets are nothing to an authority.
            _ => {}
        }
    }
    Ok(())
}

/// `CertBag`: `{ kind, [0] OCTET STRING }`.
fn certificate(bag: Element<'_>) -> Result<Option<Vec<u8>>, ImportError> {
    let mut fields = bag.reader().optional(der::SEQUENCE).ok_or(DAMAGED)?.reader();
    let kind = fields.optional(der::OBJECT_IDENTIFIER).ok_or(DAMAGED)?;
    let content = fields.optional(0xa0).ok_or(DAMAGED)?;
    if kind.value != X509_CERTIFICATE {
        return Ok(None);
    }
    let octets = content.reader().optional(der::OCTET_STRING).ok_or(DAMAGED)?;
    Ok(Some(octets.value.to_vec()))
}

/// The kind and the content of a `ContentInfo`.
fn content_info(info: Element<'_>) -> Result<(&[u8], Element<'_>), ImportError> {
    let mut fields = info.reader();
    let kind = fields.optional(der::OBJECT_IDENTIFIER).ok_or(DAMAGED)?;
    let content = fields.optional(0xa0).ok_or(DAMAGED)?;
    let content = content.reader().element().ok_or(DAMAGED)?;
    Ok((kind.value, content))
}

/// The octets of an OCTET STRING, whole or in pieces, under its own tag or `[0]` IMPLICIT.
fn octets(string: Element<'_>) -> Result<Vec<u8>, ImportError> {
    match string.tag {
        der::OCTET_STRING | 0x80 => Ok(string.value.to_vec()),
        0x24 | 0xa0 => {
            let mut all = Vec::new();
            for piece in string.reader() {
                if piece.tag != der::OCTET_STRING {
                    return Err(DAMAGED);
                }
                all.extend_from_slice(piece.value);
            }
            Ok(all)
        }
        _ => Err(DAMAGED),
    }
}
