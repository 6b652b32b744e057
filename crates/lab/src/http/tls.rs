//! The TLS of a device's three clients.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::Context as _;
use rustls::client::ResolvesClientCert;
use rustls::crypto::aws_lc_rs::default_provider;
use rustls::sign::CertifiedKey;
use rustls::{ClientConfig, RootCertStore, SignatureScheme, SupportedProtocolVersion, version};
use rustls_pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};

/// TLS 1.2 and 1.3.
const BOTH: &[&SupportedProtocolVersion] = &[&version::TLS13, &version::TLS12];
/// Windows' SCEP client has no TLS 1.3.
const OLD: &[&SupportedProtocolVersion] = &[&version::TLS12];

/// For enrolment: no client certificate.
///
/// # Errors
/// No protocol version in common with the crypto library.
pub fn public(trusted: &[CertificateDer<'static>]) -> anyhow::Result<Arc<ClientConfig>> {
    Ok(Arc::new(builder(trusted, BOTH)?.with_no_client_auth()))
}

/// For management: with the device's identity.
///
/// # Errors
/// The key (PKCS#8) doesn't fit the certificate.
pub fn mutual(
    trusted: &[CertificateDer<'static>],
    certificate: CertificateDer<'static>,
    pkcs8: &[u8],
) -> anyhow::Result<Arc<ClientConfig>> {
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(pkcs8.to_vec()));
    let config = builder(trusted, BOTH)?
        .with_client_auth_cert(vec![certificate], key)
        .context("the device's identity can't be used for TLS")?;
    Ok(Arc::new(config))
}

/// For SCEP: TLS 1.2, and a note of each time that the server asks for a client certificate.
///
/// # Errors
/// No protocol version in common with the crypto library.
pub fn scep(trusted: &[CertificateDer<'static>]) -> anyhow::Result<(Arc<ClientConfig>, CertificateRequests)> {
    let requests = CertificateRequests::default();
    let resolver = Arc::new(requests.clone());
    let config = builder(trusted, OLD)?.with_client_cert_resolver(resolver);
    Ok((Arc::new(config), requests))
}

fn builder(
    trusted: &[CertificateDer<'static>],
    versions: &'static [&'static SupportedProtocolVersion],
) -> anyhow::Result<rustls::ConfigBuilder<ClientConfig, rustls::client::WantsClientCert>> {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(trusted.iter().cloned());
    let builder = ClientConfig::builder_with_provider(Arc::new(default_provider()))
        .with_protocol_versions(versions)
        .context("TLS can't be set up")?;
    Ok(builder.with_root_certificates(roots))
}

/// Remembers whether a server asked for a client certificate.
#[derive(Debug, Clone, Default)]
pub struct CertificateRequests(Arc<AtomicBool>);

impl CertificateRequests {
    /// Whether a server asked.
    #[must_use]
    pub fn happened(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

impl ResolvesClientCert for CertificateRequests {
    fn resolve(&self, _hints: &[&[u8]], _schemes: &[SignatureScheme]) -> Option<Arc<CertifiedKey>> {
        self.0.store(true, Ordering::Relaxed);
        None
    }

    fn has_certs(&self) -> bool {
        true
    }
}
