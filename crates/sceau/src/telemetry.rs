//! Logs: lines for people on a terminal, JSON when asked for. Figures: for Prometheus.

pub mod metrics;

use std::io::IsTerminal as _;

use tracing_subscriber::EnvFilter;

/// Starts logging to standard error. `SCEAU_LOG` filters as in `info,sceau=debug`; `SCEAU_LOG_FORMAT=json` gives JSON.
pub fn start() {
    let usual = format!("info,{}", store::LOG_FILTER);
    let filter = EnvFilter::try_from_env("SCEAU_LOG").unwrap_or_else(|_| EnvFilter::new(usual));
    let lines = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .with_target(false);
    let is_json = std::env::var("SCEAU_LOG_FORMAT").is_ok_and(|format| format == "json");
    // A second start (as in tests) keeps the first.
    let _ = if is_json {
        lines.json().try_init()
    } else {
        lines.try_init()
    };
}
