//! SCEP through Sceau: which request may pass at which address, and what came of it.
//!
//! The address holds a random token. GetCACaps and GetCACert may repeat; only PKIOperation binds: the first
//! transactionID claims the address, and the challenge's life limits that first one alone.

mod holder;
mod outcome;
mod own_ledger;
mod renewal;
mod rules;
mod unanswered;

use aws_lc_rs::digest::{SHA256, digest};
use domain::{
    Timestamp,
    delivery::Delivery,
    event::{Refusal, What},
    external_ca::Authority,
    transaction::{Transaction, TransactionRecordId, TransactionState, Trouble},
};
use scep::{MessageType, ReplySummary, RequestSummary};
use store::Tx;

pub use outcome::record_outcome;
pub use unanswered::{mark_unanswered, resolve_unknown};
pub(super) use unanswered::{mark_unknown, settle};

use crate::{
    actions::Result,
    app::Shared,
    secrets::{hex, token_sha256},
};
use holder::{Holder, holder};
use rules::{Asked, Place};

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
        /// Why Sceau's own authority refused.
        refusal: Option<Refusal>,
    },
    /// The request never reached the authority: nothing was issued.
    NotDelivered(Trouble),
    /// The authority turned the request away with something that is no CertRep.
    NotUnderstood(Trouble),
    /// It was handed over, and nothing came that tells the outcome: a certificate may exist.
    NoAnswer(Trouble),
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
    let asked = Asked::of(summary, hex(digest(&SHA256, body).as_ref()));
    let fresh: TransactionRecordId = app.fresh_id();
    app.store
        .write(move |tx| {
            let (hash, asked, fresh) = (hash.clone(), asked.clone(), fresh.clone());
            Box::pin(async move {
                let Some(holder) = holder(tx, &hash).await? else {
                    return Ok(None);
                };
                let Some(authority) = store::authorities::by_id(tx, holder.authority_id()).await? else {
                    return Ok(None);
                };
                admit(tx, &holder, authority, &asked, fresh, now).await.map(Some)
            })
        })
        .await
}

async fn admit(
    tx: &mut Tx,
    holder: &Holder,
    authority: Authority,
    asked: &Asked,
    fresh: TransactionRecordId,
    now: Timestamp,
) -> Result<Admission> {
    let known = store::transactions::by_owner(tx, &holder.owner()).await?;
    let record = match rules::place(holder, known, asked, &authority, now) {
        Err(reason) => return refuse(tx, holder, asked, reason, now).await,
        Ok(Place::Known(known)) => match again(*known, asked, now) {
            Ok(record) => {
                store::transactions::update(tx, &record).await?;
                record
            }
            Err(admission) => return Ok(admission),
        },
        Ok(Place::New { renews_sha256 }) => {
            let record = begun(holder, &authority, asked, fresh, renews_sha256, now);
            store::transactions::insert(tx, &record).await?;
            if let Holder::Delivery(delivery) = holder {
                // The challenge is being used: it is kept no longer.
                let used = Delivery {
                    secret: None,
                    ..(**delivery).clone()
                };
                store::deliveries::update(tx, &used).await?;
            }
            record
        }
    };
    let what = What::Forwarded {
        transaction_id: record.transaction_id.clone(),
        message_type: record.message_type,
    };
    holder.tell(tx, now, what).await?;
    Ok(Admission::Forward {
        record: Box::new(record),
        authority: Box::new(authority),
    })
}

async fn refuse(
    tx: &mut Tx,
    holder: &Holder,
    asked: &Asked,
    reason: &'static str,
    now: Timestamp,
) -> Result<Admission> {
    // By the id of the delivery or the order: the address's token stands in no log.
    let owner = holder.owner();
    tracing::info!(?owner, reason, "a SCEP request was refused");
    let what = What::RequestRefused {
        reason: reason.to_owned(),
        transaction_id: Some(asked.transaction_id.clone()),
        message_type: asked.number(),
    };
    holder.tell(tx, now, what).await?;
    Ok(Admission::Refuse(reason))
}

/// A known transaction's request once more, as its record is to stand while the authority has it.
fn again(known: Transaction, asked: &Asked, now: Timestamp) -> std::result::Result<Transaction, Admission> {
    if asked.message_type == MessageType::CertPoll {
        // A poll never makes an authority issue, so it may pass beside anything. A stored answer wouldn't do: it
        // bears another nonce.
        return Ok(Transaction {
            message_type: asked.number(),
            forwarded_at: now,
            ..known
        });
    }
    match known {
        // A transaction that was granted is not handed on again, in whatever wrapping it comes: the authority
        // could issue twice.
        Transaction {
            answer: Some(answer), ..
        } => Err(Admission::Repeat(answer)),
        Transaction {
            state: TransactionState::Forwarded,
            ..
        } => Err(Admission::Wait),
        known => Ok(Transaction {
            message_type: asked.number(),
            state: TransactionState::Forwarded,
            trouble: None,
            forwarded_at: now,
            answered_at: None,
            ..known
        }),
    }
}

fn begun(
    holder: &Holder,
    authority: &Authority,
    asked: &Asked,
    id: TransactionRecordId,
    renews_sha256: Option<String>,
    now: Timestamp,
) -> Transaction {
    Transaction {
        id,
        authority_id: authority.id.clone(),
        owner: holder.owner(),
        transaction_id: asked.transaction_id.clone(),
        message_type: asked.number(),
        request_sha256: asked.request_sha256.clone(),
        signer_sha256: Some(asked.signer_sha256.clone()),
        renews_sha256,
        state: TransactionState::Forwarded,
        trouble: None,
        answer: None,
        forwarded_at: now,
        answered_at: None,
    }
}
