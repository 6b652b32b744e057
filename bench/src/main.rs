//! What SCEP costs here, in one run: the responder of a built-in authority and the proxy, beside the private RSA
//! operations that this machine and the same library can do at all.
//!
//! The server is the shipped program in a process of its own, over TLS on loopback, with SQLite at synchronous=FULL
//! on disk. The clients' messages are made beforehand. Processor time is read from the kernel's count for that
//! process, so what the clients cost is not in it.

#![allow(clippy::print_stderr, reason = "a long run says how far it is")]

mod client;
mod limit;
mod prepare;
mod proxy;
mod report;
mod responder;
mod server;

use std::path::PathBuf;

use clap::Parser;

/// How much is measured.
#[derive(Clone, Debug, Parser)]
struct Arguments {
    /// Certificates in a row, in the long run.
    #[arg(long, default_value_t = 100_000)]
    certificates: usize,
    /// Exchanges through the proxy.
    #[arg(long, default_value_t = 5_000)]
    exchanges: usize,
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

fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    let limits = limit::measure()?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let report = runtime.block_on(async {
        let responder = responder::measure(&arguments).await?;
        let proxy = proxy::measure(&arguments).await?;
        anyhow::Ok(report::Report {
            limits,
            responder,
            proxy,
        })
    })?;
    report.print();
    if let Some(path) = &arguments.json {
        std::fs::write(path, serde_json::to_vec_pretty(&report)?)?;
    }
    Ok(())
}
