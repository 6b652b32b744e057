//! `sceau operator …`: those who sign in to the console or call the API.

use std::process::ExitCode;

use clap::{Args, Subcommand};
use domain::{
    actor::Actor,
    operator::{Operator, Role},
};

use super::{secret, start};
use crate::{
    actions::operators::{self, OperatorForm},
    app::Shared,
    settings::Settings,
};

/// Those who sign in to the console or call the API.
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Add an operator.
    Add {
        /// The name to sign in with.
        name: String,
        /// owner, administrator, pki_operator, help_desk or auditor.
        #[arg(long, value_parser = role)]
        role: Role,
        #[command(flatten)]
        password: secret::Arguments,
    },
    /// Give an operator another password.
    Password {
        /// Whose.
        name: String,
        #[command(flatten)]
        password: secret::Arguments,
    },
    /// Make a bearer token for the API; it is shown once.
    Token {
        /// Whose.
        name: String,
    },
    /// Make a link that signs in once, within a quarter of an hour.
    LoginLink {
        /// Whose.
        name: String,
    },
    /// List operators.
    List,
}

/// Runs it.
#[allow(clippy::print_stdout, reason = "this is the command's answer")]
pub async fn run(settings: Settings, arguments: Arguments) -> anyhow::Result<ExitCode> {
    let app = start::application(settings).await?;
    let actor = Actor::CommandLine;
    match arguments.command {
        Command::Add { name, role, password } => {
            let form = OperatorForm {
                name,
                role,
                password: Some(password.read()?),
            };
            println!("{}", operators::add_operator(&app, &actor, form).await?.id);
        }
        Command::Password { name, password } => {
            let operator = named(&app, &name).await?;
            operators::change_operator_password(&app, &actor, &operator.id, password.read()?).await?;
        }
        Command::Token { name } => println!("{}", *operators::make_token(&app, &actor, &name).await?),
        Command::LoginLink { name } => {
            println!("{}", *operators::make_login_link(&app, &actor, &name).await?);
        }
        Command::List => {
            for operator in operators::list_operators(&app, &actor).await? {
                println!("{}\t{}\t{}", operator.id, operator.role.name(), operator.name);
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

async fn named(app: &Shared, name: &str) -> anyhow::Result<Operator> {
    operators::list_operators(app, &Actor::CommandLine)
        .await?
        .into_iter()
        .find(|operator| operator.name.eq_ignore_ascii_case(name))
        .ok_or_else(|| anyhow::anyhow!("there is no operator {name:?}"))
}

fn role(name: &str) -> Result<Role, String> {
    Role::from_name(name)
        .ok_or_else(|| "a role is owner, administrator, pki_operator, help_desk or auditor".to_owned())
}
