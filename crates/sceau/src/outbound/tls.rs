//! TLS towards other systems: whom it trusts, and why it failed.

use std::sync::Arc;

use aws_lc_rs::digest;
use domain::external_ca::Access;
use rustls::{
    AlertDescription, CertificateError, ClientConfig, Error, RootCertStore, crypto::aws_lc_rs as provider,
};
use rustls_pki_types::{CertificateDer, TrustAnchor, pem::PemObject as _};
use thiserror::Error as ThisError;
use x509_parser::prelude::{FromDer as _, X509Certificate};

use super::Unreachable;

#[cfg(test)]
mod tests;

/// Whom TLS trusts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Trust {
    /// Certificates (PEM).
    given: Option<String>,
    /// Nobody else is trusted, where some are given.
    is_given_alone: bool,
}

impl Trust {
    /// The public authorities, and those of `given` (PEM).
    pub fn beside_public(given: Option<String>) -> Self {
        Self {
            given,
            is_given_alone: false,
        }
    }

    /// Those of `given` (PEM) alone; the public ones where nothing is given.
    pub fn alone(given: Option<String>) -> Self {
        Self {
            given,
            is_given_alone: true,
        }
    }

    /// Whom an authority's https is to be trusted by.
    pub fn of(trust_pem: Option<&str>, access: &Access) -> Self {
        let given = trust_pem.map(str::to_owned);
        if access.trusts_public {
            Self::beside_public(given)
        } else {
            Self::alone(given)
        }
    }
}

/// A client's TLS.
pub(super) fn configuration(trust: &Trust) -> Result<Arc<ClientConfig>, Unreachable> {
    configuration_beside(trust, webpki_roots::TLS_SERVER_ROOTS)
}

/// The same with others as the public authorities.
fn configuration_beside(
    trust: &Trust,
    public: &[TrustAnchor<'static>],
) -> Result<Arc<ClientConfig>, Unreachable> {
    let unusable = |detail: String| Unreachable::Address(format!("the trust file can't be used: {detail}"));
    let mut roots = RootCertStore::empty();
    if trust.given.is_none() || !trust.is_given_alone {
        roots.extend(public.iter().cloned());
    }
    let given = trust.given.as_deref().unwrap_or_default();
    for certificate in CertificateDer::pem_slice_iter(given.as_bytes()) {
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

/// Why a handshake failed. Its words, with the remedy, are in the locales under [`TlsProblem::key`]; `Display` is for
/// logs and the command line.
#[derive(Clone, Debug, PartialEq, Eq, ThisError)]
pub enum TlsProblem {
    /// No cipher suite or version in common.
    #[error(
        "the server offers no cipher suite or version that is spoken here, as Windows Server 2012 R2 with an RSA \
         certificate does: use Windows Server 2016 or later, an ECDSA certificate, or an http address for SCEP"
    )]
    NoCommonSuite,
    /// Something else is spoken there.
    #[error("the server answers with something that is no TLS on this port")]
    NotTls,
    /// The chain ends at nobody who is trusted.
    #[error(
        "its certificate comes from an authority that isn't trusted: give that authority's certificate as trust file"
    )]
    UnknownIssuer,
    /// The certificate is for these names.
    #[error("its certificate is for another name: {0}")]
    OtherName(String),
    /// The certificate has no alternative name.
    #[error(
        "its certificate has a common name only, or another name: it needs the name as a subject alternative name"
    )]
    CommonNameOnly,
    /// The certificate's time is over.
    #[error("its certificate has expired")]
    Expired,
    /// The certificate's time has not come.
    #[error("its certificate is not valid yet: compare the clocks")]
    NotYetValid,
    /// An authority's own certificate is shown.
    #[error(
        "its certificate is that of an authority, such as one that signed itself: the server needs one issued to it"
    )]
    AuthorityAsServer,
    /// Something else is wrong with the certificate: the library's words.
    #[error("its certificate is not accepted: {0}")]
    Certificate(String),
    /// Something else: the library's or the system's words.
    #[error("{0}; does the server speak TLS on this port?")]
    Other(String),
}

impl TlsProblem {
    /// Every key that [`TlsProblem::key`] gives.
    pub const KEYS: [&str; 10] = [
        "tls-no-common-suite",
        "tls-not-tls",
        "tls-unknown-issuer",
        "tls-other-name",
        "tls-common-name-only",
        "tls-expired",
        "tls-not-yet-valid",
        "tls-authority-as-server",
        "tls-certificate",
        "tls-other",
    ];

    /// Key of its sentence in the locales; it wants the value `host` and those of [`TlsProblem::values`].
    pub fn key(&self) -> &'static str {
        match self {
            Self::NoCommonSuite => "tls-no-common-suite",
            Self::NotTls => "tls-not-tls",
            Self::UnknownIssuer => "tls-unknown-issuer",
            Self::OtherName(_) => "tls-other-name",
            Self::CommonNameOnly => "tls-common-name-only",
            Self::Expired => "tls-expired",
            Self::NotYetValid => "tls-not-yet-valid",
            Self::AuthorityAsServer => "tls-authority-as-server",
            Self::Certificate(_) => "tls-certificate",
            Self::Other(_) => "tls-other",
        }
    }

    /// The values of its sentence.
    pub fn values(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::OtherName(names) => vec![("names", names.clone())],
            Self::Certificate(detail) | Self::Other(detail) => vec![("detail", detail.clone())],
            Self::NoCommonSuite
            | Self::NotTls
            | Self::UnknownIssuer
            | Self::CommonNameOnly
            | Self::Expired
            | Self::NotYetValid
            | Self::AuthorityAsServer => Vec::new(),
        }
    }

    /// What a failed handshake says.
    pub(super) fn of(error: &std::io::Error) -> Self {
        let Some(tls) = error.get_ref().and_then(|inner| inner.downcast_ref::<Error>()) else {
            return Self::Other(error.to_string());
        };
        match tls {
            Error::AlertReceived(AlertDescription::HandshakeFailure | AlertDescription::ProtocolVersion) => {
                Self::NoCommonSuite
            }
            Error::InvalidCertificate(cause) => Self::of_certificate(cause),
            Error::InvalidMessage(_) => Self::NotTls,
            other => Self::Other(other.to_string()),
        }
    }

    fn of_certificate(cause: &CertificateError) -> Self {
        use CertificateError as E;
        match cause {
            E::UnknownIssuer => Self::UnknownIssuer,
            E::NotValidForName => Self::CommonNameOnly,
            E::NotValidForNameContext { presented, .. } if presented.is_empty() => Self::CommonNameOnly,
            E::NotValidForNameContext { presented, .. } => Self::OtherName(presented.join(", ")),
            E::Expired | E::ExpiredContext { .. } => Self::Expired,
            E::NotValidYet | E::NotValidYetContext { .. } => Self::NotYetValid,
            E::Other(other) if other.to_string().contains("CaUsedAsEndEntity") => Self::AuthorityAsServer,
            other => Self::Certificate(other.to_string()),
        }
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
