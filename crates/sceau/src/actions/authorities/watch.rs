//! Looking at authorities by oneself: what they say of themselves and whether they let the account in. The page that
//! gives challenges is never asked for, and a sign-in that was refused is never repeated.

use std::{collections::BTreeMap, time::Instant};

use domain::{
    Id, Timestamp,
    actor::Actor,
    attempt::Asked,
    external_ca::{Authority, AuthorityId, AuthorityKind, ChallengeWay},
    operator::Permission,
    warning::Check,
};
use store::jobs::Job;

use super::{
    StepResult, chain_change,
    examination::{TestStep, examine, reach_challenge_address},
    note, source,
    test::configurations_of,
    verify::Seen,
};
use crate::{
    actions::{
        Error, Result, attempts, broker,
        warnings::{self, ANSWERS, FAILED},
    },
    app::Shared,
    outbound::{ChallengeProblem, ProbeOutcome},
    secrets::random,
};

/// The kind of the job that looks; it is about the authority.
pub const WATCH_JOB: &str = "watch_authority";
/// Seconds until the next look at an authority that didn't answer.
const AFTER_FAILURE_SECONDS: i64 = 300;
/// The key of the cause when nobody answers.
const UNREACHABLE: &str = "cause-authority-unreachable";

/// What one look brought.
struct Look {
    checks: Vec<Check>,
    seen: Option<Seen>,
    sign_in: Option<std::result::Result<ProbeOutcome, ChallengeProblem>>,
}

impl Look {
    /// Good, or the key of what kept it from being so.
    fn outcome(&self, now: Timestamp) -> String {
        match (&self.seen, &self.sign_in) {
            (None, _) => UNREACHABLE.to_owned(),
            (Some(_), Some(Err(problem))) => problem.cause(now).key(),
            (Some(_), _) => attempts::GOOD.to_owned(),
        }
    }

    /// Whether both sides answer. A refused sign-in is an answer.
    fn is_answered(&self) -> bool {
        let is_refusal = |problem: &ChallengeProblem| {
            problem.is_refused_sign_in() || matches!(problem, ChallengeProblem::NoPermission)
        };
        let is_page_silent = matches!(&self.sign_in, Some(Err(problem)) if !is_refusal(problem));
        self.seen.is_some() && !is_page_silent
    }
}

/// What the last look at an authority brought, step by step.
pub async fn last_look(app: &Shared, actor: &Actor, id: &AuthorityId) -> Result<Vec<Check>> {
    actor.require(Permission::Read)?;
    let id = id.clone();
    app.store
        .read(move |tx| Box::pin(async move { Ok(store::checks::list(tx, &id).await?) }))
        .await
}

/// Has every authority looked at that nobody is to look at yet.
pub async fn watch_all(app: &Shared) -> Result<()> {
    let unwatched = app
        .store
        .read(|tx| Box::pin(async move { store::checks::without_job(tx, WATCH_JOB).await }))
        .await?;
    for id in unwatched {
        enqueue(app, &id, app.now()).await?;
    }
    Ok(())
}

/// Looks at an authority, keeps what was seen, and has the next look made in time.
pub async fn watch(app: &Shared, id: &AuthorityId) -> Result<()> {
    let authority = match super::by_id(app, id).await {
        Ok(authority) => authority,
        Err(Error::Refused(_)) => return Ok(()),
        Err(other) => return Err(other),
    };
    let is_answered = if authority.kind == AuthorityKind::BuiltIn {
        keep(app, &authority.id, None).await?;
        true
    } else {
        look_at(app, &authority).await?
    };
    let minutes = i64::from(authority.access.watch_minutes.max(1));
    let seconds = if is_answered {
        minutes * 60
    } else {
        (minutes * 60).min(AFTER_FAILURE_SECONDS)
    };
    enqueue(app, id, app.now().plus_milliseconds(spread(seconds * 1000))).await
}

async fn look_at(app: &Shared, authority: &Authority) -> Result<bool> {
    let begun = Instant::now();
    let mut look = {
        // One sign-in at a time, on all nodes: what another came to is known before this one begins.
        let _turn = broker::sign_in_turn(app, &authority.id).await?;
        let authority = super::by_id(app, &authority.id).await?;
        let look = look(app, &authority).await?;
        if let Some(refused @ Err(problem)) = &look.sign_in
            && problem.is_refused_sign_in()
        {
            note::signed_in(app, &Actor::System, &authority.id, refused).await?;
        }
        look
    };
    let took = i64::try_from(begun.elapsed().as_millis()).unwrap_or(i64::MAX);
    let is_answered = look.is_answered();
    let (result, key) = if is_answered {
        ("good", "watch-answers")
    } else {
        (FAILED, "watch-silent")
    };
    look.checks.push(check(ANSWERS, result, key, took, app.now()));
    if let Some(seen) = &look.seen {
        chain_change::take_in(app, &Actor::System, authority, seen).await?;
    }
    keep(app, &authority.id, Some((look, took))).await?;
    Ok(is_answered)
}

/// The one place that knows what an examination is.
async fn look(app: &Shared, authority: &Authority) -> Result<Look> {
    let now = app.now();
    let configurations = configurations_of(app, &authority.id).await?;
    if may_sign_in(authority, now) {
        let source = source(app, authority)?;
        let found = examine(app, authority, Some(&source), true, &configurations).await;
        return Ok(Look {
            checks: steps(&found.test.steps, now),
            seen: found.seen,
            sign_in: found.sign_in,
        });
    }
    let mut found = examine(app, authority, None, true, &configurations).await;
    if authority.kind.challenge_way() == ChallengeWay::Page {
        found
            .test
            .steps
            .extend(reach_challenge_address(app, authority).await);
    }
    let mut checks = steps(&found.test.steps, now);
    if authority.health.is_sign_in_stopped {
        checks.push(check("sign-in", FAILED, "watch-sign-in-stopped", 0, now));
    }
    Ok(Look {
        checks,
        seen: found.seen,
        sign_in: None,
    })
}

/// Never after a refusal, and not where a challenge has just proved it.
fn may_sign_in(authority: &Authority, now: Timestamp) -> bool {
    let interval = i64::from(authority.access.watch_minutes.max(1)) * 60;
    let is_proved = |at: Timestamp| now < at.plus_seconds(interval);
    authority.kind.challenge_way() == ChallengeWay::Page
        && !authority.health.is_sign_in_stopped
        && !authority.health.last_challenge_at.is_some_and(is_proved)
}

/// An examination's steps as they are kept. Several with one sentence are numbered.
fn steps(steps: &[TestStep], now: Timestamp) -> Vec<Check> {
    let mut checks: Vec<Check> = Vec::new();
    for step in steps {
        let result = match step.result {
            StepResult::Good => "good",
            StepResult::Note => "note",
            StepResult::Warning => "warning",
            StepResult::Skipped => "skipped",
            StepResult::Failed => FAILED,
        };
        let same = checks.iter().filter(|check| check.key == step.key).count();
        let name = if same == 0 {
            step.key.to_owned()
        } else {
            format!("{}-{}", step.key, same + 1)
        };
        checks.push(Check {
            values: step
                .values
                .iter()
                .map(|(name, value)| ((*name).to_owned(), value.clone()))
                .collect(),
            ..check(
                &name,
                result,
                step.key,
                step.milliseconds.unwrap_or_default(),
                now,
            )
        });
    }
    checks
}

fn check(step: &str, result: &str, key: &str, milliseconds: i64, now: Timestamp) -> Check {
    Check {
        step: step.to_owned(),
        result: result.to_owned(),
        key: key.to_owned(),
        values: BTreeMap::new(),
        milliseconds,
        at: now,
        since: now,
    }
}

/// Keeps what a look brought, if there was something to look at, and warns as is due.
async fn keep(app: &Shared, id: &AuthorityId, look: Option<(Look, i64)>) -> Result<()> {
    let (id, now) = (id.clone(), app.now());
    let kept = look.map(|(look, took)| (look.outcome(now), look.checks, took));
    app.store
        .write(move |tx| {
            let (id, kept) = (id.clone(), kept.clone());
            Box::pin(async move {
                // A person may have removed it meanwhile.
                if store::authorities::by_id(tx, &id).await?.is_none() {
                    return Ok(());
                }
                if let Some((outcome, checks, took)) = kept {
                    store::checks::replace(tx, &id, &checks).await?;
                    attempts::note(tx, &id, Asked::Look, &outcome, took, None, now).await?;
                }
                warnings::reconcile(tx, &id, now).await
            })
        })
        .await
}

async fn enqueue(app: &Shared, id: &AuthorityId, run_at: Timestamp) -> Result<()> {
    let now = app.now();
    let job = Job {
        id: Id::new(now, random()),
        kind: WATCH_JOB.to_owned(),
        about: id.to_string(),
        payload: id.to_string(),
        run_at,
        created_at: now,
    };
    app.store
        .write(move |tx| {
            let job = job.clone();
            Box::pin(async move { Ok(store::jobs::enqueue(tx, &job).await?) })
        })
        .await
}

/// A time up to a tenth shorter or longer, so that authorities aren't all looked at at once.
fn spread(milliseconds: i64) -> i64 {
    let tenth = (milliseconds / 10).max(1);
    let chance = i64::from(u32::from_be_bytes(random()));
    milliseconds - tenth + chance % (2 * tenth + 1)
}
