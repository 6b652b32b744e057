//! Another CA at an authority: seen, shown with what it would change, and taken over by a person.

use domain::{
    Error as Refusal, Kind, Timestamp,
    actor::Actor,
    external_ca::{Authority, AuthorityId},
    operator::Permission,
    scep_configuration::{Configuration, ConfigurationId, ScepSettings},
    thumbprint::{self, Sha1},
};
use serde_json::json;
use store::{Tx, pending_chains::PendingChain};

use super::{ChainCertificate, chain, record, refresh, verify::Seen};
use crate::{
    actions::{Error, Result, activity, assignments, warnings},
    app::Shared,
};

/// What taking over a chain would change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChainChange {
    /// The certificates that are stored.
    pub old: Vec<ChainCertificate>,
    /// Those that were seen.
    pub new: Vec<ChainCertificate>,
    /// The SHA-1 that Windows is told afterwards.
    pub issuer_sha1: Sha1,
    /// Names exactly what was seen: whoever takes it over says it back.
    pub seen_sha256: String,
    /// When it was seen first.
    pub seen_at: Timestamp,
    /// The configurations whose thumbprint doesn't match what was seen.
    pub configurations: Vec<ChangedConfiguration>,
}

/// A configuration whose thumbprint doesn't match what was seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChangedConfiguration {
    /// The configuration.
    pub id: ConfigurationId,
    /// Its name.
    pub name: String,
    /// The thumbprint that it has.
    pub ca_sha1: Sha1,
    /// Whether taking over replaces it: it is that of the stored chain. Another was typed on purpose and stays.
    pub is_replaced: bool,
    /// Devices that have it.
    pub devices: i64,
}

/// The chain that waits for a person, with what it would change; none while nothing waits.
pub async fn chain_change(app: &Shared, actor: &Actor, id: &AuthorityId) -> Result<Option<ChainChange>> {
    actor.require(Permission::Read)?;
    let id = id.clone();
    app.store
        .read(move |tx| {
            Box::pin(async move {
                let authority = store::authorities::by_id(tx, &id)
                    .await?
                    .ok_or_else(super::unknown)?;
                let Some(pending) = store::pending_chains::of(tx, &id).await? else {
                    return Ok(None);
                };
                let mut configurations = Vec::new();
                for configuration in unmatched(tx, &authority, &pending.issuer_sha1).await? {
                    let counts = store::deliveries::counts(tx, Some(&configuration.id)).await?;
                    configurations.push(ChangedConfiguration {
                        is_replaced: configuration.settings.ca_sha1 == authority.issuer_sha1,
                        ca_sha1: configuration.settings.ca_sha1,
                        devices: counts.iter().map(|(_, count)| count).sum(),
                        id: configuration.id,
                        name: configuration.name,
                    });
                }
                let shown = Authority {
                    certificates: pending.certificates,
                    ..authority.clone()
                };
                Ok(Some(ChainChange {
                    old: chain(&authority),
                    new: chain(&shown),
                    issuer_sha1: pending.issuer_sha1,
                    seen_sha256: pending.seen_sha256,
                    seen_at: pending.seen_at,
                    configurations,
                }))
            })
        })
        .await
}

/// Takes over the chain that was seen: it is stored, the thumbprints of the configurations that had the old one are
/// replaced, and their deliveries are planned anew, all or nothing. What was seen since is not what the person looked
/// at, and is refused.
pub async fn adopt_chain(
    app: &Shared,
    actor: &Actor,
    id: &AuthorityId,
    seen_sha256: &str,
) -> Result<Authority> {
    actor.require(Permission::Configure)?;
    let now = app.now();
    let (wanted, actor, seen) = (id.clone(), actor.clone(), seen_sha256.to_owned());
    app.store
        .write(move |tx| {
            let (id, actor, seen) = (wanted.clone(), actor.clone(), seen.clone());
            Box::pin(async move {
                let authority = store::authorities::by_id(tx, &id)
                    .await?
                    .ok_or_else(super::unknown)?;
                let pending = store::pending_chains::of(tx, &id).await?;
                let pending = pending
                    .filter(|pending| pending.seen_sha256 == seen)
                    .ok_or_else(seen_another)?;
                adopt(tx, &actor, &authority, &pending, now).await
            })
        })
        .await?;
    app.bells.job.notify_one();
    super::by_id(app, id).await
}

async fn adopt(
    tx: &mut Tx,
    actor: &Actor,
    authority: &Authority,
    pending: &PendingChain,
    now: Timestamp,
) -> Result<()> {
    for before in unmatched(tx, authority, &pending.issuer_sha1).await? {
        if before.settings.ca_sha1 != authority.issuer_sha1 {
            continue;
        }
        let after = Configuration {
            settings: ScepSettings {
                ca_sha1: pending.issuer_sha1,
                ..before.settings.clone()
            },
            version: before.version + 1,
            updated_at: now,
            ..before.clone()
        };
        store::configurations::update(tx, &after).await?;
        assignments::plan(tx, &after.id, now).await?;
        let target = ("configuration", after.id.as_str());
        let mut entry = activity::entry(actor, now, "configuration.change", target);
        entry.before = activity::written(&shown(&before));
        entry.after = activity::written(&shown(&after));
        store::audit::append(tx, &entry).await?;
    }
    let (capabilities, certificates) = (&pending.capabilities, &pending.certificates);
    store::authorities::set_chain(
        tx,
        &authority.id,
        capabilities,
        certificates,
        &pending.issuer_sha1,
        now,
    )
    .await?;
    store::pending_chains::delete(tx, &authority.id).await?;
    let target = ("authority", authority.id.as_str());
    let mut entry = activity::entry(actor, now, "authority.adopt-chain", target);
    entry.before = activity::written(&json!({ "issuer_sha1": authority.issuer_sha1 }));
    entry.after = activity::written(&json!({ "issuer_sha1": pending.issuer_sha1 }));
    store::audit::append(tx, &entry).await?;
    warnings::reconcile(tx, &authority.id, now).await
}

/// Stores what an authority says of itself, certificates of a renewed RA too. Another CA is only kept for a person to
/// look at: devices are told to trust the stored one.
pub(super) async fn take_in(app: &Shared, actor: &Actor, authority: &Authority, seen: &Seen) -> Result<()> {
    let is_another = refresh::is_another_authority(authority, seen);
    if !is_another {
        record::chain(app, actor, authority, seen).await?;
    }
    let pending = PendingChain {
        authority_id: authority.id.clone(),
        capabilities: seen.capabilities.clone(),
        certificates: seen.certificates.clone(),
        issuer_sha1: seen.issuer_sha1,
        seen_sha256: thumbprint::sha256(&seen.certificates.concat()),
        seen_at: app.now(),
    };
    app.store
        .write(move |tx| {
            let pending = pending.clone();
            Box::pin(async move {
                if is_another {
                    store::pending_chains::put(tx, &pending).await?;
                } else {
                    store::pending_chains::delete(tx, &pending.authority_id).await?;
                }
                warnings::reconcile(tx, &pending.authority_id, pending.seen_at).await
            })
        })
        .await
}

/// The authority's configurations that order another thumbprint than this.
async fn unmatched(tx: &mut Tx, authority: &Authority, issuer_sha1: &Sha1) -> Result<Vec<Configuration>> {
    let all = store::configurations::list(tx).await?;
    Ok(all
        .into_iter()
        .map(|listed| listed.configuration)
        .filter(|one| one.authority_id == authority.id && one.settings.ca_sha1 != *issuer_sha1)
        .collect())
}

fn shown(configuration: &Configuration) -> serde_json::Value {
    json!({
        "name": configuration.name,
        "version": configuration.version,
        "ca_sha1": configuration.settings.ca_sha1,
    })
}

fn seen_another() -> Error {
    Refusal::new(
        Kind::Conflict,
        "error-chain-seen-another",
        "the authority has shown other certificates since: look at them first",
    )
    .into()
}
