//! Groups (RFC 7643 §4.2): a name, and users as members.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{
    Object,
    filter::conjunction,
    patch::{Op, Operation},
    path::parts,
    schema::CORE_GROUP,
    wrong,
};
use crate::error::{Error, named};

/// Members that one request names at most, as many as a group has.
const MEMBERS: usize = 5000;

/// A group as a body has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupBody {
    /// Its name.
    pub name: String,
    /// What the source calls it.
    pub external_id: Option<String>,
    /// Identifiers of its members; none where the body doesn't speak of them.
    pub members: Option<BTreeSet<String>>,
}

/// What becomes of the members.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MembersChange {
    /// These come.
    Add(BTreeSet<String>),
    /// These go.
    Remove(BTreeSet<String>),
    /// These and no others are there.
    Replace(BTreeSet<String>),
}

/// What a change makes of a group.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GroupPatch {
    /// The new name.
    pub name: Option<String>,
    /// What the source calls it now, or that it calls it nothing.
    pub external_id: Option<Option<String>>,
    /// Of the members, one after the other.
    pub members: Vec<MembersChange>,
}

impl GroupBody {
    /// Reads a body. Errors: `invalidValue`.
    pub fn read(body: &Object) -> Result<Self, Error> {
        let mut patch = GroupPatch::default();
        for (name, value) in body {
            patch.set(Op::Replace, name, value)?;
        }
        let name = patch
            .name
            .ok_or_else(|| wrong("invalidValue", "a group needs a displayName"))?;
        let members = patch.members.into_iter().next().map(|change| match change {
            MembersChange::Add(ids) | MembersChange::Remove(ids) | MembersChange::Replace(ids) => ids,
        });
        Ok(Self {
            name,
            external_id: patch.external_id.flatten(),
            members,
        })
    }
}

impl GroupPatch {
    /// Reads operations. Errors: `invalidPath`, `invalidFilter`, `invalidValue`, `mutability`.
    pub fn read(operations: &[Operation]) -> Result<Self, Error> {
        let mut patch = Self::default();
        for operation in operations {
            match &operation.path {
                Some(path) => patch.at(operation.op, path, &operation.value)?,
                None => {
                    let Value::Object(values) = &operation.value else {
                        return Err(wrong("invalidValue", "without a path the value is an object"));
                    };
                    for (name, value) in values {
                        patch.set(operation.op, name, value)?;
                    }
                }
            }
        }
        Ok(patch)
    }

    /// A path that is written is known, or refused.
    fn at(&mut self, op: Op, path: &str, value: &Value) -> Result<(), Error> {
        let invalid = || {
            let shown: String = path.chars().take(100).collect();
            wrong(
                "invalidPath",
                format!("{shown:?} is nothing of a group: displayName, externalId and members are"),
            )
        };
        let path = path
            .strip_prefix(CORE_GROUP)
            .map_or(path, |rest| rest.trim_start_matches(':'));
        let parts = parts(path).ok_or_else(invalid)?;
        let is_members = parts.name.eq_ignore_ascii_case("members");
        let is_known = ["displayName", "externalId"]
            .iter()
            .any(|known| known.eq_ignore_ascii_case(parts.name));
        match (parts.brackets, parts.sub) {
            (None, None) if is_members || is_known => self.set(op, parts.name, value),
            (Some(filter), None) if is_members && op == Op::Remove => {
                self.members.push(MembersChange::Remove(selected(filter)?));
                Ok(())
            }
            _ => Err(invalid()),
        }
    }

    /// What isn't known is left out, as the identifier is that Okta sends along.
    fn set(&mut self, op: Op, name: &str, value: &Value) -> Result<(), Error> {
        if name.eq_ignore_ascii_case("displayName") {
            let name = value.as_str().filter(|_| op != Op::Remove).unwrap_or_default();
            let why = |error: Error| wrong("invalidValue", format!("displayName: {error}"));
            self.name = Some(named("displayName", name).map_err(why)?);
        } else if name.eq_ignore_ascii_case("externalId") {
            let text = match value {
                _ if op == Op::Remove => None,
                Value::Null => None,
                Value::String(text) if text.chars().count() <= 512 => Some(text.clone()),
                _ => {
                    return Err(wrong(
                        "invalidValue",
                        "externalId is a text of at most 512 characters",
                    ));
                }
            };
            self.external_id = Some(text.filter(|text| !text.is_empty()));
        } else if name.eq_ignore_ascii_case("members") {
            let ids = identifiers(value)?;
            self.members.push(match op {
                Op::Add => MembersChange::Add(ids),
                Op::Replace => MembersChange::Replace(ids),
                Op::Remove if value.is_null() => MembersChange::Replace(BTreeSet::new()),
                Op::Remove => MembersChange::Remove(ids),
            });
        }
        Ok(())
    }

    /// Who is a member after the change.
    pub fn after(&self, before: &BTreeSet<String>) -> BTreeSet<String> {
        self.members
            .iter()
            .fold(before.clone(), |members, change| match change {
                MembersChange::Add(ids) => members.union(ids).cloned().collect(),
                MembersChange::Remove(ids) => members.difference(ids).cloned().collect(),
                MembersChange::Replace(ids) => ids.clone(),
            })
    }
}

/// `value eq "…"`.
fn selected(filter: &str) -> Result<BTreeSet<String>, Error> {
    match conjunction(filter)?.as_slice() {
        [one] if one.path.eq_ignore_ascii_case("value") => match &one.value {
            Value::String(id) => Ok([id.clone()].into()),
            _ => Err(wrong("invalidFilter", "a member's value is a text")),
        },
        _ => Err(wrong("invalidFilter", "members are selected by value")),
    }
}

/// Identifiers of members: `[{"value": "…"}]`, one alone, or mere texts.
fn identifiers(value: &Value) -> Result<BTreeSet<String>, Error> {
    let several: &[Value] = match value {
        Value::Null => &[],
        Value::Array(several) => several.as_slice(),
        one => std::slice::from_ref(one),
    };
    if several.len() > MEMBERS {
        return Err(wrong(
            "invalidValue",
            format!("a group has at most {MEMBERS} members"),
        ));
    }
    let read = |one: &Value| {
        let id = match one {
            Value::String(id) => Some(id.as_str()),
            Value::Object(member) => member
                .iter()
                .find(|(name, _)| name.eq_ignore_ascii_case("value"))
                .and_then(|(_, value)| value.as_str()),
            _ => None,
        };
        let id = id.filter(|id| (1..=64).contains(&id.len())).map(str::to_owned);
        id.ok_or_else(|| {
            wrong(
                "invalidValue",
                "a member is an object with the identifier of a user as its value",
            )
        })
    };
    several.iter().map(read).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::scim::operations;

    fn patch(list: Value) -> Result<GroupPatch, Error> {
        let body = [("Operations".to_owned(), list)].into_iter().collect();
        GroupPatch::read(&operations(&body)?)
    }

    fn set(ids: &[&str]) -> BTreeSet<String> {
        ids.iter().map(|id| (*id).to_owned()).collect()
    }

    #[test]
    fn members_come_and_go_as_entra_okta_and_the_rfc_write_it() {
        let after = patch(json!([
            {"op": "Add", "path": "members", "value": [{"$ref": null, "value": "c"}]},
            {"op": "add", "path": "members", "value": {"value": "d", "display": "D"}},
            {"op": "Remove", "path": "members", "value": [{"value": "a"}]},
            {"op": "remove", "path": "members[value eq \"b\"]"},
        ]))
        .unwrap()
        .after(&set(&["a", "b", "x"]));
        assert_eq!(after, set(&["c", "d", "x"]));
        let all = patch(json!([{"op": "replace", "path": "members", "value": [{"value": "z"}]}])).unwrap();
        assert_eq!(all.after(&set(&["a"])), set(&["z"]));
        let none = patch(json!([{"op": "remove", "path": "members"}])).unwrap();
        assert_eq!(none.after(&set(&["a"])), set(&[]));
        let empty = patch(json!([{"op": "remove", "path": "members", "value": []}])).unwrap();
        assert_eq!(
            empty.after(&set(&["a"])),
            set(&["a"]),
            "an empty list names nobody"
        );
        let named = patch(json!([{"op": "replace", "value": {"id": "7", "displayName": "Wi-Fi"}}])).unwrap();
        assert_eq!(named.name.as_deref(), Some("Wi-Fi"));
    }

    #[test]
    fn what_is_nothing_of_a_group_is_refused() {
        for (operation, key) in [
            (
                json!({"op": "replace", "path": "owner", "value": "x"}),
                "scim-invalidPath",
            ),
            (
                json!({"op": "add", "path": "members[value eq \"a\"]", "value": "x"}),
                "scim-invalidPath",
            ),
            (
                json!({"op": "remove", "path": "members[display eq \"a\"]"}),
                "scim-invalidFilter",
            ),
            (
                json!({"op": "replace", "path": "displayName", "value": ""}),
                "scim-invalidValue",
            ),
            (
                json!({"op": "remove", "path": "displayName"}),
                "scim-invalidValue",
            ),
            (
                json!({"op": "add", "path": "members", "value": [7]}),
                "scim-invalidValue",
            ),
            (
                json!({"op": "add", "path": "members", "value": [{"display": "x"}]}),
                "scim-invalidValue",
            ),
            (json!({"op": "add", "value": "x"}), "scim-invalidValue"),
        ] {
            assert_eq!(patch(json!([operation])).unwrap_err().key, key, "{operation}");
        }
        let many: Vec<String> = (0..5001).map(|n| n.to_string()).collect();
        let body = json!({"displayName": "x", "members": many});
        assert_eq!(
            GroupBody::read(body.as_object().unwrap()).unwrap_err().key,
            "scim-invalidValue"
        );
        assert!(GroupBody::read(&Object::new()).is_err());
    }
}
