//! TLS towards other systems: its failures name the cause and the remedy.

use std::{process::Command, sync::Arc};

use rustls::ServerConfig;
use rustls_pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject as _};
use sceau::outbound::{Outbound, Trust, Upstream};
use scep::Operation;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpListener,
};
use tokio_rustls::TlsAcceptor;

use crate::laboratory::Laboratory;

async fn words(port: u16, trust_pem: Option<String>) -> String {
    let upstream = Upstream {
        scep_url: format!("https://localhost:{port}/scep"),
        trust: Trust::alone(trust_pem),
        capabilities: String::new(),
    };
    let error = Outbound::new()
        .scep_get(&upstream, Operation::GetCaCaps)
        .await
        .unwrap_err();
    assert!(!error.was_sent(), "{error}");
    error.to_string()
}

#[tokio::test]
async fn an_unknown_authority_is_named_as_the_cause() {
    let laboratory = Laboratory::start(true, 5).await;
    let words = words(laboratory.port(), None).await;
    assert!(words.contains("trust file"), "{words}");
}

#[tokio::test]
async fn a_server_without_a_common_cipher_suite_is_named_as_the_cause() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut hello = [0; 64];
        stream.read_exact(&mut hello).await.unwrap();
        // A fatal alert, handshake_failure: what Windows Server 2012 R2 sends.
        stream.write_all(&[21, 3, 3, 0, 2, 2, 40]).await.unwrap();
        let _ = stream.read_to_end(&mut Vec::new()).await;
    });
    let words = words(port, None).await;
    assert!(words.contains("Server 2016"), "{words}");
}

#[tokio::test]
async fn a_server_that_speaks_no_tls_is_named_as_the_cause() {
    let laboratory = Laboratory::start(false, 5).await;
    let words = words(laboratory.port(), None).await;
    assert!(words.contains("no TLS on this port"), "{words}");
}

#[tokio::test]
async fn a_certificate_with_a_common_name_alone_is_named_as_the_cause() {
    let words = with_certificate("CA:FALSE").await;
    assert!(words.contains("common name only"), "{words}");
}

#[tokio::test]
async fn a_certificate_that_signed_itself_as_an_authority_is_named_as_the_cause() {
    let words = with_certificate("CA:TRUE").await;
    assert!(words.contains("signed itself"), "{words}");
}

/// Trusts a certificate for CN=localhost, without alternative names, and connects to a server that shows it.
async fn with_certificate(basic_constraints: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    let configuration = format!(
        "[req]\ndistinguished_name = dn\nx509_extensions = v3\n[dn]\n[v3]\nbasicConstraints = {basic_constraints}\n"
    );
    std::fs::write(folder.path().join("openssl.cnf"), configuration).unwrap();
    let arguments = "req -config openssl.cnf -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost \
                     -keyout key.pem -out certificate.pem";
    let made = Command::new("openssl")
        .args(arguments.split_whitespace())
        .current_dir(folder.path())
        .output()
        .unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let pem = std::fs::read_to_string(folder.path().join("certificate.pem")).unwrap();
    let chain = vec![CertificateDer::from_pem_slice(pem.as_bytes()).unwrap()];
    let key = PrivateKeyDer::from_pem_file(folder.path().join("key.pem")).unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let configuration = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let acceptor = TlsAcceptor::from(Arc::new(configuration));
    tokio::spawn(async move {
        let (stream, _) = listener.accept().await.unwrap();
        let _ = acceptor.accept(stream).await;
    });
    words(port, Some(pem)).await
}
