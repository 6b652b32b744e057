//! The fetching of one challenge, as steps without I/O.
//!
//! The caller keeps **one** HTTP/1.1 connection for the whole exchange (NTLM signs in the connection), reads
//! each body to its end, and makes the tokens. It sends what [`Exchange::start`] says, hands every answer to
//! [`Exchange::answered`], and goes on until there is a page or a stop.
//!
//! ```text
//! GET /certsrv/mscep_admin/   Authorization: NTLM <type 1>      the sign-in opens the exchange: an anonymous
//! 401  WWW-Authenticate: NTLM <type 2>                          first request breaks sites behind a firewall
//! GET /certsrv/mscep_admin/   Authorization: NTLM <type 3>
//! 200  the page                                                 (or 301 to the form with the last slash)
//! ```

mod offer;

pub use offer::Scheme;

use crate::Error;
use crate::address::ChallengeUrl;
use crate::page::{self, AdminPage};
use std::fmt;

const MAX_REDIRECTS: u8 = 3;
const MAX_RESTARTS: u8 = 3;

/// What the caller sends next: a GET of `url` with this in `Authorization`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    pub url: ChallengeUrl,
    pub authorization: Authorization,
}

/// What goes into the `Authorization` header.
#[derive(Clone, PartialEq, Eq)]
pub enum Authorization {
    /// Nothing: the connection is signed in.
    Absent,
    /// A new security context's first token (NTLM's type 1), or name and password for Basic.
    Begin(Scheme),
    /// The same context's answer to the server's token, which is given as sent, in base64.
    Continue { scheme: Scheme, server_token: String },
}

impl fmt::Debug for Authorization {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Absent => formatter.write_str("Absent"),
            Self::Begin(scheme) => write!(formatter, "Begin({scheme:?})"),
            Self::Continue { scheme, .. } => write!(formatter, "Continue({scheme:?})"),
        }
    }
}

/// What came back.
#[derive(Clone, Copy)]
pub struct Answer<'a> {
    pub status: u16,
    /// Every `WWW-Authenticate` value.
    pub www_authenticate: &'a [&'a str],
    pub location: Option<&'a str>,
    pub body: &'a [u8],
}

/// What to do with an answer.
#[derive(Debug)]
pub enum Next {
    /// Send this, on the same connection.
    Send(Exchange, Request),
    /// The page, read: the exchange is over. It may say that there is no challenge.
    Page(AdminPage),
    /// The exchange is over without a page.
    Stop(Stop),
}

/// Why there is no page.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Stop {
    /// A complete sign-in was refused. Never tried again by itself: a repeated wrong password locks the account.
    #[error("NDES refused the user name or the password")]
    WrongPassword,
    /// None of the ways to sign in that the server offers is one that may be used.
    #[error("NDES offers no way to sign in that may be used here")]
    NoUsableScheme,
    #[error("NDES refuses this account (HTTP 403)")]
    Forbidden,
    #[error("there is no NDES admin page at this address (HTTP 404)")]
    NotFound,
    #[error("NDES has a problem of its own (HTTP {0})")]
    ServerFailed(u16),
    /// The sign-in is meant for this host: it isn't carried to another, nor from TLS to plain HTTP.
    #[error("NDES sends to another place, where the sign-in is not carried")]
    RedirectedElsewhere,
    #[error("NDES sends around in a circle")]
    TooManySteps,
    #[error("NDES answered in a way that isn't known (HTTP {0})")]
    Unexpected(u16),
    #[error(transparent)]
    Page(#[from] Error),
}

/// Which ways to sign in may be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Policy {
    /// The way to begin with.
    pub first: Scheme,
    /// Whether Basic may be used when nothing else is offered; never over plain HTTP, whatever is said here.
    pub allows_basic: bool,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            first: Scheme::Ntlm,
            allows_basic: false,
        }
    }
}

/// An exchange that waits for an answer.
#[derive(Debug, Clone)]
pub struct Exchange {
    url: ChallengeUrl,
    policy: Policy,
    sent: Sent,
    redirects: u8,
    restarts: u8,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sent {
    /// On a connection that is signed in.
    Nothing,
    /// The first token of a context.
    Opening(Scheme),
    /// All that proves the account: NTLM's type 3, a ticket, Basic.
    Proof(Scheme),
}

impl Exchange {
    /// The first request.
    pub fn start(url: ChallengeUrl, policy: Policy) -> (Self, Request) {
        let exchange = Self {
            url,
            policy,
            sent: Sent::Nothing,
            redirects: 0,
            restarts: 0,
        };
        exchange.begin(policy.first)
    }

    /// What an answer leads to.
    pub fn answered(self, answer: &Answer<'_>) -> Next {
        match answer.status {
            200 => {
                let read = match self.url.operation() {
                    Some(operation) => page::read_reply(operation, answer.body),
                    None => page::read(answer.body),
                };
                match read {
                    Ok(page) => Next::Page(page),
                    Err(error) => Next::Stop(Stop::Page(error)),
                }
            }
            301 | 302 | 303 | 307 | 308 => self.redirected(answer),
            401 => self.challenged(answer),
            403 => Next::Stop(Stop::Forbidden),
            404 | 410 => Next::Stop(Stop::NotFound),
            status @ 500..=599 => Next::Stop(Stop::ServerFailed(status)),
            status => Next::Stop(Stop::Unexpected(status)),
        }
    }

    fn begin(mut self, scheme: Scheme) -> (Self, Request) {
        // These prove the account at once, and have no second leg.
        self.sent = if matches!(scheme, Scheme::Basic | Scheme::Kerberos) {
            Sent::Proof(scheme)
        } else {
            Sent::Opening(scheme)
        };
        let request = Request {
            url: self.url.clone(),
            authorization: Authorization::Begin(scheme),
        };
        (self, request)
    }

    fn challenged(mut self, answer: &Answer<'_>) -> Next {
        let offers = offer::read(answer.www_authenticate);
        match self.sent {
            // A ticket proves the account to whoever gave it: that the server doesn't take it says nothing of the password.
            Sent::Proof(Scheme::Kerberos) => self.begin_another(&offers, Some(Scheme::Kerberos)),
            Sent::Proof(_) => Next::Stop(Stop::WrongPassword),
            Sent::Opening(scheme) => {
                let token = offers
                    .iter()
                    .find(|offer| offer.scheme == scheme)
                    .and_then(|o| o.token.clone());
                match token {
                    Some(server_token) => {
                        self.sent = Sent::Proof(scheme);
                        let authorization = Authorization::Continue { scheme, server_token };
                        let request = Request {
                            url: self.url.clone(),
                            authorization,
                        };
                        Next::Send(self, request)
                    }
                    None => self.begin_another(&offers, Some(scheme)),
                }
            }
            // The connection that was signed in is gone, or the server signs in each request.
            Sent::Nothing => self.begin_another(&offers, None),
        }
    }

    /// Signs in in the best way that is offered, the one that just wasn't taken apart.
    fn begin_another(mut self, offers: &[offer::Offer], refused: Option<Scheme>) -> Next {
        if self.restarts >= MAX_RESTARTS {
            return Next::Stop(Stop::TooManySteps);
        }
        self.restarts += 1;
        let may_send_basic = self.policy.allows_basic && self.url.is_encrypted();
        let is_offered = |scheme: &Scheme| offers.iter().any(|offer| offer.scheme == *scheme);
        let scheme = [Scheme::Ntlm, Scheme::Negotiate, Scheme::Basic]
            .into_iter()
            .filter(|scheme| Some(*scheme) != refused)
            .filter(|scheme| *scheme != Scheme::Basic || may_send_basic)
            .find(is_offered);
        match scheme {
            Some(scheme) => {
                let (exchange, request) = self.begin(scheme);
                Next::Send(exchange, request)
            }
            None => Next::Stop(Stop::NoUsableScheme),
        }
    }

    fn redirected(mut self, answer: &Answer<'_>) -> Next {
        let place = answer
            .location
            .and_then(|location| self.url.as_url().join(location).ok());
        let Some(place) = place else {
            return Next::Stop(Stop::Unexpected(answer.status));
        };
        if place.origin() != self.url.as_url().origin() {
            return Next::Stop(Stop::RedirectedElsewhere);
        }
        let Ok(url) = ChallengeUrl::parse(place.as_str()) else {
            return Next::Stop(Stop::RedirectedElsewhere);
        };
        if self.redirects >= MAX_REDIRECTS {
            return Next::Stop(Stop::TooManySteps);
        }
        self.redirects += 1;
        self.url = url;
        match self.sent {
            Sent::Proof(Scheme::Ntlm | Scheme::Negotiate) => {
                self.sent = Sent::Nothing;
                let request = Request {
                    url: self.url.clone(),
                    authorization: Authorization::Absent,
                };
                Next::Send(self, request)
            }
            // Before the sign-in is complete, or with what each request carries: Basic, and a ticket, since IIS keeps only
            // NTLM for the whole connection.
            Sent::Opening(scheme) | Sent::Proof(scheme) => {
                let (exchange, request) = self.begin(scheme);
                Next::Send(exchange, request)
            }
            Sent::Nothing => {
                let request = Request {
                    url: self.url.clone(),
                    authorization: Authorization::Absent,
                };
                Next::Send(self, request)
            }
        }
    }
}
