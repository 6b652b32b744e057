//! Testing an authority: what was found, step by step, without taking a challenge.

use domain::{
    Error, Kind, Timestamp,
    actor::Actor,
    external_ca::{Authority, AuthorityId},
    operator::Permission,
};
use serde::Serialize;

use super::{ChainCertificate, chain, note, record, source, verify};
use crate::{
    actions::Result,
    app::Shared,
    outbound::{ChallengeProblem, ProbeOutcome, Upstream},
};

/// Certificates that end sooner than this are warned about.
const SOON_SECONDS: i64 = 60 * 86_400;

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

/// Looks at the authority and tries the sign-in; certificates that changed are stored. A person asked for it, so
/// a sign-in that was stopped is tried again, once.
pub async fn test_authority(app: &Shared, actor: &Actor, id: &AuthorityId) -> Result<AuthorityTest> {
    actor.require(Permission::Configure)?;
    let mut authority = super::one(app, actor, id).await?;
    let mut test = AuthorityTest {
        steps: Vec::new(),
        capabilities: Vec::new(),
        certificates: Vec::new(),
        last_challenge_at: authority.health.last_challenge_at,
    };
    match verify::look(&app.outbound, &Upstream::of(&authority)).await {
        Ok(seen) => {
            record::chain(app, actor, &authority, &seen).await?;
            authority.capabilities = seen.capabilities;
            authority.certificates = seen.certificates;
            authority.issuer_sha1 = seen.issuer_sha1;
            test.capabilities = authority.capabilities.lines().map(str::to_owned).collect();
            test.certificates = chain(&authority);
            test.steps = scep_steps(&test, app.now());
        }
        Err(error) => test.steps.push(failed("test-scep-failed", &error)),
    }
    let outcome = verify::sign_in(&app.outbound, &source(app, &authority)?).await;
    note::signed_in(app, actor, id, &outcome).await?;
    test.steps.push(sign_in_step(&outcome));
    test.steps.push(permission_step(&authority));
    Ok(test)
}

/// Reads the authority's certificates again and stores what changed.
pub async fn refresh_chain(app: &Shared, actor: &Actor, id: &AuthorityId) -> Result<Authority> {
    actor.require(Permission::Configure)?;
    let authority = super::one(app, actor, id).await?;
    let seen = verify::look(&app.outbound, &Upstream::of(&authority)).await?;
    record::chain(app, actor, &authority, &seen).await?;
    super::one(app, actor, id).await
}

fn scep_steps(test: &AuthorityTest, now: Timestamp) -> Vec<TestStep> {
    let good = |key, detail: String| TestStep {
        key,
        result: StepResult::Good,
        detail,
    };
    let mut steps = vec![
        good("test-reach-good", "the SCEP address answers".to_owned()),
        good("test-capabilities-good", test.capabilities.join(", ")),
        good(
            "test-certificates-good",
            format!("{} certificates", test.certificates.len()),
        ),
    ];
    for certificate in &test.certificates {
        let left = certificate.not_after.since(now) / 1000;
        let (key, result) = match left {
            ..=0 => ("test-certificate-expired", StepResult::Failed),
            1..SOON_SECONDS => ("test-certificate-expiring", StepResult::Warning),
            _ => continue,
        };
        steps.push(TestStep {
            key,
            result,
            detail: format!("{}: {} days left", certificate.subject, left.div_euclid(86_400)),
        });
    }
    steps
}

fn sign_in_step(outcome: &std::result::Result<ProbeOutcome, ChallengeProblem>) -> TestStep {
    let (key, result, detail) = match outcome {
        Ok(ProbeOutcome::Proved) => (
            "test-sign-in-proved",
            StepResult::Good,
            "the sign-in was accepted; no challenge was taken".to_owned(),
        ),
        Ok(ProbeOutcome::NotProved) => (
            "test-sign-in-not-proved",
            StepResult::Warning,
            "the page answers without asking for the sign-in: it is not proved".to_owned(),
        ),
        Err(ChallengeProblem::SignInRefused) => (
            "test-sign-in-refused",
            StepResult::Failed,
            ChallengeProblem::SignInRefused.to_string(),
        ),
        Err(other) => ("test-sign-in-failed", StepResult::Failed, other.to_string()),
    };
    TestStep { key, result, detail }
}

fn permission_step(authority: &Authority) -> TestStep {
    if authority.health.last_challenge_at.is_some() {
        TestStep {
            key: "test-permission-proved",
            result: StepResult::Good,
            detail: "the permission was proved by the last challenge".to_owned(),
        }
    } else {
        TestStep {
            key: "test-permission-not-proved",
            result: StepResult::Warning,
            detail: "the permission to get challenges is not proved: only a challenge proves it".to_owned(),
        }
    }
}

fn failed(key: &'static str, error: &Error) -> TestStep {
    let result = match error.kind {
        Kind::Outside | Kind::Invalid => StepResult::Failed,
        _ => StepResult::Warning,
    };
    TestStep {
        key,
        result,
        detail: error.detail.clone(),
    }
}
