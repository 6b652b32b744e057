//! Warnings: raised when what is stored gives a reason, ended when the reason is gone.

mod devices;
mod slots;
mod watched;

use domain::{
    Id, Timestamp,
    actor::Actor,
    external_ca::{Authority, AuthorityId},
    notification::Event,
    operator::Permission,
    warning::{Check, Matter, Warning, WarningKind},
};
use store::Tx;
pub use store::warnings::ListedWarning;

pub use devices::watch_devices;
pub use slots::watch_slots;

use super::{Result, authorities, notices};
use crate::{app::Shared, secrets::random};

/// The step that says whether an authority answers.
pub(super) const ANSWERS: &str = "answers";
/// The result of a step that went wrong.
pub(super) const FAILED: &str = "failed";
/// Seconds for which a warning that ended is still told of.
const TOLD_SECONDS: i64 = 86_400;

/// The warnings that stand, and those that ended within a day, newest first.
pub async fn list_warnings(app: &Shared, actor: &Actor) -> Result<Vec<ListedWarning>> {
    actor.require(Permission::Read)?;
    let since = app.now().plus_seconds(-TOLD_SECONDS);
    app.store
        .read(move |tx| Box::pin(async move { Ok(store::warnings::recent(tx, since).await?) }))
        .await
}

/// Raises and ends an authority's warnings as what is stored of it says now. It may run on several nodes at once.
pub(super) async fn reconcile(tx: &mut Tx, id: &AuthorityId, now: Timestamp) -> Result<()> {
    let Some(authority) = store::authorities::by_id(tx, id).await? else {
        return Ok(());
    };
    let checks = store::checks::list(tx, id).await?;
    let pending = store::pending_chains::of(tx, id).await?;
    let restarted = store::capacity::of(tx, id).await?.forgotten_before;
    let mut wanted = matters(&authority, &checks, pending.map(|chain| chain.seen_sha256), now);
    wanted.extend(watched::matters(&checks, restarted, now));
    for open in store::warnings::open_of(tx, id).await? {
        let is_wanted = wanted.iter().any(|matter| matter.is_same(&open.matter));
        if !is_wanted && watched::is_known(open.matter.kind, &checks) {
            end(tx, &authority, &open, now).await?;
        }
    }
    for matter in wanted {
        raise(tx, &authority, matter, now).await?;
    }
    Ok(())
}

/// Raises a warning, if it wasn't raised already.
async fn raise(tx: &mut Tx, authority: &Authority, matter: Matter, now: Timestamp) -> Result<()> {
    raise_about(tx, Some(authority), matter, now).await
}

/// Raises a warning about an authority, or about devices.
async fn raise_about(
    tx: &mut Tx,
    authority: Option<&Authority>,
    matter: Matter,
    now: Timestamp,
) -> Result<()> {
    let warning = Warning {
        id: Id::new(now, random()),
        authority_id: authority.map(|authority| authority.id.clone()),
        matter,
        raised_at: now,
        ended_at: None,
    };
    if store::warnings::raise(tx, &warning).await? {
        let name = authority
            .map(|authority| authority.name.as_str())
            .unwrap_or_default();
        let kind = warning.matter.kind.key();
        tracing::warn!(authority = name, kind, "a warning was raised");
        notices::tell(tx, authority, &warning, Event::Raised, now).await?;
    }
    Ok(())
}

/// Ends a warning whose reason is gone.
async fn end(tx: &mut Tx, authority: &Authority, open: &Warning, now: Timestamp) -> Result<()> {
    store::warnings::end(tx, open, now).await?;
    if open.matter.kind.is_told_when_over() {
        notices::tell(tx, Some(authority), open, Event::Ended, now).await?;
    }
    Ok(())
}

/// What there is to warn about.
fn matters(authority: &Authority, checks: &[Check], pending: Option<String>, now: Timestamp) -> Vec<Matter> {
    let mut matters = Vec::new();
    // One silence may be chance: the look before was in vain too.
    let is_down = |check: &Check| check.step == ANSWERS && check.result == FAILED && check.since < check.at;
    if checks.iter().any(is_down) {
        matters.push(Matter::of(WarningKind::AuthorityDown));
    }
    if authority.health.is_sign_in_stopped {
        matters.push(Matter::of(WarningKind::SignInStopped));
    }
    if let Some(seen_sha256) = pending {
        matters.push(Matter {
            about: seen_sha256,
            ..Matter::of(WarningKind::ChainChanged)
        });
    }
    for one in authorities::chain(authority) {
        matters.extend(Matter::of_certificate(
            &one.sha256,
            &one.subject,
            one.not_after,
            now,
        ));
    }
    matters
}
