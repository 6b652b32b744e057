//! The full test: one challenge, one certificate, and nothing without asking for it in so many words.

use axum::http::Method;
use domain::operator::Role;
use serde_json::json;

use crate::{api, laboratory::Laboratory, world::World};

#[tokio::test]
async fn it_takes_one_challenge_and_shows_a_certificate_as_ordered() {
    let (world, laboratory) = (World::new().await, Laboratory::start(false, 1).await);
    let token = world.token(Role::PkiOperator).await;
    let id = api::add(&world, &token, &laboratory).await.text_of("id");
    let path = format!("/authorities/{id}/full-test");

    let refused = world.post(&token, &path, &json!({})).await.expect(422);
    assert_eq!(refused.field(), "takes_one_challenge");
    let ledger = world.get(&token, "/challenges").await.expect(200);
    assert_eq!(ledger.json["taken"], 0);

    // The second finds the laboratory's one slot free again.
    for taken in 1..=2 {
        let test = world
            .post(&token, &path, &json!({ "takes_one_challenge": true }))
            .await
            .expect(200);
        assert_eq!(test.json["is_good"], true, "{}", test.text);
        for key in [
            "test-challenge-taken",
            "test-enrolment-issued",
            "test-issued-good",
        ] {
            assert!(test.text.contains(key), "{key}: {}", test.text);
        }
        let issued = test.text_of("issued");
        assert!(issued.starts_with("-----BEGIN CERTIFICATE-----"), "{issued}");
        let ledger = world.get(&token, "/challenges").await.expect(200);
        assert_eq!(ledger.json["taken"], taken);
        assert_eq!(ledger.json["used"], taken, "it was presented");
    }
    assert_eq!(laboratory.issued().len(), 2);

    let test = world
        .call(&token, Method::POST, &format!("/authorities/{id}/test"), None)
        .await
        .expect(200);
    assert!(test.text.contains("test-permission-by-test"), "{}", test.text);
    let activity = world.get(&token, "/activity").await.expect(200);
    assert!(activity.text.contains("authority.full-test"));
}

#[tokio::test]
async fn what_the_test_shows_to_be_hopeless_takes_no_challenge() {
    let (world, laboratory) = (World::new().await, Laboratory::start(false, 5).await);
    let token = world.token(Role::PkiOperator).await;
    let id = api::add(&world, &token, &laboratory).await.text_of("id");
    laboratory.stop().await;
    let test = world
        .post(
            &token,
            &format!("/authorities/{id}/full-test"),
            &json!({ "takes_one_challenge": true }),
        )
        .await
        .expect(200);
    assert_eq!(test.json["is_good"], false);
    let last = test.json["steps"].as_array().unwrap().last().unwrap().clone();
    assert_eq!(
        (&last["step"], &last["result"]),
        (&json!("challenge"), &json!("skipped"))
    );
    let ledger = world.get(&token, "/challenges").await.expect(200);
    assert_eq!(ledger.json["taken"], 0);
}
