//! Taking over what a source writes of a person. Who was made by hand, or comes from elsewhere, is never taken over in
//! silence.

use domain::{
    Error as Refusal, Id, Timestamp,
    person::{Attributes, Person},
    scim::{self, Mapped, Object, PersonTie, Source},
};
use serde_json::{Value, json};
use store::{Tx, groups::Member};

use super::{actor, users::User};
use crate::{
    actions::{Result, activity, delivery, directories::merged, groups},
    secrets::random,
};

/// Makes a person. One of the same user name stands in the way, unless the source deleted them before, or may adopt them.
pub(super) async fn create(tx: &mut Tx, source: &Source, resource: Object, now: Timestamp) -> Result<User> {
    let mapped = scim::mapped(&resource)?;
    let Some(namesake) = store::people::by_username(tx, &mapped.username).await? else {
        return added(tx, source, mapped, resource, now).await;
    };
    let is_of_directory = store::directories::person_link(tx, &namesake.id).await?.is_some();
    match store::scim::people::of(tx, &namesake.id).await? {
        Some(tie) if tie.source_id == source.id && tie.gone_at.is_some() => {
            refuse_another(tx, &tie, &mapped).await?;
            let before = User {
                person: namesake,
                tie,
            };
            written(tx, source, before, (mapped, resource), "person.return", now).await
        }
        Some(tie) if tie.source_id == source.id => Err(taken(&mapped, "there is such a user already").into()),
        Some(_) => Err(taken(&mapped, "somebody of another SCIM source is called so").into()),
        None if is_of_directory => Err(taken(&mapped, "somebody of a directory is called so").into()),
        None if source.adopts => adopted(tx, source, namesake, (mapped, resource), now).await,
        None => {
            let why = "a person who was made by hand in Sceau is called so: an administrator can rename them there, or \
                       let this source adopt such people";
            Err(taken(&mapped, why).into())
        }
    }
}

fn taken(mapped: &Mapped, why: &str) -> Refusal {
    scim::taken(format!("userName {:?}: {why}", mapped.username))
}

/// Somebody else may bear the name of who was deleted: their devices would get the other's certificates. They are the
/// same where the source still calls them the same, and it does no harm where they have no device.
async fn refuse_another(tx: &mut Tx, tie: &PersonTie, mapped: &Mapped) -> Result<()> {
    if tie.external_id.is_some() && tie.external_id == mapped.external_id {
        return Ok(());
    }
    let devices = store::devices::of_person(tx, &tie.person_id).await?;
    let managed = devices
        .iter()
        .filter(|device| device.unenrolled_at.is_none())
        .count();
    if managed == 0 {
        return Ok(());
    }
    let why = format!(
        "who was called so was deleted, had another externalId or none, and has {managed} devices in Sceau: an \
         administrator removes those first"
    );
    Err(taken(mapped, &why).into())
}

async fn added(
    tx: &mut Tx,
    source: &Source,
    mapped: Mapped,
    resource: Object,
    now: Timestamp,
) -> Result<User> {
    let person = Person {
        id: Id::new(now, random()),
        username: mapped.username.clone(),
        attributes: merged(&Attributes::default(), &mapped.fields, &[]),
        created_at: now,
        updated_at: now,
    };
    let tie = first_tie(source, &person, mapped, resource, now);
    store::people::insert(tx, &person).await?;
    store::scim::people::insert(tx, &tie).await?;
    let user = User { person, tie };
    note(tx, source, None, Some(&user), "person.add", now).await?;
    Ok(user)
}

/// Takes over a person who was made by hand; their enrolment password stays.
async fn adopted(
    tx: &mut Tx,
    source: &Source,
    person: Person,
    (mapped, resource): (Mapped, Object),
    now: Timestamp,
) -> Result<User> {
    let tie = PersonTie {
        fields: Vec::new(),
        version: 0,
        ..first_tie(source, &person, mapped.clone(), resource.clone(), now)
    };
    store::scim::people::insert(tx, &tie).await?;
    let before = User { person, tie };
    written(tx, source, before, (mapped, resource), "person.adopt", now).await
}

fn first_tie(
    source: &Source,
    person: &Person,
    mapped: Mapped,
    resource: Object,
    now: Timestamp,
) -> PersonTie {
    let is_active = mapped.is_active.unwrap_or(true);
    PersonTie {
        person_id: person.id.clone(),
        source_id: source.id.clone(),
        external_id: mapped.external_id,
        resource: saying(resource, is_active),
        fields: mapped.fields.into_keys().collect(),
        is_active,
        gone_at: None,
        version: 1,
        created_at: now,
        updated_at: now,
    }
}

/// The resource with whether the person is active.
fn saying(mut resource: Object, is_active: bool) -> Object {
    resource.insert("active".to_owned(), Value::Bool(is_active));
    resource
}

/// Changes a person to what the resource says; the same again changes nothing.
pub(super) async fn change(
    tx: &mut Tx,
    source: &Source,
    before: User,
    resource: Object,
    now: Timestamp,
) -> Result<User> {
    let mapped = scim::mapped(&resource)?;
    let namesake = store::people::by_username(tx, &mapped.username).await?;
    if namesake.is_some_and(|other| other.id != before.person.id) {
        return Err(taken(&mapped, "somebody else is called so").into());
    }
    let is_active = mapped.is_active.unwrap_or(before.tie.is_active);
    let resource = saying(resource, is_active);
    if resource == before.tie.resource {
        return Ok(before);
    }
    let action = match (before.tie.is_active, is_active) {
        (true, false) => "person.disable",
        (false, true) => "person.enable",
        _ => "person.change",
    };
    written(tx, source, before, (mapped, resource), action, now).await
}

async fn written(
    tx: &mut Tx,
    source: &Source,
    before: User,
    (mapped, resource): (Mapped, Object),
    action: &'static str,
    now: Timestamp,
) -> Result<User> {
    let is_active = match before.tie.gone_at {
        // Who comes back is active unless it is said that they aren't.
        Some(_) => mapped.is_active.unwrap_or(true),
        None => mapped.is_active.unwrap_or(before.tie.is_active),
    };
    let person = Person {
        username: mapped.username,
        attributes: merged(&before.person.attributes, &mapped.fields, &before.tie.fields),
        ..before.person.clone()
    };
    let is_changed = person != before.person;
    let user = User {
        person: Person {
            updated_at: if is_changed { now } else { person.updated_at },
            ..person
        },
        tie: PersonTie {
            external_id: mapped.external_id,
            resource: saying(resource, is_active),
            fields: mapped.fields.into_keys().collect(),
            is_active,
            gone_at: None,
            version: before.tie.version.saturating_add(1),
            updated_at: now,
            ..before.tie.clone()
        },
    };
    store::scim::people::update(tx, &user.tie).await?;
    if is_changed {
        store::people::update(tx, &user.person).await?;
        // Certificates that carry what changed are issued again; a rule of a group may ask for it, too.
        for device in store::devices::of_person(tx, &user.person.id).await? {
            delivery::plan_after_change(tx, &device.id, (&device, Some(&before.person)), now).await?;
        }
    }
    note(tx, source, Some(&before), Some(&user), action, now).await?;
    Ok(user)
}

/// Marks a person as deleted, and takes them out of the source's groups.
pub(super) async fn delete(tx: &mut Tx, source: &Source, before: User, now: Timestamp) -> Result<()> {
    let gone = PersonTie {
        gone_at: Some(now),
        version: before.tie.version.saturating_add(1),
        updated_at: now,
        ..before.tie.clone()
    };
    store::scim::people::update(tx, &gone).await?;
    let left = Member::Person(before.person.id.clone());
    for mut tie in store::scim::groups::with_person(tx, &source.id, &before.person.id).await? {
        let members = store::groups::members(tx, &tie.group_id).await?;
        let members = members.into_iter().map(|(member, _)| member);
        let stay = members.filter(|member| *member != left).collect();
        groups::become_members(tx, &tie.group_id, &stay, now).await?;
        tie.version = tie.version.saturating_add(1);
        tie.updated_at = now;
        store::scim::groups::update(tx, &tie).await?;
    }
    note(tx, source, Some(&before), None, "person.gone", now).await
}

async fn note(
    tx: &mut Tx,
    source: &Source,
    before: Option<&User>,
    after: Option<&User>,
    action: &'static str,
    now: Timestamp,
) -> Result<()> {
    let Some(id) = after.or(before).map(|user| &user.person.id) else {
        return Ok(());
    };
    let mut entry = activity::entry(&actor(source), now, action, ("person", id.as_str()));
    entry.before = before.and_then(|user| activity::written(&shown(user)));
    entry.after = after.and_then(|user| activity::written(&shown(user)));
    Ok(store::audit::append(tx, &entry).await?)
}

fn shown(user: &User) -> Value {
    json!({
        "username": user.person.username,
        "attributes": user.person.attributes,
        "is_active": user.tie.is_active,
    })
}
