//! Webhooks: what is told to programs, signed so that they know whom it is from.

use std::time::Duration;

use aws_lc_rs::hmac;
use domain::{Timestamp, notification::SendProblem};
use http::Method;

use super::{Outbound, OutboundError, TlsProblem, Trust, Unreachable, address::Address, connection};
use crate::secrets::hex;

/// Time for one of them, connecting included.
const LIMIT: Duration = Duration::from_secs(15);
/// The longest answer that is read: what it says is of no use here.
const LONGEST: usize = 64 * 1024;

/// What is told, and to whom.
pub struct Hook<'a> {
    /// The receiver.
    pub url: &'a str,
    /// Certificates (PEM) trusted there, beside the public ones.
    pub trust_pem: Option<&'a str>,
    /// What both sides know.
    pub secret: &'a [u8],
    /// What happened, in one word.
    pub event: &'a str,
    /// What is told (JSON).
    pub body: String,
    /// When it is sent.
    pub at: Timestamp,
}

/// `t=SECONDS,v1=HEX`: the hexadecimal HMAC-SHA256 of `SECONDS.BODY`. The moment is signed too, so that a receiver can
/// refuse what is sent again later by somebody else.
pub fn signature(secret: &[u8], at: Timestamp, body: &str) -> String {
    let seconds = at.seconds();
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret);
    let tag = hmac::sign(&key, format!("{seconds}.{body}").as_bytes());
    format!("t={seconds},v1={}", hex(tag.as_ref()))
}

impl Outbound {
    /// Tells a program. Any 2xx takes it; a redirection is not followed.
    pub async fn tell(&self, hook: &Hook<'_>) -> Result<(), SendProblem> {
        let address = Address::parse(hook.url)
            .map_err(|_| SendProblem::new("unsent-address").with("address", hook.url))?;
        let place = address.origin.to_string();
        let ask = || connection::Ask {
            method: Method::POST,
            content_type: Some("application/json"),
            headers: vec![
                ("sceau-event", hook.event.to_owned()),
                ("sceau-signature", signature(hook.secret, hook.at, &hook.body)),
            ],
            body: hook.body.clone().into(),
            longest: Some(LONGEST),
            ..connection::Ask::default()
        };
        let trust = Trust::beside_public(hook.trust_pem.map(str::to_owned));
        let sending = self.pool.send(&address, &trust, ask);
        let status = match tokio::time::timeout(LIMIT, sending).await {
            Ok(Ok(answer)) => answer.status,
            Ok(Err(error)) => return Err(problem(&error, &place)),
            Err(_) => return Err(SendProblem::new("unsent-silent").with("place", place)),
        };
        if status.is_success() {
            return Ok(());
        }
        let key = if status.is_redirection() {
            "unsent-redirected"
        } else {
            "unsent-status"
        };
        Err(SendProblem::new(key)
            .with("place", place)
            .with("status", status.as_str()))
    }
}

/// A failure of TLS.
pub(super) fn told(problem: &TlsProblem, host: &str) -> SendProblem {
    let named = SendProblem::new(problem.key()).with("host", host);
    let values = problem.values().into_iter();
    values.fold(named, |named, (name, value)| named.with(name, value))
}

fn problem(error: &OutboundError, place: &str) -> SendProblem {
    match error {
        OutboundError::Unreachable(Unreachable::Tls(failure)) => told(&failure.problem, &failure.host),
        OutboundError::Unreachable(Unreachable::TimedOut(_)) | OutboundError::TimedOut(_) => {
            SendProblem::new("unsent-silent").with("place", place)
        }
        OutboundError::Unreachable(_) => SendProblem::new("unsent-unreachable")
            .with("place", place)
            .with("detail", error.to_string()),
        // It was taken or not: nobody knows, and it is sent again.
        OutboundError::NoAnswer(_) | OutboundError::TooLong => SendProblem::new("unsent-broken")
            .with("place", place)
            .with("detail", error.to_string()),
    }
}
