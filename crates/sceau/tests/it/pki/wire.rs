//! Octets at the public listener's socket, over TLS, as odd clients send them.

use std::sync::Arc;

use rustls::{ClientConfig, RootCertStore, crypto::aws_lc_rs::default_provider, version::TLS12};
use rustls_pki_types::{CertificateDer, ServerName, pem::PemObject as _};
use sceau::{
    listen::{self, Listener, Running},
    routes,
};
use scep::{Outcome, Query};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};
use tokio_rustls::TlsConnector;

use super::{Ordered, client::ordered_enrolment};

struct Socket {
    running: Running,
    config: Arc<ClientConfig>,
}

impl Socket {
    async fn open(ordered: &Ordered) -> Self {
        let app = &ordered.site.app;
        let tls = listen::load(&app.settings, app.now()).unwrap();
        let listener = Listener::bind("127.0.0.1:0".parse().unwrap(), tls.public)
            .await
            .unwrap();
        let mut roots = RootCertStore::empty();
        let file = app.settings.data_dir.join("tls-ca.pem");
        roots.add(CertificateDer::from_pem_file(file).unwrap()).unwrap();
        // Windows' SCEP client has no 1.3.
        let config = ClientConfig::builder_with_provider(Arc::new(default_provider()))
            .with_protocol_versions(&[&TLS12])
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        Self {
            running: listener.serve(routes::public(app.clone())).unwrap(),
            config: Arc::new(config),
        }
    }

    /// Sends octets on a connection of their own and reads to its end: the head, and the body.
    async fn say(&self, head: &str, body: &[u8]) -> (String, Vec<u8>) {
        let stream = TcpStream::connect(self.running.address).await.unwrap();
        let name = ServerName::try_from("localhost").unwrap();
        let connector = TlsConnector::from(self.config.clone());
        let mut stream = connector.connect(name, stream).await.unwrap();
        stream.write_all(head.as_bytes()).await.unwrap();
        // A server that has refused need not take the rest.
        let _ = stream.write_all(body).await;
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer).await;
        let end = answer.windows(4).position(|window| window == b"\r\n\r\n");
        let end = end.unwrap_or_else(|| panic!("no answer: {}", String::from_utf8_lossy(&answer)));
        let body = answer.split_off(end + 4);
        (String::from_utf8(answer).unwrap().to_ascii_lowercase(), body)
    }
}

#[tokio::test]
async fn http_of_every_age_is_answered_in_one_piece() {
    let ordered = Ordered::new().await;
    let socket = Socket::open(&ordered).await;
    let path = ordered.path();
    let heads = [
        format!("GET {path}?operation=GetCACaps HTTP/1.0\r\n\r\n"),
        format!(
            "GET {path}/pkiclient.exe?operation=GetCACaps&message=default HTTP/1.1\r\nConnection: close\r\n\r\n"
        ),
        format!("GET {path}?operation=GetCACert&message=0 HTTP/1.0\r\nAccept-Encoding: gzip\r\n\r\n"),
        format!(
            "GET {path}?message=x&operation=getcacert HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
        ),
    ];
    for head in heads {
        let (answer, body) = socket.say(&head, b"").await;
        assert!(answer.split(' ').nth(1) == Some("200"), "{head}{answer}");
        assert!(
            answer.contains(&format!("content-length: {}\r\n", body.len())),
            "{answer}"
        );
        assert!(
            !answer.contains("transfer-encoding") && !answer.contains("content-encoding"),
            "{answer}"
        );
    }
}

#[tokio::test]
async fn a_post_without_content_type_or_host_enrols() {
    let ordered = Ordered::new().await;
    let socket = Socket::open(&ordered).await;
    let mut enrolment = ordered_enrolment(&ordered).await;
    let message = enrolment.write_request().unwrap();
    let head = format!(
        "POST {}/pkiclient.exe?operation=PKIOperation HTTP/1.0\r\nContent-Length: {}\r\n\r\n",
        ordered.path(),
        message.len()
    );
    let (answer, body) = socket.say(&head, &message).await;
    assert!(answer.contains(" 200 "), "{answer}");
    assert!(matches!(enrolment.read_reply(&body), Ok(Outcome::Issued(_))));
}

#[tokio::test]
async fn a_message_by_get_without_host_enrols() {
    let ordered = Ordered::new().await;
    let socket = Socket::open(&ordered).await;
    let mut enrolment = ordered_enrolment(&ordered).await;
    let query = Query::write_message(&enrolment.write_request().unwrap());
    let head = format!(
        "GET {}?{query} HTTP/1.1\r\nConnection: close\r\n\r\n",
        ordered.path()
    );
    let (answer, body) = socket.say(&head, b"").await;
    assert!(answer.contains(" 200 "), "{answer}");
    assert!(matches!(enrolment.read_reply(&body), Ok(Outcome::Issued(_))));
}

#[tokio::test]
async fn what_is_too_long_is_refused_and_others_are_served_on() {
    let ordered = Ordered::new().await;
    let socket = Socket::open(&ordered).await;
    let path = ordered.path();
    let announced = format!(
        "POST {path}?operation=PKIOperation HTTP/1.1\r\nConnection: close\r\nContent-Length: 3145728\r\n\r\n"
    );
    let (answer, _) = socket.say(&announced, b"0").await;
    assert!(answer.contains(" 413 "), "{answer}");
    let chunked = format!(
        "POST {path}?operation=PKIOperation HTTP/1.1\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n"
    );
    let chunk = [b"10000\r\n".as_slice(), &[0x30; 0x1_0000], b"\r\n"]
        .concat()
        .repeat(5);
    let (answer, _) = socket.say(&chunked, &chunk).await;
    assert!(answer.contains(" 413 "), "{answer}");
    let query = "A".repeat(70_000);
    let long =
        format!("GET {path}?operation=PKIOperation&message={query} HTTP/1.1\r\nConnection: close\r\n\r\n");
    let (answer, _) = socket.say(&long, b"").await;
    assert!(answer.contains(" 414 ") || answer.contains(" 431 "), "{answer}");
    let cut = format!("POST {path}?operation=PKIOperation HTTP/1.0\r\nContent-Length: 0\r\n\r\n");
    let (answer, _) = socket.say(&cut, b"").await;
    assert!(answer.contains(" 400 "), "{answer}");
    assert!(
        ordered.transaction().await.is_none(),
        "none of it binds the address"
    );
    let small = format!("GET {path}?operation=GetCACaps HTTP/1.0\r\n\r\n");
    assert!(socket.say(&small, b"").await.0.contains(" 200 "));
}
