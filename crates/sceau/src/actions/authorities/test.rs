//! Testing an authority: what was found, step by step, without taking a challenge.

use domain::{
    Error as Refusal, Kind, Timestamp,
    actor::Actor,
    external_ca::{self, Authority, AuthorityForm, AuthorityId, AuthorityKind},
    operator::Permission,
};
use serde::Serialize;
use zeroize::Zeroizing;

use super::{
    ChainCertificate, chain, note, record, source,
    verify::{self, Seen},
};
use crate::{
    actions::{Error, Result, built_in},
    app::Shared,
    outbound::{ChallengeProblem, ChallengeSource, ProbeOutcome, Upstream},
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
    let authority = super::one(app, actor, id).await?;
    if authority.kind == AuthorityKind::BuiltIn {
        return built_in::examine(app, &authority).await;
    }
    let (test, found) = examine(app, authority.clone(), &source(app, &authority)?).await;
    if let Some(seen) = &found.seen {
        record::chain(app, actor, &authority, seen).await?;
    }
    note::signed_in(app, actor, id, &found.sign_in).await?;
    Ok(test)
}

/// The same for what was typed and is not stored; without a password the stored one, where it may serve.
pub async fn test_form(
    app: &Shared,
    actor: &Actor,
    id: Option<&AuthorityId>,
    form: &AuthorityForm,
) -> Result<AuthorityTest> {
    actor.require(Permission::Configure)?;
    let existing = match id {
        Some(id) => Some(super::one(app, actor, id).await?),
        None => None,
    };
    super::refuse_built_in(form, existing.as_ref())?;
    let checked = external_ca::check(form, existing.as_ref()).map_err(Error::Several)?;
    let password = match (&checked.password, &existing) {
        (Some(typed), _) => Zeroizing::new(typed.reveal().to_owned()),
        (None, Some(existing)) => super::open_password(app, existing)?,
        (None, None) => Zeroizing::default(),
    };
    let source = super::typed_source(&checked, password);
    let candidate = super::candidate(app, existing.as_ref(), &checked);
    let (test, _) = examine(app, candidate, &source).await;
    Ok(test)
}

/// What an examination found, for whoever stores it.
struct Found {
    seen: Option<Seen>,
    sign_in: std::result::Result<ProbeOutcome, ChallengeProblem>,
}

async fn examine(app: &Shared, mut authority: Authority, source: &ChallengeSource) -> (AuthorityTest, Found) {
    let mut test = AuthorityTest {
        steps: Vec::new(),
        capabilities: Vec::new(),
        certificates: Vec::new(),
        last_challenge_at: authority.health.last_challenge_at,
    };
    let seen = match verify::look(&app.outbound, &Upstream::of(&authority)).await {
        Ok(seen) => {
            authority.certificates.clone_from(&seen.certificates);
            test.capabilities = seen.capabilities.lines().map(str::to_owned).collect();
            test.certificates = chain(&authority);
            test.steps = scep_steps(&test, app.now());
            Some(seen)
        }
        Err(error) => {
            test.steps.push(failed("test-scep-failed", &error));
            None
        }
    };
    let sign_in = verify::sign_in(&app.outbound, source).await;
    test.steps.push(sign_in_step(&sign_in));
    test.steps.push(permission_step(&authority));
    (test, Found { seen, sign_in })
}

/// Reads the authority's certificates again and stores what changed.
pub async fn refresh_chain(app: &Shared, actor: &Actor, id: &AuthorityId) -> Result<Authority> {
    actor.require(Permission::Configure)?;
    let authority = super::one(app, actor, id).await?;
    // What Sceau's own says of itself is written whenever it changes.
    if authority.kind == AuthorityKind::BuiltIn {
        return Ok(authority);
    }
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
    steps.extend(certificate_steps(&test.certificates, now));
    steps
}

/// A step for each certificate that has ended, or ends soon.
pub(in crate::actions) fn certificate_steps(
    certificates: &[ChainCertificate],
    now: Timestamp,
) -> Vec<TestStep> {
    let mut steps = Vec::new();
    for certificate in certificates {
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

fn failed(key: &'static str, error: &Refusal) -> TestStep {
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
