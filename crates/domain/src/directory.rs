//! Directories (LDAP, RFC 4511): where people and groups come from, and who proves their passwords.

mod form;
mod presets;
mod reading;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub use form::{CheckedDirectory, DirectoryForm, check};
pub use presets::{NAMES, preset};
pub use reading::{Counts, Reading, ReadingOutcome, State, are_far_fewer};

use crate::{group::GroupId, id::Id, person::PersonId, sealed::Sealed, time::Timestamp};

/// Identifies a directory.
pub type DirectoryId = Id<Directory>;

/// A directory that people and groups are read from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Directory {
    /// Its identifier.
    pub id: DirectoryId,
    /// Its name.
    pub name: String,
    /// Where it is, and what is read.
    pub settings: Settings,
    /// The password of the account that reads.
    pub bind_password: Sealed,
    /// What the readings came to.
    pub state: State,
    /// When it was added.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

impl Directory {
    /// The LDAP attribute that one of [`NAMES`] (or `custom.NAME`) is read from; none where it isn't read.
    pub fn attribute(&self, name: &str) -> Option<&str> {
        self.settings.attribute(name)
    }
}

/// What stands behind the address.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DirectoryKind {
    /// OpenLDAP, or another that gives `entryUUID` (RFC 4530).
    #[default]
    OpenLdap,
    /// Active Directory Domain Services, or Samba as one.
    ActiveDirectory,
}

impl DirectoryKind {
    /// Both.
    pub const ALL: [Self; 2] = [Self::OpenLdap, Self::ActiveDirectory];

    /// Its name, as in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::OpenLdap => "open_ldap",
            Self::ActiveDirectory => "active_directory",
        }
    }

    /// Reads a name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// Where a directory is, and what is read of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settings {
    /// What stands there.
    pub kind: DirectoryKind,
    /// `ldaps://host` or `ldap://host`, the latter with StartTLS always; tried in this order.
    pub addresses: Vec<String>,
    /// Certificates (PEM) that TLS trusts; none is the public authorities.
    pub trust_pem: Option<String>,
    /// The account that reads: its distinguished name, or `user@domain` in Active Directory.
    pub bind_dn: String,
    /// Below which entry people and groups are.
    pub base_dn: String,
    /// Who is a person (RFC 4515).
    pub user_filter: String,
    /// Which groups are taken in; none are where it is empty.
    pub group_filter: String,
    /// Attributes that are read from others than the preset says: ours, then the directory's; empty is not read.
    pub mapping: BTreeMap<String, String>,
    /// Minutes between readings.
    pub read_minutes: u32,
    /// A person who was made by hand and bears the same user name becomes the directory's.
    pub adopts: bool,
    /// Whether it is read and asked.
    pub is_enabled: bool,
}

impl Settings {
    /// The LDAP attribute that one of [`NAMES`] (or `custom.NAME`) is read from.
    pub fn attribute(&self, name: &str) -> Option<&str> {
        let given = self.mapping.get(name).map(String::as_str);
        given
            .or_else(|| preset(self.kind, name))
            .filter(|attribute| !attribute.is_empty())
    }
}

/// How a person is tied to an entry of a directory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PersonLink {
    /// Who.
    pub person_id: PersonId,
    /// In which directory.
    pub directory_id: DirectoryId,
    /// `entryUUID` or `objectGUID`: never the name, which changes.
    pub external_id: String,
    /// Where the entry was when it was last read.
    pub dn: String,
    /// Which attributes came from it, by their names (`custom.NAME` too).
    pub fields: Vec<String>,
    /// The account is disabled there.
    pub is_disabled: bool,
    /// Since when a complete reading doesn't find it any more.
    pub gone_at: Option<Timestamp>,
}

/// How a group is tied to an entry of a directory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupLink {
    /// Which group.
    pub group_id: GroupId,
    /// In which directory.
    pub directory_id: DirectoryId,
    /// `entryUUID` or `objectGUID`.
    pub external_id: String,
    /// Since when a complete reading doesn't find it any more.
    pub gone_at: Option<Timestamp>,
}

/// A sign-in that a directory refused, for the operator: the person hears only that it was wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// When.
    pub at: Timestamp,
    /// Who it was said to be.
    pub username: String,
    /// Key of the words.
    pub key: String,
    /// The directory's own words.
    pub detail: String,
}
