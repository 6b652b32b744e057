//! What a person fills in for an authority, checked.

use std::fmt;

use domain::{
    Error,
    external_ca::{AuthorityKind, ChallengeLimits},
};
use ndes::{ChallengeUrl, ScepUrl};
use rustls_pki_types::{CertificateDer, pem::PemObject as _};
use serde::{Deserialize, Deserializer};
use zeroize::Zeroizing;

/// Octets of an address at most.
const MAX_ADDRESS: usize = 1000;

/// A secret that a person typed.
#[derive(Clone, PartialEq, Eq)]
pub struct Password(pub Zeroizing<String>);

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password")
    }
}

impl<'de> Deserialize<'de> for Password {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(|text| Self(Zeroizing::new(text)))
    }
}

impl From<String> for Password {
    fn from(text: String) -> Self {
        Self(Zeroizing::new(text))
    }
}

fn microsoft() -> AuthorityKind {
    AuthorityKind::Microsoft
}

/// The fields of an authority as a person or a program gives them.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AuthorityForm {
    /// Unique name.
    pub name: String,
    /// What stands behind the URL.
    #[serde(rename = "type", default = "microsoft")]
    pub kind: AuthorityKind,
    /// Where SCEP is spoken; a pasted `/pkiclient.exe` is taken off.
    pub scep_url: String,
    /// `DOMAIN\user` or `user@domain`.
    pub username: String,
    /// Its password. Absent or empty in a change: the one that is stored stays.
    #[serde(default)]
    pub password: Option<Password>,
    /// The page that gives challenges.
    pub challenge_url: String,
    /// Consent to challenges that travel in clear.
    #[serde(default)]
    pub is_plain_http_accepted: bool,
    /// Certificates (PEM) trusted for the authority's https.
    #[serde(default)]
    pub trust_pem: Option<String>,
    /// How its challenges behave; absent: as NDES is installed, or as they are stored.
    #[serde(default)]
    pub limits: Option<ChallengeLimits>,
}

impl AuthorityForm {
    /// Brings the fields into the form in which they are stored, or says what is wrong with each.
    pub fn checked(mut self) -> Result<Self, Vec<Error>> {
        let mut errors = Vec::new();
        self.name = self.name.trim().to_owned();
        if self.name.is_empty() || self.name.chars().count() > 100 {
            errors.push(Error::invalid("name", "a name has 1 to 100 characters"));
        }
        self.username = self.username.trim().to_owned();
        if self.username.is_empty() || self.username.chars().count() > 256 {
            errors.push(Error::invalid(
                "username",
                "a user name is DOMAIN\\user or user@domain, at most 256 characters",
            ));
        }
        self.password = self.password.filter(|password| !password.0.is_empty());
        if self
            .password
            .as_ref()
            .is_some_and(|password| password.0.chars().count() > 256)
        {
            errors.push(Error::invalid(
                "password",
                "a password has at most 256 characters",
            ));
        }
        match scep_url(&self.scep_url) {
            Ok(url) => self.scep_url = url,
            Err(error) => errors.push(error),
        }
        match challenge_url(&self.challenge_url, self.is_plain_http_accepted) {
            Ok(url) => self.challenge_url = url,
            Err(error) => errors.push(error),
        }
        self.trust_pem = self.trust_pem.filter(|pem| !pem.trim().is_empty());
        errors.extend(self.trust_pem.as_deref().and_then(wrong_trust));
        errors.extend(self.limits.and_then(|limits| wrong_limits(&limits)));
        if errors.is_empty() { Ok(self) } else { Err(errors) }
    }
}

fn scep_url(text: &str) -> Result<String, Error> {
    if text.len() > MAX_ADDRESS {
        return Err(too_long("scep_url"));
    }
    ScepUrl::parse(text)
        .map(|url| url.to_string())
        .map_err(|error| Error::invalid("scep_url", error.to_string()))
}

fn challenge_url(text: &str, is_plain_http_accepted: bool) -> Result<String, Error> {
    if text.len() > MAX_ADDRESS {
        return Err(too_long("challenge_url"));
    }
    let url =
        ChallengeUrl::parse(text).map_err(|error| Error::invalid("challenge_url", error.to_string()))?;
    if !url.is_encrypted() && !is_plain_http_accepted {
        return Err(Error::invalid(
            "challenge_url",
            "over plain http each challenge travels in clear: use https, or consent to it",
        )
        .keyed("error-challenge_url-plain-http"));
    }
    Ok(url.to_string())
}

fn too_long(field: &str) -> Error {
    Error::invalid(field, format!("an address has at most {MAX_ADDRESS} characters"))
}

fn wrong_trust(pem: &str) -> Option<Error> {
    let mut count = 0;
    for certificate in CertificateDer::pem_slice_iter(pem.as_bytes()) {
        let is_good =
            certificate.is_ok_and(|certificate| x509_parser::parse_x509_certificate(&certificate).is_ok());
        if !is_good {
            return Some(Error::invalid(
                "trust_pem",
                "the trust file holds something that is no certificate",
            ));
        }
        count += 1;
    }
    (count == 0 || count > 100 || pem.len() > 200_000).then(|| {
        Error::invalid(
            "trust_pem",
            "the trust file holds 1 to 100 certificates in PEM form",
        )
    })
}

fn wrong_limits(limits: &ChallengeLimits) -> Option<Error> {
    let day = 1..=86_400;
    let is_good = (1..=10_000).contains(&limits.max_unused)
        && (1..=30 * 86_400).contains(&limits.lifetime_seconds)
        && (1..=limits.lifetime_seconds).contains(&limits.safe_life_seconds)
        && day.contains(&limits.backoff_seconds)
        && day.contains(&limits.breaker_seconds);
    (!is_good).then(|| {
        Error::invalid(
            "limits",
            "max_unused is 1 to 10000, the safe life at most the lifetime, and every time at least one second",
        )
    })
}
