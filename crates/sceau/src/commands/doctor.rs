//! `sceau doctor`: settings, database, keys and TLS, each with what to do.

use std::{io::Write as _, path::Path, process::ExitCode};

use anyhow::{Context as _, bail};
use rustls_pki_types::{CertificateDer, pem::PemObject as _};

use super::start;
use crate::{
    app::machine_clock,
    secrets::{Place, Secrets},
    settings::Settings,
};

/// Checks one thing after the other, going on after a failure where it can.
pub async fn run(settings: anyhow::Result<Settings>) -> anyhow::Result<ExitCode> {
    let mut is_well = true;
    // A reader that goes away (`| head`) is no failure.
    let mut say = |what: &str, result: &anyhow::Result<String>| {
        let _ = match result {
            Ok(found) => writeln!(std::io::stdout(), "ok    {what}: {found}"),
            Err(error) => {
                is_well = false;
                writeln!(std::io::stdout(), "FAIL  {what}: {error:#}")
            }
        };
    };
    match &settings {
        Ok(settings) => {
            say(
                "settings",
                &Ok(format!(
                    "public {}, management {}",
                    settings.public_url, settings.management_url
                )),
            );
            say("database", &database(settings).await);
            say("keys", &keys(settings).await);
            say("TLS", &tls(settings));
        }
        Err(error) => say("settings", &Err(anyhow::anyhow!("{error:#}"))),
    }
    Ok(if is_well {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// The embedded database, before its first start: looking must not make it.
fn is_yet_to_be_made(settings: &Settings) -> bool {
    settings
        .database_url()
        .strip_prefix("sqlite:")
        .is_some_and(|path| !Path::new(path).exists())
}

async fn database(settings: &Settings) -> anyhow::Result<String> {
    if is_yet_to_be_made(settings) {
        return Ok(format!(
            "{} will be made at the first start",
            settings.database_url()
        ));
    }
    let store = start::database(settings).await?;
    let pending = store.pending_migrations().await?;
    if !pending.is_empty() {
        bail!(
            "migrations are pending ({}): run `sceau migrate`",
            pending.join(", ")
        );
    }
    Ok("answers, up to date".to_owned())
}

/// A key file that doesn't open what is stored would make every sealed secret useless.
async fn keys(settings: &Settings) -> anyhow::Result<String> {
    let file = settings.secrets_file();
    if is_yet_to_be_made(settings) {
        return Ok(format!("{} is made or read at the first start", file.display()));
    }
    let store = start::database(settings).await?;
    let sealed = store
        .read(|tx| Box::pin(store::keys::all(tx)))
        .await
        .context("reading the sealed keys")?;
    if !file.exists() {
        if sealed.is_empty() {
            return Ok(format!("{} will be made at the first start", file.display()));
        }
        bail!(
            "{} is missing, and the database holds secrets that only it opens: bring it back from its backup",
            file.display()
        );
    }
    let secrets = Secrets::load_or_create(&file)?;
    for key in &sealed {
        let place = Place {
            table: "server_keys",
            column: "sealed",
            row: &key.name,
        };
        secrets
            .open(place, &key.sealed)
            .with_context(|| format!("the key {:?} of the database", key.name))?;
    }
    let authorities = store
        .read(|tx| Box::pin(store::authorities::list(tx)))
        .await
        .context("reading the authorities")?;
    for authority in authorities {
        let place = Place {
            table: "authorities",
            column: "password",
            row: authority.id.as_str(),
        };
        secrets
            .open(place, &authority.password)
            .with_context(|| format!("the password of the authority {:?}", authority.name))?;
    }
    Ok(format!("{} opens what is sealed", file.display()))
}

fn tls(settings: &Settings) -> anyhow::Result<String> {
    let Some(path) = &settings.tls.certificate else {
        return Ok(
            "self-made certificate: for a demonstration only, set tls.certificate and tls.key".to_owned(),
        );
    };
    let der = CertificateDer::pem_file_iter(path)
        .with_context(|| format!("reading {}", path.display()))?
        .next()
        .context("there is no certificate in it")??;
    let (_, certificate) = x509_parser::parse_x509_certificate(&der).context("it can't be read")?;
    let now = machine_clock()().seconds();
    let validity = certificate.validity();
    if now < validity.not_before.timestamp() || now > validity.not_after.timestamp() {
        bail!(
            "the certificate of {} is not valid now: it ends {}",
            path.display(),
            validity.not_after
        );
    }
    for address in [&settings.public_url, &settings.management_url] {
        let url = url::Url::parse(address)?;
        let host = url.host_str().unwrap_or_default();
        let names = certificate.subject_alternative_name().ok().flatten();
        let is_named = names.is_some_and(|names| {
            names.value.general_names.iter().any(|name| match name {
                x509_parser::extensions::GeneralName::DNSName(name) => {
                    name.eq_ignore_ascii_case(host)
                        || name.strip_prefix("*.").is_some_and(|rest| {
                            host.split_once('.')
                                .is_some_and(|(_, h)| h.eq_ignore_ascii_case(rest))
                        })
                }
                x509_parser::extensions::GeneralName::IPAddress(octets) => {
                    host.parse::<std::net::IpAddr>().is_ok_and(|ip| match ip {
                        std::net::IpAddr::V4(ip) => ip.octets() == *octets,
                        std::net::IpAddr::V6(ip) => ip.octets() == *octets,
                    })
                }
                _ => false,
            })
        });
        if !is_named {
            bail!("the certificate of {} does not name {host}", path.display());
        }
    }
    Ok(format!(
        "{}, valid until {}",
        certificate.subject(),
        validity.not_after
    ))
}
