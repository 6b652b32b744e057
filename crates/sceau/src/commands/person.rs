//! `sceau person …`: the persons whose devices these are.

use std::process::ExitCode;

use anyhow::Context as _;
use clap::{Args, Subcommand};
use domain::{
    actor::Actor,
    person::{Attributes, Person},
};

use super::{secret, start};
use crate::{
    actions::{
        enrolment_codes::{self, USUAL_HOURS},
        enrolment_tokens::{self, TokenForm},
        people::{self, PersonForm},
    },
    app::Shared,
    settings::Settings,
};

/// The persons whose devices these are.
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Add a person, who may then enrol devices.
    Add(Box<Add>),
    /// Make a token that enrols several devices of a person without a password being typed, as from a provisioning
    /// package. It is shown this once.
    Token {
        /// The person's user name.
        username: String,
        /// What it is for.
        #[arg(long)]
        name: String,
        /// How many devices it enrols in all.
        #[arg(long)]
        devices: u32,
        /// Days that it is good for.
        #[arg(long)]
        days: u32,
    },
    /// List people.
    List,
    /// Make a code that the person types once on a device instead of a password. It is shown this once.
    Code {
        /// The person's user name.
        username: String,
        /// Hours that it is good for.
        #[arg(long, default_value_t = USUAL_HOURS)]
        hours: u32,
    },
}

#[derive(Debug, Args)]
struct Add {
    /// The name given at enrolment, often the e-mail address.
    username: String,
    #[command(flatten)]
    password: secret::Arguments,
    /// E-mail address.
    #[arg(long)]
    email: Option<String>,
    /// User principal name.
    #[arg(long)]
    upn: Option<String>,
    /// User id in a directory.
    #[arg(long)]
    uid: Option<String>,
    /// Name for display.
    #[arg(long)]
    display_name: Option<String>,
    /// Given name.
    #[arg(long)]
    first_name: Option<String>,
    /// Family name.
    #[arg(long)]
    last_name: Option<String>,
    /// Distinguished name in a directory.
    #[arg(long)]
    dn: Option<String>,
    /// Common name in a directory.
    #[arg(long)]
    cn: Option<String>,
    /// Organisational unit.
    #[arg(long)]
    ou: Option<String>,
    /// Department.
    #[arg(long)]
    department: Option<String>,
    /// Language, as in fr-FR.
    #[arg(long)]
    locale: Option<String>,
    /// Logon name before Windows 2000.
    #[arg(long)]
    sam_account_name: Option<String>,
    /// Security identifier, S-1-5-21-…
    #[arg(long)]
    sid: Option<String>,
    /// A custom attribute; may be given again.
    #[arg(long, value_name = "NAME=VALUE", value_parser = custom)]
    custom: Vec<(String, String)>,
}

/// Runs it.
#[allow(clippy::print_stdout, reason = "this is the command's answer")]
pub async fn run(settings: Settings, arguments: Arguments) -> anyhow::Result<ExitCode> {
    let app = start::application(settings).await?;
    match arguments.command {
        Command::Add(add) => {
            let person = people::add_person(&app, &Actor::CommandLine, form(*add)?).await?;
            println!("{}", person.id);
        }
        Command::Code { username, hours } => {
            let person = named(&app, &username).await?;
            let fresh = enrolment_codes::make_code(&app, &Actor::CommandLine, &person.id, hours).await?;
            println!("{}", *fresh.code);
        }
        Command::Token {
            username,
            name,
            devices,
            days,
        } => {
            let form = TokenForm {
                name,
                person_id: named(&app, &username).await?.id,
                devices,
                days,
            };
            let fresh = enrolment_tokens::make_token(&app, &Actor::CommandLine, form).await?;
            println!("{}", *fresh.token);
        }
        Command::List => {
            let mut after = None;
            loop {
                let page = people::list_people(&app, &Actor::CommandLine, String::new(), after, 200).await?;
                for person in &page {
                    println!("{}\t{}", person.id, person.username);
                }
                match page.last() {
                    Some(last) if page.len() == 200 => after = Some(last.username.clone()),
                    _ => break,
                }
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

async fn named(app: &Shared, username: &str) -> anyhow::Result<Person> {
    let person = people::person_named(app, &Actor::CommandLine, username).await?;
    person.with_context(|| format!("there is no person {username:?}"))
}

fn form(add: Add) -> anyhow::Result<PersonForm> {
    Ok(PersonForm {
        username: add.username,
        password: Some(add.password.read()?),
        attributes: Attributes {
            email: add.email,
            upn: add.upn,
            uid: add.uid,
            display_name: add.display_name,
            first_name: add.first_name,
            last_name: add.last_name,
            dn: add.dn,
            cn: add.cn,
            ou: add.ou,
            department: add.department,
            locale: add.locale,
            sam_account_name: add.sam_account_name,
            sid: add.sid,
            custom: add.custom.into_iter().collect(),
        },
    })
}

fn custom(text: &str) -> Result<(String, String), String> {
    text.split_once('=')
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .ok_or_else(|| "a custom attribute is written NAME=VALUE".to_owned())
}
