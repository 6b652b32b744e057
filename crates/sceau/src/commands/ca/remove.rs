//! `sceau ca remove`: what it would do is printed; it is done with `--yes` alone.

use std::process::ExitCode;

use clap::Args;
use domain::actor::Actor;

use super::{any, worded};
use crate::{
    actions::authorities,
    app::Shared,
    console::{examined, language::Language},
};

/// Which authority, and whether it is meant.
#[derive(Debug, Args)]
pub struct Remove {
    /// Its name.
    name: String,
    /// Do it. Without this, what would happen is printed alone.
    #[arg(long)]
    yes: bool,
    /// The language of the words: en or fr.
    #[arg(long, value_name = "LANGUAGE", default_value = "en", value_parser = super::test::language)]
    language: Language,
}

/// Prints what the removal does, and does it where that was asked for and nothing is in the way.
#[allow(clippy::print_stdout, reason = "this is the command's answer")]
pub async fn run(app: &Shared, actor: &Actor, asked: &Remove) -> anyhow::Result<ExitCode> {
    let authority = any(app, &asked.name).await?;
    let removal = worded(authorities::removal(app, actor, &authority.id).await)?;
    println!("{}", examined::removal(&removal, asked.language));
    if !removal.is_possible() {
        return Ok(ExitCode::FAILURE);
    }
    if !asked.yes {
        println!("{}", asked.language.words("removal-ask-yes"));
        return Ok(ExitCode::FAILURE);
    }
    worded(authorities::remove_authority(app, actor, &authority.id, &removal.name).await)?;
    Ok(ExitCode::SUCCESS)
}
