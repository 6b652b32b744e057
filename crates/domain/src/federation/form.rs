//! What an administrator gives of the provider, checked.

use serde::{Deserialize, Serialize};

use super::{Federation, FederationSettings, USUAL_CLAIM, USUAL_SCOPES};
use crate::{error::Error, external_ca::Password};

/// Octets of a field at most.
const LONGEST: usize = 512;
/// Octets of trusted certificates at most.
const LONGEST_TRUST: usize = 64 * 1024;
/// Domains at most.
const MOST_DOMAINS: usize = 100;

/// The fields of the form, by the names that errors give. The secret comes in and never goes out.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct FederationForm {
    /// Whether devices are sent to the provider.
    pub is_enabled: bool,
    /// The provider.
    pub issuer: String,
    /// This server, as the provider knows it.
    pub client_id: String,
    /// Its secret; absent or empty keeps the one that is known.
    #[serde(skip_serializing)]
    pub client_secret: Option<Password>,
    /// Whether the client has no secret, and a known one is forgotten.
    pub has_no_secret: bool,
    /// Which claim is the user name; empty is `preferred_username`.
    pub claim: String,
    /// What is asked for; empty is `openid profile email`.
    pub scopes: String,
    /// Domains, separated by commas, spaces or lines.
    pub domains: String,
    /// Certificates (PEM) to trust beside the public authorities.
    pub trust_pem: String,
}

impl From<&Federation> for FederationForm {
    fn from(known: &Federation) -> Self {
        let settings = &known.settings;
        Self {
            is_enabled: settings.is_enabled,
            issuer: settings.issuer.clone(),
            client_id: settings.client_id.clone(),
            client_secret: None,
            has_no_secret: known.client_secret.is_none() && !settings.client_id.is_empty(),
            claim: settings.claim.clone(),
            scopes: settings.scopes.clone(),
            domains: settings.domains.join(", "),
            trust_pem: settings.trust_pem.clone().unwrap_or_default(),
        }
    }
}

/// A form without faults.
#[derive(Clone, Debug)]
pub struct CheckedFederation {
    /// What is set.
    pub settings: FederationSettings,
    /// The secret, where one was given.
    pub client_secret: Option<Password>,
    /// Whether the known secret stays.
    pub keeps_secret: bool,
}

/// Checks the form; one that switches nothing on may be empty. `are_certificates` says whether a text is PEM
/// certificates.
pub fn check(
    form: &FederationForm,
    known: &Federation,
    are_certificates: impl Fn(&str) -> bool,
) -> Result<CheckedFederation, Vec<Error>> {
    let mut errors = Vec::new();
    let settings = settings(form);
    let is_needed = |text: &str| form.is_enabled || !text.is_empty();
    if is_needed(&settings.issuer) && !is_issuer(&settings.issuer) {
        let detail = "an issuer is an https address without query and fragment";
        errors.push(Error::invalid("issuer", detail).keyed("error-federation-issuer"));
    }
    if is_needed(&settings.client_id) && !is_short(&settings.client_id) {
        let detail = "the id under which the provider knows this server is needed";
        errors.push(Error::invalid("client_id", detail).keyed("error-federation-client"));
    }
    let is_claim = |claim: &str| is_short(claim) && claim.chars().all(|c| c.is_ascii_graphic());
    if !is_claim(&settings.claim) {
        let detail = "a claim is a name without spaces";
        errors.push(Error::invalid("claim", detail).keyed("error-federation-claim"));
    }
    let has_openid = settings.scopes.split(' ').any(|scope| scope == "openid");
    if !has_openid || settings.scopes.len() > LONGEST || settings.scopes.chars().any(is_no_scope) {
        let detail = "scopes are names separated by spaces, and openid is one of them";
        errors.push(Error::invalid("scopes", detail).keyed("error-federation-scopes"));
    }
    let wrong = settings.domains.iter().find(|domain| !is_domain(domain));
    if let Some(wrong) = wrong {
        let error = Error::invalid("domains", format!("{wrong} is no domain"));
        errors.push(
            error
                .keyed("error-federation-domain")
                .with("domain", wrong.clone()),
        );
    } else if settings.domains.len() > MOST_DOMAINS {
        let error = Error::invalid("domains", "100 domains at most").keyed("error-federation-domains");
        errors.push(error.with("most", MOST_DOMAINS.to_string()));
    }
    let is_trust = |pem: &str| pem.len() <= LONGEST_TRUST && are_certificates(pem);
    if settings.trust_pem.as_deref().is_some_and(|pem| !is_trust(pem)) {
        errors.push(Error::invalid("trust_pem", "these are no certificates in PEM"));
    }
    let secret = form.client_secret.clone();
    let secret = secret.filter(|secret| !form.has_no_secret && !secret.reveal().trim().is_empty());
    let is_same = known.settings.client_id == settings.client_id && known.settings.issuer == settings.issuer;
    let keeps_secret = !form.has_no_secret && secret.is_none() && is_same && known.client_secret.is_some();
    let is_long = secret
        .as_ref()
        .is_some_and(|secret| secret.reveal().len() > LONGEST);
    if is_long || (form.is_enabled && secret.is_none() && !keeps_secret && !form.has_no_secret) {
        let detail = "the client's secret is needed, anew for another client or provider, unless it has none";
        errors.push(Error::invalid("client_secret", detail).keyed("error-federation-secret"));
    }
    if !errors.is_empty() {
        return Err(errors);
    }
    Ok(CheckedFederation {
        settings,
        client_secret: secret,
        keeps_secret,
    })
}

fn settings(form: &FederationForm) -> FederationSettings {
    let usual = |text: &str, usual: &str| match text.trim() {
        "" => usual.to_owned(),
        text => text.to_owned(),
    };
    let mut domains: Vec<String> = form
        .domains
        .split(|c: char| c == ',' || c == ';' || c.is_whitespace())
        .filter(|domain| !domain.is_empty())
        .map(str::to_lowercase)
        .collect();
    domains.sort();
    domains.dedup();
    FederationSettings {
        is_enabled: form.is_enabled,
        issuer: form.issuer.trim().to_owned(),
        client_id: form.client_id.trim().to_owned(),
        claim: usual(&form.claim, USUAL_CLAIM),
        scopes: usual(&form.scopes, USUAL_SCOPES)
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" "),
        domains,
        trust_pem: Some(form.trust_pem.trim().to_owned()).filter(|pem| !pem.is_empty()),
    }
}

fn is_short(text: &str) -> bool {
    (1..=LONGEST).contains(&text.len()) && !text.chars().any(char::is_control)
}

/// OpenID Connect Core 1.0, 2: an https address without query and fragment.
fn is_issuer(text: &str) -> bool {
    let rest = text.strip_prefix("https://").unwrap_or_default();
    let host = rest.split('/').next().unwrap_or_default();
    text.len() <= LONGEST
        && !host.is_empty()
        && !host.contains('@')
        && rest.chars().all(|c| c.is_ascii_graphic() && !"?#\\".contains(c))
}

/// RFC 6749, 3.3.
fn is_no_scope(c: char) -> bool {
    c != ' ' && (!c.is_ascii_graphic() || c == '"' || c == '\\')
}

/// A domain, or the short name before `\user`.
fn is_domain(text: &str) -> bool {
    text.len() <= 253
        && text.split('.').all(|label| {
            (1..=63).contains(&label.len())
                && label.chars().all(|c| c.is_alphanumeric() || c == '-' || c == '_')
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Sealed;

    fn form() -> FederationForm {
        FederationForm {
            is_enabled: true,
            issuer: "https://login.example.com/tenant/v2.0".to_owned(),
            client_id: "sceau".to_owned(),
            client_secret: Some(Password::new("secret".to_owned())),
            domains: "Example.com, example".to_owned(),
            ..FederationForm::default()
        }
    }

    fn keys(form: &FederationForm, known: &Federation) -> Vec<String> {
        match check(form, known, |_| false) {
            Ok(_) => Vec::new(),
            Err(errors) => errors.into_iter().map(|error| error.key).collect(),
        }
    }

    #[test]
    fn what_is_left_out_is_the_usual() {
        let settings = check(&form(), &Federation::default(), |_| false)
            .unwrap()
            .settings;
        assert_eq!(settings.claim, "preferred_username");
        assert_eq!(settings.scopes, "openid profile email");
        assert_eq!(settings.domains, ["example", "example.com"]);
        assert!(keys(&FederationForm::default(), &Federation::default()).is_empty());
    }

    #[test]
    fn what_can_not_be_used_is_refused_at_its_field() {
        let nobody = Federation::default();
        for (change, key) in [
            (
                (|form| form.issuer = "http://login.example.com".to_owned()) as fn(&mut FederationForm),
                "error-federation-issuer",
            ),
            (
                |form| form.issuer = "https://a@login.example.com".to_owned(),
                "error-federation-issuer",
            ),
            (
                |form| form.issuer = "https://login.example.com/?x".to_owned(),
                "error-federation-issuer",
            ),
            (|form| form.client_id.clear(), "error-federation-client"),
            (
                |form| form.claim = "two words".to_owned(),
                "error-federation-claim",
            ),
            (
                |form| form.scopes = "profile".to_owned(),
                "error-federation-scopes",
            ),
            (|form| form.domains = "a..b".to_owned(), "error-federation-domain"),
            (|form| form.client_secret = None, "error-federation-secret"),
            (|form| form.trust_pem = "x".to_owned(), "error-trust_pem-invalid"),
        ] {
            let mut form = form();
            change(&mut form);
            assert_eq!(keys(&form, &nobody), [key]);
        }
    }

    #[test]
    fn a_known_secret_stays_with_its_client_and_its_provider() {
        let checked = check(&form(), &Federation::default(), |_| false).unwrap();
        let known = Federation {
            settings: checked.settings,
            client_secret: Some(Sealed(vec![1])),
        };
        let mut again = form();
        again.client_secret = None;
        assert!(check(&again, &known, |_| false).unwrap().keeps_secret);
        again.issuer = "https://elsewhere.example.com".to_owned();
        assert_eq!(keys(&again, &known), ["error-federation-secret"]);
        again.has_no_secret = true;
        assert!(!check(&again, &known, |_| false).unwrap().keeps_secret);
    }
}
