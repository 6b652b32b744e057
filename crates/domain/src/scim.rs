//! SCIM 2.0 (RFC 7643, RFC 7644): an identity provider writes people and groups here, instead of being read.

mod filter;
mod group;
mod mapping;
mod patch;
mod path;
mod schema;

use serde_json::{Map, Value};

pub use filter::{Comparison, conjunction};
pub use group::{GroupBody, GroupPatch, MembersChange};
pub use mapping::{Mapped, mapped};
pub use patch::{Op, Operation, apply, operations};
pub use schema::{
    CORE_GROUP, CORE_USER, ENTERPRISE_USER, ERROR, LIST, PATCH, SCEAU_USER, Shape, TEXTS, attributes,
    read_user,
};

use crate::{
    error::{Error, Kind, named},
    group::GroupId,
    id::Id,
    person::PersonId,
    time::Timestamp,
};

/// A JSON object.
pub type Object = Map<String, Value>;

/// Tokens of one source that are good at the same time: the one in use, and those that take its place.
pub const MOST_TOKENS: usize = 5;

/// How the key of a refusal begins whose rest is a `scimType` (RFC 7644 §3.12), or is none of them.
pub const KEY: &str = "scim-";

/// Identifies a source.
pub type SourceId = Id<Source>;
/// Identifies a token of a source.
pub type TokenId = Id<Token>;

/// An identity provider that writes here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// Its identifier.
    pub id: SourceId,
    /// Its name.
    pub name: String,
    /// A person who was made by hand and bears the same user name becomes the source's.
    pub adopts: bool,
    /// When it was added.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

/// What a source shows; of the token itself only a hash is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// Its identifier.
    pub id: TokenId,
    /// Whose.
    pub source_id: SourceId,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last shown, to the minute.
    pub last_used_at: Option<Timestamp>,
    /// When somebody revoked it.
    pub revoked_at: Option<Timestamp>,
}

/// How a person is tied to a source. The person's own identifier is the resource's.
#[derive(Clone, Debug, PartialEq)]
pub struct PersonTie {
    /// Who.
    pub person_id: PersonId,
    /// Of which source.
    pub source_id: SourceId,
    /// What the source calls them: nothing need be unique about it, and it may change.
    pub external_id: Option<String>,
    /// What the source wrote, as [`read_user`] leaves it.
    pub resource: Object,
    /// Which attributes came from it, by their names (`custom.NAME` too).
    pub fields: Vec<String>,
    /// Whether the source says that the person is active.
    pub is_active: bool,
    /// Since when the source has deleted them.
    pub gone_at: Option<Timestamp>,
    /// Counts the changes: the entity tag.
    pub version: i64,
    /// When the source first wrote them.
    pub created_at: Timestamp,
    /// When it last changed them.
    pub updated_at: Timestamp,
}

/// How a group is tied to a source. The group's own identifier is the resource's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupTie {
    /// Which group.
    pub group_id: GroupId,
    /// Of which source.
    pub source_id: SourceId,
    /// What the source calls it.
    pub external_id: Option<String>,
    /// Since when the source has deleted it.
    pub gone_at: Option<Timestamp>,
    /// Counts the changes: the entity tag.
    pub version: i64,
    /// When the source first wrote it.
    pub created_at: Timestamp,
    /// When it last changed it.
    pub updated_at: Timestamp,
}

impl PersonTie {
    /// Whether the person may enrol, as far as the source goes.
    pub fn may_enrol(&self) -> bool {
        self.is_active && self.gone_at.is_none()
    }
}

/// Checks the name of a source: it stands behind `scim:` under Activity.
pub fn source_name(name: &str) -> Result<String, Error> {
    named("name", name)
}

/// Input that can't be taken, with the `scimType` that says how (RFC 7644 §3.12).
pub fn wrong(scim_type: &str, detail: impl Into<String>) -> Error {
    Error::new(Kind::Invalid, &format!("{KEY}{scim_type}"), detail)
}

/// Another resource has it already.
pub fn taken(detail: impl Into<String>) -> Error {
    Error::new(Kind::Conflict, &format!("{KEY}uniqueness"), detail)
}

/// There is no such resource of this source.
pub fn missing(id: &str) -> Error {
    let shown: String = id.chars().take(64).collect();
    Error::new(Kind::NotFound, KEY, format!("there is no resource {shown:?}"))
}
