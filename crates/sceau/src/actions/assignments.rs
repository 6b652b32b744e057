//! Distribution: for whom a configuration is.

use std::collections::BTreeSet;

use domain::{
    Error as Refusal, Id, Kind, Timestamp,
    actor::Actor,
    assignment::{Assignment, Scope},
    device::DeviceId,
    operator::Permission,
    scep_configuration::ConfigurationId,
};
use serde_json::json;
use store::{Tx, jobs::Job};

use super::{
    Error, Result, activity,
    groups::{self, Roll},
};
use crate::{app::Shared, secrets::random};

/// Devices, people and groups that one distribution may name.
const NAMED: usize = 5000;

/// A distribution as a person or a program gives it.
#[derive(Clone, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AssignmentForm {
    /// Whether it acts at all.
    pub is_enabled: bool,
    /// For whom.
    pub scope: Scope,
}

/// Whom a distribution would reach.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reach {
    /// How many devices.
    pub count: i64,
    /// The first of them.
    pub devices: Vec<DeviceId>,
}

/// The distribution of a configuration: to nobody, and disabled, until a person says otherwise.
pub async fn one_assignment(app: &Shared, actor: &Actor, id: &ConfigurationId) -> Result<Assignment> {
    actor.require(Permission::Read)?;
    let id = id.clone();
    app.store
        .read(move |tx| {
            Box::pin(async move {
                let configuration = existing(tx, &id).await?;
                let found = store::assignments::by_configuration(tx, &id).await?;
                Ok(found.unwrap_or(Assignment {
                    configuration_id: id,
                    is_enabled: false,
                    scope: Scope::None,
                    updated_at: configuration,
                }))
            })
        })
        .await
}

/// Stores the distribution and has its deliveries planned.
pub async fn put_assignment(
    app: &Shared,
    actor: &Actor,
    id: &ConfigurationId,
    form: AssignmentForm,
) -> Result<Assignment> {
    actor.require(Permission::Configure)?;
    check(&form.scope)?;
    let now = app.now();
    let assignment = Assignment {
        configuration_id: id.clone(),
        is_enabled: form.is_enabled,
        scope: form.scope,
        updated_at: now,
    };
    let mut entry = activity::entry(actor, now, "assignment.put", ("configuration", id.as_str()));
    entry.after = activity::written(&shown(&assignment));
    let kept = assignment.clone();
    app.store
        .write(move |tx| {
            let (assignment, mut entry) = (kept.clone(), entry.clone());
            Box::pin(async move {
                existing(tx, &assignment.configuration_id).await?;
                refuse_unknown(tx, &assignment.scope).await?;
                let before = store::assignments::by_configuration(tx, &assignment.configuration_id).await?;
                entry.before = before.and_then(|before| activity::written(&shown(&before)));
                store::assignments::put(tx, &assignment).await?;
                plan(tx, &assignment.configuration_id, now).await?;
                store::audit::append(tx, &entry).await?;
                Ok::<_, Error>(())
            })
        })
        .await?;
    app.bells.job.notify_one();
    Ok(assignment)
}

/// Whom a distribution would reach if it were enabled.
pub async fn preview_assignment(app: &Shared, actor: &Actor, scope: &Scope, limit: u32) -> Result<Reach> {
    actor.require(Permission::Read)?;
    check(scope)?;
    let scope = scope.clone();
    app.store
        .read(move |tx| Box::pin(async move { reach(tx, scope, limit).await }))
        .await
}

/// Has the deliveries of a configuration planned, by a job of this transaction.
pub(super) async fn plan(tx: &mut Tx, id: &ConfigurationId, now: Timestamp) -> Result<()> {
    let job = Job {
        id: Id::new(now, random()),
        kind: "plan_configuration".to_owned(),
        about: id.to_string(),
        payload: id.to_string(),
        run_at: now,
        created_at: now,
    };
    Ok(store::jobs::enqueue(tx, &job).await?)
}

async fn reach(tx: &mut Tx, scope: Scope, limit: u32) -> Result<Reach> {
    if scope.groups().next().is_some() {
        return reach_by_groups(tx, scope, limit).await;
    }
    let Scope::Custom { devices, people, .. } = &scope else {
        let is_all = scope == Scope::All;
        return Ok(Reach {
            count: if is_all {
                store::devices::count(tx).await?
            } else {
                0
            },
            devices: if is_all {
                store::devices::list_ids_page(tx, None, limit).await?
            } else {
                Vec::new()
            },
        });
    };
    let mut reached = BTreeSet::new();
    let (devices, people) = (devices.clone(), people.clone());
    let wanted = enabled(scope);
    let mut candidates = Vec::new();
    for id in &devices {
        candidates.extend(store::devices::by_id(tx, id).await?);
    }
    for id in &people {
        candidates.extend(store::devices::of_person(tx, id).await?);
    }
    for device in candidates {
        if device.is_staying() && wanted.covers(&device.id, device.person_id.as_ref(), &BTreeSet::new()) {
            reached.insert(device.id);
        }
    }
    Ok(Reach {
        count: i64::try_from(reached.len()).unwrap_or(i64::MAX),
        devices: reached
            .into_iter()
            .take(usize::try_from(limit).unwrap_or(usize::MAX))
            .collect(),
    })
}

/// Rules are asked of every device.
async fn reach_by_groups(tx: &mut Tx, scope: Scope, limit: u32) -> Result<Reach> {
    let roll = Roll::read(tx, scope.groups()).await?;
    let wanted = enabled(scope);
    let reached = groups::walk(tx, None, limit, |device, person| {
        let belongs_to = roll.of(device, person);
        wanted.covers(&device.id, device.person_id.as_ref(), &belongs_to)
    });
    let reached = reached.await?;
    Ok(Reach {
        count: reached.count,
        devices: reached.devices.into_iter().map(|(device, _)| device.id).collect(),
    })
}

/// The distribution of no configuration, to ask whom it covers.
fn enabled(scope: Scope) -> Assignment {
    Assignment {
        configuration_id: ConfigurationId::new(Timestamp::default(), [0; 10]),
        is_enabled: true,
        scope,
        updated_at: Timestamp::default(),
    }
}

fn check(scope: &Scope) -> std::result::Result<(), Refusal> {
    let Scope::Custom {
        devices,
        people,
        excluded_devices,
        excluded_people,
        ..
    } = scope
    else {
        return Ok(());
    };
    let named = devices.len()
        + people.len()
        + excluded_devices.len()
        + excluded_people.len()
        + scope.groups().count();
    if named <= NAMED {
        return Ok(());
    }
    Err(Refusal::invalid(
        "scope",
        format!("a distribution names at most {NAMED} devices, people and groups"),
    ))
}

async fn refuse_unknown(tx: &mut Tx, scope: &Scope) -> Result<()> {
    let Scope::Custom {
        devices,
        people,
        excluded_devices,
        excluded_people,
        ..
    } = scope
    else {
        return Ok(());
    };
    let unknown = |what: &str| {
        Refusal::invalid("scope", format!("there is no such {what}")).keyed("error-scope-unknown")
    };
    for id in devices.iter().chain(excluded_devices) {
        store::devices::by_id(tx, id)
            .await?
            .ok_or_else(|| unknown("device"))?;
    }
    for id in people.iter().chain(excluded_people) {
        store::people::by_id(tx, id)
            .await?
            .ok_or_else(|| unknown("person"))?;
    }
    for id in scope.groups() {
        store::groups::by_id(tx, id)
            .await?
            .ok_or_else(|| unknown("group"))?;
    }
    Ok(())
}

/// When the configuration was made, if there is one.
async fn existing(tx: &mut Tx, id: &ConfigurationId) -> Result<Timestamp> {
    let unknown = || {
        Refusal::new(
            Kind::NotFound,
            "error-not-found",
            "there is no such configuration",
        )
    };
    Ok(store::configurations::by_id(tx, id)
        .await?
        .ok_or_else(unknown)?
        .created_at)
}

fn shown(assignment: &Assignment) -> serde_json::Value {
    json!({ "is_enabled": assignment.is_enabled, "scope": assignment.scope })
}
