//! Another CA: seen, never stored by itself, shown with what it changes, taken over by a person.

use axum::http::Method;
use domain::{operator::Role, warning::WarningKind};
use sceau::actions::authorities::watch;
use serde_json::json;

use super::{add, another_at, open};
use crate::{laboratory::Laboratory, world::World};

async fn configured(world: &World, token: &str, authority: &str) -> String {
    let configuration =
        json!({ "name": "Wi-Fi", "authority_id": authority, "subject": "CN=${userEmailAddress}" });
    let made = world
        .post(token, "/configurations", &configuration)
        .await
        .expect(201);
    format!("/configurations/{}", made.text_of("id"))
}

#[tokio::test]
async fn another_ca_waits_for_a_person_who_takes_it_over_with_its_configurations() {
    let (world, laboratory) = (World::new().await, Laboratory::start(false, 5).await);
    let token = world.token(Role::PkiOperator).await;
    let authority = add(&world.app, &laboratory).await;
    let path = format!("/authorities/{}", authority.id);
    let configuration = configured(&world, &token, authority.id.as_str()).await;
    let before = world.get(&token, &configuration).await.expect(200);
    world
        .get(&token, &format!("{path}/chain/change"))
        .await
        .expect(404);

    let port = laboratory.port();
    laboratory.stop().await;
    let _renewed = another_at(port).await;
    watch(&world.app, &authority.id).await.unwrap();
    world
        .call(&token, Method::POST, &format!("{path}/refresh"), None)
        .await
        .expect(200);
    world
        .call(&token, Method::POST, &format!("{path}/test"), None)
        .await
        .expect(200);
    let kept = world.get(&token, &path).await.expect(200);
    assert_eq!(kept.text_of("issuer_sha1"), authority.issuer_sha1.to_string());
    assert_eq!(open(&world.app).await, [(WarningKind::ChainChanged, 0)]);

    let preview = world
        .get(&token, &format!("{path}/chain/change"))
        .await
        .expect(200);
    assert_eq!(preview.json["configurations"][0]["name"], "Wi-Fi");
    assert_eq!(preview.json["configurations"][0]["is_replaced"], true);
    assert_eq!(preview.json["configurations"][0]["devices"], 0);
    let new = preview.text_of("issuer_sha1");
    assert_ne!(new, authority.issuer_sha1.to_string());

    let adopt = format!("{path}/chain/adopt");
    let other = json!({ "seen_sha256": "00".repeat(32) });
    world.post(&token, &adopt, &other).await.expect(409);
    let seen = json!({ "seen_sha256": preview.text_of("seen_sha256") });
    let reader = world.token(Role::Auditor).await;
    world.post(&reader, &adopt, &seen).await.expect(403);
    let adopted = world.post(&token, &adopt, &seen).await.expect(200);
    assert_eq!(adopted.text_of("issuer_sha1"), new);
    let after = world.get(&token, &configuration).await.expect(200);
    assert_eq!(
        after.json["version"].as_i64(),
        before.json["version"].as_i64().map(|version| version + 1)
    );
    assert!(
        after.text.to_lowercase().contains(&new.to_lowercase()),
        "{}",
        after.text
    );
    assert_eq!(open(&world.app).await, []);
    world.post(&token, &adopt, &seen).await.expect(409);

    let planned = world
        .app
        .store
        .read(|tx| Box::pin(store::jobs::counts(tx)))
        .await
        .unwrap();
    assert!(
        planned.contains(&("plan_configuration".to_owned(), 1)),
        "{planned:?}"
    );
    let activity = world.get(&token, "/activity").await.expect(200);
    assert!(activity.text.contains("authority.adopt-chain"));
    assert!(activity.text.contains("configuration.change"));
    let warnings = world.get(&token, "/warnings").await.expect(200);
    assert_eq!(warnings.json["items"][0]["kind"], "chain_changed");
    assert!(
        warnings.json["items"][0]["ended_at"].is_string(),
        "{}",
        warnings.text
    );
}

#[tokio::test]
async fn the_old_ca_that_is_back_leaves_nothing_to_take_over() {
    let (world, laboratory) = (World::new().await, Laboratory::start(false, 5).await);
    let token = world.token(Role::PkiOperator).await;
    let other = Laboratory::start(false, 5).await;
    let authority = add(&world.app, &laboratory).await;
    let mut astray = authority.clone();
    astray.scep_url = other.scep_url();
    for (known, is_waiting) in [(astray, true), (authority.clone(), false)] {
        world
            .app
            .store
            .write(move |tx| {
                let known = known.clone();
                Box::pin(async move { store::authorities::update(tx, &known).await })
            })
            .await
            .unwrap();
        watch(&world.app, &authority.id).await.unwrap();
        let path = format!("/authorities/{}/chain/change", authority.id);
        let status = world.get(&token, &path).await.status;
        assert_eq!(status == 200, is_waiting, "{status}");
        assert_eq!(open(&world.app).await.len(), usize::from(is_waiting));
    }
}
