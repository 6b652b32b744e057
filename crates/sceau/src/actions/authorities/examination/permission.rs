//! Whether the account gets challenges: nothing but a challenge proves it.

use domain::external_ca::{Authority, ChallengeWay, ProvedBy};

use super::{Step, StepResult, TestStep};
use crate::{app::Shared, outbound::Trust};

/// NDES's page for browsers has less.
const LONGEST_PAGE: usize = 64 * 1024;
const FORBIDDEN: u16 = 403;

pub(super) fn step(authority: &Authority) -> TestStep {
    let step = |result, key| TestStep::new(Step::Permission, result, key);
    let is_static = authority.kind.challenge_way() == ChallengeWay::Static;
    let Some(at) = authority.health.last_challenge_at else {
        return if is_static {
            step(StepResult::Note, "test-permission-static")
        } else {
            step(StepResult::Warning, "test-permission-not-proved")
        };
    };
    let key = match authority.proved_by {
        Some(ProvedBy::Delivery(_)) => "test-permission-by-delivery",
        Some(ProvedBy::Order(_)) => "test-permission-by-order",
        Some(ProvedBy::Test) => "test-permission-by-test",
        None => "test-permission-proved",
    };
    step(StepResult::Good, key).with("at", at.to_rfc3339())
}

/// Whether a policy module seems to stand in NDES, where no challenge has come from there yet: then a browser gets 403 at
/// the SCEP address, which answers devices all the same. It is asked for nothing there.
pub(super) async fn policy_module(app: &Shared, authority: &Authority) -> Option<TestStep> {
    if authority.health.last_challenge_at.is_some() {
        return None;
    }
    let trust = Trust::of(authority.trust_pem.as_deref(), &authority.access);
    let answer = app
        .outbound
        .fetch(&authority.scep_url, &trust, LONGEST_PAGE)
        .await
        .ok()?;
    (answer.status == FORBIDDEN).then(|| {
        TestStep::new(
            Step::Permission,
            StepResult::Warning,
            "test-permission-policy-module",
        )
    })
}
