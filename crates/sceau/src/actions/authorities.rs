//! Certificate authorities outside: added, changed, tested and removed.

mod chain;
mod form;
mod note;
mod record;
mod test;
mod verify;

use domain::{
    Error as Refusal, Kind,
    actor::Actor,
    external_ca::{Authority, AuthorityId, Health},
    operator::Permission,
};
use zeroize::Zeroizing;

pub use chain::{ChainCertificate, ChainRole, chain};
pub use form::{AuthorityForm, Password};
pub use note::{challenge_asked, health_after};
pub use test::{AuthorityTest, StepResult, TestStep, refresh_chain, test_authority};

use crate::{
    actions::{Error, Result},
    app::{App, Shared},
    outbound::{ChallengeSource, Upstream},
    secrets::Place,
};
use verify::Seen;

/// All authorities by name.
pub async fn list(app: &Shared, actor: &Actor) -> Result<Vec<Authority>> {
    actor.require(Permission::Read)?;
    Ok(app
        .store
        .read(|tx| Box::pin(async move { store::authorities::list(tx).await }))
        .await?)
}

/// One authority.
pub async fn one(app: &Shared, actor: &Actor, id: &AuthorityId) -> Result<Authority> {
    actor.require(Permission::Read)?;
    by_id(app, id).await
}

/// Adds an authority, once it answered as a SCEP server and let the account in. No challenge is taken.
pub async fn add_authority(app: &Shared, actor: &Actor, form: AuthorityForm) -> Result<Authority> {
    actor.require(Permission::Configure)?;
    let form = form.checked().map_err(Error::Several)?;
    let Some(password) = form.password.clone() else {
        return Err(Refusal::invalid("password", "the account's password is needed")
            .keyed("error-password-required")
            .into());
    };
    record::refuse_taken_name(app, &form.name, None).await?;
    let seen = examine(app, &form, &password.0).await?;
    let (id, now) = (app.fresh_id(), app.now());
    let authority = Authority {
        password: seal_password(app, &id, &password.0)?,
        id,
        name: form.name,
        kind: form.kind,
        scep_url: form.scep_url,
        username: form.username,
        challenge_url: form.challenge_url,
        is_plain_http_accepted: form.is_plain_http_accepted,
        trust_pem: form.trust_pem,
        limits: form.limits.unwrap_or_default(),
        capabilities: seen.capabilities,
        certificates: seen.certificates,
        issuer_sha1: seen.issuer_sha1,
        checked_at: now,
        health: Health::default(),
        created_at: now,
        updated_at: now,
    };
    record::added(app, actor, &authority).await?;
    Ok(authority)
}

/// Changes an authority. Whoever sends the account elsewhere must know its password.
pub async fn change_authority(
    app: &Shared,
    actor: &Actor,
    id: &AuthorityId,
    form: AuthorityForm,
) -> Result<Authority> {
    actor.require(Permission::Configure)?;
    let form = form.checked().map_err(Error::Several)?;
    let before = by_id(app, id).await?;
    let is_moved = form.scep_url != before.scep_url
        || form.challenge_url != before.challenge_url
        || form.username != before.username
        || form.trust_pem != before.trust_pem;
    if is_moved && form.password.is_none() {
        return Err(Refusal::invalid(
            "password",
            "an address, the user name or the trust file changed: give the password again",
        )
        .keyed("error-password-again")
        .into());
    }
    record::refuse_taken_name(app, &form.name, Some(id)).await?;
    let mut after = Authority {
        name: form.name.clone(),
        kind: form.kind,
        scep_url: form.scep_url.clone(),
        username: form.username.clone(),
        challenge_url: form.challenge_url.clone(),
        is_plain_http_accepted: form.is_plain_http_accepted,
        trust_pem: form.trust_pem.clone(),
        limits: form.limits.unwrap_or(before.limits),
        updated_at: app.now(),
        ..before.clone()
    };
    if let Some(password) = &form.password {
        let seen = examine(app, &form, &password.0).await?;
        after.password = seal_password(app, id, &password.0)?;
        after.capabilities = seen.capabilities;
        after.certificates = seen.certificates;
        after.issuer_sha1 = seen.issuer_sha1;
        after.checked_at = after.updated_at;
        // A person acted: what was known to be wrong is forgotten, the proof of the permission is not.
        after.health = Health {
            last_challenge_at: before.health.last_challenge_at.filter(|_| !is_moved),
            ..Health::default()
        };
    }
    record::changed(app, actor, &before, &after).await?;
    Ok(after)
}

/// Removes an authority that no configuration uses.
pub async fn remove_authority(app: &Shared, actor: &Actor, id: &AuthorityId) -> Result<()> {
    actor.require(Permission::Configure)?;
    record::removed(app, actor, id).await
}

/// Opens the account's password.
pub fn open_password(app: &App, authority: &Authority) -> anyhow::Result<Zeroizing<String>> {
    let octets = app.secrets.open(place(&authority.id), &authority.password)?;
    let text = std::str::from_utf8(&octets)?;
    Ok(Zeroizing::new(text.to_owned()))
}

/// The authority's page of challenges with the account that may see it.
pub fn source(app: &App, authority: &Authority) -> anyhow::Result<ChallengeSource> {
    Ok(ChallengeSource {
        challenge_url: authority.challenge_url.clone(),
        username: authority.username.clone(),
        password: open_password(app, authority)?,
        trust_pem: authority.trust_pem.clone(),
    })
}

/// The authority of this identifier, whoever asks.
pub(in crate::actions) async fn by_id(app: &Shared, id: &AuthorityId) -> Result<Authority> {
    let wanted = id.clone();
    let found = app
        .store
        .read(move |tx| {
            let wanted = wanted.clone();
            Box::pin(async move { store::authorities::by_id(tx, &wanted).await })
        })
        .await?;
    found.ok_or_else(unknown)
}

fn unknown() -> Error {
    Refusal::new(
        Kind::NotFound,
        "error-authority-not-found",
        "there is no such authority",
    )
    .into()
}

/// Looks whether SCEP is spoken there and the account is let in.
async fn examine(app: &Shared, form: &AuthorityForm, password: &Zeroizing<String>) -> Result<Seen> {
    let upstream = Upstream {
        scep_url: form.scep_url.clone(),
        trust_pem: form.trust_pem.clone(),
        capabilities: String::new(),
    };
    let source = ChallengeSource {
        challenge_url: form.challenge_url.clone(),
        username: form.username.clone(),
        password: password.clone(),
        trust_pem: form.trust_pem.clone(),
    };
    let seen = verify::look(&app.outbound, &upstream).await?;
    // A sign-in that is not proved is no reason to refuse: a front end may stand before the page.
    verify::sign_in(&app.outbound, &source)
        .await
        .map_err(|problem| verify::sign_in_error(&problem))?;
    Ok(seen)
}

fn seal_password(
    app: &App,
    id: &AuthorityId,
    password: &Zeroizing<String>,
) -> anyhow::Result<domain::Sealed> {
    app.secrets.seal(place(id), password.as_bytes())
}

fn place(id: &AuthorityId) -> Place<'_> {
    Place {
        table: "authorities",
        column: "password",
        row: id.as_str(),
    }
}
