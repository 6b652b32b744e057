//! Clients that keep their connection and send one prepared message after the other.

use std::{
    ops::Range,
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

/// Where to connect, and whom to trust.
#[derive(Clone)]
pub struct Target {
    pub port: u16,
    pub root_pem: String,
}

/// Clients, each with a connection that it keeps.
pub struct Crowd {
    port: u16,
    connections: Vec<Connection>,
}

type Connection = SendRequest<Full<Bytes>>;

impl Crowd {
    pub async fn connect(target: &Target, clients: usize) -> anyhow::Result<Self> {
        let mut connections = Vec::new();
        for _ in 0..clients {
            connections.push(connect(target).await?);
        }
        Ok(Self {
            port: target.port,
            connections,
        })
    }

    /// Sends these messages, each once. Gives how long each took, and how many answers were no SUCCESS.
    pub async fn send(
        &mut self,
        messages: &Arc<Vec<Message>>,
        range: Range<usize>,
    ) -> anyhow::Result<(Vec<Duration>, usize)> {
        let next = Arc::new(AtomicUsize::new(range.start));
        let mut set = JoinSet::new();
        for connection in self.connections.drain(..) {
            set.spawn(work(
                connection,
                self.port,
                messages.clone(),
                next.clone(),
                range.end,
            ));
        }
        let (mut times, mut failures) = (Vec::new(), 0);
        while let Some(done) = set.join_next().await {
            let (connection, taken, failed) = done??;
            self.connections.push(connection);
            times.extend(taken);
            failures += failed;
        }
        ensure!(times.len() == range.len(), "messages were left over");
        Ok((times, failures))
    }
}

async fn work(
    mut connection: Connection,
    port: u16,
    messages: Arc<Vec<Message>>,
    next: Arc<AtomicUsize>,
    end: usize,
) -> anyhow::Result<(Connection, Vec<Duration>, usize)> {
    let (mut times, mut failures) = (Vec::new(), 0);
    while let Some(message) = messages
        .get(..end)
        .and_then(|range| range.get(next.fetch_add(1, Ordering::Relaxed)))
    {
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
    Ok((connection, times, failures))
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

async fn connect(target: &Target) -> anyhow::Result<Connection> {
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
