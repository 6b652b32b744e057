//! `sceau ca test`: the test of a connection, as the console and the API make it.

use std::process::ExitCode;

use clap::Args;
use domain::actor::Actor;
use serde_json::json;

use super::{any, worded};
use crate::{
    actions::authorities::{self, AuthorityTest},
    app::Shared,
    console::{examined, language::Language},
};

/// The test couldn't be made.
const NOT_MADE: u8 = 2;

/// Which authority, and how it is told.
#[derive(Debug, Args)]
pub struct Test {
    /// Its name.
    name: String,
    /// Print JSON.
    #[arg(long)]
    json: bool,
    /// The language of the words: en or fr.
    #[arg(long, value_name = "LANGUAGE", default_value = "en", value_parser = language)]
    language: Language,
    /// The full test: takes one challenge, asks for a certificate, compares it and forgets its key.
    #[arg(long)]
    full: bool,
    /// The configuration whose wishes the full test sends and compares.
    #[arg(long, value_name = "NAME", requires = "full")]
    configuration: Option<String>,
}

/// Tests it.
#[allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "this is the command's answer"
)]
pub async fn run(app: &Shared, actor: &Actor, asked: Test) -> ExitCode {
    match Box::pin(tested(app, actor, &asked)).await {
        Ok(test) => {
            if asked.json {
                println!("{}", as_json(&test, asked.language));
            } else {
                println!("{}", examined::report(&test, asked.language));
                if let Some(der) = &test.issued {
                    print!("{}", ca::pem::certificate(der));
                }
            }
            ExitCode::from(u8::from(!test.is_good()))
        }
        Err(error) => {
            eprintln!("sceau: {error:#}");
            ExitCode::from(NOT_MADE)
        }
    }
}

async fn tested(app: &Shared, actor: &Actor, asked: &Test) -> anyhow::Result<AuthorityTest> {
    let name = asked.name.as_str();
    let authority = any(app, name).await?;
    let id = &authority.id;
    worded(if asked.full {
        Box::pin(authorities::full_test(
            app,
            actor,
            id,
            asked.configuration.as_deref(),
        ))
        .await
    } else {
        authorities::test_authority(app, actor, id).await
    })
}

fn as_json(test: &AuthorityTest, language: Language) -> serde_json::Value {
    let steps: Vec<_> = test
        .steps
        .iter()
        .map(|step| {
            json!({
                "step": step.step,
                "result": step.result,
                "key": step.key,
                "values": step.values.iter().cloned().collect::<std::collections::BTreeMap<_, _>>(),
                "milliseconds": step.milliseconds,
                "text": examined::sentence(step, language),
            })
        })
        .collect();
    json!({
        "is_good": test.is_good(),
        "steps": steps,
        "issued": test.issued.as_deref().map(ca::pem::certificate),
    })
}

/// A language by its code.
pub(super) fn language(code: &str) -> Result<Language, String> {
    Language::from_code(code).ok_or_else(|| "en or fr".to_owned())
}
