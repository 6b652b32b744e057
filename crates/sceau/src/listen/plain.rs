//! Listeners without TLS: what Prometheus reads, and where a device that looks for us over plain http is sent.

use std::net::SocketAddr;

use anyhow::Context as _;
use axum::Router;
use tokio::{net::TcpListener, task::JoinHandle};

/// A listener without TLS, serving.
pub struct Plain {
    /// Where.
    pub address: SocketAddr,
    task: JoinHandle<()>,
}

impl Plain {
    /// Serves at the address.
    pub async fn serve(address: SocketAddr, router: Router) -> anyhow::Result<Self> {
        let socket = TcpListener::bind(address)
            .await
            .with_context(|| format!("listening on {address}"))?;
        let address = socket.local_addr()?;
        let task = tokio::spawn(async move {
            let _ = axum::serve(socket, router).await;
        });
        Ok(Self { address, task })
    }

    /// Stops serving, in the middle of an answer if need be: whoever asks here asks again.
    pub async fn stop(self) {
        self.task.abort();
        let _ = self.task.await;
    }
}
