//! Operators: those who sign in to the console or call the API.

use domain::{
    Error, Id, Kind,
    actor::Actor,
    operator::{Operator, OperatorId, Permission, Role},
};
use serde_json::json;
use store::api_tokens::ApiToken;
use zeroize::Zeroizing;

use super::{Result, activity};
use crate::{
    app::Shared,
    login::passwords,
    secrets::{random, random_token, token_sha256},
};

/// Characters of an operator's password at least.
const SHORTEST: usize = 12;
/// How long a one-time link is good for.
const LINK_SECONDS: i64 = 15 * 60;

/// A new operator.
#[derive(Clone, Debug)]
pub struct OperatorForm {
    /// The name to sign in with.
    pub name: String,
    /// What the operator may do.
    pub role: Role,
    /// The password; none for one who signs in by link or token alone.
    pub password: Option<Zeroizing<String>>,
}

/// All operators, by name.
pub async fn list_operators(app: &Shared, actor: &Actor) -> Result<Vec<Operator>> {
    actor.require(Permission::Operators)?;
    app.store
        .read(|tx| Box::pin(async move { Ok(store::operators::list(tx).await?) }))
        .await
}

/// Makes an operator.
pub async fn add_operator(app: &Shared, actor: &Actor, form: OperatorForm) -> Result<Operator> {
    actor.require(Permission::Operators)?;
    let now = app.now();
    let operator = Operator {
        id: Id::new(now, random()),
        name: checked_name(&form.name)?,
        role: form.role,
        created_at: now,
    };
    // Without a password nobody knows the one that is hashed: sign-in is by link or token.
    let password = form
        .password
        .map_or_else(|| Ok(random_token()), checked_password)?;
    let hash = passwords::hash(password).await?;
    let mut entry = activity::entry(actor, now, "operator.add", ("operator", operator.id.as_str()));
    entry.after =
        activity::written(&json!({ "name": operator.name, "role": operator.role, "password": "changed" }));
    let made = operator.clone();
    app.store
        .write(move |tx| {
            let (operator, hash, entry) = (made.clone(), hash.clone(), entry.clone());
            Box::pin(async move {
                if store::operators::by_name(tx, &operator.name).await?.is_some() {
                    return Err(taken(&operator.name).into());
                }
                store::operators::insert(tx, &operator, &hash).await?;
                store::audit::append(tx, &entry).await?;
                Ok::<_, super::Error>(())
            })
        })
        .await?;
    Ok(operator)
}

/// Gives an operator another password.
pub async fn change_operator_password(
    app: &Shared,
    actor: &Actor,
    id: &OperatorId,
    password: Zeroizing<String>,
) -> Result<()> {
    actor.require(Permission::Operators)?;
    let hash = passwords::hash(checked_password(password)?).await?;
    let mut entry = activity::entry(actor, app.now(), "operator.password", ("operator", id.as_str()));
    entry.after = activity::written(&json!({ "password": "changed" }));
    let id = id.clone();
    app.store
        .write(move |tx| {
            let (id, hash, entry) = (id.clone(), hash.clone(), entry.clone());
            Box::pin(async move {
                store::operators::set_password(tx, &id, &hash).await?;
                store::audit::append(tx, &entry).await?;
                Ok::<_, super::Error>(())
            })
        })
        .await
}

/// Makes a bearer token for the API. It is shown once and stored as its SHA-256.
pub async fn make_token(app: &Shared, actor: &Actor, name: &str) -> Result<Zeroizing<String>> {
    actor.require(Permission::Operators)?;
    let (token, now) = (random_token(), app.now());
    let operator = named(app, name).await?;
    let entry = activity::entry(actor, now, "operator.token", ("operator", operator.id.as_str()));
    let kept = ApiToken {
        token_sha256: token_sha256(&token),
        operator_id: operator.id,
        created_at: now,
        expires_at: None,
    };
    app.store
        .write(move |tx| {
            let (kept, entry) = (kept.clone(), entry.clone());
            Box::pin(async move {
                store::api_tokens::insert(tx, &kept).await?;
                store::audit::append(tx, &entry).await?;
                Ok::<_, super::Error>(())
            })
        })
        .await?;
    Ok(token)
}

/// Makes a link that signs an operator in once; its token is stored as its SHA-256.
pub async fn make_login_link(app: &Shared, actor: &Actor, name: &str) -> Result<Zeroizing<String>> {
    actor.require(Permission::Operators)?;
    let (token, now) = (random_token(), app.now());
    let operator = named(app, name).await?;
    let entry = activity::entry(
        actor,
        now,
        "operator.login_link",
        ("operator", operator.id.as_str()),
    );
    let sha256 = token_sha256(&token);
    app.store
        .write(move |tx| {
            let (operator, sha256, entry) = (operator.clone(), sha256.clone(), entry.clone());
            Box::pin(async move {
                let until = now.plus_seconds(LINK_SECONDS);
                store::console_sessions::insert_one_time_login(tx, &sha256, &operator.id, until).await?;
                store::audit::append(tx, &entry).await?;
                Ok::<_, super::Error>(())
            })
        })
        .await?;
    Ok(Zeroizing::new(format!(
        "{}/login/once/{}",
        app.settings.public_url, *token
    )))
}

async fn named(app: &Shared, name: &str) -> Result<Operator> {
    let wanted = name.to_owned();
    let found = app
        .store
        .read(move |tx| {
            Box::pin(async move { Ok::<_, super::Error>(store::operators::by_name(tx, &wanted).await?) })
        })
        .await?;
    let unknown = || {
        Error::new(
            Kind::NotFound,
            "error-not-found",
            format!("there is no operator {name:?}"),
        )
    };
    Ok(found.ok_or_else(unknown)?.0)
}

fn checked_name(name: &str) -> std::result::Result<String, Error> {
    let name = name.trim();
    let is_good = (1..=64).contains(&name.chars().count()) && !name.chars().any(char::is_control);
    if is_good {
        Ok(name.to_owned())
    } else {
        Err(Error::invalid("name", "an operator's name has 1 to 64 characters").keyed("error-operator-name"))
    }
}

fn checked_password(password: Zeroizing<String>) -> std::result::Result<Zeroizing<String>, Error> {
    if password.chars().count() < SHORTEST || password.len() > passwords::LONGEST {
        return Err(
            Error::invalid("password", "a password has 12 to 512 characters").keyed("error-password-length")
        );
    }
    Ok(password)
}

fn taken(name: &str) -> Error {
    Error::new(
        Kind::Conflict,
        "error-name-taken",
        format!("there is an operator {name:?} already"),
    )
    .at("name")
    .with("name", name)
}
