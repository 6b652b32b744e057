//! A device was lost or stolen: an administrator revokes its identity at once, without waiting for its next session. What
//! authorities of the server's own issued to it is revoked with it; what others issued is listed, to be revoked there.

use std::collections::BTreeSet;

use domain::{
    Timestamp,
    actor::Actor,
    certificate::Certificate,
    device::{Device, DeviceId, LeftHow, Removal},
    external_ca::{AuthorityId, AuthorityKind},
    issuance::{Issuance, IssuanceState, RevocationReason, Revoked},
    operator::Permission,
    transaction::Owner,
};
use store::Tx;

use super::{Result, activity, built_in, device_removal};
use crate::app::Shared;

/// What a device holds, and where it is revoked.
#[derive(Clone, Debug)]
pub struct Holdings {
    /// The device.
    pub device: Device,
    /// What the server's own authorities issued to it and what counts still: revoked together with the identity.
    pub own: Vec<Issuance>,
    /// What it proved to hold of other authorities and what counts still: only they can revoke it.
    pub elsewhere: Vec<Elsewhere>,
}

/// A certificate that another authority must revoke.
#[derive(Clone, Debug)]
pub struct Elsewhere {
    /// The authority's name; empty where it was removed.
    pub authority: String,
    /// What the device proved.
    pub certificate: Certificate,
}

/// What of a device would be revoked, or, once it was, what is left to be revoked elsewhere. Nothing is changed.
pub async fn holdings(app: &Shared, actor: &Actor, id: &DeviceId) -> Result<Holdings> {
    actor.require(Permission::Read)?;
    let (now, id) = (app.now(), id.clone());
    app.store
        .read(move |tx| {
            let id = id.clone();
            Box::pin(async move { held(tx, &id, now).await })
        })
        .await
}

/// Revokes a device's identity and what the server's own authorities issued to it, and publishes their lists. It is over
/// when this returns: no session, no renewal, no address of a delivery is good for the device any more.
pub async fn revoke_device(app: &Shared, actor: &Actor, id: &DeviceId) -> Result<Holdings> {
    actor.require(Permission::RemoveDevices)?;
    let (now, id, actor) = (app.now(), id.clone(), actor.clone());
    let holdings = app
        .store
        .write(move |tx| {
            let (id, actor) = (id.clone(), actor.clone());
            Box::pin(async move { revoke(tx, &actor, &id, now).await })
        })
        .await?;
    // Whoever waits behind it may be first now.
    app.bells.ring_slot();
    let authorities: BTreeSet<AuthorityId> =
        holdings.own.iter().map(|one| one.authority_id.clone()).collect();
    publish_lists(app, &authorities).await;
    Ok(holdings)
}

async fn revoke(tx: &mut Tx, actor: &Actor, id: &DeviceId, now: Timestamp) -> Result<Holdings> {
    let device = device_removal::known(tx, id).await?;
    device_removal::refuse_if_left(&device)?;
    let holdings = held(tx, id, now).await?;
    revoke_own(tx, actor, &holdings, now).await?;
    let entry = activity::entry(actor, now, "device.revoke", ("device", id.as_str()));
    store::audit::append(tx, &entry).await?;
    // Who did it is told where it is told of a removal.
    let removal = Removal {
        asked_at: now,
        by: activity::name_of(actor),
        keeps_certificates: true,
        kept: BTreeSet::new(),
        told_at: None,
    };
    store::devices::set_removal(tx, id, Some(&removal)).await?;
    let device = device_removal::known(tx, id).await?;
    device_removal::end(tx, device, LeftHow::Revoked, now).await?;
    let device = device_removal::known(tx, id).await?;
    Ok(Holdings { device, ..holdings })
}

/// Revokes what the server's own authorities issued to a device and what counts still; what is only asked for is refused,
/// and challenges that it holds are worth nothing any more. Their lists are to be published.
pub(super) async fn revoke_own(
    tx: &mut Tx,
    actor: &Actor,
    holdings: &Holdings,
    now: Timestamp,
) -> Result<()> {
    for delivery in store::deliveries::of_device(tx, &holdings.device.id).await? {
        let owner = Owner::Delivery(delivery.id);
        store::one_time_challenges::withdraw(tx, &owner).await?;
        for issuance in store::issuances::of_owner(tx, &owner).await? {
            if issuance.state == IssuanceState::Pending {
                let state = IssuanceState::Refused;
                store::issuances::decide(tx, &Issuance { state, ..issuance }).await?;
            }
        }
    }
    let reason = RevocationReason::CessationOfOperation;
    for issuance in &holdings.own {
        store::issuances::revoke(tx, &issuance.id, &Revoked { at: now, reason }).await?;
        let about = ("issuance", issuance.id.as_str());
        let mut entry = activity::entry(actor, now, "certificate.revoke", about);
        entry.after = activity::written(&serde_json::json!({
            "serial": issuance.serial,
            "subject": issuance.wanted.subject,
            "reason": reason,
        }));
        store::audit::append(tx, &entry).await?;
    }
    Ok(())
}

/// Publishes the lists of authorities of the server's own. What was revoked stays so: the upkeep publishes a list that
/// fails here.
pub(super) async fn publish_lists(app: &Shared, authorities: &BTreeSet<AuthorityId>) {
    for authority in authorities {
        if let Err(error) = built_in::publish_of(app, authority).await {
            let incident = error.incident().unwrap_or_default();
            tracing::error!(%authority, %incident, "the revocation list could not be made anew");
        }
    }
}

pub(super) async fn held(tx: &mut Tx, id: &DeviceId, now: Timestamp) -> Result<Holdings> {
    let device = device_removal::known(tx, id).await?;
    let deliveries = store::deliveries::of_device(tx, id).await?;
    let authorities = store::authorities::list(tx).await?;
    let mut own = Vec::new();
    for delivery in &deliveries {
        let issued = store::issuances::of_owner(tx, &Owner::Delivery(delivery.id.clone())).await?;
        // One that counts only later is revoked as well.
        let counts = |one: &Issuance| {
            one.state == IssuanceState::Issued && one.revoked.is_none() && now <= one.not_after
        };
        own.extend(issued.into_iter().filter(counts));
    }
    let mut elsewhere = Vec::new();
    for certificate in store::certificates::of_device(tx, id).await? {
        let by = deliveries
            .iter()
            .find(|delivery| delivery.id == certificate.delivery_id)
            .and_then(|delivery| authorities.iter().find(|one| one.id == delivery.authority_id));
        let is_own = by.is_some_and(|authority| authority.kind == AuthorityKind::BuiltIn);
        // One that was taken off the device may have been copied before.
        if !is_own && certificate.not_after.is_none_or(|end| now <= end) {
            elsewhere.push(Elsewhere {
                authority: by.map(|authority| authority.name.clone()).unwrap_or_default(),
                certificate,
            });
        }
    }
    Ok(Holdings {
        device,
        own,
        elsewhere,
    })
}
