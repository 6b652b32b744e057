//! The way of a device's browser: to the provider with a code challenge, back with a code, and on to the device with a
//! token. OpenID Connect Core 1.0, 3.1; RFC 7636; RFC 9700, 2.1. What is only good for one browser lies in its cookie,
//! sealed: nobody can begin a sign-in that another one ends, and nothing is kept of those that are never ended.

use aws_lc_rs::{
    constant_time::verify_slices_are_equal,
    digest::{SHA256, digest},
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::{
    Error as Refusal, Id, Kind, Sealed, Timestamp,
    external_ca::Password,
    federation::{Federation, SIGN_IN_SECONDS, SignInToken, TOKEN_SECONDS},
    person::Person,
};
use ms_mdm::federated::ReturnAddress;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use store::{Tx, audit::AuditEntry};
use zeroize::{Zeroize as _, Zeroizing};

use super::{PREFIX, known, open_secret, redirect_uri, refusal};
use crate::{
    actions::{self, Result, activity, enrolment::may_enrol},
    app::{App, Shared},
    outbound::{Claims, Expected, Metadata, Provider, check_id_token, key_id},
    secrets::{Place, random, random_token, token_sha256},
};

/// Seconds that ended tokens are kept, to tell a late request from a forged one.
const KEPT_SECONDS: i64 = 86_400;
/// Characters of what a provider says that are kept.
const SHOWN: usize = 200;
/// People that are looked through for a user principal name.
const LOOKED_THROUGH: u32 = 20;

const PLACE: Place<'static> = Place {
    table: "browser",
    column: "cookie",
    row: "sign-in",
};

/// A sign-in that began.
pub struct Begun {
    /// Where the browser goes.
    pub location: String,
    /// What its cookie holds, sealed.
    pub cookie: String,
}

/// What the provider sent the browser back with. RFC 6749, 4.1.2; RFC 9207.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Answered {
    /// The code.
    pub code: Option<Password>,
    /// Which sign-in it is of.
    pub state: String,
    /// Why there is none.
    pub error: Option<String>,
    /// The same in the provider's words.
    pub error_description: Option<String>,
    /// Who sends it.
    pub iss: Option<String>,
}

/// A sign-in that ended well.
pub struct Finished {
    /// Where the browser takes the token.
    pub return_address: ReturnAddress,
    /// What the device shows.
    pub token: Zeroizing<String>,
}

/// What a browser's cookie holds.
#[derive(Serialize, Deserialize)]
struct Kept {
    state: String,
    nonce: String,
    verifier: String,
    return_address: String,
    ends_at: Timestamp,
}

impl Drop for Kept {
    fn drop(&mut self) {
        self.verifier.zeroize();
    }
}

/// Sends a device's browser to the provider. `hint` is what its person wrote on the device.
pub async fn begin(app: &Shared, return_address: &str, hint: Option<&str>) -> Result<Begun> {
    let return_address = ReturnAddress::read(return_address).ok_or_else(no_device)?;
    let federation = enabled(app).await?;
    let provider = provider(&federation, None);
    let found = app.outbound.oidc_provider(&provider, app.now()).await;
    let (metadata, _) = found.map_err(|problem| refusal(Kind::Outside, &problem))?;
    let kept = Kept {
        state: random_token().to_string(),
        nonce: random_token().to_string(),
        // 43 characters at least (RFC 7636, 4.1).
        verifier: format!("{}{}", *random_token(), *random_token()),
        return_address: return_address.as_str().to_owned(),
        ends_at: app.now().plus_seconds(SIGN_IN_SECONDS),
    };
    let location = location(app, &metadata, &federation, &kept, hint)?;
    let written = Zeroizing::new(serde_json::to_vec(&kept).map_err(anyhow::Error::new)?);
    let sealed = app.secrets.seal(PLACE, &written)?;
    Ok(Begun {
        location,
        cookie: URL_SAFE_NO_PAD.encode(&sealed.0),
    })
}

fn location(
    app: &App,
    metadata: &Metadata,
    federation: &Federation,
    kept: &Kept,
    hint: Option<&str>,
) -> Result<String> {
    let mut url = url::Url::parse(&metadata.authorization_endpoint).map_err(anyhow::Error::new)?;
    // RFC 7636, 4.2.
    let challenge = URL_SAFE_NO_PAD.encode(digest(&SHA256, kept.verifier.as_bytes()));
    let mut query = url.query_pairs_mut();
    query
        .append_pair("response_type", "code")
        .append_pair("client_id", &federation.settings.client_id)
        .append_pair("redirect_uri", &redirect_uri(app))
        .append_pair("scope", &federation.settings.scopes)
        .append_pair("state", &kept.state)
        .append_pair("nonce", &kept.nonce)
        .append_pair("code_challenge", &challenge)
        .append_pair("code_challenge_method", "S256");
    if let Some(hint) = hint.filter(|hint| !hint.is_empty()) {
        query.append_pair("login_hint", hint);
    }
    drop(query);
    Ok(url.into())
}

/// Takes what the provider sent the browser back with, and makes the token that the device shows. `cookie` is what
/// [`begin`] gave the same browser; `address` is where it is.
pub async fn finish(app: &Shared, answered: Answered, cookie: &str, address: &str) -> Result<Finished> {
    let kept = opened(app, cookie).ok_or_else(other_browser)?;
    let is_this = verify_slices_are_equal(kept.state.as_bytes(), answered.state.as_bytes()).is_ok();
    if !is_this || kept.ends_at <= app.now() {
        return Err(other_browser().into());
    }
    let federation = enabled(app).await?;
    let return_address = ReturnAddress::read(&kept.return_address).ok_or_else(no_device)?;
    let claims = claims(app, &federation, answered, &kept).await?;
    let named = claims.get(&federation.settings.claim).and_then(Value::as_str);
    let named = named
        .map(str::trim)
        .filter(|name| !name.is_empty())
        .map(str::to_owned);
    let named = named.ok_or_else(|| {
        let claim = &federation.settings.claim;
        let detail = format!("the provider's answer doesn't hold {claim}, which names the person");
        Refusal::new(Kind::State, "error-sign-in-claim", detail).with("claim", claim.clone())
    })?;
    let token = Zeroizing::new(format!("{PREFIX}{}", *random_token()));
    admit(app, &named, &token, address).await?;
    Ok(Finished {
        return_address,
        token,
    })
}

/// What the provider says of whoever signed in, proved.
async fn claims(app: &Shared, federation: &Federation, answered: Answered, kept: &Kept) -> Result<Claims> {
    if let Some(error) = &answered.error {
        let told = answered.error_description.as_deref().unwrap_or_default();
        let told = [plain(error), plain(told)].join(" ").trim().to_owned();
        let refused = Refusal::new(
            Kind::Forbidden,
            "error-sign-in-refused",
            format!("the provider says {told}"),
        );
        return Err(refused.with("error", told).into());
    }
    let issuer = federation.settings.issuer.as_str();
    // RFC 9207: a code of one provider is shown to no other.
    if answered.iss.as_deref().is_some_and(|sender| sender != issuer) {
        return Err(other_browser().into());
    }
    let code = answered.code.filter(|code| !code.reveal().is_empty());
    let code = code.ok_or_else(other_browser)?;
    let secret = open_secret(app, federation)?;
    let provider = provider(federation, secret.as_deref().map(Vec::as_slice));
    let outside = |problem| refusal(Kind::Outside, &problem);
    let (metadata, mut keys) = app
        .outbound
        .oidc_provider(&provider, app.now())
        .await
        .map_err(outside)?;
    let shown = (code.reveal(), kept.verifier.as_str(), redirect_uri(app));
    let token = app
        .outbound
        .oidc_redeem(&provider, &metadata, (shown.0, shown.1, &shown.2))
        .await
        .map_err(outside)?;
    if key_id(&token).is_some_and(|kid| keys.find(&kid).is_none()) {
        let again = app.outbound.oidc_provider_again(&provider, app.now()).await;
        (_, keys) = again.map_err(outside)?;
    }
    let expected = Expected {
        issuer,
        client_id: &federation.settings.client_id,
        nonce: &kept.nonce,
        now: app.now(),
    };
    Ok(check_id_token(&token, &keys, &expected).map_err(outside)?)
}

/// Keeps a token for whoever bears that name here and may enrol; nobody else gets one.
async fn admit(app: &Shared, named: &str, token: &str, address: &str) -> Result<()> {
    let now = app.now();
    let (named, sha256, id) = (named.to_owned(), token_sha256(token), Id::new(now, random()));
    let (name, address) = (named.clone(), address.to_owned());
    let is_admitted = app
        .store
        .write(move |tx| {
            let (name, sha256, address) = (name.clone(), sha256.clone(), address.clone());
            let id = id.clone();
            Box::pin(async move {
                store::federation::forget_tokens(tx, now.plus_seconds(-KEPT_SECONDS)).await?;
                let person = person_of(tx, &name).await?;
                let may = match &person {
                    Some(person) => may_enrol(tx, &person.id).await?,
                    None => false,
                };
                let Some(person) = person.clone().filter(|_| may) else {
                    store::audit::append(tx, &refused(&name, person.as_ref(), &address, now)).await?;
                    return Ok::<_, actions::Error>(false);
                };
                let token = SignInToken {
                    id,
                    person_id: person.id,
                    created_at: now,
                    expires_at: now.plus_seconds(TOKEN_SECONDS),
                    spent_on: None,
                };
                store::federation::insert_token(tx, &token, &sha256).await?;
                Ok(true)
            })
        })
        .await?;
    if is_admitted {
        return Ok(());
    }
    let detail = format!("{named} is not known here, or may not enrol devices");
    let refused = Refusal::new(Kind::Forbidden, "error-sign-in-person", detail);
    Err(refused.with("name", named).into())
}

/// Who bears that user name; else the only one with that user principal name.
async fn person_of(tx: &mut Tx, named: &str) -> Result<Option<Person>> {
    if let Some(person) = store::people::by_username(tx, named).await? {
        return Ok(Some(person));
    }
    let is_named = |person: &Person| {
        let upn = person.attributes.upn.as_deref();
        upn.is_some_and(|upn| upn.to_lowercase() == named.to_lowercase())
    };
    let found = store::people::list(tx, named, None, LOOKED_THROUGH).await?;
    let mut found = found.into_iter().filter(is_named);
    Ok(found.next().filter(|_| found.next().is_none()))
}

/// Somebody signed in and got no token; `person` is who that is here.
fn refused(name: &str, person: Option<&Person>, address: &str, now: Timestamp) -> AuditEntry {
    let (actor, kind, id, why) = match person {
        Some(person) => {
            let actor = format!("person:{}", person.username);
            (actor, "person", person.id.to_string(), "disabled")
        }
        None => (
            "federation".to_owned(),
            "federation",
            "oidc".to_owned(),
            "unknown",
        ),
    };
    AuditEntry {
        at: now,
        actor,
        action: "enrolment.sign-in-refused".to_owned(),
        target_kind: kind.to_owned(),
        target_id: id,
        before: None,
        after: activity::written(&json!({ "name": name, "why": why })),
        source_ip: Some(address.to_owned()).filter(|address| !address.is_empty()),
    }
}

fn opened(app: &App, cookie: &str) -> Option<Kept> {
    let sealed = Sealed(URL_SAFE_NO_PAD.decode(cookie).ok()?);
    let octets = app.secrets.open(PLACE, &sealed).ok()?;
    serde_json::from_slice(&octets).ok()
}

async fn enabled(app: &Shared) -> Result<Federation> {
    let federation = known(app).await?;
    if federation.settings.is_enabled {
        return Ok(federation);
    }
    let detail = "nobody signs in at a provider here";
    Err(Refusal::new(Kind::State, "error-sign-in-off", detail).into())
}

fn provider<'a>(federation: &'a Federation, client_secret: Option<&'a [u8]>) -> Provider<'a> {
    let settings = &federation.settings;
    Provider {
        issuer: &settings.issuer,
        client_id: &settings.client_id,
        client_secret,
        trust_pem: settings.trust_pem.as_deref(),
    }
}

fn no_device() -> Refusal {
    Refusal::invalid(
        "appru",
        "this page is for devices that enrol: appru is no ms-app address",
    )
    .keyed("error-sign-in-device")
}

fn other_browser() -> Refusal {
    let detail =
        "this sign-in began in another browser, is over, or took too long: begin again on the device";
    Refusal::new(Kind::State, "error-sign-in-over", detail)
}

/// What another server says, for a page: one line, not too long.
fn plain(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(SHOWN).collect()
}
