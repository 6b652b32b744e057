//! Signing in to the console, and the sessions that follow.

use domain::{Error, Kind, Timestamp, operator::Operator};
use serde_json::json;
use store::{Tx, console_sessions::ConsoleSession};
use zeroize::Zeroizing;

use super::{Result, activity};
use crate::{
    app::Shared,
    login::{backoff, passwords},
    secrets::{random_token, token_sha256},
};

/// A session ends so long after it began.
const LIFE_SECONDS: i64 = 12 * 3600;
/// It ends so long after its last page.
const IDLE_SECONDS: i64 = 2 * 3600;
/// Failures older than this are forgotten.
const FORGOTTEN_SECONDS: i64 = 86_400;
/// How often "last seen" is written.
const TOUCH_SECONDS: i64 = 60;

/// A session that is good now.
#[derive(Clone, Debug)]
pub struct Session {
    /// Whose.
    pub operator: Operator,
    /// The token that each form of it carries.
    pub csrf: String,
}

/// Signs in with a password. The answer is the cookie's token.
pub async fn sign_in(
    app: &Shared,
    name: &str,
    password: Zeroizing<String>,
    address: &str,
) -> Result<Zeroizing<String>> {
    let (now, key) = (app.now(), backoff::key("console", name, address));
    let (wanted, attempts) = (name.trim().to_owned(), key.clone());
    let found = app
        .store
        .read(move |tx| {
            Box::pin(async move {
                backoff::admit(tx, &attempts, now).await?;
                Ok::<_, super::Error>(store::operators::by_name(tx, &wanted).await?)
            })
        })
        .await?;
    let (operator, hash) = found.map_or((None, None), |(operator, hash)| (Some(operator), Some(hash)));
    let is_right = passwords::verify(password, hash).await?;
    let Some(operator) = operator.filter(|_| is_right) else {
        return refuse(app, key, now).await;
    };
    let (token, session) = fresh(&operator, now);
    let source = address.to_owned();
    app.store
        .write(move |tx| {
            let (operator, session, key, source) =
                (operator.clone(), session.clone(), key.clone(), source.clone());
            Box::pin(async move {
                store::login_attempts::clear(tx, &key).await?;
                begin(tx, &operator, &session, "password", &source).await
            })
        })
        .await?;
    Ok(token)
}

async fn refuse(app: &Shared, key: String, now: Timestamp) -> Result<Zeroizing<String>> {
    app.store
        .write(move |tx| {
            let key = key.clone();
            Box::pin(async move {
                store::login_attempts::forget_before(tx, now.plus_seconds(-FORGOTTEN_SECONDS)).await?;
                Ok::<_, super::Error>(store::login_attempts::record_failure(tx, &key, now).await?)
            })
        })
        .await?;
    Err(Error::new(
        Kind::Forbidden,
        "error-login-refused",
        "the name or the password is wrong",
    )
    .into())
}

/// Signs in with a one-time link, which is used up by it.
pub async fn sign_in_once(app: &Shared, token: &str, address: &str) -> Result<Zeroizing<String>> {
    let now = app.now();
    let (sha256, source) = (token_sha256(token), address.to_owned());
    let fresh_token = random_token();
    let session_sha256 = token_sha256(&fresh_token);
    let csrf = random_token();
    app.store
        .write(move |tx| {
            let (sha256, source) = (sha256.clone(), source.clone());
            let (session_sha256, csrf) = (session_sha256.clone(), csrf.to_string());
            Box::pin(async move {
                let spent = || {
                    Error::new(
                        Kind::State,
                        "error-login-link-spent",
                        "the link was used, or is too old",
                    )
                };
                let id = store::console_sessions::take_one_time_login(tx, &sha256, now)
                    .await?
                    .ok_or_else(spent)?;
                let operator = store::operators::by_id(tx, &id).await?.ok_or_else(spent)?;
                let session = session_of(&operator, session_sha256, csrf, now);
                begin(tx, &operator, &session, "link", &source).await
            })
        })
        .await?;
    Ok(fresh_token)
}

/// The session of a cookie's token, if it is still good.
pub async fn session(app: &Shared, token: &str) -> Result<Option<Session>> {
    let (now, sha256) = (app.now(), token_sha256(token));
    let wanted = sha256.clone();
    let found = app
        .store
        .read(move |tx| {
            Box::pin(async move {
                let Some(session) = store::console_sessions::by_token_sha256(tx, &wanted).await? else {
                    return Ok(None);
                };
                let operator = store::operators::by_id(tx, &session.operator_id).await?;
                Ok::<_, super::Error>(operator.map(|operator| (session, operator)))
            })
        })
        .await?;
    let Some((session, operator)) = found else {
        return Ok(None);
    };
    let idle = now.since(session.last_seen_at);
    if session.expires_at <= now || idle >= IDLE_SECONDS * 1000 {
        return Ok(None);
    }
    if idle >= TOUCH_SECONDS * 1000 {
        app.store
            .write(move |tx| {
                let sha256 = sha256.clone();
                Box::pin(async move {
                    Ok::<_, super::Error>(store::console_sessions::touch(tx, &sha256, now).await?)
                })
            })
            .await?;
    }
    Ok(Some(Session {
        operator,
        csrf: session.csrf,
    }))
}

/// Ends the session of a cookie's token.
pub async fn sign_out(app: &Shared, token: &str) -> Result<()> {
    let sha256 = token_sha256(token);
    app.store
        .write(move |tx| {
            let sha256 = sha256.clone();
            Box::pin(
                async move { Ok::<_, super::Error>(store::console_sessions::delete(tx, &sha256).await?) },
            )
        })
        .await
}

fn fresh(operator: &Operator, now: Timestamp) -> (Zeroizing<String>, ConsoleSession) {
    let token = random_token();
    let session = session_of(operator, token_sha256(&token), random_token().to_string(), now);
    (token, session)
}

fn session_of(operator: &Operator, token_sha256: String, csrf: String, now: Timestamp) -> ConsoleSession {
    ConsoleSession {
        token_sha256,
        operator_id: operator.id.clone(),
        csrf,
        created_at: now,
        expires_at: now.plus_seconds(LIFE_SECONDS),
        last_seen_at: now,
    }
}

async fn begin(
    tx: &mut Tx,
    operator: &Operator,
    session: &ConsoleSession,
    by: &str,
    address: &str,
) -> Result<()> {
    store::console_sessions::delete_expired(tx, session.created_at).await?;
    store::console_sessions::insert(tx, session).await?;
    let actor = domain::actor::Actor::Operator {
        id: operator.id.clone(),
        name: operator.name.clone(),
        role: operator.role,
    };
    let mut entry = activity::entry(
        &actor,
        session.created_at,
        "operator.sign_in",
        ("operator", operator.id.as_str()),
    );
    entry.after = activity::written(&json!({ "by": by }));
    entry.source_ip = Some(address.to_owned());
    Ok(store::audit::append(tx, &entry).await?)
}
