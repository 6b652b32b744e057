//! The only HTTP client: calls to certificate authorities and to whoever is told of warnings; mail; and directories.

mod address;
mod authenticator;
mod connection;
mod kdc;
mod kerberos;
pub mod ldap;
mod mail;
mod ndes;
mod ntlm;
mod oidc;
mod page;
mod pool;
mod problem;
mod reach;
mod scep;
mod tls;
mod turns;
mod way;
mod webhook;
mod wns;

use std::{fmt, time::Duration};

use bytes::Bytes;
use domain::external_ca::{Access, Authority};
use zeroize::Zeroizing;

pub use ::ndes::Lifetime;
pub use kerberos::{AccountProblem, TicketProblem};
pub use mail::Mail;
pub use oidc::{Claims, Expected, Metadata, Provider, check_id_token, key_id};
pub use page::{ChallengePage, ProbeOutcome, ProbedPage};
pub use problem::{ChallengeProblem, NoScheme, OutboundError, Silence, TlsFailure, Unreachable};
pub use reach::{Reached, Timed, TlsSeen};
pub use scep::ScepAnswer;
pub use tls::{TlsProblem, Trust};
pub use turns::Bounds;
pub use webhook::{Hook, signature};
pub use wns::{WnsAccount, WnsProblem};

use crate::settings::OutboundSettings;

/// The longest answer that is read, in octets.
pub const MAX_BODY: usize = 256 * 1024;

/// Where SCEP is spoken.
#[derive(Clone, Debug)]
pub struct Upstream {
    /// The SCEP address, without `/pkiclient.exe`.
    pub scep_url: String,
    /// Whom its https trusts.
    pub trust: Trust,
    /// What GetCACaps answered; empty when it isn't known.
    pub capabilities: String,
}

impl Upstream {
    /// The authority's SCEP address.
    pub fn of(authority: &Authority) -> Self {
        Self {
            scep_url: authority.scep_url.clone(),
            trust: Trust::of(authority.trust_pem.as_deref(), &authority.access),
            capabilities: authority.capabilities.clone(),
        }
    }
}

/// Whether two addresses are served by the same server.
pub fn are_neighbours(one: &str, other: &str) -> bool {
    let place = reach::place(one);
    place.is_some() && place == reach::place(other)
}

/// The page of challenges and the account that may see it.
#[derive(Clone)]
pub struct ChallengeSource {
    /// The page, with its trailing slash.
    pub challenge_url: String,
    /// `DOMAIN\user` or `user@domain`.
    pub username: String,
    /// Its password.
    pub password: Zeroizing<String>,
    /// Whom its https trusts.
    pub trust: Trust,
    /// Which ways to sign in may be used.
    pub sign_in: SignInPolicy,
}

/// Which ways to sign in may be used beside NTLM.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SignInPolicy {
    /// Basic, where the page offers nothing else, and over https alone.
    pub allows_basic: bool,
    /// Kerberos is tried first, and NTLM comes next.
    pub prefers_kerberos: bool,
    /// The key distribution centre, `host` or `host:port`; none is the realm's own name.
    pub kdc: Option<String>,
}

impl From<&Access> for SignInPolicy {
    fn from(access: &Access) -> Self {
        Self {
            allows_basic: access.allows_basic,
            prefers_kerberos: access.prefers_kerberos,
            kdc: access.kdc.clone(),
        }
    }
}

impl fmt::Debug for ChallengeSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ChallengeSource")
            .field("challenge_url", &self.challenge_url)
            .field("username", &self.username)
            .finish_non_exhaustive()
    }
}

/// Calls to other systems.
#[derive(Debug, Default)]
pub struct Outbound {
    pool: pool::Pool,
    turns: turns::Turns,
    tokens: wns::Tokens,
    providers: oidc::Known,
}

impl Outbound {
    /// A client without connections.
    pub fn new() -> Self {
        Self::default()
    }

    /// One that goes the way of the settings, within their times.
    pub fn from_settings(settings: &OutboundSettings) -> anyhow::Result<Self> {
        let bounds = Bounds {
            exchange: Duration::from_secs(settings.exchange_seconds),
            challenge: Duration::from_secs(settings.challenge_seconds),
            sign_in: Duration::from_secs(settings.sign_in_seconds),
            ..Bounds::default()
        };
        Ok(Self {
            pool: pool::Pool::new(way::Way::new(settings)?),
            turns: turns::Turns::new(bounds),
            tokens: wns::Tokens::default(),
            providers: oidc::Known::default(),
        })
    }

    /// One whose exchanges with each authority keep other bounds.
    pub fn with_bounds(bounds: Bounds) -> Self {
        Self {
            pool: pool::Pool::default(),
            turns: turns::Turns::new(bounds),
            tokens: wns::Tokens::default(),
            providers: oidc::Known::default(),
        }
    }

    /// The bounds that calls keep.
    pub fn bounds(&self) -> Bounds {
        self.turns.bounds
    }

    /// GetCACaps, GetCACert or GetNextCACert.
    pub async fn scep_get(
        &self,
        upstream: &Upstream,
        operation: ::scep::Operation,
    ) -> Result<ScepAnswer, OutboundError> {
        self.scep_get_of(upstream, operation, None).await
    }

    /// The same for the CA of this name, at a server that serves several (RFC 8894 §3.5.1 and §4.2).
    pub async fn scep_get_of(
        &self,
        upstream: &Upstream,
        operation: ::scep::Operation,
        ca_name: Option<&str>,
    ) -> Result<ScepAnswer, OutboundError> {
        let _turn = self.turns.take(&upstream.scep_url).await?;
        scep::ask(&self.pool, &self.turns.bounds, upstream, operation, ca_name).await
    }

    /// PKIOperation: POSTed, or sent by GET to an authority that doesn't say that it takes a POST. It waits for its
    /// turn while the authority has as many as it may.
    pub async fn scep_post(
        &self,
        upstream: &Upstream,
        body: impl Into<Bytes>,
    ) -> Result<ScepAnswer, OutboundError> {
        let _turn = self.turns.take(&upstream.scep_url).await?;
        scep::operate(&self.pool, &self.turns.bounds, upstream, body.into()).await
    }

    /// Connects and goes away again: how far one gets, and how long each step takes.
    pub async fn reach(&self, url: &str, trust: &Trust) -> Reached {
        reach::reach(&self.pool.way, url, trust).await
    }

    /// Reads what lies at an address, `longest` octets of it at most. No redirection is followed.
    pub async fn fetch(&self, url: &str, trust: &Trust, longest: usize) -> Result<ScepAnswer, OutboundError> {
        let address = address::Address::parse(url)?;
        let ask = || connection::Ask {
            longest: Some(longest),
            ..connection::Ask::default()
        };
        let sending = self.pool.send(&address, trust, ask);
        match tokio::time::timeout(self.turns.bounds.exchange, sending).await {
            Ok(answer) => answer.map(ScepAnswer::from),
            Err(_) => Err(OutboundError::TimedOut(address.origin.to_string())),
        }
    }

    /// Takes one challenge. Whatever the page holds, one of the authority's slots may be spent.
    pub async fn fetch_challenge(
        &self,
        source: &ChallengeSource,
        limit: Duration,
    ) -> Result<ChallengePage, ChallengeProblem> {
        ndes::fetch(&self.pool.way, source, limit).await
    }

    /// Tries the sign-in without taking a challenge: at the address without its trailing slash, ending at its 301.
    pub async fn probe_sign_in(
        &self,
        source: &ChallengeSource,
        limit: Duration,
    ) -> Result<ProbeOutcome, ChallengeProblem> {
        ndes::probe(&self.pool.way, source, limit).await
    }
}
