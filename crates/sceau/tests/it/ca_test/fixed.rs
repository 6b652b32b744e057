//! Authorities with one fixed challenge, given over the API: their own fields alone, and that challenge for everyone.

use axum::http::Method;
use domain::operator::Role;
use serde_json::{Value, json};

use crate::{laboratory::Laboratory, world::World};

const CHALLENGE: &str = "canary 0123";

fn form(laboratory: &Laboratory, kind: &str) -> Value {
    json!({
        "name": "Elsewhere",
        "kind": kind,
        "scep_url": laboratory.scep_url(),
        "static_challenge": CHALLENGE,
    })
}

#[tokio::test]
async fn a_fixed_challenge_is_stored_given_and_tested_whole() {
    for kind in ["ejbca", "generic_scep"] {
        let world = World::new().await;
        let laboratory = Laboratory::start_with_one_challenge(CHALLENGE).await;
        let token = world.token(Role::PkiOperator).await;
        let added = world
            .post(&token, "/authorities", &form(&laboratory, kind))
            .await
            .expect(201);
        assert_eq!(added.json["kind"], kind);
        assert_eq!(added.json["has_static_challenge"], true);
        let id = added.text_of("id");

        let test = world
            .call(&token, Method::POST, &format!("/authorities/{id}/test"), None)
            .await
            .expect(200);
        assert!(test.text.contains("test-permission-static"), "{}", test.text);
        assert!(!test.text.contains("sign_in"), "there is no account");

        let order = json!({ "authority": id, "subject": "CN=printer" });
        for _ in 0..7 {
            let order = world.post(&token, "/orders", &order).await.expect(201);
            assert_eq!(order.json["challenge"], CHALLENGE, "as often as one likes");
        }
        let full = world
            .post(
                &token,
                &format!("/authorities/{id}/full-test"),
                &json!({ "takes_one_challenge": true }),
            )
            .await
            .expect(200);
        assert_eq!(full.json["is_good"], true, "{}", full.text);
        assert!(full.text.contains("test-issued-good"));
        for text in [
            added.text,
            test.text,
            full.text,
            world.get(&token, "/activity").await.text,
            world.get(&token, "/authorities").await.text,
        ] {
            assert!(!text.contains("canary"), "{text}");
        }
    }
}

#[tokio::test]
async fn each_type_has_its_own_fields_and_asks_for_its_secret_again() {
    let world = World::new().await;
    let laboratory = Laboratory::start_with_one_challenge(CHALLENGE).await;
    let elsewhere = Laboratory::start_with_one_challenge(CHALLENGE).await;
    let token = world.token(Role::PkiOperator).await;
    let cases = [
        ("username", json!("ndes")),
        ("password", json!("secret")),
        ("challenge_url", json!("https://ndes.example.org/")),
        ("allows_basic", json!(true)),
        ("kdc", json!("dc1.example.org")),
        ("watch_minutes", json!(2)),
        ("ca_name", json!("x".repeat(300))),
        ("static_challenge", json!("défi")),
        ("static_challenge", json!(null)),
    ];
    for (name, value) in cases {
        let mut typed = form(&laboratory, "generic_scep");
        typed[name] = value;
        let refused = world.post(&token, "/authorities", &typed).await.expect(422);
        assert_eq!(refused.field(), name, "{}", refused.text);
        assert!(!refused.text.contains("défi"), "{}", refused.text);
    }
    let added = world
        .post(&token, "/authorities", &form(&laboratory, "generic_scep"))
        .await
        .expect(201);
    let path = format!("/authorities/{}", added.text_of("id"));
    let mut edit = form(&laboratory, "generic_scep");
    edit["name"] = json!("Renamed");
    edit.as_object_mut().unwrap().remove("static_challenge");
    let changed = world
        .call(&token, Method::PUT, &path, Some(&edit))
        .await
        .expect(200);
    assert_eq!(
        changed.json["has_static_challenge"], true,
        "the stored one is kept"
    );
    edit["scep_url"] = json!(elsewhere.scep_url());
    let refused = world
        .call(&token, Method::PUT, &path, Some(&edit))
        .await
        .expect(422);
    assert_eq!(refused.field(), "static_challenge");
}
