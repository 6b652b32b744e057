//! The two listeners over real TLS: who is asked for a certificate, and that a copied one without its key opens
//! nothing.

use std::{net::SocketAddr, sync::Arc};

use lab::http::CertificateRequests;
use rustls::{
    ClientConfig, HandshakeKind, RootCertStore, SignatureScheme, SupportedProtocolVersion,
    client::ResolvesClientCert,
    crypto::aws_lc_rs::{default_provider, sign::any_supported_type},
    sign::CertifiedKey,
    version::{TLS12, TLS13},
};
use rustls_pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer, ServerName, pem::PemObject as _};
use sceau::{
    listen::{self, Listener, Running},
    routes,
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};
use tokio_rustls::TlsConnector;

use crate::site::{
    SOAP, SYNCML, Site,
    computer::{Computer, identity_in},
    renewal::{Key, VALUE_TYPES, renewal, signed},
};

pub(super) const LOOPBACK: &str = "127.0.0.1:0";

struct Listening {
    site: Site,
    public: Running,
    management: Running,
}

async fn listening() -> Listening {
    let site = Site::new().await;
    let tls = listen::load(&site.app.settings, site.app.now()).unwrap();
    assert!(tls.is_self_made);
    let bind = |tls| Listener::bind(LOOPBACK.parse().unwrap(), tls);
    let public = bind(tls.public).await.unwrap();
    let management = bind(tls.management).await.unwrap();
    Listening {
        public: public.serve(routes::public(site.app.clone())).unwrap(),
        management: management.serve(routes::management(site.app.clone())).unwrap(),
        site,
    }
}

impl Listening {
    /// A computer that enrolled.
    async fn computer(&self) -> Computer {
        self.site.person("ada", Some("secret")).await;
        let mut computer = Computer::new(1);
        computer.enrol(&self.site, ("ada", "secret")).await;
        computer
    }

    fn client(
        &self,
        version: &'static SupportedProtocolVersion,
        certificate: Arc<dyn ResolvesClientCert>,
    ) -> Arc<ClientConfig> {
        client(&self.site, version, certificate)
    }
}

/// A client that trusts the site's self-made root.
pub(super) fn client(
    site: &Site,
    version: &'static SupportedProtocolVersion,
    certificate: Arc<dyn ResolvesClientCert>,
) -> Arc<ClientConfig> {
    let file = site.app.settings.data_dir.join("tls-ca.pem");
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_file(file).unwrap()).unwrap();
    let config = ClientConfig::builder_with_provider(Arc::new(default_provider()))
        .with_protocol_versions(&[version])
        .unwrap()
        .with_root_certificates(roots)
        .with_client_cert_resolver(certificate);
    Arc::new(config)
}

/// Shows this certificate and signs with this key, whether or not they belong together.
#[derive(Debug)]
pub(super) struct Shown(Arc<CertifiedKey>);

impl Shown {
    pub(super) fn new(certificate: &[u8], pkcs8: &[u8]) -> Arc<Self> {
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(pkcs8.to_vec()));
        let chain = vec![CertificateDer::from(certificate.to_vec())];
        let signing = any_supported_type(&key).unwrap();
        Arc::new(Self(Arc::new(CertifiedKey::new(chain, signing))))
    }
}

impl ResolvesClientCert for Shown {
    fn resolve(&self, _hints: &[&[u8]], _schemes: &[SignatureScheme]) -> Option<Arc<CertifiedKey>> {
        Some(self.0.clone())
    }

    fn has_certs(&self) -> bool {
        true
    }
}

/// One request over HTTP/1.1 on a connection of its own; everything that came back.
async fn exchange(address: SocketAddr, config: Arc<ClientConfig>, request: &str) -> std::io::Result<String> {
    let exchanged = exchange_over(TcpStream::connect(address).await?, config, request).await;
    exchanged.map(|(_, answer)| answer)
}

/// As [`exchange`], with how the connection's keys came about.
async fn seen(address: SocketAddr, config: Arc<ClientConfig>, request: &str) -> (HandshakeKind, String) {
    let stream = TcpStream::connect(address).await.unwrap();
    exchange_over(stream, config, request).await.unwrap()
}

pub(super) async fn exchange_over(
    stream: TcpStream,
    config: Arc<ClientConfig>,
    request: &str,
) -> std::io::Result<(HandshakeKind, String)> {
    let name = ServerName::try_from("localhost").unwrap();
    let mut stream = TlsConnector::from(config).connect(name, stream).await?;
    stream.write_all(request.as_bytes()).await?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await?;
    let handshake = stream.get_ref().1.handshake_kind().unwrap();
    Ok((handshake, String::from_utf8_lossy(&answer).into_owned()))
}

pub(super) fn message(body: &str) -> String {
    format!(
        "POST /ManagementServer/MDM.svc?mode=Maintenance&Platform=WoA HTTP/1.1\r\nHost: localhost\r\n\
         Content-Type: {SYNCML}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    )
}

/// The headers of a request to the enrolment service, and its body.
fn enrolment(body: &str) -> String {
    format!(
        "POST /EnrollmentServer/Enrollment.svc HTTP/1.1\r\nHost: localhost\r\nContent-Type: {SOAP}\r\n\
         Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    )
}

const PROBE: &str =
    "GET /EnrollmentServer/Discovery.svc HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";

#[tokio::test]
async fn the_public_listener_never_asks_for_a_certificate_and_the_management_listener_does() {
    let listening = listening().await;
    for version in [&TLS12, &TLS13] {
        for (address, is_asked) in [
            (listening.public.address, false),
            (listening.management.address, true),
        ] {
            let requests = CertificateRequests::default();
            let client = listening.client(version, Arc::new(requests.clone()));
            let answer = exchange(address, client, PROBE).await.unwrap();
            assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
            assert_eq!(requests.happened(), is_asked, "{version:?}");
        }
    }
    tokio::join!(listening.public.stop(), listening.management.stop());
}

#[tokio::test]
async fn the_holder_of_the_key_holds_a_session_over_tls_1_2_and_1_3() {
    let listening = listening().await;
    let computer = listening.computer().await;
    for (session, version) in [("1", &TLS12), ("2", &TLS13)] {
        let shown = Shown::new(&computer.identity, &computer.key);
        let client = listening.client(version, shown);
        let request = message(&computer.greeting(session));
        let answer = exchange(listening.management.address, client, &request)
            .await
            .unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        let head = head.to_lowercase();
        assert!(head.starts_with("http/1.1 200"), "{answer}");
        assert!(
            head.contains(&format!("content-length: {}", body.len())),
            "{head}"
        );
        assert!(
            !head.contains("transfer-encoding"),
            "chunked bodies break Windows"
        );
    }
}

#[tokio::test]
async fn a_device_renews_its_identity_over_the_connection_that_it_proves() {
    let listening = listening().await;
    let mut computer = listening.computer().await;
    for (number, version) in [(1, &TLS12), (2, &TLS13)] {
        let old = Shown::new(&computer.identity, &computer.key);
        let next = Key::next(&computer);
        let pkcs7 = signed(&next.csr, &computer, &["-nodetach"]);
        let request = enrolment(&renewal(number, VALUE_TYPES[0], &pkcs7));
        let address = listening.management.address;
        let client = listening.client(version, old.clone());
        let answer = exchange(address, client, &request).await.unwrap();
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        let (_, body) = answer.split_once("\r\n\r\n").unwrap();
        computer.identity = identity_in(body.as_bytes());
        computer.key = next.pkcs8;
        let new = Shown::new(&computer.identity, &computer.key);
        for (shown, status) in [(old.clone(), 200), (new, 200), (old, 403)] {
            let session = message(&computer.greeting(&format!("{number}")));
            let answer = exchange(address, listening.client(version, shown), &session).await;
            let answer = answer.unwrap();
            assert!(answer.starts_with(&format!("HTTP/1.1 {status}")), "{answer}");
        }
    }
}

#[tokio::test]
async fn a_copied_certificate_without_its_key_opens_nothing() {
    let listening = listening().await;
    let computer = listening.computer().await;
    let thief = ca::IssuingKey::generate(2048).unwrap().to_pkcs8().unwrap();
    for version in [&TLS12, &TLS13] {
        let shown = Shown::new(&computer.identity, &thief);
        let client = listening.client(version, shown);
        let request = message(&computer.greeting("1"));
        let outcome = exchange(listening.management.address, client, &request).await;
        let error = outcome.expect_err("the handshake fails");
        assert!(!error.to_string().is_empty());
    }
    let device = listening.site.device(&computer.device_id).await;
    let timeline = listening.site.timeline(&device.id).await;
    assert!(!timeline.contains(&domain::event::What::SessionStarted));
}

#[tokio::test]
async fn a_device_that_was_removed_is_refused_also_where_it_resumes_an_old_connection() {
    let listening = listening().await;
    let computer = listening.computer().await;
    let device = listening.site.device(&computer.device_id).await.id;
    let address = listening.management.address;
    let clients = [&TLS12, &TLS13]
        .map(|version| listening.client(version, Shown::new(&computer.identity, &computer.key)));
    for (session, client) in clients.iter().enumerate() {
        let request = message(&computer.greeting(&session.to_string()));
        let (kind, answer) = seen(address, client.clone(), &request).await;
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        assert_eq!(kind, HandshakeKind::Full);
        let (kind, again) = seen(address, client.clone(), &request).await;
        assert_eq!(kind, HandshakeKind::Resumed);
        // All but the date in its head, which may be another second's.
        let body = |answer: &str| answer.split_once("\r\n\r\n").unwrap().1.to_owned();
        assert_eq!(body(&again), body(&answer));
    }
    let revoked = listening.site.app.store.write(move |tx| {
        let device = device.clone();
        Box::pin(async move {
            let all = store::identities::of_device(tx, &device).await?;
            store::identities::revoke(tx, &all[0].id, domain::Timestamp::from_seconds(1)).await
        })
    });
    revoked.await.unwrap();
    for client in clients {
        let request = message(&computer.greeting("9"));
        let (kind, answer) = seen(address, client, &request).await;
        assert_eq!(kind, HandshakeKind::Resumed);
        assert!(answer.starts_with("HTTP/1.1 403"), "{answer}");
        assert!(answer.contains("must enrol again"), "{answer}");
    }
}

#[tokio::test]
async fn without_a_certificate_the_management_listener_answers_in_words() {
    let listening = listening().await;
    let client = listening.client(&TLS13, Arc::new(CertificateRequests::default()));
    let answer = exchange(listening.management.address, client, &message("<x/>"))
        .await
        .unwrap();
    assert!(answer.starts_with("HTTP/1.1 403"), "{answer}");
    assert!(answer.contains("a device certificate is needed"), "{answer}");
}

#[tokio::test]
async fn what_is_no_tls_gets_no_answer_of_the_server() {
    let listening = listening().await;
    let mut stream = TcpStream::connect(listening.management.address).await.unwrap();
    stream.write_all(PROBE.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer).await;
    assert!(!answer.starts_with(b"HTTP"), "{answer:?}");
}

#[tokio::test]
async fn openssl_sees_no_certificate_request_at_the_public_listener() {
    let listening = listening().await;
    for (address, is_asked) in [
        (listening.public.address, false),
        (listening.management.address, true),
    ] {
        for version in ["-tls1_2", "-tls1_3"] {
            let output = tokio::process::Command::new("openssl")
                .args([
                    "s_client",
                    "-connect",
                    &address.to_string(),
                    version,
                    "-brief",
                    "-msg",
                ])
                .stdin(std::process::Stdio::null())
                .output()
                .await
                .unwrap();
            let said = String::from_utf8_lossy(&output.stdout).into_owned()
                + &String::from_utf8_lossy(&output.stderr);
            assert!(said.contains("Handshake"), "{said}");
            assert_eq!(said.contains("CertificateRequest"), is_asked, "{version}: {said}");
        }
    }
}
