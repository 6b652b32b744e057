//! What an administrator gives of a directory, checked.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Directory, DirectoryKind, NAMES, Settings, preset};
use crate::{
    error::{Error, named},
    external_ca::Password,
};

/// Addresses at most.
const ADDRESSES: usize = 5;
/// Characters of a name, a filter or a distinguished name at most.
const LONGEST: usize = 2000;
/// Minutes between readings.
const MINUTES: std::ops::RangeInclusive<u32> = 5..=10_080;

/// The fields of the form, by the names that errors give. The password comes in and never goes out.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DirectoryForm {
    /// Unique name.
    pub name: String,
    /// What stands there.
    pub kind: DirectoryKind,
    /// `ldaps://host[:port]` or `ldap://host[:port]`, in the order in which they are tried.
    pub addresses: Vec<String>,
    /// Certificates (PEM) to trust; empty is the public authorities.
    pub trust_pem: String,
    /// The account that reads.
    pub bind_dn: String,
    /// Its password; absent or empty keeps the one that is known.
    #[serde(skip_serializing)]
    pub bind_password: Option<Password>,
    /// Below which entry people and groups are.
    pub base_dn: String,
    /// Who is a person; empty is the kind's usual filter.
    pub user_filter: String,
    /// Which groups are taken in; empty is none.
    pub group_filter: String,
    /// Where an attribute is read from another LDAP attribute than usual.
    pub mapping: BTreeMap<String, String>,
    /// Minutes between readings.
    pub read_minutes: u32,
    /// People made by hand who bear the same user name become the directory's.
    pub adopts: bool,
    /// Whether it is read and asked.
    pub is_enabled: bool,
}

impl Default for DirectoryForm {
    fn default() -> Self {
        Self {
            name: String::new(),
            kind: DirectoryKind::default(),
            addresses: Vec::new(),
            trust_pem: String::new(),
            bind_dn: String::new(),
            bind_password: None,
            base_dn: String::new(),
            user_filter: String::new(),
            group_filter: String::new(),
            mapping: BTreeMap::new(),
            read_minutes: 60,
            adopts: false,
            is_enabled: true,
        }
    }
}

impl From<&Directory> for DirectoryForm {
    fn from(directory: &Directory) -> Self {
        let settings = directory.settings.clone();
        Self {
            name: directory.name.clone(),
            kind: settings.kind,
            addresses: settings.addresses,
            trust_pem: settings.trust_pem.unwrap_or_default(),
            bind_dn: settings.bind_dn,
            bind_password: None,
            base_dn: settings.base_dn,
            user_filter: settings.user_filter,
            group_filter: settings.group_filter,
            mapping: settings.mapping,
            read_minutes: settings.read_minutes,
            adopts: settings.adopts,
            is_enabled: settings.is_enabled,
        }
    }
}

/// A form without faults.
#[derive(Clone, Debug)]
pub struct CheckedDirectory {
    /// Its name.
    pub name: String,
    /// The rest.
    pub settings: Settings,
    /// The password, where one was given.
    pub bind_password: Option<Password>,
}

/// Who is a person in a directory of this kind.
fn usual_filter(kind: DirectoryKind) -> &'static str {
    match kind {
        DirectoryKind::OpenLdap => "(objectClass=inetOrgPerson)",
        // objectCategory is indexed and leaves out computers, which are users by their class.
        DirectoryKind::ActiveDirectory => "(&(objectCategory=person)(objectClass=user))",
    }
}

/// Checks the form. `existing` is the stored directory in a change; `is_filter` says whether a text is a filter.
pub fn check(
    form: &DirectoryForm,
    existing: Option<&Directory>,
    is_filter: impl Fn(&str) -> bool,
) -> Result<CheckedDirectory, Vec<Error>> {
    let mut errors = Vec::new();
    let name = named("name", &form.name).unwrap_or_else(|error| {
        errors.push(error);
        String::new()
    });
    let addresses = addresses(&form.addresses, &mut errors);
    for (field, value) in [("bind_dn", &form.bind_dn), ("base_dn", &form.base_dn)] {
        if value.trim().is_empty() || is_unfit(value) {
            errors.push(Error::invalid(field, "it is needed").keyed(&format!("error-directory-{field}")));
        }
    }
    let bind_password = form
        .bind_password
        .clone()
        .filter(|password| !password.reveal().is_empty());
    if bind_password.is_none() && needs_password(form, &addresses, existing) {
        errors.push(
            Error::invalid("bind_password", "the account's password is needed")
                .keyed("error-directory-password"),
        );
    }
    let user_filter = match form.user_filter.trim() {
        "" => usual_filter(form.kind).to_owned(),
        given => given.to_owned(),
    };
    let group_filter = form.group_filter.trim().to_owned();
    for (field, filter) in [("user_filter", &user_filter), ("group_filter", &group_filter)] {
        if !filter.is_empty() && (is_unfit(filter) || !is_filter(filter)) {
            errors.push(
                Error::invalid(field, "a filter is written as in (objectClass=person), RFC 4515")
                    .keyed("error-directory-filter"),
            );
        }
    }
    if !MINUTES.contains(&form.read_minutes) {
        errors.push(
            Error::invalid("read_minutes", "5 to 10080 minutes lie between readings")
                .keyed("error-directory-minutes"),
        );
    }
    let mapping = mapping(form, &mut errors);
    let trust_pem = Some(form.trust_pem.trim())
        .filter(|pem| !pem.is_empty())
        .map(str::to_owned);
    if !errors.is_empty() {
        return Err(errors);
    }
    Ok(CheckedDirectory {
        name,
        settings: Settings {
            kind: form.kind,
            addresses,
            trust_pem,
            bind_dn: form.bind_dn.trim().to_owned(),
            base_dn: form.base_dn.trim().to_owned(),
            user_filter,
            group_filter,
            mapping,
            read_minutes: form.read_minutes,
            adopts: form.adopts,
            is_enabled: form.is_enabled,
        },
        bind_password,
    })
}

/// The stored password goes nowhere else than where it was meant to: another server or account needs it typed again.
fn needs_password(form: &DirectoryForm, addresses: &[String], existing: Option<&Directory>) -> bool {
    existing.is_none_or(|existing| {
        let known = &existing.settings;
        let is_new = |address: &String| !known.addresses.contains(address);
        known.bind_dn != form.bind_dn.trim()
            || addresses.iter().any(is_new)
            || known.trust_pem.as_deref().unwrap_or_default() != form.trust_pem.trim()
    })
}

fn is_unfit(text: &str) -> bool {
    text.chars().count() > LONGEST || text.chars().any(char::is_control)
}

fn addresses(given: &[String], errors: &mut Vec<Error>) -> Vec<String> {
    let kept: Vec<String> = given
        .iter()
        .map(|address| address.trim().trim_end_matches('/').to_owned())
        .filter(|address| !address.is_empty())
        .collect();
    let is_good = |address: &String| {
        let place = address
            .strip_prefix("ldaps://")
            .or_else(|| address.strip_prefix("ldap://"));
        place.is_some_and(is_place)
    };
    if kept.is_empty() || kept.len() > ADDRESSES || !kept.iter().all(is_good) {
        errors.push(
            Error::invalid(
                "addresses",
                "an address is ldaps://host or ldap://host, with a port where it isn't 636 or 389",
            )
            .keyed("error-directory-addresses"),
        );
    }
    kept
}

/// `host` or `host:port`; no user, path or question, and no IPv6 address in brackets.
fn is_place(place: &str) -> bool {
    let (host, port) = place
        .split_once(':')
        .map_or((place, None), |(host, port)| (host, Some(port)));
    let is_host_character = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    let is_port = port.is_none_or(|port| port.parse::<u16>().is_ok_and(|port| port > 0));
    (1..=253).contains(&host.len()) && host.chars().all(is_host_character) && is_port
}

fn mapping(form: &DirectoryForm, errors: &mut Vec<Error>) -> BTreeMap<String, String> {
    let mut kept = BTreeMap::new();
    for (name, attribute) in &form.mapping {
        let attribute = attribute.trim();
        let custom = name.strip_prefix("custom.");
        let is_custom = custom.is_some_and(|name| {
            (1..=64).contains(&name.len())
                && name
                    .chars()
                    .all(|c| c.is_ascii_alphanumeric() || "_-.".contains(c))
        });
        // RFC 4512 §1.4: an attribute's short name, or its OID.
        let is_attribute = attribute.len() <= 128
            && attribute
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_'));
        let is_needed = ["id", "username"].contains(&name.as_str());
        if !(is_custom || NAMES.contains(&name.as_str()))
            || !is_attribute
            || (is_needed && attribute.is_empty())
        {
            errors.push(
                Error::invalid("mapping", format!("{name} can't be read from {attribute:?}"))
                    .keyed("error-directory-mapping")
                    .with("name", name.clone()),
            );
        } else if preset(form.kind, name) != Some(attribute) && !(is_custom && attribute.is_empty()) {
            kept.insert(name.clone(), attribute.to_owned());
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form() -> DirectoryForm {
        DirectoryForm {
            name: " Lyon ".to_owned(),
            addresses: vec!["ldaps://ldap.example.com/".to_owned(), String::new()],
            bind_dn: "cn=reader,dc=example,dc=com".to_owned(),
            bind_password: Some(Password::new("secret".to_owned())),
            base_dn: "dc=example,dc=com".to_owned(),
            ..DirectoryForm::default()
        }
    }

    fn fields(form: &DirectoryForm) -> Vec<String> {
        let errors = check(form, None, |text| text.starts_with('(')).unwrap_err();
        errors.into_iter().filter_map(|error| error.field).collect()
    }

    #[test]
    fn a_good_form_gets_the_usual_filter_and_loses_blanks() {
        let checked = check(&form(), None, |text| text.starts_with('(')).unwrap();
        assert_eq!(checked.name, "Lyon");
        assert_eq!(checked.settings.addresses, ["ldaps://ldap.example.com"]);
        assert_eq!(checked.settings.user_filter, "(objectClass=inetOrgPerson)");
        assert_eq!(checked.settings.attribute("id"), Some("entryUUID"));
        assert_eq!(checked.settings.attribute("upn"), None);
    }

    #[test]
    fn addresses_without_tls_of_some_sort_are_refused() {
        for address in [
            "http://ldap.example.com",
            "ldap.example.com",
            "ldapi:///run/slapd",
            "ldaps://user@ldap.example.com",
            "ldaps://ldap.example.com/dc=example",
            "ldap://ldap.example.com:0",
        ] {
            let form = DirectoryForm {
                addresses: vec![address.to_owned()],
                ..form()
            };
            assert_eq!(fields(&form), ["addresses"], "{address}");
        }
        assert_eq!(
            fields(&DirectoryForm {
                addresses: Vec::new(),
                ..form()
            }),
            ["addresses"]
        );
    }

    #[test]
    fn what_is_missing_or_wrong_is_named() {
        let wrong = DirectoryForm {
            name: String::new(),
            bind_dn: String::new(),
            bind_password: None,
            base_dn: " ".to_owned(),
            user_filter: "uid=*".to_owned(),
            read_minutes: 1,
            mapping: [("username".to_owned(), String::new())].into(),
            ..form()
        };
        assert_eq!(
            fields(&wrong),
            [
                "name",
                "bind_dn",
                "base_dn",
                "bind_password",
                "user_filter",
                "read_minutes",
                "mapping"
            ]
        );
    }

    #[test]
    fn a_mapping_keeps_what_differs_from_the_preset() {
        let form = DirectoryForm {
            mapping: [
                ("email".to_owned(), "mail".to_owned()),
                ("uid".to_owned(), String::new()),
                ("department".to_owned(), "ou".to_owned()),
                ("custom.badge".to_owned(), "employeeNumber".to_owned()),
            ]
            .into(),
            ..form()
        };
        let settings = check(&form, None, |_| true).unwrap().settings;
        assert_eq!(settings.mapping.len(), 3);
        assert_eq!(settings.attribute("email"), Some("mail"));
        assert_eq!(settings.attribute("uid"), None);
        assert_eq!(settings.attribute("department"), Some("ou"));
        assert_eq!(settings.attribute("custom.badge"), Some("employeeNumber"));
    }
}
