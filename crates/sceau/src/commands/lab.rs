//! `sceau lab`: parts of the laboratory by themselves.

use std::{net::SocketAddr, path::PathBuf, process::ExitCode};

use clap::{Args, Subcommand};
use zeroize::Zeroizing;

/// Flags of `sceau lab`.
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(subcommand)]
    part: Part,
}

#[derive(Debug, Subcommand)]
enum Part {
    /// A look-alike of Microsoft NDES with a CA of its own, on loopback.
    Ndes(Ndes),
    /// Simulated Windows devices.
    Devices(Devices),
}

/// Flags of `sceau lab ndes`.
#[derive(Debug, Args)]
struct Ndes {
    /// Where it listens: a loopback address.
    #[arg(long)]
    listen: SocketAddr,
    /// The account that may get challenges, `DOMAIN\user`.
    #[arg(long)]
    user: String,
    /// Its password.
    #[arg(long, env = "SCEAU_TEST_NDES_PASSWORD", hide_env_values = true)]
    password: String,
    /// Its folder: ca.pem, issued/, issued.tsv.
    #[arg(long)]
    data_dir: PathBuf,
    /// Unused challenges at once (PasswordMax).
    #[arg(long, default_value_t = 5)]
    challenges_max: usize,
    /// Minutes until an unused challenge dies (PasswordValidity).
    #[arg(long, default_value_t = 60)]
    challenge_minutes: u32,
    /// One challenge for everybody (UseSinglePassword).
    #[arg(long)]
    single_challenge: Option<String>,
    /// Take single DES, which the SCEP clients of old devices speak.
    #[arg(long)]
    legacy: bool,
    /// HTTPS; writes DIR/tls-ca.pem.
    #[arg(long)]
    tls: bool,
    /// Seconds that a laboratory minute lasts.
    #[arg(long, default_value_t = 60.0)]
    minute: f64,
    /// What goes wrong on purpose: `ordinary`, or names with commas between them, as
    /// `slow,cache-full=10@20,http-500=0.1`.
    #[arg(long, default_value = "")]
    faults: lab::faults::Faults,
    /// Drives delays, order and faults, never a key or a challenge.
    #[arg(long)]
    seed: Option<u64>,
}

/// Flags of `sceau lab devices`.
#[derive(Debug, Args)]
struct Devices {
    /// The server's public address.
    #[arg(long)]
    server: url::Url,
    /// The certificate (PEM) that its TLS is trusted by.
    #[arg(long)]
    ca_file: PathBuf,
    /// User and enrolment password a line.
    #[arg(long)]
    people: PathBuf,
    /// How many.
    #[arg(long)]
    devices: usize,
    /// Their folder: NAME/my/SHA1.pem is what a device holds.
    #[arg(long)]
    data_dir: PathBuf,
    /// Seconds that a laboratory minute lasts.
    #[arg(long, default_value_t = 60.0)]
    minute: f64,
    /// Drives order and delays, never a key.
    #[arg(long)]
    seed: Option<u64>,
    /// What goes wrong on purpose; the devices heed `vanish[=SHARE[@MINUTES]]`, also as a part of `ordinary`.
    #[arg(long, default_value = "")]
    faults: lab::faults::Faults,
    /// Write what they hold as JSON.
    #[arg(long)]
    report: Option<PathBuf>,
    /// End when every device holds its certificate, instead of polling on.
    #[arg(long)]
    once: bool,
}

/// Runs a part of the laboratory until it is told to stop.
pub async fn run(arguments: Arguments) -> anyhow::Result<ExitCode> {
    match arguments.part {
        Part::Ndes(ndes) => run_ndes(ndes).await,
        Part::Devices(devices) => run_devices(devices).await,
    }
}

async fn run_ndes(flags: Ndes) -> anyhow::Result<ExitCode> {
    lab::ndes::run(lab::ndes::NdesOptions {
        user: flags.user,
        password: Zeroizing::new(flags.password),
        challenges_max: flags.challenges_max,
        challenge_minutes: flags.challenge_minutes,
        single_challenge: flags.single_challenge.map(Zeroizing::new),
        is_legacy: flags.legacy,
        tls: flags.tls,
        minute_seconds: flags.minute,
        faults: flags.faults,
        seed: flags.seed,
        ..lab::ndes::NdesOptions::on(flags.listen, flags.data_dir)
    })
    .await?;
    Ok(ExitCode::SUCCESS)
}

async fn run_devices(flags: Devices) -> anyhow::Result<ExitCode> {
    lab::device::run(lab::device::DevicesOptions {
        server: flags.server,
        ca_file: flags.ca_file,
        people_file: flags.people,
        devices: flags.devices,
        data_dir: flags.data_dir,
        minute_seconds: flags.minute,
        seed: flags.seed,
        report: flags.report,
        faults: flags.faults,
        linger: !flags.once,
    })
    .await?;
    Ok(ExitCode::SUCCESS)
}
