//! What is kept of a pending enrolment, so that another process can go on with it.
//!
//! The file is for its owner alone: the PKCS#10 in it may hold the challenge. The private key isn't in it, only the
//! name of its file.

use std::path::{Path, PathBuf};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use scep::{CaCertificates, Capabilities, Enrolment, Identity, RsaKey, TransactionId};
use serde::{Deserialize, Serialize};

use super::{Failure, algorithms::Chosen, files, key};

/// The layout of the file.
const LAYOUT: u32 = 1;
/// Longer than any such file.
const LONGEST: u64 = 1 << 20;

/// A pending enrolment.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Saved {
    layout: u32,
    /// The SCEP address.
    pub(super) url: String,
    pub(super) transaction_id: String,
    pub(super) algorithms: Chosen,
    /// GetCACert's certificates as they were when the request was sent: base64 of DER.
    ca_certificates: Vec<String>,
    /// The PKCS#10, base64 of DER.
    csr: String,
    /// The certificate that signs the messages, base64 of DER.
    signer_certificate: String,
    /// The file of the key that signs the messages.
    signer_key: PathBuf,
    /// The file of the key that the certificate will certify.
    pub(super) key: PathBuf,
    /// Where the certificate goes.
    pub(super) out: Option<PathBuf>,
    /// Where its chain goes.
    pub(super) chain: Option<PathBuf>,
}

/// The keys and files of an enrolment.
pub(super) struct Places {
    pub(super) signer_key: PathBuf,
    pub(super) key: PathBuf,
    pub(super) out: Option<PathBuf>,
    pub(super) chain: Option<PathBuf>,
}

impl Saved {
    pub(super) fn new(
        url: &str,
        enrolment: &Enrolment,
        algorithms: Chosen,
        ca: &CaCertificates,
        csr: &[u8],
        signer_certificate: &[u8],
        places: Places,
    ) -> Self {
        // Another process may run in another folder.
        let absolute = |path: PathBuf| std::path::absolute(&path).unwrap_or(path);
        Self {
            layout: LAYOUT,
            url: url.to_owned(),
            transaction_id: enrolment.transaction_id().as_str().to_owned(),
            algorithms,
            ca_certificates: ca.all().iter().map(|one| STANDARD.encode(one.der())).collect(),
            csr: STANDARD.encode(csr),
            signer_certificate: STANDARD.encode(signer_certificate),
            signer_key: absolute(places.signer_key),
            key: absolute(places.key),
            out: places.out.map(absolute),
            chain: places.chain.map(absolute),
        }
    }

    pub(super) fn write(&self, path: &Path) -> Result<(), Failure> {
        let text = serde_json::to_vec_pretty(self)
            .map_err(|error| Failure::local(format!("the state can't be written: {error}")))?;
        files::write_private(path, &text)
    }

    pub(super) fn read(path: &Path) -> Result<Self, Failure> {
        let shown = path.display();
        let length = std::fs::metadata(path).map(|file| file.len());
        let text = match length {
            Ok(..=LONGEST) => std::fs::read(path),
            Ok(_) => return Err(Failure::local(format!("{shown} is no state file"))),
            Err(error) => Err(error),
        };
        let text = text.map_err(|error| Failure::local(format!("{shown} can't be read: {error}")))?;
        let saved: Self = serde_json::from_slice(&text)
            .map_err(|error| Failure::local(format!("{shown} is no state file: {error}")))?;
        if saved.layout != LAYOUT {
            return Err(Failure::local(format!(
                "{shown} was written by another version of Sceau"
            )));
        }
        Ok(saved)
    }

    pub(super) fn csr(&self) -> Vec<u8> {
        STANDARD.decode(&self.csr).unwrap_or_default()
    }

    /// The CA's certificates as they were.
    pub(super) fn ca(&self) -> Result<CaCertificates, Failure> {
        let decoded = self.ca_certificates.iter().map(|text| STANDARD.decode(text));
        let decoded = decoded.collect::<Result<Vec<_>, _>>();
        decoded
            .ok()
            .and_then(|all| CaCertificates::from_certificates(all).ok())
            .ok_or_else(|| Failure::local("the CA's certificates in the state file can't be read"))
    }

    /// The enrolment as it was.
    pub(super) fn resume(&self, capabilities: &Capabilities) -> Result<Enrolment, Failure> {
        let unusable = |error: scep::Error| Failure::local(format!("the state file can't be used: {error}"));
        let certificate = STANDARD
            .decode(&self.signer_certificate)
            .map_err(|_| Failure::local("the certificate in the state file can't be read"))?;
        let key: RsaKey = key::read(&self.signer_key)?;
        let enrolment = Enrolment::new(
            self.ca()?,
            capabilities,
            self.csr(),
            Identity { certificate, key },
        );
        Ok(self.algorithms.apply(
            enrolment
                .map_err(unusable)?
                .with_transaction_id(TransactionId::new(self.transaction_id.clone()).map_err(unusable)?),
        ))
    }
}
