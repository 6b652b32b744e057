//! Taking over what a directory says of one person or one group. Doing it again changes nothing.

use std::collections::{BTreeMap, BTreeSet};

use domain::{
    Id, Timestamp,
    actor::Actor,
    directory::{Directory, GroupLink, PersonLink},
    group::{Group, GroupId, Of},
    person::{Attributes, Person, PersonId},
};
use serde_json::json;
use store::{Tx, groups::Member};

use super::{entries::FoundPerson, gather::FoundGroup};
use crate::{
    actions::{Result, activity, delivery, groups},
    secrets::random,
};

/// Groups at most, those made here included: each session may look at all of them.
const GROUPS: usize = 500;
/// Characters of a group's description that are kept.
const DESCRIPTION: usize = 1000;
/// Characters of a group's name at most.
const NAME: usize = 100;

/// What came of a person or a group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Put {
    /// New here.
    Added,
    /// Something changed; whether they had been gone.
    Changed,
    /// Everything was so already.
    Same,
    /// Not taken in: the key of the reason.
    LeftOut(&'static str),
}

/// Takes a person over, found by the entry's identity alone. Who they are then; none where they aren't taken in.
pub(super) async fn person(
    tx: &mut Tx,
    directory: &Directory,
    found: &FoundPerson,
    now: Timestamp,
) -> Result<(Put, Option<Person>)> {
    if let Some(link) = store::directories::person_of(tx, &directory.id, &found.external_id).await? {
        return known(tx, directory, &link, found, now).await;
    }
    let namesake = store::people::by_username(tx, &found.username).await?;
    let Some(namesake) = namesake else {
        return added(tx, directory, found, now).await;
    };
    let is_tied = store::directories::person_link(tx, &namesake.id).await?.is_some()
        || store::scim::people::of(tx, &namesake.id).await?.is_some();
    if is_tied || !directory.settings.adopts {
        let reason = if is_tied {
            "directory-left-out-of-another"
        } else {
            "directory-left-out-by-hand"
        };
        return Ok((Put::LeftOut(reason), None));
    }
    // From now on the directory says who may enrol as this person.
    store::people::set_enrolment_password(tx, &namesake.id, None, now).await?;
    let link = link(directory, found, &namesake.id);
    store::directories::link_person(tx, &link).await?;
    let attributes = merged(&namesake.attributes, &found.fields, &[]);
    let person = changed(
        tx,
        directory,
        namesake,
        (found.username.clone(), attributes),
        "person.adopt",
        now,
    )
    .await?;
    Ok((Put::Changed, Some(person)))
}

async fn added(
    tx: &mut Tx,
    directory: &Directory,
    found: &FoundPerson,
    now: Timestamp,
) -> Result<(Put, Option<Person>)> {
    let person = Person {
        id: Id::new(now, random()),
        username: found.username.clone(),
        attributes: merged(&Attributes::default(), &found.fields, &[]),
        created_at: now,
        updated_at: now,
    };
    store::people::insert(tx, &person).await?;
    store::directories::link_person(tx, &link(directory, found, &person.id)).await?;
    let mut entry = activity::entry(&Actor::System, now, "person.add", ("person", person.id.as_str()));
    entry.after = activity::written(&shown(directory, &person));
    store::audit::append(tx, &entry).await?;
    Ok((Put::Added, Some(person)))
}

async fn known(
    tx: &mut Tx,
    directory: &Directory,
    before: &PersonLink,
    found: &FoundPerson,
    now: Timestamp,
) -> Result<(Put, Option<Person>)> {
    let Some(person) = store::people::by_id(tx, &before.person_id).await? else {
        return Ok((Put::LeftOut("directory-left-out-by-hand"), None));
    };
    let after = link(directory, found, &person.id);
    if *before != after {
        store::directories::relink_person(tx, &after).await?;
    }
    let namesake = store::people::by_username(tx, &found.username).await?;
    let is_taken = namesake.is_some_and(|other| other.id != person.id);
    let username = if is_taken {
        person.username.clone()
    } else {
        found.username.clone()
    };
    let attributes = merged(&person.attributes, &found.fields, &before.fields);
    let is_same = person.username == username && person.attributes == attributes;
    let person = if is_same {
        person
    } else {
        changed(
            tx,
            directory,
            person,
            (username, attributes),
            "person.change",
            now,
        )
        .await?
    };
    let put = match (is_taken, is_same && *before == after) {
        // The rest of the entry is taken over; the old name stays.
        (true, _) => Put::LeftOut("directory-left-out-renamed"),
        (false, true) => Put::Same,
        (false, false) => Put::Changed,
    };
    Ok((put, Some(person)))
}

async fn changed(
    tx: &mut Tx,
    directory: &Directory,
    before: Person,
    (username, attributes): (String, Attributes),
    action: &'static str,
    now: Timestamp,
) -> Result<Person> {
    let person = Person {
        username,
        attributes,
        updated_at: now,
        ..before.clone()
    };
    store::people::update(tx, &person).await?;
    // Certificates that carry what changed are issued again.
    for device in store::devices::of_person(tx, &person.id).await? {
        delivery::plan_after_change(tx, &device.id, (&device, Some(&before)), now).await?;
    }
    let mut entry = activity::entry(&Actor::System, now, action, ("person", person.id.as_str()));
    entry.before = activity::written(&shown(directory, &before));
    entry.after = activity::written(&shown(directory, &person));
    store::audit::append(tx, &entry).await?;
    Ok(person)
}

fn link(directory: &Directory, found: &FoundPerson, person: &PersonId) -> PersonLink {
    PersonLink {
        person_id: person.clone(),
        directory_id: directory.id.clone(),
        external_id: found.external_id.clone(),
        dn: found.dn.clone(),
        fields: found.fields.keys().cloned().collect(),
        is_disabled: found.is_disabled,
        gone_at: None,
    }
}

/// What a directory or another source says, over what is known. What it said before and says no more is taken away; what
/// was added by hand stays.
pub(in crate::actions) fn merged(
    known: &Attributes,
    fields: &BTreeMap<String, String>,
    before: &[String],
) -> Attributes {
    let mut attributes = known.clone();
    for name in before {
        if !fields.contains_key(name) {
            attributes.set(name, None);
        }
    }
    for (name, value) in fields {
        attributes.set(name, Some(value.clone()));
    }
    attributes
}

fn shown(directory: &Directory, person: &Person) -> serde_json::Value {
    json!({ "username": person.username, "attributes": person.attributes, "directory": directory.name })
}

/// Marks a person whom a complete reading didn't find. What they hold stays: a person decides.
pub(super) async fn person_gone(
    tx: &mut Tx,
    directory: &Directory,
    link: &PersonLink,
    now: Timestamp,
) -> Result<()> {
    let gone = PersonLink {
        gone_at: Some(now),
        ..link.clone()
    };
    store::directories::relink_person(tx, &gone).await?;
    let mut entry = activity::entry(
        &Actor::System,
        now,
        "person.gone",
        ("person", link.person_id.as_str()),
    );
    entry.after = activity::written(&json!({ "directory": directory.name, "dn": link.dn }));
    store::audit::append(tx, &entry).await?;
    Ok(())
}

/// Takes a group over with its members, found by the entry's identity alone. `people`: who is known, by the identity
/// of their entries.
pub(super) async fn group(
    tx: &mut Tx,
    directory: &Directory,
    found: &FoundGroup,
    members: BTreeSet<Member>,
    now: Timestamp,
) -> Result<Put> {
    let name: String = found.name.trim().to_owned();
    if name.is_empty() || name.chars().count() > NAME || name.chars().any(char::is_control) {
        return Ok(Put::LeftOut("directory-left-out-group-name"));
    }
    let links = store::directories::groups(tx, &directory.id).await?;
    let link = links
        .into_iter()
        .find(|link| link.external_id == found.external_id);
    let before = match &link {
        Some(link) => store::groups::by_id(tx, &link.group_id).await?,
        None => None,
    };
    let namesake = store::groups::by_name(tx, &name).await?;
    let is_taken = namesake.is_some_and(|other| Some(&other.id) != before.as_ref().map(|group| &group.id));
    if before.is_none() && is_taken {
        return Ok(Put::LeftOut("directory-left-out-group-taken"));
    }
    if before.is_none() && store::groups::all(tx).await?.len() >= GROUPS {
        return Ok(Put::LeftOut("directory-left-out-group-many"));
    }
    let id: GroupId = before
        .as_ref()
        .map_or_else(|| Id::new(now, random()), |group| group.id.clone());
    let description = found.description.trim();
    let after = Group {
        id: id.clone(),
        name: match &before {
            Some(before) if is_taken => before.name.clone(),
            _ => name,
        },
        description: description.chars().take(DESCRIPTION).collect(),
        of: Of::People,
        rule: None,
        created_at: before.as_ref().map_or(now, |group| group.created_at),
        updated_at: before.as_ref().map_or(now, |group| group.updated_at),
    };
    let tied = GroupLink {
        group_id: id.clone(),
        directory_id: directory.id.clone(),
        external_id: found.external_id.clone(),
        gone_at: None,
    };
    let is_new = before.is_none();
    let mut is_changed = before.as_ref() != Some(&after);
    let after = Group {
        updated_at: if is_changed { now } else { after.updated_at },
        ..after
    };
    if is_new {
        store::groups::insert(tx, &after).await?;
        store::directories::link_group(tx, &tied).await?;
    } else {
        if is_changed {
            store::groups::update(tx, &after).await?;
        }
        if link.as_ref() != Some(&tied) {
            store::directories::relink_group(tx, &tied).await?;
            is_changed = true;
        }
    }
    let (joined, left) = groups::become_members(tx, &id, &members, now).await?;
    is_changed |= joined + left > 0;
    if is_changed {
        let action = if is_new { "group.add" } else { "group.members" };
        let mut entry = activity::entry(&Actor::System, now, action, ("group", id.as_str()));
        entry.after = activity::written(&json!({
            "name": after.name, "directory": directory.name, "joined": joined, "left": left,
        }));
        store::audit::append(tx, &entry).await?;
    }
    Ok(match (is_taken, is_new, is_changed) {
        (true, ..) => Put::LeftOut("directory-left-out-group-renamed"),
        (false, true, _) => Put::Added,
        (false, false, true) => Put::Changed,
        (false, false, false) => Put::Same,
    })
}

/// Marks a group that a complete reading didn't find. Its members stay until a person removes it.
pub(super) async fn group_gone(
    tx: &mut Tx,
    directory: &Directory,
    link: &GroupLink,
    now: Timestamp,
) -> Result<()> {
    let gone = GroupLink {
        gone_at: Some(now),
        ..link.clone()
    };
    store::directories::relink_group(tx, &gone).await?;
    let mut entry = activity::entry(
        &Actor::System,
        now,
        "group.gone",
        ("group", link.group_id.as_str()),
    );
    entry.after = activity::written(&json!({ "directory": directory.name }));
    store::audit::append(tx, &entry).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_added_by_hand_stays_and_what_the_directory_takes_back_goes() {
        let mut known = Attributes {
            email: Some("old@example.com".to_owned()),
            department: Some("by hand".to_owned()),
            upn: Some("gone@example.com".to_owned()),
            ..Attributes::default()
        };
        known.custom.insert("badge".to_owned(), "1".to_owned());
        known.custom.insert("desk".to_owned(), "by hand".to_owned());
        let fields = [("email".to_owned(), "new@example.com".to_owned())].into();
        let before = ["email", "upn", "custom.badge"].map(str::to_owned);
        let after = merged(&known, &fields, &before);
        assert_eq!(after.email.as_deref(), Some("new@example.com"));
        assert_eq!(after.department.as_deref(), Some("by hand"));
        assert_eq!(after.upn, None);
        assert_eq!(after.custom.keys().collect::<Vec<_>>(), ["desk"]);
    }
}
