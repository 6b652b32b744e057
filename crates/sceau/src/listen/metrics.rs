//! What Prometheus reads: plain http without sign-in, on loopback unless the settings say other.

use std::net::SocketAddr;

use anyhow::Context as _;
use axum::{
    Router,
    extract::State,
    http::{StatusCode, header::CONTENT_TYPE},
    response::{IntoResponse as _, Response},
    routing::get,
};
use tokio::{net::TcpListener, task::JoinHandle};

use crate::{actions::figures, app::Shared, telemetry::metrics};

/// The listener, serving.
pub struct Metrics {
    /// Where.
    pub address: SocketAddr,
    task: JoinHandle<()>,
}

impl Metrics {
    /// Serves at the address.
    pub async fn serve(app: Shared, address: SocketAddr) -> anyhow::Result<Self> {
        let socket = TcpListener::bind(address)
            .await
            .with_context(|| format!("listening on {address}"))?;
        let address = socket.local_addr()?;
        let router = Router::new().route("/metrics", get(show)).with_state(app);
        let task = tokio::spawn(async move {
            let _ = axum::serve(socket, router).await;
        });
        Ok(Self { address, task })
    }

    /// Stops serving, in the middle of an answer if need be: whoever reads it reads again.
    pub async fn stop(self) {
        self.task.abort();
        let _ = self.task.await;
    }
}

async fn show(State(app): State<Shared>) -> Response {
    match figures::figures(&app).await {
        Ok(figures) => ([(CONTENT_TYPE, metrics::CONTENT_TYPE)], metrics::text(&figures)).into_response(),
        Err(error) => {
            let _ = error.incident();
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}
