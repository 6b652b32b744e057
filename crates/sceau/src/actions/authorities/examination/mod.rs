//! Looking at an authority from end to end, step by step, without taking a challenge. What a step says is a key of the
//! locales with its values: no words stand here.

mod address;
mod capabilities;
mod certificates;
mod permission;
mod revocation;
mod sign_in;
mod thumbprint;

use std::time::Instant;

use domain::{Timestamp, external_ca::Authority, scep_configuration::Configuration};
use serde::{Serialize, Serializer};

pub(in crate::actions) use certificates::certificate_steps;
pub(super) use sign_in::problem;

use super::{ChainCertificate, chain, verify::Seen};
use crate::{
    app::Shared,
    outbound::{ChallengeProblem, ChallengeSource, ProbeOutcome, Trust, Upstream, are_neighbours},
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
    /// The certificate (DER) that a full test was given.
    pub issued: Option<Vec<u8>>,
}

impl AuthorityTest {
    /// Whether nothing failed.
    pub fn is_good(&self) -> bool {
        self.steps.iter().all(|step| step.result != StepResult::Failed)
    }
}

/// What a step looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// The name in the SCEP address.
    ScepName,
    /// A connection to the SCEP address.
    ScepConnection,
    /// TLS at the SCEP address.
    ScepTls,
    /// GetCACaps.
    Capabilities,
    /// GetCACert.
    Certificates,
    /// One of its certificates.
    Certificate,
    /// How they hang together, and whether they changed.
    Chain,
    /// The SHA-1 that Windows compares.
    Thumbprint,
    /// A revocation list.
    Revocation,
    /// The name in the challenge address.
    ChallengeName,
    /// A connection to the challenge address.
    ChallengeConnection,
    /// TLS at the challenge address.
    ChallengeTls,
    /// The account's sign-in.
    SignIn,
    /// Whether the account gets challenges.
    Permission,
    /// The key of a built-in authority.
    Key,
    /// A challenge that a full test takes.
    Challenge,
    /// A request that a full test sends.
    Enrolment,
    /// The certificate that it is given.
    Issued,
    /// A connection to a directory.
    DirectoryConnection,
    /// TLS with a directory.
    DirectoryTls,
    /// The bind of the account that reads a directory.
    DirectoryBind,
    /// The entry below which people are.
    DirectoryBase,
    /// Whom the filter of people finds.
    DirectoryUsers,
    /// What the filter of groups finds.
    DirectoryGroups,
}

impl Step {
    /// Key of its name in the locales.
    pub fn key(self) -> &'static str {
        match self {
            Self::ScepName => "test-step-scep-name",
            Self::ScepConnection => "test-step-scep-connection",
            Self::ScepTls => "test-step-scep-tls",
            Self::Capabilities => "test-step-capabilities",
            Self::Certificates => "test-step-certificates",
            Self::Certificate => "test-step-certificate",
            Self::Chain => "test-step-chain",
            Self::Thumbprint => "test-step-thumbprint",
            Self::Revocation => "test-step-revocation",
            Self::ChallengeName => "test-step-challenge-name",
            Self::ChallengeConnection => "test-step-challenge-connection",
            Self::ChallengeTls => "test-step-challenge-tls",
            Self::SignIn => "test-step-sign-in",
            Self::Permission => "test-step-permission",
            Self::Key => "test-step-key",
            Self::Challenge => "test-step-challenge",
            Self::Enrolment => "test-step-enrolment",
            Self::Issued => "test-step-issued",
            Self::DirectoryConnection => "test-step-directory-connection",
            Self::DirectoryTls => "test-step-directory-tls",
            Self::DirectoryBind => "test-step-directory-bind",
            Self::DirectoryBase => "test-step-directory-base",
            Self::DirectoryUsers => "test-step-directory-users",
            Self::DirectoryGroups => "test-step-directory-groups",
        }
    }
}

/// One step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TestStep {
    /// What it looked at.
    pub step: Step,
    /// How it went.
    pub result: StepResult,
    /// Key of its sentence in the locales.
    pub key: &'static str,
    /// The values of that sentence.
    #[serde(serialize_with = "as_object")]
    pub values: Vec<(&'static str, String)>,
    /// How long it took, where something was asked.
    pub milliseconds: Option<i64>,
}

impl TestStep {
    /// A step without values.
    pub fn new(step: Step, result: StepResult, key: &'static str) -> Self {
        Self {
            step,
            result,
            key,
            values: Vec::new(),
            milliseconds: None,
        }
    }

    /// With one more value of its sentence.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.values.push((name, value.into()));
        self
    }

    /// With the time that it took.
    #[must_use]
    pub fn took(mut self, milliseconds: i64) -> Self {
        self.milliseconds = Some(milliseconds);
        self
    }

    pub(super) fn skipped(step: Step) -> Self {
        Self::new(step, StepResult::Skipped, "test-skipped-after-failure")
    }
}

/// How a step went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum StepResult {
    /// As it should be.
    Good,
    /// It works; worth knowing.
    Note,
    /// It works, but a person should look.
    Warning,
    /// It does not work.
    Failed,
    /// It wasn't tried.
    Skipped,
}

impl StepResult {
    /// Key of its name in the locales.
    pub fn key(self) -> &'static str {
        match self {
            Self::Good => "test-good",
            Self::Note => "test-note",
            Self::Warning => "test-warning",
            Self::Failed => "test-failed",
            Self::Skipped => "test-skipped",
        }
    }
}

/// What an examination found, and what it learned for whoever stores it.
pub(super) struct Examination {
    /// The steps and what they show.
    pub(super) test: AuthorityTest,
    /// What the authority says of itself, if it says something.
    pub(super) seen: Option<Seen>,
    /// What the sign-in came to, where it was tried.
    pub(super) sign_in: Option<Result<ProbeOutcome, ChallengeProblem>>,
}

/// Looks at an authority, and goes on after a failure where it can. `stored` tells whether the authority is known, so
/// that what it shows can be compared; a `source` is there where a page gives its challenges; `configurations` are those that name it.
pub(super) async fn examine(
    app: &Shared,
    authority: &Authority,
    source: Option<&ChallengeSource>,
    stored: bool,
    configurations: &[Configuration],
) -> Examination {
    let now = app.now();
    let trust = &Trust::of(authority.trust_pem.as_deref(), &authority.access);
    let scep = app.outbound.reach(&authority.scep_url, trust).await;
    let mut test = AuthorityTest {
        steps: address::steps(&scep, address::Which::Scep, now),
        capabilities: Vec::new(),
        certificates: Vec::new(),
        last_challenge_at: authority.health.last_challenge_at,
        issued: None,
    };
    let seen = if scep.is_good() {
        ask(app, authority, &mut test).await
    } else {
        test.steps.push(TestStep::skipped(Step::Capabilities));
        test.steps.push(TestStep::skipped(Step::Certificates));
        None
    };
    if let Some(seen) = &seen {
        let before = stored.then_some(authority);
        test.steps.extend(thumbprint::steps(
            &test.certificates,
            seen,
            before,
            configurations,
        ));
        test.steps
            .extend(revocation::steps(app, authority, &test.certificates).await);
    }
    let sign_in = if let Some(source) = source {
        let is_reached = if are_neighbours(&authority.scep_url, &source.challenge_url) {
            if scep.is_good() && scep.tls.is_none() {
                test.steps.push(address::plain(Step::ChallengeTls));
            }
            scep.is_good()
        } else {
            let reached = app.outbound.reach(&source.challenge_url, trust).await;
            test.steps
                .extend(address::steps(&reached, address::Which::Challenge, now));
            reached.is_good()
        };
        sign_in::tried(app, source, is_reached, &mut test.steps).await
    } else {
        None
    };
    test.steps.push(permission::step(authority));
    if source.is_some() && seen.is_some() {
        test.steps.extend(permission::policy_module(app, authority).await);
    }
    Examination { test, seen, sign_in }
}

/// GetCACaps and GetCACert; the second also where the first fails.
async fn ask(app: &Shared, authority: &Authority, test: &mut AuthorityTest) -> Option<Seen> {
    let upstream = Upstream::of(authority);
    let (capabilities, steps) = capabilities::ask(app, &upstream).await;
    test.steps.extend(steps);
    let name = authority.access.ca_name.as_deref();
    let (certificates, step) = certificates::ask(app, &upstream, name).await;
    test.steps.push(step);
    let certificates = certificates?;
    let shown = Authority {
        certificates: certificates.clone(),
        ..authority.clone()
    };
    test.capabilities = capabilities.lines().map(str::to_owned).collect();
    test.certificates = chain(&shown);
    test.steps
        .extend(certificate_steps(&test.certificates, app.now()));
    Seen::of(capabilities, certificates)
}

/// How far one gets towards the challenge address, without asking it for anything; nothing where it is the server of
/// the SCEP address, which was looked at already.
pub(super) async fn reach_challenge_address(app: &Shared, authority: &Authority) -> Vec<TestStep> {
    if are_neighbours(&authority.scep_url, &authority.challenge_url) {
        return Vec::new();
    }
    let trust = Trust::of(authority.trust_pem.as_deref(), &authority.access);
    let reached = app.outbound.reach(&authority.challenge_url, &trust).await;
    address::steps(&reached, address::Which::Challenge, app.now())
}

fn as_object<S: Serializer>(
    values: &[(&'static str, String)],
    serializer: S,
) -> std::result::Result<S::Ok, S::Error> {
    serializer.collect_map(values.iter().map(|(name, value)| (name, value)))
}

fn milliseconds(since: Instant) -> i64 {
    i64::try_from(since.elapsed().as_millis()).unwrap_or(i64::MAX)
}
