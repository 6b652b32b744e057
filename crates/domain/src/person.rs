//! People: the persons whose devices these are.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{id::Id, time::Timestamp};

/// Identifies a person.
pub type PersonId = Id<Person>;

/// A person, from the server's own records: the only source of identity values in a subject.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// Its identifier.
    pub id: PersonId,
    /// The name given at enrolment, unique without regard to case.
    pub username: String,
    /// Attributes that variables may use, by the variable's own name without `user` (see `subject::variables`).
    pub attributes: Attributes,
    /// When the record was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

/// What is known of a person. Absent means unknown: a variable that needs it fails by name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Attributes {
    /// E-mail address.
    pub email: Option<String>,
    /// User principal name.
    pub upn: Option<String>,
    /// User id in a directory.
    pub uid: Option<String>,
    /// Name for display.
    pub display_name: Option<String>,
    /// Given name.
    pub first_name: Option<String>,
    /// Family name.
    pub last_name: Option<String>,
    /// Distinguished name in a directory.
    pub dn: Option<String>,
    /// Common name in a directory.
    pub cn: Option<String>,
    /// Organisational unit.
    pub ou: Option<String>,
    /// Department.
    pub department: Option<String>,
    /// Language, as in `fr-FR`.
    pub locale: Option<String>,
    /// Logon name before Windows 2000.
    pub sam_account_name: Option<String>,
    /// Security identifier, `S-1-5-21-…`.
    pub sid: Option<String>,
    /// Custom attributes, `${custom.NAME}`.
    pub custom: BTreeMap<String, String>,
}

impl Attributes {
    /// All but the custom ones by their names, the usual ones first.
    pub fn named(&self) -> [(&'static str, &Option<String>); 13] {
        [
            ("email", &self.email),
            ("display_name", &self.display_name),
            ("first_name", &self.first_name),
            ("last_name", &self.last_name),
            ("upn", &self.upn),
            ("department", &self.department),
            ("uid", &self.uid),
            ("dn", &self.dn),
            ("cn", &self.cn),
            ("ou", &self.ou),
            ("locale", &self.locale),
            ("sam_account_name", &self.sam_account_name),
            ("sid", &self.sid),
        ]
    }
    /// All but the custom ones by their names, to be changed.
    pub fn named_mut(&mut self) -> [(&'static str, &mut Option<String>); 13] {
        [
            ("email", &mut self.email),
            ("display_name", &mut self.display_name),
            ("first_name", &mut self.first_name),
            ("last_name", &mut self.last_name),
            ("upn", &mut self.upn),
            ("department", &mut self.department),
            ("uid", &mut self.uid),
            ("dn", &mut self.dn),
            ("cn", &mut self.cn),
            ("ou", &mut self.ou),
            ("locale", &mut self.locale),
            ("sam_account_name", &mut self.sam_account_name),
            ("sid", &mut self.sid),
        ]
    }

    /// The value of an attribute by its name, `custom.NAME` too.
    pub fn value(&self, name: &str) -> Option<&str> {
        if let Some(custom) = name.strip_prefix("custom.") {
            return self.custom.get(custom).map(String::as_str);
        }
        let found = self.named().into_iter().find(|(known, _)| *known == name)?;
        found.1.as_deref()
    }

    /// Sets an attribute by its name, `custom.NAME` too; a name that isn't known sets nothing.
    pub fn set(&mut self, name: &str, value: Option<String>) {
        if let Some(custom) = name.strip_prefix("custom.") {
            match value {
                Some(value) => self.custom.insert(custom.to_owned(), value),
                None => self.custom.remove(custom),
            };
            return;
        }
        for (known, slot) in self.named_mut() {
            if known == name {
                *slot = value;
                return;
            }
        }
    }
}
