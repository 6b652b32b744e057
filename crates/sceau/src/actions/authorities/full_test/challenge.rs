//! The one challenge of a full test: a row of the ledger like any other, or the fixed one of the authority.

use std::time::Instant;

use domain::{
    challenge::{ChallengeId, Fate, Purpose},
    external_ca::{Authority, ChallengeWay, ProvedBy},
};
use store::challenges::Claim;
use zeroize::Zeroizing;

use super::super::{
    ChainCertificate,
    examination::{Step, StepResult, TestStep, problem},
    note, source, static_challenge,
};
use crate::{
    actions::{Error, Result, broker},
    app::Shared,
    outbound::{ChallengePage, ChallengeProblem},
};

/// What came of asking for it.
pub(super) struct Taken {
    pub(super) steps: Vec<TestStep>,
    pub(super) challenge: Option<Challenge>,
}

pub(super) struct Challenge {
    /// Its entry in the ledger; a fixed one has none.
    pub(super) id: Option<ChallengeId>,
    pub(super) text: Zeroizing<String>,
}

impl Taken {
    fn nothing(step: TestStep) -> Self {
        Self {
            steps: vec![step],
            challenge: None,
        }
    }
}

pub(super) async fn take(
    app: &Shared,
    authority: &Authority,
    certificates: &[ChainCertificate],
) -> Result<Taken> {
    if authority.kind.challenge_way() == ChallengeWay::Static {
        return Ok(Taken {
            steps: Vec::new(),
            challenge: Some(Challenge {
                id: None,
                text: static_challenge(app, authority)?,
            }),
        });
    }
    let id: ChallengeId = app.fresh_id();
    if !claim(app, authority, &id).await? {
        let step = TestStep::new(Step::Challenge, StepResult::Failed, "test-challenge-slots-taken")
            .with("max", authority.limits.max_unused.to_string());
        return Ok(Taken::nothing(step));
    }
    let begun = Instant::now();
    let fetched = match broker::sign_in_turn(app, &authority.id).await? {
        None => Err(broker::stopped_problem(app, &authority.id).await?),
        Some(_turn) => {
            let fetched = app
                .outbound
                .fetch_challenge(&source(app, authority)?, app.outbound.bounds().sign_in)
                .await;
            // Noted before the next one signs in.
            noted(app, authority, &id, &fetched).await?;
            fetched
        }
    };
    let took = i64::try_from(begun.elapsed().as_millis()).unwrap_or(i64::MAX);
    Ok(match fetched {
        Err(found) => Taken::nothing(
            problem(Step::Challenge, &found)
                .with("user", authority.username.clone())
                .took(took),
        ),
        Ok(page) => Taken {
            steps: told(&page, certificates, took),
            challenge: Some(Challenge {
                id: Some(id),
                text: page.challenge,
            }),
        },
    })
}

fn told(page: &ChallengePage, certificates: &[ChainCertificate], took: i64) -> Vec<TestStep> {
    let taken = TestStep::new(Step::Challenge, StepResult::Good, "test-challenge-taken").took(took);
    // A page that names no certificate says nothing of them.
    let unknown = page
        .ca_md5
        .as_ref()
        .filter(|md5| !certificates.iter().any(|one| one.md5.eq_ignore_ascii_case(md5)));
    let foreign = unknown.map(|md5| {
        TestStep::new(Step::Challenge, StepResult::Warning, "test-challenge-md5-unknown")
            .with("md5", md5.clone())
    });
    std::iter::once(taken).chain(foreign).collect()
}

/// Whether one of the authority's slots was free.
async fn claim(app: &Shared, authority: &Authority, id: &ChallengeId) -> Result<bool> {
    let now = app.now();
    let claim = Claim {
        id: id.clone(),
        authority_id: authority.id.clone(),
        max_unused: authority.limits.max_unused,
        purpose: Purpose::Test,
        delivery_id: None,
        now,
        held_until: now.plus_seconds(authority.limits.lifetime_seconds.into()),
    };
    Ok(app
        .store
        .write(move |tx| {
            let claim = claim.clone();
            Box::pin(async move {
                store::challenges::expire(tx, now).await?;
                Ok::<_, store::Error>(store::challenges::claim_slot(tx, &claim).await?.is_some())
            })
        })
        .await?)
}

async fn noted(
    app: &Shared,
    authority: &Authority,
    id: &ChallengeId,
    fetched: &std::result::Result<ChallengePage, ChallengeProblem>,
) -> Result<()> {
    let (now, id) = (app.now(), id.clone());
    let held_until = now.plus_seconds(authority.limits.lifetime_seconds.into());
    let page = fetched.as_ref().ok().cloned();
    let is_certain = fetched.as_ref().err().is_some_and(ChallengeProblem::is_certain);
    let (writer, asked) = (app.clone(), authority.id.clone());
    app.store
        .write(move |tx| {
            let (app, asked, id, page) = (writer.clone(), asked.clone(), id.clone(), page.clone());
            Box::pin(async move {
                if let Some(page) = page {
                    store::challenges::taken(tx, &id, now, held_until).await?;
                    broker::page_seen(tx, &app, &asked, &page, now).await?;
                } else if is_certain {
                    store::challenges::end(tx, &id, Fate::Refused, now).await?;
                }
                Ok::<_, Error>(())
            })
        })
        .await?;
    let outcome = fetched.as_ref().map(|_| &ProvedBy::Test);
    note::challenge_asked(app, &authority.id, outcome).await?;
    Ok(())
}

/// It was presented to the authority: its slot is free.
pub(super) async fn used(app: &Shared, id: Option<ChallengeId>) -> Result<()> {
    let Some(id) = id else { return Ok(()) };
    let now = app.now();
    app.store
        .write(move |tx| {
            let id = id.clone();
            Box::pin(async move { store::challenges::end(tx, &id, Fate::Used, now).await })
        })
        .await?;
    app.bells.ring_slot();
    Ok(())
}
