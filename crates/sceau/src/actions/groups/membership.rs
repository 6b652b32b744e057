//! Who belongs to groups now, and what would follow from a change.

use std::collections::{BTreeMap, BTreeSet};

use domain::{
    actor::Actor,
    device::{Device, DeviceId},
    group::{self, Group, GroupId},
    operator::Permission,
    person::Person,
};
use store::{Tx, groups::Member};

use super::{GroupForm, existing, members_of, naming, read};
use crate::{actions::Result, app::Shared, secrets::random};

/// Devices that are looked at in one statement.
const BATCH: u32 = 500;

/// Groups with those who were put into them by hand.
#[derive(Clone, Debug, Default)]
pub struct Roll {
    groups: Vec<Group>,
    /// By a device's or a person's identifier.
    listed: BTreeMap<String, BTreeSet<GroupId>>,
}

/// Devices that are meant.
#[derive(Clone, Debug, Default)]
pub struct Reached {
    /// How many.
    pub count: i64,
    /// The first of them, each with its person.
    pub devices: Vec<(Device, Option<Person>)>,
}

/// What a change of a group would bring a distribution.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Effect {
    /// The configuration's name.
    pub configuration: String,
    /// Devices that would be reached as well.
    pub gained: i64,
    /// Devices that would be reached no more: their certificates would be taken off them.
    pub lost: i64,
}

/// Whom a group would have, and what would follow.
#[derive(Clone, Debug)]
pub struct Preview {
    /// Its devices.
    pub reached: Reached,
    /// What it would bring the distributions that are enabled and name it, where it would bring anything.
    pub effects: Vec<Effect>,
}

impl Roll {
    /// The groups as they are stored; those that don't exist have nobody.
    pub async fn read(tx: &mut Tx, ids: impl IntoIterator<Item = &GroupId>) -> Result<Self> {
        let mut roll = Self::default();
        for id in ids.into_iter().collect::<BTreeSet<_>>() {
            if let Some(group) = store::groups::by_id(tx, id).await? {
                let members = members_of(tx, id).await?;
                roll.put(group, &members);
            }
        }
        Ok(roll)
    }

    /// The group as it would be.
    fn put(&mut self, group: Group, members: &BTreeSet<Member>) {
        self.groups.retain(|known| known.id != group.id);
        for of_one in self.listed.values_mut() {
            of_one.remove(&group.id);
        }
        for member in members {
            let of_one = self.listed.entry(member.id().to_owned()).or_default();
            of_one.insert(group.id.clone());
        }
        self.groups.push(group);
    }

    /// The groups that a device belongs to.
    pub fn of(&self, device: &Device, person: Option<&Person>) -> BTreeSet<GroupId> {
        let own = self.listed.get(device.id.as_str()).into_iter().flatten();
        let person_s = person.and_then(|person| self.listed.get(person.id.as_str()));
        let listed = own.chain(person_s.into_iter().flatten()).cloned().collect();
        group::of_device(&self.groups, &listed, device, person)
    }
}

/// Goes through all managed devices by key, a batch at a time: how many are meant, and the first behind `after`.
pub async fn walk(
    tx: &mut Tx,
    after: Option<&DeviceId>,
    limit: u32,
    mut is_meant: impl FnMut(&Device, Option<&Person>) -> bool,
) -> Result<Reached> {
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let (mut reached, mut from) = (Reached::default(), None::<DeviceId>);
    loop {
        let page = store::groups::devices_page(tx, from.as_ref(), BATCH).await?;
        let Some((last, _)) = page.last() else {
            return Ok(reached);
        };
        from = Some(last.id.clone());
        for (device, person) in page {
            if !is_meant(&device, person.as_ref()) {
                continue;
            }
            reached.count += 1;
            if reached.devices.len() < limit && after.is_none_or(|after| device.id > *after) {
                reached.devices.push((device, person));
            }
        }
    }
}

/// The devices that belong to a group now: how many, and a page of them.
pub async fn reach_of_group(
    app: &Shared,
    actor: &Actor,
    id: &GroupId,
    after: Option<DeviceId>,
    limit: u32,
) -> Result<Reached> {
    actor.require(Permission::Read)?;
    let id = id.clone();
    app.store
        .read(move |tx| {
            Box::pin(async move {
                existing(tx, &id).await?;
                let roll = Roll::read(tx, [&id]).await?;
                walk(tx, after.as_ref(), limit, |device, person| {
                    roll.of(device, person).contains(&id)
                })
                .await
            })
        })
        .await
}

/// Whom a group would have by the form, and what would follow for the distributions that name it. `id`: of the group
/// that would change; none for a new one.
pub async fn preview_group(
    app: &Shared,
    actor: &Actor,
    id: Option<&GroupId>,
    form: &GroupForm,
    limit: u32,
) -> Result<Preview> {
    actor.require(Permission::Read)?;
    let now = app.now();
    let is_new = id.is_none();
    let id = id.cloned().unwrap_or_else(|| GroupId::new(now, random()));
    let (group, members) = read(form, id, now)?;
    app.store
        .read(move |tx| {
            Box::pin(async move {
                if !is_new {
                    existing(tx, &group.id).await?;
                }
                let members = match members {
                    Some(members) => members,
                    None => members_of(tx, &group.id).await?,
                };
                preview(tx, group, &members, limit).await
            })
        })
        .await
}

async fn preview(tx: &mut Tx, group: Group, members: &BTreeSet<Member>, limit: u32) -> Result<Preview> {
    let mut naming = naming(tx, &group.id).await?;
    naming.retain(|assignment| assignment.is_enabled);
    let named: BTreeSet<&GroupId> = naming.iter().flat_map(|one| one.scope.groups()).collect();
    let before = Roll::read(tx, named).await?;
    let (id, mut after) = (group.id.clone(), before.clone());
    after.put(group, members);
    let mut counts = vec![(0, 0); naming.len()];
    let reached = walk(tx, None, limit, |device, person| {
        let (was, is) = (before.of(device, person), after.of(device, person));
        for (assignment, (gained, lost)) in naming.iter().zip(&mut counts) {
            let covers = |groups| assignment.covers(&device.id, device.person_id.as_ref(), groups);
            match (covers(&was), covers(&is)) {
                (false, true) => *gained += 1,
                (true, false) => *lost += 1,
                (true, true) | (false, false) => {}
            }
        }
        is.contains(&id)
    });
    let reached = reached.await?;
    let mut effects = Vec::new();
    for (assignment, (gained, lost)) in naming.into_iter().zip(counts) {
        let configuration = store::configurations::by_id(tx, &assignment.configuration_id).await?;
        if let Some(configuration) = configuration.filter(|_| gained + lost > 0) {
            effects.push(Effect {
                configuration: configuration.name,
                gained,
                lost,
            });
        }
    }
    effects.sort_by(|one, other| one.configuration.cmp(&other.configuration));
    Ok(Preview { reached, effects })
}
