//! What follows a failure: another attempt, when, or none.

use super::Delivery;
use crate::{
    diagnosis::{Blame, Cause, hresult},
    time::Timestamp,
};

/// The wait doubles with each failure in a row, up to this many times the first: 30 s becomes an hour.
const MOST_TIMES_LONGER: i64 = 120;
/// How often a request that the authority refused is made again, each time with a new challenge.
const MOST_REFUSALS: usize = 2;
/// How often a command that the device refused is sent again.
const MOST_REFUSED_COMMANDS: usize = 3;

/// What follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// A new attempt, not before this moment.
    RetryAt(Timestamp),
    /// None before a person changes something.
    GiveUp,
}

/// How often a cause is worth another attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Retry {
    /// Without end, ever slower: the cause lies with a server or the network, and passes.
    Always,
    /// So many times.
    Times(usize),
    /// The same attempt would fail again.
    Never,
}

/// Decides what follows a failure. `earlier` holds the causes of the attempts before this one on this device
/// for this version of the
/// configuration since it last worked, the latest last; `base_milliseconds` is the first wait (30,000; the laboratory
/// scales it). Devices are spread over a quarter of the wait, so that a fleet doesn't return in one instant.
pub fn decide_after_failure(
    cause: &Cause,
    delivery: &Delivery,
    earlier: &[Cause],
    now: Timestamp,
    base_milliseconds: i64,
) -> Next {
    let alike = earlier.iter().filter(|before| before.same_kind(cause)).count();
    let is_worth_it = match cause.retry() {
        Retry::Always => true,
        Retry::Times(most) => alike < most,
        Retry::Never => false,
    };
    if !is_worth_it {
        return Next::GiveUp;
    }
    // What the authority did makes no device wait longer for what the device did, nor the other way round.
    let alike = |before: &&Cause| before.is_charged() == cause.is_charged();
    let doublings = u32::try_from(earlier.iter().filter(alike).count())
        .unwrap_or(u32::MAX)
        .min(30);
    let times = 2_i64.saturating_pow(doublings).min(MOST_TIMES_LONGER);
    let wait = base_milliseconds.max(1).saturating_mul(times);
    let spread = wait.saturating_mul(spread_of(delivery)) / 1024;
    let at = now.plus_milliseconds(wait.saturating_add(spread));
    Next::RetryAt(cause.until().map_or(at, |until| until.max(at)))
}

/// 0 to 255, from the random end of the identifier.
pub(super) fn spread_of(delivery: &Delivery) -> i64 {
    delivery
        .id
        .as_str()
        .chars()
        .rev()
        .take(2)
        .filter_map(|digit| digit.to_digit(16))
        .fold(0, |sum, digit| sum * 16 + i64::from(digit))
}

impl Cause {
    /// How often it is worth another attempt.
    pub fn retry(&self) -> Retry {
        match self {
            Self::VariableMissing { .. }
            | Self::SubjectInvalid { .. }
            | Self::SanInvalid { .. }
            | Self::CertificateMismatch { .. }
            | Self::ThumbprintOfAnother { .. }
            | Self::StillPending { .. } => Retry::Never,
            Self::DeviceError { code } => match hresult(*code).blame {
                Blame::Network | Blame::Authority => Retry::Always,
                Blame::Passing => Retry::Times(MOST_REFUSALS),
                Blame::Device | Blame::Configuration => Retry::Never,
            },
            // The CA's code says that the same request would be refused again: no challenge is spent on it.
            Self::AuthorityRefused { .. } if self.blames_the_order() => Retry::Never,
            Self::AuthorityRefused { .. } => Retry::Times(MOST_REFUSALS),
            Self::CommandRefused { .. } => Retry::Times(MOST_REFUSED_COMMANDS),
            Self::ChallengeBeingFetched
            | Self::SlotsTaken { .. }
            | Self::CacheFull { .. }
            | Self::AuthorityUnreachable { .. }
            | Self::SignInRefused
            | Self::AccountRefused { .. }
            | Self::NoPermission
            | Self::PageNotUnderstood { .. }
            | Self::UserNotSignedIn
            | Self::MessageTooLarge { .. }
            | Self::ChallengeExpired
            | Self::NoAnswer
            | Self::CertificateGone
            | Self::QueuedBehind { .. }
            | Self::SlotsHeldSilent { .. }
            | Self::ChallengeForgotten
            | Self::ChallengeNotAsked
            | Self::PageTruncated
            | Self::PolicyModule { .. }
            | Self::KerberosImpossible { .. }
            | Self::TpmMissing
            | Self::WindowsTooOld { .. }
            | Self::EditionUnsupported { .. }
            | Self::SerialNotListed { .. } => Retry::Always,
        }
    }

    /// The moment before which nothing is tried, where the cause knows one.
    pub fn until(&self) -> Option<Timestamp> {
        match self {
            Self::SlotsTaken { until, .. }
            | Self::SlotsHeldSilent { until, .. }
            | Self::CacheFull { until }
            | Self::AuthorityUnreachable { until, .. } => Some(*until),
            Self::QueuedBehind { until, .. } => *until,
            _ => None,
        }
    }

    fn same_kind(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::DeviceError { code }, Self::DeviceError { code: other }) => code == other,
            _ => std::mem::discriminant(self) == std::mem::discriminant(other),
        }
    }
}
