//! A device's connection to the management listener.

use std::sync::Arc;

use anyhow::{Context as _, ensure};
use bytes::Bytes;
use http::{Request, header};
use http_body_util::{BodyExt as _, Full};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper_util::rt::TokioIo;
use rustls::{ClientConfig, HandshakeKind};
use rustls_pki_types::ServerName;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

/// What Windows adds to the address while a person is signed in.
const ADDRESS: &str = "/ManagementServer/MDM.svc?mode=Maintenance&Platform=WoA";

/// A connection that stays open.
pub struct Connection {
    sender: SendRequest<Full<Bytes>>,
    host: String,
    /// Whether the TLS session of an earlier connection went on.
    pub is_resumed: bool,
}

impl Connection {
    pub async fn open(port: u16, tls: &Arc<ClientConfig>) -> anyhow::Result<Self> {
        let stream = TcpStream::connect(("127.0.0.1", port)).await?;
        stream.set_nodelay(true)?;
        let stream = TlsConnector::from(tls.clone())
            .connect(ServerName::try_from("localhost")?, stream)
            .await
            .context("TLS with the server")?;
        let is_resumed = stream.get_ref().1.handshake_kind() == Some(HandshakeKind::Resumed);
        let (sender, connection) = handshake(TokioIo::new(stream)).await?;
        // Ends by itself with the sender or the server.
        tokio::spawn(connection);
        Ok(Self {
            sender,
            host: format!("localhost:{port}"),
            is_resumed,
        })
    }

    /// Sends a management message and gives the answer's body.
    pub async fn say(&mut self, package: String) -> anyhow::Result<Bytes> {
        let kind = "application/vnd.syncml.dm+xml";
        self.post(ADDRESS, kind, package.into_bytes()).await
    }

    /// Sends anything.
    pub async fn post(&mut self, path: &str, kind: &str, body: Vec<u8>) -> anyhow::Result<Bytes> {
        let request = Request::post(path)
            .header(header::HOST, &self.host)
            .header(header::CONTENT_TYPE, kind)
            .header(header::USER_AGENT, "MSFT OMA DM Client/1.2.0.1")
            .body(Full::new(Bytes::from(body)))?;
        self.sender.ready().await?;
        let response = self.sender.send_request(request).await?;
        let status = response.status();
        let body = response.into_body().collect().await?.to_bytes();
        ensure!(status == 200, "the server answered {status}");
        Ok(body)
    }
}
