//! `sceau migrate`

use std::process::ExitCode;

use super::start;
use crate::settings::Settings;

/// Brings the database to this version and says from where.
#[allow(clippy::print_stdout, reason = "this is the command's answer")]
pub async fn run(settings: Settings) -> anyhow::Result<ExitCode> {
    let store = start::database(&settings).await?;
    let pending = store.pending_migrations().await?;
    store.migrate().await?;
    println!("{} migrations applied, the database is up to date", pending.len());
    Ok(ExitCode::SUCCESS)
}
