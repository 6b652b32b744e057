//! The Windows Push Notification Services: a token for the account, and a raw push to a channel. Microsoft, "Push
//! notification service request and response headers".

use std::time::Duration;

use aws_lc_rs::digest::{SHA256, digest};
use bytes::Bytes;
use domain::{
    Timestamp,
    device::waking::TIME_TO_LIVE,
    external_ca::Password,
    notification::SendProblem,
    push::{Answer, check_channel},
};
use http::{HeaderMap, Method, StatusCode};
use serde::Deserialize;
use tokio::sync::Mutex;
use zeroize::Zeroizing;

use super::{
    Outbound, OutboundError, Trust, Unreachable, address::Address, connection, webhook::told as tls_told,
};
use crate::secrets::hex;

/// Time for asking for a token, and for a push, connecting included.
const LIMIT: Duration = Duration::from_secs(10);
/// The longest answer that is read.
const LONGEST: usize = 64 * 1024;
/// A token is not used in the last seconds of its life.
const MARGIN: i64 = 300;
/// Seconds that a token lives where that isn't told.
const USUAL_LIFE: i64 = 3600;
/// Characters of a header's value that are kept.
const KEPT: usize = 100;

/// The account at WNS.
pub struct WnsAccount<'a> {
    /// Where a token is asked for.
    pub token_url: &'a str,
    /// For what.
    pub scope: &'a str,
    /// Whose.
    pub client_id: &'a str,
    /// Its secret.
    pub client_secret: &'a [u8],
    /// Certificates (PEM) trusted beside the public ones.
    pub trust_pem: Option<&'a str>,
}

/// Why a push got no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WnsProblem {
    /// The account gets no token: nobody can be pushed to until a person acts.
    Account(SendProblem),
    /// Something between is broken; it is tried again.
    Network(SendProblem),
}

/// The token of this process.
#[derive(Default)]
pub(super) struct Tokens(Mutex<Option<Token>>);

impl std::fmt::Debug for Tokens {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Tokens")
    }
}

#[derive(Clone)]
struct Token {
    /// SHA-256 of the account with its secret.
    account: String,
    text: Zeroizing<String>,
    ends_at: Timestamp,
}

#[derive(Deserialize)]
struct TokenAnswer {
    access_token: Password,
    /// A number; some servers write it as text.
    #[serde(default)]
    expires_in: serde_json::Value,
}

/// Of RFC 6749 §5.2.
#[derive(Default, Deserialize)]
#[serde(default)]
struct TokenRefusal {
    error: String,
}

impl WnsAccount<'_> {
    fn fingerprint(&self) -> String {
        let parts = [
            self.token_url.as_bytes(),
            self.client_id.as_bytes(),
            self.client_secret,
        ];
        hex(digest(&SHA256, &parts.join(&0)).as_ref())
    }

    fn trust(&self) -> Trust {
        Trust::beside_public(self.trust_pem.map(str::to_owned))
    }
}

impl Outbound {
    /// Pushes to a channel. A token that is refused (401) is replaced once.
    pub async fn wake(
        &self,
        account: &WnsAccount<'_>,
        channel: &str,
        now: Timestamp,
    ) -> Result<Answer, WnsProblem> {
        // It was checked when the device told it; here is where it is called.
        let address = check_channel(channel)
            .ok()
            .and_then(|()| Address::parse(channel).ok());
        let address = address.ok_or_else(|| WnsProblem::Network(SendProblem::new("push-address")))?;
        let token = self.token(account, None, now).await?;
        let answer = self.push(account, &address, &token).await?;
        if answer.http != StatusCode::UNAUTHORIZED.as_u16() {
            return Ok(answer);
        }
        let token = self.token(account, Some(&token), now).await?;
        self.push(account, &address, &token).await
    }

    async fn push(
        &self,
        account: &WnsAccount<'_>,
        address: &Address,
        token: &Zeroizing<String>,
    ) -> Result<Answer, WnsProblem> {
        let ask = || connection::Ask {
            method: Method::POST,
            authorization: Some(Zeroizing::new(format!("Bearer {}", **token))),
            content_type: Some("application/octet-stream"),
            headers: vec![
                ("x-wns-type", "wns/raw".to_owned()),
                ("x-wns-cache-policy", "cache".to_owned()),
                ("x-wns-ttl", TIME_TO_LIVE.to_string()),
                ("x-wns-requestforstatus", "true".to_owned()),
            ],
            // Windows looks at nothing of it.
            body: Bytes::from_static(b"sync"),
            longest: Some(LONGEST),
        };
        let answer = self.send_within(address, &account.trust(), ask).await?;
        Ok(read(answer.status, &answer.headers))
    }

    /// The token that is known, or another; never `stale`. Whoever comes meanwhile waits for the same one.
    async fn token(
        &self,
        account: &WnsAccount<'_>,
        stale: Option<&Zeroizing<String>>,
        now: Timestamp,
    ) -> Result<Zeroizing<String>, WnsProblem> {
        let mut kept = self.tokens.0.lock().await;
        let fingerprint = account.fingerprint();
        let is_good = |token: &&Token| {
            token.account == fingerprint
                && token.ends_at > now
                && stale.is_none_or(|stale| **stale != *token.text)
        };
        if let Some(token) = kept.as_ref().filter(is_good) {
            return Ok(token.text.clone());
        }
        *kept = None;
        let (text, seconds) = self.ask_token(account).await?;
        *kept = Some(Token {
            account: fingerprint,
            text: text.clone(),
            ends_at: now.plus_seconds((seconds - MARGIN).max(seconds / 2)),
        });
        Ok(text)
    }

    async fn ask_token(&self, account: &WnsAccount<'_>) -> Result<(Zeroizing<String>, i64), WnsProblem> {
        let address = Address::parse(account.token_url)
            .map_err(|_| WnsProblem::Account(SendProblem::new("push-address")))?;
        let place = address.origin.host.clone();
        let secret = std::str::from_utf8(account.client_secret)
            .map_err(|_| WnsProblem::Account(SendProblem::new("push-credentials")))?;
        let body = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("grant_type", "client_credentials")
            .append_pair("client_id", account.client_id)
            .append_pair("client_secret", secret)
            .append_pair("scope", account.scope)
            .finish();
        let body = Bytes::from(body);
        let ask = || connection::Ask {
            method: Method::POST,
            content_type: Some("application/x-www-form-urlencoded"),
            body: body.clone(),
            longest: Some(LONGEST),
            ..connection::Ask::default()
        };
        let answer = self.send_within(&address, &account.trust(), ask).await?;
        let status = answer.status.as_u16();
        let named = |key: &str| {
            let problem = SendProblem::new(key).with("status", status.to_string());
            problem.with("place", place.clone())
        };
        match answer.status {
            StatusCode::OK => {}
            StatusCode::BAD_REQUEST | StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => {
                let refusal: TokenRefusal = serde_json::from_slice(&answer.body).unwrap_or_default();
                let problem = named("push-credentials").with("error", plain(&refusal.error));
                return Err(WnsProblem::Account(problem));
            }
            _ => return Err(WnsProblem::Network(named("push-token"))),
        }
        let read: TokenAnswer =
            serde_json::from_slice(&answer.body).map_err(|_| WnsProblem::Network(named("push-token")))?;
        let seconds = match &read.expires_in {
            serde_json::Value::Number(number) => number.as_i64(),
            serde_json::Value::String(text) => text.parse().ok(),
            _ => None,
        };
        let seconds = seconds.filter(|seconds| (1..=7 * 86_400).contains(seconds));
        let text = Zeroizing::new(read.access_token.reveal().to_owned());
        Ok((text, seconds.unwrap_or(USUAL_LIFE)))
    }

    async fn send_within(
        &self,
        address: &Address,
        trust: &Trust,
        ask: impl Fn() -> connection::Ask,
    ) -> Result<connection::Answer, WnsProblem> {
        let place = address.origin.host.clone();
        let sending = self.pool.send(address, trust, ask);
        match tokio::time::timeout(LIMIT, sending).await {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(error)) => Err(WnsProblem::Network(problem(&error, &place))),
            Err(_) => Err(WnsProblem::Network(
                SendProblem::new("push-silent").with("place", place),
            )),
        }
    }
}

/// Nothing of the channel but its host.
fn problem(error: &OutboundError, place: &str) -> SendProblem {
    match error {
        OutboundError::Unreachable(Unreachable::Tls(failure)) => tls_told(&failure.problem, &failure.host),
        OutboundError::Unreachable(Unreachable::TimedOut(_)) | OutboundError::TimedOut(_) => {
            SendProblem::new("push-silent").with("place", place)
        }
        OutboundError::Unreachable(Unreachable::Address(_)) => SendProblem::new("push-address"),
        _ => SendProblem::new("push-unreachable")
            .with("place", place)
            .with("detail", error.to_string()),
    }
}

fn read(status: StatusCode, headers: &HeaderMap) -> Answer {
    let text = |name: &str| {
        let value = headers.get(name)?.to_str().ok()?;
        Some(plain(value)).filter(|text| !text.is_empty())
    };
    Answer {
        http: status.as_u16(),
        status: text("x-wns-status").or_else(|| text("x-wns-notificationstatus")),
        connection: text("x-wns-deviceconnectionstatus"),
        message_id: text("x-wns-msg-id"),
        // RFC 9110 §10.2.3 has a date, too: then the pause is our own.
        retry_after: text("retry-after").and_then(|text| text.parse().ok()),
    }
}

/// What another server says, for a page: one line, not too long.
fn plain(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(KEPT).collect()
}
