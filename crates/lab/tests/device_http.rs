//! The device's HTTP client: what it can't use, and what it says then.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail"
)]

mod device_world;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use ca::{IssuingKey, Profile};
use device_world::{authority, issue};
use http::Method;
use lab::http::{HttpClient, HttpError, public, scep};
use lab::network::Network;
use rustls::crypto::aws_lc_rs::default_provider;
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig, SupportedProtocolVersion, version};
use rustls_pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use url::Url;

const GOOD: &str = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Type: Text/Plain; charset=x\r\n\r\nok";

async fn give(mut stream: impl AsyncRead + AsyncWrite + Unpin, answer: &str) {
    let mut request = [0; 2048];
    let _ = stream.read(&mut request).await;
    let _ = stream.write_all(answer.as_bytes()).await;
    let _ = stream.shutdown().await;
}

/// A server that gives one answer to everything.
async fn plain(answer: &'static str) -> Url {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            tokio::spawn(give(stream, answer));
        }
    });
    format!("http://{address}/").parse().unwrap()
}

/// The same over TLS; with the certificate to trust.
async fn secure(
    versions: &[&'static SupportedProtocolVersion],
    wants_certificate: bool,
) -> (SocketAddr, CertificateDer<'static>) {
    let authority = authority();
    let root = CertificateDer::from(authority.certificate().to_vec());
    let key = IssuingKey::generate(2048).unwrap();
    let certificate = issue(&authority, Profile::tls_server(), "127.0.0.1", key.spki());
    let provider = Arc::new(default_provider());
    let builder = ServerConfig::builder_with_provider(Arc::clone(&provider));
    let builder = builder.with_protocol_versions(versions).unwrap();
    let builder = if wants_certificate {
        let mut roots = RootCertStore::empty();
        roots.add(root.clone()).unwrap();
        let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider);
        builder.with_client_cert_verifier(verifier.allow_unauthenticated().build().unwrap())
    } else {
        builder.with_no_client_auth()
    };
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.to_pkcs8().unwrap().to_vec()));
    let config = builder
        .with_single_cert(vec![CertificateDer::from(certificate)], key)
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            let acceptor = acceptor.clone();
            tokio::spawn(async move {
                if let Ok(stream) = acceptor.accept(stream).await {
                    give(stream, GOOD).await;
                }
            });
        }
    });
    (address, root)
}

fn client(trusted: &[CertificateDer<'static>], network: Network) -> HttpClient {
    HttpClient::new(
        public(trusted).unwrap(),
        Arc::new(network),
        Duration::from_secs(5),
    )
}

async fn get(client: &mut HttpClient, url: &Url) -> Result<lab::http::Answer, HttpError> {
    client.send(Method::GET, url, &[], Vec::new()).await
}

async fn fault(answer: &'static str) -> Option<&'static str> {
    let url = plain(answer).await;
    get(&mut client(&[], Network::quiet(None)), &url)
        .await
        .unwrap()
        .wire_fault()
}

#[tokio::test]
async fn an_answer_is_one_body_of_a_said_length() {
    assert_eq!(fault(GOOD).await, None);
    let chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n";
    assert_eq!(fault(chunked).await, Some("the answer is chunked"));
    assert_eq!(
        fault("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nok").await,
        Some("the answer has no Content-Length")
    );
    let packed = "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\nok";
    assert_eq!(fault(packed).await, Some("the answer is compressed"));
}

#[tokio::test]
async fn a_media_type_is_compared_without_parameters() {
    let answer = get(&mut client(&[], Network::quiet(None)), &plain(GOOD).await)
        .await
        .unwrap();
    assert!(answer.is_of_type("text/plain") && !answer.is_of_type("text/html"));
}

#[tokio::test]
async fn a_broken_connection_and_silence_have_windows_codes() {
    let broken = get(&mut client(&[], Network::quiet(None)), &plain("").await)
        .await
        .unwrap_err();
    assert_eq!((broken, broken.hresult().0), (HttpError::Broken, 0x8007_2EFE));
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url: Url = format!("http://{}/", silent.local_addr().unwrap())
        .parse()
        .unwrap();
    let network = Arc::new(Network::quiet(None));
    let mut impatient = HttpClient::new(public(&[]).unwrap(), network, Duration::from_millis(100));
    let timeout = get(&mut impatient, &url).await.unwrap_err();
    assert_eq!((timeout, timeout.hresult().0), (HttpError::Timeout, 0x8007_2EE2));
}

#[tokio::test]
async fn the_scep_client_has_tls_1_2_and_no_certificate() {
    let ask = async |address: SocketAddr, trusted: &[CertificateDer<'static>]| {
        let (tls, asked) = scep(trusted).unwrap();
        let network = Arc::new(Network::quiet(None));
        let client = HttpClient::new(tls, network, Duration::from_secs(5));
        let mut client = client.refusing_certificate_requests(asked);
        get(&mut client, &format!("https://{address}/").parse().unwrap()).await
    };
    let (address, root) = secure(&[&version::TLS12, &version::TLS13], false).await;
    assert_eq!(
        ask(address, std::slice::from_ref(&root)).await.unwrap().body,
        "ok"
    );
    let untrusted = ask(address, &[]).await.unwrap_err();
    assert_eq!((untrusted, untrusted.hresult().0), (HttpError::Tls, 0x8007_2F8F));
    let (address, root) = secure(&[&version::TLS13], false).await;
    assert_eq!(ask(address, &[root]).await.unwrap_err(), HttpError::Tls);
    let (address, root) = secure(&[&version::TLS12], true).await;
    let asked = ask(address, &[root]).await.unwrap_err();
    assert_eq!(
        (asked, asked.hresult().0),
        (HttpError::CertificateAsked, 0x8007_2F78)
    );
}

#[tokio::test]
async fn a_lossy_network_loses_by_its_seed() {
    let url = plain(GOOD).await;
    let outcomes = async |seed: u64| {
        let mut client = client(&[], Network::new(Some(seed), (0, 0), 300, 300));
        let mut arrived = Vec::new();
        for _ in 0..40 {
            arrived.push(get(&mut client, &url).await.is_ok());
        }
        arrived
    };
    let first = outcomes(5).await;
    assert_eq!(first, outcomes(5).await);
    assert_ne!(first, outcomes(6).await);
    assert!(first.contains(&true) && first.contains(&false));
}
