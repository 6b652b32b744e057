//! The test of a built-in authority: in process, since nothing of it stands elsewhere.

use std::sync::Arc;

use domain::external_ca::Authority;

use super::{Opened, revocation};
use crate::{
    actions::{
        Error, Result,
        authorities::{AuthorityTest, Step, StepResult, TestStep, certificate_steps, chain},
    },
    app::Shared,
};

/// Opens its keys, lets the key sign, looks at its certificates and at its revocation list.
pub async fn examine(app: &Shared, authority: &Authority) -> Result<AuthorityTest> {
    let certificates = chain(authority);
    let mut steps = match signing(app, authority).await {
        Ok(opened) => {
            let signs = TestStep::new(Step::Key, StepResult::Good, "test-key-good");
            vec![signs, list(app, &opened).await]
        }
        Err(error) => vec![failed(Step::Key, "test-key-failed", &error)],
    };
    steps.push(
        TestStep::new(Step::Certificates, StepResult::Good, "test-certificates-good")
            .with("count", certificates.len().to_string()),
    );
    steps.extend(certificate_steps(&certificates, app.now()));
    Ok(AuthorityTest {
        steps,
        capabilities: authority.capabilities.lines().map(str::to_owned).collect(),
        certificates,
        last_challenge_at: authority.health.last_challenge_at,
        issued: None,
    })
}

/// A token may open and still not sign: something is signed, and thrown away.
async fn signing(app: &Shared, authority: &Authority) -> Result<Arc<Opened>> {
    // What is kept open may hide that the key is gone.
    if let Some(opened) = app.built_in.of(app, &authority.id).await? {
        app.built_in.forget(&opened.path);
    }
    let opened = app.built_in.of(app, &authority.id).await?;
    let opened = opened.ok_or_else(crate::actions::authorities::unknown)?;
    let (signer, now) = (opened.clone(), app.now());
    tokio::task::spawn_blocking(move || revocation::sign(&signer, 1, &[], now))
        .await
        .map_err(anyhow::Error::new)??;
    Ok(opened)
}

async fn list(app: &Shared, opened: &Arc<Opened>) -> TestStep {
    match revocation::current(app, opened).await {
        Ok(list) => TestStep::new(Step::Revocation, StepResult::Good, "test-list-good")
            .with("number", list.number.to_string()),
        Err(error) => failed(Step::Revocation, "test-list-failed", &error),
    }
}

/// Why stands in the log, under a number that the sentence gives.
fn failed(step: Step, key: &'static str, error: &Error) -> TestStep {
    let incident = error.incident().unwrap_or_default();
    TestStep::new(step, StepResult::Failed, key).with("incident", incident)
}
