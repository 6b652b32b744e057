//! Revoking, and the lists that say so: complete ones, each with the next number (RFC 5280 §5).

use std::sync::Arc;

use anyhow::Context as _;
use ca::{CertificateRevocationList, RevokedCertificate, SerialNumber};
use domain::{
    actor::Actor,
    built_in::RevocationList,
    external_ca::AuthorityId,
    issuance::{Issuance, IssuanceId, RevocationReason, Revoked},
    operator::Permission,
};

use super::{Opened, approve::unknown};
use crate::{
    actions::{Result, activity},
    app::Shared,
    secrets::unhex,
};

/// How often a list is made anew that another node was quicker with.
const TRIES: u32 = 5;
/// Clocks of those who read a list may be late.
const BACKDATED_SECONDS: i64 = 600;

/// Revokes a certificate and publishes a list that says so.
pub async fn revoke(
    app: &Shared,
    actor: &Actor,
    id: &IssuanceId,
    reason: RevocationReason,
) -> Result<Issuance> {
    actor.require(Permission::Configure)?;
    let (now, wanted, actor) = (app.now(), id.clone(), actor.clone());
    let issuance = app
        .store
        .write(move |tx| {
            let (id, actor) = (wanted.clone(), actor.clone());
            Box::pin(async move {
                let known = store::issuances::by_id(tx, &id).await?.ok_or_else(unknown)?;
                let revoked = Revoked { at: now, reason };
                let known = known.revoked(revoked)?;
                store::issuances::revoke(tx, &id, &revoked).await?;
                let mut entry = activity::entry(&actor, now, "certificate.revoke", ("issuance", id.as_str()));
                entry.after = activity::written(&serde_json::json!({
                    "serial": known.serial,
                    "subject": known.wanted.subject,
                    "reason": reason,
                }));
                store::audit::append(tx, &entry).await?;
                Ok::<_, crate::actions::Error>(known)
            })
        })
        .await?;
    publish_of(app, &issuance.authority_id).await?;
    Ok(issuance)
}

/// Publishes a list of an authority of the server's own that knows of every revocation until now.
pub async fn publish_of(app: &Shared, id: &AuthorityId) -> Result<()> {
    let opened = app
        .built_in
        .of(app, id)
        .await?
        .context("the authority of a certificate is gone")?;
    publish(app, &opened).await.map(drop)
}

/// The newest list of the authority at this place.
pub async fn revocation_list(app: &Shared, opened: &Arc<Opened>) -> Result<RevocationList> {
    current(app, opened).await
}

/// The newest list; made now where there is none, or the one that is there counts no more.
pub(super) async fn current(app: &Shared, opened: &Arc<Opened>) -> Result<RevocationList> {
    let id = opened.authority_id.clone();
    let known = app
        .store
        .read(move |tx| Box::pin(async move { store::built_in::revocation_list(tx, &id).await }))
        .await?;
    match known {
        Some(list) if app.now() < list.next_update => Ok(list),
        _ => publish(app, opened).await,
    }
}

/// Signs and keeps a list with the next number.
pub(super) async fn publish(app: &Shared, opened: &Arc<Opened>) -> Result<RevocationList> {
    for _ in 0..TRIES {
        let (id, now) = (opened.authority_id.clone(), app.now());
        let (known, revoked) = app
            .store
            .read(move |tx| {
                Box::pin(async move {
                    let known = store::built_in::revocation_list(tx, &id).await?;
                    let revoked = store::issuances::revoked(tx, &id, now).await?;
                    Ok::<_, store::Error>((known, revoked))
                })
            })
            .await?;
        let number = known.map_or(1, |known| known.number + 1);
        let list = sign(opened, number, &revoked, now)?;
        let kept = list.clone();
        let is_kept = app
            .store
            .write(move |tx| {
                let list = kept.clone();
                Box::pin(async move { store::built_in::put_revocation_list(tx, &list).await })
            })
            .await?;
        // Another node took the number: its list may not know what this one knows.
        if is_kept {
            return Ok(list);
        }
    }
    Err(anyhow::anyhow!("other nodes publish revocation lists faster than this one").into())
}

pub(super) fn sign(
    opened: &Opened,
    number: i64,
    revoked: &[Issuance],
    now: domain::Timestamp,
) -> Result<RevocationList> {
    let next_update = now.plus_seconds(i64::from(opened.rules.crl_hours) * 3600);
    let entries = revoked.iter().filter_map(|issuance| {
        let revoked = issuance.revoked?;
        let serial = SerialNumber::from_octets(&unhex(&issuance.serial)?).ok()?;
        Some(RevokedCertificate {
            serial,
            revoked_at: revoked.at.seconds(),
            reason: ca::RevocationReason::of_number(revoked.reason.number()),
        })
    });
    let der = opened
        .authority
        .sign_revocation_list(&CertificateRevocationList {
            number: number.unsigned_abs(),
            this_update: now.seconds() - BACKDATED_SECONDS,
            next_update: next_update.seconds(),
            revoked: entries.collect(),
        })
        .context("signing a revocation list")?;
    Ok(RevocationList {
        authority_id: opened.authority_id.clone(),
        number,
        der,
        this_update: now,
        next_update,
    })
}

/// Publishes the lists of which half of the time is over, and those that a revocation is newer than. Gives how many.
pub async fn publish_due(app: &Shared) -> Result<usize> {
    let now = app.now();
    let due = app
        .store
        .read(|tx| {
            Box::pin(async move {
                let mut due = Vec::new();
                for authority in store::built_in::list(tx).await? {
                    let list = store::built_in::revocation_list(tx, &authority.authority_id).await?;
                    // A crash between a revocation and its list leaves a list that doesn't know of it.
                    let revoked = store::issuances::last_revoked(tx, &authority.authority_id).await?;
                    if list.is_none_or(|list| list.is_due(now) || list.this_update < revoked) {
                        due.push(authority.path);
                    }
                }
                Ok::<_, store::Error>(due)
            })
        })
        .await?;
    let mut count = 0;
    for path in due {
        let Some(opened) = app.built_in.at(app, &path).await? else {
            continue;
        };
        match publish(app, &opened).await {
            Ok(_) => count += 1,
            Err(error) => {
                let incident = error.incident().unwrap_or_default();
                tracing::error!(authority = %path, %incident, "the revocation list could not be made anew");
            }
        }
    }
    Ok(count)
}
