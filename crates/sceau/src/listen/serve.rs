//! Accepting connections: TLS first, then HTTP/1.1 or HTTP/2, the peer's certificate beside each request.

use std::{convert::Infallible, net::SocketAddr, sync::Arc, time::Duration};

use anyhow::Context as _;
use axum::{
    Router,
    body::Body,
    extract::ConnectInfo,
    http::{Request, Response, StatusCode},
};
use hyper::{body::Incoming, service::service_fn};
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::{
        conn::auto,
        graceful::{GracefulShutdown, Watcher},
    },
};
use rustls::ServerConfig;
use tokio::{
    net::{TcpListener, TcpStream},
    sync::{Semaphore, watch},
    task::JoinHandle,
};
use tokio_rustls::TlsAcceptor;
use tower::ServiceExt as _;

use super::{Forwarded, PeerCertificate};

/// Connections at once on one listener; more wait in the socket's queue.
const CONNECTIONS: usize = 4096;
/// A handshake that takes longer is ended.
const HANDSHAKE: Duration = Duration::from_secs(10);
/// Time for the head of a request.
const HEADERS: Duration = Duration::from_secs(15);
/// A silent HTTP/2 connection is asked this often whether anyone is there.
const KEEP_ALIVE: Duration = Duration::from_secs(60);
/// Time for requests under way at the end.
const FAREWELL: Duration = Duration::from_secs(8);

/// A bound socket.
pub struct Listener {
    socket: TcpListener,
    tls: Arc<ServerConfig>,
    forwarded: Forwarded,
}

/// A listener that serves.
pub struct Running {
    /// Where.
    pub address: SocketAddr,
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
}

impl Running {
    /// Stops accepting, lets requests under way end, for a few seconds at most.
    pub async fn stop(self) {
        let _ = self.stop.send(true);
        let _ = self.task.await;
    }
}

impl Listener {
    /// Binds the socket.
    pub async fn bind(address: SocketAddr, tls: Arc<ServerConfig>) -> anyhow::Result<Self> {
        let socket = TcpListener::bind(address)
            .await
            .with_context(|| format!("listening on {address}"))?;
        Ok(Self {
            socket,
            tls,
            forwarded: Forwarded::default(),
        })
    }

    /// Believes what these proxies tell of their clients.
    pub fn behind(self, forwarded: Forwarded) -> Self {
        Self { forwarded, ..self }
    }

    /// Where it listens.
    pub fn address(&self) -> anyhow::Result<SocketAddr> {
        Ok(self.socket.local_addr()?)
    }

    /// Serves the router until told to stop.
    pub fn serve(self, router: Router) -> anyhow::Result<Running> {
        let address = self.address()?;
        let (stop, stopped) = watch::channel(false);
        let task = tokio::spawn(accept(self, router, stopped));
        Ok(Running { address, stop, task })
    }
}

async fn accept(listener: Listener, router: Router, mut stopped: watch::Receiver<bool>) {
    let acceptor = TlsAcceptor::from(listener.tls);
    let door = Door {
        router,
        forwarded: listener.forwarded,
    };
    let places = Arc::new(Semaphore::new(CONNECTIONS));
    let graceful = GracefulShutdown::new();
    loop {
        let next = async {
            let place = places.clone().acquire_owned().await;
            (place, listener.socket.accept().await)
        };
        let (place, accepted) = tokio::select! {
            next = next => next,
            _ = stopped.changed() => break,
        };
        match accepted {
            Ok((stream, from)) => {
                let (acceptor, door, watcher) = (acceptor.clone(), door.clone(), graceful.watcher());
                tokio::spawn(async move {
                    connection(stream, from, acceptor, door, watcher).await;
                    drop(place);
                });
            }
            Err(error) => {
                // Out of file handles, most likely: leave the others time to end.
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        }
    }
    let _ = tokio::time::timeout(FAREWELL, graceful.shutdown()).await;
}

/// What stands behind each connection.
#[derive(Clone)]
struct Door {
    router: Router,
    forwarded: Forwarded,
}

impl Door {
    async fn answer(
        self,
        from: SocketAddr,
        tls: Option<PeerCertificate>,
        mut request: Request<Incoming>,
    ) -> Result<Response<Body>, Infallible> {
        let client = match self.forwarded.client(from, tls.as_ref(), request.headers_mut()) {
            Ok(client) => client,
            Err(refused) => {
                tracing::warn!(proxy = %from, %refused, "a proxy's request was refused");
                let mut response =
                    Response::new(Body::from(format!("the proxy is set up wrongly: {refused}")));
                *response.status_mut() = StatusCode::BAD_REQUEST;
                return Ok(response);
            }
        };
        request.extensions_mut().insert(ConnectInfo(client.address));
        if let Some(certificate) = client.certificate {
            request.extensions_mut().insert(certificate);
        }
        self.router.oneshot(request).await
    }
}

async fn connection(
    stream: TcpStream,
    from: SocketAddr,
    acceptor: TlsAcceptor,
    door: Door,
    watcher: Watcher,
) {
    let _ = stream.set_nodelay(true);
    let Ok(Ok(stream)) = tokio::time::timeout(HANDSHAKE, acceptor.accept(stream)).await else {
        tracing::debug!(%from, "a TLS handshake failed");
        return;
    };
    let peer = stream
        .get_ref()
        .1
        .peer_certificates()
        .and_then(|chain| chain.first())
        .map(|certificate| PeerCertificate(Arc::from(certificate.as_ref())));
    // The router itself is shared: a layer for each connection would copy every route.
    let service = service_fn(move |request| door.clone().answer(from, peer.clone(), request));
    // TLS has settled which HTTP it is: nothing waits without a limit for the first octets to tell.
    let is_http2 = stream.get_ref().1.alpn_protocol() == Some(b"h2");
    let mut builder = auto::Builder::new(TokioExecutor::new());
    builder = if is_http2 {
        builder.http2_only()
    } else {
        builder.http1_only()
    };
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADERS)
        .max_headers(64);
    builder
        .http2()
        .timer(TokioTimer::new())
        .keep_alive_interval(KEEP_ALIVE)
        .keep_alive_timeout(HEADERS)
        .max_header_list_size(32 * 1024)
        .max_concurrent_streams(64);
    let serving = builder.serve_connection_with_upgrades(TokioIo::new(stream), service);
    if let Err(error) = watcher.watch(serving.into_owned()).await {
        tracing::debug!(%from, %error, "a connection ended early");
    }
}
