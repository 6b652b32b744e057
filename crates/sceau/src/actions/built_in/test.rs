//! The test of a built-in authority: in process, since nothing of it stands elsewhere.

use std::sync::Arc;

use domain::external_ca::Authority;

use super::{Opened, revocation};
use crate::{
    actions::{
        Result,
        authorities::{AuthorityTest, StepResult, TestStep, certificate_steps, chain},
    },
    app::Shared,
};

/// Opens its keys, lets the key sign, looks at its certificates and at its revocation list.
pub async fn examine(app: &Shared, authority: &Authority) -> Result<AuthorityTest> {
    let certificates = chain(authority);
    let mut steps = match signing(app, authority).await {
        Ok(opened) => {
            let signs = step(
                "test-key-good",
                StepResult::Good,
                "the authority's key signs".to_owned(),
            );
            vec![signs, list(app, &opened).await]
        }
        Err(error) => vec![step("test-key-failed", StepResult::Failed, format!("{error:#}"))],
    };
    let detail = format!("{} certificates", certificates.len());
    steps.push(step("test-certificates-good", StepResult::Good, detail));
    steps.extend(certificate_steps(&certificates, app.now()));
    Ok(AuthorityTest {
        steps,
        capabilities: authority.capabilities.lines().map(str::to_owned).collect(),
        certificates,
        last_challenge_at: authority.health.last_challenge_at,
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
        Ok(list) => step(
            "test-list-good",
            StepResult::Good,
            format!("revocation list {} counts", list.number),
        ),
        Err(error) => step("test-list-failed", StepResult::Failed, format!("{error:#}")),
    }
}

fn step(key: &'static str, result: StepResult, detail: String) -> TestStep {
    TestStep { key, result, detail }
}
