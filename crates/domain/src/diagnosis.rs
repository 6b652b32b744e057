//! Causes: why something does not work, with its values and without words. The words are in the locales.

mod diagnose;
mod hresult;
mod outage;
mod sentence;

pub use diagnose::{ChallengeFacts, Diagnosis, Evidence, diagnose, was_presented};
pub use hresult::{Blame, HresultName, hresult};
pub use outage::Outage;
pub use sentence::{ALL_ADVICE_KEYS, ALL_CAUSE_KEYS};

use serde::{Deserialize, Serialize};

use crate::{scep_configuration::SanKind, time::Timestamp};

/// Why something does not work.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "cause")]
pub enum Cause {
    /// A variable that this device can't fill.
    VariableMissing {
        /// Its name, as written.
        variable: String,
    },
    /// The subject can't be written for Windows.
    SubjectInvalid {
        /// What is wrong, English.
        detail: String,
    },
    /// An alternative name can't be written for Windows.
    SanInvalid {
        /// Its type.
        kind: SanKind,
        /// What is wrong, English.
        detail: String,
    },
    /// The authority was asked for a challenge a moment ago.
    ChallengeBeingFetched,
    /// All challenge slots of the authority are taken.
    SlotsTaken {
        /// How many there are.
        max: u32,
        /// When the first is free at the latest.
        until: Timestamp,
    },
    /// The authority said that its cache is full.
    CacheFull {
        /// When it is asked again.
        until: Timestamp,
    },
    /// The authority can't be reached or answers with errors.
    AuthorityUnreachable {
        /// In which way.
        #[serde(default)]
        what: Outage,
        /// Whom it concerns, or the HTTP status; empty where neither is known.
        #[serde(default)]
        place: String,
        /// What happened, English, no secrets: for logs, and where the way says too little.
        detail: String,
        /// When it is tried again.
        until: Timestamp,
    },
    /// A complete sign-in to the challenge page was refused.
    SignInRefused,
    /// The account's key distribution centre refuses the account itself.
    AccountRefused {
        /// In which way, a word.
        why: String,
    },
    /// The account may not get challenges.
    NoPermission,
    /// The challenge page can't be understood.
    PageNotUnderstood {
        /// A cleaned excerpt.
        excerpt: String,
    },
    /// The user's certificate waits for the user to sign in.
    UserNotSignedIn,
    /// The device takes no message as large as the order.
    MessageTooLarge {
        /// Octets that are needed.
        octets: u64,
        /// Octets that the device takes.
        limit: u64,
    },
    /// The device refused the command.
    CommandRefused {
        /// OMA-DM status.
        status: i64,
        /// The node.
        node: String,
    },
    /// The device reported an error.
    DeviceError {
        /// HRESULT, signed as on the wire.
        code: i32,
    },
    /// The authority refused the request.
    AuthorityRefused {
        /// failInfo.
        fail_info: Option<i64>,
        /// Microsoft's HRESULT.
        hresult: Option<i32>,
    },
    /// The challenge's life was over before the device presented it.
    ChallengeExpired,
    /// The device never reached the authority with its request, and gave up or fell silent.
    NoAnswer,
    /// The device shows another certificate than was ordered.
    CertificateMismatch {
        /// What differs.
        field: String,
        /// As ordered.
        ordered: String,
        /// As shown.
        shown: String,
    },
    /// The device lost the certificate, or its user deleted it.
    CertificateGone,
    /// Others wait for a challenge of the same authority, and were first.
    QueuedBehind {
        /// The device's place, from 1.
        place: u32,
        /// How many are before it.
        ahead: u32,
        /// When its turn comes, where that can be told.
        until: Option<Timestamp>,
    },
    /// Devices that fell silent hold the authority's challenges.
    SlotsHeldSilent {
        /// How many they hold.
        held: u32,
        /// How many there are.
        max: u32,
        /// When the first is free at the latest.
        until: Timestamp,
    },
    /// The authority forgot the challenges that it had given: it was restarted.
    ChallengeForgotten,
    /// The authority asks for no challenge, and nobody said that this is meant.
    ChallengeNotAsked,
    /// The challenge page ended in the middle.
    PageTruncated,
    /// A policy module of the authority answered in place of its page.
    PolicyModule {
        /// What it said: a cleaned excerpt.
        detail: String,
    },
    /// Kerberos can't be used for the sign-in.
    KerberosImpossible {
        /// Why, English, no secrets.
        why: String,
    },
    /// The thumbprint that was delivered is not that of the authority's issuer now.
    ThumbprintOfAnother {
        /// As ordered.
        ordered: String,
        /// Of the issuer of the authority's certificates.
        issuer: String,
    },
    /// The device stopped asking for a request that is still not approved.
    StillPending {
        /// How often it asked.
        polls: u32,
    },
    /// The key must be in a TPM, and the device told that it has none. An earlier version can't read this, nor the two
    /// below.
    TpmMissing,
    /// The device's Windows is older than what the configuration needs.
    WindowsTooOld {
        /// As the device told it.
        version: String,
        /// The first that has what is needed.
        needed: String,
    },
    /// The device's edition of Windows takes no such certificates.
    EditionUnsupported {
        /// In words, or its number.
        edition: String,
    },
    /// The device's serial number is not on the list of those that get certificates. An earlier version can't read this.
    SerialNotListed {
        /// As the device told it; empty where it told none.
        serial_number: String,
    },
}

impl Cause {
    /// Whether the device lacks what the configuration needs: it goes on by itself when the device tells otherwise.
    pub fn is_lack(&self) -> bool {
        matches!(
            self,
            Self::TpmMissing
                | Self::WindowsTooOld { .. }
                | Self::EditionUnsupported { .. }
                | Self::SerialNotListed { .. }
        )
    }
}
