//! An authority as a person or a program gives it, checked.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize};
use url::Url;
use x509_parser::prelude::{FromDer, Pem, X509Certificate};
use zeroize::Zeroizing;

use super::{Access, Authority, AuthorityKind, ChallengeLimits, ChallengeWay, access::kdc_address};
use crate::{
    challenge,
    error::{Error, named},
};

const MAX_URL: usize = 2048;
const MAX_PASSWORD: usize = 256;
const MAX_USERNAME: usize = 256;
const MAX_CA_NAME: usize = 256;
const WATCH_MINUTES: std::ops::RangeInclusive<u32> = 5..=1440;
const MAX_TRUST: usize = 262_144;
/// What Windows and SCEP clients append by themselves.
const CLIENT_SUFFIX: &str = "/pkiclient.exe";

/// A password on its way in. It shows itself nowhere.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Password(Zeroizing<String>);

impl Password {
    /// Takes a password.
    pub fn new(text: String) -> Self {
        Self(Zeroizing::new(text))
    }
    /// The password itself: to seal it or to sign in.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}
impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password")
    }
}
impl<'de> Deserialize<'de> for Password {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self::new)
    }
}

/// The fields of the form, by the names that errors give. Secrets come in and never go out.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AuthorityForm {
    /// Unique name.
    pub name: String,
    /// What stands behind the URL.
    pub kind: AuthorityKind,
    /// Where SCEP is spoken; a pasted `/pkiclient.exe` is taken off.
    pub scep_url: String,
    /// `DOMAIN\user` or `user@domain`.
    pub username: String,
    /// The password; absent or empty keeps the one that is known.
    #[serde(skip_serializing)]
    pub password: Option<Password>,
    /// The page that gives challenges.
    pub challenge_url: String,
    /// The person consents to a challenge URL without TLS.
    pub is_plain_http_accepted: bool,
    /// Certificates (PEM) trusted for the authority's https.
    pub trust_pem: Option<String>,
    /// Public authorities are trusted beside them. Without any they are trusted alone.
    pub trusts_public: bool,
    /// How its challenges behave.
    pub limits: ChallengeLimits,
    /// The one challenge of an authority that has a fixed one; absent or empty keeps the one that is known.
    #[serde(skip_serializing)]
    pub static_challenge: Option<Password>,
    /// Which of a server's authorities is meant: the message of GetCACert.
    pub ca_name: Option<String>,
    /// Basic may be used where the page offers it, over https alone.
    pub allows_basic: bool,
    /// Kerberos is tried before NTLM.
    pub prefers_kerberos: bool,
    /// The key distribution centre, `host` or `host:port`; empty is the realm's own name.
    pub kdc: Option<String>,
    /// Minutes between two looks at it.
    pub watch_minutes: u32,
}

impl Default for AuthorityForm {
    fn default() -> Self {
        Self {
            name: String::new(),
            kind: AuthorityKind::Microsoft,
            scep_url: String::new(),
            username: String::new(),
            password: None,
            challenge_url: String::new(),
            is_plain_http_accepted: false,
            trust_pem: None,
            trusts_public: false,
            limits: ChallengeLimits::default(),
            static_challenge: None,
            ca_name: None,
            allows_basic: false,
            prefers_kerberos: false,
            kdc: None,
            watch_minutes: Access::default().watch_minutes,
        }
    }
}

impl AuthorityForm {
    /// The form as it stands for an existing authority, without its secrets.
    pub fn of(authority: &Authority) -> Self {
        Self {
            name: authority.name.clone(),
            kind: authority.kind,
            scep_url: authority.scep_url.clone(),
            username: authority.username.clone(),
            challenge_url: authority.challenge_url.clone(),
            is_plain_http_accepted: authority.is_plain_http_accepted,
            trust_pem: authority.trust_pem.clone(),
            limits: authority.limits,
            ..Self::default()
        }
        .reached_by(&authority.access)
    }

    /// The form as it was taken, without its secrets.
    pub fn taken(checked: &CheckedAuthority) -> Self {
        Self {
            name: checked.name.clone(),
            kind: checked.kind,
            scep_url: checked.scep_url.clone(),
            username: checked.username.clone(),
            challenge_url: checked.challenge_url.clone(),
            is_plain_http_accepted: checked.is_plain_http_accepted,
            trust_pem: checked.trust_pem.clone(),
            limits: checked.limits,
            ..Self::default()
        }
        .reached_by(&checked.access)
    }

    fn reached_by(self, access: &Access) -> Self {
        Self {
            ca_name: access.ca_name.clone(),
            allows_basic: access.allows_basic,
            prefers_kerberos: access.prefers_kerberos,
            kdc: access.kdc.clone(),
            watch_minutes: access.watch_minutes,
            // Without certificates of its own there is nothing that it could be beside.
            trusts_public: access.trusts_public && self.trust_pem.is_some(),
            ..self
        }
    }
}

/// A form that can be taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckedAuthority {
    /// The name, without blanks at its ends.
    pub name: String,
    /// What stands behind the URL.
    pub kind: AuthorityKind,
    /// Without `/pkiclient.exe`.
    pub scep_url: String,
    /// `DOMAIN\user` or `user@domain`.
    pub username: String,
    /// The new password, if one was given.
    pub password: Option<Password>,
    /// With its trailing slash.
    pub challenge_url: String,
    /// Plain http to the challenge URL was consented to.
    pub is_plain_http_accepted: bool,
    /// Certificates (PEM), each of them readable.
    pub trust_pem: Option<String>,
    /// How its challenges behave.
    pub limits: ChallengeLimits,
    /// The new fixed challenge, if one was given.
    pub static_challenge: Option<Password>,
    /// How it is signed in to and looked at.
    pub access: Access,
}

/// Checks a form; `existing` is the authority that is edited, none when one is made.
pub fn check(form: &AuthorityForm, existing: Option<&Authority>) -> Result<CheckedAuthority, Vec<Error>> {
    let given = |secret: &Option<Password>| secret.clone().filter(|secret| !secret.reveal().is_empty());
    let (password, static_challenge) = (given(&form.password), given(&form.static_challenge));
    let mut errors = fields_of_another_kind(form);
    taken(check_kind(form.kind, existing), &mut errors);
    let is_static = form.kind.challenge_way() == ChallengeWay::Static;
    let name = taken(named("name", &form.name), &mut errors);
    let scep_url = taken(checked_scep_url(&form.scep_url), &mut errors);
    let (username, challenge_url) = if is_static {
        (Some(String::new()), Some(String::new()))
    } else {
        (
            taken(checked_username(&form.username), &mut errors),
            taken(
                checked_challenge_url(&form.challenge_url, form.is_plain_http_accepted),
                &mut errors,
            ),
        )
    };
    if let Some(challenge) = &static_challenge {
        let checked = check_static_challenge(challenge.reveal());
        taken(checked.map_err(|error| error.at("static_challenge")), &mut errors);
    }
    let access = checked_access(form, &mut errors);
    let trust_pem = taken(checked_trust(form.trust_pem.as_deref()), &mut errors);
    let limits = taken(checked_limits(form.limits), &mut errors);
    taken(check_password(password.as_ref()), &mut errors);
    let checked = || {
        Some(CheckedAuthority {
            name: name?,
            kind: form.kind,
            scep_url: scep_url?,
            username: username?,
            password,
            challenge_url: challenge_url?,
            is_plain_http_accepted: form.is_plain_http_accepted,
            trust_pem: trust_pem?,
            limits: limits?,
            static_challenge,
            access,
        })
    };
    let Some(checked) = checked().filter(|_| errors.is_empty()) else {
        return Err(errors);
    };
    let is_wanted = existing.is_none_or(|existing| edit_needs_secret(existing, &checked));
    if is_wanted && is_static && checked.static_challenge.is_none() {
        let detail = "the fixed challenge is needed: a known one is never sent to another address";
        return Err(vec![
            Error::invalid("static_challenge", detail).keyed("error-static_challenge-needed"),
        ]);
    }
    if is_wanted && !is_static && checked.password.is_none() {
        let detail =
            "the password is needed: a known one is never sent to another address or for another user";
        return Err(vec![
            Error::invalid("password", detail).keyed("error-password-needed"),
        ]);
    }
    Ok(checked)
}

/// Whether an edit wants the password, or the fixed challenge, again. Else whoever may edit could have the stored one
/// sent to a host of their own.
pub fn edit_needs_secret(existing: &Authority, new: &CheckedAuthority) -> bool {
    existing.scep_url != new.scep_url
        || existing.challenge_url != new.challenge_url
        || existing.username != new.username
        || trusts_others(existing, new)
        || existing.access.kdc != new.access.kdc
}

/// Whether an edit changes whom the authority's https is trusted by.
pub fn trusts_others(existing: &Authority, new: &CheckedAuthority) -> bool {
    existing.trust_pem != new.trust_pem
        || new.trust_pem.is_some() && existing.access.trusts_public != new.access.trusts_public
}

/// Checks the fixed challenge of an authority that has one.
pub fn check_static_challenge(challenge: &str) -> Result<(), Error> {
    challenge::check_characters(challenge)
}

/// What stands behind an authority's address doesn't change its kind of challenges: another one is added instead.
fn check_kind(kind: AuthorityKind, existing: Option<&Authority>) -> Result<(), Error> {
    if existing.is_some_and(|existing| existing.kind.challenge_way() != kind.challenge_way()) {
        let detail = "the type can't be changed so: add another authority";
        return Err(Error::invalid("kind", detail).keyed("error-kind-changed"));
    }
    Ok(())
}

/// Fields that an authority of this kind doesn't have: whoever fills them in means another kind.
fn fields_of_another_kind(form: &AuthorityForm) -> Vec<Error> {
    let is_given =
        |secret: &Option<Password>| secret.as_ref().is_some_and(|secret| !secret.reveal().is_empty());
    let filled = match form.kind.challenge_way() {
        ChallengeWay::Static => vec![
            ("username", !form.username.trim().is_empty()),
            ("password", is_given(&form.password)),
            ("challenge_url", !form.challenge_url.trim().is_empty()),
            ("allows_basic", form.allows_basic),
            ("prefers_kerberos", form.prefers_kerberos),
            ("kdc", filled_in(form.kdc.as_deref()).is_some()),
        ],
        ChallengeWay::Page | ChallengeWay::Own => vec![
            ("static_challenge", is_given(&form.static_challenge)),
            ("ca_name", filled_in(form.ca_name.as_deref()).is_some()),
        ],
    };
    filled
        .into_iter()
        .filter(|(_, is_filled)| *is_filled)
        .map(|(field, _)| {
            let detail = "an authority of this type doesn't have this field";
            Error::invalid(field, detail).keyed("error-field-not-of-kind")
        })
        .collect()
}

/// What a person may set of an authority's access, checked.
fn checked_access(form: &AuthorityForm, errors: &mut Vec<Error>) -> Access {
    let ca_name = filled_in(form.ca_name.as_deref());
    taken(check_ca_name(ca_name.as_deref()), errors);
    let kdc = filled_in(form.kdc.as_deref());
    taken(check_kdc(kdc.as_deref()), errors);
    let is_page = form.kind.challenge_way() == ChallengeWay::Page;
    if is_page
        && form.allows_basic
        && !form
            .challenge_url
            .trim()
            .to_ascii_lowercase()
            .starts_with("https://")
    {
        let detail = "Basic sends the password itself: it is allowed over https alone";
        errors.push(Error::invalid("allows_basic", detail).keyed("error-allows_basic-plain-http"));
    }
    if !WATCH_MINUTES.contains(&form.watch_minutes) {
        let detail = "an authority is looked at every 5 to 1440 minutes";
        errors.push(Error::invalid("watch_minutes", detail));
    }
    Access {
        allows_basic: form.allows_basic,
        prefers_kerberos: form.prefers_kerberos,
        kdc,
        ca_name,
        watch_minutes: form.watch_minutes,
        trusts_public: form.trusts_public,
    }
}

/// What was typed, if that is more than blanks.
fn filled_in(text: Option<&str>) -> Option<String> {
    text.map(str::trim)
        .filter(|text| !text.is_empty())
        .map(str::to_owned)
}

/// `host` or `host:port`, as the sign-in reads it.
fn check_kdc(kdc: Option<&str>) -> Result<(), Error> {
    if kdc.is_none_or(|kdc| kdc_address(kdc).is_some()) {
        return Ok(());
    }
    let detail = "the key distribution centre is written host or host:port";
    Err(Error::invalid("kdc", detail))
}

fn check_ca_name(name: Option<&str>) -> Result<(), Error> {
    match name {
        Some(name) if name.len() > MAX_CA_NAME || name.chars().any(char::is_control) => Err(Error::invalid(
            "ca_name",
            "the name of a CA has at most 256 characters",
        )),
        _ => Ok(()),
    }
}

fn taken<T>(checked: Result<T, Error>, errors: &mut Vec<Error>) -> Option<T> {
    checked.map_err(|error| errors.push(error)).ok()
}

fn checked_scep_url(text: &str) -> Result<String, Error> {
    let mut url = checked_url("scep_url", text)?;
    let path = url.path().trim_end_matches('/').to_owned();
    let keep = path.len().saturating_sub(CLIENT_SUFFIX.len());
    let path = match path.split_at_checked(keep) {
        Some((before, suffix)) if suffix.eq_ignore_ascii_case(CLIENT_SUFFIX) => before.to_owned(),
        _ => path,
    };
    url.set_path(&path);
    Ok(url.to_string())
}

/// NDES answers 301 to the address without its trailing slash.
fn checked_challenge_url(text: &str, is_plain_http_accepted: bool) -> Result<String, Error> {
    let mut url = checked_url("challenge_url", text)?;
    if url.scheme() == "http" && !is_plain_http_accepted {
        let detail = "over plain http the challenge travels in clear: consent to it, or use https";
        return Err(Error::invalid("challenge_url", detail).keyed("error-challenge_url-plain-http"));
    }
    let path = format!("{}/", url.path().trim_end_matches('/'));
    url.set_path(&path);
    Ok(url.to_string())
}

fn checked_url(field: &str, text: &str) -> Result<Url, Error> {
    let text = text.trim();
    if text.len() > MAX_URL {
        return Err(Error::invalid(field, "a URL has at most 2048 characters"));
    }
    let url = Url::parse(text).map_err(|_| Error::invalid(field, format!("“{text}” is no URL")))?;
    if !matches!(url.scheme(), "http" | "https") || !url.has_host() {
        return Err(Error::invalid(
            field,
            "only http and https addresses with a host can be used",
        ));
    }
    if url.query().is_some() || url.fragment().is_some() {
        let detail = "the address is given without a query: operation and message are added by the protocol";
        return Err(Error::invalid(field, detail).keyed(&format!("error-{field}-query")));
    }
    if !url.username().is_empty() || url.password().is_some() {
        let detail = "user name and password have fields of their own";
        return Err(Error::invalid(field, detail).keyed(&format!("error-{field}-credentials")));
    }
    Ok(url)
}

fn checked_username(text: &str) -> Result<String, Error> {
    let name = text.trim();
    let is_clean = name.len() <= MAX_USERNAME && !name.chars().any(char::is_control);
    let is_down_level = || {
        name.split_once('\\')
            .is_some_and(|(domain, user)| !domain.is_empty() && !user.is_empty() && !user.contains('\\'))
    };
    let is_principal = || {
        !name.contains('\\')
            && name
                .rsplit_once('@')
                .is_some_and(|(user, domain)| !user.is_empty() && !domain.is_empty())
    };
    if is_clean && (is_down_level() || is_principal()) {
        return Ok(name.to_owned());
    }
    Err(Error::invalid(
        "username",
        "the user is written DOMAIN\\user or user@domain",
    ))
}

fn check_password(password: Option<&Password>) -> Result<(), Error> {
    match password {
        Some(password) if password.reveal().chars().count() > MAX_PASSWORD => Err(Error::invalid(
            "password",
            "a password has at most 256 characters",
        )),
        _ => Ok(()),
    }
}

fn checked_trust(pem: Option<&str>) -> Result<Option<String>, Error> {
    let Some(pem) = pem.map(str::trim).filter(|pem| !pem.is_empty()) else {
        return Ok(None);
    };
    let refused = || Error::invalid("trust_pem", "the trust file holds no readable PEM certificates");
    if pem.len() > MAX_TRUST {
        return Err(refused());
    }
    let blocks: Vec<Pem> = Pem::iter_from_buffer(pem.as_bytes())
        .collect::<Result<_, _>>()
        .map_err(|_| refused())?;
    let is_certificate =
        |block: &Pem| block.label == "CERTIFICATE" && X509Certificate::from_der(&block.contents).is_ok();
    if blocks.is_empty() || !blocks.iter().all(is_certificate) {
        return Err(refused());
    }
    Ok(Some(pem.to_owned()))
}

/// A day, and for slots what PasswordMax was ever seen to be, with room.
fn checked_limits(limits: ChallengeLimits) -> Result<ChallengeLimits, Error> {
    let is_time = |seconds: u32| (1..=86_400).contains(&seconds);
    let is_right = (1..=10_000).contains(&limits.max_unused)
        && is_time(limits.lifetime_seconds)
        && is_time(limits.backoff_seconds)
        && is_time(limits.breaker_seconds)
        && (1..=limits.lifetime_seconds).contains(&limits.safe_life_seconds);
    if is_right {
        return Ok(limits);
    }
    let detail = "1 to 10000 challenges, times of 1 to 86400 seconds, the safe life no longer than the life";
    Err(Error::invalid("limits", detail))
}
