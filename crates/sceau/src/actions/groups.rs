//! Groups of devices and of people. What changes who belongs to one has the deliveries planned of each
//! configuration whose distribution names it.

mod membership;

use std::collections::{BTreeMap, BTreeSet};

use domain::{
    Error as Refusal, Id, Kind, Timestamp,
    actor::Actor,
    assignment::{Assignment, Scope},
    group::{self, Group, GroupId, Of, Rule},
    operator::Permission,
    scep_configuration::ConfigurationId,
};
use serde_json::json;
use store::Tx;
pub use store::groups::Member;

pub use membership::{Effect, Preview, Reached, preview_group, reach_of_group};
pub(super) use membership::{Roll, walk};

use super::{Error, Result, activity, assignments, directories};
use crate::{app::Shared, secrets::random};

/// Groups at most: each session looks at all of them.
const GROUPS: usize = 500;
/// Members by hand at most.
const MEMBERS: usize = 5000;

/// A group as a person or a program gives it.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GroupForm {
    /// Its name.
    pub name: String,
    /// What it is for.
    #[serde(default)]
    pub description: String,
    /// What its members are.
    pub of: Of,
    /// Whoever fulfils it is a member.
    #[serde(default)]
    pub rule: Option<Rule>,
    /// Who is put in by hand, by identifier; absent in a change, they stay.
    #[serde(default)]
    pub members: Option<Vec<String>>,
}

/// A group with how many were put into it.
#[derive(Clone, Debug)]
pub struct ListedGroup {
    /// The group.
    pub group: Group,
    /// How many devices or people were put in by hand.
    pub members: i64,
}

/// A group with its members and what depends on it.
#[derive(Clone, Debug)]
pub struct GroupStory {
    /// The group.
    pub group: Group,
    /// Who was put in by hand, with a name to show.
    pub members: Vec<(Member, String)>,
    /// Distributions that name it.
    pub named_by: Vec<NamedBy>,
}

/// A distribution that names a group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedBy {
    /// Of which configuration.
    pub id: ConfigurationId,
    /// The configuration's name.
    pub name: String,
    /// Whether it acts.
    pub is_enabled: bool,
    /// Whether it leaves the group out.
    pub is_excluded: bool,
}

/// All groups, by name.
pub async fn list_groups(app: &Shared, actor: &Actor) -> Result<Vec<ListedGroup>> {
    actor.require(Permission::Read)?;
    app.store
        .read(|tx| {
            Box::pin(async move {
                let counts: BTreeMap<GroupId, i64> = store::groups::counts(tx).await?.into_iter().collect();
                let groups = store::groups::all(tx).await?.into_iter();
                Ok(groups
                    .map(|group| ListedGroup {
                        members: counts.get(&group.id).copied().unwrap_or_default(),
                        group,
                    })
                    .collect())
            })
        })
        .await
}

/// One group.
pub async fn one_group(app: &Shared, actor: &Actor, id: &GroupId) -> Result<GroupStory> {
    actor.require(Permission::Read)?;
    let id = id.clone();
    app.store
        .read(move |tx| {
            Box::pin(async move {
                Ok(GroupStory {
                    group: existing(tx, &id).await?,
                    members: store::groups::members(tx, &id).await?,
                    named_by: named_by(tx, &id).await?,
                })
            })
        })
        .await
}

/// Makes a group.
pub async fn add_group(app: &Shared, actor: &Actor, form: &GroupForm) -> Result<Group> {
    actor.require(Permission::Configure)?;
    let now = app.now();
    let (group, members) = read(form, Id::new(now, random()), now)?;
    let mut entry = activity::entry(actor, now, "group.add", ("group", group.id.as_str()));
    let members = members.unwrap_or_default();
    entry.after = activity::written(&shown(&group, members.iter()));
    let made = group.clone();
    app.store
        .write(move |tx| {
            let (group, members, entry) = (made.clone(), members.clone(), entry.clone());
            Box::pin(async move {
                let known = store::groups::all(tx).await?;
                if known.len() >= GROUPS {
                    let detail = format!("there are {GROUPS} groups, which is the most");
                    let refusal = Refusal::new(Kind::Conflict, "error-group-too-many", detail);
                    return Err(refusal.with("max", GROUPS.to_string()).into());
                }
                refuse_taken(&known, &group)?;
                store::groups::insert(tx, &group).await?;
                put_in(tx, &group.id, &members).await?;
                store::audit::append(tx, &entry).await?;
                Ok::<_, Error>(())
            })
        })
        .await?;
    Ok(group)
}

/// Changes a group: its name, its rule, who is in it by hand. What its members are stays.
pub async fn change_group(app: &Shared, actor: &Actor, id: &GroupId, form: &GroupForm) -> Result<Group> {
    actor.require(Permission::Configure)?;
    let now = app.now();
    let (group, members) = read(form, id.clone(), now)?;
    let entry = activity::entry(actor, now, "group.change", ("group", id.as_str()));
    let changed = app
        .store
        .write(move |tx| {
            let (group, members, mut entry) = (group.clone(), members.clone(), entry.clone());
            Box::pin(async move {
                let before = existing(tx, &group.id).await?;
                directories::refuse_change_of_group(tx, &group.id).await?;
                if before.of != group.of {
                    let detail = "a group of devices stays one of devices, a group of people one of people";
                    return Err(Refusal::invalid("of", detail)
                        .keyed("error-group-of-fixed")
                        .into());
                }
                refuse_taken(&store::groups::all(tx).await?, &group)?;
                let group = Group {
                    created_at: before.created_at,
                    ..group
                };
                let were = members_of(tx, &group.id).await?;
                // Where there is a rule, nobody is in by hand.
                let wanted = match &group.rule {
                    Some(_) => BTreeSet::new(),
                    None => members.unwrap_or_else(|| were.clone()),
                };
                store::groups::update(tx, &group).await?;
                exchange(tx, &group.id, &were, &wanted).await?;
                if before.rule != group.rule || were != wanted {
                    replan(tx, &group.id, now).await?;
                }
                entry.before = activity::written(&shown(&before, were.difference(&wanted)));
                entry.after = activity::written(&shown(&group, wanted.difference(&were)));
                store::audit::append(tx, &entry).await?;
                Ok::<_, Error>(group)
            })
        })
        .await?;
    app.bells.job.notify_one();
    Ok(changed)
}

/// Puts devices or people into a group by hand and takes others out; the rest stay. How many are in it then.
pub async fn change_members(
    app: &Shared,
    actor: &Actor,
    id: &GroupId,
    add: Vec<String>,
    remove: Vec<String>,
) -> Result<usize> {
    actor.require(Permission::Configure)?;
    let (now, id, actor) = (app.now(), id.clone(), actor.clone());
    let count = app
        .store
        .write(move |tx| {
            let (id, add, remove, actor) = (id.clone(), add.clone(), remove.clone(), actor.clone());
            Box::pin(async move {
                let group = existing(tx, &id).await?;
                directories::refuse_change_of_group(tx, &id).await?;
                if group.rule.is_some() {
                    return Err(both().into());
                }
                let (add, remove) = (members(group.of, &add)?, members(group.of, &remove)?);
                let were = members_of(tx, &id).await?;
                let without: BTreeSet<Member> = were.difference(&remove).cloned().collect();
                let wanted: BTreeSet<Member> = without.union(&add).cloned().collect();
                refuse_many(wanted.len())?;
                exchange(tx, &id, &were, &wanted).await?;
                if were != wanted {
                    replan(tx, &id, now).await?;
                }
                let mut entry = activity::entry(&actor, now, "group.members", ("group", id.as_str()));
                entry.before = activity::written(&shown(&group, were.difference(&wanted)));
                entry.after = activity::written(&shown(&group, wanted.difference(&were)));
                store::audit::append(tx, &entry).await?;
                Ok::<_, Error>(wanted.len())
            })
        })
        .await?;
    app.bells.job.notify_one();
    Ok(count)
}

/// Removes a group that no distribution names: one that did would reach fewer devices, or more.
pub async fn remove_group(app: &Shared, actor: &Actor, id: &GroupId) -> Result<()> {
    actor.require(Permission::Configure)?;
    let (now, id, actor) = (app.now(), id.clone(), actor.clone());
    app.store
        .write(move |tx| {
            let (id, actor) = (id.clone(), actor.clone());
            Box::pin(async move {
                let group = existing(tx, &id).await?;
                directories::refuse_removal_of_group(tx, &id).await?;
                let names: Vec<String> = named_by(tx, &id).await?.into_iter().map(|one| one.name).collect();
                if !names.is_empty() {
                    let (count, names) = (names.len().to_string(), names.join(", "));
                    let detail = format!("distributions of {count} configurations name this group: {names}");
                    let refusal = Refusal::new(Kind::Conflict, "error-group-in-use", detail);
                    return Err(refusal.with("count", count).with("names", names).into());
                }
                if store::admission::read(tx).await?.named().contains(&id) {
                    let detail = "who may enrol devices is said with this group";
                    return Err(Refusal::new(Kind::Conflict, "error-group-admits", detail).into());
                }
                let were = members_of(tx, &id).await?;
                store::groups::delete(tx, &id).await?;
                let mut entry = activity::entry(&actor, now, "group.remove", ("group", id.as_str()));
                entry.before = activity::written(&shown(&group, were.iter()));
                store::audit::append(tx, &entry).await?;
                Ok::<_, Error>(())
            })
        })
        .await
}

/// The group and its members by hand, checked.
fn read(form: &GroupForm, id: GroupId, now: Timestamp) -> Result<(Group, Option<BTreeSet<Member>>)> {
    let group = Group {
        id,
        name: form.name.clone(),
        description: form.description.clone(),
        of: form.of,
        rule: form.rule.clone(),
        created_at: now,
        updated_at: now,
    };
    let (group, listed) = match (group::check(group), form.members.as_deref()) {
        (Ok(group), listed) => (group, listed),
        (Err(errors), _) => return Err(Error::Several(errors)),
    };
    let listed = listed.map(|listed| members(form.of, listed)).transpose()?;
    let count = listed.as_ref().map_or(0, BTreeSet::len);
    if group.rule.is_some() && count > 0 {
        return Err(both().into());
    }
    refuse_many(count)?;
    Ok((group, listed))
}

fn members(of: Of, ids: &[String]) -> std::result::Result<BTreeSet<Member>, Refusal> {
    let read = |id: &String| match of {
        Of::Devices => Id::parse(id).map(Member::Device),
        Of::People => Id::parse(id).map(Member::Person),
    };
    ids.iter()
        .map(read)
        .collect::<std::result::Result<_, _>>()
        .map_err(|error| error.at("members"))
}

fn both() -> Refusal {
    let detail = "where a rule says who belongs to a group, nobody is put in by hand";
    Refusal::invalid("members", detail).keyed("error-group-both")
}

fn refuse_many(count: usize) -> std::result::Result<(), Refusal> {
    if count <= MEMBERS {
        return Ok(());
    }
    let detail = format!("a group has at most {MEMBERS} members by hand");
    let refusal = Refusal::invalid("members", detail).keyed("error-group-members-many");
    Err(refusal.with("max", MEMBERS.to_string()))
}

fn refuse_taken(known: &[Group], group: &Group) -> std::result::Result<(), Refusal> {
    if !known
        .iter()
        .any(|one| one.name == group.name && one.id != group.id)
    {
        return Ok(());
    }
    let detail = format!("there is a group “{}” already", group.name);
    let refusal = Refusal::new(Kind::Conflict, "error-name-taken", detail).at("name");
    Err(refusal.with("name", group.name.clone()))
}

async fn existing(tx: &mut Tx, id: &GroupId) -> Result<Group> {
    let unknown = || Refusal::new(Kind::NotFound, "error-not-found", "there is no such group");
    Ok(store::groups::by_id(tx, id).await?.ok_or_else(unknown)?)
}

async fn members_of(tx: &mut Tx, id: &GroupId) -> Result<BTreeSet<Member>> {
    let listed = store::groups::members(tx, id).await?;
    Ok(listed.into_iter().map(|(member, _)| member).collect())
}

async fn exchange(
    tx: &mut Tx,
    id: &GroupId,
    were: &BTreeSet<Member>,
    wanted: &BTreeSet<Member>,
) -> Result<()> {
    for member in were.difference(wanted) {
        store::groups::remove_member(tx, id, member).await?;
    }
    put_in(tx, id, &wanted.difference(were).cloned().collect()).await
}

async fn put_in(tx: &mut Tx, id: &GroupId, members: &BTreeSet<Member>) -> Result<()> {
    for member in members {
        let is_known = match member {
            Member::Device(device) => store::devices::by_id(tx, device).await?.is_some(),
            Member::Person(person) => store::people::by_id(tx, person).await?.is_some(),
        };
        if !is_known {
            let detail = format!("there is nothing of the id {}", member.id());
            let refusal = Refusal::invalid("members", detail).keyed("error-group-member-unknown");
            return Err(refusal.with("id", member.id()).into());
        }
        store::groups::add_member(tx, id, member).await?;
    }
    Ok(())
}

/// Makes these and no others the members of a group that a directory gives. How many joined, and how many left.
pub(super) async fn become_members(
    tx: &mut Tx,
    id: &GroupId,
    wanted: &BTreeSet<Member>,
    now: Timestamp,
) -> Result<(usize, usize)> {
    let were = members_of(tx, id).await?;
    let (joined, left) = (wanted.difference(&were).count(), were.difference(wanted).count());
    if joined + left > 0 {
        exchange(tx, id, &were, wanted).await?;
        replan(tx, id, now).await?;
    }
    Ok((joined, left))
}

/// Has the deliveries planned of what is distributed by the group.
async fn replan(tx: &mut Tx, id: &GroupId, now: Timestamp) -> Result<()> {
    for assignment in naming(tx, id).await? {
        if assignment.is_enabled {
            assignments::plan(tx, &assignment.configuration_id, now).await?;
        }
    }
    Ok(())
}

async fn naming(tx: &mut Tx, id: &GroupId) -> Result<Vec<Assignment>> {
    let mut all = store::assignments::all(tx).await?;
    all.retain(|assignment| assignment.scope.groups().any(|named| named == id));
    Ok(all)
}

async fn named_by(tx: &mut Tx, id: &GroupId) -> Result<Vec<NamedBy>> {
    let mut named = Vec::new();
    for assignment in naming(tx, id).await? {
        let Some(configuration) = store::configurations::by_id(tx, &assignment.configuration_id).await?
        else {
            continue;
        };
        let is_excluded = match &assignment.scope {
            Scope::Custom { excluded_groups, .. } => excluded_groups.contains(id),
            Scope::All | Scope::None => false,
        };
        named.push(NamedBy {
            id: configuration.id,
            name: configuration.name,
            is_enabled: assignment.is_enabled,
            is_excluded,
        });
    }
    named.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(named)
}

/// What the audit keeps: of the members those that came or went.
fn shown<'a>(group: &Group, members: impl Iterator<Item = &'a Member>) -> serde_json::Value {
    json!({
        "name": group.name,
        "description": group.description,
        "of": group.of,
        "rule": group.rule,
        "members": members.map(Member::id).collect::<Vec<_>>(),
    })
}
