//! Writing configurations down, with their audit rows.

use domain::{
    Error as Refusal, Kind, Timestamp,
    actor::Actor,
    external_ca::AuthorityId,
    scep_configuration::{Checked, Configuration, ConfigurationId},
};
use serde_json::{Value, json};
use store::Tx;

use super::{
    super::{Error, Result, activity, assignments},
    unknown,
};
use crate::app::Shared;

pub(super) async fn added(app: &Shared, actor: &Actor, configuration: &Configuration) -> Result<()> {
    let mut entry = audited(
        actor,
        configuration.created_at,
        "configuration.add",
        &configuration.id,
    );
    entry.after = activity::written(&shown(configuration));
    let configuration = configuration.clone();
    app.store
        .write(move |tx| {
            let (configuration, entry) = (configuration.clone(), entry.clone());
            Box::pin(async move {
                refuse_taken_name(tx, &configuration.name, &configuration.id).await?;
                store::configurations::insert(tx, &configuration).await?;
                Ok(store::audit::append(tx, &entry).await?)
            })
        })
        .await
}

pub(super) async fn changed(
    app: &Shared,
    actor: &Actor,
    id: &ConfigurationId,
    authority_id: &AuthorityId,
    checked: &Checked,
) -> Result<Configuration> {
    let now = app.now();
    let entry = audited(actor, now, "configuration.change", id);
    let (id, authority_id, checked) = (id.clone(), authority_id.clone(), checked.clone());
    let after = app
        .store
        .write(move |tx| {
            let (id, authority_id, checked) = (id.clone(), authority_id.clone(), checked.clone());
            let mut entry = entry.clone();
            Box::pin(async move {
                let before = store::configurations::by_id(tx, &id).await?.ok_or_else(unknown)?;
                refuse_taken_name(tx, &checked.name, &id).await?;
                let is_reissued =
                    before.settings.reissues(&checked.settings) || before.authority_id != authority_id;
                let after = Configuration {
                    name: checked.name,
                    description: checked.description,
                    authority_id,
                    settings: checked.settings,
                    version: before.version + i64::from(is_reissued),
                    updated_at: now,
                    ..before.clone()
                };
                store::configurations::update(tx, &after).await?;
                if is_reissued {
                    assignments::plan(tx, &id, now).await?;
                }
                entry.before = activity::written(&shown(&before));
                entry.after = activity::written(&shown(&after));
                store::audit::append(tx, &entry).await?;
                Ok::<_, Error>(after)
            })
        })
        .await?;
    app.bells.job.notify_one();
    Ok(after)
}

pub(super) async fn removed(app: &Shared, actor: &Actor, id: &ConfigurationId) -> Result<()> {
    let entry = audited(actor, app.now(), "configuration.remove", id);
    let id = id.clone();
    let outcome = app
        .store
        .write(move |tx| {
            let (id, mut entry) = (id.clone(), entry.clone());
            Box::pin(async move {
                let before = store::configurations::by_id(tx, &id).await?.ok_or_else(unknown)?;
                let distribution = store::assignments::by_configuration(tx, &id).await?;
                if distribution.is_some_and(|distribution| distribution.is_enabled) {
                    return Err(in_use().into());
                }
                store::configurations::delete(tx, &id).await?;
                entry.before = activity::written(&shown(&before));
                Ok(store::audit::append(tx, &entry).await?)
            })
        })
        .await;
    match outcome {
        // Devices were given certificates by it: their stories refer to it.
        Err(Error::Internal(cause)) if is_reference(&cause) => Err(in_use().into()),
        other => other,
    }
}

fn is_reference(cause: &anyhow::Error) -> bool {
    matches!(cause.downcast_ref(), Some(store::Error::Reference(_)))
}

async fn refuse_taken_name(tx: &mut Tx, name: &str, id: &ConfigurationId) -> Result<()> {
    match store::configurations::by_name(tx, name).await? {
        Some(other) if other.id != *id => Err(Refusal::new(
            Kind::Conflict,
            "error-name-taken",
            format!("there is a configuration {name:?} already"),
        )
        .at("name")
        .with("name", name)
        .into()),
        _ => Ok(()),
    }
}

fn in_use() -> Refusal {
    Refusal::new(
        Kind::Conflict,
        "error-configuration-in-use",
        "devices were given this configuration: disable its distribution instead",
    )
}

fn audited(actor: &Actor, now: Timestamp, action: &str, id: &ConfigurationId) -> store::audit::AuditEntry {
    activity::entry(actor, now, action, ("configuration", id.as_str()))
}

fn shown(configuration: &Configuration) -> Value {
    json!({
        "name": configuration.name,
        "description": configuration.description,
        "authority_id": configuration.authority_id,
        "version": configuration.version,
        "settings": configuration.settings,
    })
}
