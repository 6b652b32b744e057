//! `sceau serve`

use std::{path::Path, process::ExitCode, time::Duration};

use anyhow::ensure;
use clap::Args;

use super::start;
use crate::{
    app::Shared,
    jobs,
    listen::{self, Forwarded, Listener, Plain, metrics_router},
    mdm, routes,
    settings::Settings,
};

/// The file that marks a data folder of the demonstration.
pub const DEMONSTRATION_MARK: &str = "made-by-sceau-demo";

/// Time for what was handed to an authority to be answered: as long as such a call may take.
const FAREWELL: Duration = Duration::from_secs(32);

/// Flags of `sceau serve`.
#[derive(Debug, Args)]
pub struct Arguments {
    /// Serve a data folder that `sceau demo` made: on loopback only.
    #[arg(long, hide = true)]
    demonstration: bool,
}

/// Serves until it is told to stop.
pub async fn run(settings: Settings, arguments: Arguments) -> anyhow::Result<ExitCode> {
    refuse_demonstration(&settings, arguments.demonstration)?;
    let app = start::application(settings).await?;
    let tls = listen::load(&app.settings, app.now())?;
    if tls.is_self_made {
        tracing::warn!(
            "the listeners use a self-made certificate: set tls.certificate and tls.key before devices enrol"
        );
    }
    let places = &app.settings.listen;
    let public = Listener::bind(places.public, tls.public)
        .await?
        .behind(Forwarded::addresses(&places.proxies));
    let management = Listener::bind(places.management, tls.management)
        .await?
        .behind(Forwarded::certificates(&places.proxies));
    tracing::info!(public = %public.address()?, management = %management.address()?, "listening");
    let metrics = metrics(&app).await;
    let redirect = match places.redirect {
        Some(address) => Some(Plain::serve(address, mdm::redirect_router(app.clone())).await?),
        None => None,
    };
    let jobs = jobs::start(&app).await?;
    let public = public.serve(routes::public(app.clone()))?;
    let management = management.serve(routes::management(app.clone()))?;
    told_to_stop().await?;
    tracing::info!("stopping");
    tokio::join!(public.stop(), management.stop());
    if !app.errands.settle(FAREWELL).await {
        tracing::warn!("an authority did not answer in time: its requests will stand as outcome unknown");
    }
    jobs.stop().await;
    for plain in metrics.into_iter().chain(redirect) {
        plain.stop().await;
    }
    Ok(ExitCode::SUCCESS)
}

/// Monitoring that can't be served keeps nobody from a certificate: a second server on this machine, say.
async fn metrics(app: &Shared) -> Option<Plain> {
    let address = app.settings.listen.metrics?;
    match Plain::serve(address, metrics_router(app.clone())).await {
        Ok(metrics) => {
            tracing::info!(address = %metrics.address, "metrics are served");
            Some(metrics)
        }
        Err(error) => {
            tracing::warn!(error = %format!("{error:#}"), "metrics are not served: set listen.metrics");
            None
        }
    }
}

fn refuse_demonstration(settings: &Settings, is_asked_for: bool) -> anyhow::Result<()> {
    let is_marked = Path::new(&settings.data_dir).join(DEMONSTRATION_MARK).exists();
    ensure!(
        is_asked_for || !is_marked,
        "{} was made by `sceau demo`: its authority and people are not real, use another data_dir",
        settings.data_dir.display()
    );
    let is_local = settings.listen.public.ip().is_loopback() && settings.listen.management.ip().is_loopback();
    ensure!(
        !is_asked_for || is_local,
        "a demonstration is served on loopback only"
    );
    Ok(())
}

/// Waits for SIGTERM or Ctrl-C.
pub async fn told_to_stop() -> anyhow::Result<()> {
    let mut terminate = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?;
    tokio::select! {
        _ = terminate.recv() => {}
        result = tokio::signal::ctrl_c() => result?,
    }
    Ok(())
}
