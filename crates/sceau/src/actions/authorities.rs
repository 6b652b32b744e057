//! Certificate authorities outside: added, changed, tested and removed.

mod chain;
mod chain_change;
mod examination;
mod full_test;
mod note;
mod page;
mod record;
mod refresh;
mod removal;
mod stray;
mod test;
mod usage;
mod verify;
mod watch;

use anyhow::Context as _;
use domain::{
    Error as Refusal, Kind, Sealed,
    actor::Actor,
    external_ca::{
        self, Authority, AuthorityId, AuthorityKind, ChallengeWay, CheckedAuthority, Health, Password,
    },
    operator::Permission,
    thumbprint::Sha1,
};
use zeroize::Zeroizing;

pub use chain::{ChainCertificate, ChainRole, chain};
pub use chain_change::{ChainChange, ChangedConfiguration, adopt_chain, chain_change};
pub use domain::external_ca::AuthorityForm;
pub(in crate::actions) use examination::certificate_steps;
pub use examination::{AuthorityTest, Step, StepResult, TestStep};
pub use full_test::full_test;
pub use note::{challenge_asked, health_after};
pub(in crate::actions) use page::summed as asked_lately;
pub use page::{AskedLately, Capacity, Hour, Overview, overview};
pub(in crate::actions) use record::refuse_taken_name;
pub use refresh::{refresh_chain, refresh_soon};
pub use removal::{Consequence, NamedBy, Removal, removal, remove_authority};
pub use test::{test_authority, test_form};
pub use usage::{Usage, usage};
pub use watch::{WATCH_JOB, last_look, watch, watch_all};

use crate::{
    actions::{Error, Result, broker},
    app::{App, Shared},
    outbound::{ChallengeSource, Trust, Upstream},
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
pub async fn add_authority(app: &Shared, actor: &Actor, form: &AuthorityForm) -> Result<Authority> {
    actor.require(Permission::Configure)?;
    refuse_built_in(form, None)?;
    let checked = external_ca::check(form, None).map_err(Error::Several)?;
    refuse_taken_name(app, &checked.name, None).await?;
    let seen = verify::look(
        &app.outbound,
        &upstream(&checked),
        checked.access.ca_name.as_deref(),
    )
    .await?;
    let mut authority = candidate(app, None, &checked);
    if checked.kind.challenge_way() == ChallengeWay::Page {
        let password = checked.password.clone().unwrap_or_default();
        let_in(app, &checked, &password).await?;
        authority.password = seal_password(app, &authority.id, &password)?;
    }
    if let Some(challenge) = &checked.static_challenge {
        authority.static_challenge = Some(seal_challenge(app, &authority.id, challenge)?);
    }
    learn(&mut authority, seen);
    record::added(app, actor, &authority).await?;
    Ok(authority)
}

/// Changes an authority. Whoever sends the account elsewhere must know its password; a new address or password
/// is tried before it is stored.
pub async fn change_authority(
    app: &Shared,
    actor: &Actor,
    id: &AuthorityId,
    form: &AuthorityForm,
) -> Result<Authority> {
    actor.require(Permission::Configure)?;
    let before = by_id(app, id).await?;
    refuse_built_in(form, Some(&before))?;
    let checked = external_ca::check(form, Some(&before)).map_err(Error::Several)?;
    refuse_taken_name(app, &checked.name, Some(id)).await?;
    let is_elsewhere = checked.scep_url != before.scep_url
        || external_ca::trusts_others(&before, &checked)
        || checked.access.ca_name != before.access.ca_name;
    let seen = if is_elsewhere {
        Some(
            verify::look(
                &app.outbound,
                &upstream(&checked),
                checked.access.ca_name.as_deref(),
            )
            .await?,
        )
    } else {
        None
    };
    let mut after = candidate(app, Some(&before), &checked);
    if let Some(seen) = seen {
        learn(&mut after, seen);
    }
    if let Some(password) = &checked.password {
        let _turn = broker::asked_turn(app, id).await?;
        let_in(app, &checked, password).await?;
        after.password = seal_password(app, id, password)?;
        // A person acted: what was known to be wrong is forgotten; the permission was proved for the old account.
        let is_same_account =
            before.username == after.username && before.challenge_url == after.challenge_url;
        after.health = Health {
            last_challenge_at: before.health.last_challenge_at.filter(|_| is_same_account),
            ..Health::default()
        };
        after.proved_by = after.proved_by.filter(|_| is_same_account);
    }
    if checked.password.is_none() && signs_in_otherwise(&before, &after) {
        let _turn = broker::asked_turn(app, id).await?;
        let source = typed_source(&checked, open_password(app, &before)?);
        let outcome = verify::sign_in(&app.outbound, &source).await;
        note::signed_in(app, actor, id, &outcome).await?;
        outcome.map_err(|problem| verify::sign_in_error(&problem))?;
        after.health = by_id(app, id).await?.health;
    }
    if let Some(challenge) = &checked.static_challenge {
        after.static_challenge = Some(seal_challenge(app, id, challenge)?);
        (after.health, after.proved_by) = (Health::default(), None);
    }
    record::changed(app, actor, &before, &after).await?;
    Ok(after)
}

/// Whether the stored password is used in another way than it was: that is tried as well.
fn signs_in_otherwise(before: &Authority, after: &Authority) -> bool {
    after.kind.challenge_way() == ChallengeWay::Page
        && (before.access.allows_basic != after.access.allows_basic
            || before.access.prefers_kerberos != after.access.prefers_kerberos)
}

/// Sceau's own authorities have no address or account to give: they are made and changed by other actions.
pub(in crate::actions) fn refuse_built_in(form: &AuthorityForm, before: Option<&Authority>) -> Result<()> {
    let is_built_in = |kind| kind == AuthorityKind::BuiltIn;
    if is_built_in(form.kind) || before.is_some_and(|before| is_built_in(before.kind)) {
        let detail = "a built-in authority is made here, not reached at an address with an account";
        return Err(Refusal::invalid("kind", detail)
            .keyed("error-kind-built-in")
            .into());
    }
    Ok(())
}

/// The authority as it would be stored, what it says of itself aside.
fn candidate(app: &App, before: Option<&Authority>, checked: &CheckedAuthority) -> Authority {
    let now = app.now();
    let known = before.cloned();
    Authority {
        id: known
            .as_ref()
            .map_or_else(|| app.fresh_id(), |known| known.id.clone()),
        name: checked.name.clone(),
        kind: checked.kind,
        scep_url: checked.scep_url.clone(),
        username: checked.username.clone(),
        password: known
            .as_ref()
            .map_or_else(|| Sealed(Vec::new()), |known| known.password.clone()),
        challenge_url: checked.challenge_url.clone(),
        is_plain_http_accepted: checked.is_plain_http_accepted,
        trust_pem: checked.trust_pem.clone(),
        limits: checked.limits,
        access: checked.access.clone(),
        static_challenge: known.as_ref().and_then(|known| known.static_challenge.clone()),
        capabilities: known
            .as_ref()
            .map(|known| known.capabilities.clone())
            .unwrap_or_default(),
        certificates: known
            .as_ref()
            .map(|known| known.certificates.clone())
            .unwrap_or_default(),
        issuer_sha1: known
            .as_ref()
            .map_or_else(|| Sha1::of(&[]), |known| known.issuer_sha1),
        checked_at: known.as_ref().map_or(now, |known| known.checked_at),
        health: known
            .as_ref()
            .map(|known| known.health.clone())
            .unwrap_or_default(),
        proved_by: known.as_ref().and_then(|known| known.proved_by.clone()),
        created_at: known.as_ref().map_or(now, |known| known.created_at),
        updated_at: now,
    }
}

/// Takes over what the authority says of itself.
fn learn(authority: &mut Authority, seen: Seen) {
    authority.capabilities = seen.capabilities;
    authority.certificates = seen.certificates;
    authority.issuer_sha1 = seen.issuer_sha1;
    authority.checked_at = authority.updated_at;
}

/// Opens the account's password.
pub fn open_password(app: &App, authority: &Authority) -> anyhow::Result<Zeroizing<String>> {
    let octets = app.secrets.open(place(&authority.id), &authority.password)?;
    let text = std::str::from_utf8(&octets)?;
    Ok(Zeroizing::new(text.to_owned()))
}

/// Opens the one challenge of an authority that has a fixed one.
pub fn static_challenge(app: &App, authority: &Authority) -> anyhow::Result<Zeroizing<String>> {
    let sealed = authority
        .static_challenge
        .as_ref()
        .context("the authority has no fixed challenge")?;
    let octets = app.secrets.open(static_place(&authority.id), sealed)?;
    let text = std::str::from_utf8(&octets)?;
    Ok(Zeroizing::new(text.to_owned()))
}

/// The authority's page of challenges with the account that may see it.
pub fn source(app: &App, authority: &Authority) -> anyhow::Result<ChallengeSource> {
    Ok(ChallengeSource {
        challenge_url: authority.challenge_url.clone(),
        username: authority.username.clone(),
        password: open_password(app, authority)?,
        trust: Trust::of(authority.trust_pem.as_deref(), &authority.access),
        sign_in: (&authority.access).into(),
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

pub(in crate::actions) fn unknown() -> Error {
    Refusal::new(
        Kind::NotFound,
        "error-authority-not-found",
        "there is no such authority",
    )
    .into()
}

fn upstream(checked: &CheckedAuthority) -> Upstream {
    Upstream {
        scep_url: checked.scep_url.clone(),
        trust: Trust::of(checked.trust_pem.as_deref(), &checked.access),
        capabilities: String::new(),
    }
}

/// Refuses an account that isn't let in. A sign-in that is not proved is no reason: a front end may answer.
async fn let_in(app: &Shared, checked: &CheckedAuthority, password: &Password) -> Result<()> {
    let source = typed_source(checked, Zeroizing::new(password.reveal().to_owned()));
    match verify::sign_in(&app.outbound, &source).await {
        Ok(_) => Ok(()),
        Err(problem) => Err(verify::sign_in_error(&problem).into()),
    }
}

fn typed_source(checked: &CheckedAuthority, password: Zeroizing<String>) -> ChallengeSource {
    ChallengeSource {
        challenge_url: checked.challenge_url.clone(),
        username: checked.username.clone(),
        password,
        trust: Trust::of(checked.trust_pem.as_deref(), &checked.access),
        sign_in: (&checked.access).into(),
    }
}

fn seal_password(app: &App, id: &AuthorityId, password: &Password) -> anyhow::Result<domain::Sealed> {
    app.secrets.seal(place(id), password.reveal().as_bytes())
}

fn seal_challenge(app: &App, id: &AuthorityId, challenge: &Password) -> anyhow::Result<Sealed> {
    app.secrets.seal(static_place(id), challenge.reveal().as_bytes())
}

fn static_place(id: &AuthorityId) -> Place<'_> {
    Place {
        column: "static_challenge",
        ..place(id)
    }
}

fn place(id: &AuthorityId) -> Place<'_> {
    Place {
        table: "authorities",
        column: "password",
        row: id.as_str(),
    }
}
