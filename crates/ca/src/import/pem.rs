//! The blocks of a PEM file.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use super::encryption::{self, Passphrase};
use super::{Contents, FoundKey, ImportError};
use crate::der::{self, Reader};

/// Reads all blocks. Text between them and blocks of other kinds are passed over (RFC 7468 §2).
pub(super) fn read(text: &[u8], passphrase: Option<&str>) -> Result<Contents, ImportError> {
    let text = std::str::from_utf8(text).map_err(|_| ImportError::Malformed("it is no PEM text"))?;
    let mut contents = Contents::default();
    let mut lines = text.lines().map(str::trim);
    let mut is_pem = false;
    while let Some(line) = lines.next() {
        let Some(label) = boundary(line, "-----BEGIN ") else {
            continue;
        };
        is_pem = true;
        let block = body(&mut lines, label)?;
        take(&mut contents, label, block, passphrase)?;
    }
    if is_pem {
        Ok(contents)
    } else {
        Err(ImportError::Malformed("it is no PEM text"))
    }
}

fn boundary<'a>(line: &'a str, begin: &str) -> Option<&'a str> {
    line.strip_prefix(begin)?.strip_suffix("-----")
}

/// The octets up to the block's end.
fn body<'a>(
    lines: &mut impl Iterator<Item = &'a str>,
    label: &str,
) -> Result<Zeroizing<Vec<u8>>, ImportError> {
    let mut encoded: Vec<&str> = Vec::new();
    loop {
        let line = lines.next().ok_or(ImportError::Malformed("a block has no end"))?;
        if boundary(line, "-----END ").is_some_and(|end| end == label) {
            break;
        }
        // RFC 1421 §4.6.1.1: how OpenSSL encrypted keys before PKCS#8, with MD5.
        if line.starts_with("Proc-Type:") {
            return Err(ImportError::UnsupportedEncryption(
                "the key is in OpenSSL's old format; convert it with `openssl pkcs8 -topk8`",
            ));
        }
        encoded.push(line);
    }
    let encoded = joined(&encoded);
    STANDARD
        .decode(encoded.as_slice())
        .map(Zeroizing::new)
        .map_err(|_| ImportError::Malformed("a block is no base64"))
}

/// Room for all of it at once: a growing buffer would leave copies of a key behind.
fn joined(lines: &[&str]) -> Zeroizing<Vec<u8>> {
    let length = lines.iter().map(|line| line.len()).sum();
    let mut all = Zeroizing::new(Vec::with_capacity(length));
    for line in lines {
        all.extend_from_slice(line.as_bytes());
    }
    all
}

fn take(
    contents: &mut Contents,
    label: &str,
    block: Zeroizing<Vec<u8>>,
    passphrase: Option<&str>,
) -> Result<(), ImportError> {
    match label {
        "CERTIFICATE" | "X509 CERTIFICATE" => contents.certificates.push(block.to_vec()),
        "PRIVATE KEY" => contents.keys.push(FoundKey::Pkcs8(block)),
        "RSA PRIVATE KEY" => contents.keys.push(FoundKey::Pkcs1(block)),
        "ENCRYPTED PRIVATE KEY" => {
            let passphrase = passphrase.ok_or(ImportError::PassphraseNeeded)?;
            contents
                .keys
                .push(FoundKey::Pkcs8(decrypted(&block, &Passphrase::new(passphrase))?));
        }
        other if other.ends_with("PRIVATE KEY") => contents.keys.push(FoundKey::OtherKind),
        _ => {}
    }
    Ok(())
}

/// The `PrivateKeyInfo` of an `EncryptedPrivateKeyInfo` (RFC 5958 §3).
pub(super) fn decrypted(block: &[u8], passphrase: &Passphrase) -> Result<Zeroizing<Vec<u8>>, ImportError> {
    let damaged = || ImportError::Malformed("the encrypted private key is damaged");
    let mut fields = Reader::new(block)
        .optional(der::SEQUENCE)
        .ok_or_else(damaged)?
        .reader();
    let algorithm = fields.optional(der::SEQUENCE).ok_or_else(damaged)?;
    let data = fields.optional(der::OCTET_STRING).ok_or_else(damaged)?;
    encryption::decrypt(algorithm, data.value, passphrase)
}
