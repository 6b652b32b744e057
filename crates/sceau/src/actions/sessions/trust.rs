//! The authority's certificates come before the enrolment: asked for first, so that it is known whether they were
//! there already (then they are never removed), added when they were not.

use domain::{
    Timestamp,
    device::{Device, session::Purpose},
    event::{Event, What},
    external_ca::Authority,
    thumbprint::Sha1,
};
use ms_mdm::{
    csp::certificates::{TrustStore, add_trusted, ask_trusted},
    syncml::StatusCode,
};
use store::{
    Tx,
    trust::{Trust, Trusted},
};

use super::{absorb::Answer, plan::Plan};
use crate::actions::Result;

/// The certificates of an authority that a device must trust, and where each belongs.
pub fn anchors(authority: &Authority) -> Vec<(TrustStore, Sha1, &[u8])> {
    authority
        .certificates
        .iter()
        .filter_map(|der| {
            let (_, certificate) = x509_parser::parse_x509_certificate(der).ok()?;
            let is_authority = certificate
                .basic_constraints()
                .ok()
                .flatten()
                .is_some_and(|constraints| constraints.value.ca);
            let is_self_issued = certificate.subject() == certificate.issuer();
            let store = if is_self_issued {
                TrustStore::Root
            } else {
                TrustStore::Ca
            };
            is_authority.then(|| (store, Sha1::of(der), der.as_slice()))
        })
        .collect()
}

/// Asks for what is not known yet. Gives whether everything is known.
pub async fn plan_questions(
    tx: &mut Tx,
    device: &Device,
    authority: &Authority,
    plan: &mut Plan,
) -> Result<bool> {
    let known = store::trust::of_device(tx, &device.id).await?;
    let mut is_known = true;
    for (store, sha1, _) in anchors(authority) {
        if !known.iter().any(|trust| trust.sha1 == sha1) {
            is_known = false;
            plan.push(Purpose::AskTrusted { sha1 }, |id| {
                ask_trusted(id, store, &sha1.octets())
            });
        }
    }
    Ok(is_known)
}

/// Adds what the device said it doesn't have.
pub async fn plan_additions(
    tx: &mut Tx,
    device: &Device,
    authority: &Authority,
    plan: &mut Plan,
) -> Result<()> {
    let known = store::trust::of_device(tx, &device.id).await?;
    for (store, sha1, der) in anchors(authority) {
        if known
            .iter()
            .any(|trust| trust.sha1 == sha1 && trust.state == Trusted::Absent)
        {
            plan.push(Purpose::AddTrusted { sha1 }, |id| {
                add_trusted(id, store, &sha1.octets(), der)
            });
        }
    }
    Ok(())
}

/// The device was asked whether it trusts a certificate.
pub async fn asked(tx: &mut Tx, device: &Device, sha1: Sha1, answer: &Answer, now: Timestamp) -> Result<()> {
    let state = match answer.status {
        Some(StatusCode::OK) => Trusted::Before,
        // 404, or it won't say: it is given one, and a 418 then tells that it had one.
        Some(_) => Trusted::Absent,
        None => return Ok(()),
    };
    if state == Trusted::Before {
        tell(tx, device, now, What::AlreadyTrusted { sha1 }).await?;
    }
    put(tx, device, sha1, state, now).await
}

/// The device was told to trust a certificate. 418: it has it, and nobody knows since when.
pub async fn added(tx: &mut Tx, device: &Device, sha1: Sha1, answer: &Answer, now: Timestamp) -> Result<()> {
    let state = match answer.status {
        Some(code) if code.is_success() => Trusted::Ours,
        Some(StatusCode::ALREADY_EXISTS) => Trusted::Unknown,
        // Given again with the next command.
        Some(_) | None => return Ok(()),
    };
    if state == Trusted::Ours {
        tell(tx, device, now, What::TrustAdded { sha1 }).await?;
    }
    put(tx, device, sha1, state, now).await
}

pub async fn put(tx: &mut Tx, device: &Device, sha1: Sha1, state: Trusted, now: Timestamp) -> Result<()> {
    let trust = Trust {
        device_id: device.id.clone(),
        sha1,
        state,
        since: now,
    };
    Ok(store::trust::put(tx, &trust).await?)
}

pub async fn tell(tx: &mut Tx, device: &Device, now: Timestamp, what: What) -> Result<()> {
    let event = Event {
        device_id: device.id.clone(),
        delivery_id: None,
        at: now,
        what,
    };
    Ok(store::events::append(tx, &event).await?)
}
