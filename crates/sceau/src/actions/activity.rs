//! Who changed what.

use domain::{Timestamp, actor::Actor, external_ca::Authority, operator::Permission};
pub use store::audit::{AuditEntry, AuditFilter, AuditRow};

use super::Result;
use crate::app::Shared;

/// A page of the audit, newest first, from before the row `after`.
pub async fn list_activity(
    app: &Shared,
    actor: &Actor,
    after: Option<i64>,
    limit: u32,
) -> Result<Vec<AuditRow>> {
    actor.require(Permission::Read)?;
    app.store
        .read(|tx| Box::pin(async move { Ok(store::audit::list(tx, after, limit).await?) }))
        .await
}

/// A page of what the filter wants, newest first, from before the row `after`.
pub async fn find_activity(
    app: &Shared,
    actor: &Actor,
    filter: &AuditFilter,
    after: Option<i64>,
    limit: u32,
) -> Result<Vec<AuditRow>> {
    actor.require(Permission::Read)?;
    let filter = filter.clone();
    app.store
        .read(move |tx| {
            let filter = filter.clone();
            Box::pin(async move { Ok(store::audit::find(tx, &filter, after, limit).await?) })
        })
        .await
}

/// An audit row of an action on one thing.
pub(super) fn entry(actor: &Actor, now: Timestamp, action: &str, target: (&str, &str)) -> AuditEntry {
    AuditEntry {
        at: now,
        actor: actor.label(),
        action: action.to_owned(),
        target_kind: target.0.to_owned(),
        target_id: target.1.to_owned(),
        before: None,
        after: None,
        source_ip: None,
    }
}

/// An audit row of a built-in authority that was made or changed.
pub(super) fn about_authority(
    actor: &Actor,
    authority: &Authority,
    action: &str,
    now: Timestamp,
) -> AuditEntry {
    let shown = serde_json::json!({
        "name": authority.name,
        "kind": authority.kind,
        "scep_url": authority.scep_url,
        "issuer_sha1": authority.issuer_sha1,
    });
    AuditEntry {
        after: written(&shown),
        ..entry(actor, now, action, ("authority", authority.id.as_str()))
    }
}

/// What is written of a thing: JSON, without secrets.
pub(super) fn written(thing: &impl serde::Serialize) -> Option<String> {
    serde_json::to_string(thing).ok()
}

/// How the timeline names who acted.
pub(super) fn name_of(actor: &Actor) -> String {
    match actor {
        Actor::Operator { name, .. } => name.clone(),
        other => other.label(),
    }
}
