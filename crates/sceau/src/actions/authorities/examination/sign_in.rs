//! Whether the challenge page lets the account in.

use super::{StepResult, TestStep};
use crate::outbound::{ChallengeProblem, ProbeOutcome, ProbedPage};

pub(super) fn step(outcome: &Result<ProbeOutcome, ChallengeProblem>) -> TestStep {
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
        Ok(ProbeOutcome::TookAPage {
            page: ProbedPage::Challenge,
            ..
        }) => (
            "test-sign-in-took-challenge",
            StepResult::Warning,
            "the address without its last slash gives the page itself: this test has taken a challenge, which holds one \
             of the authority's slots"
                .to_owned(),
        ),
        Ok(ProbeOutcome::TookAPage {
            page: ProbedPage::CacheFull,
            ..
        }) => (
            "test-sign-in-cache-full",
            StepResult::Warning,
            "the address without its last slash gives the page itself, and its cache is full".to_owned(),
        ),
        Ok(ProbeOutcome::TookAPage {
            page: ProbedPage::NoChallenge,
            ..
        }) => (
            "test-sign-in-no-challenge",
            StepResult::Failed,
            ChallengeProblem::NoChallengeRequired.to_string(),
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
