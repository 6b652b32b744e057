//! People: the persons whose devices these are.

use domain::{
    Error, Id, Kind, Timestamp,
    actor::Actor,
    operator::Permission,
    person::{Attributes, Person, PersonId},
};
use serde_json::json;
use store::Tx;
use zeroize::Zeroizing;

use super::{Result, activity, delivery, directories};
use crate::{app::Shared, login::passwords, secrets::random};

/// Characters of an attribute at most.
const LONGEST: usize = 512;
/// Custom attributes of a person at most.
const CUSTOM: usize = 50;

/// What is known of a person, as given.
#[derive(Clone, Debug)]
pub struct PersonForm {
    /// The name given at enrolment.
    pub username: String,
    /// The enrolment password; in a change none keeps the stored one.
    pub password: Option<Zeroizing<String>>,
    /// The rest.
    pub attributes: Attributes,
}

/// A page of people by name.
pub async fn list_people(
    app: &Shared,
    actor: &Actor,
    search: String,
    after: Option<String>,
    limit: u32,
) -> Result<Vec<Person>> {
    actor.require(Permission::Read)?;
    app.store
        .read(move |tx| {
            Box::pin(async move { Ok(store::people::list(tx, &search, after.as_deref(), limit).await?) })
        })
        .await
}

/// One person.
pub async fn one_person(app: &Shared, actor: &Actor, id: &PersonId) -> Result<Person> {
    actor.require(Permission::Read)?;
    let id = id.clone();
    app.store
        .read(move |tx| Box::pin(async move { existing(tx, &id).await }))
        .await
}

/// The person of that user name, if there is one.
pub async fn person_named(app: &Shared, actor: &Actor, username: &str) -> Result<Option<Person>> {
    actor.require(Permission::Read)?;
    let username = username.to_owned();
    app.store
        .read(move |tx| Box::pin(async move { Ok(store::people::by_username(tx, &username).await?) }))
        .await
}

/// Makes a person.
pub async fn add_person(app: &Shared, actor: &Actor, form: PersonForm) -> Result<Person> {
    actor.require(Permission::Devices)?;
    let form = checked(form)?;
    let now = app.now();
    let person = Person {
        id: Id::new(now, random()),
        username: form.username,
        attributes: form.attributes,
        created_at: now,
        updated_at: now,
    };
    let hash = hashed(form.password).await?;
    let mut entry = activity::entry(actor, now, "person.add", ("person", person.id.as_str()));
    entry.after = activity::written(&shown(&person, hash.is_some()));
    let made = person.clone();
    app.store
        .write(move |tx| {
            let (person, hash, entry) = (made.clone(), hash.clone(), entry.clone());
            Box::pin(async move {
                if store::people::by_username(tx, &person.username).await?.is_some() {
                    return Err(taken(&person.username).into());
                }
                store::people::insert(tx, &person).await?;
                if let Some(hash) = &hash {
                    store::people::set_enrolment_password(tx, &person.id, Some(hash), now).await?;
                }
                store::audit::append(tx, &entry).await?;
                Ok::<_, super::Error>(())
            })
        })
        .await?;
    Ok(person)
}

/// Changes a person.
pub async fn change_person(app: &Shared, actor: &Actor, id: &PersonId, form: PersonForm) -> Result<Person> {
    actor.require(Permission::Devices)?;
    let form = checked(form)?;
    let (now, id, actor) = (app.now(), id.clone(), actor.clone());
    let hash = hashed(form.password.clone()).await?;
    app.store
        .write(move |tx| {
            let (id, form, hash, actor) = (id.clone(), form.clone(), hash.clone(), actor.clone());
            Box::pin(async move { change(tx, &actor, &id, form, hash, now).await })
        })
        .await
}

async fn change(
    tx: &mut Tx,
    actor: &Actor,
    id: &PersonId,
    form: PersonForm,
    hash: Option<String>,
    now: Timestamp,
) -> Result<Person> {
    let before = existing(tx, id).await?;
    let given = (form.username.as_str(), &form.attributes);
    directories::refuse_change_of_person(tx, &before, given, hash.is_some()).await?;
    if let Some(other) = store::people::by_username(tx, &form.username).await?
        && other.id != *id
    {
        return Err(taken(&form.username).into());
    }
    let person = Person {
        username: form.username,
        attributes: form.attributes,
        updated_at: now,
        ..before.clone()
    };
    store::people::update(tx, &person).await?;
    if let Some(hash) = &hash {
        store::people::set_enrolment_password(tx, id, Some(hash), now).await?;
    }
    if (&before.username, &before.attributes) != (&person.username, &person.attributes) {
        // Certificates that carry what changed are issued again; a rule of a group may ask for it, too.
        for device in store::devices::of_person(tx, id).await? {
            delivery::plan_after_change(tx, &device.id, (&device, Some(&before)), now).await?;
        }
    }
    let mut entry = activity::entry(actor, now, "person.change", ("person", id.as_str()));
    entry.before = activity::written(&shown(&before, false));
    entry.after = activity::written(&shown(&person, hash.is_some()));
    store::audit::append(tx, &entry).await?;
    Ok(person)
}

async fn existing(tx: &mut Tx, id: &PersonId) -> Result<Person> {
    let unknown = || Error::new(Kind::NotFound, "error-not-found", "there is no such person");
    Ok(store::people::by_id(tx, id).await?.ok_or_else(unknown)?)
}

async fn hashed(password: Option<Zeroizing<String>>) -> Result<Option<String>> {
    match password.filter(|password| !password.is_empty()) {
        Some(password) => Ok(Some(passwords::hash(password).await?)),
        None => Ok(None),
    }
}

/// What the audit keeps: a password only as changed.
fn shown(person: &Person, is_password_changed: bool) -> serde_json::Value {
    let mut value = json!({ "username": person.username, "attributes": person.attributes });
    if is_password_changed && let Some(fields) = value.as_object_mut() {
        fields.insert("password".to_owned(), json!("changed"));
    }
    value
}

fn checked(mut form: PersonForm) -> std::result::Result<PersonForm, super::Error> {
    let mut errors = Vec::new();
    form.username = form.username.trim().to_owned();
    let length = form.username.chars().count();
    if !(1..=256).contains(&length) || form.username.chars().any(|c| c.is_control() || c.is_whitespace()) {
        errors.push(Error::invalid(
            "username",
            "a user name has 1 to 256 characters and no blanks",
        ));
    }
    if form
        .password
        .as_ref()
        .is_some_and(|password| password.len() > passwords::LONGEST)
    {
        errors.push(
            Error::invalid("password", "a password has at most 512 octets").keyed("error-password-too-long"),
        );
    }
    for (name, value) in known(&form.attributes) {
        if value.chars().count() > LONGEST || value.chars().any(char::is_control) {
            errors.push(
                Error::invalid(
                    name,
                    "an attribute has at most 512 characters, none of them a control character",
                )
                .keyed("error-attribute-invalid"),
            );
        }
    }
    if let Some(email) = &form.attributes.email
        && email
            .rsplit_once('@')
            .is_none_or(|(local, domain)| local.is_empty() || domain.is_empty())
    {
        errors.push(Error::invalid(
            "email",
            "an e-mail address is like name@example.com",
        ));
    }
    let is_name_good = |name: &String| {
        (1..=64).contains(&name.len())
            && name
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || "_-.".contains(c))
    };
    let custom = &form.attributes.custom;
    let are_values_good = custom.values().all(|value| value.chars().count() <= LONGEST);
    if custom.len() > CUSTOM || !custom.keys().all(is_name_good) || !are_values_good {
        errors.push(Error::invalid(
            "custom",
            "a custom attribute is NAME=value, the name of letters and digits",
        ));
    }
    if errors.is_empty() {
        Ok(form)
    } else {
        Err(super::Error::Several(errors))
    }
}

/// The attributes that are known, by their names in forms.
pub fn known(attributes: &Attributes) -> Vec<(&'static str, &str)> {
    named(attributes)
        .into_iter()
        .filter_map(|(name, value)| Some((name, value.as_deref()?)))
        .collect()
}

/// All attributes but the custom ones, the usual ones first.
pub fn named(attributes: &Attributes) -> [(&'static str, &Option<String>); 13] {
    attributes.named()
}

fn taken(username: &str) -> Error {
    Error::new(
        Kind::Conflict,
        "error-username-taken",
        format!("there is a person {username:?} already"),
    )
    .at("username")
    .with("name", username)
}
