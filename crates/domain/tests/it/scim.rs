//! Whatever an identity provider sends, it is read or refused, and what is kept keeps its form.

use domain::scim::{Object, apply, conjunction, mapped, operations, read_user};
use proptest::prelude::*;
use serde_json::{Value, json};

/// JSON of little depth, with names that mean something here among others.
fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i32>().prop_map(Value::from),
        "[ -~é]{0,12}".prop_map(Value::from),
        Just(json!("False")),
    ];
    leaf.prop_recursive(3, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map(name(), inner, 0..4)
                .prop_map(|fields| Value::Object(fields.into_iter().collect())),
        ]
    })
}

fn name() -> impl Strategy<Value = String> {
    prop_oneof![
        prop::sample::select(vec![
            "userName",
            "ACTIVE",
            "emails",
            "name",
            "addresses",
            "value",
            "type",
            "primary",
            "givenName",
            "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User",
            "urn:ietf:params:scim:schemas:extension:sceau:2.0:User",
        ])
        .prop_map(str::to_owned),
        "[a-zA-Z$.]{1,8}",
    ]
}

fn path() -> impl Strategy<Value = String> {
    prop_oneof![
        name(),
        (name(), name()).prop_map(|(one, other)| format!("{one}.{other}")),
        (name(), name(), "[ -~]{0,6}", name())
            .prop_map(|(one, two, text, three)| format!("{one}[{two} eq {}].{three}", Value::from(text))),
        "[ -~é]{0,30}",
    ]
}

fn object() -> impl Strategy<Value = Object> {
    prop::collection::btree_map(name(), value(), 0..6).prop_map(|fields| fields.into_iter().collect())
}

proptest! {
    #[test]
    fn a_body_that_is_read_is_read_again_as_the_same(body in object()) {
        if let Ok(read) = read_user(&body) {
            prop_assert_eq!(read_user(&read).unwrap(), read.clone());
            let _ = mapped(&read);
        }
    }

    #[test]
    fn what_a_change_leaves_is_of_the_form_of_a_body(
        body in object(),
        op in prop::sample::select(vec!["add", "Replace", "REMOVE"]),
        path in path(),
        value in value(),
    ) {
        let Ok(mut user) = read_user(&body) else { return Ok(()) };
        let change = json!({ "Operations": [{ "op": op, "path": path, "value": value }] });
        let operations = operations(change.as_object().unwrap()).unwrap_or_default();
        if apply(&mut user, &operations).is_ok() {
            prop_assert_eq!(read_user(&user).unwrap(), user);
        }
    }

    #[test]
    fn a_filter_is_read_or_refused(text in "[ -~é]{0,40}") {
        let _ = conjunction(&text);
    }
}
