//! The full test: it takes one challenge and asks for a certificate as a device would, compares it, shows it, and
//! forgets the key. Nobody gets it without asking for it in so many words.

mod challenge;
mod compare;
mod enrol;

use domain::{
    Error as Refusal,
    actor::Actor,
    external_ca::{Authority, AuthorityId, AuthorityKind},
    operator::Permission,
    scep_configuration::{
        CertificateStore, Configuration, HashFamily, KeyStorage, Route, ScepSettings, ValidityUnit,
    },
};

use super::{
    examination::{AuthorityTest, Step, StepResult, TestStep},
    record, test,
};
use crate::{
    actions::{Error, Result},
    app::Shared,
};

/// Windows asks for certificates that it signs in with by this.
const CLIENT_AUTHENTICATION: &str = "1.3.6.1.5.5.7.3.2";

/// Looks at the authority as any test does; where that shows nothing that forbids it, takes one challenge and enrols.
/// `configuration` is the one whose wishes are sent and compared; without it the first that names the authority, else
/// what a new one would wish. It goes on to its end even if whoever asked goes away.
pub async fn full_test(
    app: &Shared,
    actor: &Actor,
    id: &AuthorityId,
    configuration: Option<&str>,
) -> Result<AuthorityTest> {
    actor.require(Permission::Configure)?;
    let authority = super::one(app, actor, id).await?;
    if authority.kind == AuthorityKind::BuiltIn {
        let detail = "a built-in authority is tested whole by every test";
        return Err(Refusal::invalid("kind", detail)
            .keyed("error-kind-built-in")
            .into());
    }
    let settings = wished(app, &authority, configuration).await?;
    let mut found = Box::pin(test::test_authority(app, actor, id)).await?;
    if found.steps.iter().any(forbids) {
        found.steps.push(TestStep::skipped(Step::Challenge));
        return Ok(found);
    }
    // What the test read anew is what counts.
    let authority = super::one(app, actor, id).await?;
    let (work_app, work_actor) = (app.clone(), actor.clone());
    let work = async move { enrolled(&work_app, &work_actor, &authority, &settings, found).await };
    app.errands.run(work).await.map_err(Error::Internal)?
}

/// A challenge would be wasted. A configuration's wrong thumbprint stops devices, not this client.
fn forbids(step: &TestStep) -> bool {
    step.result == StepResult::Failed
        && !matches!(step.step, Step::Thumbprint | Step::Revocation | Step::Chain)
}

async fn enrolled(
    app: &Shared,
    actor: &Actor,
    authority: &Authority,
    settings: &ScepSettings,
    mut found: AuthorityTest,
) -> Result<AuthorityTest> {
    let taken = challenge::take(app, authority, &found.certificates).await?;
    found.steps.extend(taken.steps);
    if let Some(challenge) = taken.challenge {
        let outcome = enrol::enrol(app, authority, settings, &found, &challenge.text).await;
        if outcome.was_presented {
            challenge::used(app, challenge.id).await?;
        }
        found.steps.push(outcome.step);
        if let Some(issued) = outcome.issued {
            found
                .steps
                .extend(compare::steps(&issued, settings, &authority.certificates));
            found.issued = Some(issued.der);
        }
    }
    found.last_challenge_at = super::by_id(app, &authority.id).await?.health.last_challenge_at;
    record::full_tested(app, actor, authority, &found).await?;
    Ok(found)
}

async fn wished(app: &Shared, authority: &Authority, named: Option<&str>) -> Result<ScepSettings> {
    let all = test::configurations_of(app, &authority.id).await?;
    let is_meant = |one: &Configuration| {
        named.is_none_or(|named| one.id.as_str() == named || one.name.eq_ignore_ascii_case(named))
    };
    match (all.into_iter().find(is_meant), named) {
        (Some(found), _) => Ok(found.settings),
        (None, Some(_)) => {
            let detail = "no configuration of this name asks this authority";
            Err(Refusal::invalid("configuration", detail)
                .keyed("error-configuration-not-of-authority")
                .into())
        }
        (None, None) => Ok(usual(authority)),
    }
}

/// What a new configuration would wish.
fn usual(authority: &Authority) -> ScepSettings {
    ScepSettings {
        subject: String::new(),
        sans: Vec::new(),
        retries: 3,
        retry_delay_seconds: 300,
        key_length: 2048,
        has_digital_signature: true,
        has_key_encipherment: true,
        ekus: vec![CLIENT_AUTHENTICATION.to_owned()],
        validity: 1,
        validity_unit: ValidityUnit::Years,
        ca_sha1: authority.issuer_sha1,
        hashes: vec![HashFamily::Sha2],
        key_storage: KeyStorage::Software,
        store: CertificateStore::Device,
        renew_at_percent: 20,
        route: Route::Proxy,
    }
}
