//! What the device says of an enrolment becomes the delivery's state. An acknowledged command is no certificate.

use domain::{
    Timestamp,
    certificate::{Certificate, Shown},
    challenge::{Ending, Fate},
    delivery::{self, Delivery, DeliveryId, DeliveryState, Proof, Verdict},
    diagnosis::{Cause, ChallengeFacts, Evidence, diagnose, was_presented},
    event::What,
    scep_configuration::Route,
    thumbprint::Sha1,
    transaction::{Owner, TransactionState},
};
use ms_mdm::{
    csp::{
        certificates::certificate_from_data,
        scep::{InstallStatus, Outcome},
    },
    syncml::StatusCode,
};
use store::Tx;

use super::{
    absorb::{Answer, InstallAnswer, Report},
    drift, order,
};
use crate::actions::{
    Result, broker,
    delivery::{fail, tell},
    proxy,
};

/// The device answered the Atomic.
pub async fn installed(tx: &mut Tx, id: &DeliveryId, answer: InstallAnswer, now: Timestamp) -> Result<()> {
    let Some(delivery) = awaited(tx, id).await? else {
        return Ok(());
    };
    let Some(atomic) = answer.atomic else {
        return Ok(());
    };
    // 216 and 215 stand on the siblings of the one that failed.
    let innocent = [StatusCode::ROLLED_BACK, StatusCode::NOT_EXECUTED];
    let culprit = answer
        .parts
        .iter()
        .find(|(_, code)| !code.is_success() && !innocent.contains(code));
    let is_there_already = answer
        .parts
        .iter()
        .any(|(node, code)| *code == StatusCode::ALREADY_EXISTS && node.is_empty());
    if atomic.is_success() || is_there_already {
        // 418 on the node itself: our own earlier Atomic was carried out and its answer lost. The node's name
        // is this delivery's alone.
        tell(
            tx,
            &delivery,
            now,
            What::Accepted {
                status: i64::from(atomic.0),
            },
        )
        .await?;
        return Ok(store::deliveries::update(tx, &delivery.accepted(now)?).await?);
    }
    let (node, code) = culprit.cloned().unwrap_or_else(|| (String::new(), atomic));
    let cause = Cause::CommandRefused {
        status: i64::from(code.0),
        node,
    };
    fail(tx, delivery.without_node(now), cause, now).await
}

/// The device was asked for Status and ErrorCode, and for the thumbprint. Gives the thumbprint of a certificate that
/// it says it holds.
pub async fn reported(tx: &mut Tx, id: &DeliveryId, report: &Report, now: Timestamp) -> Result<Option<Sha1>> {
    if let Some((delivery, sha1, _)) = drift::proved(tx, id).await? {
        return drift::reported(tx, delivery, sha1, report, now).await;
    }
    let Some(delivery) = awaited(tx, id).await? else {
        return Ok(None);
    };
    let Some(node) = order::node(tx, &delivery).await? else {
        return Ok(None);
    };
    let outcome = Outcome::of(&node, report.status.items.iter().chain(&report.thumbprint.items));
    let Some(status) = outcome.status.map(number) else {
        if report.status.status == Some(StatusCode::NOT_FOUND) {
            missing(tx, delivery, now).await?;
        }
        return Ok(None);
    };
    let code = i32::from_ne_bytes(outcome.error_code.unwrap_or(0).to_ne_bytes());
    let before = delivery.state.clone();
    let told = delivery.clone();
    let (delivery, verdict) = delivery.reported(
        delivery::Report {
            status: Some(status),
            code,
        },
        now,
    )?;
    if verdict != Verdict::AskAgain || delivery.state != before {
        tell(tx, &told, now, What::Reported { status, code }).await?;
    }
    store::deliveries::update(tx, &delivery).await?;
    if was_presented(status, code) {
        // On the direct route nothing else tells before the certificate is there.
        broker::challenge_ended(tx, &Owner::Delivery(delivery.id.clone()), Fate::Used, now).await?;
    }
    match verdict {
        Verdict::AskThumbprint if outcome.cert_thumbprint.is_some() => {
            return Ok(outcome.cert_thumbprint.map(Sha1::from_octets));
        }
        // Microsoft, ClientCertificateInstall CSP: empty when the certificate is invalid, expired or without its key.
        Verdict::AskThumbprint => give_up_waiting(tx, delivery, Cause::CertificateGone, now).await?,
        Verdict::Failed(_) => {
            let cause = Box::pin(failure_cause(tx, &told, Some(code), now)).await?;
            if matches!(cause, Cause::AuthorityRefused { .. }) {
                // On the direct route nobody else says so. Where the proxy did, this is no news.
                let owner = Owner::Delivery(delivery.id.clone());
                broker::challenge_presented(tx, &owner, Some(Ending::Refused), now).await?;
            }
            fail(tx, delivery, cause, now).await?;
        }
        Verdict::AskAgain => give_up_waiting(tx, delivery, Cause::NoAnswer, now).await?,
    }
    Ok(None)
}

/// Status as the CSP numbers it.
pub fn number(status: InstallStatus) -> i64 {
    match status {
        InstallStatus::Installed => 1,
        InstallStatus::Pending => 2,
        InstallStatus::Failed => 16,
        InstallStatus::Running => 32,
        InstallStatus::Other(other) => other,
    }
}

/// A device that says the same when its challenge is long dead will not succeed any more.
async fn give_up_waiting(tx: &mut Tx, delivery: Delivery, cause: Cause, now: Timestamp) -> Result<()> {
    let authority = store::authorities::by_id(tx, &delivery.authority_id).await?;
    let lifetime = authority.map_or(0, |authority| i64::from(authority.limits.lifetime_seconds));
    let is_over = delivery
        .challenge_taken_at
        .is_some_and(|taken| now >= taken.plus_seconds(lifetime));
    if delivery.state != DeliveryState::Enrolling || !is_over {
        return Ok(());
    }
    let known = Box::pin(failure_cause(tx, &delivery, None, now)).await?;
    // A device that says it is done and shows no certificate has lost it, whatever became of the request.
    let cause = match (&known, cause) {
        (Cause::NoAnswer, told) => told,
        _ => known,
    };
    fail(tx, delivery, cause, now).await
}

/// The node isn't on the device.
async fn missing(tx: &mut Tx, delivery: Delivery, now: Timestamp) -> Result<()> {
    match delivery.state {
        // The Atomic never arrived: `plan` sends it again while the challenge lives.
        DeliveryState::Sent => Ok(store::deliveries::update(tx, &delivery.without_node(now)).await?),
        // It was carried out and is gone: the device was set back, or someone deleted it.
        _ => fail(tx, delivery.without_node(now), Cause::CertificateGone, now).await,
    }
}

/// Why it failed, from all that is known.
async fn failure_cause(tx: &mut Tx, delivery: &Delivery, code: Option<i32>, now: Timestamp) -> Result<Cause> {
    let owner = Owner::Delivery(delivery.id.clone());
    let record = store::transactions::by_owner(tx, &owner)
        .await?
        .into_iter()
        .next();
    let record = match record {
        // Handed over, never answered, and the device has given up.
        Some(record) if record.state == TransactionState::Forwarded => {
            Some(proxy::mark_unknown(tx, record, now).await?)
        }
        record => record,
    };
    let authority = store::authorities::by_id(tx, &delivery.authority_id).await?;
    let configuration = store::configurations::by_id(tx, &delivery.configuration_id).await?;
    let is_forgotten = broker::was_forgotten(tx, delivery).await?;
    let lifetime = authority
        .as_ref()
        .map_or(0, |authority| authority.limits.lifetime_seconds);
    // What was seen there last counts, also before a person has taken it over.
    let seen = store::pending_chains::of(tx, &delivery.authority_id).await?;
    let settings = configuration
        .as_ref()
        .map(|configuration| &configuration.settings);
    let is_pending = delivery.state == DeliveryState::PendingAtCa
        || record
            .as_ref()
            .is_some_and(|record| record.state == TransactionState::Pending);
    let evidence = Evidence {
        code,
        route: settings.map_or(Route::Proxy, |settings| settings.route),
        record: record.as_ref(),
        challenge: delivery.challenge_taken_at.map(|taken_at| ChallengeFacts {
            taken_at,
            lifetime_seconds: lifetime,
            is_forgotten,
        }),
        // What another version ordered is not known any more.
        ordered: configuration
            .as_ref()
            .filter(|configuration| configuration.version == delivery.configuration_version)
            .map(|configuration| configuration.settings.ca_sha1),
        issuer: seen
            .map(|seen| seen.issuer_sha1)
            .or_else(|| authority.as_ref().map(|authority| authority.issuer_sha1)),
        trouble: authority
            .as_ref()
            .and_then(|authority| authority.health.cause.as_ref()),
        pending_polls: settings
            .filter(|_| is_pending)
            .map(|settings| settings.retries.into()),
        now,
    };
    Ok(diagnose(&evidence).cause)
}

/// The device was asked for the certificate itself; a 404 is normal, My/System is undocumented.
pub async fn certificate_shown(
    tx: &mut Tx,
    id: &DeliveryId,
    sha1: Sha1,
    answer: &Answer,
    now: Timestamp,
) -> Result<()> {
    if let Some(proved) = drift::proved(tx, id)
        .await?
        .filter(|(_, known, _)| *known == sha1)
    {
        return drift::shown(tx, proved, answer, now).await;
    }
    let Some(delivery) = awaited(tx, id).await? else {
        return Ok(());
    };
    let Some(der) = answer.text().and_then(certificate_from_data) else {
        return verify(tx, delivery, sha1, None, now).await;
    };
    if Sha1::of(&der) != sha1 {
        let cause = mismatch("thumbprint", &sha1.to_string(), &Sha1::of(&der).to_string());
        return fail(tx, delivery, cause, now).await;
    }
    let Some(ordered) = order::ordered(tx, &delivery).await? else {
        return Ok(());
    };
    match ordered.compare(&der) {
        Ok(shown) => verify(tx, delivery, sha1, Some((der, shown)), now).await,
        Err(cause) => fail(tx, delivery, cause, now).await,
    }
}

/// The certificate is proved, by itself or by its thumbprint.
pub async fn verify(
    tx: &mut Tx,
    delivery: Delivery,
    sha1: Sha1,
    shown: Option<(Vec<u8>, Shown)>,
    now: Timestamp,
) -> Result<()> {
    let by = if shown.is_some() {
        Proof::Certificate
    } else {
        Proof::Thumbprint
    };
    let (der, shown) = shown.unzip();
    let certificate = Certificate {
        sha1,
        device_id: delivery.device_id.clone(),
        delivery_id: delivery.id.clone(),
        verified_by: by,
        subject: shown
            .as_ref()
            .map_or_else(|| delivery.subject.clone(), |shown| shown.subject.clone()),
        issuer: shown.as_ref().map(|shown| shown.issuer.clone()),
        serial: shown.as_ref().map(|shown| shown.serial.clone()),
        not_before: shown.as_ref().map(|shown| shown.not_before),
        not_after: shown.as_ref().map(|shown| shown.not_after),
        der,
        verified_at: now,
        removed_at: None,
    };
    store::certificates::put(tx, &certificate).await?;
    // Known late when the device reaches the authority without the proxy.
    broker::challenge_ended(tx, &Owner::Delivery(delivery.id.clone()), Fate::Used, now).await?;
    tell(
        tx,
        &delivery,
        now,
        What::Verified {
            sha1,
            by_certificate: by == Proof::Certificate,
        },
    )
    .await?;
    Ok(store::deliveries::update(tx, &delivery.verified(sha1, by, now)?).await?)
}

/// The node of a delivery that is done with was deleted; 404 means that it was gone.
pub async fn node_deleted(tx: &mut Tx, id: &DeliveryId, now: Timestamp) -> Result<()> {
    let Some(delivery) = store::deliveries::by_id(tx, id).await? else {
        return Ok(());
    };
    if !delivery.is_on_device {
        return Ok(());
    }
    tell(tx, &delivery, now, What::NodeDeleted).await?;
    for certificate in store::certificates::of_device(tx, &delivery.device_id).await? {
        if certificate.delivery_id == delivery.id {
            store::certificates::set_removed(tx, &delivery.device_id, &certificate.sha1, now).await?;
        }
    }
    let delivery = match delivery.is_current {
        // Its configuration was withdrawn, or the device leaves.
        true => delivery.removed(now)?,
        false => delivery.without_node(now),
    };
    store::deliveries::update(tx, &delivery).await?;
    if delivery.state == DeliveryState::Removed {
        proxy::settle(tx, id, now).await?;
    }
    Ok(())
}

/// The delivery, while its outcome is still open: a late answer changes nothing.
async fn awaited(tx: &mut Tx, id: &DeliveryId) -> Result<Option<Delivery>> {
    let delivery = store::deliveries::by_id(tx, id).await?;
    Ok(delivery.filter(|delivery| {
        matches!(
            delivery.state,
            DeliveryState::Sent | DeliveryState::Enrolling | DeliveryState::PendingAtCa
        )
    }))
}

pub fn mismatch(field: &str, ordered: &str, shown: &str) -> Cause {
    Cause::CertificateMismatch {
        field: field.to_owned(),
        ordered: ordered.to_owned(),
        shown: shown.to_owned(),
    }
}
