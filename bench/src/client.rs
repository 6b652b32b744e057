//! Clients that keep their connection and send one prepared message after the other.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use anyhow::{Context as _, ensure};
use bytes::Bytes;
use http::{Request, header};
use http_body_util::{BodyExt as _, Full};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper_util::rt::TokioIo;
use rustls::{ClientConfig, RootCertStore, crypto::aws_lc_rs::default_provider};
use rustls_pki_types::{CertificateDer, ServerName, pem::PemObject as _};
use tokio::{net::TcpStream, task::JoinSet};
use tokio_rustls::TlsConnector;

/// A message for one address.
pub struct Message {
    pub path: String,
    pub body: Bytes,
}

/// What a run came to.
#[derive(Clone, Copy, Debug)]
pub struct Run {
    pub seconds: f64,
    pub median: Duration,
    pub worst: Duration,
    /// Answers that were no SUCCESS.
    pub failures: usize,
}

/// Where to connect, and whom to trust.
#[derive(Clone)]
pub struct Target {
    pub port: u16,
    pub root_pem: String,
}

/// Sends all messages, each once, over so many connections.
pub async fn send_all(target: &Target, messages: &Arc<Vec<Message>>, clients: usize) -> anyhow::Result<Run> {
    let next = Arc::new(AtomicUsize::new(0));
    let mut connections = Vec::new();
    for _ in 0..clients {
        connections.push(connect(target).await?);
    }
    let begun = Instant::now();
    let mut set = JoinSet::new();
    for connection in connections {
        set.spawn(work(connection, target.port, messages.clone(), next.clone()));
    }
    let (mut times, mut failures) = (Vec::new(), 0);
    while let Some(done) = set.join_next().await {
        let (taken, failed) = done??;
        times.extend(taken);
        failures += failed;
    }
    let seconds = begun.elapsed().as_secs_f64();
    ensure!(times.len() == messages.len(), "messages were left over");
    times.sort_unstable();
    Ok(Run {
        seconds,
        median: times.get(times.len() / 2).copied().unwrap_or_default(),
        worst: times.last().copied().unwrap_or_default(),
        failures,
    })
}

async fn work(
    mut connection: SendRequest<Full<Bytes>>,
    port: u16,
    messages: Arc<Vec<Message>>,
    next: Arc<AtomicUsize>,
) -> anyhow::Result<(Vec<Duration>, usize)> {
    let (mut times, mut failures) = (Vec::new(), 0);
    while let Some(message) = messages.get(next.fetch_add(1, Ordering::Relaxed)) {
        let request = Request::post(format!("{}?operation=PKIOperation", message.path))
            .header(header::HOST, format!("localhost:{port}"))
            .header(header::CONTENT_TYPE, scep::CONTENT_TYPE_MESSAGE)
            .body(Full::new(message.body.clone()))?;
        let begun = Instant::now();
        connection.ready().await?;
        let response = connection.send_request(request).await?;
        let is_message = response.status() == 200;
        let body = response.into_body().collect().await?.to_bytes();
        times.push(begun.elapsed());
        // A CertRep of SUCCESS is longer than 3,000 octets, a FAILURE is not: reading each as SCEP would cost the
        // clients' cores.
        failures += usize::from(!is_message || body.len() < 3000);
    }
    Ok((times, failures))
}

/// Sends one message and gives the answer.
pub async fn send(target: &Target, message: &Message) -> anyhow::Result<Bytes> {
    let mut connection = connect(target).await?;
    let request = Request::post(format!("{}?operation=PKIOperation", message.path))
        .header(header::HOST, format!("localhost:{}", target.port))
        .body(Full::new(message.body.clone()))?;
    let response = connection.send_request(request).await?;
    ensure!(
        response.status() == 200,
        "the server answered {}",
        response.status()
    );
    Ok(response.into_body().collect().await?.to_bytes())
}

async fn connect(target: &Target) -> anyhow::Result<SendRequest<Full<Bytes>>> {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates([CertificateDer::from_pem_slice(target.root_pem.as_bytes())?]);
    let config = ClientConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    let stream = TcpStream::connect(("127.0.0.1", target.port)).await?;
    stream.set_nodelay(true)?;
    let name = ServerName::try_from("localhost")?;
    let stream = TlsConnector::from(Arc::new(config))
        .connect(name, stream)
        .await
        .context("TLS with the server")?;
    let (sender, connection) = handshake(TokioIo::new(stream)).await?;
    tokio::spawn(connection);
    Ok(sender)
}
