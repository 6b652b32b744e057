//! Who may enrol, and codes, over the API.

use axum::http::Method;
use domain::operator::Role;
use serde_json::json;

use crate::world::World;

#[tokio::test]
async fn what_is_allowed_is_read_changed_and_told_at_its_field() {
    let world = World::new().await;
    let token = world.token(Role::Administrator).await;
    let before = world.get(&token, "/admission").await.expect(200);
    assert_eq!(
        before.json,
        json!({ "is_closed": false, "groups": [], "excluded": [], "devices_per_person": null, "limits": [],
            "lowest_build": null, "serial_numbers": [] })
    );
    let people = json!({ "name": "Sales", "of": "people", "members": [] });
    let group = world
        .post(&token, "/groups", &people)
        .await
        .expect(201)
        .text_of("id");
    let devices = json!({ "name": "Books", "of": "devices", "members": [] });
    let books = world
        .post(&token, "/groups", &devices)
        .await
        .expect(201)
        .text_of("id");
    let wanted = json!({ "groups": [group], "devices_per_person": 3,
        "limits": [{ "group": group, "devices": 5 }] });
    let changed = world
        .call(&token, Method::PUT, "/admission", Some(&wanted))
        .await
        .expect(200);
    assert_eq!(changed.json["limits"][0]["devices"], 5);
    for (wrong, field) in [
        (json!({ "devices_per_person": 0 }), "devices_per_person"),
        (json!({ "groups": [books] }), "groups"),
        (
            json!({ "excluded": ["0193a000000070008000000000000001"] }),
            "excluded",
        ),
        (
            json!({ "limits": [{ "group": group, "devices": 1001 }] }),
            "limits",
        ),
        (json!({ "lowest_build": 7601 }), "lowest_build"),
        (json!({ "serial_numbers": ["x".repeat(65)] }), "serial_numbers"),
    ] {
        let refused = world
            .call(&token, Method::PUT, "/admission", Some(&wrong))
            .await
            .expect(422);
        assert_eq!(refused.field(), field, "{wrong}");
    }
    let kept = world.get(&token, "/admission").await.expect(200);
    assert_eq!(
        kept.json["devices_per_person"], 3,
        "what was refused changed nothing"
    );
    let help_desk = world.token(Role::HelpDesk).await;
    world
        .call(&help_desk, Method::PUT, "/admission", Some(&wanted))
        .await
        .expect(403);
}

#[tokio::test]
async fn the_provider_for_enrolments_is_set_and_its_secret_is_never_shown() {
    let world = World::new().await;
    let token = world.token(Role::Administrator).await;
    let none = world.get(&token, "/federation").await.expect(200);
    assert_eq!(none.json["is_enabled"], false);
    let back = none.text_of("redirect_uri");
    assert!(back.ends_with("/EnrollmentServer/SignedIn"), "{back}");
    // Switched off, nobody is asked whether it is right.
    let wanted = json!({ "issuer": "https://login.example.com", "client_id": "sceau", "client_secret": "s3cret",
        "domains": "Example.com" });
    let put = async |body: serde_json::Value| {
        let path = "/federation";
        world.call(&token, Method::PUT, path, Some(&body)).await
    };
    put(wanted.clone()).await.expect(200);
    let kept = world.get(&token, "/federation").await.expect(200);
    assert_eq!(kept.json["has_client_secret"], true);
    assert_eq!(kept.json["domains"], "example.com");
    assert!(!kept.text.contains("s3cret"), "{}", kept.text);
    for (wrong, field) in [
        (json!({ "issuer": "http://login.example.com" }), "issuer"),
        (json!({ "scopes": "profile" }), "scopes"),
        (json!({ "domains": "a b..c" }), "domains"),
    ] {
        assert_eq!(put(wrong.clone()).await.expect(422).field(), field, "{wrong}");
    }
    let help_desk = world.token(Role::HelpDesk).await;
    world
        .call(&help_desk, Method::PUT, "/federation", Some(&wanted))
        .await
        .expect(403);
}

#[tokio::test]
async fn a_code_is_shown_once_and_taken_back() {
    let world = World::new().await;
    let token = world.token(Role::HelpDesk).await;
    let person = world
        .post(&token, "/people", &json!({ "username": "ada" }))
        .await
        .expect(201);
    let path = format!("/people/{}/enrolment-code", person.text_of("id"));
    world.get(&token, &path).await.expect(404);
    let made = world
        .post(&token, &path, &json!({ "hours": 2 }))
        .await
        .expect(201);
    let code = made.text_of("code");
    assert_eq!(code.len(), 11);
    let known = world.get(&token, &path).await.expect(200);
    assert!(!known.text.contains(&code));
    assert_eq!(known.json["is_spent"], false);
    let refused = world
        .post(&token, &path, &json!({ "hours": 1000 }))
        .await
        .expect(422);
    assert_eq!(refused.field(), "hours");
    world.call(&token, Method::DELETE, &path, None).await.expect(204);
    world.call(&token, Method::DELETE, &path, None).await.expect(404);
    let auditor = world.token(Role::Auditor).await;
    world.post(&auditor, &path, &json!({})).await.expect(403);
    let activity = world.get(&token, "/activity").await.expect(200);
    assert!(activity.text.contains("person.code-withdraw"));
    assert!(!activity.text.contains(&code), "a code stands in no log");
}
