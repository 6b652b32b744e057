//! What an administrator sets, and for whom it counts.

use domain::{actor::Actor, external_ca::Password, federation::FederationForm};
use sceau::actions::federation::{SIGN_IN, change_federation, federation_settings, redirect_uri};

use super::{APPLICATION, Scene, form, provider::Provider};
use crate::site::{
    Site,
    capture::{PERSON, captured},
};

async fn refused(site: &Site, form: FederationForm) -> (String, String) {
    let error = change_federation(&site.app, &Actor::CommandLine, form)
        .await
        .unwrap_err();
    let first = &error.refusals()[0];
    (first.field.clone().unwrap_or_default(), first.key.clone())
}

#[tokio::test]
async fn a_provider_that_does_not_answer_so_is_refused_before_it_is_kept() {
    let site = Site::new().await;
    let provider = Provider::start(&redirect_uri(&site.app)).await;
    let issuer = "issuer".to_owned();
    let mut untrusted = form(&provider);
    untrusted.trust_pem.clear();
    let (field, key) = refused(&site, untrusted).await;
    assert_eq!(field, issuer);
    assert!(key.starts_with("tls-"), "{key}");
    let mut other = form(&provider);
    other.issuer.push('/');
    let key = "federation-other-issuer".to_owned();
    assert_eq!(refused(&site, other).await, (issuer.clone(), key));
    let mut wrong = form(&provider);
    wrong.issuer.push_str("/tenant");
    assert_eq!(
        refused(&site, wrong).await,
        (issuer.clone(), "federation-status".to_owned())
    );
    let mut gone = form(&provider);
    gone.issuer = "https://localhost:1".to_owned();
    assert_eq!(
        refused(&site, gone).await,
        (issuer, "federation-unreachable".to_owned())
    );
    let known = federation_settings(&site.app, &Actor::CommandLine).await.unwrap();
    assert_eq!(known, domain::federation::Federation::default());
}

async fn policy(site: &Site, person: &str) -> String {
    let discover = String::from_utf8(captured("03_client_discover.xml")).unwrap();
    let discover = discover.replace(PERSON.0, person);
    let answer = site.enrolment("Discovery", discover).await.expect(200).text();
    let (_, rest) = answer.split_once("<AuthPolicy>").unwrap();
    rest.split('<').next().unwrap().to_owned()
}

#[tokio::test]
async fn only_people_of_the_domains_and_devices_that_can_are_sent_to_the_provider() {
    let scene = Scene::with(|form| "example.com, corp".clone_into(&mut form.domains)).await;
    assert_eq!(policy(&scene.site, "ada@example.com").await, "Federated");
    assert_eq!(policy(&scene.site, "CORP\\ada").await, "Federated");
    assert_eq!(policy(&scene.site, "ada@example.org").await, "OnPremise");
    let discover = String::from_utf8(captured("03_client_discover.xml")).unwrap();
    let only = discover.replace("<AuthPolicy>Federated</AuthPolicy>", "");
    assert_ne!(only, discover);
    let only = only.replace(PERSON.0, "ada@example.com");
    let answer = scene.site.enrolment("Discovery", only).await.expect(200).text();
    assert!(answer.contains("<AuthPolicy>OnPremise<"), "{answer}");
}

#[tokio::test]
async fn switched_off_nobody_is_sent_anywhere() {
    let mut scene = Scene::new().await;
    let location = scene.begin("").await;
    let mut off = form(&scene.provider);
    off.is_enabled = false;
    off.client_secret = None;
    change_federation(&scene.site.app, &Actor::CommandLine, off)
        .await
        .unwrap();
    assert_eq!(policy(&scene.site, "ada@example.com").await, "OnPremise");
    let back = scene.provider.sign_in(&location, "ada@example.com");
    let reply = scene.come_back(&back).await.expect(409);
    assert!(reply.text().contains("Nobody signs in"), "{}", reply.text());
}

#[tokio::test]
async fn a_wrong_secret_is_told_to_whoever_signs_in() {
    let wrong = |form: &mut FederationForm| form.client_secret = Some(Password::new("wrong".to_owned()));
    let mut scene = Scene::with(wrong).await;
    let location = scene.begin("").await;
    let back = scene.provider.sign_in(&location, "ada@example.com");
    let reply = scene.come_back(&back).await.expect(502);
    assert!(reply.text().contains("invalid_client"), "{}", reply.text());
}

#[tokio::test]
async fn a_provider_that_is_gone_is_told_and_left_alone_for_a_moment() {
    let mut scene = Scene::new().await;
    scene.provider.stop();
    let path = format!("{SIGN_IN}?appru={APPLICATION}");
    for _ in 0..2 {
        let reply = scene.get(&path).await.expect(502);
        assert!(reply.text().contains("reached"), "{}", reply.text());
    }
    scene.provider.start_again().await;
    scene.get(&path).await.expect(502);
    scene.site.pass(11);
    scene.get(&path).await.expect(303);
}
