//! Requests that wait for a person, as with an AD CS template that wants a manager's approval. They are kept in
//! memory: a restart forgets them.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use ca::Order;

use super::mishaps::Wait;

/// What a person said of a request.
#[derive(Clone)]
pub(super) enum Verdict {
    /// Nothing yet.
    Waiting,
    /// It may be issued.
    Approved(Box<Order>),
    /// It was issued: the same certificate (DER) for whoever asks again.
    Issued(Vec<u8>),
    Denied,
}

struct Entry {
    /// The certificate that signed the request: only its key may ask again.
    signer: Vec<u8>,
    /// The subject that was asked for (DER).
    subject: Vec<u8>,
    order: Order,
    verdict: Verdict,
    /// When it is decided without [`Queue::say`], and how.
    decided: Option<(Instant, bool)>,
}

impl Entry {
    fn say(&mut self, is_approved: bool) {
        self.verdict = match is_approved {
            true => Verdict::Approved(Box::new(self.order.clone())),
            false => Verdict::Denied,
        };
    }
}

/// The requests by transactionID.
#[derive(Default)]
pub(super) struct Queue(Mutex<BTreeMap<String, Entry>>);

impl Queue {
    pub(super) fn put(&self, transaction: &str, signer: &[u8], subject: &[u8], order: Order, wait: Wait) {
        let decided = match wait {
            Wait::Open => None,
            Wait::Until { after, is_approved } => {
                Instant::now().checked_add(after).map(|at| (at, is_approved))
            }
        };
        let entry = Entry {
            signer: signer.to_vec(),
            subject: subject.to_vec(),
            order,
            verdict: Verdict::Waiting,
            decided,
        };
        self.entries().insert(transaction.to_owned(), entry);
    }

    /// What was said of the request of this transaction and signer; with a subject, of that subject alone.
    pub(super) fn verdict(
        &self,
        transaction: &str,
        signer: &[u8],
        subject: Option<&[u8]>,
    ) -> Option<Verdict> {
        let mut entries = self.entries();
        let entry = entries.get_mut(transaction)?;
        if let (Verdict::Waiting, Some((at, is_approved))) = (&entry.verdict, entry.decided)
            && at <= Instant::now()
        {
            entry.say(is_approved);
        }
        let is_same = entry.signer == signer && subject.is_none_or(|subject| subject == entry.subject);
        is_same.then(|| entry.verdict.clone())
    }

    /// Keeps what was issued.
    pub(super) fn issued(&self, transaction: &str, der: &[u8]) {
        if let Some(entry) = self.entries().get_mut(transaction) {
            entry.verdict = Verdict::Issued(der.to_vec());
        }
    }

    /// The transactions about which nothing was said yet.
    pub(super) fn waiting(&self) -> Vec<String> {
        let entries = self.entries();
        let waiting = entries
            .iter()
            .filter(|(_, entry)| matches!(entry.verdict, Verdict::Waiting));
        waiting.map(|(transaction, _)| transaction.clone()).collect()
    }

    /// Approves or denies a request that waits; whether there is one.
    pub(super) fn say(&self, transaction: &str, is_approved: bool) -> bool {
        let mut entries = self.entries();
        match entries.get_mut(transaction) {
            Some(entry) if matches!(entry.verdict, Verdict::Waiting) => {
                entry.say(is_approved);
                true
            }
            _ => false,
        }
    }

    fn entries(&self) -> MutexGuard<'_, BTreeMap<String, Entry>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
