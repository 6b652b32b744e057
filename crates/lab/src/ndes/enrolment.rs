//! PKIOperation: who may have a certificate, and the certificate.

use std::sync::{Arc, Mutex};
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use anyhow::Context as _;
use ca::{CertificateRequest, KeyUsage, ObjectIdentifier, Order, Profile, Subject, serial};
use scep::{Content, OpenedRequest, Policy, Refused, ReplyTo};

use crate::faults::Fault;

use super::authority::{Authorities, Authority};
use super::challenge::{Challenges, Offer};
use super::ledger::Ledger;
use super::mishaps::{Mishaps, Wait};
use super::queue::{Queue, Verdict};
use super::refusal::Refusal;

/// What the template allows: a year, begun ten minutes ago as AD CS has it.
const LIFETIME_SECONDS: i64 = 365 * 86_400;
const BACKDATED_SECONDS: i64 = 600;

pub(super) struct Enrolment {
    pub(super) authorities: Authorities,
    pub(super) mishaps: Arc<Mishaps>,
    challenges: Mutex<Challenges>,
    ledger: Mutex<Ledger>,
    policy: Policy,
    pub(super) queue: Queue,
    wants_approval: bool,
}

/// A request that may be granted: its challenge is spent.
pub(super) struct Granted {
    request: OpenedRequest,
    order: Order,
}

/// What to do with a message.
pub(super) enum Decision {
    Issue(Box<Granted>),
    /// A CertRep that issues nothing: FAILURE, PENDING, or what was issued before.
    Answer(Vec<u8>),
    /// Nothing that could be answered: HTTP 400.
    Unreadable,
}

impl Enrolment {
    pub(super) fn new(
        authorities: Authorities,
        mishaps: Arc<Mishaps>,
        challenges: Challenges,
        ledger: Ledger,
        policy: Policy,
        wants_approval: bool,
    ) -> Self {
        Self {
            authorities,
            mishaps,
            challenges: Mutex::new(challenges),
            ledger: Mutex::new(ledger),
            policy,
            queue: Queue::default(),
            wants_approval,
        }
    }

    /// A challenge for the page.
    ///
    /// # Errors
    /// The system gives no randomness.
    pub(super) fn offer_challenge(&self) -> anyhow::Result<Offer> {
        locked(&self.challenges)?.offer(Instant::now())
    }

    /// The authority that answers now.
    pub(super) fn authority(&self) -> Arc<Authority> {
        self.authorities.current(&self.mishaps)
    }

    /// Forgets every unused challenge, as an NDES does that is started again.
    ///
    /// # Errors
    /// An earlier request failed in the middle.
    pub(super) fn forget_challenges(&self) -> anyhow::Result<()> {
        locked(&self.challenges)?.forget();
        Ok(())
    }

    /// One challenge for everyone from now on.
    ///
    /// # Errors
    /// As [`Enrolment::offer_challenge`].
    pub(super) fn use_one_challenge(&self) -> anyhow::Result<()> {
        locked(&self.challenges)?.use_one()
    }

    /// Opens a message and spends its challenge; a failed use spends it too.
    ///
    /// # Errors
    /// An answer can't be written.
    pub(super) fn decide(&self, message: &[u8]) -> anyhow::Result<Decision> {
        let authority = self.authority();
        let request = match scep::open_request(message, &authority.ra_encryption, &self.policy) {
            Ok(request) => request,
            Err(Refused {
                error,
                reply_to: Some(reply_to),
            }) => {
                return self
                    .refuse(&reply_to, &Refusal::Message(error))
                    .map(Decision::Answer);
            }
            Err(Refused {
                error,
                reply_to: None,
            }) => {
                tracing::info!(%error, "a SCEP message can't be answered");
                return Ok(Decision::Unreadable);
            }
        };
        if let Some(verdict) = self.said(&request) {
            return self.follow(request, verdict);
        }
        let order = match request.content() {
            Content::Csr(csr) => self.order(&request, csr)?,
            _ => Err(Refusal::NotKept),
        };
        match order {
            Ok(order) if self.wants_approval => self.keep(&request, order, Wait::Open),
            Ok(order) => match self.mishaps.wait() {
                Some(wait) => self.keep(&request, order, wait),
                None => Ok(Decision::Issue(Box::new(Granted { request, order }))),
            },
            Err(refusal) => self.refuse(&request.reply_to(), &refusal).map(Decision::Answer),
        }
    }

    /// What is known of a request that was kept, asked for by a poll or by the same request again
    /// (RFC 8894 §3.3.3): same transaction, same signer, and in a poll the same subject.
    fn said(&self, request: &OpenedRequest) -> Option<Verdict> {
        let summary = request.summary();
        let subject = match request.content() {
            Content::IssuerAndSubject { issuer, .. } if issuer != self.authority().ca.subject() => {
                return None;
            }
            Content::IssuerAndSubject { subject, .. } => Some(subject.as_slice()),
            Content::Csr(_) => None,
            Content::IssuerAndSerial { .. } => return None,
        };
        let transaction = summary.transaction_id.as_str();
        self.queue
            .verdict(transaction, &summary.signer_certificate, subject)
    }

    fn follow(&self, request: OpenedRequest, verdict: Verdict) -> anyhow::Result<Decision> {
        match verdict {
            Verdict::Waiting => self.pending(&request),
            Verdict::Approved(order) => Ok(Decision::Issue(Box::new(Granted {
                request,
                order: *order,
            }))),
            Verdict::Issued(der) => self.success(&request, der).map(Decision::Answer),
            Verdict::Denied => self
                .refuse(&request.reply_to(), &Refusal::DeniedByPerson)
                .map(Decision::Answer),
        }
    }

    /// Keeps a request for a person.
    fn keep(&self, request: &OpenedRequest, order: Order, wait: Wait) -> anyhow::Result<Decision> {
        let summary = request.summary();
        let csr = request.csr().context("a request without a CSR")?;
        let subject = CertificateRequest::read(csr)?.subject().to_vec();
        let transaction = summary.transaction_id.as_str();
        tracing::info!(transaction, "a request waits for a person");
        self.queue
            .put(transaction, &summary.signer_certificate, &subject, order, wait);
        self.pending(request)
    }

    fn pending(&self, request: &OpenedRequest) -> anyhow::Result<Decision> {
        let reply = scep::write_pending(&request.reply_to(), &self.authority().ra_signing)?;
        Ok(Decision::Answer(reply))
    }

    fn success(&self, request: &OpenedRequest, der: Vec<u8>) -> anyhow::Result<Vec<u8>> {
        let authority = self.authority();
        let chain = [der, authority.ca.certificate().to_vec()];
        let in_clear = [authority.ca.certificate().to_vec()];
        Ok(scep::write_success(
            request,
            &authority.ra_signing,
            &chain,
            &in_clear,
        )?)
    }

    /// Signs, writes down, and only then answers.
    ///
    /// # Errors
    /// The ledger or the answer can't be written.
    pub(super) fn issue(&self, granted: Granted) -> anyhow::Result<Vec<u8>> {
        let Granted { request, order } = granted;
        let transaction = request.summary().transaction_id.as_str().to_owned();
        let authority = self.authority();
        let linted = authority.ca.prepare(order).and_then(ca::Prepared::lint);
        let issued = match linted {
            Ok(linted) => linted.sign()?,
            Err(reason) => return self.refuse(&request.reply_to(), &Refusal::Denied(reason)),
        };
        locked(&self.ledger)?
            .record(&issued, &transaction, now_millis()?)
            .context("the ledger can't be written")?;
        tracing::info!(transaction, serial = %issued.serial, "a certificate was issued");
        self.queue.issued(&transaction, &issued.der);
        self.success(&request, issued.der)
    }

    fn refuse(&self, to: &ReplyTo, refusal: &Refusal) -> anyhow::Result<Vec<u8>> {
        tracing::info!(%refusal, "a certificate was refused");
        let (fail_info, hresult) = (refusal.fail_info(), refusal.hresult());
        Ok(scep::write_ndes_failure(
            to,
            &self.authority().ra_signing,
            fail_info,
            hresult,
        )?)
    }

    /// What the CA is asked to issue. The subject, the usages and the names are the requester's
    /// own choice: with NDES, whoever holds a challenge chooses them.
    fn order(&self, request: &OpenedRequest, csr: &[u8]) -> anyhow::Result<Result<Order, Refusal>> {
        let is_good = match request.challenge() {
            Some(challenge) => locked(&self.challenges)?.spend(&challenge, Instant::now()),
            None => false,
        } || self.mishaps.has(Fault::NoPassword);
        let csr = match CertificateRequest::read(csr) {
            Ok(csr) => csr,
            Err(error) => return Ok(Err(error.into())),
        };
        let is_renewal = self.is_renewal(request, &csr)?;
        if !is_good && !is_renewal {
            return Ok(Err(Refusal::Challenge));
        }
        if !is_renewal && !request.is_for_signers_key() {
            return Ok(Err(Refusal::OtherKey));
        }
        if !csr.signature_is_valid() {
            return Ok(Err(Refusal::NoPossession));
        }
        let profile = profile(&csr)?;
        if !self.has_template(profile.key_usage) {
            return Ok(Err(Refusal::NoTemplate));
        }
        let now = now_millis()? / 1000;
        let subject = Subject::Raw(csr.subject().to_vec());
        let (begin, end) = (now - BACKDATED_SECONDS, now + LIFETIME_SECONDS);
        let mut order = Order::new(profile, subject, csr.public_key(), serial::random()?, begin, end);
        order.names = csr.subject_alternative_names();
        order.revocation_list_url = Some(self.authority().revocation_list_url.clone());
        Ok(Ok(order))
    }

    /// Whether the CA publishes the template that NDES chooses by the key usage: one for signing, one for
    /// encryption, one for both.
    fn has_template(&self, usage: KeyUsage) -> bool {
        let Some(templates) = self.mishaps.templates() else {
            return true;
        };
        let signs = usage.contains(KeyUsage::DIGITAL_SIGNATURE);
        match (signs, usage.contains(KeyUsage::KEY_ENCIPHERMENT)) {
            (true, true) => templates.general,
            (true, false) => templates.signature,
            (false, true) => templates.encryption,
            (false, false) => false,
        }
    }

    /// Whether a certificate that was issued here, is still good and names the same subject
    /// signed the message: then no challenge is needed.
    fn is_renewal(&self, request: &OpenedRequest, csr: &CertificateRequest) -> anyhow::Result<bool> {
        let signer = &request.summary().signer_certificate;
        let sha1 = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA1_FOR_LEGACY_USE_ONLY, signer);
        let sha1: [u8; 20] = sha1.as_ref().try_into()?;
        if !locked(&self.ledger)?.has(&sha1) {
            return Ok(false);
        }
        let (_, signer) = x509_parser::parse_x509_certificate(signer)?;
        let is_alive = signer.validity().not_after.timestamp() > now_millis()? / 1000;
        Ok(is_alive && signer.subject().as_raw() == csr.subject())
    }
}

/// As requested; client authentication where no usage is.
fn profile(csr: &CertificateRequest) -> anyhow::Result<Profile> {
    let mut profile = Profile::from_request(csr);
    if profile.extended_key_usages.is_empty() {
        profile.extended_key_usages = vec![ObjectIdentifier::parse("1.3.6.1.5.5.7.3.2")?];
    }
    Ok(profile)
}

pub(super) fn now_millis() -> anyhow::Result<i64> {
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .context("the clock stands before 1970")?;
    Ok(i64::try_from(now.as_millis())?)
}

fn locked<T>(mutex: &Mutex<T>) -> anyhow::Result<std::sync::MutexGuard<'_, T>> {
    mutex
        .lock()
        .map_err(|_| anyhow::anyhow!("an earlier request failed in the middle"))
}
