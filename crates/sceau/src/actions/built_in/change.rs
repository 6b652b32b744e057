//! Name and rules of a built-in authority, changed. Keys and certificates stay.

use domain::{
    actor::Actor,
    built_in::{BuiltInAuthority, Rules},
    external_ca::{Authority, AuthorityId},
    operator::Permission,
};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    create::{self, BuiltInForm, challenge_limits},
    revocation,
};
use crate::{
    actions::{Result, activity, authorities},
    app::Shared,
};

/// What a person may change of a built-in authority. Its place in URLs stays: certificates point there.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct BuiltInChange {
    /// Unique name; the certificates keep theirs.
    pub name: String,
    /// How long a one-time challenge counts, in seconds; those that are out keep their time.
    pub challenge_seconds: u32,
    /// What it does and takes.
    pub rules: Rules,
}

impl Default for BuiltInChange {
    fn default() -> Self {
        let form = BuiltInForm::default();
        Self {
            name: form.name,
            challenge_seconds: form.challenge_seconds,
            rules: form.rules,
        }
    }
}

/// Changes name and rules. A revocation list that shall count for another time is made anew at once.
pub async fn change_built_in(
    app: &Shared,
    actor: &Actor,
    id: &AuthorityId,
    form: &BuiltInChange,
) -> Result<Authority> {
    actor.require(Permission::Configure)?;
    let wanted = create::checked(&BuiltInForm {
        name: form.name.clone(),
        challenge_seconds: form.challenge_seconds,
        rules: form.rules,
        ..BuiltInForm::default()
    })?;
    authorities::refuse_taken_name(app, &wanted.name, Some(id)).await?;
    let (before, record, after) = written(app, actor, id, wanted).await?;
    app.built_in.forget(&record.path);
    if before.crl_hours != record.rules.crl_hours
        && let Some(opened) = app.built_in.of(app, id).await?
    {
        revocation::publish(app, &opened).await?;
    }
    Ok(after)
}

/// Writes the change with its audit row in one transaction. Gives the rules before, and what stands now.
async fn written(
    app: &Shared,
    actor: &Actor,
    id: &AuthorityId,
    wanted: BuiltInForm,
) -> Result<(Rules, BuiltInAuthority, Authority)> {
    let (now, id, actor) = (app.now(), id.clone(), actor.clone());
    app.store
        .write(move |tx| {
            let (id, actor, wanted) = (id.clone(), actor.clone(), wanted.clone());
            Box::pin(async move {
                let found = store::authorities::by_id(tx, &id).await?;
                let mut authority = found.ok_or_else(authorities::unknown)?;
                let found = store::built_in::by_id(tx, &id).await?;
                let mut record = found.ok_or_else(authorities::unknown)?;
                let (rules, shown) = (record.rules, view(&authority, record.rules));
                authority.name = wanted.name;
                authority.limits = challenge_limits(wanted.challenge_seconds);
                authority.updated_at = now;
                record.rules = wanted.rules;
                record.version += 1;
                store::authorities::update(tx, &authority).await?;
                store::built_in::update(tx, &record).await?;
                let mut entry = activity::entry(&actor, now, "authority.change", ("authority", id.as_str()));
                entry.before = activity::written(&shown);
                entry.after = activity::written(&view(&authority, record.rules));
                store::audit::append(tx, &entry).await?;
                Ok::<_, crate::actions::Error>((rules, record, authority))
            })
        })
        .await
}

/// What the audit shows of it.
fn view(authority: &Authority, rules: Rules) -> Value {
    json!({
        "name": authority.name,
        "kind": authority.kind,
        "challenge_seconds": authority.limits.lifetime_seconds,
        "rules": rules,
    })
}
