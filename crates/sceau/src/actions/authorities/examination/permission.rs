//! Whether the account gets challenges: nothing but a challenge proves it.

use domain::external_ca::Authority;

use super::{StepResult, TestStep};

pub(super) fn step(authority: &Authority) -> TestStep {
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
