//! The authority's certificates come before the enrolment: asked for first, so that it is known whether they were
//! there already (then they are never removed), added when they were not. They are looked at again with the certificate
//! that needs them, and put back where they are gone. What Sceau put there and nothing needs any more is taken out: an
//! intermediate by itself, a root once a person confirmed it.

use std::collections::BTreeSet;

use domain::{
    Timestamp,
    delivery::{Delivery, DeliveryId, DeliveryState},
    device::{Device, session::Purpose},
    event::{Event, What},
    external_ca::Authority,
    thumbprint::Sha1,
};
use ms_mdm::{
    csp::certificates::{TrustStore, add_trusted, ask_trusted, delete_trusted},
    syncml::StatusCode,
};
use store::{
    Tx,
    trust::{Trust, Trusted},
};
use x509_parser::{certificate::X509Certificate, extensions::ParsedExtension};

use super::{absorb::Answer, order, plan::Plan};
use crate::actions::Result;

/// What was put back is looked at again after this time, in a session of its own: an acknowledged command is no trust.
const AGAIN_AFTER_SECONDS: i64 = 15 * 60;
/// But not if it was put there so shortly before: whatever takes it away again and again is not argued with in each
/// session.
const AGAIN_SECONDS: i64 = 86_400;

/// The certificates of an authority that a device must trust, and where each belongs; roots first.
pub fn anchors(authority: &Authority) -> Vec<(TrustStore, Sha1, &[u8])> {
    anchors_among(&authority.certificates)
}

fn anchors_among(certificates: &[Vec<u8>]) -> Vec<(TrustStore, Sha1, &[u8])> {
    let mut all: Vec<_> = certificates
        .iter()
        .filter_map(|der| {
            let (_, certificate) = x509_parser::parse_x509_certificate(der).ok()?;
            let is_authority = certificate
                .basic_constraints()
                .ok()
                .flatten()
                .is_some_and(|constraints| constraints.value.ca);
            let store = match is_root(&certificate) {
                true => TrustStore::Root,
                false => TrustStore::Ca,
            };
            is_authority.then(|| (store, Sha1::of(der), der.as_slice()))
        })
        .collect();
    all.sort_by_key(|(store, ..)| *store != TrustStore::Root);
    all
}

/// Whether its issuer is itself. One of an authority that changed its key bears its own name as issuer, too (RFC 5280, 3.2:
/// self-issued): its key identifiers differ. The signature isn't looked at: a root in an algorithm that isn't known here
/// is a root all the same.
fn is_root(certificate: &X509Certificate<'_>) -> bool {
    let (mut own, mut issuers) = (None, None);
    for extension in certificate.extensions() {
        match extension.parsed_extension() {
            ParsedExtension::SubjectKeyIdentifier(id) => own = Some(id.0),
            ParsedExtension::AuthorityKeyIdentifier(id) => {
                issuers = id.key_identifier.as_ref().map(|id| id.0);
            }
            _ => {}
        }
    }
    let is_other_key = own.zip(issuers).is_some_and(|(own, issuers)| own != issuers);
    certificate.subject() == certificate.issuer() && !is_other_key
}

/// The store that a certificate was put into; none where no authority has it any more.
pub async fn store_of(tx: &mut Tx, sha1: Sha1) -> Result<Option<TrustStore>> {
    for authority in store::authorities::list(tx).await? {
        let anchors = anchors(&authority);
        if let Some((store, ..)) = anchors.iter().find(|(_, known, _)| *known == sha1) {
            return Ok(Some(*store));
        }
    }
    Ok(None)
}

/// The certificates that a device needs: those of the authorities of what it holds, or is to get.
pub async fn needed(tx: &mut Tx, device: &Device) -> Result<BTreeSet<Sha1>> {
    let mut needed = BTreeSet::new();
    for delivery in store::deliveries::of_device(tx, &device.id).await? {
        let is_kept = delivery.is_current && matches!(delivery.state, DeliveryState::Verified { .. });
        if !(is_kept || delivery.is_on_device || delivery.state.is_open()) {
            continue;
        }
        if let Some((_, authority)) = order::context(tx, &delivery).await? {
            needed.extend(anchors(&authority).into_iter().map(|(_, sha1, _)| sha1));
        }
    }
    Ok(needed)
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

/// Asks again for what a proved delivery needs, each certificate once.
pub async fn plan_checks(tx: &mut Tx, delivery: &Delivery, plan: &mut Plan) -> Result<()> {
    let Some((_, authority)) = order::context(tx, delivery).await? else {
        return Ok(());
    };
    for (store, sha1, _) in anchors(&authority) {
        let is_asked = plan.commands.iter().any(|(_, purposes)| {
            let is_it = |purpose: &Purpose| match purpose {
                Purpose::CheckTrusted { sha1: asked, .. } | Purpose::AskTrusted { sha1: asked } => {
                    *asked == sha1
                }
                _ => false,
            };
            purposes.iter().any(|(_, purpose)| is_it(purpose))
        });
        if !is_asked {
            let delivery = delivery.id.clone();
            plan.push(Purpose::CheckTrusted { sha1, delivery }, |id| {
                ask_trusted(id, store, &sha1.octets())
            });
        }
    }
    Ok(())
}

/// Puts back what the device said that it has no more, and what needs it.
pub async fn plan_return(tx: &mut Tx, lost: &[(DeliveryId, Sha1)], plan: &mut Plan) -> Result<()> {
    for (delivery, lost) in lost {
        let Some(delivery) = store::deliveries::by_id(tx, delivery).await? else {
            continue;
        };
        let Some((_, authority)) = order::context(tx, &delivery).await? else {
            continue;
        };
        for (store, sha1, der) in anchors(&authority) {
            if sha1 == *lost {
                plan.push(Purpose::AddTrusted { sha1 }, |id| {
                    add_trusted(id, store, &sha1.octets(), der)
                });
            }
        }
    }
    Ok(())
}

/// Takes out what is to be taken back. What is needed again by now stays.
pub async fn plan_removals(tx: &mut Tx, device: &Device, plan: &mut Plan, now: Timestamp) -> Result<()> {
    let needed = needed(tx, device).await?;
    for trust in store::trust::of_device(tx, &device.id).await? {
        let sha1 = trust.sha1;
        if trust.unwanted_at.is_none() {
            continue;
        }
        if needed.contains(&sha1) || trust.state != Trusted::Ours {
            let kept = Trust {
                unwanted_at: None,
                ..trust
            };
            store::trust::put(tx, &kept).await?;
            tell(tx, device, now, What::TrustNeeded { sha1 }).await?;
            continue;
        }
        plan_deletion(tx, sha1, plan).await?;
    }
    Ok(())
}

/// Deletes a certificate from its store. Where no authority has it any more, either store may be it: asking the wrong one
/// is answered with 404.
pub async fn plan_deletion(tx: &mut Tx, sha1: Sha1, plan: &mut Plan) -> Result<()> {
    let stores = match store_of(tx, sha1).await? {
        Some(store) => vec![store],
        None => vec![TrustStore::Root, TrustStore::Ca],
    };
    for store in stores {
        plan.push(Purpose::DeleteTrusted { sha1 }, |id| {
            delete_trusted(id, store, &sha1.octets())
        });
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
        Some(code) => {
            let status = i64::from(code.0);
            return tell(tx, device, now, What::TrustRefused { sha1, status }).await;
        }
        None => return Ok(()),
    };
    if state == Trusted::Ours {
        tell(tx, device, now, What::TrustAdded { sha1 }).await?;
    }
    put(tx, device, sha1, state, now).await
}

/// The device was asked again whether it trusts a certificate. Gives whether it is to be put back. An answer that is
/// neither yes nor no changes nothing.
pub async fn checked(
    tx: &mut Tx,
    device: &Device,
    sha1: Sha1,
    delivery: &DeliveryId,
    answer: &Answer,
    now: Timestamp,
) -> Result<bool> {
    let known = store::trust::of_device(tx, &device.id).await?;
    let known = known.into_iter().find(|trust| trust.sha1 == sha1);
    let was_there = known.as_ref().filter(|trust| trust.state != Trusted::Absent);
    match (answer.status, was_there) {
        (Some(StatusCode::OK), Some(trust)) => {
            let still = Trust {
                checked_at: Some(now),
                ..trust.clone()
            };
            store::trust::put(tx, &still).await?;
            Ok(false)
        }
        // The authority has got another certificate since: the device has it already, and was never given it.
        (Some(StatusCode::OK), None) if known.is_none() => {
            asked(tx, device, sha1, answer, now).await?;
            Ok(false)
        }
        // Somebody else gave it to the device, or our own Add whose answer was lost: nobody knows.
        (Some(StatusCode::OK), None) => {
            put(tx, device, sha1, Trusted::Unknown, now).await?;
            Ok(false)
        }
        (Some(StatusCode::NOT_FOUND), Some(trust)) => {
            tell(tx, device, now, What::TrustGone { sha1 }).await?;
            put(tx, device, sha1, Trusted::Absent, now).await?;
            if trust.since.plus_seconds(AGAIN_SECONDS) <= now
                && let Some(delivery) = store::deliveries::by_id(tx, delivery).await?
            {
                let again = now.plus_seconds(AGAIN_AFTER_SECONDS);
                store::deliveries::update(tx, &delivery.to_be_checked(again)).await?;
            }
            Ok(true)
        }
        (Some(StatusCode::NOT_FOUND), None) => {
            put(tx, device, sha1, Trusted::Absent, now).await?;
            Ok(true)
        }
        _ => Ok(false),
    }
}

/// What a device that had something taken away doesn't need any more: intermediates go by themselves. Gives whether there
/// is one.
pub async fn release(tx: &mut Tx, device: &Device, now: Timestamp) -> Result<bool> {
    let needed = needed(tx, device).await?;
    let mut is_one = false;
    for trust in store::trust::of_device(tx, &device.id).await? {
        let sha1 = trust.sha1;
        let is_ours = trust.state == Trusted::Ours && trust.unwanted_at.is_none();
        if !is_ours || needed.contains(&sha1) || store_of(tx, sha1).await? != Some(TrustStore::Ca) {
            continue;
        }
        is_one = true;
        let unwanted = Trust {
            unwanted_at: Some(now),
            ..trust
        };
        store::trust::put(tx, &unwanted).await?;
        tell(tx, device, now, What::TrustReleased { sha1 }).await?;
    }
    Ok(is_one)
}

/// A device that stays was told to delete a certificate from a trust store.
pub async fn taken_out(
    tx: &mut Tx,
    device: &Device,
    sha1: Sha1,
    answer: &Answer,
    now: Timestamp,
) -> Result<()> {
    let known = store::trust::of_device(tx, &device.id).await?;
    let Some(trust) = known.into_iter().find(|trust| trust.sha1 == sha1) else {
        return Ok(());
    };
    let Some(refusal) = answer.refusal() else {
        return Ok(());
    };
    // A person may ask again.
    let kept = Trust {
        unwanted_at: None,
        ..trust
    };
    store::trust::put(tx, &kept).await?;
    let status = i64::from(refusal.0);
    tell(tx, device, now, What::TrustKept { sha1, status }).await
}

pub async fn put(tx: &mut Tx, device: &Device, sha1: Sha1, state: Trusted, now: Timestamp) -> Result<()> {
    let trust = Trust {
        device_id: device.id.clone(),
        sha1,
        state,
        since: now,
        checked_at: None,
        unwanted_at: None,
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

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use ca::{CertificateAuthority, IssuingKey, serial};

    use super::*;

    const NOW: i64 = 1_795_424_645;
    const LIFE: Duration = Duration::from_secs(86_400);

    #[test]
    fn a_root_comes_first_and_one_of_its_name_with_another_key_is_an_intermediate() {
        let key = || IssuingKey::generate(2048).unwrap();
        let serial = || serial::random().unwrap();
        let root = CertificateAuthority::create_root("Contoso", key(), NOW, LIFE, serial()).unwrap();
        let same_name = root
            .create_intermediate("Contoso", key(), NOW, LIFE, serial())
            .unwrap();
        let below = root
            .create_intermediate("Issuing", key(), NOW, LIFE, serial())
            .unwrap();
        let all = [&below, &same_name, &root].map(|one| one.certificate().to_vec());
        let found: Vec<_> = anchors_among(&all)
            .into_iter()
            .map(|(store, _, der)| (store, der))
            .collect();
        assert_eq!(
            found,
            [
                (TrustStore::Root, root.certificate()),
                (TrustStore::Ca, below.certificate()),
                (TrustStore::Ca, same_name.certificate()),
            ]
        );
    }
}
