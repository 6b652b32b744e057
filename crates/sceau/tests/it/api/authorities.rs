//! Authorities over the API: verified before they are stored, tested without spending a challenge.

use axum::http::Method;
use domain::operator::Role;
use serde_json::json;

use super::{add, form};
use crate::{laboratory::Laboratory, world::World};

#[tokio::test]
async fn an_authority_is_verified_and_described() {
    for is_tls in [false, true] {
        let (world, laboratory) = (World::new().await, Laboratory::start(is_tls, 5).await);
        let token = world.token(Role::PkiOperator).await;
        let mut typed = form(&laboratory);
        typed["scep_url"] = json!(format!("{}/pkiclient.exe", laboratory.scep_url()));
        typed["challenge_url"] = json!(laboratory.challenge_url().trim_end_matches('/'));
        let added = world.post(&token, "/authorities", &typed).await.expect(201);
        assert_eq!(
            added.json["scep_url"],
            laboratory.scep_url(),
            "the suffix is taken off"
        );
        assert_eq!(
            added.json["challenge_url"],
            laboratory.challenge_url(),
            "the slash is put on"
        );
        let certificates = added.json["certificates"].as_array().unwrap();
        assert_eq!(certificates.len(), 3);
        let issuer = certificates
            .iter()
            .find(|one| one["roles"].as_array().unwrap().contains(&json!("issuer")))
            .unwrap();
        assert_eq!(issuer["sha1"], added.json["issuer_sha1"]);
        assert_eq!(issuer["md5"].as_str().unwrap().len(), 32);
        for role in ["ra_signing", "ra_encryption"] {
            let has = |one: &serde_json::Value| one["roles"].as_array().unwrap().contains(&json!(role));
            assert_eq!(certificates.iter().filter(|one| has(one)).count(), 1, "{role}");
        }
        assert!(!added.text.contains("canary"), "the password never goes out");
        let challenges = world.get(&token, "/challenges").await.expect(200);
        assert_eq!(challenges.json["taken"], 0, "none was taken");
    }
}

#[tokio::test]
async fn bad_input_is_refused_at_its_field_and_nothing_is_stored() {
    let (world, laboratory) = (World::new().await, Laboratory::start(false, 5).await);
    let token = world.token(Role::PkiOperator).await;
    let nobody = {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        format!(
            "http://{}/certsrv/mscep/mscep.dll",
            listener.local_addr().unwrap()
        )
    };
    let cases = [
        ("scep_url", json!(nobody)),
        ("scep_url", json!(laboratory.challenge_url())),
        ("scep_url", json!("not a URL")),
        ("challenge_url", json!(nobody)),
        ("challenge_url", json!(laboratory.scep_url())),
        ("password", json!("wrong")),
        ("password", json!(null)),
        ("username", json!("ndes")),
        ("trust_pem", json!("no certificate")),
        ("name", json!("")),
        ("limits", json!({ "max_unused": 0 })),
    ];
    for (name, value) in cases {
        let mut typed = form(&laboratory);
        typed[name] = value.clone();
        let refused = world.post(&token, "/authorities", &typed).await.expect(422);
        assert_eq!(refused.field(), name, "{value}: {}", refused.text);
        assert!(!refused.text.contains("canary"));
    }
    let mut typed = form(&laboratory);
    typed["is_plain_http_accepted"] = json!(false);
    let refused = world.post(&token, "/authorities", &typed).await.expect(422);
    assert_eq!(refused.field(), "challenge_url");
    let all = world.get(&token, "/authorities").await.expect(200);
    assert_eq!(all.json["items"], json!([]));
}

#[tokio::test]
async fn two_authorities_never_bear_the_same_name() {
    let (world, laboratory) = (World::new().await, Laboratory::start(false, 5).await);
    let token = world.token(Role::PkiOperator).await;
    add(&world, &token, &laboratory).await;
    let refused = world
        .post(&token, "/authorities", &form(&laboratory))
        .await
        .expect(409);
    assert_eq!(refused.field(), "name");
}

#[tokio::test]
async fn a_test_spends_no_challenge_and_proves_the_sign_in() {
    let (world, laboratory) = (World::new().await, Laboratory::start(false, 1).await);
    let token = world.token(Role::PkiOperator).await;
    let id = add(&world, &token, &laboratory).await.text_of("id");
    for _ in 0..3 {
        let test = world
            .call(&token, Method::POST, &format!("/authorities/{id}/test"), None)
            .await
            .expect(200);
        assert_eq!(test.json["is_good"], true, "{}", test.text);
        let keys: Vec<_> = test.json["steps"]
            .as_array()
            .unwrap()
            .iter()
            .map(|step| step["key"].as_str().unwrap())
            .collect();
        assert!(keys.contains(&"test-sign-in-proved"), "{keys:?}");
        assert!(keys.contains(&"test-permission-not-proved"), "{keys:?}");
    }
    let order = json!({ "authority": id, "subject": "CN=printer" });
    world.post(&token, "/orders", &order).await.expect(201);
}

#[tokio::test]
async fn whoever_sends_the_account_elsewhere_gives_its_password_again() {
    let (world, laboratory) = (World::new().await, Laboratory::start(false, 5).await);
    let elsewhere = Laboratory::start(false, 5).await;
    let token = world.token(Role::PkiOperator).await;
    let id = add(&world, &token, &laboratory).await.text_of("id");
    let path = format!("/authorities/{id}");
    let mut renamed = form(&laboratory);
    renamed["name"] = json!("Renamed");
    renamed.as_object_mut().unwrap().remove("password");
    let changed = world
        .call(&token, Method::PUT, &path, Some(&renamed))
        .await
        .expect(200);
    assert_eq!(changed.json["name"], "Renamed");
    let mut moved = renamed.clone();
    moved["challenge_url"] = json!(elsewhere.challenge_url());
    let refused = world
        .call(&token, Method::PUT, &path, Some(&moved))
        .await
        .expect(422);
    assert_eq!(refused.field(), "password");
    moved["password"] = json!(Laboratory::PASSWORD);
    world
        .call(&token, Method::PUT, &path, Some(&moved))
        .await
        .expect(200);
    let activity = world.get(&token, "/activity").await.expect(200);
    assert!(activity.text.contains("authority.change"));
    assert!(activity.text.contains(r#""password":"changed""#));
    assert!(!activity.text.contains("canary"), "no secret in the audit");
}

#[tokio::test]
async fn how_it_is_signed_in_to_comes_in_and_goes_out_by_the_same_names() {
    let (world, laboratory) = (World::new().await, Laboratory::start(true, 5).await);
    let token = world.token(Role::PkiOperator).await;
    let mut typed = form(&laboratory);
    for (name, value) in [("allows_basic", json!(true)), ("watch_minutes", json!(60))] {
        typed[name] = value;
    }
    let added = world.post(&token, "/authorities", &typed).await.expect(201);
    let named = [
        "allows_basic",
        "prefers_kerberos",
        "kdc",
        "watch_minutes",
        "ca_name",
    ];
    let shown = named.map(|name| added.json[name].clone());
    assert_eq!(
        shown,
        [json!(true), json!(false), json!(null), json!(60), json!(null)]
    );
    let path = format!("/authorities/{}", added.text_of("id"));
    for (name, value, field) in [
        ("kdc", json!("dc1.lab.test"), "password"),
        ("kdc", json!("tcp://dc1"), "kdc"),
        ("watch_minutes", json!(1), "watch_minutes"),
        ("ca_name", json!("issuing"), "ca_name"),
    ] {
        let mut edit = typed.clone();
        edit.as_object_mut().unwrap().remove("password");
        edit[name] = value;
        let refused = world.call(&token, Method::PUT, &path, Some(&edit)).await;
        assert_eq!(refused.expect(422).field(), field);
    }
    let activity = world.get(&token, "/activity").await.expect(200);
    assert!(
        activity.text.contains(r#""watch_minutes":60"#),
        "{}",
        activity.text
    );
}

#[tokio::test]
async fn a_stored_password_is_tried_when_it_is_used_in_another_way() {
    let (world, laboratory) = (World::new().await, Laboratory::start(true, 5).await);
    let token = world.token(Role::PkiOperator).await;
    let id = add(&world, &token, &laboratory).await.text_of("id");
    let path = format!("/authorities/{id}");
    let mut edit = form(&laboratory);
    edit.as_object_mut().unwrap().remove("password");
    edit["allows_basic"] = json!(true);
    laboratory.stop().await;
    let refused = world.call(&token, Method::PUT, &path, Some(&edit)).await;
    assert_eq!(refused.expect(422).field(), "challenge_url");
    let kept = world.get(&token, &path).await.expect(200);
    assert_eq!(
        kept.json["allows_basic"], false,
        "it is tried before it is stored"
    );
}

#[tokio::test]
async fn certificates_that_are_given_are_trusted_alone_unless_asked_for() {
    let (world, laboratory) = (World::new().await, Laboratory::start(true, 5).await);
    let other = Laboratory::start(true, 5).await;
    let token = world.token(Role::PkiOperator).await;
    let mut typed = form(&laboratory);
    typed["trust_pem"] = json!(other.trust_pem());
    let refused = world.post(&token, "/authorities", &typed).await.expect(422);
    assert_eq!(refused.field(), "scep_url", "{}", refused.text);
    let typed = form(&laboratory);
    let added = world.post(&token, "/authorities", &typed).await.expect(201);
    assert_eq!(added.json["trusts_public"], false);
    let path = format!("/authorities/{}", added.text_of("id"));
    let mut wider = typed.clone();
    wider["trusts_public"] = json!(true);
    wider["password"] = json!(null);
    let refused = world
        .call(&token, Method::PUT, &path, Some(&wider))
        .await
        .expect(422);
    assert_eq!(
        refused.field(),
        "password",
        "a change of trust asks for it: {}",
        refused.text
    );
    wider["password"] = typed["password"].clone();
    let changed = world
        .call(&token, Method::PUT, &path, Some(&wider))
        .await
        .expect(200);
    assert_eq!(changed.json["trusts_public"], true);
    let shown = world.get(&token, &path).await.expect(200);
    assert_eq!(shown.json["trusts_public"], true);
    let tested = world
        .call(&token, Method::POST, &format!("{path}/test"), None)
        .await
        .expect(200);
    assert_eq!(tested.json["is_good"], true, "{}", tested.text);
}
