//! The test of a connection: each step as it should be and as it shouldn't, in both languages, to the same end by every
//! door.

mod command;
mod delivered;
mod doors;
mod fixed;
mod full;
mod peers;
mod remove;
mod revocation;
mod transcript;

use domain::{
    actor::Actor,
    external_ca::{Authority, AuthorityForm, Password},
    scep_configuration::ConfigurationForm,
};
use sceau::actions::{
    authorities::{self, AuthorityTest, StepResult},
    configurations,
};

use crate::{laboratory::Laboratory, site::Site};

const ACTOR: Actor = Actor::CommandLine;

/// The laboratory's NDES as a person would type it in.
fn form(laboratory: &Laboratory) -> AuthorityForm {
    AuthorityForm {
        name: "NDES".to_owned(),
        scep_url: laboratory.scep_url(),
        username: Laboratory::USER.to_owned(),
        password: Some(Password::new(Laboratory::PASSWORD.to_owned())),
        challenge_url: laboratory.challenge_url(),
        is_plain_http_accepted: true,
        trust_pem: laboratory.trust_pem(),
        ..AuthorityForm::default()
    }
}

/// The laboratory's NDES, and a configuration that names it.
async fn known(site: &Site, form: &AuthorityForm) -> Authority {
    let authority = authorities::add_authority(&site.app, &ACTOR, form).await.unwrap();
    let configuration = ConfigurationForm {
        name: "Wi-Fi".to_owned(),
        authority_id: authority.id.to_string(),
        subject: "CN=${userEmailAddress}".to_owned(),
        ..ConfigurationForm::default()
    };
    configurations::add_configuration(&site.app, &ACTOR, &configuration)
        .await
        .unwrap();
    authority
}

async fn tested(site: &Site, authority: &Authority) -> AuthorityTest {
    authorities::test_authority(&site.app, &ACTOR, &authority.id)
        .await
        .unwrap()
}

/// The keys of the steps that came to this.
fn keys(test: &AuthorityTest, result: StepResult) -> Vec<&'static str> {
    test.steps
        .iter()
        .filter(|step| step.result == result)
        .map(|step| step.key)
        .collect()
}
