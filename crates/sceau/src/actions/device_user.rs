//! Whose a device is. Whoever enrolled it is its user; an administrator may say otherwise. Assignments by user and user
//! group, and the values that certificates carry, follow the user; the enrolment itself stays what it was.

use std::collections::BTreeSet;

use domain::{
    Error as Refusal, Kind, Timestamp,
    actor::Actor,
    delivery::DeliveryId,
    desired::{self, Reason},
    device::{Device, DeviceId},
    diagnosis::Cause,
    event::{Event, What},
    operator::Permission,
    person::{Person, PersonId},
    scep_configuration::CertificateStore,
    subject::Facts,
};
use serde_json::json;
use store::{Tx, check_ins::CheckIn};

use super::{
    Result, activity,
    delivery::{self, Compared},
    enrolment::may_enrol,
};
use crate::app::Shared;

/// What follows when a device gets another user, or none. Each list holds names of configurations.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outlook {
    /// The user now.
    pub before: Option<Person>,
    /// The user then.
    pub after: Option<Person>,
    /// Their certificates are delivered for the first time.
    pub delivered: Vec<String>,
    /// Their certificates are issued again with other values, or tried again.
    pub reissued: Vec<String>,
    /// Their certificates are taken off the device.
    pub withdrawn: Vec<String>,
    /// They need a value that isn't there then, each with the reason.
    pub lacking: Vec<(String, Cause)>,
    /// They are for the user's store, which stays that of the Windows account that enrolled the device.
    pub in_users_store: Vec<String>,
}

/// Whose a device is, and what would follow if it were this person's, or nobody's. Nothing is changed.
///
/// # Errors
/// There is no such device or person, the device leaves, or the person can't be its user.
pub async fn user_outlook(
    app: &Shared,
    actor: &Actor,
    id: &DeviceId,
    person: Option<&PersonId>,
) -> Result<Outlook> {
    actor.require(Permission::Read)?;
    let (now, id, person) = (app.now(), id.clone(), person.cloned());
    app.store
        .read(move |tx| {
            let (id, person) = (id.clone(), person.clone());
            Box::pin(async move {
                let known = known(tx, &id).await?;
                let after = may_have(tx, &known.device, person.as_ref()).await?;
                outlook(tx, known, after, now).await
            })
        })
        .await
}

/// The person whose the device is from now on; none: nobody's. The same as before changes nothing.
///
/// # Errors
/// As [`user_outlook`].
pub async fn set_user(
    app: &Shared,
    actor: &Actor,
    id: &DeviceId,
    person: Option<&PersonId>,
) -> Result<Option<Person>> {
    actor.require(Permission::RemoveDevices)?;
    let (now, id, person, actor) = (app.now(), id.clone(), person.cloned(), actor.clone());
    let after = app
        .store
        .write(move |tx| {
            let (id, person, actor) = (id.clone(), person.clone(), actor.clone());
            Box::pin(async move { set(tx, &actor, &id, person.as_ref(), now).await })
        })
        .await?;
    // Whoever waits behind it may be first now.
    app.bells.ring_slot();
    Ok(after)
}

async fn set(
    tx: &mut Tx,
    actor: &Actor,
    id: &DeviceId,
    person: Option<&PersonId>,
    now: Timestamp,
) -> Result<Option<Person>> {
    let CheckIn {
        device,
        person: before,
        ..
    } = known(tx, id).await?;
    let after = may_have(tx, &device, person).await?;
    let by = activity::name_of(actor);
    let name = |person: &Person| person.username.clone();
    let what = match (&before, &after) {
        (Some(before), Some(after)) if before.id == after.id => return Ok(Some(after.clone())),
        (None, None) => return Ok(None),
        (None, Some(after)) => What::UserSet {
            username: name(after),
            by,
        },
        (Some(before), Some(after)) => What::UserChanged {
            before: name(before),
            username: name(after),
            by,
        },
        (Some(before), None) => What::UserRemoved {
            before: name(before),
            by,
        },
    };
    store::devices::set_user(tx, id, person).await?;
    let shown = |person: &Option<Person>| {
        let user = person
            .as_ref()
            .map(|person| json!({ "id": person.id, "username": person.username }));
        activity::written(&json!({ "user": user }))
    };
    let mut entry = activity::entry(actor, now, "device.user", ("device", id.as_str()));
    (entry.before, entry.after) = (shown(&before), shown(&after));
    store::audit::append(tx, &entry).await?;
    let event = Event {
        device_id: id.clone(),
        delivery_id: None,
        at: now,
        what,
    };
    store::events::append(tx, &event).await?;
    delivery::plan_after_change(tx, id, (&device, before.as_ref()), now).await?;
    Ok(after)
}

async fn known(tx: &mut Tx, id: &DeviceId) -> Result<CheckIn> {
    let unknown = || Refusal::new(Kind::NotFound, "error-not-found", "there is no such device");
    let known = store::check_ins::of_device(tx, id).await?.ok_or_else(unknown)?;
    if !known.device.is_staying() {
        let detail = "the device leaves, or has left";
        return Err(Refusal::new(Kind::State, "error-device-leaves", detail).into());
    }
    Ok(known)
}

/// The person, if the device may be theirs.
async fn may_have(tx: &mut Tx, device: &Device, person: Option<&PersonId>) -> Result<Option<Person>> {
    let Some(id) = person else {
        return Ok(None);
    };
    let unknown =
        || Refusal::invalid("person_id", "there is no such person").keyed("error-device-user-unknown");
    let person = store::people::by_id(tx, id).await?.ok_or_else(unknown)?;
    if device.person_id.as_ref() == Some(id) {
        return Ok(Some(person));
    }
    if !may_enrol(tx, id).await? {
        let detail = "the person's account is disabled in the directory, or not there any more";
        return Err(Refusal::invalid("person_id", detail)
            .keyed("error-device-user-disabled")
            .into());
    }
    // The enrolment of a person's device is known by its DeviceID: two with the same one can't be told apart.
    if let Some(other) = store::devices::by_windows_id(tx, id, &device.windows_id).await? {
        let detail = format!("the person has this machine already, as the device {}", other.id);
        return Err(Refusal::new(Kind::Conflict, "error-device-user-twin", detail)
            .with("name", other.name)
            .into());
    }
    Ok(Some(person))
}

async fn outlook(tx: &mut Tx, known: CheckIn, after: Option<Person>, now: Timestamp) -> Result<Outlook> {
    let due = delivery::compare(tx, &known, now).await?.steps.remove;
    let due: BTreeSet<DeliveryId> = due.into_iter().collect();
    let before = known.person.clone();
    let mut then = known;
    then.device.person_id = after.as_ref().map(|person| person.id.clone());
    then.person.clone_from(&after);
    let Compared {
        assigned,
        belongs_to,
        steps,
    } = delivery::compare(tx, &then, now).await?;
    let mut outlook = Outlook {
        before,
        ..Outlook::default()
    };
    let facts = Facts {
        person: after.as_ref(),
        device: &then.device,
        now,
    };
    for configuration in desired::meant(&facts, &assigned, &belongs_to) {
        let name = || configuration.name.clone();
        let wanted = steps
            .deliver
            .iter()
            .find(|one| one.configuration_id == configuration.id);
        match (desired::values(&configuration.settings, &facts), wanted) {
            (Err(cause), _) => outlook.lacking.push((name(), cause)),
            (Ok(_), Some(wanted)) if wanted.reason == Reason::New => outlook.delivered.push(name()),
            (Ok(_), Some(_)) => outlook.reissued.push(name()),
            (Ok(_), None) => {}
        }
        if configuration.settings.store == CertificateStore::User {
            outlook.in_users_store.push(name());
        }
    }
    let mut withdrawn = BTreeSet::new();
    for id in steps.remove.iter().filter(|id| !due.contains(id)) {
        let delivery = then.deliveries.iter().find(|delivery| delivery.id == *id);
        if let Some(delivery) = delivery
            && let Some(one) = store::configurations::by_id(tx, &delivery.configuration_id).await?
        {
            withdrawn.insert(one.name);
        }
    }
    outlook.withdrawn = withdrawn.into_iter().collect();
    outlook.after = after;
    Ok(outlook)
}
