//! `/Groups`: what a source does with the groups of people that it writes.

use std::collections::BTreeSet;

use domain::{
    Error as Refusal, Id, Kind, Timestamp,
    group::{self, GroupId, Of},
    person::PersonId,
    scim::{self, Comparison, GroupBody, GroupPatch, GroupTie, Object, Operation, Source, SourceId},
};
use serde_json::{Value, json};
use store::{Tx, groups::Member};

use super::{Found, actor, refuse_other_version, users};
use crate::{
    actions::{Error, Result, activity, groups},
    app::Shared,
    secrets::random,
};

/// Groups at most, those made here included: each session may look at all of them.
const GROUPS: usize = 500;
/// Members of a group at most.
const MEMBERS: usize = 5000;

/// A group that a source wrote.
#[derive(Clone, Debug)]
pub struct Group {
    /// The group.
    pub group: group::Group,
    /// What ties it to the source.
    pub tie: GroupTie,
    /// Its members with their user names; empty where nobody asked for them.
    pub members: Vec<(PersonId, String)>,
}

/// Makes a group, or has one come back that the source deleted.
pub async fn create_group(app: &Shared, source: &Source, body: &Object) -> Result<Group> {
    let body = GroupBody::read(body)?;
    let (now, source) = (app.now(), source.clone());
    let made = app
        .store
        .write(move |tx| {
            let (source, body) = (source.clone(), body.clone());
            Box::pin(async move { create(tx, &source, body, now).await })
        })
        .await?;
    app.bells.job.notify_one();
    Ok(made)
}

/// One group of the source.
pub async fn one_group(app: &Shared, source: &Source, id: &str, with_members: bool) -> Result<Group> {
    let (id, source) = (id.to_owned(), source.id.clone());
    app.store
        .read(move |tx| Box::pin(async move { existing(tx, &source, &id, with_members).await }))
        .await
}

/// Groups of the source, oldest first, behind the first `skipped`. Errors: `invalidFilter`.
pub async fn find_groups(
    app: &Shared,
    source: &Source,
    filter: Option<&str>,
    (skipped, count): (u32, u32),
    with_members: bool,
) -> Result<Found<Group>> {
    let filter = filter.map(scim::conjunction).transpose()?.unwrap_or_default();
    let source = source.id.clone();
    app.store
        .read(move |tx| {
            Box::pin(async move {
                let mut found = Vec::new();
                for tie in store::scim::groups::of_source(tx, &source).await? {
                    let Some(group) = store::groups::by_id(tx, &tie.group_id).await? else {
                        continue;
                    };
                    let group = Group {
                        group,
                        tie,
                        members: Vec::new(),
                    };
                    let mut is_it = true;
                    for comparison in &filter {
                        is_it &= holds(&group, comparison)?;
                    }
                    found.extend(is_it.then_some(group));
                }
                let mut found = Found::of(found, skipped, count);
                if with_members {
                    for group in &mut found.page {
                        group.members = members(tx, &group.group.id).await?;
                    }
                }
                Ok(found)
            })
        })
        .await
}

/// Writes a group anew; members that the body doesn't speak of go.
pub async fn replace_group(
    app: &Shared,
    source: &Source,
    id: &str,
    body: &Object,
    version: Option<i64>,
) -> Result<Group> {
    let body = GroupBody::read(body)?;
    let wanted = body.members.unwrap_or_default();
    let patch = GroupPatch {
        name: Some(body.name),
        external_id: Some(body.external_id),
        members: vec![scim::MembersChange::Replace(wanted)],
    };
    write(app, source, id, patch, version).await
}

/// Changes a group.
pub async fn change_group(
    app: &Shared,
    source: &Source,
    id: &str,
    operations: &[Operation],
    version: Option<i64>,
) -> Result<Group> {
    write(app, source, id, GroupPatch::read(operations)?, version).await
}

async fn write(
    app: &Shared,
    source: &Source,
    id: &str,
    patch: GroupPatch,
    version: Option<i64>,
) -> Result<Group> {
    let (now, id, source) = (app.now(), id.to_owned(), source.clone());
    let changed = app
        .store
        .write(move |tx| {
            let (id, source, patch) = (id.clone(), source.clone(), patch.clone());
            Box::pin(async move {
                let before = existing(tx, &source.id, &id, true).await?;
                refuse_other_version(version, before.tie.version)?;
                put(tx, &source, before, &patch, "group.change", now).await
            })
        })
        .await?;
    app.bells.job.notify_one();
    Ok(changed)
}

/// Deletes a group for the source. Its members stay until a person removes it here, as a directory's do.
pub async fn delete_group(app: &Shared, source: &Source, id: &str, version: Option<i64>) -> Result<()> {
    let (now, id, source) = (app.now(), id.to_owned(), source.clone());
    app.store
        .write(move |tx| {
            let (id, source) = (id.clone(), source.clone());
            Box::pin(async move {
                let before = existing(tx, &source.id, &id, false).await?;
                refuse_other_version(version, before.tie.version)?;
                let gone = GroupTie {
                    gone_at: Some(now),
                    version: before.tie.version.saturating_add(1),
                    updated_at: now,
                    ..before.tie
                };
                store::scim::groups::update(tx, &gone).await?;
                let target = ("group", gone.group_id.as_str());
                let mut entry = activity::entry(&actor(&source), now, "group.gone", target);
                entry.before = activity::written(&json!({ "name": before.group.name }));
                store::audit::append(tx, &entry).await?;
                Ok::<_, Error>(())
            })
        })
        .await
}

async fn create(tx: &mut Tx, source: &Source, body: GroupBody, now: Timestamp) -> Result<Group> {
    let namesake = store::groups::by_name(tx, &body.name).await?;
    let patch = GroupPatch {
        name: Some(body.name.clone()),
        external_id: Some(body.external_id),
        members: vec![scim::MembersChange::Replace(body.members.unwrap_or_default())],
    };
    if let Some(group) = namesake {
        let tie = store::scim::groups::of(tx, &group.id).await?;
        let tie = tie.filter(|tie| tie.source_id == source.id && tie.gone_at.is_some());
        let tie = tie.ok_or_else(|| taken(&body.name))?;
        let members = members(tx, &group.id).await?;
        let before = Group { group, tie, members };
        return put(tx, source, before, &patch, "group.return", now).await;
    }
    if store::groups::all(tx).await?.len() >= GROUPS {
        let detail = format!("there are {GROUPS} groups in Sceau, which is the most");
        return Err(Refusal::new(Kind::Forbidden, scim::KEY, detail).into());
    }
    let group = group::Group {
        id: Id::new(now, random()),
        name: body.name,
        description: String::new(),
        of: Of::People,
        rule: None,
        created_at: now,
        updated_at: now,
    };
    let tie = GroupTie {
        group_id: group.id.clone(),
        source_id: source.id.clone(),
        external_id: None,
        gone_at: None,
        version: 0,
        created_at: now,
        updated_at: now,
    };
    store::groups::insert(tx, &group).await?;
    store::scim::groups::insert(tx, &tie).await?;
    let before = Group {
        group,
        tie,
        members: Vec::new(),
    };
    put(tx, source, before, &patch, "group.add", now).await
}

/// Makes of a group what the change says; the same again changes nothing.
async fn put(
    tx: &mut Tx,
    source: &Source,
    before: Group,
    patch: &GroupPatch,
    action: &'static str,
    now: Timestamp,
) -> Result<Group> {
    let id = before.group.id.clone();
    let name = patch.name.clone().unwrap_or_else(|| before.group.name.clone());
    let namesake = store::groups::by_name(tx, &name).await?;
    if namesake.is_some_and(|other| other.id != id) {
        return Err(taken(&name).into());
    }
    let were: BTreeSet<String> = before.members.iter().map(|(id, _)| id.to_string()).collect();
    let wanted = patch.after(&were);
    if wanted.len() > MEMBERS {
        return Err(scim::wrong("invalidValue", format!("a group has at most {MEMBERS} members")).into());
    }
    for new in wanted.difference(&were) {
        match users::existing(tx, &source.id, new).await {
            Ok(_) => {}
            Err(Error::Refused(_)) => {
                let detail = format!("there is no user {new:?} to be a member");
                return Err(scim::wrong("invalidValue", detail).into());
            }
            Err(other) => return Err(other),
        }
    }
    let members = wanted.iter().map(|id| PersonId::parse(id).map(Member::Person));
    let members: BTreeSet<Member> = members.collect::<std::result::Result<_, _>>()?;
    let external_id = patch
        .external_id
        .clone()
        .unwrap_or_else(|| before.tie.external_id.clone());
    let is_renamed = name != before.group.name;
    let is_same = !is_renamed && external_id == before.tie.external_id && wanted == were;
    if is_same && before.tie.gone_at.is_none() && before.tie.version > 0 {
        return Ok(before);
    }
    let group = group::Group {
        name,
        updated_at: now,
        ..before.group.clone()
    };
    if is_renamed {
        store::groups::update(tx, &group).await?;
    }
    let tie = GroupTie {
        external_id,
        gone_at: None,
        version: before.tie.version.saturating_add(1),
        updated_at: now,
        ..before.tie
    };
    store::scim::groups::update(tx, &tie).await?;
    let (joined, left) = groups::become_members(tx, &id, &members, now).await?;
    let action = match action {
        "group.change" if joined + left > 0 => "group.members",
        other => other,
    };
    let mut entry = activity::entry(&actor(source), now, action, ("group", id.as_str()));
    entry.before = is_renamed
        .then(|| activity::written(&json!({ "name": before.group.name })))
        .flatten();
    entry.after = activity::written(&json!({ "name": group.name, "joined": joined, "left": left }));
    store::audit::append(tx, &entry).await?;
    Ok(Group {
        group,
        tie,
        members: self::members(tx, &id).await?,
    })
}

fn taken(name: &str) -> Refusal {
    scim::taken(format!(
        "displayName {name:?}: another group in Sceau is called so; an administrator can rename or remove it there"
    ))
}

/// A group that the source wrote and hasn't deleted.
async fn existing(tx: &mut Tx, source: &SourceId, id: &str, with_members: bool) -> Result<Group> {
    let missing = || scim::missing(id);
    let id = GroupId::parse(id).map_err(|_| missing())?;
    let tie = store::scim::groups::of(tx, &id).await?;
    let tie = tie
        .filter(|tie| tie.source_id == *source && tie.gone_at.is_none())
        .ok_or_else(missing)?;
    let group = store::groups::by_id(tx, &id).await?.ok_or_else(missing)?;
    let members = match with_members {
        true => members(tx, &id).await?,
        false => Vec::new(),
    };
    Ok(Group { group, tie, members })
}

async fn members(tx: &mut Tx, id: &GroupId) -> Result<Vec<(PersonId, String)>> {
    let listed = store::groups::members(tx, id).await?;
    let people = listed.into_iter().filter_map(|(member, name)| match member {
        Member::Person(id) => Some((id, name)),
        Member::Device(_) => None,
    });
    Ok(people.collect())
}

fn holds(group: &Group, comparison: &Comparison) -> std::result::Result<bool, Refusal> {
    let path = comparison.path.as_str();
    let prefix = format!("{}:", scim::CORE_GROUP);
    let name = path.strip_prefix(prefix.as_str()).unwrap_or(path).to_lowercase();
    let Value::String(value) = &comparison.value else {
        return Ok(false);
    };
    match name.as_str() {
        "id" => Ok(group.group.id.as_str() == value),
        "displayname" => Ok(group.group.name.to_lowercase() == value.to_lowercase()),
        "externalid" => Ok(group.tie.external_id.as_deref() == Some(value)),
        _ => Err(scim::wrong(
            "invalidFilter",
            "groups are found by displayName, externalId and id",
        )),
    }
}
