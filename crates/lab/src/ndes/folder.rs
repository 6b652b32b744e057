//! The data folder: keys and certificates that a restart finds again.

use std::fs::{self, File, OpenOptions};
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use ca::{IssuingKey, pem};
use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{CertificateDer, PrivatePkcs8KeyDer};

#[derive(Clone)]
pub(super) struct Folder(PathBuf);

impl Folder {
    /// The folder, made when missing.
    ///
    /// # Errors
    /// It can't be made.
    pub(super) fn open(path: &Path) -> anyhow::Result<Self> {
        fs::create_dir_all(path.join("issued"))
            .with_context(|| format!("the data folder {} can't be made", path.display()))?;
        Ok(Self(path.to_owned()))
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// The certificate and key of this name, if both were written.
    ///
    /// # Errors
    /// They are there and can't be read.
    pub(super) fn read(&self, name: &str) -> anyhow::Result<Option<(Vec<u8>, IssuingKey)>> {
        let path = self.path(&format!("{name}.pem"));
        if !path.exists() {
            return Ok(None);
        }
        let certificate = CertificateDer::from_pem_file(&path)
            .with_context(|| format!("{} can't be read", path.display()))?;
        let path = self.path(&format!("{name}.key"));
        let key = PrivatePkcs8KeyDer::from_pem_file(&path)
            .with_context(|| format!("{} can't be read", path.display()))?;
        let key = IssuingKey::from_pkcs8(key.secret_pkcs8_der())
            .with_context(|| format!("the key in {} can't be used", path.display()))?;
        Ok(Some((certificate.to_vec(), key)))
    }

    /// Writes both, the certificate last: where it stands, its key stands too.
    ///
    /// # Errors
    /// The folder can't be written.
    pub(super) fn write(&self, name: &str, certificate: &[u8], pkcs8: &[u8]) -> anyhow::Result<()> {
        let secret = pem::private_key(pkcs8);
        self.write_file(&format!("{name}.key"), secret.as_bytes())?;
        self.write_file(&format!("{name}.pem"), pem::certificate(certificate).as_bytes())
    }

    /// The whole file or none of it, for the owner alone.
    ///
    /// # Errors
    /// The folder can't be written.
    pub(super) fn write_file(&self, name: &str, content: &[u8]) -> anyhow::Result<()> {
        let (path, unfinished) = (self.path(name), self.path(&format!("{name}.unfinished")));
        self.write_durably(&unfinished, content)
            .and_then(|()| fs::rename(&unfinished, &path))
            .with_context(|| format!("{} can't be written", path.display()))
    }

    fn write_durably(&self, path: &Path, content: &[u8]) -> std::io::Result<()> {
        let mut file: File = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .mode(0o600)
            .open(path)?;
        file.write_all(content)?;
        file.sync_all()
    }
}
