//! Pages of challenges that sign in otherwise, or that a policy module stands in front of: what saving an authority, the
//! test, the full test and a delivery say, in both languages.

use domain::{
    assignment::Scope,
    delivery::DeliveryState,
    diagnosis::{Cause, Outage},
    external_ca::{Authority, AuthorityForm},
    scep_configuration::ConfigurationForm,
};
use sceau::{
    actions::{
        assignments::{AssignmentForm, put_assignment},
        authorities::{self, AuthorityTest, StepResult},
        configurations,
    },
    console::{examined, language::Language},
};

use super::{ACTOR, form, keys, tested};
use crate::{
    laboratory::Laboratory,
    site::{Site, computer::Computer},
};

const PERSON: (&str, &str) = ("ada", "secret of enrolment");

/// An authority that was good when it was saved, with a configuration of it for everyone.
async fn saved(site: &Site, form: &AuthorityForm) -> Authority {
    let authority = authorities::add_authority(&site.app, &ACTOR, form).await.unwrap();
    let form = ConfigurationForm {
        name: "Wi-Fi".to_owned(),
        authority_id: authority.id.to_string(),
        subject: "CN=laboratory".to_owned(),
        ..ConfigurationForm::default()
    };
    let configuration = configurations::add_configuration(&site.app, &ACTOR, &form)
        .await
        .unwrap()
        .configuration;
    let form = AssignmentForm {
        is_enabled: true,
        scope: Scope::All,
    };
    put_assignment(&site.app, &ACTOR, &configuration.id, form)
        .await
        .unwrap();
    authority
}

/// What a device in session comes to; none when it is told to enrol.
async fn delivered(site: &Site) -> Option<Cause> {
    site.person(PERSON.0, Some(PERSON.1)).await;
    let mut computer = Computer::new(1);
    computer.enrol(site, PERSON).await;
    if computer.talk(site).await.is_some() {
        return None;
    }
    let device = site.device(&computer.device_id).await.id;
    let read = site.app.store.read(move |tx| {
        let device = device.clone();
        Box::pin(async move { store::deliveries::of_device(tx, &device).await })
    });
    match read.await.unwrap().remove(0).state {
        DeliveryState::WaitingForChallenge { cause } => Some(cause),
        other => panic!("{other:?}"),
    }
}

/// The sentences of the steps that failed.
fn sentences(test: &AuthorityTest, language: Language) -> Vec<String> {
    let failed = test.steps.iter().filter(|step| step.result == StepResult::Failed);
    failed.map(|step| examined::sentence(step, language)).collect()
}

fn says(test: &AuthorityTest, english: &str, french: &str) {
    for (language, words) in [(Language::English, english), (Language::French, french)] {
        let told = sentences(test, language);
        assert!(told.len() == 1 && told[0].contains(words), "{told:?}");
    }
}

#[tokio::test]
async fn basic_alone_is_named_and_where_it_is_allowed_it_is_used() {
    let site = Site::new().await;
    let laboratory = Laboratory::start(true, 5).await;
    let authority = saved(&site, &form(&laboratory)).await;
    laboratory.switch("basic-only");
    let test = tested(&site, &authority).await;
    assert_eq!(keys(&test, StepResult::Failed), ["test-sign-in-basic-only"]);
    says(&test, "takes nothing but Basic", "n'accepte que Basic");
    let refused = authorities::add_authority(
        &site.app,
        &ACTOR,
        &AuthorityForm {
            name: "Another".to_owned(),
            ..form(&laboratory)
        },
    )
    .await
    .unwrap_err();
    assert!(
        format!("{refused:?}").contains("error-challenge_url-basic-only"),
        "{refused:?}"
    );
    let cause = delivered(&site).await;
    assert!(
        matches!(
            cause,
            Some(Cause::AuthorityUnreachable {
                what: Outage::BasicOnly,
                ..
            })
        ),
        "{cause:?}"
    );

    let site = Site::new().await;
    let allowed = AuthorityForm {
        allows_basic: true,
        ..form(&laboratory)
    };
    let authority = saved(&site, &allowed).await;
    let test = tested(&site, &authority).await;
    assert!(test.is_good(), "{test:?}");
    assert!(keys(&test, StepResult::Good).contains(&"test-sign-in-proved"));
    assert_eq!(delivered(&site).await, None);
}

#[tokio::test]
async fn kerberos_alone_is_named_and_is_no_wrong_password() {
    let site = Site::new().await;
    let laboratory = Laboratory::start(false, 5).await;
    let authority = saved(&site, &form(&laboratory)).await;
    laboratory.switch("kerberos-only");
    let test = tested(&site, &authority).await;
    assert_eq!(keys(&test, StepResult::Failed), ["test-sign-in-kerberos-only"]);
    says(&test, "takes nothing but Kerberos", "n'accepte que Kerberos");
    let cause = delivered(&site).await;
    assert!(
        matches!(
            cause,
            Some(Cause::AuthorityUnreachable {
                what: Outage::KerberosOnly,
                ..
            })
        ),
        "{cause:?}"
    );
    let stored = authorities::one(&site.app, &ACTOR, &authority.id).await.unwrap();
    assert!(!stored.health.is_sign_in_stopped, "nobody's password was refused");
}

#[tokio::test]
async fn a_required_binding_is_sent_over_https_and_over_http_its_lack_is_named() {
    let site = Site::new().await;
    let laboratory = Laboratory::start(true, 5).await;
    laboratory.switch("require-binding");
    let authority = saved(&site, &form(&laboratory)).await;
    let test = tested(&site, &authority).await;
    assert!(
        keys(&test, StepResult::Good).contains(&"test-sign-in-proved"),
        "{test:?}"
    );
    assert_eq!(delivered(&site).await, None);

    let site = Site::new().await;
    let laboratory = Laboratory::start(false, 5).await;
    let authority = saved(&site, &form(&laboratory)).await;
    laboratory.switch("require-binding");
    assert_eq!(delivered(&site).await, Some(Cause::SignInRefused));
    let test = tested(&site, &authority).await;
    assert_eq!(keys(&test, StepResult::Failed), ["test-sign-in-refused"]);
    let note = test.steps.iter().find(|step| step.key == "test-sign-in-unbound");
    let note = note.unwrap_or_else(|| panic!("{test:?}"));
    for (language, words) in [
        (Language::English, "Extended Protection"),
        (Language::French, "protection étendue"),
    ] {
        let told = examined::sentence(note, language);
        assert!(told.contains(words), "{told}");
    }
}

#[tokio::test]
async fn a_policy_module_is_named_and_what_it_surely_did_not_give_holds_no_slot() {
    for (faults, key, english, french, held) in [
        (
            "policy-module",
            "test-sign-in-policy-module",
            "HTTP 403",
            "HTTP 403",
            0,
        ),
        (
            "policy-module=words",
            "test-sign-in-page",
            "policy module denies",
            "policy module denies",
            1,
        ),
        (
            "policy-module=value",
            "test-sign-in-policy-module",
            "A policy module answered",
            "Un module de stratégie a répondu",
            1,
        ),
    ] {
        let site = Site::new().await;
        let laboratory = Laboratory::start(false, 5).await;
        laboratory.switch(faults);
        let authority = saved(&site, &form(&laboratory)).await;
        let test = tested(&site, &authority).await;
        assert!(
            keys(&test, StepResult::Good).contains(&"test-sign-in-proved"),
            "{test:?}"
        );
        // The test takes nothing: that a browser is sent away from the SCEP address is all that it sees of it.
        assert!(
            keys(&test, StepResult::Warning).contains(&"test-permission-policy-module"),
            "{test:?}"
        );
        for (language, words) in [
            (Language::English, "a policy module"),
            (Language::French, "un module de stratégie"),
        ] {
            let told = examined::report(&test, language);
            assert!(told.contains(words), "{told}");
        }
        let full = authorities::full_test(&site.app, &ACTOR, &authority.id, None)
            .await
            .unwrap();
        assert_eq!(keys(&full, StepResult::Failed), [key], "{faults}");
        says(&full, english, french);
        let usage = authorities::usage(&site.app, &ACTOR, &authority.id)
            .await
            .unwrap();
        assert_eq!(usage.held_slots, held, "{faults}");
    }
}

#[tokio::test]
async fn a_delivery_names_the_policy_module_too() {
    let site = Site::new().await;
    let laboratory = Laboratory::start(false, 5).await;
    saved(&site, &form(&laboratory)).await;
    laboratory.switch("policy-module");
    let detail = "HTTP 403".to_owned();
    assert_eq!(delivered(&site).await, Some(Cause::PolicyModule { detail }));
}
