//! Authorities shown on the command line.

use std::path::Path;

use anyhow::Context as _;
use domain::{
    actor::Actor,
    external_ca::{Authority, AuthorityKind},
};

use super::worded;
use crate::{
    actions::{
        authorities::{self, ChainRole, chain},
        built_in,
    },
    app::Shared,
};

/// A line for each.
#[allow(clippy::print_stdout, reason = "this is the command's answer")]
pub async fn list(app: &Shared, actor: &Actor) -> anyhow::Result<()> {
    for authority in authorities::list(app, actor).await? {
        if authority.kind == AuthorityKind::BuiltIn {
            println!("{}\t{}\t{}", authority.id, authority.scep_url, authority.name);
        }
    }
    Ok(())
}

/// All that a person asks of one; with `pem` its certificates alone, the issuing one first.
#[allow(clippy::print_stdout, reason = "this is the command's answer")]
pub async fn one(app: &Shared, actor: &Actor, authority: &Authority, pem: bool) -> anyhow::Result<()> {
    let certificates = chain(authority);
    if pem {
        let is_own =
            |roles: &[ChainRole]| roles.contains(&ChainRole::Issuer) || roles.contains(&ChainRole::Chain);
        for certificate in certificates.iter().filter(|one| is_own(&one.roles)) {
            print!("{}", ca::pem::certificate(&certificate.der));
        }
        return Ok(());
    }
    let view = built_in::view(app, actor, &authority.id)
        .await?
        .context("this is no built-in authority")?;
    println!("id\t{}", authority.id);
    println!("name\t{}", authority.name);
    println!("SCEP\t{}", authority.scep_url);
    println!("key\t{}", view.token.as_deref().unwrap_or("database, sealed"));
    println!("approval\t{}", view.rules.needs_approval);
    println!("legacy\t{}", view.rules.is_legacy);
    println!("challenge seconds\t{}", authority.limits.lifetime_seconds);
    println!("revocation list hours\t{}", view.rules.crl_hours);
    if let Some((number, end)) = view.list {
        println!("revocation list\t{number}, until {}", end.to_rfc3339());
    }
    println!("valid certificates\t{}", view.valid);
    println!("next certificate announced\t{}", view.has_next);
    for certificate in certificates {
        let roles: Vec<&str> = certificate.roles.iter().map(|role| role.name()).collect();
        println!(
            "certificate\t{}\t{}\tuntil {}\tSHA-1 {}",
            roles.join("+"),
            certificate.subject,
            certificate.not_after.to_rfc3339(),
            certificate.sha1
        );
    }
    Ok(())
}

/// The newest revocation list: PEM on standard output, or DER into a file.
#[allow(clippy::print_stdout, reason = "this is the command's answer")]
pub async fn revocation_list(app: &Shared, authority: &Authority, out: Option<&Path>) -> anyhow::Result<()> {
    let opened = worded(app.built_in.of(app, &authority.id).await)?.context("the authority is gone")?;
    let list = worded(built_in::revocation_list(app, &opened).await)?;
    match out {
        Some(path) => {
            std::fs::write(path, &list.der).with_context(|| format!("writing {}", path.display()))?;
        }
        None => print!("{}", ca::pem::revocation_list(&list.der)),
    }
    Ok(())
}
