//! What Sceau costs here, in one run: SCEP (the responder of a built-in authority, the proxy) and management sessions,
//! beside what this machine and the same library can do at all.
//!
//! The server is the shipped program in a process of its own, over TLS on loopback, with SQLite at synchronous=FULL
//! on disk, or on PostgreSQL. The clients' keys and messages are made beforehand. Processor time is read from the
//! kernel's count for that process, so what the clients cost is not in it.

#![allow(clippy::print_stderr, reason = "a long run says how far it is")]

mod limit;
mod mdm;
mod scep;
mod server;

use std::path::PathBuf;

use clap::{Parser, ValueEnum};
use serde::Serialize;

/// What can be measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum What {
    /// Enrolments at the responder and through the proxy.
    Scep,
    /// Management sessions that have nothing to do.
    Mdm,
}

/// How much is measured.
#[derive(Clone, Debug, Parser)]
struct Arguments {
    /// What is measured; both unless one is named.
    #[arg(value_enum)]
    what: Option<What>,
    /// Certificates in a row, in the long run.
    #[arg(long, default_value_t = 100_000)]
    certificates: usize,
    /// Exchanges through the proxy.
    #[arg(long, default_value_t = 5_000)]
    exchanges: usize,
    /// Management sessions of one run.
    #[arg(long, default_value_t = 5_000)]
    sessions: usize,
    /// Devices that check in.
    #[arg(long, default_value_t = 5_000)]
    devices: usize,
    /// Minutes over which they do.
    #[arg(long, default_value_t = 10.0)]
    minutes: f64,
    /// URL of an empty PostgreSQL database: then sessions are measured there, too.
    #[arg(long, value_name = "URL")]
    postgres: Option<String>,
    /// The server's program; by default `sceau` beside this one.
    #[arg(long)]
    program: Option<PathBuf>,
    /// Where databases are written; a disk, not memory. By default a folder beside this program.
    #[arg(long)]
    folder: Option<PathBuf>,
    /// Where the report is written as JSON.
    #[arg(long)]
    json: Option<PathBuf>,
}

/// Everything that was measured in this run.
#[derive(Clone, Debug, Serialize)]
struct Report {
    limits: limit::Limits,
    scep: Option<scep::Scep>,
    mdm: Option<mdm::Mdm>,
}

fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    let wants = |what| arguments.what.is_none_or(|wanted| wanted == what);
    let limits = limit::measure(&arguments)?;
    limits.print();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let mut report = Report {
        limits,
        scep: None,
        mdm: None,
    };
    if wants(What::Scep) {
        let measured = runtime.block_on(scep::measure(&arguments))?;
        measured.print();
        report.scep = Some(measured);
    }
    if wants(What::Mdm) {
        let measured = runtime.block_on(mdm::measure(&arguments))?;
        measured.print();
        report.mdm = Some(measured);
    }
    if let Some(path) = &arguments.json {
        std::fs::write(path, serde_json::to_vec_pretty(&report)?)?;
    }
    Ok(())
}
