//! An OpenID provider: what it says of itself, its keys, and the token for a code. OpenID Connect Discovery 1.0;
//! OpenID Connect Core 1.0, 3.1.3.

mod id_token;

use std::{sync::Arc, time::Duration};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use bytes::Bytes;
use domain::{Timestamp, external_ca::Password, notification::SendProblem};
use http::{Method, StatusCode};
use jsonwebtoken::jwk::JwkSet;
use serde::{Deserialize, de::DeserializeOwned};
use tokio::sync::Mutex;
use zeroize::Zeroizing;

pub use id_token::{Claims, Expected, check_id_token, key_id};

use super::{
    Outbound, OutboundError, Trust, Unreachable, address::Address, connection, webhook::told as tls_told,
};

/// Time for one call, connecting included.
const LIMIT: Duration = Duration::from_secs(10);
/// The longest answer that is read.
const LONGEST: usize = 256 * 1024;
/// Seconds that what a provider says of itself, and its keys, are believed.
const KEPT: i64 = 3600;
/// Seconds before its keys are asked for again because a token names one that isn't among them.
const PAUSE: i64 = 60;
/// Seconds that a provider which doesn't answer is left alone: whoever comes meanwhile is told the same at once.
const LEFT_ALONE: i64 = 10;
/// Characters of what another server says that are kept.
const SHOWN: usize = 200;

/// The provider, and this server as its client.
#[derive(Clone)]
pub struct Provider<'a> {
    /// As it names itself.
    pub issuer: &'a str,
    /// Whose sign-ins are asked for.
    pub client_id: &'a str,
    /// The client's secret, if it has one.
    pub client_secret: Option<&'a [u8]>,
    /// Certificates (PEM) trusted beside the public ones.
    pub trust_pem: Option<&'a str>,
}

impl Provider<'_> {
    fn trust(&self) -> Trust {
        Trust::beside_public(self.trust_pem.map(str::to_owned))
    }
}

/// What a provider says of itself. OpenID Connect Discovery 1.0, 3.
#[derive(Clone, Debug, Deserialize)]
pub struct Metadata {
    issuer: String,
    /// Where people sign in.
    pub authorization_endpoint: String,
    token_endpoint: String,
    jwks_uri: String,
    #[serde(default)]
    token_endpoint_auth_methods_supported: Vec<String>,
}

/// What is known of the provider in this process.
#[derive(Default)]
pub(super) struct Known(Mutex<State>);

#[derive(Default)]
struct State {
    kept: Option<Kept>,
    /// What stood in the way last, of which provider, and when.
    failed: Option<(String, SendProblem, Timestamp)>,
}

impl std::fmt::Debug for Known {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Known")
    }
}

#[derive(Clone)]
struct Kept {
    issuer: String,
    trust: Trust,
    metadata: Arc<Metadata>,
    keys: Arc<JwkSet>,
    at: Timestamp,
}

impl Kept {
    fn is_of(&self, provider: &Provider<'_>) -> bool {
        self.issuer == provider.issuer && self.trust == provider.trust()
    }
}

#[derive(Deserialize)]
struct TokenAnswer {
    id_token: Password,
}

/// Of RFC 6749, 5.2.
#[derive(Default, Deserialize)]
#[serde(default)]
struct TokenRefusal {
    error: String,
    error_description: String,
}

impl Outbound {
    /// What the provider says of itself, and its keys: what is known, or asked for anew after an hour.
    pub async fn oidc_provider(
        &self,
        provider: &Provider<'_>,
        now: Timestamp,
    ) -> Result<(Arc<Metadata>, Arc<JwkSet>), SendProblem> {
        self.known_provider(provider, now, KEPT).await
    }

    /// The same, asked for anew unless that was done within the last minute: a token names a key that isn't known.
    pub async fn oidc_provider_again(
        &self,
        provider: &Provider<'_>,
        now: Timestamp,
    ) -> Result<(Arc<Metadata>, Arc<JwkSet>), SendProblem> {
        self.known_provider(provider, now, PAUSE).await
    }

    /// Whoever comes meanwhile waits for the same answer.
    async fn known_provider(
        &self,
        provider: &Provider<'_>,
        now: Timestamp,
        longest: i64,
    ) -> Result<(Arc<Metadata>, Arc<JwkSet>), SendProblem> {
        let mut known = self.providers.0.lock().await;
        let is_fresh = |kept: &&Kept| kept.is_of(provider) && now < kept.at.plus_seconds(longest);
        if let Some(kept) = known.kept.as_ref().filter(is_fresh) {
            return Ok((kept.metadata.clone(), kept.keys.clone()));
        }
        if let Some((issuer, problem, at)) = &known.failed
            && issuer == provider.issuer
            && now < at.plus_seconds(LEFT_ALONE)
        {
            return Err(problem.clone());
        }
        let asked = self.oidc_ask(provider).await;
        known.failed = asked
            .as_ref()
            .err()
            .map(|problem| (provider.issuer.to_owned(), problem.clone(), now));
        let (metadata, keys) = asked?;
        let kept = Kept {
            issuer: provider.issuer.to_owned(),
            trust: provider.trust(),
            metadata: Arc::new(metadata),
            keys: Arc::new(keys),
            at: now,
        };
        let answer = (kept.metadata.clone(), kept.keys.clone());
        known.kept = Some(kept);
        Ok(answer)
    }

    /// Asks a provider what it says of itself, and for its keys, whatever is known.
    pub async fn oidc_ask(&self, provider: &Provider<'_>) -> Result<(Metadata, JwkSet), SendProblem> {
        let issuer = provider.issuer;
        let url = format!(
            "{}/.well-known/openid-configuration",
            issuer.trim_end_matches('/')
        );
        let metadata: Metadata = self.oidc_get(provider, &url).await?;
        // OpenID Connect Discovery 1.0, 4.3: or another provider would speak for this one.
        if metadata.issuer != issuer {
            let other = plain(&metadata.issuer);
            return Err(SendProblem::new("federation-other-issuer").with("issuer", other));
        }
        let endpoints = [
            &metadata.authorization_endpoint,
            &metadata.token_endpoint,
            &metadata.jwks_uri,
        ];
        let is_bare = |endpoint: &&&String| !endpoint.starts_with("https://");
        if let Some(endpoint) = endpoints.iter().find(is_bare) {
            return Err(SendProblem::new("federation-insecure").with("address", plain(endpoint)));
        }
        let keys: JwkSet = self.oidc_get(provider, &metadata.jwks_uri).await?;
        Ok((metadata, keys))
    }

    async fn oidc_get<T: DeserializeOwned>(
        &self,
        provider: &Provider<'_>,
        url: &str,
    ) -> Result<T, SendProblem> {
        let (address, place) = address(url)?;
        let ask = || connection::Ask {
            longest: Some(LONGEST),
            ..connection::Ask::default()
        };
        let answer = self.oidc_send(&address, &provider.trust(), ask).await?;
        if answer.status != StatusCode::OK {
            let problem = SendProblem::new("federation-status").with("place", place);
            return Err(problem.with("status", answer.status.as_str()));
        }
        serde_json::from_slice(&answer.body).map_err(|error| {
            let problem = SendProblem::new("federation-unreadable").with("place", url);
            problem.with("detail", error.to_string())
        })
    }

    /// The ID token for a code. OpenID Connect Core 1.0, 3.1.3; RFC 7636, 4.5.
    pub async fn oidc_redeem(
        &self,
        provider: &Provider<'_>,
        metadata: &Metadata,
        (code, verifier, redirect_uri): (&str, &str, &str),
    ) -> Result<Zeroizing<String>, SendProblem> {
        let (address, place) = address(&metadata.token_endpoint)?;
        let secret = provider.client_secret.map(std::str::from_utf8).transpose();
        let secret = secret.map_err(|_| SendProblem::new("federation-refused"))?;
        let mut fields = vec![
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", redirect_uri),
            ("code_verifier", verifier),
        ];
        // OpenID Connect Core 1.0, 9: by Basic, unless the provider names the other way alone.
        let methods = &metadata.token_endpoint_auth_methods_supported;
        let named = |method: &str| methods.iter().any(|named| named == method);
        let is_basic = named("client_secret_basic") || !named("client_secret_post");
        let authorization = secret.filter(|_| is_basic).map(|secret| {
            let pair = Zeroizing::new(format!("{}:{}", encoded(provider.client_id), encoded(secret)));
            Zeroizing::new(format!("Basic {}", STANDARD.encode(pair.as_bytes())))
        });
        if authorization.is_none() {
            fields.push(("client_id", provider.client_id));
            fields.extend(secret.map(|secret| ("client_secret", secret)));
        }
        let body = Bytes::from(
            url::form_urlencoded::Serializer::new(String::new())
                .extend_pairs(fields)
                .finish(),
        );
        let ask = || connection::Ask {
            method: Method::POST,
            authorization: authorization.clone(),
            content_type: Some("application/x-www-form-urlencoded"),
            body: body.clone(),
            longest: Some(LONGEST),
            ..connection::Ask::default()
        };
        let answer = self.oidc_send(&address, &provider.trust(), ask).await?;
        if answer.status != StatusCode::OK {
            let refusal: TokenRefusal = serde_json::from_slice(&answer.body).unwrap_or_default();
            let told = [plain(&refusal.error), plain(&refusal.error_description)];
            let told: Vec<&str> = told
                .iter()
                .map(String::as_str)
                .filter(|text| !text.is_empty())
                .collect();
            let problem = SendProblem::new("federation-refused").with("place", place);
            let problem = problem.with("status", answer.status.as_str());
            return Err(problem.with("error", told.join(": ")));
        }
        let read: TokenAnswer = serde_json::from_slice(&answer.body)
            .map_err(|_| SendProblem::new("federation-no-token").with("place", place))?;
        Ok(Zeroizing::new(read.id_token.reveal().to_owned()))
    }

    async fn oidc_send(
        &self,
        address: &Address,
        trust: &Trust,
        ask: impl Fn() -> connection::Ask,
    ) -> Result<connection::Answer, SendProblem> {
        let place = address.origin.to_string();
        match tokio::time::timeout(LIMIT, self.pool.send(address, trust, ask)).await {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(error)) => Err(problem(&error, &place)),
            Err(_) => Err(SendProblem::new("federation-silent").with("place", place)),
        }
    }
}

fn address(url: &str) -> Result<(Address, String), SendProblem> {
    let address = Address::parse(url)
        .map_err(|_| SendProblem::new("federation-insecure").with("address", plain(url)))?;
    let place = address.origin.to_string();
    Ok((address, place))
}

fn problem(error: &OutboundError, place: &str) -> SendProblem {
    match error {
        OutboundError::Unreachable(Unreachable::Tls(failure)) => tls_told(&failure.problem, &failure.host),
        OutboundError::Unreachable(Unreachable::TimedOut(_)) | OutboundError::TimedOut(_) => {
            SendProblem::new("federation-silent").with("place", place)
        }
        _ => SendProblem::new("federation-unreachable")
            .with("place", place)
            .with("detail", error.to_string()),
    }
}

/// RFC 6749, 2.3.1: each part is encoded as in a form before it goes into Basic.
fn encoded(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

/// What another server says, for a page: one line, not too long.
fn plain(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(SHOWN).collect()
}
