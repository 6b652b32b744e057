//! A group as a file wants it, and the groups that a distribution names. People stand in a file by their user names,
//! devices by their ids.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Context as _;
use domain::{
    Error as Refusal, Id,
    actor::Actor,
    assignment::{Assignment, Scope},
    group::{GroupId, Of},
};
use serde_json::{Value, json};

use super::{
    super::{
        Error, Result,
        assignments::AssignmentForm,
        groups::{self, GroupForm, GroupStory},
        people,
    },
    Change, Doing, Entry, Noun, Step, difference,
};
use crate::app::Shared;

/// What is to be done with the group, or what is wrong with its entry.
pub(super) async fn step(
    app: &Shared,
    actor: &Actor,
    entry: &Entry,
) -> Result<std::result::Result<Step, Vec<Refusal>>> {
    let name = match entry.name() {
        Ok(name) => name,
        Err(refusal) => return Ok(Err(vec![refusal])),
    };
    let existing = standing(app, actor, &name).await?;
    let before = existing.as_ref().map(as_file);
    let form = match entry.over::<GroupForm>(base(entry, before.as_ref())) {
        Ok(form) => form,
        Err(wrong) => return Ok(Err(wrong)),
    };
    let (after, form) = match identified(app, actor, entry, form).await? {
        Ok(known) => known,
        Err(wrong) => return Ok(Err(wrong)),
    };
    let after = serde_json::to_value(after).context("a group's form")?;
    let id = existing.map(|story| story.group.id);
    match groups::preview_group(app, actor, id.as_ref(), &form, 0).await {
        Ok(preview) if preview.effects.iter().any(|effect| effect.lost > 0) => {
            let losing = preview.effects.into_iter().filter(|effect| effect.lost > 0);
            let names: Vec<String> = losing.map(|effect| effect.configuration).collect();
            let detail = "devices would lose their certificates by that: change the group where it is seen whose, in \
                          the console";
            let refusal = Refusal::invalid(&entry.place, detail).keyed("error-apply-group-narrower");
            return Ok(Err(vec![refusal.with("names", names.join(", "))]));
        }
        Ok(_) => {}
        Err(Error::Internal(error)) => return Err(Error::Internal(error)),
        Err(error) => return Ok(Err(entry.placed(error.refusals().to_vec()))),
    }
    let mut differences = difference::between(&before.unwrap_or_else(|| json!({ "name": name })), &after);
    differences.retain(|one| one.before.is_some() || one.after.is_some());
    let (change, doing) = match id {
        None => (Change::Added, Doing::AddGroup(Box::new(form))),
        Some(_) if differences.is_empty() => (Change::Same, Doing::Nothing),
        Some(id) => (Change::Changed, Doing::ChangeGroup(id, Box::new(form))),
    };
    Ok(Ok(Step {
        place: entry.place.clone(),
        noun: Noun::Group,
        name,
        change,
        differences,
        devices: 0,
        doing,
    }))
}

async fn standing(app: &Shared, actor: &Actor, name: &str) -> Result<Option<GroupStory>> {
    let listed = groups::list_groups(app, actor).await?;
    match listed.into_iter().find(|one| one.group.name == name) {
        Some(one) => Ok(Some(groups::one_group(app, actor, &one.group.id).await?)),
        None => Ok(None),
    }
}

/// A stored group as a file would have it.
fn as_file(story: &GroupStory) -> Value {
    let group = &story.group;
    let mut members: Vec<&str> = story
        .members
        .iter()
        .map(|(member, name)| match group.of {
            Of::Devices => member.id(),
            Of::People => name,
        })
        .collect();
    members.sort_unstable();
    json!({
        "name": group.name,
        "description": group.description,
        "of": group.of,
        "rule": group.rule,
        "members": group.rule.is_none().then_some(members),
    })
}

/// What the entry is laid over. A rule takes the place of members, and they of a rule.
fn base(entry: &Entry, before: Option<&Value>) -> Value {
    let mut base = before.cloned().unwrap_or_else(|| json!({}));
    let is_given = |field: &str| entry.fields.contains_key(field);
    if is_given("rule") {
        difference::overlay(&mut base, &json!({ "members": null }));
    }
    if is_given("members") {
        difference::overlay(&mut base, &json!({ "rule": null }));
    }
    base
}

/// The form as a file has it, its members in order, and the form with people by their ids.
async fn identified(
    app: &Shared,
    actor: &Actor,
    entry: &Entry,
    mut form: GroupForm,
) -> Result<std::result::Result<(GroupForm, GroupForm), Vec<Refusal>>> {
    let Some(members) = form.members.take() else {
        return Ok(Ok((form.clone(), form)));
    };
    // By name, as they are recorded: capitals make no other person.
    let (mut ids, mut wrong) = (BTreeMap::new(), Vec::new());
    for member in members {
        if form.of == Of::Devices {
            ids.insert(member.clone(), member);
        } else if let Some(person) = people::person_named(app, actor, &member).await? {
            ids.insert(person.username, person.id.to_string());
        } else {
            let detail = format!("nobody has the user name {member}");
            let refusal = Refusal::invalid(&entry.at("members"), detail).keyed("error-apply-group-member");
            wrong.push(refusal.with("name", member));
        }
    }
    if !wrong.is_empty() {
        return Ok(Err(wrong));
    }
    let with = |members: Vec<String>| GroupForm {
        members: Some(members),
        ..form.clone()
    };
    Ok(Ok((
        with(ids.keys().cloned().collect()),
        with(ids.into_values().collect()),
    )))
}

/// The groups that a distribution may name.
pub(super) struct Names {
    standing: BTreeMap<String, GroupId>,
    added: BTreeSet<String>,
}

/// A distribution as a file wants it.
#[derive(Debug)]
pub(super) struct Distribution {
    /// With the groups that stand.
    pub(super) form: AssignmentForm,
    /// Names of included and of excluded groups that the files add.
    added: [Vec<String>; 2],
}

impl Names {
    /// Those that stand, and those that the files add.
    pub(super) async fn of(app: &Shared, actor: &Actor, entries: &[Entry]) -> Result<Self> {
        let listed = groups::list_groups(app, actor).await?.into_iter();
        let standing: BTreeMap<String, GroupId> = listed.map(|one| (one.group.name, one.group.id)).collect();
        let added = entries.iter().filter_map(|entry| entry.name().ok());
        Ok(Self {
            added: added.filter(|name| !standing.contains_key(name)).collect(),
            standing,
        })
    }

    /// The distribution with its groups found by their names.
    pub(super) fn distribution(
        &self,
        place: &str,
        mut value: Value,
    ) -> std::result::Result<Distribution, Refusal> {
        let mut added = [Vec::new(), Vec::new()];
        for (field, added) in ["groups", "excluded_groups"].into_iter().zip(&mut added) {
            let named = value.pointer_mut(&format!("/scope/{field}"));
            let Some(Value::Array(named)) = named else {
                continue;
            };
            let mut standing = Vec::new();
            for one in named.drain(..) {
                let name = one.as_str().unwrap_or_default().trim();
                match self.standing.get(name) {
                    Some(id) => standing.push(json!(id)),
                    None if self.added.contains(name) => added.push(name.to_owned()),
                    None => return Err(unknown(place, name)),
                }
            }
            *named = standing;
        }
        let form = serde_json::from_value(value).map_err(|error| {
            let detail = error.to_string();
            let refusal = Refusal::invalid(place, detail.clone()).keyed("error-apply-field");
            refusal.with("detail", detail)
        })?;
        Ok(Distribution { form, added })
    }
}

impl Distribution {
    /// Whether it is the one that stands.
    pub(super) fn is_same(&self, before: &Assignment) -> bool {
        self.added.iter().all(Vec::is_empty)
            && before.is_enabled == self.form.is_enabled
            && before.scope == self.form.scope
    }

    /// The groups that the files add, for what is told.
    pub(super) fn new_groups(&self) -> String {
        let [groups, excluded] = &self.added;
        let told = |field: &str, names: &[String]| {
            if names.is_empty() {
                String::new()
            } else {
                format!(" {field}={}", names.join(","))
            }
        };
        told("groups", groups) + &told("excluded_groups", excluded)
    }

    /// The distribution, once the groups that the files add stand.
    pub(super) async fn resolved(mut self, app: &Shared, actor: &Actor) -> Result<AssignmentForm> {
        let [included, excluded] = &self.added;
        if let Scope::Custom {
            groups,
            excluded_groups,
            ..
        } = &mut self.form.scope
        {
            for (names, ids) in [(included, groups), (excluded, excluded_groups)] {
                for name in names {
                    let story = standing(app, actor, name).await?;
                    let story = story.ok_or_else(|| unknown("distribution", name))?;
                    ids.push(Id::clone(&story.group.id));
                }
            }
        }
        Ok(self.form)
    }
}

fn unknown(place: &str, name: &str) -> Refusal {
    let detail = format!("no group “{name}” stands, and the files add none of that name");
    let refusal = Refusal::invalid(place, detail).keyed("error-apply-group");
    refusal.with("name", name)
}
