//! What a user of SCIM fills of a person: every attribute that a variable may ask for.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{
    Object,
    schema::{ENTERPRISE_USER, SCEAU_USER, TEXTS},
    wrong,
};
use crate::error::Error;

/// Characters of a person's attribute at most, as of one that is typed.
const LONGEST: usize = 512;
/// Custom attributes of a person at most.
const CUSTOM: usize = 50;

/// A user as a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mapped {
    /// The name given at enrolment.
    pub username: String,
    /// What the source calls them.
    pub external_id: Option<String>,
    /// Whether they may enrol; absent is for who knows what was before.
    pub is_active: Option<bool>,
    /// Attributes of a person by their names, `custom.NAME` too.
    pub fields: BTreeMap<String, String>,
}

/// Maps a user that [`super::read_user`] read. Errors: `invalidValue`, naming what can't be taken: nothing is left out
/// in silence that a certificate may need.
pub fn mapped(user: &Object) -> Result<Mapped, Error> {
    let username = text(user, "userName").unwrap_or_default();
    let length = username.chars().count();
    if !(1..=256).contains(&length) || username.chars().any(|c| c.is_control() || c.is_whitespace()) {
        return Err(wrong(
            "invalidValue",
            "userName has 1 to 256 characters and no blanks",
        ));
    }
    let mut fields = own_fields(user);
    fields.extend(custom_fields(user));
    if fields.keys().filter(|name| name.starts_with("custom.")).count() > CUSTOM {
        return Err(wrong(
            "invalidValue",
            format!("a person has at most {CUSTOM} custom attributes"),
        ));
    }
    for (name, value) in &fields {
        check(name, value)?;
    }
    Ok(Mapped {
        username: username.to_owned(),
        external_id: text(user, "externalId").map(str::to_owned),
        is_active: user.get("active").and_then(Value::as_bool),
        fields,
    })
}

/// The attributes that variables name. Sceau's own schema comes first: what is written there is meant.
fn own_fields(user: &Object) -> BTreeMap<String, String> {
    let own = |name: &str| within(user, SCEAU_USER, name);
    let enterprise = |name: &str| within(user, ENTERPRISE_USER, name);
    let name = |part: &str| within(user, "name", part);
    let username = text(user, "userName");
    // By default Entra ID writes the user principal name there.
    let principal = username.filter(|name| is_address(name));
    [
        ("email", email(user)),
        ("upn", own("upn").or(principal)),
        ("uid", own("uid").or_else(|| text(user, "externalId"))),
        (
            "display_name",
            text(user, "displayName").or_else(|| name("formatted")),
        ),
        ("first_name", name("givenName")),
        ("last_name", name("familyName")),
        ("dn", own("dn")),
        (
            "cn",
            own("cn")
                .or_else(|| name("formatted"))
                .or_else(|| text(user, "displayName")),
        ),
        ("ou", own("ou").or_else(|| enterprise("division"))),
        ("department", enterprise("department")),
        (
            "locale",
            text(user, "preferredLanguage").or_else(|| text(user, "locale")),
        ),
        ("sam_account_name", own("samAccountName")),
        ("sid", own("sid")),
    ]
    .into_iter()
    .filter_map(|(name, value)| Some((name.to_owned(), value?.to_owned())))
    .collect()
}

fn custom_fields(user: &Object) -> BTreeMap<String, String> {
    let core = ["title", "userType", "nickName"];
    let enterprise = ["employeeNumber", "costCenter", "organization", "division"];
    let mut fields: BTreeMap<String, String> = core
        .into_iter()
        .filter_map(|name| Some((name, text(user, name)?)))
        .chain(
            enterprise
                .into_iter()
                .filter_map(|name| Some((name, within(user, ENTERPRISE_USER, name)?))),
        )
        .map(|(name, value)| (format!("custom.{name}"), value.to_owned()))
        .collect();
    let own = user.get(SCEAU_USER).and_then(Value::as_object);
    for (name, value) in own.into_iter().flatten() {
        if let Some(value) = value.as_str()
            && !TEXTS.contains(&name.as_str())
        {
            fields.insert(format!("custom.{name}"), value.to_owned());
        }
    }
    fields
}

/// The primary address, else the one of work, else the first.
fn email(user: &Object) -> Option<&str> {
    let emails = user.get("emails")?.as_array()?;
    let with_value: Vec<&Object> = emails
        .iter()
        .filter_map(Value::as_object)
        .filter(|email| text(email, "value").is_some())
        .collect();
    let is_primary = |email: &&&Object| email.get("primary") == Some(&Value::Bool(true));
    let is_work =
        |email: &&&Object| text(email, "type").is_some_and(|kind| kind.eq_ignore_ascii_case("work"));
    let chosen = with_value
        .iter()
        .find(is_primary)
        .or_else(|| with_value.iter().find(is_work))
        .or_else(|| with_value.first())?;
    text(chosen, "value")
}

fn text<'a>(object: &'a Object, name: &str) -> Option<&'a str> {
    object.get(name)?.as_str()
}

fn within<'a>(object: &'a Object, outer: &str, name: &str) -> Option<&'a str> {
    text(object.get(outer)?.as_object()?, name)
}

fn is_address(value: &str) -> bool {
    value
        .rsplit_once('@')
        .is_some_and(|(local, domain)| !local.is_empty() && !domain.is_empty())
}

fn check(name: &str, value: &str) -> Result<(), Error> {
    let no = |why: &str| Err(wrong("invalidValue", format!("what fills {name} {why}")));
    if value.chars().count() > LONGEST || value.chars().any(char::is_control) {
        return no("has at most 512 characters, none of them a control character");
    }
    if name == "email" && !is_address(value) {
        return no("is like name@example.com");
    }
    if name == "sid" && !is_sid(value) {
        return no("is a security identifier, like S-1-5-21-…");
    }
    Ok(())
}

/// MS-DTYP 2.4.2.1: `S-1-`, then numbers joined by hyphens.
fn is_sid(value: &str) -> bool {
    value.strip_prefix("S-1-").is_some_and(|rest| {
        rest.split('-')
            .all(|part| !part.is_empty() && part.bytes().all(|octet| octet.is_ascii_digit()))
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::scim::read_user;

    fn map(body: Value) -> Result<Mapped, Error> {
        let Value::Object(body) = body else {
            panic!("no object: {body}");
        };
        mapped(&read_user(&body)?)
    }

    #[test]
    fn every_attribute_of_a_person_is_filled() {
        let mapped = map(json!({
            "userName": "anna@x.test", "externalId": "0a21", "active": false, "displayName": "Anna M.",
            "name": {"formatted": "Ms. Anna Muster", "givenName": "Anna", "familyName": "Muster"},
            "emails": [{"type": "home", "value": "h@x.test"}, {"type": "work", "value": "w@x.test"}],
            "preferredLanguage": "fr-FR", "locale": "en-US", "title": "Dr",
            ENTERPRISE_USER: {"department": "Sales", "division": "North", "employeeNumber": "7"},
            SCEAU_USER: {"dn": "CN=Anna", "sid": "S-1-5-21-1-2", "samAccountName": "anna", "badge": "4711"},
        }))
        .unwrap();
        let expected = [
            ("email", "w@x.test"),
            ("upn", "anna@x.test"),
            ("uid", "0a21"),
            ("display_name", "Anna M."),
            ("first_name", "Anna"),
            ("last_name", "Muster"),
            ("dn", "CN=Anna"),
            ("cn", "Ms. Anna Muster"),
            ("ou", "North"),
            ("department", "Sales"),
            ("locale", "fr-FR"),
            ("sam_account_name", "anna"),
            ("sid", "S-1-5-21-1-2"),
            ("custom.title", "Dr"),
            ("custom.division", "North"),
            ("custom.employeeNumber", "7"),
            ("custom.badge", "4711"),
        ];
        let expected = expected.map(|(name, value)| (name.to_owned(), value.to_owned()));
        assert_eq!(mapped.fields, expected.into());
        assert_eq!(
            (mapped.is_active, mapped.external_id.as_deref()),
            (Some(false), Some("0a21"))
        );
        let all = crate::person::Attributes::default().named().map(|(name, _)| name);
        assert!(all.iter().all(|name| mapped.fields.contains_key(*name)));
    }

    #[test]
    fn sceau_s_own_schema_and_the_primary_address_come_first() {
        let mapped = map(json!({
            "userName": "anna", "displayName": "Anna",
            "emails": [{"type": "work", "value": "w@x.test"}, {"value": "p@x.test", "primary": true}],
            SCEAU_USER: {"upn": "anna@corp.test", "cn": "anna m"},
        }))
        .unwrap();
        assert_eq!(mapped.fields["upn"], "anna@corp.test");
        assert_eq!(mapped.fields["cn"], "anna m");
        assert_eq!(mapped.fields["email"], "p@x.test");
        assert!(
            !map(json!({"userName": "anna"}))
                .unwrap()
                .fields
                .contains_key("upn")
        );
    }

    #[test]
    fn what_no_certificate_can_carry_is_refused_by_name() {
        for body in [
            json!({}),
            json!({"userName": "a b"}),
            json!({"userName": "x".repeat(257)}),
            json!({"userName": "a", "emails": ["nobody"]}),
            json!({"userName": "a", "displayName": "x".repeat(513)}),
            json!({"userName": "a", "title": "a\nb"}),
            json!({"userName": "a", SCEAU_USER: {"sid": "S-1-5-x"}}),
        ] {
            assert_eq!(map(body.clone()).unwrap_err().key, "scim-invalidValue", "{body}");
        }
        let many: Object = (0..51).map(|n| (format!("a{n}"), json!("x"))).collect();
        assert!(map(json!({"userName": "a", SCEAU_USER: many})).is_err());
    }
}
