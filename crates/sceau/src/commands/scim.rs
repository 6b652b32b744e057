//! `sceau scim …`: identity providers that write people and groups.

use std::process::ExitCode;

use clap::{Args, Subcommand};
use domain::{Id, actor::Actor, scim::Source};

use super::start;
use crate::{
    actions::scim::{self, SourceForm},
    app::Shared,
    settings::Settings,
};

/// Identity providers that write people and groups (SCIM 2.0).
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Add a source. Its address and its first token are shown; the token this once.
    Add {
        /// Its name.
        name: String,
        /// Take over people who were made by hand and bear the same user name.
        #[arg(long)]
        adopts: bool,
    },
    /// List sources.
    List,
    /// Make another token. It is shown this once.
    Token {
        /// The source's name.
        name: String,
    },
    /// List a source's tokens.
    Tokens {
        /// The source's name.
        name: String,
    },
    /// Revoke a token.
    Revoke {
        /// The source's name.
        name: String,
        /// The token's identifier, as listed.
        token: String,
    },
}

/// Runs it.
#[allow(clippy::print_stdout, reason = "this is the command's answer")]
pub async fn run(settings: Settings, arguments: Arguments) -> anyhow::Result<ExitCode> {
    let app = start::application(settings).await?;
    let actor = Actor::CommandLine;
    match arguments.command {
        Command::Add { name, adopts } => {
            let (_, fresh) = scim::add_source(&app, &actor, &SourceForm { name, adopts }).await?;
            println!("{}\n{}", scim::address(&app), *fresh.token);
        }
        Command::List => {
            for (source, at) in scim::list_sources(&app, &actor).await? {
                let at = at.map(domain::Timestamp::to_rfc3339).unwrap_or_default();
                println!("{}\t{}\t{at}", source.id, source.name);
            }
        }
        Command::Token { name } => {
            let source = named(&app, &name).await?;
            println!("{}", *scim::make_token(&app, &actor, &source.id).await?.token);
        }
        Command::Tokens { name } => {
            let source = named(&app, &name).await?;
            for token in scim::one_source(&app, &actor, &source.id).await?.tokens {
                let used = token
                    .last_used_at
                    .map(domain::Timestamp::to_rfc3339)
                    .unwrap_or_default();
                let is_revoked = if token.revoked_at.is_some() {
                    "revoked"
                } else {
                    "good"
                };
                println!("{}\t{is_revoked}\t{used}", token.id);
            }
        }
        Command::Revoke { name, token } => {
            let source = named(&app, &name).await?;
            scim::revoke_token(&app, &actor, &source.id, &Id::parse(&token)?).await?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

async fn named(app: &Shared, name: &str) -> anyhow::Result<Source> {
    scim::list_sources(app, &Actor::CommandLine)
        .await?
        .into_iter()
        .map(|(source, _)| source)
        .find(|source| source.name == name)
        .ok_or_else(|| anyhow::anyhow!("there is no SCIM source {name:?}"))
}
