//! The command line.

use std::process::ExitCode;

use clap::Parser as _;

/// A request allocates some hundred times; this one does that cheaper than the system's, and holds less after a rush.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    sceau::commands::run(sceau::commands::Cli::parse())
}
