//! Built-in authorities as `/authorities` takes and shows them.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use domain::{
    Error as Refusal,
    built_in::Rules,
    external_ca::{AuthorityKind, Password},
};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::{instant::Instant, problem::Result};
use crate::actions::{
    Error,
    built_in::{BuiltInChange, BuiltInForm, BuiltInView, ImportForm, KeyFile},
};

/// The body that makes one, or brings one in.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Made {
    // Read before: it says that this is such a body.
    #[allow(dead_code, reason = "the field is known, and nothing more is asked of it")]
    kind: AuthorityKind,
    name: String,
    key_length: Option<u32>,
    root_years: Option<u32>,
    years: Option<u32>,
    challenge_seconds: Option<u32>,
    #[serde(default)]
    rules: Rules,
    import: Option<Import>,
    passphrase: Option<Password>,
}

/// Key and certificates of an authority that exists.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Import {
    Pem(Password),
    Pkcs12Base64(Password),
}

/// What a body asks for.
pub(super) enum Asked {
    Create(BuiltInForm),
    Import(ImportForm),
}

impl Made {
    pub(super) fn asked(self) -> Result<Asked> {
        let usual = BuiltInForm::default();
        let settings = BuiltInForm {
            name: self.name,
            key_length: self.key_length.unwrap_or(usual.key_length),
            root_years: self.root_years.unwrap_or(usual.root_years),
            years: self.years.unwrap_or(usual.years),
            challenge_seconds: self.challenge_seconds.unwrap_or(usual.challenge_seconds),
            rules: self.rules,
        };
        let passphrase = self
            .passphrase
            .map(|text| Zeroizing::new(text.reveal().to_owned()));
        let key = match self.import {
            None => return Ok(Asked::Create(settings)),
            Some(Import::Pem(text)) => KeyFile::Pem {
                text: Zeroizing::new(text.reveal().as_bytes().to_vec()),
                passphrase,
            },
            Some(Import::Pkcs12Base64(text)) => KeyFile::Pkcs12 {
                der: Zeroizing::new(STANDARD.decode(text.reveal()).map_err(|_| {
                    let detail = "the PKCS#12 file is written in base64";
                    Error::from(Refusal::invalid("import.pkcs12_base64", detail).keyed("error-ca-file"))
                })?),
                passphrase: passphrase.unwrap_or_default(),
            },
        };
        Ok(Asked::Import(ImportForm { settings, key }))
    }
}

/// The body that changes one.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Changed {
    #[allow(dead_code, reason = "the field is known; it can't change")]
    kind: Option<BuiltInKind>,
    name: String,
    challenge_seconds: Option<u32>,
    #[serde(default)]
    rules: Rules,
}

/// The one kind that a built-in authority has.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum BuiltInKind {
    BuiltIn,
}

impl From<Changed> for BuiltInChange {
    fn from(changed: Changed) -> Self {
        let usual = Self::default();
        Self {
            name: changed.name,
            challenge_seconds: changed.challenge_seconds.unwrap_or(usual.challenge_seconds),
            rules: changed.rules,
        }
    }
}

/// What a built-in authority has beside the rest.
#[derive(Serialize)]
pub(super) struct BuiltInBlock {
    path: String,
    token: Option<String>,
    rules: Rules,
    revocation_list: Option<ListView>,
    valid: i64,
    has_next: bool,
    has_root: bool,
}

#[derive(Serialize)]
struct ListView {
    number: i64,
    next_update: Instant,
}

impl From<BuiltInView> for BuiltInBlock {
    fn from(view: BuiltInView) -> Self {
        Self {
            path: view.path,
            token: view.token,
            rules: view.rules,
            revocation_list: view.list.map(|(number, end)| ListView {
                number,
                next_update: end.into(),
            }),
            valid: view.valid,
            has_next: view.has_next,
            has_root: view.has_root,
        }
    }
}
