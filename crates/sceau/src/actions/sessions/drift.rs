//! What was proved once may be gone: a person, a script or a policy deletes certificates. So each is looked at again from
//! time to time, by the questions that proved it. Gone is told, and a new one follows with a node and a key of its own;
//! another one in its place is told and left to a person. A device that doesn't answer a question changes nothing.

use domain::{
    Timestamp,
    delivery::{self, Delivery, DeliveryState, Proof, Verdict},
    device::session::Session,
    diagnosis::Cause,
    event::What,
    thumbprint::Sha1,
};
use ms_mdm::{
    csp::{certificates::certificate_from_data, scep::Outcome},
    syncml::StatusCode,
};
use store::Tx;

use super::{
    absorb::{Answer, Report},
    order,
    outcome::{mismatch, number, verify},
    plan::{Plan, ask, is_out_of_reach},
    trust,
};
use crate::actions::{
    Result,
    delivery::{fail, tell},
};

/// Asks for what is due, among the deliveries that are proved and stay.
pub async fn plan_questions(
    tx: &mut Tx,
    kept: &[Delivery],
    days: u16,
    session: &Session,
    plan: &mut Plan,
    now: Timestamp,
) -> Result<()> {
    for delivery in kept.iter().filter(|kept| kept.check_due(days) <= now) {
        // A user who isn't there: it stays due.
        if !is_out_of_reach(tx, delivery, session).await? {
            ask(tx, delivery, plan).await?;
            trust::plan_checks(tx, delivery, plan).await?;
        }
    }
    Ok(())
}

/// The delivery, where it is proved and the latest, with its certificate.
pub async fn proved(tx: &mut Tx, id: &delivery::DeliveryId) -> Result<Option<(Delivery, Sha1, Proof)>> {
    let delivery = store::deliveries::by_id(tx, id).await?;
    Ok(delivery
        .filter(|delivery| delivery.is_current)
        .and_then(|delivery| match delivery.state {
            DeliveryState::Verified { sha1, by } => Some((delivery, sha1, by)),
            _ => None,
        }))
}

/// The device was asked for Status, ErrorCode and CertThumbprint of a certificate that it proved before. Gives the
/// thumbprint if it still says that one: the certificate itself is asked for then.
pub async fn reported(
    tx: &mut Tx,
    delivery: Delivery,
    sha1: Sha1,
    report: &Report,
    now: Timestamp,
) -> Result<Option<Sha1>> {
    let Some(node) = order::node(tx, &delivery).await? else {
        return Ok(None);
    };
    let outcome = Outcome::of(&node, report.status.items.iter().chain(&report.thumbprint.items));
    let Some(status) = outcome.status.map(number) else {
        match report.status.status {
            Some(StatusCode::NOT_FOUND) => gone(tx, delivery.without_node(now), sha1, now).await?,
            Some(_) => unclear(tx, delivery, now).await?,
            None => {}
        }
        return Ok(None);
    };
    let code = i32::from_ne_bytes(outcome.error_code.unwrap_or(0).to_ne_bytes());
    let said = delivery::Report {
        status: Some(status),
        code,
    };
    let (delivery, verdict) = delivery.reported(said, now)?;
    let shown = outcome.cert_thumbprint.map(Sha1::from_octets);
    match (verdict, shown) {
        (Verdict::AskThumbprint, Some(shown)) if shown == sha1 => Ok(Some(sha1)),
        (Verdict::AskThumbprint, Some(shown)) => {
            another(tx, delivery, sha1, shown, now).await?;
            Ok(None)
        }
        // Microsoft, ClientCertificateInstall CSP: empty when the certificate is invalid, expired or without its key.
        (Verdict::AskThumbprint, None) if is_empty(&report.thumbprint) => {
            gone(tx, delivery, sha1, now).await?;
            Ok(None)
        }
        (Verdict::Failed(_), _) => {
            tell(tx, &delivery, now, What::Reported { status, code }).await?;
            gone(tx, delivery, sha1, now).await?;
            Ok(None)
        }
        (Verdict::AskThumbprint | Verdict::AskAgain, _) => {
            unclear(tx, delivery, now).await?;
            Ok(None)
        }
    }
}

/// Whether the node says that it has no thumbprint: an empty value, or none.
fn is_empty(answer: &Answer) -> bool {
    let says_nothing = answer.text().is_none_or(|text| text.trim().is_empty());
    match answer.status {
        Some(StatusCode::NOT_FOUND) => true,
        Some(status) => status.is_success() && says_nothing,
        None => false,
    }
}

/// The device was asked for the certificate itself, after its node gave the thumbprint.
pub async fn shown(
    tx: &mut Tx,
    (delivery, sha1, by): (Delivery, Sha1, Proof),
    answer: &Answer,
    now: Timestamp,
) -> Result<()> {
    let Some(der) = answer.text().and_then(certificate_from_data) else {
        return match (by, answer.status) {
            (_, None) => Ok(()),
            // My/System is undocumented: a device that never showed it doesn't now.
            (Proof::Thumbprint, Some(_)) => still_there(tx, delivery, now).await,
            // It showed it once, and has it no more.
            (Proof::Certificate, Some(StatusCode::NOT_FOUND)) => gone(tx, delivery, sha1, now).await,
            (Proof::Certificate, Some(_)) => unclear(tx, delivery, now).await,
        };
    };
    let shown = Sha1::of(&der);
    if shown != sha1 {
        return another(tx, delivery, sha1, shown, now).await;
    }
    if by == Proof::Certificate {
        // The same octets were compared with the order.
        return still_there(tx, delivery, now).await;
    }
    let Some(ordered) = order::ordered(tx, &delivery).await? else {
        return Ok(());
    };
    match ordered.compare(&der) {
        Ok(shown) => verify(tx, delivery.still_there(now), sha1, Some((der, shown)), now).await,
        Err(cause) => fail(tx, delivery, cause, now).await,
    }
}

async fn still_there(tx: &mut Tx, delivery: Delivery, now: Timestamp) -> Result<()> {
    Ok(store::deliveries::update(tx, &delivery.still_there(now)).await?)
}

/// Neither yes nor no: nothing is concluded from it.
async fn unclear(tx: &mut Tx, delivery: Delivery, now: Timestamp) -> Result<()> {
    Ok(store::deliveries::update(tx, &delivery.check_unclear(now)).await?)
}

/// Another attempt follows, later each time that this happens.
async fn gone(tx: &mut Tx, delivery: Delivery, sha1: Sha1, now: Timestamp) -> Result<()> {
    store::certificates::set_removed(tx, &delivery.device_id, &sha1, now).await?;
    fail(tx, delivery, Cause::CertificateGone, now).await
}

/// The node has another certificate than the one that was proved. Nobody here ordered that: a person looks at it.
async fn another(tx: &mut Tx, delivery: Delivery, sha1: Sha1, shown: Sha1, now: Timestamp) -> Result<()> {
    let cause = mismatch("thumbprint", &sha1.to_string(), &shown.to_string());
    fail(tx, delivery, cause, now).await
}
