//! Who may see the page of challenges: NTLM, and what faults put in its place.

use std::sync::Mutex;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::header::{AUTHORIZATION, WWW_AUTHENTICATE};
use http::{HeaderValue, Request, StatusCode};
use hyper::body::Incoming;
use zeroize::Zeroizing;

use crate::faults::Fault;

use super::ntlm::{Acceptor, Account, Verdict};
use super::routes::{Answer, Service, plain};

/// The longest Basic credentials that are read, in octets.
const LONGEST_PAIR: usize = 1_024;

/// The refusal, or none when the request belongs to the account.
pub(super) fn refusal(
    service: &Service,
    connection: &Mutex<Acceptor>,
    request: &Request<Incoming>,
) -> Option<Answer> {
    let mishaps = &service.enrolment.mishaps;
    let authorization = request.headers().get(AUTHORIZATION).map(HeaderValue::as_bytes);
    let (verdict, offers): (Verdict, &[&'static str]) = if mishaps.has(Fault::BasicOnly) {
        (
            basic(&service.account, authorization),
            &["Basic realm=\"laboratory\""],
        )
    } else if mishaps.has(Fault::KerberosOnly) {
        // Nobody holds a ticket for the laboratory; NTLM under this name is refused at its first message.
        (Verdict::Refused, &["Negotiate"])
    } else {
        let is_binding_required = mishaps.has(Fault::RequireBinding);
        let verdict = connection.lock().map_or(Verdict::Refused, |mut acceptor| {
            acceptor.step(&service.account, authorization, is_binding_required)
        });
        (verdict, &["Negotiate", "NTLM"])
    };
    let offers: Vec<HeaderValue> = match verdict {
        Verdict::Granted if !mishaps.refuses_sign_in() => return None,
        Verdict::Continue(challenge) => HeaderValue::try_from(challenge).into_iter().collect(),
        Verdict::Granted | Verdict::Refused => offers.iter().copied().map(HeaderValue::from_static).collect(),
    };
    let mut answer = plain(
        StatusCode::UNAUTHORIZED,
        "Sign in with the account of this laboratory.",
    );
    for offer in offers {
        answer.headers_mut().append(WWW_AUTHENTICATE, offer);
    }
    Some(answer)
}

/// Name and password in clear (RFC 7617), with each request.
fn basic(account: &Account, authorization: Option<&[u8]>) -> Verdict {
    let pair = authorization
        .and_then(|header| std::str::from_utf8(header).ok())
        .and_then(|header| header.trim().split_once(' '))
        .filter(|(scheme, pair)| scheme.eq_ignore_ascii_case("Basic") && pair.len() <= LONGEST_PAIR)
        .and_then(|(_, pair)| STANDARD.decode(pair.trim()).ok())
        .and_then(|pair| String::from_utf8(pair).ok())
        .map(Zeroizing::new);
    match pair {
        Some(pair) if account.is_proved_by(&pair) => Verdict::Granted,
        _ => Verdict::Refused,
    }
}
