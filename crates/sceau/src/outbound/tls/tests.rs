//! Whom TLS trusts: a server under an authority that stands for the public ones, and one under a private one.

use std::{path::Path, process::Command};

use rustls::{RootCertStore, ServerConfig};
use rustls_pki_types::{CertificateDer, PrivateKeyDer, ServerName, TrustAnchor, pem::PemObject as _};
use tokio_rustls::{TlsAcceptor, TlsConnector};

use super::{TlsProblem, Trust, configuration_beside};

fn openssl(folder: &Path, arguments: &str) {
    let made = Command::new("openssl")
        .args(arguments.split_whitespace())
        .current_dir(folder)
        .output()
        .expect("openssl");
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
}

/// An authority of this name, and a server's certificate by it.
fn make(folder: &Path, name: &str) {
    openssl(
        folder,
        &format!(
            "req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN={name} -keyout {name}-ca.key -out {name}.pem"
        ),
    );
    openssl(
        folder,
        &format!(
            "req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -addext subjectAltName=DNS:localhost \
             -addext basicConstraints=critical,CA:FALSE -CA {name}.pem -CAkey {name}-ca.key \
             -keyout {name}.key -out {name}-server.pem"
        ),
    );
}

/// Connects to a server with the certificate of this name.
async fn connect(
    folder: &Path,
    name: &str,
    trust: &Trust,
    public: &[TrustAnchor<'static>],
) -> Option<TlsProblem> {
    let certificate = CertificateDer::from_pem_file(folder.join(format!("{name}-server.pem"))).expect("PEM");
    let key = PrivateKeyDer::from_pem_file(folder.join(format!("{name}.key"))).expect("PEM");
    let server = ServerConfig::builder_with_provider(rustls::crypto::aws_lc_rs::default_provider().into())
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .expect("a server");
    let (near, far) = tokio::io::duplex(65_536);
    let serving = tokio::spawn(async move {
        let _ = TlsAcceptor::from(std::sync::Arc::new(server)).accept(far).await;
    });
    let client = configuration_beside(trust, public).expect("a client");
    let localhost = ServerName::try_from("localhost").expect("a name");
    let connected = TlsConnector::from(client).connect(localhost, near).await;
    serving.await.expect("it ends");
    connected.err().map(|error| TlsProblem::of(&error))
}

#[tokio::test]
async fn given_certificates_are_trusted_alone_or_beside_the_public_ones() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    for name in ["public", "private", "foreign"] {
        make(folder, name);
    }
    let mut public = RootCertStore::empty();
    public
        .add(CertificateDer::from_pem_file(folder.join("public.pem")).expect("PEM"))
        .expect("a root");
    let private = std::fs::read_to_string(folder.join("private.pem")).expect("PEM");
    let (alone, beside) = (
        Trust::alone(Some(private.clone())),
        Trust::beside_public(Some(private)),
    );
    for (trust, server, is_trusted) in [
        (&alone, "private", true),
        (&alone, "public", false),
        (&alone, "foreign", false),
        (&beside, "private", true),
        (&beside, "public", true),
        (&beside, "foreign", false),
        (&Trust::alone(None), "public", true),
        (&Trust::alone(None), "private", false),
        (&Trust::default(), "public", true),
        (&Trust::default(), "private", false),
    ] {
        let problem = connect(folder, server, trust, &public.roots).await;
        let expected = (!is_trusted).then_some(TlsProblem::UnknownIssuer);
        assert_eq!(problem, expected, "{server} {trust:?}");
    }
}
