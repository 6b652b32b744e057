//! Who is told of warnings, over the API.

use axum::http::Method;
use domain::operator::Role;
use serde_json::json;

use crate::world::World;

#[tokio::test]
async fn a_recipient_is_added_turned_off_and_removed_and_the_audit_says_so() {
    let world = World::new().await;
    let token = world.token(Role::PkiOperator).await;
    let email = json!({ "kind": "email", "address": "claire@example.com", "language": "fr" });
    let made = world.post(&token, "/notifications", &email).await.expect(201);
    assert_eq!(made.text_of("name"), "claire@example.com");
    assert!(made.json.get("secret").is_none());
    world.post(&token, "/notifications", &email).await.expect(409);
    let plain = json!({ "kind": "email", "address": "john@example.com" });
    let plain = world.post(&token, "/notifications", &plain).await.expect(201);
    assert_eq!(plain.text_of("language"), "en", "that of the settings");

    let path = format!("/notifications/{}", made.text_of("id"));
    let off = world
        .call(
            &token,
            Method::PATCH,
            &path,
            Some(&json!({ "is_enabled": false })),
        )
        .await
        .expect(200);
    assert_eq!(off.json["is_enabled"], false);
    assert_eq!(off.json["is_in_trouble"], false);
    world.call(&token, Method::DELETE, &path, None).await.expect(204);
    world.get(&token, &path).await.expect(404);
    let left = world.get(&token, "/notifications").await.expect(200);
    assert_eq!(left.json["items"].as_array().unwrap().len(), 1);

    let activity = world.get(&token, "/activity").await.expect(200);
    for deed in ["add", "change", "remove"] {
        assert!(activity.text.contains(&format!("notification.{deed}")), "{deed}");
    }
}

#[tokio::test]
async fn a_webhook_s_secret_is_shown_once() {
    let world = World::new().await;
    let token = world.token(Role::Administrator).await;
    let hook = json!({ "kind": "webhook", "name": "Pager", "url": "https://hooks.example.com/sceau" });
    let made = world.post(&token, "/notifications", &hook).await.expect(201);
    let secret = made.text_of("secret");
    assert_eq!(secret.len(), 32);
    for path in ["/notifications", "/activity"] {
        let told = world.get(&token, path).await.expect(200);
        assert!(told.text.contains("Pager"));
        assert!(!told.text.contains(&secret), "{path}");
    }
}

#[tokio::test]
async fn what_is_wrong_is_said_at_its_field_and_a_reader_may_only_look() {
    let world = World::new().await;
    let token = world.token(Role::Administrator).await;
    for (form, field) in [
        (json!({ "kind": "email", "address": "nobody" }), "address"),
        (
            json!({ "kind": "email", "address": "a@example.com", "language": "de" }),
            "language",
        ),
        (
            json!({ "kind": "webhook", "name": "Pager", "url": "http://hooks.example.com/" }),
            "url",
        ),
        (
            json!({ "kind": "webhook", "name": "Pager", "url": "https://user@hooks.example.com/" }),
            "url",
        ),
        (
            json!({ "kind": "webhook", "name": " ", "url": "https://hooks.example.com/" }),
            "name",
        ),
        (
            json!({ "kind": "webhook", "name": "Pager", "url": "https://hooks.example.com/", "trust_pem": "x" }),
            "trust_pem",
        ),
    ] {
        let refused = world.post(&token, "/notifications", &form).await.expect(422);
        assert_eq!(refused.field(), field, "{form}");
    }
    let reader = world.token(Role::Auditor).await;
    let form = json!({ "kind": "email", "address": "claire@example.com" });
    world.post(&reader, "/notifications", &form).await.expect(403);
    world.get(&reader, "/notifications").await.expect(200);
    world.get(&reader, "/notices").await.expect(200);
}
