//! Who may enrol devices, and how many: set by an administrator, asked at each enrolment.

use std::collections::BTreeSet;

use domain::{
    Error as Refusal, Timestamp,
    actor::Actor,
    admission::Admission,
    device::Device,
    group::{Group, GroupId, Of},
    operator::Permission,
    person::Person,
};
use store::Tx;

use super::{Result, activity};
use crate::app::Shared;

/// What is allowed now.
pub async fn admission(app: &Shared, actor: &Actor) -> Result<Admission> {
    actor.require(Permission::Read)?;
    app.store
        .read(|tx| Box::pin(async move { Ok(store::admission::read(tx).await?) }))
        .await
}

/// Changes what is allowed. Devices that are enrolled stay enrolled.
pub async fn change_admission(app: &Shared, actor: &Actor, wanted: Admission) -> Result<Admission> {
    actor.require(Permission::Configure)?;
    let wanted = wanted.check().map_err(super::Error::Several)?;
    let (now, actor, kept) = (app.now(), actor.clone(), wanted.clone());
    app.store
        .write(move |tx| {
            let (actor, wanted) = (actor.clone(), kept.clone());
            Box::pin(async move { change(tx, &actor, &wanted, now).await })
        })
        .await?;
    Ok(wanted)
}

async fn change(tx: &mut Tx, actor: &Actor, wanted: &Admission, now: Timestamp) -> Result<()> {
    let known = store::groups::all(tx).await?;
    let is_of_people = |id: &GroupId| {
        known
            .iter()
            .any(|group| group.id == *id && group.of == Of::People)
    };
    let wrong: Vec<Refusal> = [
        ("groups", wanted.groups.iter().collect::<Vec<_>>()),
        ("excluded", wanted.excluded.iter().collect()),
        ("limits", wanted.limits.iter().map(|limit| &limit.group).collect()),
    ]
    .into_iter()
    .filter(|(_, named)| named.iter().any(|id| !is_of_people(id)))
    .map(|(field, _)| {
        Refusal::invalid(field, "there is no such group of people").keyed("error-admission-group")
    })
    .collect();
    if !wrong.is_empty() {
        return Err(super::Error::Several(wrong));
    }
    let before = store::admission::read(tx).await?;
    if before == *wanted {
        return Ok(());
    }
    store::admission::put(tx, wanted, now).await?;
    let mut entry = activity::entry(actor, now, "admission.change", ("admission", "enrolment"));
    entry.before = activity::written(&before);
    entry.after = activity::written(wanted);
    Ok(store::audit::append(tx, &entry).await?)
}

/// Whether a person may enrol this device: one that is enrolled anew counts as itself. `has_own_limit`: what was shown
/// says itself how many it enrols.
pub(super) async fn admit(tx: &mut Tx, person: &Person, device: &Device, has_own_limit: bool) -> Result<()> {
    let mut admission = store::admission::read(tx).await?;
    admission
        .admit_windows(device.os_version.as_deref())
        .map_err(Refusal::from)?;
    if has_own_limit {
        admission.devices_per_person = None;
        admission.limits.clear();
    }
    if admission == Admission::default() {
        return Ok(());
    }
    let groups = groups_of(tx, &admission, person, device).await?;
    let others = store::devices::of_person(tx, &person.id).await?;
    let others = others
        .iter()
        .filter(|other| other.unenrolled_at.is_none() && other.windows_id != device.windows_id)
        .count();
    let others = u32::try_from(others).unwrap_or(u32::MAX);
    admission
        .admit(&groups, others)
        .map_err(|why| Refusal::from(why).into())
}

/// Of the groups that are named, those that a person belongs to.
async fn groups_of(
    tx: &mut Tx,
    admission: &Admission,
    person: &Person,
    device: &Device,
) -> Result<BTreeSet<GroupId>> {
    let named = admission.named();
    if named.is_empty() {
        return Ok(BTreeSet::new());
    }
    let listed: BTreeSet<GroupId> = store::groups::listed(tx, &device.id, Some(&person.id))
        .await?
        .into_iter()
        .collect();
    let belongs = |group: &Group| match &group.rule {
        Some(rule) => rule.holds(None, Some(person)),
        None => listed.contains(&group.id),
    };
    let groups = store::groups::all(tx).await?;
    Ok(groups
        .into_iter()
        .filter(|group| group.of == Of::People && named.contains(&group.id) && belongs(group))
        .map(|group| group.id)
        .collect())
}
