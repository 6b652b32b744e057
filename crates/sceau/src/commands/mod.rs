//! What the command line can do, one file per command.

mod apply;
mod ca;
#[cfg(feature = "lab")]
pub mod demo;
mod device;
mod doctor;
#[cfg(feature = "lab")]
mod lab;
mod migrate;
mod operator;
mod person;
mod scep;
mod scim;
mod secret;
mod serve;
pub mod start;

use std::{path::PathBuf, process::ExitCode};

use clap::{Parser, Subcommand};

use crate::settings::Settings;

/// Certificates from your own authority onto every Windows device.
#[derive(Debug, Parser)]
#[command(name = "sceau", version, about)]
pub struct Cli {
    /// Settings file; `sceau.toml` in the working folder is read when there is one. `SCEAU_*` overrides it.
    #[arg(long, global = true, value_name = "FILE", env = "SCEAU_CONFIG")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the server.
    Serve(serve::Arguments),
    /// Bring the database to this version.
    Migrate,
    /// Check settings, database, keys and TLS.
    Doctor,
    /// The persons whose devices these are.
    Person(person::Arguments),
    /// Devices that enrolled.
    Device(device::Arguments),
    /// Those who administer.
    Operator(operator::Arguments),
    /// Identity providers that write people and groups.
    Scim(scim::Arguments),
    /// The authorities that this server is itself.
    Ca(ca::Arguments),
    /// Bring authorities and configurations in line with files. What they don't name stays; nothing is removed.
    Apply(apply::Arguments),
    /// Ask a SCEP server, enrol there, and see what it says.
    Scep(scep::Arguments),
    /// Show the main job with a laboratory CA and simulated devices.
    #[cfg(feature = "lab")]
    Demo(demo::Arguments),
    /// Parts of the laboratory by themselves.
    #[cfg(feature = "lab")]
    Lab(lab::Arguments),
}

/// Runs a command; what went wrong is said in one line on standard error.
#[allow(clippy::print_stderr, reason = "this is where the command line speaks")]
pub fn run(cli: Cli) -> ExitCode {
    crate::telemetry::start();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("sceau: the runtime does not start: {error}");
            return ExitCode::FAILURE;
        }
    };
    match runtime.block_on(dispatch(cli)) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("sceau: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn dispatch(cli: Cli) -> anyhow::Result<ExitCode> {
    let settings = || Settings::load(cli.config.as_deref());
    match cli.command {
        Command::Serve(arguments) => serve::run(settings()?, arguments).await,
        Command::Migrate => migrate::run(settings()?).await,
        Command::Doctor => doctor::run(settings()).await,
        Command::Person(arguments) => person::run(settings()?, arguments).await,
        Command::Device(arguments) => device::run(settings()?, arguments).await,
        Command::Operator(arguments) => operator::run(settings()?, arguments).await,
        Command::Scim(arguments) => scim::run(settings()?, arguments).await,
        Command::Ca(arguments) => ca::run(settings()?, arguments).await,
        Command::Apply(arguments) => Box::pin(apply::run(settings()?, arguments)).await,
        Command::Scep(arguments) => Ok(scep::run(arguments).await),
        #[cfg(feature = "lab")]
        Command::Demo(arguments) => demo::run(arguments).await,
        #[cfg(feature = "lab")]
        Command::Lab(arguments) => lab::run(arguments).await,
    }
}
