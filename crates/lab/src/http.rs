//! A small HTTP/1.1 client: what Windows' own does on the wire, and the codes it fails with.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, Method, Request, StatusCode, header};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper_util::rt::TokioIo;
use rustls::ClientConfig;
use rustls_pki_types::ServerName;
use thiserror::Error;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use url::{Host, Url};

use crate::device::Hresult;
use crate::network::{Fate, Network};

mod tls;

pub use tls::{CertificateRequests, mutual, public, scep};

/// The longest body that is read, in octets.
const MAX_BODY: usize = 4 * 1024 * 1024;

/// Why there is no answer.
#[derive(Debug, Error, Clone, Copy, PartialEq, Eq)]
pub enum HttpError {
    #[error("the server's name isn't known")]
    Name,
    #[error("no connection to the server")]
    Connect,
    #[error("the connection broke")]
    Broken,
    #[error("no answer in time")]
    Timeout,
    #[error("TLS failed")]
    Tls,
    #[error("the server asked for a client certificate")]
    CertificateAsked,
}

impl HttpError {
    /// The code that WinHTTP gives for it.
    #[must_use]
    pub fn hresult(self) -> Hresult {
        match self {
            Self::Name => Hresult::NAME_NOT_RESOLVED,
            Self::Connect => Hresult::CANNOT_CONNECT,
            Self::Broken => Hresult::CONNECTION_ERROR,
            Self::Timeout => Hresult::TIMEOUT,
            Self::Tls => Hresult::SECURE_FAILURE,
            Self::CertificateAsked => Hresult::INVALID_SERVER_RESPONSE,
        }
    }
}

/// An answer with its body.
#[derive(Debug, Clone)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl Answer {
    /// Why Windows' management clients can't use this answer, if so: they want one body with its
    /// length said, neither chunked nor compressed.
    #[must_use]
    pub fn wire_fault(&self) -> Option<&'static str> {
        if self.headers.contains_key(header::TRANSFER_ENCODING) {
            return Some("the answer is chunked");
        }
        if self.headers.contains_key(header::CONTENT_ENCODING) {
            return Some("the answer is compressed");
        }
        if !self.headers.contains_key(header::CONTENT_LENGTH) {
            return Some("the answer has no Content-Length");
        }
        None
    }

    /// Whether the media type is this one, parameters aside.
    #[must_use]
    pub fn is_of_type(&self, wanted: &str) -> bool {
        let value = self
            .headers
            .get(header::CONTENT_TYPE)
            .and_then(|value| value.to_str().ok());
        let media_type = value
            .and_then(|value| value.split(';').next())
            .unwrap_or_default();
        media_type.trim().eq_ignore_ascii_case(wanted)
    }
}

/// A client that keeps one connection.
pub struct HttpClient {
    tls: Arc<ClientConfig>,
    asked: Option<CertificateRequests>,
    network: Arc<Network>,
    timeout: Duration,
    kept: Option<(String, SendRequest<Full<Bytes>>)>,
}

impl HttpClient {
    /// A client with this TLS configuration; an exchange that takes longer than `timeout` fails.
    #[must_use]
    pub fn new(tls: Arc<ClientConfig>, network: Arc<Network>, timeout: Duration) -> Self {
        Self {
            tls,
            asked: None,
            network,
            timeout,
            kept: None,
        }
    }

    /// Fails where the server asks for a client certificate, as Windows' SCEP client does.
    #[must_use]
    pub fn refusing_certificate_requests(mut self, asked: CertificateRequests) -> Self {
        self.asked = Some(asked);
        self
    }

    /// Sends a request and reads the whole answer.
    ///
    /// # Errors
    /// No answer, whatever the cause; what the server did with the request isn't known then.
    pub async fn send(
        &mut self,
        method: Method,
        url: &Url,
        headers: &[(&str, &str)],
        body: Vec<u8>,
    ) -> Result<Answer, HttpError> {
        tokio::time::sleep(self.network.delay()).await;
        let fate = self.network.fate();
        if fate == Fate::LosesRequest {
            return Err(HttpError::Timeout);
        }
        let timeout = self.timeout;
        let exchange = self.exchange(method, url, headers, body);
        let answer = Box::pin(tokio::time::timeout(timeout, exchange)).await;
        let answer = answer.unwrap_or(Err(HttpError::Timeout));
        if answer.is_err() || fate == Fate::LosesAnswer {
            self.kept = None;
        }
        match answer {
            Ok(_) if fate == Fate::LosesAnswer => Err(HttpError::Timeout),
            other => other,
        }
    }

    async fn exchange(
        &mut self,
        method: Method,
        url: &Url,
        headers: &[(&str, &str)],
        body: Vec<u8>,
    ) -> Result<Answer, HttpError> {
        let authority = authority(url).ok_or(HttpError::Name)?;
        let target = match url.query() {
            Some(query) => format!("{}?{query}", url.path()),
            None => url.path().to_owned(),
        };
        let mut request = Request::builder()
            .method(method)
            .uri(target)
            .header(header::HOST, &authority);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request
            .body(Full::new(Bytes::from(body)))
            .map_err(|_| HttpError::Broken)?;
        let mut sender = self.connection(url, &authority).await?;
        let response = sender
            .send_request(request)
            .await
            .map_err(|_| HttpError::Broken)?;
        let (parts, body) = response.into_parts();
        let body = Limited::new(body, MAX_BODY)
            .collect()
            .await
            .map_err(|_| HttpError::Broken)?;
        self.kept = Some((authority, sender));
        Ok(Answer {
            status: parts.status,
            headers: parts.headers,
            body: body.to_bytes(),
        })
    }

    /// The kept connection where it is alive, else a new one.
    async fn connection(
        &mut self,
        url: &Url,
        authority: &str,
    ) -> Result<SendRequest<Full<Bytes>>, HttpError> {
        if let Some((kept_for, mut sender)) = self.kept.take()
            && kept_for == authority
            && sender.ready().await.is_ok()
        {
            return Ok(sender);
        }
        let host = url.host().ok_or(HttpError::Name)?;
        let port = url.port_or_known_default().ok_or(HttpError::Name)?;
        let stream = connect(&host, port).await?;
        let _ = stream.set_nodelay(true);
        if url.scheme() != "https" {
            return begin(TokioIo::new(stream)).await;
        }
        let name = ServerName::try_from(host_text(&host)).map_err(|_| HttpError::Name)?;
        let connector = TlsConnector::from(Arc::clone(&self.tls));
        let stream = connector.connect(name, stream).await.map_err(|_| HttpError::Tls);
        if self.asked.as_ref().is_some_and(CertificateRequests::happened) {
            return Err(HttpError::CertificateAsked);
        }
        begin(TokioIo::new(stream?)).await
    }
}

async fn connect(host: &Host<&str>, port: u16) -> Result<TcpStream, HttpError> {
    let mut addresses = match host {
        Host::Domain(name) => tokio::net::lookup_host((*name, port))
            .await
            .map_err(|_| HttpError::Name)?
            .collect::<Vec<_>>(),
        Host::Ipv4(address) => vec![(*address, port).into()],
        Host::Ipv6(address) => vec![(*address, port).into()],
    };
    addresses.truncate(4);
    if addresses.is_empty() {
        return Err(HttpError::Name);
    }
    TcpStream::connect(addresses.as_slice())
        .await
        .map_err(|_| HttpError::Connect)
}

async fn begin<T>(stream: TokioIo<T>) -> Result<SendRequest<Full<Bytes>>, HttpError>
where
    T: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin + Send + 'static,
{
    let (sender, connection) = handshake(stream).await.map_err(|_| HttpError::Broken)?;
    // Ends by itself with the sender or the server.
    tokio::spawn(async move {
        let _ = connection.await;
    });
    Ok(sender)
}

fn host_text(host: &Host<&str>) -> String {
    match host {
        Host::Domain(name) => (*name).to_owned(),
        Host::Ipv4(address) => address.to_string(),
        Host::Ipv6(address) => address.to_string(),
    }
}

fn authority(url: &Url) -> Option<String> {
    let host = url.host_str()?;
    Some(match url.port() {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    })
}
