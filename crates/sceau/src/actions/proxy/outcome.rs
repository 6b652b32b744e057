//! What came of a request that was handed on: stored before the device hears of it.

use domain::{
    Timestamp,
    challenge::Ending,
    event::What,
    transaction::{Owner, Transaction, TransactionState, Trouble, TroubleKind},
};
use scep::{FailInfo, MessageType, PkiStatus, ReplySummary};
use store::Tx;

use super::{Forwarded, holder::tell, unanswered::settle};
use crate::{
    actions::{Result, broker},
    app::Shared,
};

/// Stores what came of a request. After this the answer may go to the device.
pub async fn record_outcome(app: &Shared, record: &Transaction, outcome: &Forwarded) -> Result<()> {
    let now = app.now();
    let (record, outcome) = (record.clone(), outcome.clone());
    let owner = record.owner.clone();
    if let Some(trouble) = trouble_of(&outcome) {
        let kind = trouble.kind.name();
        tracing::warn!(
            ?owner,
            kind,
            detail = trouble.detail,
            "an authority gave no SCEP answer"
        );
    }
    app.store
        .write(move |tx| {
            let (record, outcome) = (record.clone(), outcome.clone());
            Box::pin(async move { store_outcome(tx, record, outcome, now).await })
        })
        .await?;
    app.bells.ring_slot();
    if let Owner::Delivery(delivery) = &owner {
        app.bells.ring_delivery(delivery);
    }
    Ok(())
}

async fn store_outcome(tx: &mut Tx, record: Transaction, outcome: Forwarded, now: Timestamp) -> Result<()> {
    let was_granted = store::transactions::by_id(tx, &record.id)
        .await?
        .is_some_and(|known| known.answer.is_some());
    // What a copy of the request was granted stays granted.
    if !was_granted {
        store::transactions::update(tx, &told(&record, &outcome, now)).await?;
    }
    if may_have_been_presented(&outcome) {
        broker::challenge_presented(tx, &record.owner, ending(&outcome), now).await?;
    }
    let Owner::Delivery(id) = &record.owner else {
        return Ok(());
    };
    let Some(delivery) = store::deliveries::by_id(tx, id).await? else {
        return Ok(());
    };
    tell(tx, &delivery, now, step(&record, &outcome, now)).await?;
    if !delivery.state.is_open() {
        settle(tx, id, now).await?;
    }
    Ok(())
}

/// Whether the authority may have looked at the challenge. Behind an HTTP error there was a front end, or a service that
/// failed: NDES refuses a request in a SCEP message. Then the challenge is as good as before, and is tried once more.
fn may_have_been_presented(outcome: &Forwarded) -> bool {
    match outcome {
        Forwarded::NotDelivered(_) => false,
        Forwarded::NotUnderstood(trouble) => trouble.kind != TroubleKind::Http,
        Forwarded::Answered { .. } | Forwarded::NoAnswer(_) => true,
    }
}

/// The record with what the outcome says of the transaction.
fn told(record: &Transaction, outcome: &Forwarded, now: Timestamp) -> Transaction {
    let mut record = record.clone();
    // A poll that the authority didn't answer says nothing of the transaction.
    let says_nothing = is_poll(&record) && !matches!(outcome, Forwarded::Answered { .. });
    let state = state_of(outcome);
    // One that was never answered stays unknown, unless it turns out to have been granted.
    let is_unknown = record.state == TransactionState::OutcomeUnknown;
    if state == TransactionState::Succeeded || !is_unknown && !says_nothing {
        record.state = state;
    }
    record.trouble = trouble_of(outcome).cloned();
    if let Forwarded::Answered { reply, body, .. } = outcome {
        record.answered_at = Some(now);
        record.answer = (reply.status == PkiStatus::Success).then(|| body.clone());
    }
    record
}

fn state_of(outcome: &Forwarded) -> TransactionState {
    match outcome {
        Forwarded::Answered { reply, .. } => match reply.status {
            PkiStatus::Success => TransactionState::Succeeded,
            PkiStatus::Pending => TransactionState::Pending,
            PkiStatus::Failure => TransactionState::Refused {
                fail_info: fail_info(reply),
                hresult: reply.microsoft_hresult,
                text: reply.fail_info_text.clone(),
            },
        },
        Forwarded::NotDelivered(trouble) | Forwarded::NotUnderstood(trouble) => {
            TransactionState::NotDelivered {
                detail: trouble.detail.clone(),
            }
        }
        Forwarded::NoAnswer(_) => TransactionState::OutcomeUnknown,
    }
}

/// The step on the device's timeline.
fn step(record: &Transaction, outcome: &Forwarded, now: Timestamp) -> What {
    let transaction_id = record.transaction_id.clone();
    let (status, reply, detail) = match outcome {
        Forwarded::Answered { reply, .. } => {
            (status(reply.status), Some(reply), reply.fail_info_text.clone())
        }
        Forwarded::NoAnswer(trouble) if !is_poll(record) => {
            return What::OutcomeUnknown {
                transaction_id,
                trouble: trouble.kind.name().to_owned(),
                detail: Some(trouble.detail.clone()),
            };
        }
        Forwarded::NotDelivered(trouble)
        | Forwarded::NotUnderstood(trouble)
        | Forwarded::NoAnswer(trouble) => (trouble.kind.name(), None, Some(trouble.detail.clone())),
    };
    What::Answered {
        transaction_id,
        message_type: record.message_type,
        status: status.to_owned(),
        fail_info: reply.and_then(fail_info),
        hresult: reply.and_then(|reply| reply.microsoft_hresult),
        detail,
        refusal: match outcome {
            Forwarded::Answered { refusal, .. } => refusal.clone(),
            _ => None,
        },
        milliseconds: now.since(record.forwarded_at),
    }
}

fn is_poll(record: &Transaction) -> bool {
    record.message_type == i64::from(MessageType::CertPoll as u8)
}

fn status(status: PkiStatus) -> &'static str {
    match status {
        PkiStatus::Success => "success",
        PkiStatus::Pending => "pending",
        PkiStatus::Failure => "failure",
    }
}

/// What the answer tells of the challenge. NDES says badRequest to a challenge that it doesn't know, with an HRESULT
/// that isn't of the CA.
fn ending(outcome: &Forwarded) -> Option<Ending> {
    let Forwarded::Answered { reply, .. } = outcome else {
        return None;
    };
    match reply.status {
        PkiStatus::Success | PkiStatus::Pending => Some(Ending::Accepted),
        PkiStatus::Failure => {
            let is_unknown = reply.fail_info == Some(FailInfo::BadRequest)
                && !reply.microsoft_hresult.is_some_and(is_certsrv);
            is_unknown.then_some(Ending::Refused)
        }
    }
}

/// Whether it is the CA's own word on a request, CERTSRV_E_…: its policy spoke, so the challenge was good.
fn is_certsrv(hresult: i32) -> bool {
    hresult.cast_unsigned() >> 12 == 0x8_0094
}

fn fail_info(reply: &ReplySummary) -> Option<i64> {
    let is_failure = reply.status == PkiStatus::Failure;
    reply
        .fail_info
        .filter(|_| is_failure)
        .map(|info| i64::from(info as u8))
}

fn trouble_of(outcome: &Forwarded) -> Option<&Trouble> {
    match outcome {
        Forwarded::Answered { .. } => None,
        Forwarded::NotDelivered(trouble)
        | Forwarded::NotUnderstood(trouble)
        | Forwarded::NoAnswer(trouble) => Some(trouble),
    }
}
