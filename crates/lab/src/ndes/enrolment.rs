//! PKIOperation: who may have a certificate, and the certificate.

use std::sync::Mutex;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use anyhow::Context as _;
use ca::{CertificateRequest, ObjectIdentifier, Order, Profile, Subject, serial};
use scep::{Content, FailInfo, OpenedRequest, Policy, Refused};

use super::authority::Authority;
use super::challenge::{Challenges, Offer};
use super::ledger::Ledger;

/// What the template allows: a year, begun ten minutes ago as AD CS has it.
const LIFETIME_SECONDS: i64 = 365 * 86_400;
const BACKDATED_SECONDS: i64 = 600;

pub(super) struct Enrolment {
    pub(super) authority: Authority,
    challenges: Mutex<Challenges>,
    ledger: Mutex<Ledger>,
}

/// A request that may be granted: its challenge is spent.
pub(super) struct Granted {
    request: OpenedRequest,
    order: Order,
}

/// What to do with a message.
pub(super) enum Decision {
    Issue(Box<Granted>),
    /// A CertRep with FAILURE.
    Refuse(Vec<u8>),
    /// Nothing that could be answered: HTTP 400.
    Unreadable,
}

impl Enrolment {
    pub(super) fn new(authority: Authority, challenges: Challenges, ledger: Ledger) -> Self {
        Self {
            authority,
            challenges: Mutex::new(challenges),
            ledger: Mutex::new(ledger),
        }
    }

    /// A challenge for the page.
    ///
    /// # Errors
    /// The system gives no randomness.
    pub(super) fn offer_challenge(&self) -> anyhow::Result<Offer> {
        locked(&self.challenges)?.offer(Instant::now())
    }

    /// Opens a message and spends its challenge; a failed use spends it too.
    ///
    /// # Errors
    /// An answer can't be written.
    pub(super) fn decide(&self, message: &[u8]) -> anyhow::Result<Decision> {
        let request = match scep::open_request(message, &self.authority.ra_encryption, &Policy::default()) {
            Ok(request) => request,
            Err(Refused {
                error,
                reply_to: Some(reply_to),
            }) => {
                tracing::info!(%error, "a SCEP message was refused");
                let reply =
                    scep::write_failure(&reply_to, &self.authority.ra_signing, error.fail_info(), None)?;
                return Ok(Decision::Refuse(reply));
            }
            Err(Refused {
                error,
                reply_to: None,
            }) => {
                tracing::info!(%error, "a SCEP message can't be answered");
                return Ok(Decision::Unreadable);
            }
        };
        let fail_info = match request.content() {
            Content::Csr(csr) => match self.order(&request, csr) {
                Ok(order) => return Ok(Decision::Issue(Box::new(Granted { request, order }))),
                Err(reason) => {
                    let transaction = request.summary().transaction_id.as_str();
                    tracing::info!(transaction, %reason, "a certificate was refused");
                    FailInfo::BadRequest
                }
            },
            // Nothing is ever pending here, and no certificate is handed out a second time.
            _ => FailInfo::BadCertId,
        };
        self.refuse(&request, fail_info).map(Decision::Refuse)
    }

    /// Signs, writes down, and only then answers.
    ///
    /// # Errors
    /// The ledger or the answer can't be written.
    pub(super) fn issue(&self, granted: Granted) -> anyhow::Result<Vec<u8>> {
        let Granted { request, order } = granted;
        let transaction = request.summary().transaction_id.as_str().to_owned();
        let linted = self.authority.ca.prepare(order).and_then(ca::Prepared::lint);
        let issued = match linted {
            Ok(linted) => linted.sign()?,
            Err(reason) => {
                tracing::info!(transaction, %reason, "the CA denied a certificate");
                return self.refuse(&request, FailInfo::BadRequest);
            }
        };
        locked(&self.ledger)?
            .record(&issued, &transaction, now_millis()?)
            .context("the ledger can't be written")?;
        tracing::info!(transaction, serial = %issued.serial, "a certificate was issued");
        let chain = [issued.der, self.authority.ca.certificate().to_vec()];
        let in_clear = [self.authority.ca.certificate().to_vec()];
        Ok(scep::write_success(
            &request,
            &self.authority.ra_signing,
            &chain,
            &in_clear,
        )?)
    }

    fn refuse(&self, request: &OpenedRequest, fail_info: FailInfo) -> anyhow::Result<Vec<u8>> {
        Ok(scep::write_failure(
            &request.reply_to(),
            &self.authority.ra_signing,
            fail_info,
            None,
        )?)
    }

    /// What the CA is asked to issue. The subject, the usages and the names are the requester's
    /// own choice: with NDES, whoever holds a challenge chooses them.
    fn order(&self, request: &OpenedRequest, csr: &[u8]) -> anyhow::Result<Order> {
        let is_good = match request.challenge() {
            Some(challenge) => locked(&self.challenges)?.spend(&challenge, Instant::now()),
            None => false,
        };
        let csr = CertificateRequest::read(csr)?;
        let is_renewal = self.is_renewal(request, &csr)?;
        anyhow::ensure!(
            is_good || is_renewal,
            "no challenge, or one that is unknown, used or expired"
        );
        anyhow::ensure!(
            is_renewal || request.is_for_signers_key(),
            "the message is signed by another key"
        );
        anyhow::ensure!(
            csr.signature_is_valid(),
            "the request isn't signed by its own key"
        );
        let now = now_millis()? / 1000;
        let subject = Subject::Raw(csr.subject().to_vec());
        let (begin, end) = (now - BACKDATED_SECONDS, now + LIFETIME_SECONDS);
        let mut order = Order::new(
            profile(&csr)?,
            subject,
            csr.public_key(),
            serial::random()?,
            begin,
            end,
        );
        order.names = csr.subject_alternative_names();
        Ok(order)
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

fn now_millis() -> anyhow::Result<i64> {
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
