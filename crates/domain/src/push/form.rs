//! What an administrator gives of the account, checked.

use serde::{Deserialize, Serialize};

use super::{Push, PushSettings};
use crate::{error::Error, external_ca::Password};

/// Octets of a field at most.
const LONGEST: usize = 512;
/// Octets of trusted certificates at most.
const LONGEST_TRUST: usize = 64 * 1024;
/// Characters of the publisher's part of a Package Family Name.
const PUBLISHER: usize = 13;

/// The fields of the form, by the names that errors give. The secret comes in and never goes out.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PushForm {
    /// Whether devices are woken.
    pub is_enabled: bool,
    /// Package Family Name.
    pub pfn: String,
    /// Package SID or application id.
    pub client_id: String,
    /// Its secret; absent or empty keeps the one that is known.
    #[serde(skip_serializing)]
    pub client_secret: Option<Password>,
    /// The tenant of an application of Entra; empty for a package SID.
    pub tenant: String,
    /// Certificates (PEM) to trust beside the public authorities.
    pub trust_pem: String,
}

impl From<&PushSettings> for PushForm {
    fn from(settings: &PushSettings) -> Self {
        Self {
            is_enabled: settings.is_enabled,
            pfn: settings.pfn.clone(),
            client_id: settings.client_id.clone(),
            client_secret: None,
            tenant: settings.tenant.clone().unwrap_or_default(),
            trust_pem: settings.trust_pem.clone().unwrap_or_default(),
        }
    }
}

/// A form without faults.
#[derive(Clone, Debug)]
pub struct CheckedPush {
    /// What is set.
    pub settings: PushSettings,
    /// The secret, where one was given.
    pub client_secret: Option<Password>,
}

/// Checks the form; one that switches nothing on may be empty. `are_certificates` says whether a text is PEM
/// certificates.
pub fn check(
    form: &PushForm,
    known: &Push,
    are_certificates: impl Fn(&str) -> bool,
) -> Result<CheckedPush, Vec<Error>> {
    let mut errors = Vec::new();
    let trimmed = |text: &str| text.trim().to_owned();
    let settings = PushSettings {
        is_enabled: form.is_enabled,
        pfn: trimmed(&form.pfn),
        client_id: trimmed(&form.client_id),
        tenant: Some(trimmed(&form.tenant)).filter(|tenant| !tenant.is_empty()),
        trust_pem: Some(trimmed(&form.trust_pem)).filter(|pem| !pem.is_empty()),
    };
    let is_needed = |text: &str| form.is_enabled || !text.is_empty();
    if is_needed(&settings.pfn) && !is_family_name(&settings.pfn) {
        let detail = "a Package Family Name is NAME_PUBLISHER, as Sceau_8wekyb3d8bbwe";
        errors.push(Error::invalid("pfn", detail).keyed("error-push-pfn"));
    }
    if is_needed(&settings.client_id) {
        errors.extend(wrong_client(&settings));
    }
    let is_tenant = |tenant: &str| tenant.len() <= LONGEST && tenant.bytes().all(is_of_name);
    if settings
        .tenant
        .as_deref()
        .is_some_and(|tenant| !is_tenant(tenant))
    {
        let detail = "a tenant is its id or a domain name";
        errors.push(Error::invalid("tenant", detail).keyed("error-push-tenant"));
    }
    let secret = form.client_secret.clone();
    let secret = secret.filter(|secret| !secret.reveal().trim().is_empty());
    let is_same_account = known.settings.client_id == settings.client_id;
    let has_secret = known.client_secret.is_some() && is_same_account;
    if form.is_enabled && secret.is_none() && !has_secret {
        let detail = "the account's secret is needed, anew for another account";
        errors.push(Error::invalid("client_secret", detail).keyed("error-push-secret"));
    }
    if secret
        .as_ref()
        .is_some_and(|secret| secret.reveal().len() > LONGEST)
    {
        let detail = "a secret has at most 512 octets";
        errors.push(Error::invalid("client_secret", detail).keyed("error-push-secret"));
    }
    let is_trust = |pem: &str| pem.len() <= LONGEST_TRUST && are_certificates(pem);
    if settings.trust_pem.as_deref().is_some_and(|pem| !is_trust(pem)) {
        errors.push(Error::invalid("trust_pem", "these are no certificates in PEM"));
    }
    if errors.is_empty() {
        Ok(CheckedPush {
            settings,
            client_secret: secret,
        })
    } else {
        Err(errors)
    }
}

fn wrong_client(settings: &PushSettings) -> Option<Error> {
    let refuse = |key: &str, detail: &str| Some(Error::invalid("client_id", detail).keyed(key));
    let id = settings.client_id.as_str();
    match settings.tenant {
        None if is_package_sid(id) => None,
        None => refuse("error-push-sid", "a package SID is ms-app://S-1-15-2-…"),
        Some(_) if is_application_id(id) => None,
        Some(_) => refuse("error-push-application", "an application id is a UUID"),
    }
}

fn is_of_name(octet: u8) -> bool {
    octet.is_ascii_alphanumeric() || b"-.".contains(&octet)
}

/// Microsoft, "Package identity": `Name_PublisherId`, the latter 13 characters.
fn is_family_name(text: &str) -> bool {
    let Some((name, publisher)) = text.split_once('_') else {
        return false;
    };
    (3..=50).contains(&name.len())
        && name.bytes().all(is_of_name)
        && publisher.len() == PUBLISHER
        && publisher.bytes().all(|octet| octet.is_ascii_alphanumeric())
}

fn is_package_sid(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    let numbers = lower.strip_prefix("ms-app://s-1-15-2-");
    text.len() <= LONGEST
        && numbers.is_some_and(|numbers| {
            let is_number = |part: &str| !part.is_empty() && part.bytes().all(|octet| octet.is_ascii_digit());
            numbers.trim_end_matches('/').split('-').all(is_number)
        })
}

fn is_application_id(text: &str) -> bool {
    let lengths: Vec<usize> = text.split('-').map(str::len).collect();
    lengths == [8, 4, 4, 4, 12]
        && text
            .bytes()
            .all(|octet| octet == b'-' || octet.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Sealed;

    const SID: &str = "ms-app://s-1-15-2-2972962901-2322836549-3722629029";
    const UUID: &str = "01234567-89ab-cdef-0123-456789abcdef";

    fn form() -> PushForm {
        PushForm {
            is_enabled: true,
            pfn: "Example.Sceau_8wekyb3d8bbwe".to_owned(),
            client_id: SID.to_owned(),
            client_secret: Some(Password::new("secret".to_owned())),
            ..PushForm::default()
        }
    }

    fn keys(form: &PushForm, known: &Push) -> Vec<String> {
        match check(form, known, |_| false) {
            Ok(_) => Vec::new(),
            Err(errors) => errors.into_iter().map(|error| error.key).collect(),
        }
    }

    #[test]
    fn an_account_needs_all_that_signs_in_and_only_when_it_is_on() {
        let nobody = Push::default();
        assert!(keys(&form(), &nobody).is_empty());
        assert!(keys(&PushForm::default(), &nobody).is_empty());
        let empty = PushForm {
            is_enabled: true,
            ..PushForm::default()
        };
        assert_eq!(
            keys(&empty, &nobody),
            ["error-push-pfn", "error-push-sid", "error-push-secret"]
        );
        let changed = |change: fn(&mut PushForm)| {
            let mut form = form();
            change(&mut form);
            keys(&form, &Push::default())
        };
        assert_eq!(
            changed(|form| form.tenant = UUID.to_owned()),
            ["error-push-application"]
        );
        assert_eq!(
            changed(|form| form.tenant = "../x".to_owned()),
            ["error-push-application", "error-push-tenant"]
        );
        assert_eq!(
            changed(|form| form.trust_pem = "x".to_owned()),
            ["error-trust_pem-invalid"]
        );
        assert_eq!(
            changed(|form| form.pfn = "Example".to_owned()),
            ["error-push-pfn"]
        );
    }

    #[test]
    fn a_known_secret_goes_to_no_other_account() {
        let checked = check(&form(), &Push::default(), |_| false).unwrap();
        let known = Push {
            settings: checked.settings,
            client_secret: Some(Sealed(vec![1])),
            ..Push::default()
        };
        let mut again = form();
        again.client_secret = None;
        assert!(keys(&again, &known).is_empty());
        again.client_id = format!("{SID}-1");
        assert_eq!(keys(&again, &known), ["error-push-secret"]);
    }
}
