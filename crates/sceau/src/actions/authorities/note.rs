//! What attempts to sign in and to get challenges teach about an authority's health.

use domain::{
    Timestamp,
    actor::Actor,
    external_ca::{Authority, AuthorityId, Health, ProvedBy},
};

use super::{record, stray};
use crate::{
    actions::{Result, broker},
    app::Shared,
    outbound::{ChallengeProblem, ProbeOutcome, ProbedPage},
};

/// Notes a sign-in that a person asked for. A proved one ends the stop and every wait.
pub(super) async fn signed_in(
    app: &Shared,
    actor: &Actor,
    id: &AuthorityId,
    outcome: &std::result::Result<ProbeOutcome, ChallengeProblem>,
) -> Result<()> {
    if let Ok(ProbeOutcome::TookAPage {
        page: ProbedPage::Challenge,
        ..
    }) = outcome
    {
        stray::note(app, id).await?;
    }
    match outcome {
        Ok(outcome) if outcome.is_proved() => {
            let cleared = |authority: &Authority, _| Health {
                last_challenge_at: authority.health.last_challenge_at,
                ..Health::default()
            };
            record::health(app, actor, id, None, cleared).await?;
        }
        Err(problem) if problem.is_refused_sign_in() => {
            let refused = problem.clone();
            let stopped = move |authority: &Authority, now: Timestamp| {
                let until = now.plus_seconds(authority.limits.breaker_seconds.into());
                health_after(authority, Some(&refused), until, now)
            };
            record::health(app, actor, id, None, stopped).await?;
        }
        _ => {}
    }
    Ok(())
}

/// Notes what came of asking for a challenge, for whoever asks next: a proof, or the problem.
pub async fn challenge_asked(
    app: &Shared,
    id: &AuthorityId,
    outcome: std::result::Result<&ProvedBy, &ChallengeProblem>,
) -> Result<Health> {
    let (proved_by, problem) = (outcome.ok(), outcome.err().cloned());
    let asked = super::by_id(app, id).await?;
    let (now, heard) = (app.now(), problem.clone());
    let until = app
        .store
        .write(move |tx| {
            let (asked, heard) = (asked.clone(), heard.clone());
            Box::pin(async move { broker::learn(tx, &asked, heard.as_ref(), now).await })
        })
        .await?;
    let follows = move |authority: &Authority, now| health_after(authority, problem.as_ref(), until, now);
    record::health(app, &Actor::System, id, proved_by, follows).await
}

/// An authority's health after asking it for a challenge. A refused sign-in stops every further one until a
/// person acts (a repeated wrong password locks the account); everything else waits until `until`.
pub fn health_after(
    authority: &Authority,
    problem: Option<&ChallengeProblem>,
    until: Timestamp,
    now: Timestamp,
) -> Health {
    let Some(problem) = problem else {
        return Health {
            last_challenge_at: Some(now),
            ..Health::default()
        };
    };
    Health {
        is_sign_in_stopped: authority.health.is_sign_in_stopped || problem.is_refused_sign_in(),
        quiet_until: Some(until),
        cause: Some(problem.cause(until)),
        last_challenge_at: authority.health.last_challenge_at,
    }
}
