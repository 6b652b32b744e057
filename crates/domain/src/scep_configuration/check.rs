//! Checking a configuration's form. Every wrong field is named, nothing is rounded or guessed.

use serde::Serialize;

use super::{ConfigurationForm, HashFamily, KeyStorage, San, SanKind, ScepSettings, Usage};
use crate::{
    error::{Error, named},
    external_ca::{Authority, AuthorityKind},
    subject::{Subject, alternative_names, attributes},
    thumbprint::{self, Sha1},
};

const DAY_SECONDS: i64 = 86_400;
const MAX_DESCRIPTION: usize = 1000;
const MAX_EKUS: usize = 16;
/// Thirty years.
const MAX_VALIDITY_DAYS: i64 = 10_950;

/// A form that can be taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checked {
    /// The name, without blanks at its ends.
    pub name: String,
    /// Free text.
    pub description: String,
    /// What is stored.
    pub settings: ScepSettings,
    /// What a person should know before going on.
    pub warnings: Vec<Warning>,
}

/// What is allowed and seldom wise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Warning {
    /// RSA with 1024 bits is broken.
    KeyLength1024,
    /// Many TPMs make no key of 4096 bits.
    KeyLength4096WithTpm,
    /// SHA-1 is broken.
    HashSha1,
    /// NDES has no SHA-3.
    HashSha3Alone,
    /// Windows wants the certificate that issued the registration authority's.
    ThumbprintIsNotIssuer,
}

impl Warning {
    /// All of them, for tests of the locales.
    pub const ALL: [Self; 5] = [
        Self::KeyLength1024,
        Self::KeyLength4096WithTpm,
        Self::HashSha1,
        Self::HashSha3Alone,
        Self::ThumbprintIsNotIssuer,
    ];
    /// Key of the sentence in the locales.
    pub fn key(self) -> &'static str {
        match self {
            Self::KeyLength1024 => "warning-key-length-1024",
            Self::KeyLength4096WithTpm => "warning-key-length-4096-tpm",
            Self::HashSha1 => "warning-hash-sha1",
            Self::HashSha3Alone => "warning-hash-sha3-alone",
            Self::ThumbprintIsNotIssuer => "warning-thumbprint-not-issuer",
        }
    }
    /// The field of the form that it is about.
    pub fn field(self) -> &'static str {
        match self {
            Self::KeyLength1024 | Self::KeyLength4096WithTpm => "key_length",
            Self::HashSha1 | Self::HashSha3Alone => "hashes",
            Self::ThumbprintIsNotIssuer => "thumbprint",
        }
    }
}

/// Checks a form against the authority that it names.
pub fn check(form: &ConfigurationForm, authority: &Authority) -> Result<Checked, Vec<Error>> {
    let mut errors = Vec::new();
    let name = taken(named("name", &form.name), &mut errors).unwrap_or_default();
    taken(check_description(&form.description), &mut errors);
    taken(Subject::parse(&form.subject), &mut errors);
    errors.extend(alternative_names::check(&form.sans).err().into_iter().flatten());
    taken(check_usages(&form.usages), &mut errors);
    taken(check_hashes(&form.hashes), &mut errors);
    let ekus = taken(checked_ekus(&form.ekus), &mut errors);
    let retries = taken(within("retries", form.retries, 0, 30), &mut errors);
    let retry_delay_seconds = taken(checked_delay(form.retry_delay_seconds), &mut errors);
    let key_length = taken(checked_key_length(form.key_length, authority.kind), &mut errors);
    let validity = taken(checked_validity(form), &mut errors);
    let ca_sha1 = taken(checked_thumbprint(&form.thumbprint, authority), &mut errors);
    let renew_at_percent = taken(
        within("renew_at_percent", form.renew_at_percent, 1, 90),
        &mut errors,
    );
    let settings = || {
        Some(ScepSettings {
            subject: form.subject.trim().to_owned(),
            sans: form.sans.iter().map(tidied).collect(),
            retries: retries?,
            retry_delay_seconds: retry_delay_seconds?,
            key_length: key_length?,
            has_digital_signature: form.usages.contains(&Usage::DigitalSignature),
            has_key_encipherment: form.usages.contains(&Usage::KeyEncipherment),
            ekus: ekus?,
            validity: validity?,
            validity_unit: form.validity_unit,
            ca_sha1: ca_sha1?,
            hashes: [HashFamily::Sha1, HashFamily::Sha2, HashFamily::Sha3]
                .into_iter()
                .filter(|family| form.hashes.contains(family))
                .collect(),
            key_storage: form.key_storage,
            store: form.store,
            renew_at_percent: renew_at_percent?,
            route: form.route,
        })
    };
    match settings() {
        Some(settings) if errors.is_empty() => {
            let warnings = warnings(&settings, authority);
            Ok(Checked {
                name,
                description: form.description.trim().to_owned(),
                settings,
                warnings,
            })
        }
        _ => Err(errors),
    }
}

/// What a person should know about settings that are otherwise right.
fn warnings(settings: &ScepSettings, authority: &Authority) -> Vec<Warning> {
    let uses_tpm = settings.key_storage != KeyStorage::Software;
    [
        (settings.key_length == 1024, Warning::KeyLength1024),
        (
            settings.key_length == 4096 && uses_tpm,
            Warning::KeyLength4096WithTpm,
        ),
        (settings.hashes.contains(&HashFamily::Sha1), Warning::HashSha1),
        (settings.hashes == [HashFamily::Sha3], Warning::HashSha3Alone),
        (
            settings.ca_sha1 != authority.issuer_sha1,
            Warning::ThumbprintIsNotIssuer,
        ),
    ]
    .into_iter()
    .filter_map(|(is_so, warning)| is_so.then_some(warning))
    .collect()
}

fn taken<T>(checked: Result<T, Error>, errors: &mut Vec<Error>) -> Option<T> {
    checked.map_err(|error| errors.push(error)).ok()
}

/// A row as it is stored: a strong mapping without a value means the person's own identifier.
fn tidied(row: &San) -> San {
    let value = match (row.kind, row.value.trim()) {
        (SanKind::Sid, "") => "${userSID}",
        (_, value) => value,
    };
    San {
        kind: row.kind,
        value: value.to_owned(),
    }
}

fn within<T: TryFrom<i64>>(field: &str, value: i64, least: i64, most: i64) -> Result<T, Error> {
    let refused = || {
        Error::invalid(field, format!("{field} is a whole number from {least} to {most}"))
            .with("least", least.to_string())
            .with("most", most.to_string())
    };
    if !(least..=most).contains(&value) {
        return Err(refused());
    }
    T::try_from(value).map_err(|_| refused())
}

/// Microsoft, ClientCertificateInstall CSP: RetryDelay counts minutes, at least one.
fn checked_delay(seconds: i64) -> Result<u32, Error> {
    let field = "retry_delay_seconds";
    if seconds % 60 != 0 {
        let detail = format!("Windows counts whole minutes: {seconds} seconds is not a multiple of 60");
        return Err(Error::invalid(field, detail)
            .keyed("error-retry_delay_seconds-minutes")
            .with("seconds", seconds.to_string()));
    }
    within(field, seconds, 60, DAY_SECONDS)
}

/// What lies outside decides for itself; Sceau's own authority issues for no key below 2048 bits.
fn checked_key_length(bits: i64, kind: AuthorityKind) -> Result<u16, Error> {
    match bits {
        1024 if kind == AuthorityKind::BuiltIn => Err(Error::invalid(
            "key_length",
            "the built-in authority takes no key of 1024 bits: choose 2048 or 4096",
        )
        .keyed("error-key_length-built-in")),
        1024 => Ok(1024),
        2048 => Ok(2048),
        4096 => Ok(4096),
        _ => Err(Error::invalid(
            "key_length",
            "the key length is 1024, 2048 or 4096 bits",
        )),
    }
}

fn checked_validity(form: &ConfigurationForm) -> Result<u32, Error> {
    within(
        "validity",
        form.validity,
        1,
        MAX_VALIDITY_DAYS / i64::from(form.validity_unit.days()),
    )
}

fn check_usages(usages: &[Usage]) -> Result<(), Error> {
    if usages.is_empty() {
        return Err(Error::invalid(
            "usages",
            "Windows wants digital signature, key encipherment or both",
        ));
    }
    Ok(())
}

fn check_hashes(hashes: &[HashFamily]) -> Result<(), Error> {
    if hashes.is_empty() {
        return Err(Error::invalid(
            "hashes",
            "at least one family of hash algorithms is needed",
        ));
    }
    Ok(())
}

fn check_description(text: &str) -> Result<(), Error> {
    let is_right = text.chars().count() <= MAX_DESCRIPTION
        && text
            .chars()
            .all(|c| !c.is_control() || matches!(c, '\n' | '\r' | '\t'));
    if is_right {
        return Ok(());
    }
    Err(Error::invalid(
        "description",
        "a description has at most 1000 characters",
    ))
}

/// Microsoft, ClientCertificateInstall CSP: EKUMapping is required.
fn checked_ekus(ekus: &[String]) -> Result<Vec<String>, Error> {
    let mut checked: Vec<String> = Vec::new();
    for eku in ekus.iter().map(|eku| eku.trim()) {
        if !attributes::is_oid(eku) {
            return Err(Error::invalid("ekus", format!("“{eku}” is no object identifier"))
                .keyed("error-ekus-oid")
                .with("value", eku));
        }
        if !checked.iter().any(|known| known == eku) {
            checked.push(eku.to_owned());
        }
    }
    if checked.is_empty() || checked.len() > MAX_EKUS {
        return Err(Error::invalid(
            "ekus",
            "Windows wants 1 to 16 extended key usages",
        ));
    }
    Ok(checked)
}

fn checked_thumbprint(pasted: &str, authority: &Authority) -> Result<Sha1, Error> {
    if pasted.trim().is_empty() {
        return Ok(authority.issuer_sha1);
    }
    thumbprint::match_pasted(pasted, &authority.certificates)
}
