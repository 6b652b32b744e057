//! Deliveries: planned from what a device should hold, tried again when a try did not work.

use std::collections::BTreeSet;

use domain::{
    Error as Refusal, Id, Kind, Timestamp,
    actor::Actor,
    assignment::Assignment,
    challenge::Fate,
    delivery::{Delivery, DeliveryId, DeliveryState, Next, Plan, decide_after_failure},
    desired::{self, Reason, Steps},
    device::{Device, DeviceId},
    diagnosis::Cause,
    event::{Event, What},
    group::{self, GroupId},
    operator::Permission,
    person::Person,
    reissue,
    scep_configuration::Configuration,
    subject::Facts,
};
use store::{Tx, audit::AuditEntry, check_ins::CheckIn};

use crate::{
    actions::{Result, proxy, waking},
    app::Shared,
    secrets::random,
};

/// First wait in milliseconds before another attempt, where the authority is not known.
const BASE_MILLISECONDS: i64 = 60_000;

/// Compares what the device should hold with what is under way, and plans the difference. Gives what is to be
/// taken off the device.
pub async fn plan_for_device(tx: &mut Tx, device: &Device, now: Timestamp) -> Result<Steps> {
    match store::check_ins::of_device(tx, &device.id).await? {
        Some(known) => {
            let compared = compare(tx, &known, now).await?;
            plan_and_wake(tx, &known, compared, now).await
        }
        None => Ok(Steps::default()),
    }
}

async fn plan_and_wake(tx: &mut Tx, known: &CheckIn, compared: Compared, now: Timestamp) -> Result<Steps> {
    let (steps, begins) = plan(tx, known, compared, now).await?;
    if steps.change_something() && known.pfn.is_some() {
        waking::want(tx, &known.device.id, begins).await?;
    }
    Ok(steps)
}

/// The device's own record, its user, or the user's record is another than before: as [`plan_for_device`], and what a
/// certificate carries and isn't there any more is told.
pub async fn plan_after_change(
    tx: &mut Tx,
    id: &DeviceId,
    before: (&Device, Option<&Person>),
    now: Timestamp,
) -> Result<()> {
    let Some(known) = store::check_ins::of_device(tx, id).await? else {
        return Ok(());
    };
    let compared = compare(tx, &known, now).await?;
    let (assigned, belongs_to) = (&compared.assigned, &compared.belongs_to);
    let (device, person) = (&known.device, known.person.as_ref());
    let after = Facts { person, device, now };
    let (device, person) = before;
    let before = Facts { person, device, now };
    for configuration in desired::meant(&after, assigned, belongs_to) {
        let was_there = desired::values(&configuration.settings, &before).is_ok();
        let Err(cause) = desired::values(&configuration.settings, &after) else {
            continue;
        };
        let current = known.deliveries.iter().find(|delivery| {
            delivery.is_current && delivery.configuration_id == configuration.id && delivery.was_ordered()
        });
        if let Some(delivery) = current.filter(|_| was_there) {
            let configuration = configuration.name.clone();
            tell(tx, delivery, now, What::ValueGone { configuration, cause }).await?;
        }
    }
    plan_and_wake(tx, &known, compared, now).await.map(drop)
}

/// What is for a device, and what is to be done for it.
pub struct Compared {
    /// The distributions that act, each with its configuration.
    pub assigned: Vec<(Configuration, Assignment)>,
    /// The device's groups, of those that the distributions name.
    pub belongs_to: BTreeSet<GroupId>,
    /// What is to be done.
    pub steps: Steps,
}

/// Compares what a device should hold with what is under way. Nothing is changed.
pub async fn compare(tx: &mut Tx, known: &CheckIn, now: Timestamp) -> Result<Compared> {
    let CheckIn {
        device,
        person,
        deliveries,
        certificates,
        ..
    } = known;
    let person = person.as_ref();
    let in_force = store::assignments::in_force(tx, &device.id, device.person_id.as_ref()).await?;
    let facts = Facts { person, device, now };
    let belongs_to = group::of_device(&in_force.groups, &in_force.listed, device, person);
    let assigned = in_force.assigned;
    let steps = desired::compare(&facts, &assigned, &belongs_to, deliveries, certificates);
    Ok(Compared {
        assigned,
        belongs_to,
        steps,
    })
}

/// As [`plan_for_device`], with what was just read of it, and without waking it: it is there.
pub async fn plan_for(tx: &mut Tx, known: &CheckIn, now: Timestamp) -> Result<Steps> {
    let compared = compare(tx, known, now).await?;
    Ok(plan(tx, known, compared, now).await?.0)
}

/// Plans. Gives also when the first of it can be done.
async fn plan(
    tx: &mut Tx,
    known: &CheckIn,
    compared: Compared,
    now: Timestamp,
) -> Result<(Steps, Timestamp)> {
    let (device, deliveries) = (&known.device, &known.deliveries);
    let Compared { assigned, steps, .. } = compared;
    let mut begins = (!steps.remove.is_empty() || !steps.delete_nodes.is_empty()).then_some(now);
    for wanted in &steps.deliver {
        let Some((configuration, _)) = assigned
            .iter()
            .find(|(known, _)| known.id == wanted.configuration_id)
        else {
            continue;
        };
        let former = deliveries
            .iter()
            .find(|delivery| Some(&delivery.id) == wanted.replaces.as_ref());
        let not_before = match former.filter(|_| wanted.reason == Reason::Values) {
            Some(former) => reissue_at(tx, known, former, configuration, now).await?,
            None => now,
        };
        let attempt = former.map_or(1, |former| former.attempt + 1);
        if let Some(former) = former.filter(|former| former.is_current) {
            make_room(tx, former.clone(), None, now).await?;
        }
        insert(tx, &device.id, configuration, (attempt, 0), not_before, now).await?;
        begins = Some(begins.map_or(not_before, |begins| begins.min(not_before)));
    }
    for id in &steps.remove {
        let gone = deliveries
            .iter()
            .find(|delivery| delivery.id == *id && !delivery.is_on_device);
        if let Some(delivery) = gone {
            store::deliveries::update(tx, &delivery.clone().removed(now)?).await?;
            proxy::settle(tx, id, now).await?;
        }
    }
    Ok((steps, begins.unwrap_or(now)))
}

/// A certificate carries values that are others now: told, and when it is this one's turn.
async fn reissue_at(
    tx: &mut Tx,
    known: &CheckIn,
    former: &Delivery,
    configuration: &Configuration,
    now: Timestamp,
) -> Result<Timestamp> {
    let facts = Facts {
        person: known.person.as_ref(),
        device: &known.device,
        now,
    };
    if let Ok(values) = desired::values(&configuration.settings, &facts) {
        let (before, after) = match former.subject == values.subject {
            true => (former.sans.clone(), values.sans),
            false => (former.subject.clone(), values.subject),
        };
        let what = What::ValuesChanged {
            configuration: configuration.name.clone(),
            before,
            after,
        };
        tell(tx, former, now, what).await?;
    }
    let authority = &configuration.authority_id;
    let next_at = store::reissue_turns::of_authority(tx, authority).await?;
    let (begins, next_at) = reissue::turn(next_at, now);
    store::reissue_turns::put(tx, authority, next_at).await?;
    Ok(begins)
}

async fn insert(
    tx: &mut Tx,
    device: &DeviceId,
    configuration: &Configuration,
    (attempt, charged): (i64, i64),
    not_before: Timestamp,
    now: Timestamp,
) -> Result<()> {
    let plan = Plan {
        id: Id::new(now, random()),
        device_id: device.clone(),
        configuration,
        attempt,
        charged,
        not_before,
    };
    let delivery = Delivery::planned(plan, now);
    store::deliveries::insert(tx, &delivery).await?;
    let what = What::Planned {
        configuration: configuration.name.clone(),
        attempt,
    };
    tell(tx, &delivery, now, what).await
}

/// The delivery makes room for a newer attempt.
async fn make_room(tx: &mut Tx, delivery: Delivery, cause: Option<Cause>, now: Timestamp) -> Result<()> {
    let secret = delivery.secret.clone().filter(|_| cause.is_some());
    let challenge = store::challenges::by_delivery(tx, &delivery.id).await?;
    let replaced = match delivery.state {
        DeliveryState::Removed | DeliveryState::Replaced { .. } => Delivery {
            is_current: false,
            ..delivery
        },
        // A challenge that was given and not presented is left to the next attempt.
        _ => Delivery {
            secret: secret.filter(|_| challenge.is_some_and(|one| one.fate == Fate::Taken)),
            ..delivery.replaced(cause, now)?
        },
    };
    store::deliveries::update(tx, &replaced).await?;
    proxy::settle(tx, &replaced.id, now).await
}

/// Replaces a delivery by a new attempt that begins at `not_before`.
async fn try_again(
    tx: &mut Tx,
    delivery: Delivery,
    cause: Option<Cause>,
    charged: i64,
    not_before: Timestamp,
    now: Timestamp,
) -> Result<()> {
    let configuration = store::configurations::by_id(tx, &delivery.configuration_id).await?;
    if let Some(cause) = &cause {
        tell(tx, &delivery, now, What::Retried { cause: cause.clone() }).await?;
    }
    let (device, attempt) = (delivery.device_id.clone(), delivery.attempt + 1);
    make_room(tx, delivery, cause, now).await?;
    match configuration {
        Some(configuration) => insert(tx, &device, &configuration, (attempt, charged), not_before, now).await,
        None => Ok(()),
    }
}

/// A try did not work: another follows when that can help, else the person reads why.
pub async fn fail(tx: &mut Tx, delivery: Delivery, cause: Cause, now: Timestamp) -> Result<()> {
    let authority = store::authorities::by_id(tx, &delivery.authority_id).await?;
    let base = authority.map_or(BASE_MILLISECONDS, |authority| {
        i64::from(authority.limits.backoff_seconds).saturating_mul(1000)
    });
    let earlier = earlier_causes(tx, &delivery).await?;
    // That a certificate is lost which was proved is no failure of what brought it.
    let was_proved = matches!(delivery.state, DeliveryState::Verified { .. });
    let charged = delivery.charged + i64::from(cause.is_charged() && !was_proved);
    match decide_after_failure(&cause, &delivery, &earlier, now, base) {
        Next::RetryAt(at) => try_again(tx, delivery, Some(cause), charged, at, now).await,
        Next::GiveUp => {
            tell(tx, &delivery, now, What::Failed { cause: cause.clone() }).await?;
            let failed = Delivery { charged, ..delivery }.failed(cause, now)?;
            store::deliveries::update(tx, &failed).await?;
            proxy::settle(tx, &failed.id, now).await
        }
    }
}

/// Why the attempts before this one failed, for this version of the configuration, since it last worked.
async fn earlier_causes(tx: &mut Tx, delivery: &Delivery) -> Result<Vec<Cause>> {
    let mut earlier: Vec<Delivery> = store::deliveries::of_device(tx, &delivery.device_id)
        .await?
        .into_iter()
        .filter(|other| {
            other.configuration_id == delivery.configuration_id
                && other.configuration_version == delivery.configuration_version
                && other.attempt < delivery.attempt
        })
        .collect();
    earlier.sort_by_key(|other| std::cmp::Reverse(other.attempt));
    let mut causes: Vec<Cause> = earlier
        .into_iter()
        .map_while(|other| match other.state {
            DeliveryState::Replaced { cause } => cause,
            _ => None,
        })
        .collect();
    causes.reverse();
    Ok(causes)
}

/// A person asks for another try of a delivery that failed.
pub async fn plan_again(app: &Shared, actor: &Actor, id: &DeliveryId) -> Result<()> {
    actor.require(Permission::Devices)?;
    let (now, id, label) = (app.now(), id.clone(), actor.label());
    app.store
        .write(move |tx| {
            let (id, label) = (id.clone(), label.clone());
            Box::pin(async move {
                let delivery = store::deliveries::by_id(tx, &id).await?.ok_or_else(|| {
                    Refusal::new(
                        Kind::NotFound,
                        "error-delivery-unknown",
                        "there is no such delivery",
                    )
                })?;
                let DeliveryState::Failed { cause } = &delivery.state else {
                    let detail = format!(
                        "delivery {id} is {}, only a failed one can be tried again",
                        delivery.state.name()
                    );
                    return Err(Refusal::new(Kind::State, "error-delivery-not-failed", detail).into());
                };
                let device = store::devices::by_id(tx, &delivery.device_id).await?;
                if !device.is_some_and(|device| device.is_staying()) {
                    let detail = "the device leaves, or has left";
                    return Err(Refusal::new(Kind::State, "error-device-leaves", detail).into());
                }
                let cause = Some(cause.clone());
                let entry = AuditEntry {
                    at: now,
                    actor: label,
                    action: "delivery.retry".to_owned(),
                    target_kind: "delivery".to_owned(),
                    target_id: id.to_string(),
                    before: None,
                    after: None,
                    source_ip: None,
                };
                store::audit::append(tx, &entry).await?;
                waking::want(tx, &delivery.device_id, now).await?;
                try_again(tx, delivery, cause, 0, now, now).await
            })
        })
        .await
}

/// The device was set up anew: nothing that was on it is known to be there, what is current starts over.
pub async fn forget_node_state(tx: &mut Tx, device: &DeviceId, now: Timestamp) -> Result<()> {
    waking::forget(tx, device).await?;
    for delivery in store::deliveries::of_device(tx, device).await? {
        let delivery = delivery.without_node(now);
        if delivery.is_current && delivery.state != DeliveryState::WaitingForDevice {
            try_again(tx, delivery, None, 0, now, now).await?;
        } else {
            store::deliveries::update(tx, &delivery).await?;
        }
    }
    Ok(())
}

/// Writes a step onto the device's timeline.
pub async fn tell(tx: &mut Tx, delivery: &Delivery, now: Timestamp, what: What) -> Result<()> {
    let event = Event {
        device_id: delivery.device_id.clone(),
        delivery_id: Some(delivery.id.clone()),
        at: now,
        what,
    };
    Ok(store::events::append(tx, &event).await?)
}
