//! Whether the account gets challenges: nothing but a challenge proves it.

use domain::external_ca::{Authority, ChallengeWay, ProvedBy};

use super::{Step, StepResult, TestStep};

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
