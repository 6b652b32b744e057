//! Challenges from NDES: the exchange of the `ndes` crate, driven over one connection.

use std::{
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use ::ndes::{
    AdminPage, ChallengeUrl,
    exchange::{Authorization, Exchange, Next, Policy, Request, Scheme, Stop},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use domain::diagnosis::Outage;
use http::header;
use zeroize::Zeroizing;

use super::{
    ChallengePage, ChallengeProblem, ChallengeSource, NoScheme, OutboundError, ProbeOutcome, ProbedPage,
    Silence, Unreachable,
    address::Address,
    connection::{Answer, Ask, Connection},
    kerberos::{Kerberos, NoTicket, TicketProblem},
    ntlm::SignIn,
    tls,
    way::Way,
};
use crate::secrets::hex;

/// How often the exchange begins again on a new connection.
const MAX_CONNECTIONS: usize = 3;

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
        End::Redirected { is_last_leg } if was_challenged && is_last_leg => {
            return Ok(exchange
                .kerberos
                .map_or(ProbeOutcome::Proved, ProbeOutcome::ProvedByNtlm));
        }
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
    tokio::time::timeout(limit, Box::pin(driver.run(&is_asked)))
        .await
        .unwrap_or_else(|_| {
            let text = "the page of challenges did not answer in time".to_owned();
            Err(if is_asked.load(Ordering::Relaxed) {
                ChallengeProblem::Broken(text)
            } else {
                ChallengeProblem::Unreachable(Silence::of(Outage::Silent, text).into())
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
    /// Whether the server asked for the sign-in, or showed that it knows the ticket's key.
    was_challenged: bool,
    /// Why Kerberos isn't tried any more.
    kerberos: Option<TicketProblem>,
}

/// The sign-ins under way on one connection.
#[derive(Default)]
struct Contexts {
    ntlm: Option<SignIn>,
    kerberos: Option<Kerberos>,
}

impl<'a> Driver<'a> {
    fn new(way: &'a Way, source: &'a ChallengeSource, is_probe: bool) -> Self {
        Self {
            way,
            source,
            is_probe,
            was_challenged: false,
            kerberos: None,
        }
    }

    async fn run(&mut self, is_asked: &AtomicBool) -> Result<End, ChallengeProblem> {
        let mut url = ChallengeUrl::parse(&self.source.challenge_url).map_err(|error| {
            ChallengeProblem::Unreachable(Silence::of(Outage::Other, error.to_string()).into())
        })?;
        let wanted = &self.source.sign_in;
        let mut policy = Policy {
            first: if wanted.prefers_kerberos {
                Scheme::Kerberos
            } else {
                Scheme::Ntlm
            },
            allows_basic: wanted.allows_basic,
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
        mut policy: Policy,
        is_asked: &AtomicBool,
    ) -> Result<Leg, ChallengeProblem> {
        let address = Address::parse(url.as_str()).map_err(|error| unreachable(&error))?;
        let mut connection = Connection::open(self.way, &address.origin, &self.source.trust)
            .await
            .map_err(|error| unreachable(&error))?;
        let binding = connection.server_certificate.as_deref().map(tls::channel_binding);
        let mut contexts = Contexts::default();
        let mut scheme = policy.first;
        let (mut exchange, mut request) = Exchange::start(url, policy);
        loop {
            let authorization = match self
                .authorization(&request, &address.origin.host, binding.as_deref(), &mut contexts)
                .await
            {
                Ok(authorization) => authorization,
                Err(NoToken::Problem(problem)) => return Err(problem),
                Err(NoToken::Ticket(problem)) => {
                    self.kerberos = Some(problem);
                    policy.first = Scheme::Ntlm;
                    scheme = policy.first;
                    (exchange, request) = Exchange::start(request.url, policy);
                    continue;
                }
            };
            let is_last_leg = is_last_leg(&request.authorization);
            is_asked.fetch_or(authorization.is_none() || is_last_leg, Ordering::Relaxed);
            let answer = self
                .send(&mut connection, &request, authorization, is_last_leg)
                .await?;
            if request.authorization == Authorization::Begin(Scheme::Kerberos) {
                self.heed_ticket(&answer, contexts.kerberos.take());
            }
            self.was_challenged |= answer.status == 401;
            if self.is_probe && answer.status.is_redirection() {
                return Ok(Leg::End(End::Redirected { is_last_leg }));
            }
            (exchange, request) = match step(exchange, &answer) {
                Next::Send(exchange, request) => (exchange, request),
                Next::Page(page) => return Ok(Leg::End(End::Page(page))),
                Next::Stop(Stop::NoUsableScheme) => return Err(self.no_scheme(&request, &answer)),
                Next::Stop(stop) => return Err(stopped(&stop)),
            };
            match &request.authorization {
                Authorization::Begin(begun) => {
                    scheme = *begun;
                    contexts = Contexts::default();
                }
                Authorization::Continue { scheme: begun, .. } => scheme = *begun,
                Authorization::Absent => {}
            }
            if !connection.is_open().await {
                if matches!(request.authorization, Authorization::Continue { .. }) {
                    let words = "the connection was closed in the middle of the sign-in: is there a proxy that does not keep it?";
                    return Err(ChallengeProblem::Unreachable(
                        Silence::of(Outage::Broken, words).into(),
                    ));
                }
                return Ok(Leg::Again(request.url, scheme));
            }
        }
    }

    /// What the answer to a ticket shows: that it was refused, or, by its own token, that the server has its key.
    fn heed_ticket(&mut self, answer: &Answer, kerberos: Option<Kerberos>) {
        let token = offers(answer).into_iter().find_map(|offer| {
            let (name, token) = offer.split_once(' ')?;
            let is_negotiate = name.eq_ignore_ascii_case(Scheme::Kerberos.name());
            STANDARD.decode(token.trim()).ok().filter(|_| is_negotiate)
        });
        if answer.status == 401 {
            let problem = TicketProblem::of_server(token.as_deref());
            tracing::warn!(url = self.source.challenge_url, %problem, "Kerberos can't be used");
            self.kerberos = Some(problem);
        } else if let (Some(mut kerberos), Some(token)) = (kerberos, token) {
            self.was_challenged |= kerberos.is_confirmed_by(&token);
        }
    }

    /// Why none of the ways to sign in that the server offers can be used.
    fn no_scheme(&self, request: &Request, answer: &Answer) -> ChallengeProblem {
        if let Some(problem) = self.kerberos {
            return ChallengeProblem::KerberosImpossible(problem);
        }
        let offers_basic = offers(answer).iter().any(|offer| {
            offer
                .get(..5)
                .is_some_and(|name| name.eq_ignore_ascii_case("basic"))
        });
        ChallengeProblem::NoCommonScheme(if offers_basic {
            NoScheme::BasicOnly
        } else if request.authorization == Authorization::Begin(Scheme::Negotiate) {
            NoScheme::KerberosOnly
        } else {
            NoScheme::Other(Stop::NoUsableScheme.to_string())
        })
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
            OutboundError::NoAnswer(_) => {
                ChallengeProblem::Unreachable(Silence::of(Outage::Broken, error.to_string()).into())
            }
            OutboundError::TimedOut(_) => {
                ChallengeProblem::Unreachable(Silence::of(Outage::Silent, error.to_string()).into())
            }
        })
    }

    /// The `Authorization` header that a request wants.
    async fn authorization(
        &self,
        request: &Request,
        host: &str,
        binding: Option<&[u8]>,
        contexts: &mut Contexts,
    ) -> Result<Option<Zeroizing<String>>, NoToken> {
        let failed = |detail: String| {
            NoToken::Problem(ChallengeProblem::NoCommonScheme(NoScheme::Other(format!(
                "the sign-in can't be made: {detail}"
            ))))
        };
        let (scheme, token) = match &request.authorization {
            Authorization::Absent => return Ok(None),
            Authorization::Begin(Scheme::Basic) => {
                let pair = format!("{}:{}", self.source.username, self.source.password.as_str());
                (Scheme::Basic, Zeroizing::new(pair.into_bytes()))
            }
            Authorization::Begin(Scheme::Kerberos) => {
                let (kerberos, token) = Box::pin(Kerberos::begin(self.source, host, binding))
                    .await
                    .map_err(|problem| self.no_ticket(&problem))?;
                contexts.kerberos = Some(kerberos);
                (Scheme::Kerberos, token)
            }
            Authorization::Begin(scheme) => {
                let begun = SignIn::begin(self.source, binding).map_err(failed)?;
                let begun = contexts.ntlm.insert(begun);
                (*scheme, begun.step(None).map_err(failed)?)
            }
            Authorization::Continue { scheme, server_token } => {
                let server = STANDARD
                    .decode(server_token)
                    .map_err(|error| failed(error.to_string()))?;
                let begun = contexts
                    .ntlm
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

    fn no_ticket(&self, problem: &NoTicket) -> NoToken {
        let (url, username) = (&self.source.challenge_url, &self.source.username);
        match problem {
            NoTicket::Account(why) => {
                tracing::warn!(
                    url,
                    username,
                    %why,
                    "the key distribution centre refuses the account"
                );
                NoToken::Problem(ChallengeProblem::AccountRefused(*why))
            }
            NoTicket::Problem(problem) => {
                tracing::warn!(url, %problem, "Kerberos can't be used: NTLM is tried");
                NoToken::Ticket(*problem)
            }
        }
    }
}

/// Why there is nothing to send.
enum NoToken {
    Problem(ChallengeProblem),
    /// No ticket: another way may be tried.
    Ticket(TicketProblem),
}

/// What one connection brought.
enum Leg {
    End(End),
    /// The server closed it: begin again there.
    Again(ChallengeUrl, Scheme),
}

/// Whether this message proves the account: NTLM's last one, a ticket, or Basic.
fn is_last_leg(authorization: &Authorization) -> bool {
    matches!(
        authorization,
        Authorization::Continue { .. } | Authorization::Begin(Scheme::Basic | Scheme::Kerberos)
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
        other => ChallengeProblem::Unreachable(Box::new(other.into())),
    }
}

fn stopped(stop: &Stop) -> ChallengeProblem {
    match stop {
        Stop::WrongPassword => ChallengeProblem::SignInRefused,
        Stop::NoUsableScheme => ChallengeProblem::NoCommonScheme(NoScheme::Other(stop.to_string())),
        Stop::Forbidden => ChallengeProblem::Forbidden,
        Stop::NotFound => ChallengeProblem::Status(404),
        Stop::ServerFailed(status) | Stop::Unexpected(status) => ChallengeProblem::Status(*status),
        Stop::RedirectedElsewhere | Stop::TooManySteps | Stop::Page(_) => {
            ChallengeProblem::NotUnderstood(stop.to_string())
        }
    }
}
