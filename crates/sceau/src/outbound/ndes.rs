//! Challenges from NDES: the exchange of the `ndes` crate, driven over one connection.

use std::{
    fmt,
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use ::ndes::{
    AdminPage, ChallengeUrl, Lifetime,
    exchange::{Authorization, Exchange, Next, Policy, Request, Scheme, Stop},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use domain::thumbprint;
use http::header;
use zeroize::Zeroizing;

use super::{
    ChallengeProblem, ChallengeSource, OutboundError, Unreachable,
    address::Address,
    connection::{Answer, Ask, Connection},
    ntlm::SignIn,
    tls,
    way::Way,
};
use crate::secrets::hex;

/// How often the exchange begins again on a new connection.
const MAX_CONNECTIONS: usize = 3;

/// What the page of challenges gave.
pub struct ChallengePage {
    /// The challenge.
    pub challenge: Zeroizing<String>,
    /// MD5 of the CA certificate that the page names, upper-case hex; a policy module names none.
    pub ca_md5: Option<String>,
    /// How long the challenge lives, as far as the page says.
    pub lifetime: Lifetime,
}

impl ChallengePage {
    /// The thumbprint that the page names, if it is that of none of these certificates (DER): then the page is another
    /// authority's, or the authority was renewed.
    pub fn foreign_thumbprint(&self, certificates: &[Vec<u8>]) -> Option<&str> {
        let named = self.ca_md5.as_deref()?;
        let is_known = certificates
            .iter()
            .any(|der| thumbprint::md5(der).eq_ignore_ascii_case(named));
        (!is_known).then_some(named)
    }
}

impl fmt::Debug for ChallengePage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ChallengePage")
            .field("ca_md5", &self.ca_md5)
            .field("lifetime", &self.lifetime)
            .finish_non_exhaustive()
    }
}

/// What a sign-in at the address without its slash showed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProbeOutcome {
    /// The sign-in was asked for, given and accepted, and no page came.
    Proved,
    /// The address answers without asking for it: a front end may do that by itself.
    NotProved,
    /// NDES's page came in place of a redirection.
    TookAPage {
        /// What the page held.
        page: ProbedPage,
        /// Whether the sign-in was asked for.
        is_proved: bool,
    },
}

impl ProbeOutcome {
    /// Whether the sign-in was asked for and accepted.
    pub fn is_proved(self) -> bool {
        match self {
            Self::Proved => true,
            Self::NotProved => false,
            Self::TookAPage { is_proved, .. } => is_proved,
        }
    }
}

/// What a page held that nobody asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProbedPage {
    /// A challenge, which nobody will use: it holds one of the authority's slots for its whole life.
    Challenge,
    /// There was no room for one.
    CacheFull,
    /// None is needed.
    NoChallenge,
}

pub(super) async fn fetch(
    way: &Way,
    source: &ChallengeSource,
    limit: Duration,
) -> Result<ChallengePage, ChallengeProblem> {
    let mut exchange = Driver::new(way, source, false);
    match timed(&mut exchange, limit).await? {
        End::Page(page) => challenge(page),
        End::Redirected { .. } => Err(ChallengeProblem::NotUnderstood(
            "a redirection in place of a page".to_owned(),
        )),
    }
}

pub(super) async fn probe(
    way: &Way,
    source: &ChallengeSource,
    limit: Duration,
) -> Result<ProbeOutcome, ChallengeProblem> {
    let mut exchange = Driver::new(way, source, true);
    let end = timed(&mut exchange, limit).await?;
    let was_challenged = exchange.was_challenged;
    let page = match end {
        End::Redirected { is_last_leg } if was_challenged && is_last_leg => return Ok(ProbeOutcome::Proved),
        End::Redirected { .. } => return Ok(ProbeOutcome::NotProved),
        End::Page(page) => match challenge(page) {
            Ok(_) => ProbedPage::Challenge,
            Err(ChallengeProblem::CacheFull) => ProbedPage::CacheFull,
            Err(ChallengeProblem::NoChallengeRequired) => ProbedPage::NoChallenge,
            Err(problem) => return Err(problem),
        },
    };
    Ok(ProbeOutcome::TookAPage {
        page,
        is_proved: was_challenged,
    })
}

fn challenge(page: AdminPage) -> Result<ChallengePage, ChallengeProblem> {
    match page {
        AdminPage::Challenge {
            challenge,
            ca_md5,
            lifetime,
        } => Ok(ChallengePage {
            challenge,
            ca_md5: ca_md5.map(|md5| hex(&md5).to_uppercase()),
            lifetime,
        }),
        AdminPage::CacheFull => Err(ChallengeProblem::CacheFull),
        AdminPage::NoPermission => Err(ChallengeProblem::NoPermission),
        AdminPage::NoPasswordRequired { .. } => Err(ChallengeProblem::NoChallengeRequired),
        AdminPage::Truncated => Err(ChallengeProblem::Truncated),
        AdminPage::Thumbprint(_) => Err(ChallengeProblem::PolicyModule(
            "the address asks for the thumbprint".to_owned(),
        )),
        AdminPage::PolicyModule { excerpt } => Err(ChallengeProblem::PolicyModule(excerpt)),
        AdminPage::NotUnderstood { excerpt } => Err(ChallengeProblem::NotUnderstood(excerpt)),
    }
}

async fn timed(driver: &mut Driver<'_>, limit: Duration) -> Result<End, ChallengeProblem> {
    let is_asked = AtomicBool::new(false);
    tokio::time::timeout(limit, driver.run(&is_asked))
        .await
        .unwrap_or_else(|_| {
            let text = "the page of challenges did not answer in time".to_owned();
            Err(if is_asked.load(Ordering::Relaxed) {
                ChallengeProblem::Broken(text)
            } else {
                ChallengeProblem::Unreachable(text)
            })
        })
}

/// How an exchange ended.
enum End {
    Page(AdminPage),
    /// Only a probe ends so.
    Redirected {
        /// Whether the redirection answers the message that proves the account.
        is_last_leg: bool,
    },
}

/// One exchange under way.
struct Driver<'a> {
    way: &'a Way,
    source: &'a ChallengeSource,
    /// A probe asks at the address without its trailing slash, and ends at the redirection.
    is_probe: bool,
    was_challenged: bool,
}

impl<'a> Driver<'a> {
    fn new(way: &'a Way, source: &'a ChallengeSource, is_probe: bool) -> Self {
        Self {
            way,
            source,
            is_probe,
            was_challenged: false,
        }
    }

    async fn run(&mut self, is_asked: &AtomicBool) -> Result<End, ChallengeProblem> {
        let mut url = ChallengeUrl::parse(&self.source.challenge_url)
            .map_err(|error| ChallengeProblem::Unreachable(error.to_string()))?;
        let wanted = self.source.sign_in;
        let mut policy = Policy {
            first: if wanted.prefers_negotiate {
                Scheme::Negotiate
            } else {
                Scheme::Ntlm
            },
            allows_basic: wanted.allows_basic,
            // Only NTLM is spoken, also under that name.
            proves_at_once: false,
        };
        for _ in 0..MAX_CONNECTIONS {
            match self.on_one_connection(url, policy, is_asked).await? {
                Leg::End(end) => return Ok(end),
                Leg::Again(next, scheme) => {
                    url = next;
                    policy.first = scheme;
                }
            }
        }
        Err(ChallengeProblem::Broken(
            "the server closes the connection after each answer: the sign-in belongs to one connection"
                .to_owned(),
        ))
    }

    async fn on_one_connection(
        &mut self,
        url: ChallengeUrl,
        policy: Policy,
        is_asked: &AtomicBool,
    ) -> Result<Leg, ChallengeProblem> {
        let address = Address::parse(url.as_str()).map_err(|error| unreachable(&error))?;
        let mut connection = Connection::open(self.way, &address.origin, self.source.trust_pem.as_deref())
            .await
            .map_err(|error| unreachable(&error))?;
        let binding = connection.server_certificate.as_deref().map(tls::channel_binding);
        let mut sign_in = None;
        let mut scheme = policy.first;
        let (mut exchange, mut request) = Exchange::start(url, policy);
        loop {
            let authorization = self.authorization(&request, binding.as_deref(), &mut sign_in)?;
            let is_last_leg = is_last_leg(&request.authorization);
            is_asked.fetch_or(authorization.is_none() || is_last_leg, Ordering::Relaxed);
            let answer = self
                .send(&mut connection, &request, authorization, is_last_leg)
                .await?;
            self.was_challenged |= answer.status == 401;
            if self.is_probe && answer.status.is_redirection() {
                return Ok(Leg::End(End::Redirected { is_last_leg }));
            }
            let is_unanswered_negotiate = request.authorization == Authorization::Begin(Scheme::Negotiate);
            let offers_basic = offers(&answer).iter().any(|offer| {
                offer
                    .get(..5)
                    .is_some_and(|name| name.eq_ignore_ascii_case("basic"))
            });
            (exchange, request) = match step(exchange, &answer) {
                Next::Send(exchange, request) => (exchange, request),
                Next::Page(page) => return Ok(Leg::End(End::Page(page))),
                Next::Stop(Stop::NoUsableScheme) if offers_basic => {
                    return Err(ChallengeProblem::NoCommonScheme(
                        "the server offers Basic alone, which sends the password itself: allow it for this authority, over https"
                            .to_owned(),
                    ));
                }
                // Only NTLM's first message was refused, by a server that wants Kerberos.
                Next::Stop(Stop::NoUsableScheme) if is_unanswered_negotiate => {
                    return Err(ChallengeProblem::NoCommonScheme(
                        "the server takes Kerberos only: allow NTLM for the page of challenges".to_owned(),
                    ));
                }
                Next::Stop(stop) => return Err(stopped(&stop)),
            };
            match &request.authorization {
                Authorization::Begin(begun) => {
                    scheme = *begun;
                    sign_in = None;
                }
                Authorization::Continue { scheme: begun, .. } => scheme = *begun,
                Authorization::Absent => {}
            }
            if !connection.is_open().await {
                if matches!(request.authorization, Authorization::Continue { .. }) {
                    return Err(ChallengeProblem::Unreachable(
                        "the connection was closed in the middle of the sign-in: is there a proxy that does not keep it?"
                            .to_owned(),
                    ));
                }
                return Ok(Leg::Again(request.url, scheme));
            }
        }
    }

    async fn send(
        &self,
        connection: &mut Connection,
        request: &Request,
        authorization: Option<Zeroizing<String>>,
        is_last_leg: bool,
    ) -> Result<Answer, ChallengeProblem> {
        let url = if self.is_probe {
            request.url.without_page()
        } else {
            request.url.as_str().to_owned()
        };
        let address = Address::parse(&url).map_err(|error| unreachable(&error))?;
        let ask = Ask {
            authorization,
            ..Ask::default()
        };
        connection.send(&address, ask).await.map_err(|error| match error {
            OutboundError::Unreachable(error) => unreachable(&error),
            OutboundError::TooLong => ChallengeProblem::NotUnderstood(error.to_string()),
            OutboundError::NoAnswer(_) | OutboundError::TimedOut(_) if is_last_leg => {
                ChallengeProblem::Broken(error.to_string())
            }
            OutboundError::NoAnswer(_) | OutboundError::TimedOut(_) => {
                ChallengeProblem::Unreachable(error.to_string())
            }
        })
    }

    /// The `Authorization` header that a request wants.
    fn authorization(
        &self,
        request: &Request,
        binding: Option<&[u8]>,
        sign_in: &mut Option<SignIn>,
    ) -> Result<Option<Zeroizing<String>>, ChallengeProblem> {
        let failed =
            |detail: String| ChallengeProblem::NoCommonScheme(format!("the sign-in can't be made: {detail}"));
        let (scheme, token) = match &request.authorization {
            Authorization::Absent => return Ok(None),
            Authorization::Begin(Scheme::Basic) => {
                let pair = Zeroizing::new(format!(
                    "{}:{}",
                    self.source.username,
                    self.source.password.as_str()
                ));
                let token = Zeroizing::new(STANDARD.encode(pair.as_bytes()));
                return Ok(Some(Zeroizing::new(format!("Basic {}", token.as_str()))));
            }
            Authorization::Begin(scheme) => {
                let begun = sign_in.insert(SignIn::begin(self.source, binding).map_err(failed)?);
                (*scheme, begun.step(None).map_err(failed)?)
            }
            Authorization::Continue { scheme, server_token } => {
                let server = STANDARD
                    .decode(server_token)
                    .map_err(|error| failed(error.to_string()))?;
                let begun = sign_in
                    .as_mut()
                    .ok_or_else(|| failed("it was never begun".to_owned()))?;
                (*scheme, begun.step(Some(&server)).map_err(failed)?)
            }
        };
        let token = Zeroizing::new(STANDARD.encode(token.as_slice()));
        Ok(Some(Zeroizing::new(format!(
            "{} {}",
            scheme.name(),
            token.as_str()
        ))))
    }
}

/// What one connection brought.
enum Leg {
    End(End),
    /// The server closed it: begin again there.
    Again(ChallengeUrl, Scheme),
}

/// Whether this message proves the account: NTLM's last one, or Basic.
fn is_last_leg(authorization: &Authorization) -> bool {
    matches!(
        authorization,
        Authorization::Continue { .. } | Authorization::Begin(Scheme::Basic)
    )
}

fn offers(answer: &Answer) -> Vec<&str> {
    answer
        .headers
        .get_all(header::WWW_AUTHENTICATE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .collect()
}

fn step(exchange: Exchange, answer: &Answer) -> Next {
    let offers = offers(answer);
    exchange.answered(&::ndes::exchange::Answer {
        status: answer.status.as_u16(),
        www_authenticate: &offers,
        location: answer
            .headers
            .get(header::LOCATION)
            .and_then(|value| value.to_str().ok()),
        body: &answer.body,
    })
}

fn unreachable(error: &Unreachable) -> ChallengeProblem {
    match error {
        Unreachable::Tls(failure) => ChallengeProblem::Tls(failure.clone()),
        other => ChallengeProblem::Unreachable(other.to_string()),
    }
}

fn stopped(stop: &Stop) -> ChallengeProblem {
    match stop {
        Stop::WrongPassword => ChallengeProblem::SignInRefused,
        Stop::NoUsableScheme => ChallengeProblem::NoCommonScheme(stop.to_string()),
        // As a policy module answers whoever isn't its own client, such as that of Intune's connector.
        Stop::Forbidden => ChallengeProblem::PolicyModule("HTTP 403".to_owned()),
        Stop::NotFound => ChallengeProblem::Status(404),
        Stop::ServerFailed(status) | Stop::Unexpected(status) => ChallengeProblem::Status(*status),
        Stop::RedirectedElsewhere | Stop::TooManySteps | Stop::Page(_) => {
            ChallengeProblem::NotUnderstood(stop.to_string())
        }
    }
}
