//! From what is known of a failed enrolment to its cause: the device's code, the proxy's record, the challenge's age,
//! what the authority is now and what was ordered.

use super::{Blame, Cause, hresult};
use crate::{
    scep_configuration::Route,
    thumbprint::Sha1,
    time::Timestamp,
    transaction::{Transaction, TransactionState},
};

/// CRYPT_E_HASH_VALUE: CAThumbprint isn't the SHA-1 of the issuer of the RA certificates.
const HASH_VALUE: i32 = 0x8009_1007_u32.cast_signed();

/// RFC 8894 §3.2.1.4.5: the message could not be decrypted or verified.
const BAD_MESSAGE_CHECK: i64 = 1;

/// What is known of an enrolment that failed.
#[derive(Clone, Copy, Debug)]
pub struct Evidence<'a> {
    /// ErrorCode as the device gave it; none when it gave up without one, or fell silent.
    pub code: Option<i32>,
    /// How the device reaches the authority.
    pub route: Route,
    /// The proxy's record of the request, if it saw one; never on the direct route.
    pub record: Option<&'a Transaction>,
    /// The challenge that was delivered.
    pub challenge: Option<ChallengeFacts>,
    /// CAThumbprint as ordered.
    pub ordered: Option<Sha1>,
    /// SHA-1 of the issuer of the authority's RA certificates, as last seen.
    pub issuer: Option<Sha1>,
    /// What keeps the authority from answering, as far as is known.
    pub trouble: Option<&'a Cause>,
    /// How often a device asks for a request that waits for approval, where this one's did.
    pub pending_polls: Option<u32>,
    /// Now.
    pub now: Timestamp,
}

/// What is known of a challenge.
#[derive(Clone, Copy, Debug)]
pub struct ChallengeFacts {
    /// When the authority gave it.
    pub taken_at: Timestamp,
    /// How long the authority keeps it.
    pub lifetime_seconds: u32,
    /// Whether the authority is known to have forgotten it.
    pub is_forgotten: bool,
}

/// What it comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnosis {
    /// Why.
    pub cause: Cause,
    /// Whether it counts as an attempt of the device.
    pub is_charged: bool,
}

/// Names the cause. The proxy's record tells more than the device's code, and a code that blames the order more than
/// the challenge's age.
pub fn diagnose(evidence: &Evidence<'_>) -> Diagnosis {
    let cause = match evidence.record {
        Some(record) => of_record(evidence, record),
        None => of_device(evidence, evidence.now),
    };
    Diagnosis {
        is_charged: cause.is_charged(),
        cause,
    }
}

fn of_record(evidence: &Evidence<'_>, record: &Transaction) -> Cause {
    match &record.state {
        TransactionState::Refused {
            fail_info, hresult, ..
        } => {
            let refused = Cause::AuthorityRefused {
                fail_info: *fail_info,
                hresult: *hresult,
            };
            // The request was encrypted for an RA that is there no longer.
            if *fail_info == Some(BAD_MESSAGE_CHECK)
                && let Some(renewed) = of_thumbprint(evidence)
            {
                return renewed;
            }
            // NDES refuses a challenge with the words that it has for everything else: age and fate tell.
            if refused.blames_the_order() {
                refused
            } else {
                of_challenge(evidence, record.forwarded_at).unwrap_or(refused)
            }
        }
        TransactionState::NotDelivered { detail } => Cause::AuthorityUnreachable {
            what: record
                .trouble
                .as_ref()
                .map(|trouble| trouble.kind.into())
                .unwrap_or_default(),
            place: String::new(),
            detail: detail.clone(),
            until: evidence.now,
        },
        TransactionState::Forwarded | TransactionState::OutcomeUnknown => Cause::NoAnswer,
        TransactionState::Pending => match evidence.code {
            Some(code) if !waited_in_vain(code) => Cause::DeviceError { code },
            _ => still_pending(evidence),
        },
        TransactionState::Succeeded | TransactionState::NotInstalled => evidence
            .code
            .map_or(Cause::CertificateGone, |code| Cause::DeviceError { code }),
    }
}

/// Whether another CA issues there than the one that was ordered.
fn of_thumbprint(evidence: &Evidence<'_>) -> Option<Cause> {
    let (ordered, issuer) = evidence.ordered.zip(evidence.issuer)?;
    (ordered != issuer).then(|| Cause::ThumbprintOfAnother {
        ordered: ordered.to_string(),
        issuer: issuer.to_string(),
    })
}

/// Whether a device that waited for approval can have given up with this code: not one that met an error on the way, or was
/// switched off. Which code Windows gives then is not documented.
fn waited_in_vain(code: i32) -> bool {
    hresult(code).blame == Blame::Passing
}

fn still_pending(evidence: &Evidence<'_>) -> Cause {
    Cause::StillPending {
        polls: evidence.pending_polls.unwrap_or_default(),
    }
}

/// Without a record: the authority was not reached through the proxy.
fn of_device(evidence: &Evidence<'_>, presented_at: Timestamp) -> Cause {
    let Some(code) = evidence.code else {
        return silent(evidence, presented_at);
    };
    let reported = Cause::DeviceError { code };
    if code == HASH_VALUE
        && let Some(renewed) = of_thumbprint(evidence)
    {
        return renewed;
    }
    if reported.blames_the_order() {
        return reported;
    }
    // Approval was waited for until the device gave up: the challenge was good.
    if evidence.pending_polls.is_some() && waited_in_vain(code) {
        return still_pending(evidence);
    }
    // Through the proxy a device that finds nobody doesn't find Sceau; what it gets from there is the authority's.
    let is_authoritys = match reported.blame() {
        Blame::Authority => true,
        Blame::Network => evidence.route == Route::Direct,
        _ => false,
    };
    if let Some(trouble) = unreachable(evidence).filter(|_| is_authoritys) {
        return trouble;
    }
    of_challenge(evidence, presented_at)
        .unwrap_or_else(|| refused_directly(evidence, code).unwrap_or(reported))
}

/// NDES gives E_INVALIDARG with its refusal of a challenge that it doesn't know. Where no proxy saw the refusal, the
/// device's code is all there is of it.
fn refused_directly(evidence: &Evidence<'_>, code: i32) -> Option<Cause> {
    let is_that = evidence.route == Route::Direct && hresult(code).family == "argument";
    is_that.then_some(Cause::AuthorityRefused {
        fail_info: None,
        hresult: Some(code),
    })
}

/// The device said nothing of an error, and its time is over.
fn silent(evidence: &Evidence<'_>, presented_at: Timestamp) -> Cause {
    if evidence.pending_polls.is_some() {
        return still_pending(evidence);
    }
    let trouble = unreachable(evidence).filter(|_| evidence.route == Route::Direct);
    trouble
        .or_else(|| of_challenge(evidence, presented_at))
        .unwrap_or(Cause::NoAnswer)
}

fn unreachable(evidence: &Evidence<'_>) -> Option<Cause> {
    let is_that = |trouble: &&Cause| matches!(trouble, Cause::AuthorityUnreachable { .. });
    evidence.trouble.filter(is_that).cloned()
}

fn of_challenge(evidence: &Evidence<'_>, presented_at: Timestamp) -> Option<Cause> {
    let challenge = evidence.challenge?;
    let over_at = challenge
        .taken_at
        .plus_seconds(i64::from(challenge.lifetime_seconds));
    if presented_at >= over_at {
        Some(Cause::ChallengeExpired)
    } else {
        challenge.is_forgotten.then_some(Cause::ChallengeForgotten)
    }
}

/// Whether what a device reports proves that its challenge was presented to the authority, where no proxy saw it: a
/// request that waits for approval (Status 2), or a code of the CA itself (CERTSRV_E_*).
pub fn was_presented(status: i64, code: i32) -> bool {
    status == 2 || matches!(code.cast_unsigned(), 0x8009_4000..=0x8009_4FFF)
}

impl Cause {
    /// Whose fault it is.
    pub fn blame(&self) -> Blame {
        match self {
            Self::DeviceError { code } => hresult(*code).blame,
            Self::AuthorityRefused { hresult: Some(_), .. } if self.blames_the_order() => {
                Blame::Configuration
            }
            Self::VariableMissing { .. }
            | Self::SubjectInvalid { .. }
            | Self::SanInvalid { .. }
            | Self::CertificateMismatch { .. }
            | Self::ThumbprintOfAnother { .. } => Blame::Configuration,
            Self::CommandRefused { .. }
            | Self::CertificateGone
            | Self::UserNotSignedIn
            | Self::MessageTooLarge { .. }
            | Self::TpmMissing
            | Self::WindowsTooOld { .. }
            | Self::EditionUnsupported { .. }
            | Self::SerialNotListed { .. } => Blame::Device,
            Self::NoAnswer => Blame::Network,
            Self::ChallengeBeingFetched
            | Self::SlotsTaken { .. }
            | Self::CacheFull { .. }
            | Self::AuthorityUnreachable { .. }
            | Self::SignInRefused
            | Self::AccountRefused { .. }
            | Self::NoPermission
            | Self::PageNotUnderstood { .. }
            | Self::AuthorityRefused { .. }
            | Self::ChallengeExpired
            | Self::QueuedBehind { .. }
            | Self::SlotsHeldSilent { .. }
            | Self::ChallengeForgotten
            | Self::ChallengeNotAsked
            | Self::PageTruncated
            | Self::PolicyModule { .. }
            | Self::KerberosImpossible { .. }
            | Self::StillPending { .. } => Blame::Authority,
        }
    }

    /// Whether it counts as an attempt of the device: never what the authority or the network did, nor waiting.
    pub fn is_charged(&self) -> bool {
        match self {
            Self::UserNotSignedIn | Self::MessageTooLarge { .. } => false,
            _ if self.is_lack() => false,
            _ => matches!(
                self.blame(),
                Blame::Device | Blame::Configuration | Blame::Passing
            ),
        }
    }

    /// Whether a code says that the request itself is what the CA doesn't take. E_INVALIDARG and its like say nothing:
    /// NDES gives them for a challenge as well.
    pub(crate) fn blames_the_order(&self) -> bool {
        let code = match self {
            Self::AuthorityRefused { hresult, .. } => *hresult,
            Self::DeviceError { code } => Some(*code),
            _ => None,
        };
        code.map(hresult)
            .is_some_and(|named| named.blame == Blame::Configuration && named.family != "argument")
    }
}
