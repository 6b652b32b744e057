//! Changes of a user (RFC 7644 §3.5.2), in the ways in which identity providers write them: names of operations in
//! capitals, flags as texts, objects without a path whose names are paths.

use serde_json::Value;

use super::{
    Object,
    path::{Place, Target, holds, target},
    schema::{
        self, CORE_USER, ENTERPRISE_USER, SCEAU_USER, Shape, element, is_not_written, is_something, shaped,
        sub_shape,
    },
    wrong,
};
use crate::error::Error;

/// Operations of one change at most.
const MOST: usize = 1000;

/// What is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Op {
    /// Adds values.
    Add,
    /// Puts values in the place of those that are there.
    Replace,
    /// Takes values away.
    Remove,
}

/// One operation.
#[derive(Clone, Debug, PartialEq)]
pub struct Operation {
    /// What is done.
    pub op: Op,
    /// Where; the resource itself where there is none.
    pub path: Option<String>,
    /// With what.
    pub value: Value,
}

/// Reads the body of a change. Errors: `invalidSyntax`, `invalidValue`.
pub fn operations(body: &Object) -> Result<Vec<Operation>, Error> {
    let listed = field(body, "Operations").and_then(Value::as_array);
    let listed = listed.ok_or_else(|| wrong("invalidSyntax", "there are no Operations"))?;
    if listed.len() > MOST {
        return Err(wrong(
            "invalidValue",
            format!("a change has at most {MOST} operations"),
        ));
    }
    listed.iter().map(operation).collect()
}

fn operation(value: &Value) -> Result<Operation, Error> {
    let no = |detail: &str| wrong("invalidSyntax", detail);
    let object = value.as_object().ok_or_else(|| no("an operation is an object"))?;
    let op = match field(object, "op").and_then(Value::as_str).unwrap_or_default() {
        op if op.eq_ignore_ascii_case("add") => Op::Add,
        op if op.eq_ignore_ascii_case("replace") => Op::Replace,
        op if op.eq_ignore_ascii_case("remove") => Op::Remove,
        _ => return Err(no("op is add, replace or remove")),
    };
    let path = match field(object, "path") {
        None | Some(Value::Null) => None,
        Some(Value::String(path)) => Some(path.trim().to_owned()).filter(|path| !path.is_empty()),
        Some(_) => return Err(no("path is a text")),
    };
    if op == Op::Remove && path.is_none() {
        return Err(wrong("noTarget", "what is removed needs a path"));
    }
    Ok(Operation {
        op,
        path,
        value: field(object, "value").cloned().unwrap_or_default(),
    })
}

/// Names are found without regard to case (RFC 7643 §2.1).
fn field<'a>(object: &'a Object, name: &str) -> Option<&'a Value> {
    let found = object.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
    found.map(|(_, value)| value)
}

/// Changes a user that [`super::read_user`] read. On an error nothing of the result is to be kept.
pub fn apply(resource: &mut Object, operations: &[Operation]) -> Result<(), Error> {
    for operation in operations {
        match &operation.path {
            None => whole(resource, operation.op, &operation.value)?,
            Some(path) if is_not_written(path) => {
                return Err(wrong("mutability", format!("{path} isn't written by clients")));
            }
            Some(path) => match target(path)? {
                Target::Attribute(place) => change(resource, &place, operation.op, &operation.value)?,
                Target::Schema(schema) if operation.op == Op::Remove => {
                    resource.remove(schema);
                }
                Target::Schema(schema) => inner(resource, schema, operation.op, &operation.value)?,
            },
        }
    }
    schema::check_size(resource)
}

/// An object without a path: each of its names is an attribute or, from Entra, a path. What isn't known is left out, as
/// in a body.
fn whole(resource: &mut Object, op: Op, value: &Value) -> Result<(), Error> {
    let Value::Object(values) = value else {
        return Err(wrong("invalidValue", "without a path the value is an object"));
    };
    for (name, value) in values {
        if is_not_written(name) {
            continue;
        }
        match target(name) {
            Ok(Target::Attribute(place)) => change(resource, &place, op, value)?,
            Ok(Target::Schema(schema)) => inner(resource, schema, op, value)?,
            Err(_) => {}
        }
    }
    Ok(())
}

fn inner(resource: &mut Object, schema: &'static str, op: Op, value: &Value) -> Result<(), Error> {
    let Value::Object(values) = value else {
        return Err(wrong("invalidValue", format!("{schema} is no object")));
    };
    for (name, value) in values {
        if let Ok(Target::Attribute(place)) = target(&format!("{schema}:{name}")) {
            change(resource, &place, op, value)?;
        }
    }
    Ok(())
}

fn change(resource: &mut Object, place: &Place, op: Op, value: &Value) -> Result<(), Error> {
    if place.schema == CORE_USER {
        return change_in(resource, place, op, value);
    }
    debug_assert!([ENTERPRISE_USER, SCEAU_USER].contains(&place.schema));
    let mut own = match resource.remove(place.schema) {
        Some(Value::Object(own)) => own,
        _ => Object::new(),
    };
    change_in(&mut own, place, op, value)?;
    if !own.is_empty() {
        resource.insert(place.schema.to_owned(), Value::Object(own));
    }
    Ok(())
}

fn change_in(object: &mut Object, place: &Place, op: Op, value: &Value) -> Result<(), Error> {
    match place.shape {
        Shape::Text | Shape::Flag => {
            let value = match op {
                Op::Remove => None,
                Op::Add | Op::Replace => shaped(&place.name, place.shape, value)?,
            };
            put(object, &place.name, value);
            Ok(())
        }
        Shape::Complex(subs) => complex(object, place, subs, op, value),
        Shape::Many(subs) => many(object, place, subs, op, value),
    }
}

fn put(object: &mut Object, name: &str, value: Option<Value>) {
    match value {
        Some(value) => object.insert(name.to_owned(), value),
        None => object.remove(name),
    };
}

fn complex(
    object: &mut Object,
    place: &Place,
    subs: &'static [&'static str],
    op: Op,
    value: &Value,
) -> Result<(), Error> {
    let mut own = match object.remove(&place.name) {
        Some(Value::Object(own)) => own,
        _ => Object::new(),
    };
    match (op, place.sub) {
        (Op::Remove, None) => own.clear(),
        (Op::Remove, Some(sub)) => drop(own.remove(sub)),
        (_, Some(sub)) => put(&mut own, sub, shaped(sub, Shape::Text, value)?),
        (_, None) if value.is_null() => own.clear(),
        (_, None) => own.extend(element(&place.name, subs, value)?),
    }
    put(
        object,
        &place.name,
        (!own.is_empty()).then_some(Value::Object(own)),
    );
    Ok(())
}

fn many(
    object: &mut Object,
    place: &Place,
    subs: &'static [&'static str],
    op: Op,
    value: &Value,
) -> Result<(), Error> {
    let mut elements: Vec<Object> = match object.remove(&place.name) {
        Some(Value::Array(elements)) => elements
            .into_iter()
            .filter_map(|element| match element {
                Value::Object(element) => Some(element),
                _ => None,
            })
            .collect(),
        _ => Vec::new(),
    };
    let before = elements.clone();
    if place.which.is_empty() && place.sub.is_none() {
        several(&mut elements, place, op, value)?;
    } else {
        selected(&mut elements, place, subs, op, value)?;
    }
    elements.retain(is_something);
    one_primary(&mut elements, &before);
    let elements: Vec<Value> = elements.into_iter().map(Value::Object).collect();
    // Checks how many there are, too.
    put(
        object,
        &place.name,
        shaped(&place.name, place.shape, &Value::Array(elements))?,
    );
    Ok(())
}

/// All values of an attribute.
fn several(elements: &mut Vec<Object>, place: &Place, op: Op, value: &Value) -> Result<(), Error> {
    let given = match shaped(&place.name, place.shape, value)? {
        Some(Value::Array(given)) => given,
        _ => Vec::new(),
    };
    let given: Vec<Object> = given.iter().filter_map(|one| one.as_object().cloned()).collect();
    match op {
        Op::Replace => *elements = given,
        Op::Remove if given.is_empty() => elements.clear(),
        // Entra names the values that go beside the path.
        Op::Remove => elements.retain(|one| !given.iter().any(|gone| gone.get("value") == one.get("value"))),
        Op::Add => {
            for one in given {
                if !elements.contains(&one) {
                    elements.push(one);
                }
            }
        }
    }
    Ok(())
}

/// Those values that the path selects, or a part of them. Where there is none, what was to be set makes one: Entra adds
/// and replaces so (`emails[type eq "work"].value`).
fn selected(
    elements: &mut Vec<Object>,
    place: &Place,
    subs: &'static [&'static str],
    op: Op,
    value: &Value,
) -> Result<(), Error> {
    if op == Op::Remove {
        match place.sub {
            None => elements.retain(|element| !holds(&place.which, element)),
            Some(sub) => {
                for element in elements.iter_mut().filter(|one| holds(&place.which, one)) {
                    element.remove(sub);
                }
            }
        }
        return Ok(());
    }
    if !elements.iter().any(|element| holds(&place.which, element)) {
        let mut fresh = Object::new();
        for comparison in &place.which {
            if let Some(name) = schema::sub(subs, &comparison.path) {
                put(
                    &mut fresh,
                    name,
                    shaped(name, sub_shape(name), &comparison.value)?,
                );
            }
        }
        elements.push(fresh);
    }
    for element in elements.iter_mut().filter(|one| holds(&place.which, one)) {
        match place.sub {
            Some(sub) => put(element, sub, shaped(sub, sub_shape(sub), value)?),
            None => element.extend(self::element(&place.name, subs, value)?),
        }
    }
    Ok(())
}

/// At most one value is the primary one: a new one ends the one before (RFC 7644 §3.5.2).
fn one_primary(elements: &mut [Object], before: &[Object]) {
    let is_primary = |element: &Object| element.get("primary") == Some(&Value::Bool(true));
    let was = |element: &Object| {
        before
            .iter()
            .any(|one| is_primary(one) && one.get("value") == element.get("value"))
    };
    let newest = elements.iter().rposition(|one| is_primary(one) && !was(one));
    let kept = newest.or_else(|| elements.iter().position(is_primary));
    for (index, element) in elements.iter_mut().enumerate() {
        if is_primary(element) && Some(index) != kept {
            element.insert("primary".to_owned(), Value::Bool(false));
        }
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

    fn anna() -> Object {
        object(json!({
            "userName": "anna@x.test", "active": true, "name": {"givenName": "Anna", "familyName": "Muster"},
            "emails": [{"type": "work", "value": "anna@x.test", "primary": true}, {"type": "home", "value": "a@home.test"}],
            ENTERPRISE_USER: {"department": "Sales"},
        }))
    }

    fn changed(list: Value) -> Result<Object, Error> {
        let mut resource = anna();
        apply(
            &mut resource,
            &operations(&[("Operations".to_owned(), list)].into_iter().collect())?,
        )?;
        Ok(resource)
    }

    #[test]
    fn entra_s_ways_are_understood() {
        let after = changed(json!([
            {"op": "Replace", "path": "active", "value": "False"},
            {"op": "Replace", "path": "emails[type eq \"work\"].value", "value": "new@x.test"},
            {"op": "Add", "path": "phoneNumbers[type eq \"mobile\"].value", "value": "+33 1"},
            {"op": "Add", "path": "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager", "value": "26118915"},
            {"op": "Replace", "path": "urn:ietf:params:scim:schemas:extension:sceau:2.0:User:sid", "value": "S-1-5-21-7"},
            {"op": "replace", "value": {
                "displayName": "Anna M.", "name.givenName": "Annie", "id": "x", "unheardOf": 1,
                "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:employeeNumber": "42",
            }},
            {"op": "Remove", "path": "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department"},
        ]))
        .unwrap();
        let expected = object(json!({
            "userName": "anna@x.test", "active": false, "displayName": "Anna M.",
            "name": {"givenName": "Annie", "familyName": "Muster"},
            "emails": [{"type": "work", "value": "new@x.test", "primary": true}, {"type": "home", "value": "a@home.test"}],
            "phoneNumbers": [{"type": "mobile", "value": "+33 1"}],
            ENTERPRISE_USER: {"employeeNumber": "42", "manager": {"value": "26118915"}},
            SCEAU_USER: {"sid": "S-1-5-21-7"},
        }));
        assert_eq!(after, expected);
    }

    #[test]
    fn okta_s_and_the_rfc_s_ways_are_understood() {
        let after = changed(json!([{"op": "replace", "value": {"active": false}}])).unwrap();
        assert_eq!(after["active"], json!(false));
        let after = changed(json!([
            {"op": "add", "value": {"emails": [{"value": "b@x.test", "type": "other", "primary": true}], "nickName": "A"}},
            {"op": "remove", "path": "emails[type eq \"home\"]"},
            {"op": "replace", "value": {ENTERPRISE_USER: {"costCenter": "7"}}},
            {"op": "remove", "path": "name.familyName"},
        ]))
        .unwrap();
        assert_eq!(
            after["emails"],
            json!([
                {"type": "work", "value": "anna@x.test", "primary": false},
                {"value": "b@x.test", "type": "other", "primary": true},
            ])
        );
        assert_eq!(
            after[ENTERPRISE_USER],
            json!({"department": "Sales", "costCenter": "7"})
        );
        assert_eq!(after["name"], json!({"givenName": "Anna"}));
        let after = changed(json!([
            {"op": "remove", "path": "emails", "value": [{"value": "a@home.test"}]},
            {"op": "remove", "path": "emails[type eq \"work\"].value"},
            {"op": "remove", "path": ENTERPRISE_USER},
            {"op": "remove", "path": "name"},
        ]))
        .unwrap();
        assert_eq!(after, object(json!({"userName": "anna@x.test", "active": true})));
        let again =
            json!([{"op": "add", "path": "emails", "value": [{"type": "home", "value": "a@home.test"}]}]);
        assert_eq!(changed(again).unwrap(), anna(), "what is there isn't added again");
    }

    #[test]
    fn what_can_t_be_done_is_refused_by_its_type() {
        for (operation, key) in [
            (
                json!({"op": "move", "path": "title", "value": "x"}),
                "scim-invalidSyntax",
            ),
            (json!({"op": "remove"}), "scim-noTarget"),
            (
                json!({"op": "replace", "path": "id", "value": "x"}),
                "scim-mutability",
            ),
            (
                json!({"op": "replace", "path": "unheardOf", "value": "x"}),
                "scim-invalidPath",
            ),
            (
                json!({"op": "replace", "path": "emails[type eq \"work\"", "value": "x"}),
                "scim-invalidPath",
            ),
            (
                json!({"op": "replace", "path": "emails[size eq 1].value", "value": "x"}),
                "scim-invalidPath",
            ),
            (
                json!({"op": "replace", "path": "title[type eq \"x\"]", "value": "x"}),
                "scim-invalidPath",
            ),
            (
                json!({"op": "replace", "path": "emails[type co \"w\"].value", "value": "x"}),
                "scim-invalidFilter",
            ),
            (
                json!({"op": "replace", "path": "active", "value": "perhaps"}),
                "scim-invalidValue",
            ),
            (json!({"op": "replace", "value": "x"}), "scim-invalidValue"),
            (
                json!({"op": "replace", "path": "title", "value": {"a": 1}}),
                "scim-invalidValue",
            ),
        ] {
            assert_eq!(changed(json!([operation])).unwrap_err().key, key, "{operation}");
        }
        let many = vec![json!({"op": "add", "path": "title", "value": "x"}); 1001];
        assert_eq!(changed(json!(many)).unwrap_err().key, "scim-invalidValue");
        assert_eq!(operations(&Object::new()).unwrap_err().key, "scim-invalidSyntax");
    }
}
