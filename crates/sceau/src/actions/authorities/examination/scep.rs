//! Whether the SCEP address answers, and with what.

use domain::{Error, Kind, Timestamp};

use super::{AuthorityTest, StepResult, TestStep, certificate_steps};

pub(super) fn steps(test: &AuthorityTest, now: Timestamp) -> Vec<TestStep> {
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

pub(super) fn failed(key: &'static str, error: &Error) -> TestStep {
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
