//! Configurations and distributions over the API.

use axum::http::Method;
use domain::operator::Role;
use serde_json::json;

use super::add;
use crate::{laboratory::Laboratory, world::World};

#[tokio::test]
async fn a_configuration_is_added_distributed_and_followed() {
    let (world, laboratory) = (World::new().await, Laboratory::start(false, 5).await);
    let token = world.token(Role::Administrator).await;
    let authority = add(&world, &token, &laboratory).await;
    let form = json!({
        "name": "Device certificates",
        "authority_id": authority.text_of("id"),
        "subject": "CN=${userEmailAddress}",
        "sans": [{ "kind": "upn", "value": "${userUPN}" }],
        "key_length": 4096,
        "thumbprint": "",
    });
    let added = world.post(&token, "/configurations", &form).await.expect(201);
    assert_eq!(added.json["thumbprint"], authority.json["issuer_sha1"]);
    assert_eq!(added.json["retry_delay_seconds"], 300);
    assert_eq!(added.json["warnings"][0]["field"], "key_length");
    let path = format!("/configurations/{}", added.text_of("id"));
    let before = world.get(&token, &format!("{path}/assignment")).await.expect(200);
    assert_eq!(before.json["is_enabled"], false);
    let to_all = json!({ "is_enabled": true, "scope": { "to": "all" } });
    let put = world
        .call(&token, Method::PUT, &format!("{path}/assignment"), Some(&to_all))
        .await
        .expect(200);
    assert_eq!(put.json["scope"]["to"], "all");
    let to_none = json!({
        "configuration": added.text_of("id"), "is_enabled": false, "scope": { "to": "none" },
    });
    world.post(&token, "/assignments", &to_none).await.expect(200);
    let progress = world.get(&token, &format!("{path}/progress")).await.expect(200);
    assert_eq!(progress.json["total"], 0);
    assert_eq!(progress.json["outcome_unknown"], json!([]));
}

#[tokio::test]
async fn what_went_out_may_come_in_again() {
    let (world, laboratory) = (World::new().await, Laboratory::start(false, 5).await);
    let token = world.token(Role::Administrator).await;
    let authority = add(&world, &token, &laboratory).await;
    let form = json!({
        "name": "Wi-Fi", "authority_id": authority.text_of("id"), "subject": "CN=${userEmailAddress}",
    });
    let added = world.post(&token, "/configurations", &form).await.expect(201);
    let path = format!("/configurations/{}", added.text_of("id"));
    let mut again = added.json.clone();
    for name in ["id", "version", "warnings", "created_at", "updated_at"] {
        again.as_object_mut().unwrap().remove(name);
    }
    let changed = world
        .call(&token, Method::PUT, &path, Some(&again))
        .await
        .expect(200);
    assert_eq!(
        changed.json["version"], 1,
        "nothing changed that certificates hold"
    );
}

#[tokio::test]
async fn bad_input_is_refused_at_its_field() {
    let (world, laboratory) = (World::new().await, Laboratory::start(false, 5).await);
    let token = world.token(Role::Administrator).await;
    let authority = add(&world, &token, &laboratory).await.text_of("id");
    let cases = [
        ("subject", json!(r"CN=$\{userEmailAddress}")),
        ("subject", json!("CN=${userEmailAdress}")),
        ("subject", json!("anna")),
        ("retry_delay_seconds", json!(90)),
        ("retries", json!(31)),
        ("key_length", json!(3072)),
        ("usages", json!([])),
        ("hashes", json!([])),
        ("thumbprint", json!("00112233445566778899AABBCCDDEEFF00112233")),
        ("thumbprint", json!("00112233445566778899AABBCCDDEEFF")),
        ("authority_id", json!("0".repeat(32))),
        ("name", json!("")),
    ];
    for (name, value) in cases {
        let mut form =
            json!({ "name": "Wi-Fi", "authority_id": authority, "subject": "CN=${userEmailAddress}" });
        form[name] = value.clone();
        let refused = world.post(&token, "/configurations", &form).await.expect(422);
        assert_eq!(refused.field(), name, "{value}");
    }
    let all = world.get(&token, "/configurations").await.expect(200);
    assert_eq!(all.json["items"], json!([]));
}

#[tokio::test]
async fn the_md5_of_the_ndes_page_is_taken_and_stored_as_sha1() {
    let (world, laboratory) = (World::new().await, Laboratory::start(false, 5).await);
    let token = world.token(Role::Administrator).await;
    let authority = add(&world, &token, &laboratory).await;
    let issuer = authority.json["certificates"]
        .as_array()
        .unwrap()
        .iter()
        .find(|one| one["sha1"] == authority.json["issuer_sha1"])
        .unwrap();
    for kind in ["md5", "sha256", "sha1"] {
        let form = json!({
            "name": format!("by {kind}"), "authority_id": authority.text_of("id"),
            "subject": "CN=${userEmailAddress}", "thumbprint": issuer[kind],
        });
        let added = world.post(&token, "/configurations", &form).await.expect(201);
        assert_eq!(added.json["thumbprint"], authority.json["issuer_sha1"], "{kind}");
    }
}
