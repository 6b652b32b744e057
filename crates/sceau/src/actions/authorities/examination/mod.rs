//! Looking at an authority from end to end, step by step, without taking a challenge.

mod certificates;
mod permission;
mod scep;
mod sign_in;

use domain::{Timestamp, external_ca::Authority};
use serde::Serialize;

pub(in crate::actions) use certificates::certificate_steps;

use super::{
    ChainCertificate, chain,
    verify::{self, Seen},
};
use crate::{
    app::Shared,
    outbound::{ChallengeProblem, ChallengeSource, ProbeOutcome, Upstream},
};

/// What a test found.
#[derive(Clone, Debug)]
pub struct AuthorityTest {
    /// The steps in their order.
    pub steps: Vec<TestStep>,
    /// What the authority says that it can do.
    pub capabilities: Vec<String>,
    /// Its certificates.
    pub certificates: Vec<ChainCertificate>,
    /// When a delivery or an order last got a challenge: the only proof of the permission.
    pub last_challenge_at: Option<Timestamp>,
}

impl AuthorityTest {
    /// Whether nothing failed.
    pub fn is_good(&self) -> bool {
        self.steps.iter().all(|step| step.result != StepResult::Failed)
    }
}

/// One step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TestStep {
    /// Key of its sentence in the locales.
    pub key: &'static str,
    /// How it went.
    pub result: StepResult,
    /// The same in English, with its values.
    pub detail: String,
}

/// How a step went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum StepResult {
    /// As it should be.
    Good,
    /// It works, but a person should look.
    Warning,
    /// It does not work.
    Failed,
}

/// What an examination found, and what it learned for whoever stores it.
pub(super) struct Examination {
    /// The steps and what they show.
    pub(super) test: AuthorityTest,
    /// What the authority says of itself, if it says something.
    pub(super) seen: Option<Seen>,
    /// What the sign-in came to.
    pub(super) sign_in: Result<ProbeOutcome, ChallengeProblem>,
}

/// Looks at an authority, and tries the sign-in also when SCEP doesn't answer.
pub(super) async fn examine(app: &Shared, authority: &Authority, source: &ChallengeSource) -> Examination {
    let mut test = AuthorityTest {
        steps: Vec::new(),
        capabilities: Vec::new(),
        certificates: Vec::new(),
        last_challenge_at: authority.health.last_challenge_at,
    };
    let seen = match verify::look(&app.outbound, &Upstream::of(authority)).await {
        Ok(seen) => {
            let shown = Authority {
                certificates: seen.certificates.clone(),
                ..authority.clone()
            };
            test.capabilities = seen.capabilities.lines().map(str::to_owned).collect();
            test.certificates = chain(&shown);
            test.steps = scep::steps(&test, app.now());
            Some(seen)
        }
        Err(error) => {
            test.steps.push(scep::failed("test-scep-failed", &error));
            None
        }
    };
    let sign_in = verify::sign_in(&app.outbound, source).await;
    test.steps.push(sign_in::step(&sign_in));
    test.steps.push(permission::step(authority));
    Examination { test, seen, sign_in }
}
