//! PKCSReq and RenewalReq: who may have what is decided and stored in one transaction, then it is signed.

use std::sync::Arc;

use aws_lc_rs::digest::{SHA256, digest};
use ca::CertificateRequest;
use domain::{
    Id, Timestamp,
    external_ca::AuthorityId,
    issuance::{Issuance, IssuanceState, WantedCertificate},
    transaction::Owner,
};
use scep::{MessageType, OpenedRequest};
use store::Tx;
use x509_parser::prelude::{FromDer as _, X509Certificate};

use super::{
    Opened, challenge,
    refusal::{Reason, Refused},
    respond::Reply,
    sign, template,
};
use crate::{
    actions::{Error, Result},
    app::Shared,
    secrets::{hex, random},
};

/// A certificate begins so much earlier: clocks of devices are late. AD CS does the same.
const BACKDATED_SECONDS: i64 = 600;

/// What a request asks, as far as it is known before anything is looked up.
#[derive(Clone)]
struct Asked {
    transaction_id: String,
    key_sha256: String,
    signer_sha256: String,
    csr: Arc<CertificateRequest>,
    /// Through an address that belongs to one delivery or order: nobody else's challenge counts there.
    only: Option<Owner>,
    now: Timestamp,
    not_after: Timestamp,
    needs_approval: bool,
    authority_id: AuthorityId,
}

impl Asked {
    /// How an issuance begins.
    fn first_state(&self) -> IssuanceState {
        if self.needs_approval {
            IssuanceState::Pending
        } else {
            IssuanceState::Intended
        }
    }
}

/// Why a transaction kept nothing.
enum Stop {
    Refused(Refused),
    /// The quick way doesn't decide: look at what stands in the ledger.
    Look,
    Failed(Error),
}

impl From<Reason> for Stop {
    fn from(reason: Reason) -> Self {
        Self::Refused(reason.into())
    }
}

impl From<store::Error> for Stop {
    fn from(error: store::Error) -> Self {
        Self::Failed(error.into())
    }
}

/// Answers a request for a certificate.
pub async fn enrol(
    app: &Shared,
    opened: &Arc<Opened>,
    request: &OpenedRequest,
    only: Option<&Owner>,
) -> Result<Reply> {
    let Some(csr) = request.csr().and_then(|der| CertificateRequest::read(der).ok()) else {
        return Ok(Reason::Unreadable.into());
    };
    let now = app.now();
    let asked = Asked {
        transaction_id: request.summary().transaction_id.to_string(),
        key_sha256: hex(digest(&SHA256, csr.public_key()).as_ref()),
        signer_sha256: signer_sha256(request),
        csr: Arc::new(csr),
        only: only.cloned(),
        now,
        not_after: Timestamp::from_seconds(opened.authority.not_after()),
        needs_approval: opened.rules.needs_approval,
        authority_id: opened.authority_id.clone(),
    };
    // Old clients renew with a PKCSReq that the certificate to be renewed signed.
    let signer = &request.summary().signer_certificate;
    let is_renewal =
        request.summary().message_type == MessageType::RenewalReq || opened.authority.has_issued(signer);
    let decided = if is_renewal {
        renew(app, opened, asked, signer).await
    } else {
        first(app, request, asked).await
    };
    match decided {
        Ok(issuance) => reply_of(app, opened, &issuance).await,
        Err(Stop::Refused(refused)) => Ok(Reply::Refused(refused)),
        Err(Stop::Failed(error)) => Err(error),
        Err(Stop::Look) => Err(anyhow::anyhow!("an issuance was neither kept nor found").into()),
    }
}

/// What an issuance answers, signing it where only the intent stands.
pub async fn reply_of(app: &Shared, opened: &Arc<Opened>, issuance: &Issuance) -> Result<Reply> {
    Ok(match (issuance.state, &issuance.certificate) {
        (IssuanceState::Pending, _) => Reply::Pending,
        (IssuanceState::Refused, _) => Reason::NotApproved.into(),
        (IssuanceState::Issued, _) if issuance.revoked.is_some() => Reason::Revoked.into(),
        (_, Some(certificate)) => Reply::Certificate(certificate.clone()),
        (_, None) => Reply::Certificate(sign::complete(app, opened, issuance).await?),
    })
}

/// A first certificate: its key must sign the message, and a challenge proves the order.
async fn first(app: &Shared, request: &OpenedRequest, asked: Asked) -> std::result::Result<Issuance, Stop> {
    if !request.is_for_signers_key() {
        return Err(Reason::OtherKey.into());
    }
    let challenge = request.challenge().filter(|challenge| !challenge.is_empty());
    let Some(challenge) = challenge else {
        return Err(Reason::ChallengeMissing.into());
    };
    let key = challenge::key(&challenge);
    let (quick, wanted) = (asked.clone(), key.clone());
    let spent = app
        .store
        .write(move |tx| {
            let (asked, key) = (quick.clone(), wanted.clone());
            Box::pin(async move { spend(tx, &asked, &key).await })
        })
        .await;
    match spent {
        Err(Stop::Look) => {}
        other => return other,
    }
    app.store
        .read(move |tx| Box::pin(async move { explain(tx, &asked, &key).await }))
        .await
}

/// The quick way: the challenge is spent and the intent kept, or nothing is.
async fn spend(tx: &mut Tx, asked: &Asked, key: &str) -> std::result::Result<Issuance, Stop> {
    let serial = ca::serial::at(asked.now.milliseconds())
        .map_err(|error| Stop::Failed(anyhow::Error::new(error).into()))?;
    let spends = store::issuances::Asked {
        id: Id::new(asked.now, random()),
        authority_id: asked.authority_id.clone(),
        challenge_key: key.to_owned(),
        serial: hex(serial.octets()),
        transaction_id: asked.transaction_id.clone(),
        key_sha256: asked.key_sha256.clone(),
        signer_sha256: asked.signer_sha256.clone(),
        public_key: asked.csr.public_key().to_vec(),
        not_before: asked.now.plus_seconds(-BACKDATED_SECONDS),
        not_after_at_most: asked.not_after,
        state: asked.first_state(),
        now: asked.now,
    };
    let Some(issuance) = store::issuances::spend(tx, &spends).await? else {
        return Err(Stop::Look);
    };
    if asked.only.as_ref().is_some_and(|only| *only != issuance.owner) {
        return Err(Reason::ChallengeOfAnother.into());
    }
    check(asked, &issuance.wanted)?;
    Ok(issuance)
}

/// The slow way: the same transaction again, or a challenge that is worth nothing.
async fn explain(tx: &mut Tx, asked: &Asked, key: &str) -> std::result::Result<Issuance, Stop> {
    if let Some(spent) = store::issuances::by_challenge(tx, key).await? {
        // Clients name a transaction after its key, so that two orders with one key share it: the challenge tells.
        let is_same = spent.transaction_id == asked.transaction_id
            && spent.key_sha256 == asked.key_sha256
            && spent.signer_sha256 == asked.signer_sha256
            && asked.only.as_ref().is_none_or(|only| *only == spent.owner);
        return if is_same {
            Ok(spent)
        } else {
            Err(Reason::ChallengeUsed.into())
        };
    }
    let challenge = store::one_time_challenges::by_key(tx, key, &asked.authority_id).await?;
    Err(match challenge {
        None => Reason::ChallengeWrong.into(),
        Some(challenge) if challenge.expires_at <= asked.now => Reason::ChallengeExpired.into(),
        Some(_) => Stop::Failed(anyhow::anyhow!("a challenge that can be spent was not spent").into()),
    })
}

/// The same renewal, if it stands: only under the same key does it answer.
async fn known(tx: &mut Tx, asked: &Asked, renews: &str) -> std::result::Result<Option<Issuance>, Stop> {
    let known = store::issuances::by_renewal(tx, &asked.authority_id, &asked.transaction_id, renews).await?;
    match known {
        Some(known) if known.key_sha256 != asked.key_sha256 || known.signer_sha256 != asked.signer_sha256 => {
            Err(Reason::TransactionOfAnotherKey.into())
        }
        Some(known) if asked.only.as_ref().is_some_and(|only| *only != known.owner) => {
            Err(Reason::TransactionOfAnotherAddress.into())
        }
        known => Ok(known),
    }
}

/// A renewal: the certificate that signs it must be ours and count, and what it held is what the new one holds.
async fn renew(
    app: &Shared,
    opened: &Arc<Opened>,
    asked: Asked,
    signer: &[u8],
) -> std::result::Result<Issuance, Stop> {
    let serial = serial_of(signer).filter(|_| opened.authority.has_issued(signer));
    let Some(serial) = serial else {
        return Err(Reason::RenewalOfAnother.into());
    };
    let signer = signer.to_vec();
    app.store
        .write(move |tx| {
            let (asked, serial, signer) = (asked.clone(), serial.clone(), signer.clone());
            Box::pin(async move {
                let old = store::issuances::by_serial(tx, &asked.authority_id, &serial).await?;
                let Some(old) = old
                    .filter(|old| old.certificate.as_deref() == Some(&signer) && old.is_valid(asked.now))
                    .filter(|old| asked.only.as_ref().is_none_or(|only| *only == old.owner))
                else {
                    return Err(Reason::RenewalOfAnother.into());
                };
                if let Owner::Delivery(_) = old.owner {
                    return Err(Reason::RenewalOfDelivery.into());
                }
                if let Some(known) = known(tx, &asked, &serial).await? {
                    return Ok(known);
                }
                check(&asked, &old.wanted)?;
                let issuance = intent(
                    &asked,
                    Id::new(asked.now, random()),
                    old.owner,
                    old.wanted,
                    Some(serial),
                )?;
                store::issuances::insert_intent(tx, &issuance).await?;
                Ok(issuance)
            })
        })
        .await
}

/// A request that asks for anything but what was ordered is refused with the reason.
fn check(asked: &Asked, wanted: &WantedCertificate) -> std::result::Result<(), Stop> {
    let ordered = template::ordered(wanted).map_err(|error| Stop::Failed(error.into()))?;
    asked
        .csr
        .check_against(&ordered)
        .map_err(|deviation| Stop::Refused(deviation.into()))
}

fn intent(
    asked: &Asked,
    id: Id<Issuance>,
    owner: Owner,
    wanted: WantedCertificate,
    renews: Option<String>,
) -> std::result::Result<Issuance, Stop> {
    let serial = ca::serial::at(asked.now.milliseconds())
        .map_err(|error| Stop::Failed(anyhow::Error::new(error).into()))?;
    let not_after = asked.now.plus_seconds(wanted.validity_seconds);
    Ok(Issuance {
        id,
        authority_id: asked.authority_id.clone(),
        serial: hex(serial.octets()),
        transaction_id: asked.transaction_id.clone(),
        renews,
        key_sha256: asked.key_sha256.clone(),
        signer_sha256: asked.signer_sha256.clone(),
        owner,
        wanted,
        public_key: asked.csr.public_key().to_vec(),
        not_before: asked.now.plus_seconds(-BACKDATED_SECONDS),
        not_after: not_after.min(asked.not_after),
        state: asked.first_state(),
        certificate: None,
        requested_at: asked.now,
        issued_at: None,
        revoked: None,
    })
}

/// SHA-256 (hex) of the key that signed a message: by it a transaction's holder is known again.
pub fn signer_sha256(request: &OpenedRequest) -> String {
    hex(digest(&SHA256, request.signer_public_key().unwrap_or_default()).as_ref())
}

/// The serial number (hex, without leading zeros) of a certificate.
fn serial_of(certificate: &[u8]) -> Option<String> {
    let (_, parsed) = X509Certificate::from_der(certificate).ok()?;
    let octets: Vec<u8> = parsed
        .raw_serial()
        .iter()
        .skip_while(|octet| **octet == 0)
        .copied()
        .collect();
    Some(hex(&octets))
}
