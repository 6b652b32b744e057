//! `sceau scep cacert`: GetCACert in words, and its certificates as PEM.

use std::path::PathBuf;

use clap::Args;
use scep::CaCertificates;
use serde_json::{Value, json};

use super::{
    Failure,
    answer::Answer,
    certificate::Shown,
    files, now,
    peer::{Peer, Server},
    pin,
    roles::{self, Role},
};

/// Flags of `sceau scep cacert`.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    pub(super) server: Server,
    #[command(flatten)]
    pin: pin::Pin,
    /// Write the certificates (PEM) to a file, or each to a file of its own in a folder that exists
    #[arg(long, value_name = "DIR|FILE")]
    out: Option<PathBuf>,
}

struct One {
    shown: Shown,
    roles: Vec<Role>,
}

pub(super) async fn run(arguments: Arguments) -> Result<Answer, Failure> {
    let peer = Peer::new(&arguments.server)?;
    let certificates = peer.certificates().await?;
    let is_pinned = arguments.pin.check(&certificates)?;
    let all = describe(&certificates);
    let json = json!({
        "status": "ok",
        "is_pinned": is_pinned,
        "issuer_sha1": domain::thumbprint::Sha1::of(certificates.issuer().der()),
        "certificates": all.iter().map(value).collect::<Vec<_>>(),
    });
    let Some(out) = &arguments.out else {
        let text: String = all
            .iter()
            .map(|one| format!("{}{}\n", words(one), one.shown.pem))
            .collect();
        return Ok(Answer::done(text, json));
    };
    let files = if out.is_dir() {
        let named =
            |(position, one): (usize, &One)| (out.join(file_name(position, one)), one.shown.pem.clone());
        all.iter().enumerate().map(named).collect()
    } else {
        let together = all.iter().map(|one| one.shown.pem.as_str()).collect::<String>();
        vec![(out.clone(), together)]
    };
    let mut text: String = all.iter().map(words).collect();
    for (path, pem) in files {
        files::write(&path, &pem)?;
        text.push_str(&format!("written: {}\n", path.display()));
    }
    Ok(Answer::done(text, json))
}

fn describe(certificates: &CaCertificates) -> Vec<One> {
    let now = now();
    let of = |der: &[u8]| One {
        shown: Shown::of(der, now),
        roles: roles::of(der, certificates),
    };
    certificates.all().iter().map(|one| of(one.der())).collect()
}

fn value(one: &One) -> Value {
    let mut value = serde_json::to_value(&one.shown).unwrap_or_default();
    if let Some(fields) = value.as_object_mut() {
        fields.insert("roles".to_owned(), json!(one.roles));
    }
    value
}

fn words(one: &One) -> String {
    let roles: Vec<&str> = one.roles.iter().map(|role| role.words()).collect();
    let roles = if roles.is_empty() {
        "nothing uses it".to_owned()
    } else {
        roles.join(", ")
    };
    format!("{roles}\n{}", one.shown.lines())
}

fn file_name(position: usize, one: &One) -> String {
    let role = one.roles.first().map_or("other", |role| role.file_part());
    format!("{}-{role}.pem", position + 1)
}
