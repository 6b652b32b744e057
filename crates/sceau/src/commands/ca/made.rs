//! Authorities made or brought in from the command line.

use std::{io::Read as _, path::PathBuf};

use anyhow::Context as _;
use clap::Args;
use domain::{actor::Actor, built_in::Rules, external_ca::Authority};
use zeroize::Zeroizing;

use super::worded;
use crate::{
    actions::built_in::{BuiltInForm, ImportForm, KeyFile, add_built_in, import_built_in},
    app::Shared,
};

/// Name and rules of an authority.
#[derive(Debug, Args)]
struct Behaviour {
    /// Its name, and its place in addresses.
    name: String,
    /// Each certificate waits for a person's approval.
    #[arg(long)]
    needs_approval: bool,
    /// Answer clients that speak nothing better than single DES and MD5.
    #[arg(long)]
    legacy: bool,
    /// How long a one-time challenge counts.
    #[arg(long, value_name = "SECONDS", default_value_t = 3600)]
    challenge_seconds: u32,
    /// How long a revocation list counts.
    #[arg(long, value_name = "HOURS", default_value_t = 168)]
    crl_hours: u32,
}

impl Behaviour {
    fn form(self) -> BuiltInForm {
        BuiltInForm {
            name: self.name,
            challenge_seconds: self.challenge_seconds,
            rules: Rules {
                needs_approval: self.needs_approval,
                is_legacy: self.legacy,
                crl_hours: self.crl_hours,
            },
            ..BuiltInForm::default()
        }
    }
}

/// What makes a new one.
#[derive(Debug, Args)]
pub struct Create {
    #[command(flatten)]
    behaviour: Behaviour,
    /// 2048, 3072 or 4096 bits for the issuing key; the root has 4096.
    #[arg(long, value_name = "BITS", default_value_t = 2048)]
    key_length: u32,
    /// Years until the root ends.
    #[arg(long, value_name = "YEARS", default_value_t = 20)]
    root_years: u32,
    /// Years until the issuing certificate ends.
    #[arg(long, value_name = "YEARS", default_value_t = 10)]
    years: u32,
}

/// What brings in a file.
#[derive(Debug, Args)]
pub struct Import {
    #[command(flatten)]
    behaviour: Behaviour,
    /// Key and certificates: PEM or PKCS#12, told apart by what is in it.
    file: PathBuf,
    /// Read the passphrase from standard input; one line end at its end is dropped.
    #[arg(long)]
    passphrase_stdin: bool,
}

/// What brings in a key of a token.
#[derive(Debug, Args)]
pub struct ImportToken {
    #[command(flatten)]
    behaviour: Behaviour,
    /// The PKCS#11 module, a shared library.
    #[arg(long, value_name = "PATH")]
    module: String,
    /// Label of the token.
    #[arg(long, value_name = "LABEL")]
    token: String,
    /// Label of the key.
    #[arg(long, value_name = "LABEL")]
    key: String,
    /// The authority's certificates, PEM, the issuing one first.
    #[arg(long, value_name = "FILE")]
    certificates: PathBuf,
    /// Read the user PIN from standard input; one line end at its end is dropped.
    #[arg(long, required = true)]
    pin_stdin: bool,
}

/// Makes an authority.
pub async fn create(app: &Shared, actor: &Actor, create: Create) -> anyhow::Result<Authority> {
    let form = BuiltInForm {
        key_length: create.key_length,
        root_years: create.root_years,
        years: create.years,
        ..create.behaviour.form()
    };
    worded(add_built_in(app, actor, &form).await)
}

/// Brings in a file.
pub async fn import(app: &Shared, actor: &Actor, import: Import) -> anyhow::Result<Authority> {
    let octets = Zeroizing::new(file(&import.file)?);
    let passphrase = if import.passphrase_stdin {
        Some(secret("passphrase")?)
    } else {
        None
    };
    // PKCS#12 is DER: a SEQUENCE. PEM begins with a letter, a hyphen or white space.
    let key = if octets.first() == Some(&0x30) {
        KeyFile::Pkcs12 {
            der: octets,
            passphrase: passphrase.unwrap_or_default(),
        }
    } else {
        KeyFile::Pem {
            text: octets,
            passphrase,
        }
    };
    let settings = import.behaviour.form();
    worded(import_built_in(app, actor, ImportForm { settings, key }).await)
}

/// Brings in a key of a token.
pub async fn import_token(app: &Shared, actor: &Actor, import: ImportToken) -> anyhow::Result<Authority> {
    anyhow::ensure!(
        cfg!(feature = "pkcs11"),
        "this build has no PKCS#11: build it with --features pkcs11"
    );
    let key = KeyFile::Token {
        module: import.module,
        token: import.token,
        key: import.key,
        pin: secret("PIN")?,
        certificates: file(&import.certificates)?,
    };
    let settings = import.behaviour.form();
    worded(import_built_in(app, actor, ImportForm { settings, key }).await)
}

fn file(path: &std::path::Path) -> anyhow::Result<Vec<u8>> {
    std::fs::read(path).with_context(|| format!("reading {}", path.display()))
}

fn secret(what: &str) -> anyhow::Result<Zeroizing<String>> {
    let mut text = Zeroizing::new(String::new());
    std::io::stdin()
        .take(4096)
        .read_to_string(&mut text)
        .with_context(|| format!("reading the {what} from standard input"))?;
    let line = text.strip_suffix('\n').unwrap_or(&text);
    let line = line.strip_suffix('\r').unwrap_or(line);
    anyhow::ensure!(!line.is_empty(), "no {what} came on standard input");
    Ok(Zeroizing::new(line.to_owned()))
}
