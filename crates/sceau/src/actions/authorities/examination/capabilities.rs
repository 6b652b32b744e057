//! GetCACaps: what the authority says that it can do, what is missing, what is weak.

use std::time::Instant;

use scep::{Capabilities, Capability, Operation};

use super::{Step, StepResult, TestStep, milliseconds};
use crate::{app::Shared, outbound::Upstream};

/// The keywords, one a line, and what is to be said of them.
pub(super) async fn ask(app: &Shared, upstream: &Upstream) -> (String, Vec<TestStep>) {
    let begun = Instant::now();
    let answer = app.outbound.scep_get(upstream, Operation::GetCaCaps).await;
    let took = milliseconds(begun);
    let step = |result, key| TestStep::new(Step::Capabilities, result, key);
    let answer = match answer {
        Ok(answer) if answer.status == 200 => answer,
        // Servers older than GetCACaps answer it with an error, or with nothing.
        Ok(answer) => {
            let told = step(StepResult::Warning, "test-capabilities-status")
                .with("status", answer.status.to_string());
            return (String::new(), vec![told.took(took)]);
        }
        Err(_) => {
            let told = step(StepResult::Failed, "test-capabilities-unanswered");
            return (String::new(), vec![told.took(took)]);
        }
    };
    let known = Capabilities::parse(&answer.body);
    let body = String::from_utf8_lossy(&known.to_body()).into_owned();
    let list: Vec<&str> = body.lines().collect();
    if list.is_empty() {
        let told = step(StepResult::Warning, "test-capabilities-empty");
        return (body, vec![told.took(took)]);
    }
    let mut steps = vec![
        step(StepResult::Good, "test-capabilities-good")
            .with("list", list.join(", "))
            .took(took),
    ];
    if !known.has(Capability::PostPkiOperation) {
        steps.push(step(StepResult::Warning, "test-capabilities-no-post"));
    }
    let is_strong = [Capability::Sha256, Capability::Sha384, Capability::Sha512]
        .into_iter()
        .any(|one| known.has(one));
    if !is_strong {
        steps.push(step(StepResult::Warning, "test-capabilities-weak-hash"));
    }
    // NDES has triple DES alone: nothing that anybody could change.
    if !known.has(Capability::Aes) {
        steps.push(step(StepResult::Note, "test-capabilities-no-aes"));
    }
    if !known.has(Capability::Renewal) {
        steps.push(step(StepResult::Note, "test-capabilities-no-renewal"));
    }
    (body, steps)
}
