//! TLS towards other systems: whom it trusts, and its failures in words.

use std::sync::Arc;

use aws_lc_rs::digest;
use rustls::{
    AlertDescription, CertificateError, ClientConfig, Error, RootCertStore, crypto::aws_lc_rs as provider,
};
use rustls_pki_types::{CertificateDer, pem::PemObject as _};
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

/// A failed handshake in words, with the remedy where one is known.
pub(super) fn explain(error: &std::io::Error) -> String {
    let Some(tls) = error.get_ref().and_then(|inner| inner.downcast_ref::<Error>()) else {
        return format!("{error}; does the server speak TLS on this port?");
    };
    match tls {
        Error::AlertReceived(AlertDescription::HandshakeFailure | AlertDescription::ProtocolVersion) => {
            "the server offers no cipher suite or version that is spoken here, as Windows Server 2012 R2 with an RSA \
             certificate does: use Windows Server 2016 or later, an ECDSA certificate, or an http address for SCEP"
                .to_owned()
        }
        Error::InvalidCertificate(cause) => certificate(cause),
        Error::InvalidMessage(_) => "the server answers with something that is no TLS on this port".to_owned(),
        other => other.to_string(),
    }
}

fn certificate(cause: &CertificateError) -> String {
    use CertificateError as E;
    match cause {
        E::UnknownIssuer => {
            "its certificate comes from an authority that isn't trusted: give that authority's certificate as trust file"
                .to_owned()
        }
        E::NotValidForName => "its certificate is for another name, or has a common name only".to_owned(),
        E::NotValidForNameContext { presented, .. } if presented.is_empty() => {
            "its certificate has a common name only: it needs the name as a subject alternative name".to_owned()
        }
        E::NotValidForNameContext { presented, .. } => {
            format!("its certificate is for another name: {}", presented.join(", "))
        }
        E::Expired | E::ExpiredContext { .. } => "its certificate has expired".to_owned(),
        E::NotValidYet | E::NotValidYetContext { .. } => {
            "its certificate is not valid yet: compare the clocks".to_owned()
        }
        E::Other(other) if other.to_string().contains("CaUsedAsEndEntity") => {
            "its certificate is that of an authority, such as one that signed itself: the server needs one issued to it"
                .to_owned()
        }
        other => format!("its certificate is not accepted: {other}"),
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
