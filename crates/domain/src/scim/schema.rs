//! The attributes of a user that are kept (RFC 7643 §4.1 and §4.3), and how a body is read into them: names in the case
//! that the RFC gives them, whatever else is in the body left out.

use serde_json::Value;

use super::{Object, wrong};
use crate::error::Error;

/// The schema of users.
pub const CORE_USER: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
/// The schema of groups.
pub const CORE_GROUP: &str = "urn:ietf:params:scim:schemas:core:2.0:Group";
/// What companies know of users beyond that.
pub const ENTERPRISE_USER: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
/// What certificates need and no other schema has. Its attributes are `upn`, `uid`, `dn`, `cn`, `ou`, `sid` and
/// `samAccountName`; each other one becomes the custom attribute of its name.
pub const SCEAU_USER: &str = "urn:ietf:params:scim:schemas:extension:sceau:2.0:User";
/// The schema of answers with several resources.
pub const LIST: &str = "urn:ietf:params:scim:api:messages:2.0:ListResponse";
/// The schema of errors.
pub const ERROR: &str = "urn:ietf:params:scim:api:messages:2.0:Error";
/// The schema of changes.
pub const PATCH: &str = "urn:ietf:params:scim:api:messages:2.0:PatchOp";

/// Values of one attribute at most.
const VALUES: usize = 50;
/// Characters of a value at most.
const LONGEST: usize = 1024;
/// Octets of everything that is known of one user at most.
const WHOLE: usize = 32 * 1024;
/// Attributes of the schema of Sceau's own at most.
const OWN: usize = 60;

/// What an attribute holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// One text.
    Text,
    /// Yes or no.
    Flag,
    /// Several named texts.
    Complex(&'static [&'static str]),
    /// Any number of those.
    Many(&'static [&'static str]),
}

const NAME: &[&str] = &[
    "formatted",
    "familyName",
    "givenName",
    "middleName",
    "honorificPrefix",
    "honorificSuffix",
];
const PLURAL: &[&str] = &["value", "display", "type", "primary"];
const ADDRESS: &[&str] = &[
    "formatted",
    "streetAddress",
    "locality",
    "region",
    "postalCode",
    "country",
    "type",
    "primary",
];

const CORE: [(&str, Shape); 19] = [
    ("userName", Shape::Text),
    ("externalId", Shape::Text),
    ("name", Shape::Complex(NAME)),
    ("displayName", Shape::Text),
    ("nickName", Shape::Text),
    ("profileUrl", Shape::Text),
    ("title", Shape::Text),
    ("userType", Shape::Text),
    ("preferredLanguage", Shape::Text),
    ("locale", Shape::Text),
    ("timezone", Shape::Text),
    ("active", Shape::Flag),
    ("emails", Shape::Many(PLURAL)),
    ("phoneNumbers", Shape::Many(PLURAL)),
    ("ims", Shape::Many(PLURAL)),
    ("addresses", Shape::Many(ADDRESS)),
    ("entitlements", Shape::Many(PLURAL)),
    ("roles", Shape::Many(PLURAL)),
    ("photos", Shape::Many(PLURAL)),
];
const ENTERPRISE: [(&str, Shape); 6] = [
    ("employeeNumber", Shape::Text),
    ("costCenter", Shape::Text),
    ("organization", Shape::Text),
    ("division", Shape::Text),
    ("department", Shape::Text),
    ("manager", Shape::Complex(&["value", "$ref", "displayName"])),
];
/// The texts of Sceau's own schema that aren't custom attributes.
pub const TEXTS: [&str; 7] = ["upn", "uid", "dn", "cn", "ou", "sid", "samAccountName"];

/// What only the server writes, or what is for it alone: left out wherever it stands.
const NOT_WRITTEN: [&str; 6] = ["schemas", "id", "meta", "groups", "password", "x509Certificates"];

/// The attributes of a schema; none of one that isn't kept, or whose attributes are free ([`SCEAU_USER`]).
pub fn attributes(schema: &str) -> &'static [(&'static str, Shape)] {
    match schema {
        CORE_USER => &CORE,
        ENTERPRISE_USER => &ENTERPRISE,
        _ => &[],
    }
}

/// Whether nobody but the server writes the attribute.
pub(super) fn is_not_written(name: &str) -> bool {
    NOT_WRITTEN.iter().any(|known| known.eq_ignore_ascii_case(name))
}

/// The attribute of a schema as it is kept: its name in the right case, and what it holds.
pub(super) fn known(schema: &str, name: &str) -> Option<(String, Shape)> {
    if schema == SCEAU_USER {
        let own = TEXTS.iter().find(|own| own.eq_ignore_ascii_case(name));
        let name = own.map_or(name, |own| *own);
        return is_custom_name(name).then(|| (name.to_owned(), Shape::Text));
    }
    attributes(schema)
        .iter()
        .find(|(known, _)| known.eq_ignore_ascii_case(name))
        .map(|(known, shape)| ((*known).to_owned(), *shape))
}

/// As a custom attribute of a person may be called.
fn is_custom_name(name: &str) -> bool {
    let is_fit = |c: char| c.is_ascii_alphanumeric() || "_-.".contains(c);
    (1..=64).contains(&name.len()) && name.chars().all(is_fit)
}

/// The name of a sub-attribute in the right case.
pub(super) fn sub(subs: &'static [&'static str], name: &str) -> Option<&'static str> {
    subs.iter()
        .copied()
        .find(|known| known.eq_ignore_ascii_case(name))
}

/// Reads the body of a user. Null and empty texts are the same as absent (RFC 7643 §2.5).
pub fn read_user(body: &Object) -> Result<Object, Error> {
    let mut read = Object::new();
    for (name, value) in body {
        match [ENTERPRISE_USER, SCEAU_USER]
            .into_iter()
            .find(|schema| schema.eq_ignore_ascii_case(name))
        {
            Some(schema) => {
                let Value::Object(inner) = value else {
                    return Err(wrong("invalidValue", format!("{schema} is no object")));
                };
                let inner = read_schema(schema, inner)?;
                if !inner.is_empty() {
                    read.insert(schema.to_owned(), Value::Object(inner));
                }
            }
            None => read_one(CORE_USER, name, value, &mut read)?,
        }
    }
    check_size(&read)?;
    Ok(read)
}

fn read_schema(schema: &str, body: &Object) -> Result<Object, Error> {
    let mut read = Object::new();
    for (name, value) in body {
        read_one(schema, name, value, &mut read)?;
    }
    Ok(read)
}

fn read_one(schema: &str, name: &str, value: &Value, into: &mut Object) -> Result<(), Error> {
    if schema == CORE_USER && is_not_written(name) {
        return Ok(());
    }
    if let Some((name, shape)) = known(schema, name)
        && let Some(value) = shaped(&name, shape, value)?
    {
        into.insert(name, value);
    }
    Ok(())
}

/// Refuses a resource that is too large.
pub(super) fn check_size(resource: &Object) -> Result<(), Error> {
    let own = resource
        .get(SCEAU_USER)
        .and_then(Value::as_object)
        .map_or(0, Object::len);
    let octets = serde_json::to_string(resource).map_or(usize::MAX, |text| text.len());
    if octets <= WHOLE && own <= OWN {
        return Ok(());
    }
    let detail = format!("a user has at most {WHOLE} octets and {OWN} attributes of {SCEAU_USER}");
    Err(wrong("invalidValue", detail))
}

/// A value in the shape of its attribute; none where it says that there is none.
pub(super) fn shaped(name: &str, shape: Shape, value: &Value) -> Result<Option<Value>, Error> {
    if value.is_null() {
        return Ok(None);
    }
    match shape {
        Shape::Text => Ok(text(name, value)?.map(Value::String)),
        Shape::Flag => flag(name, value).map(Value::Bool).map(Some),
        Shape::Complex(subs) => {
            let object = element(name, subs, value)?;
            Ok((!object.is_empty()).then_some(Value::Object(object)))
        }
        Shape::Many(subs) => {
            let mut elements = Vec::new();
            let several = match value {
                Value::Array(several) => several.as_slice(),
                one => std::slice::from_ref(one),
            };
            if several.len() > VALUES {
                return Err(wrong(
                    "invalidValue",
                    format!("{name} has at most {VALUES} values"),
                ));
            }
            for one in several {
                let object = element(name, subs, one)?;
                if is_something(&object) {
                    elements.push(Value::Object(object));
                }
            }
            Ok((!elements.is_empty()).then_some(Value::Array(elements)))
        }
    }
}

/// Whether an element says more than of what type it would be.
pub(super) fn is_something(element: &Object) -> bool {
    element
        .keys()
        .any(|name| !["type", "primary"].contains(&name.as_str()))
}

/// One value of several, or a complex one; a mere text is its `value`.
pub(super) fn element(name: &str, subs: &'static [&'static str], value: &Value) -> Result<Object, Error> {
    let mut read = Object::new();
    match value {
        Value::Object(object) => {
            for (key, value) in object {
                let Some(key) = sub(subs, key) else { continue };
                if let Some(value) = shaped(&format!("{name}.{key}"), sub_shape(key), value)? {
                    read.insert(key.to_owned(), value);
                }
            }
        }
        other => {
            let Some(key) = sub(subs, "value") else {
                return Err(wrong("invalidValue", format!("{name} is no object")));
            };
            if let Some(text) = text(name, other)? {
                read.insert(key.to_owned(), Value::String(text));
            }
        }
    }
    Ok(read)
}

/// What a sub-attribute holds.
pub(super) fn sub_shape(name: &str) -> Shape {
    if name == "primary" {
        Shape::Flag
    } else {
        Shape::Text
    }
}

fn text(name: &str, value: &Value) -> Result<Option<String>, Error> {
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        Value::Bool(flag) => flag.to_string(),
        _ => return Err(wrong("invalidValue", format!("{name} is no text"))),
    };
    if text.chars().count() > LONGEST || text.contains('\0') {
        return Err(wrong(
            "invalidValue",
            format!("{name} has more than {LONGEST} characters, or a NUL"),
        ));
    }
    Ok((!text.is_empty()).then_some(text))
}

/// Microsoft Entra ID sends flags as the texts `True` and `False` unless it is told not to.
fn flag(name: &str, value: &Value) -> Result<bool, Error> {
    match value {
        Value::Bool(flag) => Ok(*flag),
        Value::String(text) if text.eq_ignore_ascii_case("true") => Ok(true),
        Value::String(text) if text.eq_ignore_ascii_case("false") => Ok(false),
        _ => Err(wrong("invalidValue", format!("{name} is true or false"))),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn object(value: Value) -> Object {
        match value {
            Value::Object(object) => object,
            other => panic!("no object: {other}"),
        }
    }

    #[test]
    fn a_body_is_kept_in_the_rfc_s_own_names_and_without_what_nobody_writes() {
        let body = object(json!({
            "schemas": [CORE_USER], "id": "mine", "meta": {"version": "x"}, "password": "secret",
            "groups": [{"value": "admins"}], "USERNAME": "anna", "displayname": null, "title": "",
            "active": "False", "unheardOf": 1,
            "emails": [{"Type": "work", "value": "a@x.test", "primary": "True"}, {"type": "home"}],
            "URN:ietf:params:scim:schemas:extension:enterprise:2.0:user": {"employeeNumber": 7, "other": 1},
            SCEAU_USER: {"SID": "S-1-5-21-1", "badge": "4711", "no name": "x"},
        }));
        let expected = object(json!({
            "userName": "anna", "active": false,
            "emails": [{"type": "work", "value": "a@x.test", "primary": true}],
            ENTERPRISE_USER: {"employeeNumber": "7"},
            SCEAU_USER: {"sid": "S-1-5-21-1", "badge": "4711"},
        }));
        assert_eq!(read_user(&body).unwrap(), expected);
    }

    #[test]
    fn what_has_the_wrong_shape_or_no_bound_is_refused() {
        let many: Vec<Value> = (0..51).map(|n| json!({"value": n.to_string()})).collect();
        for (body, key) in [
            (json!({"userName": ["a"]}), "scim-invalidValue"),
            (json!({"active": "perhaps"}), "scim-invalidValue"),
            (json!({"name": "Anna"}), "scim-invalidValue"),
            (json!({"title": "x".repeat(1025)}), "scim-invalidValue"),
            (json!({"title": "a\0"}), "scim-invalidValue"),
            (json!({SCEAU_USER: "x"}), "scim-invalidValue"),
            (json!({"emails": many}), "scim-invalidValue"),
        ] {
            assert_eq!(read_user(&object(body.clone())).unwrap_err().key, key, "{body}");
        }
        let mut large = Object::new();
        for name in ["emails", "roles", "photos", "ims"] {
            let values: Vec<Value> = (0..50)
                .map(|n| json!({"value": format!("{n}{}", "x".repeat(400))}))
                .collect();
            large.insert(name.to_owned(), Value::Array(values));
        }
        assert_eq!(read_user(&large).unwrap_err().key, "scim-invalidValue");
    }
}
