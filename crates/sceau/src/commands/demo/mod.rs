//! `sceau demo`: the main job, shown. A supervisor of three processes (the server, a laboratory NDES, simulated
//! devices) that plays the administrator through the API.

pub mod administrator;
mod children;
mod progress;
mod report;
mod setup;

use std::{net::SocketAddr, path::PathBuf, process::ExitCode, time::Instant};

use clap::Args;

use super::serve::told_to_stop;
use progress::Progress;
use setup::Demonstration;

/// Flags of `sceau demo`.
#[derive(Clone, Debug, Args)]
pub struct Arguments {
    /// How many devices.
    #[arg(long, default_value_t = 25)]
    devices: usize,
    /// The console's address on loopback; devices are managed on the next port, the NDES has the one after.
    #[arg(long, default_value = "127.0.0.1:8443")]
    listen: SocketAddr,
    /// Where everything is kept; emptied at the start.
    #[arg(long, default_value = "demo-data")]
    data_dir: PathBuf,
    /// End by itself: exit code 0 only when every device holds a verified certificate.
    #[arg(long)]
    once: bool,
    /// An empty PostgreSQL database for the server (`postgres://…`) instead of SQLite in its folder.
    #[arg(long)]
    database: Option<String>,
    /// Write what came of it as JSON.
    #[arg(long)]
    report: Option<PathBuf>,
    /// Unused challenges that the NDES holds at once.
    #[arg(long, default_value_t = 5)]
    challenges_max: usize,
    /// Drives arrival order and delays, never a key, nonce, token or challenge.
    #[arg(long)]
    seed: Option<u64>,
    /// Seconds that a laboratory minute lasts.
    #[arg(long, default_value_t = 1.0)]
    minute: f64,
    /// What goes wrong on purpose: `ordinary`, or what `sceau lab ndes --faults` takes.
    #[arg(long, default_value = "")]
    faults: String,
    /// Laboratory minutes after which `--once` gives up on devices that are not done.
    #[arg(long, default_value_t = 3600.0)]
    patience: f64,
}

/// Runs the demonstration.
pub async fn run(arguments: Arguments) -> anyhow::Result<ExitCode> {
    let begun = Instant::now();
    arguments.faults.parse::<lab::faults::Faults>()?;
    let mut demonstration = Demonstration::set_up(&arguments).await?;
    demonstration.say_where()?;
    let stop = told_to_stop();
    tokio::pin!(stop);
    let mut was_said_done = false;
    let (last, is_interrupted) = loop {
        let progress = demonstration.look(arguments.devices).await?;
        progress.show();
        let is_settled =
            progress.is_done() && (!arguments.once || demonstration.challenges_out().await? == 0);
        let is_over = is_settled
            || arguments.once && begun.elapsed().as_secs_f64() > arguments.patience * arguments.minute;
        if is_over && !was_said_done {
            was_said_done = true;
            progress.conclude(begun.elapsed());
            demonstration.write_report(&arguments, begun.elapsed()).await?;
            if arguments.once {
                break (progress, false);
            }
        }
        tokio::select! {
            () = tokio::time::sleep(progress::INTERVAL) => {}
            result = &mut stop => { result?; break (progress, true); }
        }
    };
    if is_interrupted && !was_said_done {
        demonstration.write_report(&arguments, begun.elapsed()).await?;
    }
    demonstration.stop().await;
    Ok(code(&last, &arguments))
}

fn code(last: &Progress, arguments: &Arguments) -> ExitCode {
    let is_success = !arguments.once || last.verified == arguments.devices;
    if is_success {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}
