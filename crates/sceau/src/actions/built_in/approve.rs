//! A person's decision on a request that waits.

use std::sync::Arc;

use anyhow::Context as _;
use domain::{
    Error as Refusal, Kind, Timestamp,
    actor::Actor,
    issuance::{Issuance, IssuanceId, IssuanceState},
    operator::Permission,
};

use super::{Opened, sign};
use crate::{
    actions::{Result, activity},
    app::Shared,
};

/// What a person decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// It is issued.
    Approve,
    /// It is refused.
    Refuse,
}

/// Approves a pending request, which is then signed at once, or refuses it. The client learns it at its next poll.
pub async fn decide(app: &Shared, actor: &Actor, id: &IssuanceId, decision: Decision) -> Result<Issuance> {
    actor.require(Permission::Configure)?;
    let opened = authority_of(app, id).await?;
    let end = Timestamp::from_seconds(opened.authority.not_after());
    let (now, wanted, actor) = (app.now(), id.clone(), actor.clone());
    let decided = app
        .store
        .write(move |tx| {
            let (id, actor) = (wanted.clone(), actor.clone());
            Box::pin(async move {
                let known = store::issuances::by_id(tx, &id).await?.ok_or_else(unknown)?;
                // The certificate lives from the decision on, not from the request; no longer than the authority's.
                let waited = now.since(known.requested_at).max(0);
                let (name, decided) = match decision {
                    Decision::Approve => ("issuance.approve", known.approved()?),
                    Decision::Refuse => ("issuance.refuse", known.refused()?),
                };
                let decided = Issuance {
                    not_before: decided.not_before.plus_milliseconds(waited),
                    not_after: decided.not_after.plus_milliseconds(waited).min(end),
                    ..decided
                };
                store::issuances::decide(tx, &decided).await?;
                let entry = activity::entry(&actor, now, name, ("issuance", id.as_str()));
                store::audit::append(tx, &entry).await?;
                Ok::<_, crate::actions::Error>(decided)
            })
        })
        .await?;
    if decided.state != IssuanceState::Intended {
        return Ok(decided);
    }
    let certificate = sign::complete(app, &opened, &decided).await?;
    Ok(Issuance {
        state: IssuanceState::Issued,
        certificate: Some(certificate),
        issued_at: Some(now),
        ..decided
    })
}

async fn authority_of(app: &Shared, id: &IssuanceId) -> Result<Arc<Opened>> {
    let wanted = id.clone();
    let known = app
        .store
        .read(move |tx| Box::pin(async move { store::issuances::by_id(tx, &wanted).await }))
        .await?
        .ok_or_else(unknown)?;
    let opened = app.built_in.of(app, &known.authority_id).await?;
    Ok(opened.context("the authority of a pending request is gone")?)
}

pub(super) fn unknown() -> Refusal {
    Refusal::new(
        Kind::NotFound,
        "error-issuance-not-found",
        "there is no such certificate",
    )
}
