//! Changes of authorities as they are written, each with its audit row in the same transaction.

use domain::{
    Error as Refusal, Kind, Timestamp,
    actor::Actor,
    external_ca::{Authority, AuthorityId, Health, ProvedBy},
    scep_configuration::Configuration,
    thumbprint::Sha1,
};
use serde_json::{Value, json};
use store::audit::AuditEntry;

use super::{
    examination::{AuthorityTest, StepResult},
    verify::Seen,
};
use crate::{
    actions::{Error, Result, activity, broker, warnings},
    app::Shared,
};

/// Refuses a name that another authority bears.
pub(in crate::actions) async fn refuse_taken_name(
    app: &Shared,
    name: &str,
    own: Option<&AuthorityId>,
) -> Result<()> {
    let wanted = name.to_owned();
    let found = app
        .store
        .read(move |tx| {
            let wanted = wanted.clone();
            Box::pin(async move { store::authorities::by_name(tx, &wanted).await })
        })
        .await?;
    match found {
        Some(other) if Some(&other.id) != own => Err(taken()),
        _ => Ok(()),
    }
}

pub(super) async fn added(app: &Shared, actor: &Actor, authority: &Authority) -> Result<()> {
    let entry = entry(
        actor,
        authority,
        "authority.add",
        app.now(),
        None,
        Some(&view(authority)),
    );
    let authority = authority.clone();
    let written = app
        .store
        .write(move |tx| {
            let (authority, entry) = (authority.clone(), entry.clone());
            Box::pin(async move {
                store::authorities::insert(tx, &authority).await?;
                store::audit::append(tx, &entry).await
            })
        })
        .await;
    unless_taken(written)
}

pub(super) async fn changed(
    app: &Shared,
    actor: &Actor,
    before: &Authority,
    after: &Authority,
) -> Result<()> {
    let mut shown = view(after);
    if before.password != after.password
        && let Some(fields) = shown.as_object_mut()
    {
        fields.insert("password".to_owned(), json!("changed"));
    }
    if before.static_challenge != after.static_challenge
        && let Some(fields) = shown.as_object_mut()
    {
        fields.insert("static_challenge".to_owned(), json!("changed"));
    }
    let entry = entry(
        actor,
        after,
        "authority.change",
        app.now(),
        Some(&view(before)),
        Some(&shown),
    );
    let asks_elsewhere = before.challenge_url != after.challenge_url || before.scep_url != after.scep_url;
    let after = after.clone();
    let written = app
        .store
        .write(move |tx| {
            let (after, entry) = (after.clone(), entry.clone());
            Box::pin(async move {
                store::authorities::update(tx, &after).await?;
                if asks_elsewhere {
                    broker::forget_reusable(tx, &after.id).await?;
                }
                store::audit::append(tx, &entry).await
            })
        })
        .await;
    unless_taken(written)
}

/// Deletes an authority that nothing is in the way of, if `confirm` is its name.
pub(super) async fn removed(app: &Shared, actor: &Actor, id: &AuthorityId, confirm: &str) -> Result<()> {
    let authority = super::by_id(app, id).await?;
    let entry = entry(
        actor,
        &authority,
        "authority.remove",
        app.now(),
        Some(&view(&authority)),
        None,
    );
    let (id, now, confirm) = (id.clone(), app.now(), confirm.to_owned());
    let path = app
        .store
        .write(move |tx| {
            let (id, entry, confirm) = (id.clone(), entry.clone(), confirm.clone());
            Box::pin(async move {
                let Some(authority) = store::authorities::by_id(tx, &id).await? else {
                    return Err(super::unknown());
                };
                let users = store::configurations::of_authority(tx, &id).await?;
                if !users.is_empty() {
                    return Err(in_use(&users));
                }
                // Whoever checks such a certificate asks here for its revocation list.
                let valid = store::issuances::count_valid(tx, &id, now).await?;
                if valid > 0 {
                    return Err(still_counting(valid));
                }
                if confirm.trim() != authority.name {
                    return Err(not_confirmed());
                }
                let own = store::built_in::by_id(tx, &id).await?;
                store::built_in::delete_revocation_list(tx, &id).await?;
                store::authorities::delete(tx, &id).await?;
                store::audit::append(tx, &entry).await?;
                Ok(own.map(|own| own.path))
            })
        })
        .await?;
    if let Some(path) = path {
        app.built_in.forget(&path);
    }
    Ok(())
}

/// Stores what the authority says of itself; an audit row only when its certificates changed.
pub(super) async fn chain(app: &Shared, actor: &Actor, authority: &Authority, seen: &Seen) -> Result<()> {
    let now = app.now();
    let is_changed = seen.certificates != authority.certificates;
    let entry = is_changed.then(|| {
        entry(
            actor,
            authority,
            "authority.certificates",
            now,
            Some(&json!({ "issuer_sha1": authority.issuer_sha1 })),
            Some(&json!({ "issuer_sha1": seen.issuer_sha1 })),
        )
    });
    let (id, seen) = (authority.id.clone(), seen.clone());
    Ok(app
        .store
        .write(move |tx| {
            let (id, seen, entry) = (id.clone(), seen.clone(), entry.clone());
            Box::pin(async move {
                store::authorities::set_chain(
                    tx,
                    &id,
                    &seen.capabilities,
                    &seen.certificates,
                    &seen.issuer_sha1,
                    now,
                )
                .await?;
                match entry {
                    Some(entry) => store::audit::append(tx, &entry).await,
                    None => Ok(()),
                }
            })
        })
        .await?)
}

/// Notes that a person had a challenge taken for a full test, and what came of it.
pub(super) async fn full_tested(
    app: &Shared,
    actor: &Actor,
    authority: &Authority,
    test: &AuthorityTest,
) -> Result<()> {
    let failed: Vec<&str> = test
        .steps
        .iter()
        .filter(|step| step.result == StepResult::Failed)
        .map(|step| step.key)
        .collect();
    let shown = json!({
        "is_good": test.is_good(),
        "failed": failed,
        "certificate_sha1": test.issued.as_deref().map(Sha1::of),
    });
    let entry = entry(
        actor,
        authority,
        "authority.full-test",
        app.now(),
        None,
        Some(&shown),
    );
    Ok(app
        .store
        .write(move |tx| {
            let entry = entry.clone();
            Box::pin(async move { store::audit::append(tx, &entry).await })
        })
        .await?)
}

/// Stores an authority's health as it follows from what is stored; an audit row when a stop begins or ends.
pub(super) async fn health(
    app: &Shared,
    actor: &Actor,
    id: &AuthorityId,
    proved_by: Option<&ProvedBy>,
    follows: impl Fn(&Authority, Timestamp) -> Health + Clone + Send + Sync + 'static,
) -> Result<Health> {
    let (now, actor, id) = (app.now(), actor.clone(), id.clone());
    let proved_by = proved_by.cloned();
    app.store
        .write(move |tx| {
            let (actor, id, follows) = (actor.clone(), id.clone(), follows.clone());
            let proved_by = proved_by.clone();
            Box::pin(async move {
                let Some(authority) = store::authorities::by_id(tx, &id).await? else {
                    return Err(super::unknown());
                };
                let health = follows(&authority, now);
                store::authorities::set_health(tx, &id, &health, proved_by.as_ref(), now).await?;
                if health.is_sign_in_stopped != authority.health.is_sign_in_stopped {
                    let stopped = |is: bool| json!({ "is_sign_in_stopped": is });
                    let before = stopped(authority.health.is_sign_in_stopped);
                    let after = stopped(health.is_sign_in_stopped);
                    let entry = entry(
                        &actor,
                        &authority,
                        "authority.sign-in",
                        now,
                        Some(&before),
                        Some(&after),
                    );
                    store::audit::append(tx, &entry).await?;
                    warnings::reconcile(tx, &id, now).await?;
                }
                Ok(health)
            })
        })
        .await
}

fn entry(
    actor: &Actor,
    authority: &Authority,
    action: &str,
    at: Timestamp,
    before: Option<&Value>,
    after: Option<&Value>,
) -> AuditEntry {
    AuditEntry {
        before: before.and_then(activity::written),
        after: after.and_then(activity::written),
        ..activity::entry(actor, at, action, ("authority", authority.id.as_str()))
    }
}

/// What the audit may show of it.
fn view(authority: &Authority) -> Value {
    json!({
        "name": authority.name,
        "kind": authority.kind,
        "scep_url": authority.scep_url,
        "username": authority.username,
        "challenge_url": authority.challenge_url,
        "is_plain_http_accepted": authority.is_plain_http_accepted,
        "has_trust_file": authority.trust_pem.is_some(),
        "limits": authority.limits,
        "ca_name": authority.access.ca_name,
        "trusts_public": authority.access.trusts_public,
        "allows_basic": authority.access.allows_basic,
        "prefers_kerberos": authority.access.prefers_kerberos,
        "kdc": authority.access.kdc,
        "watch_minutes": authority.access.watch_minutes,
    })
}

/// Two may have taken the same name at the same time.
fn unless_taken(written: std::result::Result<(), store::Error>) -> Result<()> {
    match written {
        Err(store::Error::Conflict(_)) => Err(taken()),
        other => Ok(other?),
    }
}

fn taken() -> Error {
    Refusal::new(
        Kind::Conflict,
        "error-name-taken",
        "another authority bears this name",
    )
    .at("name")
    .into()
}

fn still_counting(certificates: i64) -> Error {
    let detail = format!(
        "{certificates} certificates of this authority still count: revoke them or wait until they end"
    );
    Refusal::new(Kind::Conflict, "error-authority-issued", detail)
        .with("count", certificates.to_string())
        .into()
}

fn in_use(users: &[Configuration]) -> Error {
    let names = users
        .iter()
        .map(|configuration| configuration.name.as_str())
        .collect::<Vec<_>>()
        .join(", ");
    Refusal::new(
        Kind::Conflict,
        "error-authority-in-use",
        format!("configurations use this authority: {names}"),
    )
    .with("count", users.len().to_string())
    .with("names", names)
    .into()
}

fn not_confirmed() -> Error {
    let detail = "what will happen is confirmed with the authority's exact name";
    Refusal::invalid("confirm", detail).into()
}
