//! What Okta sends, after its reference of SCIM 2.0.

use serde_json::json;

use super::{CORE, Provider, named};
use crate::world::World;

#[tokio::test]
async fn it_looks_creates_updates_by_put_and_deactivates_without_a_path() {
    let world = World::new().await;
    let provider = Provider::new(&world.app, "Okta").await;
    let trial = provider.get("/Users?startIndex=1&count=2").await.expect(200).json;
    assert_eq!(trial["totalResults"], 0);
    assert!(
        provider
            .found("userName eq \"test.user@okta.local\"")
            .await
            .is_empty()
    );
    let mut body = json!({
        "schemas": [CORE],
        "userName": "test.user@okta.local",
        "name": { "givenName": "Test", "familyName": "User" },
        "emails": [{ "primary": true, "value": "test.user@okta.local", "type": "work" }],
        "displayName": "Test User",
        "locale": "en-US",
        "externalId": "00ujl29u0le5T6Aj10h7",
        "groups": [],
        "password": "1mz050nq",
        "active": true,
    });
    let made = provider.post("/Users", &body).await.expect(201);
    assert!(!made.text.contains("1mz050nq"));
    let path = format!("/Users/{}", made.text_of("id"));
    body["name"]["familyName"] = json!("Renamed");
    body["id"] = json!(made.text_of("id"));
    body["meta"] = json!({ "resourceType": "User" });
    let replaced = provider.put(&path, &body).await.expect(200);
    assert_eq!(replaced.json["name"]["familyName"], "Renamed");
    let off = json!([{ "op": "replace", "value": { "active": false } }]);
    assert_eq!(
        provider.patch(&path, &off).await.expect(200).json["active"],
        false
    );
    let on = json!([{ "op": "replace", "value": { "active": true } }]);
    assert_eq!(provider.patch(&path, &on).await.expect(200).json["active"], true);
    let person = named(&world.app, "test.user@okta.local").await.unwrap();
    assert_eq!(person.attributes.locale.as_deref(), Some("en-US"));
    assert_eq!(person.attributes.last_name.as_deref(), Some("Renamed"));
}

#[tokio::test]
async fn it_pushes_groups() {
    let world = World::new().await;
    let provider = Provider::new(&world.app, "Okta").await;
    let (anna, bert) = (provider.user("anna").await, provider.user("bert").await);
    let body = json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"],
        "displayName": "Test SCIMv2",
        "members": [{ "value": anna, "display": "anna" }],
    });
    let made = provider.post("/Groups", &body).await.expect(201);
    let path = format!("/Groups/{}", made.text_of("id"));
    assert_eq!(made.json["members"][0]["value"], anna);
    let operations = json!([
        { "op": "replace", "value": { "id": made.text_of("id"), "displayName": "Test SCIMv20" } },
        { "op": "remove", "path": format!("members[value eq \"{anna}\"]") },
        { "op": "add", "path": "members", "value": [{ "value": bert, "display": "bert" }] },
    ]);
    provider.patch(&path, &operations).await.expect(204);
    let read = provider.get(&path).await.expect(200).json;
    assert_eq!(read["displayName"], "Test SCIMv20");
    assert_eq!(read["members"].as_array().unwrap().len(), 1);
    assert_eq!(read["members"][0]["display"], "bert");
    let all =
        json!([{ "op": "replace", "path": "members", "value": [{ "value": anna }, { "value": bert }] }]);
    provider.patch(&path, &all).await.expect(204);
    assert_eq!(
        provider.get(&path).await.json["members"]
            .as_array()
            .unwrap()
            .len(),
        2
    );
}
