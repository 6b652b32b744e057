//! Sockets and connections.

use std::convert::Infallible;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::JoinSet;

use super::ntlm::Acceptor;
use super::routes::{self, Service};
use super::tls::Tls;

const HEAD_TIMEOUT: Duration = Duration::from_secs(30);
const HANDSHAKE_TIMEOUT: Duration = Duration::from_secs(10);
const MOST_CONNECTIONS: usize = 1_024;

/// Serves until told to stop, then ends every connection.
pub(super) async fn serve(
    listener: TcpListener,
    tls: Option<Tls>,
    service: Arc<Service>,
    mut stop: oneshot::Receiver<()>,
) {
    let tls = tls.map(Arc::new);
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            _ = &mut stop => break,
            Some(_) = connections.join_next() => {}
            accepted = listener.accept(), if connections.len() < MOST_CONNECTIONS => match accepted {
                Ok((stream, _)) => {
                    connections.spawn(connection(stream, tls.clone(), Arc::clone(&service)));
                }
                Err(error) => {
                    // Out of descriptors, most likely: others are given back meanwhile.
                    tracing::warn!(%error, "a connection was not taken");
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
            },
        }
    }
    connections.shutdown().await;
}

async fn connection(stream: TcpStream, tls: Option<Arc<Tls>>, service: Arc<Service>) {
    let _ = stream.set_nodelay(true);
    let Some(tls) = tls else {
        return serve_http(stream, Acceptor::new(None), service).await;
    };
    match tokio::time::timeout(HANDSHAKE_TIMEOUT, tls.acceptor.accept(stream)).await {
        Ok(Ok(stream)) => serve_http(stream, Acceptor::new(Some(tls.channel_binding)), service).await,
        Ok(Err(error)) => tracing::debug!(%error, "a TLS handshake failed"),
        Err(_) => tracing::debug!("a TLS handshake took too long"),
    }
}

async fn serve_http(stream: impl AsyncRead + AsyncWrite + Unpin, acceptor: Acceptor, service: Arc<Service>) {
    let acceptor = Arc::new(Mutex::new(acceptor));
    let mut restarts = service.enrolment.mishaps.restarts();
    let handler = service_fn(move |request| {
        let (service, acceptor) = (Arc::clone(&service), Arc::clone(&acceptor));
        async move { Ok::<_, Infallible>(routes::answer(service, acceptor, request).await) }
    });
    let served = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIMEOUT)
        .serve_connection(TokioIo::new(stream), handler);
    tokio::select! {
        // A restart of NDES ends what it serves in the middle.
        _ = restarts.changed() => {}
        served = served => if let Err(error) = served {
            tracing::debug!(%error, "a connection broke");
        }
    }
}
