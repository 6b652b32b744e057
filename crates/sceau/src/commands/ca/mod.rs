//! `sceau ca …`: certificate authorities, above all those that this server is itself.

mod issued;
mod made;
mod remove;
mod shown;
mod test;

use std::{path::PathBuf, process::ExitCode};

use clap::{Args, Subcommand};
use domain::{
    actor::Actor,
    external_ca::{Authority, AuthorityKind},
    id::Id,
    issuance::{IssuanceId, RevocationReason},
};

use super::start;
use crate::{
    actions::{
        authorities,
        built_in::{self, Decision},
    },
    app::Shared,
    settings::Settings,
};

/// The authorities that this server is itself.
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Make a root and an issuing authority below it.
    Create(made::Create),
    /// Bring in an authority: key and certificates in one file, PEM or PKCS#12.
    Import(made::Import),
    /// Bring in an authority whose key stays in a PKCS#11 token.
    ImportToken(made::ImportToken),
    /// List the built-in authorities.
    List,
    /// Show one: address, rules, certificates, revocation list.
    Show {
        /// Its name.
        name: String,
        /// Print its certificates alone, as PEM.
        #[arg(long)]
        pem: bool,
    },
    /// List what it issued and what waits, newest first.
    Issued {
        /// Its name.
        name: String,
    },
    /// Issue what waits.
    Approve {
        /// The request, as `issued` lists it.
        #[arg(value_parser = issuance)]
        id: IssuanceId,
    },
    /// Refuse what waits.
    Refuse {
        /// The request, as `issued` lists it.
        #[arg(value_parser = issuance)]
        id: IssuanceId,
    },
    /// Revoke a certificate, and publish a list that says so.
    Revoke {
        /// The certificate, as `issued` lists it.
        #[arg(value_parser = issuance)]
        id: IssuanceId,
        /// unspecified, key_compromise, affiliation_changed, superseded, cessation_of_operation or
        /// privilege_withdrawn.
        #[arg(long, value_parser = reason)]
        reason: RevocationReason,
    },
    /// Print its revocation list as PEM, or write it as DER.
    Crl {
        /// Its name.
        name: String,
        /// The file for the list, DER.
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
    /// Make the next issuing certificate and announce it to devices.
    Next {
        /// Its name.
        name: String,
        /// Years until it ends.
        #[arg(long)]
        years: u32,
    },
    /// Test the connection to an authority, external or built-in. Only the full test takes a challenge.
    ///
    /// Ends with 0 when nothing failed, 1 when something did, 2 when the test couldn't be made.
    Test(test::Test),
    /// Remove an authority, external or built-in. What that does is printed first; it is done with --yes alone.
    Remove(remove::Remove),
    /// Take the announced certificate into use.
    Activate {
        /// Its name.
        name: String,
    },
}

/// Runs it.
#[allow(clippy::print_stdout, reason = "this is the command's answer")]
pub async fn run(settings: Settings, arguments: Arguments) -> anyhow::Result<ExitCode> {
    let app = start::application(settings).await?;
    let actor = Actor::CommandLine;
    match arguments.command {
        Command::Test(test) => return Ok(Box::pin(test::run(&app, &actor, test)).await),
        Command::Remove(asked) => return remove::run(&app, &actor, &asked).await,
        Command::Create(create) => println!("{}", made::create(&app, &actor, create).await?.id),
        Command::Import(import) => println!("{}", made::import(&app, &actor, import).await?.id),
        Command::ImportToken(import) => println!("{}", made::import_token(&app, &actor, import).await?.id),
        Command::List => shown::list(&app, &actor).await?,
        Command::Show { name, pem } => shown::one(&app, &actor, &named(&app, &name).await?, pem).await?,
        Command::Issued { name } => issued::list(&app, &actor, &named(&app, &name).await?).await?,
        Command::Approve { id } => {
            let decided = built_in::decide(&app, &actor, &id, Decision::Approve).await;
            println!("{}", worded(decided)?.serial);
        }
        Command::Refuse { id } => {
            worded(built_in::decide(&app, &actor, &id, Decision::Refuse).await)?;
        }
        Command::Revoke { id, reason } => {
            println!(
                "{}",
                worded(built_in::revoke(&app, &actor, &id, reason).await)?.serial
            );
        }
        Command::Crl { name, out } => {
            shown::revocation_list(&app, &named(&app, &name).await?, out.as_deref()).await?;
        }
        Command::Next { name, years } => {
            let id = named(&app, &name).await?.id;
            worded(built_in::announce_next(&app, &actor, &id, years).await)?;
        }
        Command::Activate { name } => {
            let id = named(&app, &name).await?.id;
            println!(
                "{}",
                worded(built_in::activate_next(&app, &actor, &id).await)?.issuer_sha1
            );
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// A refusal for several reasons says each of them.
fn worded<T>(result: crate::actions::Result<T>) -> anyhow::Result<T> {
    result.map_err(|error| match error.refusals() {
        [] | [_] => anyhow::Error::new(error),
        several => {
            let all: Vec<&str> = several.iter().map(|one| one.detail.as_str()).collect();
            anyhow::anyhow!("{}", all.join("; "))
        }
    })
}

/// The authority of this name, whatever its kind.
async fn any(app: &Shared, name: &str) -> anyhow::Result<Authority> {
    let is_it = |_: &Authority| true;
    found(app, name, is_it)
        .await?
        .ok_or_else(|| anyhow::anyhow!("there is no authority {name:?}"))
}

async fn named(app: &Shared, name: &str) -> anyhow::Result<Authority> {
    let is_built_in = |authority: &Authority| authority.kind == AuthorityKind::BuiltIn;
    found(app, name, is_built_in)
        .await?
        .ok_or_else(|| anyhow::anyhow!("there is no built-in authority {name:?}"))
}

/// By its exact name, else whatever the letters' case: two names may differ in that alone.
async fn found(
    app: &Shared,
    name: &str,
    is_meant: impl Fn(&Authority) -> bool,
) -> anyhow::Result<Option<Authority>> {
    let mut all = authorities::list(app, &Actor::CommandLine).await?;
    all.retain(|authority| is_meant(authority) && authority.name.eq_ignore_ascii_case(name));
    let exact = all.iter().position(|authority| authority.name == name);
    Ok(all.into_iter().nth(exact.unwrap_or_default()))
}

fn issuance(text: &str) -> Result<IssuanceId, String> {
    Id::parse(text).map_err(|error| error.detail)
}

fn reason(name: &str) -> Result<RevocationReason, String> {
    RevocationReason::from_name(name).ok_or_else(|| {
        let all: Vec<&str> = RevocationReason::ALL.iter().map(|one| one.name()).collect();
        format!("a reason is one of {}", all.join(", "))
    })
}
