//! Who isn't active at the identity provider, or was deleted there, enrols nothing: not by password, code or token.

use axum::http::Method;
use domain::person::PersonId;
use sceau::actions::{
    enrolment_codes::make_code,
    enrolment_tokens::{TokenForm, make_token},
    erasure::{Of, erase},
    people::{self, PersonForm, change_person},
    scim::remove_source,
};
use serde_json::{Value, json};
use zeroize::Zeroizing;

use super::{ACTOR, Provider, named};
use crate::{
    mdm::admission::of_device,
    site::{Site, capture::PERSON},
};

/// A person of the source with a password set here.
async fn with_password(site: &Site, provider: &Provider) -> PersonId {
    let id = PersonId::parse(&provider.user(PERSON.0).await).unwrap();
    let person = named(&site.app, PERSON.0).await.unwrap();
    let form = PersonForm {
        username: person.username,
        password: Some(Zeroizing::new(PERSON.1.to_owned())),
        attributes: person.attributes,
    };
    change_person(&site.app, &ACTOR, &id, form).await.unwrap();
    id
}

/// Whether a device gets in with what stands as its password.
async fn gets_in(site: &Site, n: u8, secret: &str) -> bool {
    let request = of_device(n).replace(">demo<", &format!(">{secret}<"));
    // Wrong ones wait longer and longer.
    site.pass(3600);
    let reply = site
        .enrolment_from(&format!("192.0.2.{n}"), "Enrollment", request)
        .await;
    reply.status == 200
}

async fn code(site: &Site, person: &PersonId) -> String {
    make_code(&site.app, &ACTOR, person, 24)
        .await
        .unwrap()
        .code
        .to_string()
}

async fn token(site: &Site, person: &PersonId) -> String {
    let form = TokenForm {
        name: "Lobby".to_owned(),
        person_id: person.clone(),
        devices: 10,
        days: 7,
    };
    make_token(&site.app, &ACTOR, form)
        .await
        .unwrap()
        .token
        .to_string()
}

fn active(value: &Value) -> Value {
    json!([{ "op": "Replace", "path": "active", "value": value }])
}

#[tokio::test]
async fn who_is_not_active_enrols_nothing_until_they_are_again() {
    let site = Site::new().await;
    let provider = Provider::new(&site.app, "Entra").await;
    let id = with_password(&site, &provider).await;
    let path = format!("/Users/{id}");
    assert!(
        gets_in(&site, 1, PERSON.1).await,
        "with the password that was set here"
    );
    provider.patch(&path, &active(&json!("False"))).await.expect(200);
    let (one_code, one_token) = (code(&site, &id).await, token(&site, &id).await);
    for (n, secret) in [(2, PERSON.1), (3, one_code.as_str()), (4, one_token.as_str())] {
        assert!(!gets_in(&site, n, secret).await, "attempt {n}");
    }
    assert_eq!(site.devices().await.len(), 1);
    provider.patch(&path, &active(&json!(true))).await.expect(200);
    for (n, secret) in [(5, PERSON.1), (6, one_code.as_str()), (7, one_token.as_str())] {
        assert!(gets_in(&site, n, secret).await, "attempt {n}");
    }
    assert_eq!(
        site.devices().await.len(),
        4,
        "and what was enrolled before stays"
    );
}

#[tokio::test]
async fn who_was_deleted_enrols_nothing_and_has_nothing_left_when_the_source_goes() {
    let site = Site::new().await;
    let provider = Provider::new(&site.app, "Entra").await;
    let id = with_password(&site, &provider).await;
    let (one_code, one_token) = (code(&site, &id).await, token(&site, &id).await);
    provider.delete(&format!("/Users/{id}")).await.expect(204);
    let secrets = [PERSON.1, one_code.as_str(), one_token.as_str()];
    for (n, secret) in (1..).zip(secrets) {
        assert!(!gets_in(&site, n, secret).await, "{n}");
    }
    remove_source(&site.app, &ACTOR, &provider.source.id)
        .await
        .unwrap();
    provider.get("/Users").await.expect(401);
    for (n, secret) in (4..).zip(secrets) {
        assert!(
            !gets_in(&site, n, secret).await,
            "{n}: nothing says any more that they may not"
        );
    }
    let person = people::one_person(&site.app, &ACTOR, &id).await.unwrap();
    assert_eq!(person.username, PERSON.0, "the person stays, as if made by hand");
    assert!(
        gets_in(&site, 7, &code(&site, &id).await).await,
        "and may be given a way in anew"
    );
}

#[tokio::test]
async fn whom_the_source_writes_is_erased_only_once_it_deleted_them() {
    let site = Site::new().await;
    let provider = Provider::new(&site.app, "Entra").await;
    let id = provider.user(PERSON.0).await;
    let of = Of::Person(PersonId::parse(&id).unwrap());
    let refused = erase(&site.app, &ACTOR, &of).await.unwrap_err();
    assert_eq!(refused.refusals()[0].key, "error-erase-person-scim");
    provider
        .send(Method::DELETE, &format!("/Users/{id}"), None)
        .await
        .expect(204);
    erase(&site.app, &ACTOR, &of).await.unwrap();
    assert!(named(&site.app, PERSON.0).await.is_none());
    let again = provider.user(PERSON.0).await;
    assert_ne!(again, id, "somebody new");
}
