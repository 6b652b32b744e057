//! SCEP through Sceau: which request may pass at which address, and what came of it.
//!
//! The address holds a random token. GetCACaps and GetCACert may repeat; only PKIOperation binds: the first
//! transactionID claims the address, and the challenge's life limits that first one alone.

use aws_lc_rs::digest::{SHA256, digest};
use domain::{
    Timestamp,
    challenge::Fate,
    delivery::{Delivery, DeliveryId, DeliveryState},
    event::{Event, What},
    external_ca::{Authority, AuthorityId, AuthorityKind},
    order::Order,
    transaction::{Owner, Transaction, TransactionState},
};
use scep::{MessageType, PkiStatus, ReplySummary, RequestSummary};
use store::Tx;

use crate::{
    actions::{Result, orders::ledger_id},
    app::Shared,
    secrets::{hex, token_sha256},
};

/// What becomes of a request at an address.
#[derive(Debug)]
pub enum Admission {
    /// Hand it to the authority.
    Forward {
        /// The transaction's record.
        record: Box<Transaction>,
        /// The authority.
        authority: Box<Authority>,
    },
    /// The same request is at the authority now: handing it over again could issue twice.
    Wait,
    /// It was answered before: the same answer again.
    Repeat(Vec<u8>),
    /// It may not pass; the word says why and stands on the timeline.
    Refuse(&'static str),
}

/// What came of a request that was handed on.
#[derive(Clone, Debug)]
pub enum Forwarded {
    /// The authority answered with a CertRep.
    Answered {
        /// What it says in clear.
        reply: ReplySummary,
        /// The answer as received.
        body: Vec<u8>,
    },
    /// The request never reached the authority: nothing was issued.
    NotDelivered(String),
    /// The authority turned the request away with something that is no CertRep.
    NotUnderstood(String),
    /// It was handed over, and nothing came that tells the outcome: a certificate may exist.
    NoAnswer(String),
}

/// The authority behind a token, for GetCACaps and GetCACert.
pub async fn authority_of_token(app: &Shared, token: &str) -> Result<Option<Authority>> {
    let hash = token_sha256(token);
    Ok(app
        .store
        .read(move |tx| {
            let hash = hash.clone();
            Box::pin(async move {
                match holder(tx, &hash).await? {
                    Some(holder) => store::authorities::by_id(tx, holder.authority_id()).await,
                    None => Ok(None),
                }
            })
        })
        .await?)
}

/// Decides whether a PKIOperation may pass, and stores that it is being handed on before it is.
pub async fn admit_request(
    app: &Shared,
    token: &str,
    summary: &RequestSummary,
    body: &[u8],
) -> Result<Option<Admission>> {
    let (now, hash) = (app.now(), token_sha256(token));
    let request_sha256 = hex(digest(&SHA256, body).as_ref());
    let (summary, fresh) = (summary.clone(), app.fresh_id());
    app.store
        .write(move |tx| {
            let (hash, request_sha256) = (hash.clone(), request_sha256.clone());
            let (summary, fresh) = (summary.clone(), fresh.clone());
            Box::pin(async move {
                let Some(holder) = holder(tx, &hash).await? else {
                    return Ok(None);
                };
                let Some(authority) = store::authorities::by_id(tx, holder.authority_id()).await? else {
                    return Ok(None);
                };
                let record = Transaction {
                    id: fresh,
                    authority_id: authority.id.clone(),
                    owner: holder.owner(),
                    transaction_id: summary.transaction_id.to_string(),
                    message_type: i64::from(summary.message_type as u8),
                    request_sha256,
                    state: TransactionState::Forwarded,
                    answer: None,
                    forwarded_at: now,
                    answered_at: None,
                };
                admit(tx, &holder, authority, record, summary.message_type, now)
                    .await
                    .map(Some)
            })
        })
        .await
}

async fn admit(
    tx: &mut Tx,
    holder: &Holder,
    authority: Authority,
    mut record: Transaction,
    message_type: MessageType,
    now: Timestamp,
) -> Result<Admission> {
    let known = store::transactions::by_owner(tx, &record.owner)
        .await?
        .into_iter()
        .next();
    let refusal = refusal(holder, known.as_ref(), &record, message_type, &authority, now);
    if let Some(reason) = refusal {
        holder
            .tell(
                tx,
                now,
                What::RequestRefused {
                    reason: reason.to_owned(),
                },
            )
            .await?;
        return Ok(Admission::Refuse(reason));
    }
    match known {
        // A transaction that was granted is not handed on again, in whatever wrapping it comes: the authority
        // could issue twice.
        Some(Transaction {
            answer: Some(answer), ..
        }) => return Ok(Admission::Repeat(answer)),
        Some(known) if is_at_the_authority(&known, message_type) => return Ok(Admission::Wait),
        Some(known) => {
            record = Transaction {
                message_type: record.message_type,
                state: match message_type {
                    MessageType::CertPoll => known.state.clone(),
                    _ => TransactionState::Forwarded,
                },
                forwarded_at: now,
                answered_at: None,
                ..known
            };
            store::transactions::update(tx, &record).await?;
        }
        None => {
            store::transactions::insert(tx, &record).await?;
            if let Holder::Delivery(delivery) = holder {
                // The challenge is being used: it is kept no longer.
                let used = Delivery {
                    secret: None,
                    ..delivery.clone()
                };
                store::deliveries::update(tx, &used).await?;
            }
        }
    }
    holder
        .tell(
            tx,
            now,
            What::Forwarded {
                transaction_id: record.transaction_id.clone(),
            },
        )
        .await?;
    Ok(Admission::Forward {
        record: Box::new(record),
        authority: Box::new(authority),
    })
}

/// Whether a copy of this request is at the authority now. A poll may pass beside it.
fn is_at_the_authority(known: &Transaction, message_type: MessageType) -> bool {
    known.state == TransactionState::Forwarded && message_type == MessageType::PkcsReq
}

/// Why the request may not pass, if it may not.
fn refusal(
    holder: &Holder,
    known: Option<&Transaction>,
    record: &Transaction,
    message_type: MessageType,
    authority: &Authority,
    now: Timestamp,
) -> Option<&'static str> {
    // A newer attempt has taken its place: what it would still get, no device is meant to hold.
    if matches!(holder, Holder::Delivery(delivery) if !delivery.is_current) {
        return Some("not-awaited");
    }
    let is_poll = message_type == MessageType::CertPoll;
    if !is_poll && message_type != MessageType::PkcsReq {
        return Some("message-type");
    }
    match (holder, known) {
        (_, Some(known)) if known.transaction_id != record.transaction_id => Some("other-transaction"),
        // Nobody knows whether the authority issued: a second copy could make it issue twice.
        // Sceau's own authority never does: it answers a repeated transaction from its ledger.
        (_, Some(known))
            if !is_poll
                && known.state == TransactionState::OutcomeUnknown
                && authority.kind != AuthorityKind::BuiltIn =>
        {
            Some("outcome-unknown")
        }
        (_, Some(_)) => None,
        (_, None) if is_poll => Some("unknown-transaction"),
        (Holder::Order(order), None) => (now >= order.expires_at).then_some("challenge-expired"),
        (Holder::Delivery(delivery), None) => {
            let is_awaited = matches!(delivery.state, DeliveryState::Sent | DeliveryState::Enrolling);
            let lifetime = i64::from(authority.limits.lifetime_seconds);
            let is_alive = delivery
                .challenge_taken_at
                .is_some_and(|taken| now < taken.plus_seconds(lifetime));
            match (is_awaited, is_alive) {
                (false, _) => Some("not-awaited"),
                (true, false) => Some("challenge-expired"),
                (true, true) => None,
            }
        }
    }
}

/// Stores what came of a request. After this the answer may go to the device.
pub async fn record_outcome(app: &Shared, record: &Transaction, outcome: &Forwarded) -> Result<()> {
    let now = app.now();
    let (record, outcome) = (record.clone(), outcome.clone());
    let owner = record.owner.clone();
    app.store
        .write(move |tx| {
            let (record, outcome) = (record.clone(), outcome.clone());
            Box::pin(async move { store_outcome(tx, record, outcome, now).await })
        })
        .await?;
    app.bells.slot.notify_one();
    if let Owner::Delivery(delivery) = &owner {
        app.bells.ring_delivery(delivery);
    }
    Ok(())
}

async fn store_outcome(
    tx: &mut Tx,
    mut record: Transaction,
    outcome: Forwarded,
    now: Timestamp,
) -> Result<()> {
    let milliseconds = now.since(record.forwarded_at);
    let (status, fail_info) = match &outcome {
        Forwarded::Answered { reply, .. } => match reply.status {
            PkiStatus::Success => ("success".to_owned(), None),
            PkiStatus::Pending => ("pending".to_owned(), None),
            PkiStatus::Failure => (
                "failure".to_owned(),
                reply.fail_info.map(|info| i64::from(info as u8)),
            ),
        },
        Forwarded::NotDelivered(detail) | Forwarded::NotUnderstood(detail) | Forwarded::NoAnswer(detail) => {
            (detail.clone(), None)
        }
    };
    let is_used = !matches!(outcome, Forwarded::NotDelivered(_));
    let told = match &outcome {
        Forwarded::Answered { reply, .. } => state_of(reply),
        Forwarded::NotDelivered(detail) | Forwarded::NotUnderstood(detail) => {
            TransactionState::NotDelivered {
                detail: detail.clone(),
            }
        }
        Forwarded::NoAnswer(_) => TransactionState::OutcomeUnknown,
    };
    let was_granted = store::transactions::by_id(tx, &record.id)
        .await?
        .is_some_and(|known| known.answer.is_some());
    // What a copy of the request was granted stays granted; one that was never answered stays unknown.
    if !was_granted {
        let is_granted = told == TransactionState::Succeeded;
        // A poll that the authority didn't answer says nothing of the transaction.
        let is_unanswered_poll = record.message_type == i64::from(MessageType::CertPoll as u8)
            && !matches!(outcome, Forwarded::Answered { .. });
        let is_unknown = record.state == TransactionState::OutcomeUnknown;
        if is_granted || !is_unknown && !is_unanswered_poll {
            record.state = told.clone();
        }
        if let Forwarded::Answered { body, .. } = outcome {
            record.answered_at = Some(now);
            record.answer = is_granted.then_some(body);
        }
        store::transactions::update(tx, &record).await?;
    }
    if is_used {
        spend_challenge(tx, &record.owner, now).await?;
    }
    let Owner::Delivery(delivery) = &record.owner else {
        return Ok(());
    };
    let transaction_id = record.transaction_id.clone();
    let what = match told {
        TransactionState::OutcomeUnknown => What::OutcomeUnknown { transaction_id },
        _ => What::Answered {
            transaction_id,
            status,
            fail_info,
            milliseconds,
        },
    };
    tell_delivery(tx, delivery, now, what).await?;
    let is_over = store::deliveries::by_id(tx, delivery)
        .await?
        .is_some_and(|delivery| !delivery.state.is_open());
    if is_over {
        settle(tx, delivery, now).await?;
    }
    Ok(())
}

fn state_of(reply: &ReplySummary) -> TransactionState {
    match reply.status {
        PkiStatus::Success => TransactionState::Succeeded,
        PkiStatus::Pending => TransactionState::Pending,
        PkiStatus::Failure => TransactionState::Refused {
            fail_info: reply.fail_info.map(|info| i64::from(info as u8)),
            hresult: reply.microsoft_hresult,
            text: reply.fail_info_text.clone(),
        },
    }
}

/// Transactions handed over before `before` and never answered stand as *outcome unknown*. Gives how many.
pub async fn mark_unanswered(app: &Shared, before: Timestamp) -> Result<usize> {
    let now = app.now();
    app.store
        .write(move |tx| {
            Box::pin(async move {
                let unanswered = store::transactions::unanswered(tx, before).await?;
                let count = unanswered.len();
                for record in unanswered {
                    mark_unknown(tx, record, now).await?;
                }
                Ok(count)
            })
        })
        .await
}

/// The challenge of a request that reached the authority is spent, and its slot free. One that was only claimed (the
/// server died while it was fetched) stays counted: nobody presented it.
pub(super) async fn spend_challenge(tx: &mut Tx, owner: &Owner, now: Timestamp) -> Result<()> {
    let challenge = match owner {
        Owner::Delivery(delivery) => store::challenges::by_delivery(tx, delivery).await?,
        Owner::Order(order) => store::challenges::by_id(tx, &ledger_id(order)?).await?,
    };
    if let Some(challenge) = challenge.filter(|challenge| challenge.fate == Fate::Taken) {
        store::challenges::end(tx, &challenge.id, Fate::Used, now).await?;
    }
    Ok(())
}

/// One transaction stands as *outcome unknown*.
pub(super) async fn mark_unknown(tx: &mut Tx, record: Transaction, now: Timestamp) -> Result<()> {
    let record = Transaction {
        state: TransactionState::OutcomeUnknown,
        ..record
    };
    store::transactions::update(tx, &record).await?;
    spend_challenge(tx, &record.owner, now).await?;
    let Owner::Delivery(delivery) = &record.owner else {
        return Ok(());
    };
    tell_delivery(
        tx,
        delivery,
        now,
        What::OutcomeUnknown {
            transaction_id: record.transaction_id.clone(),
        },
    )
    .await
}

/// A delivery is over: what its request left at the authority is told, if no device proved to hold it.
pub(super) async fn settle(tx: &mut Tx, delivery: &DeliveryId, now: Timestamp) -> Result<()> {
    let owner = Owner::Delivery(delivery.clone());
    let Some(record) = store::transactions::by_owner(tx, &owner)
        .await?
        .into_iter()
        .next()
    else {
        return Ok(());
    };
    match record.state {
        TransactionState::Forwarded => mark_unknown(tx, record, now).await,
        TransactionState::Succeeded if !store::certificates::is_proved(tx, delivery).await? => {
            let record = Transaction {
                state: TransactionState::NotInstalled,
                ..record
            };
            store::transactions::update(tx, &record).await?;
            let transaction_id = record.transaction_id;
            tell_delivery(tx, delivery, now, What::NotInstalled { transaction_id }).await
        }
        _ => Ok(()),
    }
}

async fn tell_delivery(tx: &mut Tx, delivery: &DeliveryId, now: Timestamp, what: What) -> Result<()> {
    if let Some(delivery) = store::deliveries::by_id(tx, delivery).await? {
        Holder::Delivery(delivery).tell(tx, now, what).await?;
    }
    Ok(())
}

/// Whose address it is.
enum Holder {
    Delivery(Delivery),
    Order(Order),
}

impl Holder {
    fn authority_id(&self) -> &AuthorityId {
        match self {
            Self::Delivery(delivery) => &delivery.authority_id,
            Self::Order(order) => &order.authority_id,
        }
    }

    fn owner(&self) -> Owner {
        match self {
            Self::Delivery(delivery) => Owner::Delivery(delivery.id.clone()),
            Self::Order(order) => Owner::Order(order.id.clone()),
        }
    }

    /// An order has no device, so no timeline: its transaction's record tells.
    async fn tell(&self, tx: &mut Tx, now: Timestamp, what: What) -> std::result::Result<(), store::Error> {
        let Self::Delivery(delivery) = self else {
            return Ok(());
        };
        let event = Event {
            device_id: delivery.device_id.clone(),
            delivery_id: Some(delivery.id.clone()),
            at: now,
            what,
        };
        store::events::append(tx, &event).await
    }
}

async fn holder(tx: &mut Tx, hash: &str) -> std::result::Result<Option<Holder>, store::Error> {
    if let Some(delivery) = store::deliveries::by_token_sha256(tx, hash).await? {
        return Ok(Some(Holder::Delivery(delivery)));
    }
    Ok(store::orders::by_token_sha256(tx, hash).await?.map(Holder::Order))
}
