//! `sceau apply`: authorities, groups and configurations as files want them.

mod read;
mod told;

use std::{path::PathBuf, process::ExitCode};

use clap::Args;
use domain::actor::Actor;

use super::start;
use crate::{
    actions::{
        Error,
        apply::{self, Change, Step},
    },
    console::language::Language,
    settings::Settings,
};

/// Which files, and whether they are meant.
#[derive(Debug, Args)]
pub struct Arguments {
    /// A TOML file, or a folder: its files *.toml, by name.
    path: PathBuf,
    /// Check and say what would be done. Nothing is changed, and no authority is asked.
    #[arg(long)]
    dry_run: bool,
    /// The language of the words: en or fr.
    #[arg(long, value_name = "LANGUAGE", default_value = "en", value_parser = language)]
    language: Language,
}

/// Checks everything, says what differs, and does it one by one. It ends with 0 when all is as the files want it.
#[allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "this is the command's answer"
)]
pub async fn run(settings: Settings, arguments: Arguments) -> anyhow::Result<ExitCode> {
    let (actor, language) = (Actor::CommandLine, arguments.language);
    let refused = |refusals: &[domain::Error]| {
        for refusal in refusals {
            eprintln!("{}", told::refusal(refusal, language));
        }
        ExitCode::FAILURE
    };
    let wanted = match read::read(&arguments.path) {
        Ok(wanted) => wanted,
        Err(refusals) => return Ok(refused(&refusals)),
    };
    let app = start::application(settings).await?;
    let steps = match apply::plan(&app, &actor, &wanted).await {
        Ok(steps) => steps,
        Err(Error::Internal(error)) => return Err(error),
        Err(error) => return Ok(refused(error.refusals())),
    };
    let totals = [Change::Added, Change::Changed, Change::Same].map(|change| of(&steps, change));
    for step in steps {
        let said = told::step(&step, language);
        if !arguments.dry_run {
            match apply::perform(&app, &actor, step).await {
                Ok(()) => {}
                Err(Error::Internal(error)) => return Err(error),
                Err(error) => {
                    let code = refused(error.refusals());
                    eprintln!("{}", language.words("apply-stopped"));
                    return Ok(code);
                }
            }
        }
        println!("{said}");
    }
    println!("{}", told::totals(totals, arguments.dry_run, language));
    Ok(ExitCode::SUCCESS)
}

fn of(steps: &[Step], change: Change) -> usize {
    steps.iter().filter(|step| step.change == change).count()
}

fn language(code: &str) -> Result<Language, String> {
    Language::from_code(code).ok_or_else(|| "en or fr".to_owned())
}
