//! Whether the challenge page lets the account in. It is tried at the address without its trailing slash, whose 301
//! gives no challenge.

use std::time::Instant;

use super::{Step, StepResult, TestStep, milliseconds};
use crate::{
    actions::authorities::verify,
    app::Shared,
    outbound::{ChallengeProblem, ChallengeSource, NoScheme, ProbeOutcome, ProbedPage},
};

pub(super) async fn tried(
    app: &Shared,
    source: &ChallengeSource,
    is_reached: bool,
    steps: &mut Vec<TestStep>,
) -> Option<Result<ProbeOutcome, ChallengeProblem>> {
    if !is_reached {
        steps.push(TestStep::skipped(Step::SignIn));
        return None;
    }
    let begun = Instant::now();
    let outcome = verify::sign_in(&app.outbound, source).await;
    steps.push(
        step(&outcome)
            .with("user", source.username.clone())
            .took(milliseconds(begun)),
    );
    // RFC 5929: only TLS has a channel that a sign-in can be bound to.
    let is_unbound = source.challenge_url.starts_with("http:");
    if is_unbound && matches!(outcome, Err(ChallengeProblem::SignInRefused)) {
        steps.push(TestStep::new(
            Step::SignIn,
            StepResult::Note,
            "test-sign-in-unbound",
        ));
    }
    Some(outcome)
}

fn step(outcome: &Result<ProbeOutcome, ChallengeProblem>) -> TestStep {
    let good = |result, key| TestStep::new(Step::SignIn, result, key);
    match outcome {
        Ok(ProbeOutcome::Proved) => good(StepResult::Good, "test-sign-in-proved"),
        Ok(ProbeOutcome::ProvedByNtlm(problem)) => {
            good(StepResult::Warning, "test-sign-in-proved-by-ntlm").with("why", problem.key())
        }
        Ok(ProbeOutcome::NotProved) => good(StepResult::Warning, "test-sign-in-not-proved"),
        Ok(ProbeOutcome::TookAPage { page, .. }) => match page {
            ProbedPage::Challenge => good(StepResult::Warning, "test-sign-in-took-challenge"),
            ProbedPage::CacheFull => good(StepResult::Warning, "test-sign-in-took-none"),
            ProbedPage::NoChallenge => good(StepResult::Failed, "test-sign-in-no-challenge"),
        },
        Err(found) => problem(Step::SignIn, found),
    }
}

/// What keeps an account from the page, or from a challenge.
pub(in crate::actions::authorities) fn problem(step: Step, problem: &ChallengeProblem) -> TestStep {
    let failed = |key| TestStep::new(step, StepResult::Failed, key);
    match problem {
        ChallengeProblem::SignInRefused => failed("test-sign-in-refused"),
        ChallengeProblem::AccountRefused(problem) => {
            failed("test-sign-in-account-refused").with("why", problem.key())
        }
        ChallengeProblem::NoPermission => failed("test-sign-in-no-permission"),
        ChallengeProblem::NoCommonScheme(NoScheme::BasicOnly) => failed("test-sign-in-basic-only"),
        ChallengeProblem::NoCommonScheme(NoScheme::KerberosOnly) => failed("test-sign-in-kerberos-only"),
        ChallengeProblem::NoCommonScheme(NoScheme::Other(_)) => failed("test-sign-in-no-scheme"),
        ChallengeProblem::KerberosImpossible(problem) => {
            failed("test-sign-in-kerberos-impossible").with("why", problem.key())
        }
        ChallengeProblem::Tls(failure) => super::address::unencrypted(step, failure),
        ChallengeProblem::Broken(_) => failed("test-sign-in-unanswered"),
        ChallengeProblem::Unreachable(_) => failed("test-sign-in-interrupted"),
        ChallengeProblem::Truncated => failed("test-sign-in-truncated"),
        ChallengeProblem::Forbidden => failed("test-sign-in-policy-module").with("excerpt", "HTTP 403"),
        ChallengeProblem::PolicyModule(excerpt) => {
            failed("test-sign-in-policy-module").with("excerpt", excerpt)
        }
        ChallengeProblem::NotUnderstood(excerpt) => failed("test-sign-in-page").with("excerpt", excerpt),
        ChallengeProblem::Status(status) => failed("test-sign-in-status").with("status", status.to_string()),
        ChallengeProblem::NoChallengeRequired => failed("test-sign-in-no-challenge"),
        ChallengeProblem::CacheFull => failed("test-challenge-cache-full"),
    }
}
