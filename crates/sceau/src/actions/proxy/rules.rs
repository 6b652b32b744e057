//! Which request may pass at an address. Nothing here is written or sent.

use aws_lc_rs::digest::{SHA256, digest};
use domain::{
    Timestamp,
    delivery::DeliveryState,
    external_ca::{Authority, AuthorityKind},
    transaction::{Transaction, TransactionState},
};
use scep::{MessageType, RequestSummary};
use x509_parser::parse_x509_certificate;

use super::{holder::Holder, renewal};
use crate::secrets::hex;

/// What a request says in clear; its signature was verified.
#[derive(Clone)]
pub(super) struct Asked {
    pub(super) transaction_id: String,
    pub(super) message_type: MessageType,
    pub(super) signer_certificate: Vec<u8>,
    /// SHA-256 (hex) of the key that signed.
    pub(super) signer_sha256: String,
    /// SHA-256 (hex) of the whole message.
    pub(super) request_sha256: String,
}

impl Asked {
    pub(super) fn of(summary: &RequestSummary, request_sha256: String) -> Self {
        let certificate = &summary.signer_certificate;
        // A client may sign with another certificate on the same key when it tries again. Where the odd one can't
        // be read, the certificate as a whole stands for its key.
        let key = match parse_x509_certificate(certificate) {
            Ok((_, parsed)) => digest(&SHA256, parsed.public_key().raw),
            Err(_) => digest(&SHA256, certificate),
        };
        Self {
            transaction_id: summary.transaction_id.to_string(),
            message_type: summary.message_type,
            signer_certificate: certificate.clone(),
            signer_sha256: hex(key.as_ref()),
            request_sha256,
        }
    }

    pub(super) fn number(&self) -> i64 {
        i64::from(self.message_type as u8)
    }

    /// Whether the key that began the transaction signed this too. Earlier versions kept no key.
    fn has_key_of(&self, known: &Transaction) -> bool {
        known
            .signer_sha256
            .as_ref()
            .is_none_or(|key| *key == self.signer_sha256)
    }
}

/// Where a request that may pass belongs.
pub(super) enum Place {
    /// It begins a transaction.
    New { renews_sha256: Option<String> },
    /// It belongs to this one.
    Known(Box<Transaction>),
}

/// Finds the request's place among the address's transactions (oldest first), or the word for why it may not pass.
pub(super) fn place(
    holder: &Holder,
    known: Vec<Transaction>,
    asked: &Asked,
    authority: &Authority,
    now: Timestamp,
) -> Result<Place, &'static str> {
    // A newer attempt has taken its place: what it would still get, no device is meant to hold.
    if matches!(holder, Holder::Delivery(delivery) if !delivery.is_current) {
        return Err("not-awaited");
    }
    match (asked.message_type, holder) {
        (MessageType::CertPoll, _) => poll(known, asked),
        (MessageType::PkcsReq, Holder::Delivery(_)) => first(holder, known, asked, authority, now),
        (MessageType::PkcsReq | MessageType::RenewalReq, Holder::Order(order)) => {
            match renewal::proof(order, &known, asked, authority, now) {
                Ok(certificate) => renewal::place(known, asked, certificate, authority, now),
                Err(reason) if asked.message_type == MessageType::RenewalReq => Err(reason),
                Err(_) => first(holder, known, asked, authority, now),
            }
        }
        _ => Err("message-type"),
    }
}

/// A poll follows a request of the same transaction and key (RFC 8894 §3.3.3), however long ago that was.
fn poll(known: Vec<Transaction>, asked: &Asked) -> Result<Place, &'static str> {
    if known.is_empty() {
        return Err("unknown-transaction");
    }
    let mut named = known
        .into_iter()
        .rev()
        .filter(|known| known.transaction_id == asked.transaction_id)
        .peekable();
    if named.peek().is_none() {
        return Err("other-transaction");
    }
    match named.find(|known| asked.has_key_of(known)) {
        Some(known) => Ok(Place::Known(Box::new(known))),
        None => Err("other-key"),
    }
}

/// The address's first transaction: it claims the address, and the challenge's life limits its beginning alone.
fn first(
    holder: &Holder,
    known: Vec<Transaction>,
    asked: &Asked,
    authority: &Authority,
    now: Timestamp,
) -> Result<Place, &'static str> {
    match known.into_iter().find(|known| known.renews_sha256.is_none()) {
        Some(known) if known.transaction_id != asked.transaction_id => Err("other-transaction"),
        Some(known) if !asked.has_key_of(&known) => Err("other-key"),
        Some(known) => unless_unknown(known, authority),
        None => match why_closed(holder, authority, now) {
            Some(reason) => Err(reason),
            None => Ok(Place::New { renews_sha256: None }),
        },
    }
}

/// Nobody knows whether the authority issued: a second copy could make it issue twice. Sceau's own never does: it
/// answers a repeated transaction from its ledger.
pub(super) fn unless_unknown(known: Transaction, authority: &Authority) -> Result<Place, &'static str> {
    match known.state {
        TransactionState::OutcomeUnknown if authority.kind != AuthorityKind::BuiltIn => {
            Err("outcome-unknown")
        }
        _ => Ok(Place::Known(Box::new(known))),
    }
}

/// Why no transaction may begin any more.
fn why_closed(holder: &Holder, authority: &Authority, now: Timestamp) -> Option<&'static str> {
    let is_alive = match holder {
        Holder::Order(order) => now < order.expires_at,
        Holder::Delivery(delivery) => {
            if !matches!(delivery.state, DeliveryState::Sent | DeliveryState::Enrolling) {
                return Some("not-awaited");
            }
            let lifetime = i64::from(authority.limits.lifetime_seconds);
            delivery
                .challenge_taken_at
                .is_some_and(|taken| now < taken.plus_seconds(lifetime))
        }
    };
    (!is_alive).then_some("challenge-expired")
}
