//! One HTTP/1.1 connection: requests in turn, each answer read to its end.

use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderMap, Method, Request, StatusCode, header};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::client::conn::http1::{self, SendRequest};
use hyper_util::rt::TokioIo;
use rustls::ClientConfig;
use rustls_pki_types::ServerName;
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpStream,
};
use tokio_rustls::{TlsConnector, client::TlsStream};

use super::{
    MAX_BODY, OutboundError, TlsFailure, Unreachable,
    address::{Address, Origin},
    tls::{self, TlsProblem, Trust},
    way::Way,
};

/// An answer, whole.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
}

/// A connection.
#[derive(Debug)]
pub(super) struct Connection {
    sender: SendRequest<Full<Bytes>>,
    /// The server's certificate (DER), over TLS.
    pub(super) server_certificate: Option<Vec<u8>>,
}

/// What a request asks, beside its address.
#[derive(Debug, Default)]
pub(super) struct Ask {
    pub(super) method: Method,
    pub(super) authorization: Option<zeroize::Zeroizing<String>>,
    pub(super) content_type: Option<&'static str>,
    /// What else stands in its head.
    pub(super) headers: Vec<(&'static str, String)>,
    pub(super) body: Bytes,
    /// The longest answer that is read, where it isn't [`MAX_BODY`].
    pub(super) longest: Option<usize>,
}

impl Connection {
    /// Connects, with TLS where the origin wants it.
    pub(super) async fn open(way: &Way, origin: &Origin, trust: &Trust) -> Result<Self, Unreachable> {
        match tokio::time::timeout(way.limit, Self::open_unlimited(way, origin, trust)).await {
            Ok(opened) => opened,
            Err(_) => Err(Unreachable::TimedOut(origin.to_string())),
        }
    }

    async fn open_unlimited(way: &Way, origin: &Origin, trust: &Trust) -> Result<Self, Unreachable> {
        let stream = way.connect(origin).await?;
        let _ = stream.set_nodelay(true);
        if !origin.is_tls {
            return Self::begin(stream, origin, None).await;
        }
        let stream = secure(origin, stream, trust).await?;
        let certificate = stream
            .get_ref()
            .1
            .peer_certificates()
            .and_then(|chain| chain.first())
            .map(|certificate| certificate.as_ref().to_vec());
        Self::begin(stream, origin, certificate).await
    }

    async fn begin<S>(
        stream: S,
        origin: &Origin,
        server_certificate: Option<Vec<u8>>,
    ) -> Result<Self, Unreachable>
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let (sender, driver) = http1::Builder::new()
            .max_headers(100)
            .handshake(TokioIo::new(stream))
            .await
            .map_err(|error| Unreachable::Network {
                host: origin.to_string(),
                detail: error.to_string(),
            })?;
        tokio::spawn(async move {
            // Its end is seen by the next request; an idle connection may end as it likes.
            let _ = driver.await;
        });
        Ok(Self {
            sender,
            server_certificate,
        })
    }

    /// Whether another request may be sent. Waits until the last answer is dealt with, which is when a
    /// `Connection: close` takes effect.
    pub(super) async fn is_open(&mut self) -> bool {
        self.sender.ready().await.is_ok()
    }

    /// Whether it is known to be closed, without waiting.
    pub(super) fn is_closed(&self) -> bool {
        self.sender.is_closed()
    }

    /// Sends a request and reads the whole answer.
    pub(super) async fn send(&mut self, address: &Address, ask: Ask) -> Result<Answer, OutboundError> {
        let longest = ask.longest.unwrap_or(MAX_BODY);
        let request = write(address, ask)?;
        let unsent = |detail: String| Unreachable::Network {
            host: address.origin.to_string(),
            detail,
        };
        self.sender
            .ready()
            .await
            .map_err(|error| unsent(error.to_string()))?;
        let answer = self
            .sender
            .try_send_request(request)
            .await
            .map_err(|mut failure| match failure.take_message() {
                // The request comes back only if nothing of it went out.
                Some(_) => OutboundError::Unreachable(unsent(failure.error().to_string())),
                None => OutboundError::NoAnswer(failure.error().to_string()),
            })?;
        let (head, body) = answer.into_parts();
        let body = Limited::new(body, longest)
            .collect()
            .await
            .map_err(|error| {
                if error.is::<http_body_util::LengthLimitError>() {
                    OutboundError::TooLong
                } else {
                    OutboundError::NoAnswer(error.to_string())
                }
            })?
            .to_bytes();
        Ok(Answer {
            status: head.status,
            headers: head.headers,
            body,
        })
    }
}

fn write(address: &Address, ask: Ask) -> Result<Request<Full<Bytes>>, Unreachable> {
    let mut request = Request::builder()
        .method(ask.method)
        .uri(&address.path)
        .header(header::HOST, &address.authority)
        .header(header::USER_AGENT, concat!("Sceau/", env!("CARGO_PKG_VERSION")))
        .header(header::ACCEPT, "*/*");
    if let Some(value) = &ask.authorization {
        let mut value = header::HeaderValue::from_str(value)
            .map_err(|_| Unreachable::Address("the authorization can't be written".to_owned()))?;
        value.set_sensitive(true);
        request = request.header(header::AUTHORIZATION, value);
    }
    if let Some(kind) = ask.content_type {
        request = request.header(header::CONTENT_TYPE, kind);
    }
    for (name, value) in ask.headers {
        request = request.header(name, value);
    }
    request
        .body(Full::new(ask.body))
        .map_err(|error| Unreachable::Address(error.to_string()))
}

/// TLS over a connection.
pub(super) async fn secure(
    origin: &Origin,
    stream: TcpStream,
    trust: &Trust,
) -> Result<TlsStream<TcpStream>, Unreachable> {
    let name = ServerName::try_from(origin.host.clone())
        .map_err(|_| Unreachable::Address(format!("{} is no name for TLS", origin.host)))?;
    let configuration: Arc<ClientConfig> = tls::configuration(trust)?;
    TlsConnector::from(configuration)
        .connect(name, stream)
        .await
        .map_err(|error| {
            Unreachable::Tls(Box::new(TlsFailure {
                host: origin.to_string(),
                problem: TlsProblem::of(&error),
            }))
        })
}
