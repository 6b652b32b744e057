//! People and operators over the API.

use axum::http::Method;
use domain::operator::Role;
use serde_json::json;

use crate::world::World;

#[tokio::test]
async fn a_person_is_added_changed_and_found() {
    let world = World::new().await;
    let token = world.token(Role::Administrator).await;
    let person = json!({
        "username": "anna",
        "password": "enrol-canary-1",
        "attributes": { "email": "anna@lab.test", "custom": { "site": "Berne" } },
    });
    let added = world.post(&token, "/people", &person).await.expect(201);
    assert!(!added.text.contains("canary"));
    let path = format!("/people/{}", added.text_of("id"));
    let change = json!({ "username": "anna", "attributes": { "email": "anna@new.test" } });
    world
        .call(&token, Method::PUT, &path, Some(&change))
        .await
        .expect(200);
    let read = world.get(&token, &path).await.expect(200);
    assert_eq!(read.json["attributes"]["email"], "anna@new.test");
    let twice = world
        .post(&token, "/people", &json!({ "username": "ANNA" }))
        .await;
    assert_eq!(twice.status, 409, "{}", twice.text);
    let activity = world.get(&token, "/activity").await.expect(200);
    assert!(activity.text.contains("person.add") && activity.text.contains("person.change"));
    assert!(!activity.text.contains("canary"), "no secret in the audit");
}

#[tokio::test]
async fn lists_come_in_pages() {
    let world = World::new().await;
    let token = world.token(Role::Administrator).await;
    for name in ["anna", "bert", "carl", "dora", "emil"] {
        world
            .post(&token, "/people", &json!({ "username": name }))
            .await
            .expect(201);
    }
    let (mut names, mut path) = (Vec::new(), "/people?limit=2".to_owned());
    for _ in 0..4 {
        let page = world.get(&token, &path).await.expect(200);
        let items = page.json["items"].as_array().unwrap();
        names.extend(
            items
                .iter()
                .map(|item| item["username"].as_str().unwrap().to_owned()),
        );
        match page.json["next"].as_str() {
            Some(next) => path = format!("/people?limit=2&after={next}"),
            None => break,
        }
    }
    assert_eq!(names, ["anna", "bert", "carl", "dora", "emil"]);
}

#[tokio::test]
async fn only_an_owner_makes_operators() {
    let world = World::new().await;
    let form = json!({ "name": "otto", "role": "help_desk", "password": "a long passphrase" });
    let administrator = world.token(Role::Administrator).await;
    assert_eq!(world.post(&administrator, "/operators", &form).await.status, 403);
    let owner = world.token(Role::Owner).await;
    let added = world.post(&owner, "/operators", &form).await.expect(201);
    assert_eq!(added.json["role"], "help_desk");
    assert!(!added.text.contains("passphrase"));
    let unknown = json!({ "name": "otto2", "role": "king" });
    let refused = world.post(&owner, "/operators", &unknown).await.expect(422);
    assert_eq!(refused.field(), "role");
}
