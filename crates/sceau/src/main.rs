//! The command line.

use std::process::ExitCode;

use clap::Parser as _;

fn main() -> ExitCode {
    sceau::commands::run(sceau::commands::Cli::parse())
}
