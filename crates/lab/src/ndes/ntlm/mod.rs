//! The accepting side of NTLM over HTTP (MS-NTHT, MS-NLMP), for one account and for NTLMv2 alone.
//! It belongs to one connection, as NTLM's state does.

mod account;
mod message;
mod proof;

use aws_lc_rs::rand;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

pub(crate) use account::Account;
use message::{Authenticate, Challenge, Negotiate};

/// The longest token that is read, in octets: far above what any client sends.
const LONGEST_TOKEN: usize = 16 * 1024;

/// What a connection knows about its other side.
pub(crate) struct Acceptor {
    state: State,
    /// The MD5 of the channel's bindings (MS-NLMP 2.2.2.1, MsvAvChannelBindings); none without TLS.
    channel_binding: Option<[u8; 16]>,
}

enum State {
    Anonymous,
    Challenged {
        negotiate: Vec<u8>,
        challenge: Challenge,
    },
    Authenticated,
}

/// The answer to one request.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// The account is the one that it says to be.
    Granted,
    /// 401 with this value of WWW-Authenticate alone.
    Continue(String),
    /// 401 with the offers.
    Refused,
}

impl Acceptor {
    pub(crate) fn new(channel_binding: Option<[u8; 16]>) -> Self {
        Self {
            state: State::Anonymous,
            channel_binding,
        }
    }

    /// Takes the Authorization header of the next request on this connection.
    pub(crate) fn step(
        &mut self,
        account: &Account,
        authorization: Option<&[u8]>,
        is_binding_required: bool,
    ) -> Verdict {
        let Some(header) = authorization else {
            // MS-NTHT 3.2: once it is authenticated, the connection stays so.
            return match self.state {
                State::Authenticated => Verdict::Granted,
                _ => self.refuse(),
            };
        };
        let Some((scheme, token)) = read_header(header) else {
            return self.refuse();
        };
        if let Some(negotiate) = Negotiate::read(&token) {
            return self.challenge(scheme, &negotiate, token);
        }
        // A state is left whatever comes of it: one challenge, one answer.
        match std::mem::replace(&mut self.state, State::Anonymous) {
            State::Challenged { negotiate, challenge } => {
                let is_proved = Authenticate::read(&token).is_some_and(|authenticate| {
                    let exchange = proof::Exchange {
                        negotiate: &negotiate,
                        challenge: &challenge,
                        authenticate: &authenticate,
                        channel_binding: self.channel_binding,
                        is_binding_required,
                    };
                    proof::is_proved(account, &exchange)
                });
                if !is_proved {
                    return Verdict::Refused;
                }
                self.state = State::Authenticated;
                Verdict::Granted
            }
            _ => Verdict::Refused,
        }
    }

    fn challenge(&mut self, scheme: &str, negotiate: &Negotiate, token: Vec<u8>) -> Verdict {
        let mut nonce = [0; 8];
        if rand::fill(&mut nonce).is_err() {
            return self.refuse();
        }
        let challenge = Challenge::to(negotiate, nonce);
        let answer = format!("{scheme} {}", STANDARD.encode(challenge.message()));
        self.state = State::Challenged {
            negotiate: token,
            challenge,
        };
        Verdict::Continue(answer)
    }

    fn refuse(&mut self) -> Verdict {
        self.state = State::Anonymous;
        Verdict::Refused
    }
}

/// The scheme as the client spelt it and its token. `Negotiate` may carry a bare NTLM message in
/// place of SPNEGO (MS-SPNG 3.2.5.2 wants servers to take it); SPNEGO itself isn't spoken here.
fn read_header(header: &[u8]) -> Option<(&'static str, Vec<u8>)> {
    let (scheme, token) = std::str::from_utf8(header).ok()?.trim().split_once(' ')?;
    let scheme = ["NTLM", "Negotiate"]
        .into_iter()
        .find(|known| known.eq_ignore_ascii_case(scheme))?;
    if token.len() > LONGEST_TOKEN {
        return None;
    }
    Some((scheme, STANDARD.decode(token.trim()).ok()?))
}
