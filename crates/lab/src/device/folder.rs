//! A device's folder: its state, keys and certificates as files.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{CertificateDer, PrivatePkcs8KeyDer};
use zeroize::Zeroizing;

use super::state::State;
use super::tree::TrustStore;
use crate::files::write_whole;

/// `DIR/<name>`, with `state.json`, `identity.pem`, `keys/`, `my/`, `root/` and `intermediate/`.
#[derive(Debug, Clone)]
pub(crate) struct Folder(PathBuf);

impl Folder {
    pub(crate) fn open(data_dir: &Path, name: &str) -> anyhow::Result<Self> {
        let path = data_dir.join(name);
        for part in ["keys", "my", "root", "intermediate"] {
            fs::create_dir_all(path.join(part))
                .with_context(|| format!("the folder {} can't be made", path.display()))?;
        }
        Ok(Self(path))
    }

    pub(crate) fn state(&self) -> anyhow::Result<Option<State>> {
        let path = self.0.join("state.json");
        if !path.exists() {
            return Ok(None);
        }
        let text = fs::read(&path).with_context(|| format!("{} can't be read", path.display()))?;
        let state = serde_json::from_slice(&text);
        Ok(Some(state.with_context(|| {
            format!("{} isn't a device's state", path.display())
        })?))
    }

    pub(crate) fn keep_state(&self, state: &State) -> anyhow::Result<()> {
        self.write("state.json", &serde_json::to_vec_pretty(state)?)
    }

    pub(crate) fn keep_identity(&self, der: &[u8]) -> anyhow::Result<()> {
        self.write("identity.pem", pem("CERTIFICATE", der).as_bytes())
    }

    pub(crate) fn identity(&self) -> anyhow::Result<CertificateDer<'static>> {
        CertificateDer::from_pem_file(self.0.join("identity.pem")).context("the device has no identity")
    }

    /// Keeps a private key (PKCS#8) under a name.
    pub(crate) fn keep_key(&self, name: &str, pkcs8: &[u8]) -> anyhow::Result<()> {
        self.write(
            &format!("keys/{name}.pem"),
            Zeroizing::new(pem("PRIVATE KEY", pkcs8)).as_bytes(),
        )
    }

    pub(crate) fn key(&self, name: &str) -> anyhow::Result<Zeroizing<Vec<u8>>> {
        let path = self.0.join(format!("keys/{name}.pem"));
        let key = PrivatePkcs8KeyDer::from_pem_file(&path)
            .with_context(|| format!("{} holds no key", path.display()))?;
        Ok(Zeroizing::new(key.secret_pkcs8_der().to_vec()))
    }

    /// Puts a certificate with its key into the device's own store.
    pub(crate) fn install(&self, sha1: &str, der: &[u8], pkcs8: &[u8]) -> anyhow::Result<()> {
        self.keep_key(sha1, pkcs8)?;
        self.write(&format!("my/{sha1}.pem"), pem("CERTIFICATE", der).as_bytes())
    }

    pub(crate) fn uninstall(&self, sha1: &str) {
        self.remove(&format!("my/{sha1}.pem"));
        self.remove(&format!("keys/{sha1}.pem"));
    }

    pub(crate) fn holds(&self, sha1: &str) -> bool {
        self.0.join(format!("my/{sha1}.pem")).exists() && self.0.join(format!("keys/{sha1}.pem")).exists()
    }

    /// The names of the certificates in the device's own store.
    pub(crate) fn installed(&self) -> Vec<String> {
        let entries = fs::read_dir(self.0.join("my")).into_iter().flatten().flatten();
        let name = |path: PathBuf| Some(path.file_stem()?.to_str()?.to_owned());
        entries.filter_map(|entry| name(entry.path())).collect()
    }

    pub(crate) fn trust(&self, store: TrustStore, sha1: &str, der: &[u8]) -> anyhow::Result<()> {
        self.write(
            &format!("{}/{sha1}.pem", name(store)),
            pem("CERTIFICATE", der).as_bytes(),
        )
    }

    pub(crate) fn distrust(&self, store: TrustStore, sha1: &str) {
        self.remove(&format!("{}/{sha1}.pem", name(store)));
    }

    /// The certificates of a store.
    pub(crate) fn trusted(&self, store: TrustStore) -> Vec<CertificateDer<'static>> {
        let entries = fs::read_dir(self.0.join(name(store)))
            .into_iter()
            .flatten()
            .flatten();
        entries
            .filter_map(|entry| CertificateDer::from_pem_file(entry.path()).ok())
            .collect()
    }

    fn write(&self, file: &str, content: &[u8]) -> anyhow::Result<()> {
        write_whole(&self.0.join(file), content)
    }

    fn remove(&self, file: &str) {
        // What isn't there is removed.
        let _ = fs::remove_file(self.0.join(file));
    }
}

fn name(store: TrustStore) -> &'static str {
    match store {
        TrustStore::Root => "root",
        TrustStore::Intermediate => "intermediate",
    }
}

fn pem(label: &str, der: &[u8]) -> String {
    let encoded = STANDARD.encode(der);
    let lines = encoded
        .as_bytes()
        .chunks(64)
        .map(String::from_utf8_lossy)
        .collect::<Vec<_>>();
    format!(
        "-----BEGIN {label}-----\n{}\n-----END {label}-----\n",
        lines.join("\n")
    )
}
