//! TLS towards other systems: whom it trusts, and its failures.

use std::sync::Arc;

use aws_lc_rs::digest;
use rustls::{
    AlertDescription, CertificateError, ClientConfig, Error, RootCertStore, crypto::aws_lc_rs as provider,
};
use rustls_pki_types::{CertificateDer, pem::PemObject as _};
use thiserror::Error as ThisError;
use x509_parser::prelude::{FromDer as _, X509Certificate};

use super::Unreachable;

/// A client's TLS: the public authorities, and those of `trust_pem`.
pub(super) fn configuration(trust_pem: Option<&str>) -> Result<Arc<ClientConfig>, Unreachable> {
    let unusable = |detail: String| Unreachable::Address(format!("the trust file can't be used: {detail}"));
    let mut roots = RootCertStore {
        roots: webpki_roots::TLS_SERVER_ROOTS.to_vec(),
    };
    for certificate in CertificateDer::pem_slice_iter(trust_pem.unwrap_or_default().as_bytes()) {
        let certificate = certificate.map_err(|error| unusable(error.to_string()))?;
        roots
            .add(certificate)
            .map_err(|error| unusable(error.to_string()))?;
    }
    let configuration = ClientConfig::builder_with_provider(Arc::new(provider::default_provider()))
        .with_protocol_versions(&[&rustls::version::TLS13, &rustls::version::TLS12])
        .map_err(|error| unusable(error.to_string()))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(Arc::new(configuration))
}

/// Why TLS failed.
#[derive(Clone, Debug, PartialEq, Eq, ThisError)]
pub enum TlsProblem {
    /// The server speaks something else, or goes away.
    #[error("{0}; does the server speak TLS on this port?")]
    Broken(String),
    /// What it says is no TLS.
    #[error("the server answers with something that is no TLS on this port")]
    NoTls,
    /// Neither version nor cipher suite in common: Windows Server 2012 R2 with an RSA certificate.
    #[error(
        "the server offers no cipher suite or version that is spoken here, as Windows Server 2012 R2 with an RSA \
         certificate does: use Windows Server 2016 or later, an ECDSA certificate, or an http address for SCEP"
    )]
    NoCommonSuite,
    /// Nobody who is trusted issued its certificate.
    #[error(
        "its certificate comes from an authority that isn't trusted: give that authority's certificate as trust file"
    )]
    UnknownIssuer,
    /// Its certificate has no name but a common name, or doesn't say which.
    #[error("its certificate has a common name only: it needs the name as a subject alternative name")]
    CommonNameOnly,
    /// Its certificate is for other names.
    #[error("its certificate is for another name: {0}")]
    OtherName(String),
    /// It has expired.
    #[error("its certificate has expired")]
    Expired,
    /// It counts later.
    #[error("its certificate is not valid yet: compare the clocks")]
    NotYet,
    /// It is an authority's.
    #[error(
        "its certificate is that of an authority, such as one that signed itself: the server needs one issued to it"
    )]
    AuthorityAsServer,
    /// It isn't accepted for another reason.
    #[error("its certificate is not accepted: {0}")]
    Certificate(String),
    /// Something else.
    #[error("{0}")]
    Other(String),
}

/// Why a handshake failed.
pub(super) fn explain(error: &std::io::Error) -> TlsProblem {
    let Some(tls) = error.get_ref().and_then(|inner| inner.downcast_ref::<Error>()) else {
        return TlsProblem::Broken(error.to_string());
    };
    match tls {
        Error::AlertReceived(AlertDescription::HandshakeFailure | AlertDescription::ProtocolVersion) => {
            TlsProblem::NoCommonSuite
        }
        Error::InvalidCertificate(cause) => certificate(cause),
        Error::InvalidMessage(_) => TlsProblem::NoTls,
        other => TlsProblem::Other(other.to_string()),
    }
}

fn certificate(cause: &CertificateError) -> TlsProblem {
    use CertificateError as E;
    match cause {
        E::UnknownIssuer => TlsProblem::UnknownIssuer,
        E::NotValidForName => TlsProblem::CommonNameOnly,
        E::NotValidForNameContext { presented, .. } if presented.is_empty() => TlsProblem::CommonNameOnly,
        E::NotValidForNameContext { presented, .. } => TlsProblem::OtherName(presented.join(", ")),
        E::Expired | E::ExpiredContext { .. } => TlsProblem::Expired,
        E::NotValidYet | E::NotValidYetContext { .. } => TlsProblem::NotYet,
        E::Other(other) if other.to_string().contains("CaUsedAsEndEntity") => TlsProblem::AuthorityAsServer,
        other => TlsProblem::Certificate(other.to_string()),
    }
}

/// Channel binding of the type tls-server-end-point (RFC 5929 §4.1): the hash of the server's certificate under
/// the hash of its signature, SHA-256 in place of MD5 and SHA-1.
pub(super) fn channel_binding(certificate: &[u8]) -> Vec<u8> {
    let oid = X509Certificate::from_der(certificate)
        .map(|(_, parsed)| parsed.signature_algorithm.algorithm.to_id_string())
        .unwrap_or_default();
    let algorithm = match oid.as_str() {
        "1.2.840.113549.1.1.12" | "1.2.840.10045.4.3.3" => &digest::SHA384,
        "1.2.840.113549.1.1.13" | "1.2.840.10045.4.3.4" => &digest::SHA512,
        _ => &digest::SHA256,
    };
    let mut token = b"tls-server-end-point:".to_vec();
    token.extend_from_slice(digest::digest(algorithm, certificate).as_ref());
    token
}
