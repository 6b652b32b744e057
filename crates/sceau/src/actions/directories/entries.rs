//! What an entry of a directory says of a person.

use std::collections::BTreeMap;

use domain::directory::{DirectoryKind, NAMES, Settings};

use crate::outbound::ldap::{Entry, guid, organisational_unit, sid};

/// Characters of an attribute at most, as of one that is typed.
const LONGEST: usize = 512;
/// `ACCOUNTDISABLE` in userAccountControl (MS-ADTS 2.2.16).
const DISABLED: u32 = 0x2;
/// What is read beside the attributes of people in Active Directory.
const CONTROL: &str = "userAccountControl";
const PRIMARY_GROUP: &str = "primaryGroupID";

/// A person as a directory has them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct FoundPerson {
    /// `entryUUID` or `objectGUID`.
    pub(super) external_id: String,
    /// Where the entry is.
    pub(super) dn: String,
    /// The name given at enrolment.
    pub(super) username: String,
    /// Attributes by our names, `custom.NAME` too.
    pub(super) fields: BTreeMap<String, String>,
    /// The account is disabled.
    pub(super) is_disabled: bool,
    /// The last part of the primary group's SID, which isn't among that group's members (MS-ADTS 3.1.1.4.5.21).
    pub(super) primary_group: Option<String>,
}

/// Why an entry or a value isn't taken in: the key of the reason, and which.
pub(super) type LeftOut = (String, String);

/// Every attribute that is asked for.
pub(super) fn wanted(settings: &Settings) -> Vec<String> {
    let own = NAMES
        .iter()
        .filter(|name| !["member", "group_name"].contains(name))
        .filter_map(|name| settings.attribute(name));
    let custom = settings
        .mapping
        .iter()
        .filter(|(name, _)| name.starts_with("custom."))
        .map(|(_, attribute)| attribute.as_str());
    let mut all: Vec<String> = own.chain(custom).map(str::to_owned).collect();
    if settings.kind == DirectoryKind::ActiveDirectory {
        all.extend([CONTROL.to_owned(), PRIMARY_GROUP.to_owned()]);
    }
    all.sort_unstable();
    all.dedup();
    all
}

/// The stable identity of an entry.
pub(super) fn identity(entry: &Entry, settings: &Settings) -> Option<String> {
    let attribute = settings.attribute("id")?;
    let octets = entry.octets(attribute).first()?;
    if settings.kind == DirectoryKind::ActiveDirectory && octets.len() == 16 {
        return guid(octets);
    }
    let text = entry.text(attribute)?.to_lowercase();
    (text.len() <= LONGEST && !text.chars().any(char::is_control)).then_some(text)
}

/// The security identifier, from octets or from text.
pub(super) fn security_id(entry: &Entry, attribute: &str) -> Option<String> {
    let octets = entry.octets(attribute).first()?;
    sid(octets).or_else(|| entry.text(attribute).filter(|text| text.starts_with("S-1-")))
}

/// Reads a person. What can't be taken in is added to `left_out`.
pub(super) fn person(entry: &Entry, settings: &Settings, left_out: &mut Vec<LeftOut>) -> Option<FoundPerson> {
    let mut leave = |key: &str, which: String| left_out.push((key.to_owned(), which));
    let Some(external_id) = identity(entry, settings) else {
        leave("directory-left-out-no-id", entry.dn.clone());
        return None;
    };
    let username = settings
        .attribute("username")
        .and_then(|attribute| entry.text(attribute));
    let Some(username) = username.filter(|name| is_username(name)) else {
        leave("directory-left-out-username", entry.dn.clone());
        return None;
    };
    let mut fields = BTreeMap::new();
    let custom = settings.mapping.keys().map(String::as_str);
    let custom = custom.filter(|name| name.starts_with("custom."));
    let of_people = NAMES
        .into_iter()
        .filter(|name| !["id", "username", "group_name", "member"].contains(name));
    for name in of_people.chain(custom) {
        let Some(attribute) = settings.attribute(name) else {
            continue;
        };
        let value = if name == "sid" {
            security_id(entry, attribute)
        } else {
            entry.text(attribute)
        };
        let Some(value) = value else { continue };
        if is_fit(name, &value) {
            fields.insert(name.to_owned(), value);
        } else {
            leave("directory-left-out-value", format!("{username}: {attribute}"));
        }
    }
    if !fields.contains_key("ou")
        && settings.attribute("ou").is_some()
        && let Some(unit) = organisational_unit(&entry.dn).filter(|unit| is_fit("ou", unit))
    {
        fields.insert("ou".to_owned(), unit);
    }
    if is_fit("dn", &entry.dn) {
        fields.insert("dn".to_owned(), entry.dn.clone());
    }
    let control = entry.text(CONTROL).and_then(|text| text.parse::<i64>().ok());
    Some(FoundPerson {
        external_id,
        dn: entry.dn.clone(),
        username,
        fields,
        is_disabled: settings.kind == DirectoryKind::ActiveDirectory
            && control.is_some_and(|bits| bits & i64::from(DISABLED) != 0),
        primary_group: entry.text(PRIMARY_GROUP),
    })
}

fn is_username(name: &str) -> bool {
    (1..=256).contains(&name.chars().count()) && !name.chars().any(|c| c.is_control() || c.is_whitespace())
}

fn is_fit(name: &str, value: &str) -> bool {
    let is_text = value.chars().count() <= LONGEST && !value.chars().any(char::is_control);
    let is_email = || {
        value
            .rsplit_once('@')
            .is_some_and(|(local, domain)| !local.is_empty() && !domain.is_empty())
    };
    is_text && (name != "email" || is_email())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(kind: DirectoryKind) -> Settings {
        Settings {
            kind,
            addresses: Vec::new(),
            trust_pem: None,
            bind_dn: String::new(),
            base_dn: String::new(),
            user_filter: String::new(),
            group_filter: String::new(),
            mapping: [("custom.badge".to_owned(), "employeeNumber".to_owned())].into(),
            read_minutes: 60,
            adopts: false,
            is_enabled: true,
        }
    }

    fn entry(values: &[(&str, &[u8])]) -> Entry {
        let values = values
            .iter()
            .map(|(name, value)| ((*name).to_owned(), vec![value.to_vec()]));
        Entry::new("CN=Anna,OU=Ventes,DC=x", values)
    }

    #[test]
    fn a_person_of_active_directory_is_read_whole() {
        let guid: Vec<u8> = (0..16).collect();
        let found = entry(&[
            ("objectGUID", &guid),
            ("sAMAccountName", b"anna"),
            ("userPrincipalName", b"anna@lab.test"),
            ("mail", b"no address"),
            ("objectSid", &[1, 1, 0, 0, 0, 0, 0, 5, 18, 0, 0, 0]),
            ("userAccountControl", b"514"),
            ("primaryGroupID", b"513"),
            ("employeeNumber", b"0042"),
        ]);
        let mut left_out = Vec::new();
        let person = person(&found, &settings(DirectoryKind::ActiveDirectory), &mut left_out).unwrap();
        assert_eq!(person.external_id, "03020100-0504-0706-0809-0a0b0c0d0e0f");
        assert_eq!(person.username, "anna");
        assert_eq!(person.fields["sid"], "S-1-5-18");
        assert_eq!(person.fields["sam_account_name"], "anna");
        assert_eq!(person.fields["ou"], "Ventes");
        assert_eq!(person.fields["custom.badge"], "0042");
        assert!(!person.fields.contains_key("email"));
        assert!(person.is_disabled);
        assert_eq!(person.primary_group.as_deref(), Some("513"));
        assert_eq!(
            left_out,
            [("directory-left-out-value".to_owned(), "anna: mail".to_owned())]
        );
    }

    #[test]
    fn without_an_identity_or_a_usable_name_nobody_is_taken_in() {
        let settings = settings(DirectoryKind::OpenLdap);
        let mut left_out = Vec::new();
        assert_eq!(person(&entry(&[("uid", b"a")]), &settings, &mut left_out), None);
        let blank = entry(&[("entryUUID", b"X"), ("uid", b"a b")]);
        assert_eq!(person(&blank, &settings, &mut left_out), None);
        let keys: Vec<_> = left_out.iter().map(|(key, _)| key.as_str()).collect();
        assert_eq!(keys, ["directory-left-out-no-id", "directory-left-out-username"]);
    }
}
