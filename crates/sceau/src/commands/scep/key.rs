//! Private keys: read from a file, or made and written to one that wasn't there.

use std::path::{Path, PathBuf};

use clap::Args;
use rustls_pki_types::{PrivateKeyDer, pem::PemObject as _};
use scep::RsaKey;
use zeroize::Zeroizing;

use super::{Failure, der, files};

/// A key that is there, or one to be made.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub(super) struct KeySource {
    /// The private key (PEM: PKCS#8 or PKCS#1, not encrypted)
    #[arg(long, value_name = "FILE")]
    key: Option<PathBuf>,
    /// Make a private key, and write it to this file, for its owner alone
    #[arg(long, value_name = "FILE")]
    new_key: Option<PathBuf>,
}

/// A key and its file.
pub(super) struct Key {
    pub(super) key: RsaKey,
    pub(super) path: PathBuf,
    is_new: bool,
}

impl KeySource {
    /// Says no before anything is asked of the server where it is sure to be said later.
    pub(super) fn check(&self) -> Result<(), Failure> {
        match &self.new_key {
            Some(path) if path.exists() => Err(files::exists(path)),
            _ => Ok(()),
        }
    }

    /// Reads the key, or makes it.
    pub(super) fn open(&self, bits: usize) -> Result<Key, Failure> {
        match (&self.key, &self.new_key) {
            (Some(path), _) => read(path).map(|key| Key {
                key,
                path: path.clone(),
                is_new: false,
            }),
            (None, Some(path)) => make(path, bits),
            (None, None) => Err(Failure::usage("--key or --new-key is needed")),
        }
    }
}

impl Key {
    /// Whether this command made it.
    pub(super) fn is_made_here(&self) -> bool {
        self.is_new
    }

    /// Takes a key back that nothing was issued for.
    pub(super) fn discard(&self) -> bool {
        self.is_new && std::fs::remove_file(&self.path).is_ok()
    }
}

/// Makes a key and writes it.
pub(super) fn make(path: &Path, bits: usize) -> Result<Key, Failure> {
    let unusable = |error: scep::Error| Failure::usage(error.to_string());
    let key = RsaKey::generate(bits).map_err(unusable)?;
    let pem = ca::pem::private_key(&key.to_pkcs8().map_err(unusable)?);
    files::write_new_key(path, &pem)?;
    Ok(Key {
        key,
        path: path.to_owned(),
        is_new: true,
    })
}

/// Reads a key.
pub(super) fn read(path: &Path) -> Result<RsaKey, Failure> {
    let shown = path.display();
    let octets =
        std::fs::read(path).map_err(|error| Failure::local(format!("{shown} can't be read: {error}")))?;
    let octets = Zeroizing::new(octets);
    let is_encrypted = octets.windows(9).any(|part| part == b"ENCRYPTED");
    let pem = PrivateKeyDer::from_pem_slice(&octets);
    let pkcs8 = match &pem {
        Ok(PrivateKeyDer::Pkcs8(key)) => Zeroizing::new(key.secret_pkcs8_der().to_vec()),
        Ok(PrivateKeyDer::Pkcs1(key)) => wrap(key.secret_pkcs1_der()),
        Ok(_) => {
            return Err(Failure::local(format!(
                "{shown} holds no RSA key, and SCEP needs one"
            )));
        }
        Err(_) if is_encrypted => {
            return Err(
                Failure::local(format!("the key in {shown} is encrypted")).and(&format!(
                    "Take the encryption off: openssl pkey -in {shown} -out plain.key"
                )),
            );
        }
        Err(_) => return Err(Failure::local(format!("{shown} holds no private key in PEM"))),
    };
    RsaKey::from_pkcs8(&pkcs8).map_err(|error| Failure::local(format!("{shown}: {error}")))
}

/// A PKCS#1 RSAPrivateKey as PKCS#8 PrivateKeyInfo (RFC 5208 §5).
fn wrap(pkcs1: &[u8]) -> Zeroizing<Vec<u8>> {
    // The object identifier rsaEncryption, and NULL.
    const RSA: [u8; 13] = [0x06, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 1, 0x05, 0];
    let parts = Zeroizing::new(
        [
            der::element(der::INTEGER, &[0]),
            der::element(der::SEQUENCE, &RSA),
            der::element(der::OCTET_STRING, pkcs1),
        ]
        .concat(),
    );
    Zeroizing::new(der::element(der::SEQUENCE, &parts))
}
