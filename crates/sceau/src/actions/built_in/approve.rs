//! A person's decision on a request that waits.

use anyhow::Context as _;
use domain::{
    Error as Refusal, Kind,
    actor::Actor,
    issuance::{Issuance, IssuanceId, IssuanceState},
    operator::Permission,
};

use super::sign;
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
    let (now, wanted, actor) = (app.now(), id.clone(), actor.clone());
    let decided = app
        .store
        .write(move |tx| {
            let (id, actor) = (wanted.clone(), actor.clone());
            Box::pin(async move {
                let known = store::issuances::by_id(tx, &id).await?.ok_or_else(unknown)?;
                // The certificate lives from the decision on, not from the request.
                let waited = now.since(known.requested_at).max(0);
                let (name, decided) = match decision {
                    Decision::Approve => ("issuance.approve", known.approved()?),
                    Decision::Refuse => ("issuance.refuse", known.refused()?),
                };
                let decided = Issuance {
                    not_before: decided.not_before.plus_milliseconds(waited),
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
    let opened = app
        .built_in
        .of(app, &decided.authority_id)
        .await?
        .context("the authority of a pending request is gone")?;
    let certificate = sign::complete(app, &opened, &decided).await?;
    Ok(Issuance {
        state: IssuanceState::Issued,
        certificate: Some(certificate),
        issued_at: Some(now),
        ..decided
    })
}

pub(super) fn unknown() -> Refusal {
    Refusal::new(
        Kind::NotFound,
        "error-issuance-not-found",
        "there is no such certificate",
    )
}
