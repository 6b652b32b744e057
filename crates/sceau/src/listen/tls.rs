//! The server's own certificate: an administrator's, or a self-made one.

use std::{path::Path, sync::Arc};

use anyhow::Context as _;
use rustls::{
    ServerConfig,
    crypto::{CryptoProvider, aws_lc_rs},
};
use rustls_pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject as _};

use super::peer::HolderVerifier;
use crate::{secrets::write_private, settings::Settings};

/// TLS of both listeners.
pub struct Tls {
    /// Never asks for a client certificate: browsers and Windows' SCEP client break on that.
    pub public: Arc<ServerConfig>,
    /// Asks for one.
    pub management: Arc<ServerConfig>,
    /// Whether the certificate is a self-made one.
    pub is_self_made: bool,
}

/// Loads the certificate that the settings name, or makes one in the data folder.
pub fn load(settings: &Settings, now: domain::Timestamp) -> anyhow::Result<Tls> {
    let (certificate, key, is_self_made) = match (&settings.tls.certificate, &settings.tls.key) {
        (Some(certificate), Some(key)) => (certificate.clone(), key.clone(), false),
        _ => {
            let folder = &settings.data_dir;
            make_once(folder, settings, now).context("making the listener's own certificate")?;
            (folder.join("tls.pem"), folder.join("tls.key"), true)
        }
    };
    let chain = CertificateDer::pem_file_iter(&certificate)
        .with_context(|| format!("reading {}", certificate.display()))?
        .collect::<Result<Vec<_>, _>>()
        .with_context(|| format!("{} holds something that is no certificate", certificate.display()))?;
    let private =
        PrivateKeyDer::from_pem_file(&key).with_context(|| format!("reading the key {}", key.display()))?;
    let provider = Arc::new(aws_lc_rs::default_provider());
    Ok(Tls {
        public: Arc::new(configuration(
            &provider,
            chain.clone(),
            private.clone_key(),
            false,
        )?),
        management: Arc::new(configuration(&provider, chain, private, true)?),
        is_self_made,
    })
}

fn configuration(
    provider: &Arc<CryptoProvider>,
    chain: Vec<CertificateDer<'static>>,
    key: PrivateKeyDer<'static>,
    asks_for_certificate: bool,
) -> anyhow::Result<ServerConfig> {
    // Windows' SCEP client has no TLS 1.3, so 1.2 stays on.
    let builder = ServerConfig::builder_with_provider(provider.clone())
        .with_protocol_versions(&[&rustls::version::TLS13, &rustls::version::TLS12])?;
    let builder = if asks_for_certificate {
        builder.with_client_cert_verifier(HolderVerifier::new(provider.clone()))
    } else {
        builder.with_no_client_auth()
    };
    let mut configuration = builder
        .with_single_cert(chain, key)
        .context("the certificate and the key don't belong together")?;
    configuration.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(configuration)
}

/// Makes `tls-ca.pem`, `tls.pem` and `tls.key` unless they are there.
fn make_once(folder: &Path, settings: &Settings, now: domain::Timestamp) -> anyhow::Result<()> {
    if folder.join("tls.key").exists() {
        return Ok(());
    }
    let made = super::self_made::make(settings, now)?;
    write_private(&folder.join("tls-ca.pem"), made.root_pem.as_bytes())?;
    write_private(&folder.join("tls.pem"), made.chain_pem.as_bytes())?;
    write_private(&folder.join("tls.key"), made.key_pem.as_bytes())
}
