//! A look-alike of Microsoft's Network Device Enrollment Service with its CA, for demonstrations
//! and tests, built from what is publicly known of the real one. It shares no code with the
//! server that it tests, and refuses to listen beyond loopback.

mod options;

use std::net::SocketAddr;

use tokio::sync::oneshot;
use tokio::task::JoinHandle;

pub use options::NdesOptions;

/// A look-alike that listens.
pub struct Running {
    /// Where it listens; the port is real even if port 0 was asked for.
    pub address: SocketAddr,
    stop: oneshot::Sender<()>,
    task: JoinHandle<()>,
}

impl Running {
    /// Stops listening and ends every connection.
    pub async fn shutdown(self) {
        let _ = self.stop.send(());
        let _ = self.task.await;
    }
}

/// Runs until SIGINT or SIGTERM.
///
/// # Errors
/// As [`start`].
pub async fn run(options: NdesOptions) -> anyhow::Result<()> {
    let _running = start(options).await?;
    Ok(())
}

/// Listens, and returns as soon as it does.
///
/// # Errors
/// An address beyond loopback, one that is taken, a data folder that can't be read or written.
pub async fn start(options: NdesOptions) -> anyhow::Result<Running> {
    anyhow::ensure!(
        options.listen.ip().is_loopback(),
        "the laboratory listens on loopback only, not on {}",
        options.listen
    );
    anyhow::bail!("the laboratory's NDES is not built yet")
}
