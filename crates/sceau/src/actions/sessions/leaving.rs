//! A device is sent away: first what Sceau gave it is deleted, where that was asked for; then, in a message of its own,
//! it is told to end the management. Windows aborts all its sessions at that, answers nothing, and says in a session of
//! its own that it goes (Microsoft, DMClient CSP, Unenroll). That word, or silence, ends it: see `device_removal`.

use domain::{
    Timestamp,
    delivery::DeliveryId,
    device::{
        Device, Removal,
        session::{Purpose, Session},
    },
    event::What,
    thumbprint::Sha1,
};
use ms_mdm::{csp::dmclient, syncml::StatusCode};
use store::{Tx, trust::Trusted};

use super::{
    absorb::{Answer, Heard},
    order,
    plan::{Plan, is_out_of_reach},
    trust,
};
use crate::actions::{Result, delivery, enrolment::PROVIDER};

/// What a device that is to leave is told next.
pub async fn plan(
    tx: &mut Tx,
    device: &Device,
    removal: &Removal,
    session: &Session,
    heard: &Heard,
    now: Timestamp,
) -> Result<Plan> {
    let mut plan = Plan::default();
    let is_told = removal.told_at.is_some_and(|at| at >= session.started_at);
    // Once in a session: one that goes on after it has refused, or is about to say that it goes.
    if is_told || heard.refuses_to_leave {
        return Ok(plan);
    }
    let mut removal = removal.clone();
    if !removal.keeps_certificates {
        plan_nodes(tx, device, &mut removal, session, &mut plan, now).await?;
        plan_trust(tx, device, &removal, &mut plan).await?;
    }
    if plan.is_empty() {
        removal.told_at = Some(now);
        plan.push(Purpose::Unenroll, |id| dmclient::unenroll(id, PROVIDER));
        trust::tell(tx, device, now, What::ToldToLeave).await?;
    }
    store::devices::set_removal(tx, &device.id, Some(&removal)).await?;
    Ok(plan)
}

/// Deletes the deliveries' nodes, and the certificates with them. What is in the tree of a user who isn't signed in is
/// out of reach: the device doesn't stay for it.
async fn plan_nodes(
    tx: &mut Tx,
    device: &Device,
    removal: &mut Removal,
    session: &Session,
    plan: &mut Plan,
    now: Timestamp,
) -> Result<()> {
    for delivery in store::deliveries::of_device(tx, &device.id).await? {
        if !delivery.is_on_device || removal.kept.contains(delivery.id.as_str()) {
            continue;
        }
        let is_out_of_reach = is_out_of_reach(tx, &delivery, session).await?;
        match order::node(tx, &delivery).await? {
            Some(node) if !is_out_of_reach => {
                let delivery = delivery.id;
                plan.push(Purpose::DeleteNode { delivery }, |id| node.delete(id));
            }
            _ => {
                removal.kept.insert(delivery.id.to_string());
                delivery::tell(tx, &delivery, now, What::NodeKept { status: None }).await?;
            }
        }
    }
    Ok(())
}

/// Deletes the certificates that the device trusts since Sceau gave them to it, and no others.
async fn plan_trust(tx: &mut Tx, device: &Device, removal: &Removal, plan: &mut Plan) -> Result<()> {
    for trust in store::trust::of_device(tx, &device.id).await? {
        let sha1 = trust.sha1;
        if trust.state != Trusted::Ours || removal.kept.contains(&sha1.to_string()) {
            continue;
        }
        trust::plan_deletion(tx, sha1, plan).await?;
    }
    Ok(())
}

/// The device would not delete a delivery's node.
pub async fn node_kept(
    tx: &mut Tx,
    device: &Device,
    id: &DeliveryId,
    answer: &Answer,
    now: Timestamp,
) -> Result<()> {
    let Some(status) = keep(tx, device, id.as_str(), answer).await? else {
        return Ok(());
    };
    match store::deliveries::by_id(tx, id).await? {
        Some(known) => {
            let status = Some(i64::from(status.0));
            delivery::tell(tx, &known, now, What::NodeKept { status }).await
        }
        None => Ok(()),
    }
}

/// The device deleted a certificate from a trust store, or would not.
pub async fn trust_deleted(
    tx: &mut Tx,
    device: &Device,
    sha1: Sha1,
    answer: &Answer,
    now: Timestamp,
) -> Result<()> {
    if answer.is_gone() {
        trust::put(tx, device, sha1, Trusted::Absent, now).await?;
        return match answer.refusal() {
            // Not there: nothing was taken away.
            Some(_) => Ok(()),
            None => trust::tell(tx, device, now, What::TrustRemoved { sha1 }).await,
        };
    }
    match keep(tx, device, &sha1.to_string(), answer).await? {
        Some(status) => {
            let status = i64::from(status.0);
            trust::tell(tx, device, now, What::TrustKept { sha1, status }).await
        }
        None => trust::taken_out(tx, device, sha1, answer, now).await,
    }
}

/// Notes that a device that leaves keeps something, and gives the status of its refusal.
async fn keep(tx: &mut Tx, device: &Device, name: &str, answer: &Answer) -> Result<Option<StatusCode>> {
    let known = store::devices::by_id(tx, &device.id).await?;
    let removal = known.and_then(|known| known.removal);
    let Some((mut removal, status)) = removal.zip(answer.refusal()) else {
        return Ok(None);
    };
    removal.kept.insert(name.to_owned());
    store::devices::set_removal(tx, &device.id, Some(&removal)).await?;
    Ok(Some(status))
}

/// The device answered that it is to end the management. Nothing but a refusal says anything: whoever obeys is gone.
pub async fn told(tx: &mut Tx, device: &Device, answer: &Answer, now: Timestamp) -> Result<()> {
    let known = store::devices::by_id(tx, &device.id).await?;
    let removal = known.and_then(|known| known.removal);
    let Some((removal, status)) = removal.zip(answer.refusal()) else {
        return Ok(());
    };
    let waits = Removal {
        told_at: None,
        ..removal
    };
    store::devices::set_removal(tx, &device.id, Some(&waits)).await?;
    let status = i64::from(status.0);
    trust::tell(tx, device, now, What::LeavingRefused { status }).await
}
