//! What can go wrong outside, as distinct values; secrets never stand in them.

use domain::{
    diagnosis::{Cause, Outage},
    time::Timestamp,
};
use thiserror::Error as ThisError;

use super::{AccountProblem, TicketProblem, TlsProblem};

/// A failed handshake.
#[derive(Clone, Debug, PartialEq, Eq, ThisError)]
#[error("TLS with {host} failed: {problem}")]
pub struct TlsFailure {
    /// With whom.
    pub host: String,
    /// Why.
    pub problem: TlsProblem,
}

/// Why nothing could be sent at all.
#[derive(Clone, Debug, PartialEq, Eq, ThisError)]
pub enum Unreachable {
    /// The address can't be used.
    #[error("{0}")]
    Address(String),
    /// The name has no address.
    #[error("the name {0} can't be resolved")]
    Name(String),
    /// Nobody listens there.
    #[error("{0} refuses connections")]
    Refused(String),
    /// No answer in time.
    #[error("{0} did not answer in time")]
    TimedOut(String),
    /// As many requests as may be are there now, and none was answered in time.
    #[error("{0} requests wait for the authority already, and none was answered in time")]
    Busy(usize),
    /// The proxy between doesn't let through.
    #[error("the proxy {proxy} can't be used: {detail}")]
    Proxy {
        /// Which.
        proxy: String,
        /// Why.
        detail: String,
    },
    /// TLS failed.
    #[error(transparent)]
    Tls(Box<TlsFailure>),
    /// The network failed in another way.
    #[error("{host} can't be reached: {detail}")]
    Network {
        /// Whom.
        host: String,
        /// Why.
        detail: String,
    },
}

/// Why a request got no answer.
#[derive(Clone, Debug, PartialEq, Eq, ThisError)]
pub enum OutboundError {
    /// Not one octet of the request went out.
    #[error(transparent)]
    Unreachable(#[from] Unreachable),
    /// It went out, at least in part, and no answer came: nobody knows what the other side did with it.
    #[error("the request was sent and no answer came: {0}")]
    NoAnswer(String),
    /// It went out, at least in part, and no answer came in time.
    #[error("{0} did not answer in time")]
    TimedOut(String),
    /// An answer began and is longer than what is read.
    #[error("the answer is longer than {} octets", super::MAX_BODY)]
    TooLong,
}

impl Unreachable {
    /// In which way, and whom it concerns.
    fn outage(&self) -> (Outage, String) {
        match self {
            Self::Address(_) => (Outage::Other, String::new()),
            Self::Name(name) => (Outage::Name, name.clone()),
            Self::Refused(place) => (Outage::Refused, place.clone()),
            Self::TimedOut(place) => (Outage::Silent, place.clone()),
            Self::Busy(_) => (Outage::Busy, String::new()),
            Self::Proxy { proxy, .. } => (Outage::Proxy, proxy.clone()),
            Self::Tls(failure) => (Outage::Tls, failure.host.clone()),
            Self::Network { host, .. } => (Outage::Other, host.clone()),
        }
    }
}

/// Why the page of challenges can't be reached.
#[derive(Clone, Debug, PartialEq, Eq, ThisError)]
#[error("{detail}")]
pub struct Silence {
    /// In which way.
    pub what: Outage,
    /// Whom it concerns; empty where nobody is known.
    pub place: String,
    /// What happened, English.
    pub detail: String,
}

impl Silence {
    /// Something that happened before or between requests.
    pub fn of(what: Outage, detail: impl Into<String>) -> Self {
        Self {
            what,
            place: String::new(),
            detail: detail.into(),
        }
    }
}

impl From<&Unreachable> for Silence {
    fn from(error: &Unreachable) -> Self {
        let (what, place) = error.outage();
        Self {
            what,
            place,
            detail: error.to_string(),
        }
    }
}

impl OutboundError {
    /// Whether the other side may have acted on the request.
    pub fn was_sent(&self) -> bool {
        !matches!(self, Self::Unreachable(_))
    }
}

/// Why no sign-in can be made.
#[derive(Clone, Debug, PartialEq, Eq, ThisError)]
pub enum NoScheme {
    /// Basic alone is offered, and isn't allowed.
    #[error(
        "the server offers Basic alone, which sends the password itself: allow it for this authority, over https"
    )]
    BasicOnly,
    /// Only NTLM's first message was refused, by a server that wants Kerberos.
    #[error(
        "the server takes Kerberos only: prefer it for this authority, or allow NTLM for the page of challenges"
    )]
    KerberosOnly,
    /// Another reason.
    #[error("{0}")]
    Other(String),
}

impl NoScheme {
    fn outage(&self) -> Outage {
        match self {
            Self::BasicOnly => Outage::BasicOnly,
            Self::KerberosOnly => Outage::KerberosOnly,
            Self::Other(_) => Outage::NoScheme,
        }
    }

    /// Key of the refusal of a form.
    pub fn error_key(&self) -> &'static str {
        match self {
            Self::BasicOnly => "error-challenge_url-basic-only",
            Self::KerberosOnly => "error-challenge_url-kerberos-only",
            Self::Other(_) => "error-challenge_url-unreachable",
        }
    }
}

/// Why there is no challenge.
#[derive(Clone, Debug, PartialEq, Eq, ThisError)]
pub enum ChallengeProblem {
    /// The page can't be reached.
    #[error(transparent)]
    Unreachable(Box<Silence>),
    /// TLS with its server failed.
    #[error(transparent)]
    Tls(Box<TlsFailure>),
    /// The connection broke after the challenge was asked for: one may have been spent.
    #[error("{0}")]
    Broken(String),
    /// A complete sign-in was refused: it must not be tried again before a person acts.
    #[error("the sign-in was refused: the user name or the password is wrong, or the account is locked")]
    SignInRefused,
    /// The account's key distribution centre refuses it: the same holds.
    #[error("the key distribution centre refuses the account: {0}")]
    AccountRefused(AccountProblem),
    /// The server offers no way to sign in that is accepted here.
    #[error(transparent)]
    NoCommonScheme(NoScheme),
    /// Kerberos is preferred and can't be used, and nothing else was taken.
    #[error("Kerberos can't be used, and the server takes nothing else: {0}")]
    KerberosImpossible(TicketProblem),
    /// Signed in, but the account may not get challenges.
    #[error(
        "the account is not permitted to get challenges: it needs Enroll on the templates and the permission on the page"
    )]
    NoPermission,
    /// The authority holds as many unused challenges as it may.
    #[error("the authority's cache of challenges is full")]
    CacheFull,
    /// NDES is set to issue without a challenge.
    #[error(
        "NDES asks for no challenge (EnforcePassword is 0): whoever reaches it gets a certificate; turn it on"
    )]
    NoChallengeRequired,
    /// The page ended in its middle: a challenge may have been given.
    #[error("the page of challenges ended in its middle")]
    Truncated,
    /// The page is forbidden to the account (HTTP 403), as a policy module answers whoever isn't its own client, such
    /// as that of Intune's connector.
    #[error("the page of challenges is forbidden (HTTP 403), as where a policy module stands in its place")]
    Forbidden,
    /// A policy module answered in place of the page. A cleaned excerpt, or nothing.
    #[error("a policy module answered in place of the page of challenges: {0}")]
    PolicyModule(String),
    /// A page came that can't be understood.
    #[error("the page of challenges can't be understood: {0}")]
    NotUnderstood(String),
    /// Another HTTP status.
    #[error("the page of challenges answered with HTTP status {0}")]
    Status(u16),
}

impl ChallengeProblem {
    /// Whether a complete sign-in was refused, so that another one could lock the account.
    pub fn is_refused_sign_in(&self) -> bool {
        matches!(self, Self::SignInRefused | Self::AccountRefused(_))
    }

    /// The cause that a person reads; `until`: when it is tried again.
    pub fn cause(&self, until: Timestamp) -> Cause {
        match self {
            Self::SignInRefused => Cause::SignInRefused,
            Self::AccountRefused(problem) => Cause::AccountRefused {
                why: problem.key().to_owned(),
            },
            Self::NoPermission => Cause::NoPermission,
            Self::KerberosImpossible(problem) => Cause::KerberosImpossible { why: problem.key() },
            Self::CacheFull => Cause::CacheFull { until },
            Self::NotUnderstood(excerpt) => Cause::PageNotUnderstood {
                excerpt: excerpt.clone(),
            },
            Self::NoChallengeRequired => Cause::ChallengeNotAsked,
            Self::Truncated => Cause::PageTruncated,
            Self::Forbidden => Cause::PolicyModule {
                detail: "HTTP 403".to_owned(),
            },
            Self::PolicyModule(detail) => Cause::PolicyModule {
                detail: detail.clone(),
            },
            Self::Unreachable(silence) => self.outage(silence.what, &silence.place, until),
            Self::Tls(failure) => self.outage(Outage::Tls, &failure.host, until),
            Self::Broken(_) => self.outage(Outage::Broken, "", until),
            Self::NoCommonScheme(reason) => self.outage(reason.outage(), "", until),
            Self::Status(status) => self.outage(Outage::PageStatus, &status.to_string(), until),
        }
    }

    fn outage(&self, what: Outage, place: &str, until: Timestamp) -> Cause {
        Cause::AuthorityUnreachable {
            what,
            place: place.to_owned(),
            detail: self.to_string(),
            until,
        }
    }

    /// Whether the authority certainly gave no challenge. After a broken connection, or half a page, nobody knows.
    pub fn is_certain(&self) -> bool {
        !matches!(
            self,
            Self::Broken(_) | Self::Truncated | Self::PolicyModule(_) | Self::NotUnderstood(_)
        )
    }
}
