//! `/Groups`: members, and what is distributed by them.

use axum::http::header;
use domain::{group::Of, person::PersonId};
use sceau::actions::groups::{GroupForm, change_members, one_group, remove_group};
use serde_json::{Value, json};

use super::{ACTOR, Provider, activity};
use crate::{groups::Fleet, world::World};

/// Creates as Entra does: without members. The identifier and the path.
async fn created(provider: &Provider, name: &str) -> (domain::group::GroupId, String) {
    let body = json!({
        "schemas": [
            "urn:ietf:params:scim:schemas:core:2.0:Group",
            "http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group",
        ],
        "externalId": "8aa1a0c0",
        "displayName": name,
        "meta": { "resourceType": "Group" },
    });
    let made = provider.post("/Groups", &body).await.expect(201);
    assert_eq!(made.json["members"], json!([]));
    let id = made.text_of("id");
    (domain::Id::parse(&id).unwrap(), format!("/Groups/{id}"))
}

fn add(id: &str) -> Value {
    json!([{ "op": "Add", "path": "members", "value": [{ "$ref": null, "value": id }] }])
}

#[tokio::test]
async fn who_is_in_a_group_gets_what_it_is_given_and_loses_it_with_the_group() {
    let fleet = Fleet::new().await;
    let provider = Provider::new(&fleet.world.app, "Entra").await;
    let (anna, bert) = (provider.user("anna").await, provider.user("bert").await);
    let person = |id: &str| PersonId::parse(id).unwrap();
    let (pc, other) = (
        fleet.device("PC-1", "M", Some(&person(&anna))).await,
        fleet.device("PC-2", "M", Some(&person(&bert))).await,
    );
    let (group, path) = created(&provider, "wifi").await;
    fleet.distribute(&[&group], &[]).await;
    assert!(!fleet.has(&pc).await && !fleet.has(&other).await);
    provider.patch(&path, &add(&anna)).await.expect(204);
    provider.patch(&path, &add(&bert)).await.expect(204);
    fleet.plan().await;
    assert!(fleet.has(&pc).await && fleet.has(&other).await);
    let out = json!([{ "op": "Remove", "path": "members", "value": [{ "value": anna }] }]);
    provider.patch(&path, &out).await.expect(204);
    fleet.plan().await;
    assert!(!fleet.has(&pc).await && fleet.has(&other).await);
    let off = json!([{ "op": "Replace", "path": "active", "value": false }]);
    provider.patch(&format!("/Users/{bert}"), &off).await.expect(200);
    fleet.plan().await;
    assert!(
        fleet.has(&other).await,
        "what a device of somebody inactive holds stays"
    );
    provider.delete(&format!("/Users/{bert}")).await.expect(204);
    fleet.plan().await;
    assert!(!fleet.has(&other).await, "who is deleted left the group");
    assert_eq!(provider.get(&path).await.expect(200).json["members"], json!([]));
}

#[tokio::test]
async fn groups_are_found_read_without_members_renamed_replaced_and_deleted() {
    let world = World::new().await;
    let provider = Provider::new(&world.app, "Entra").await;
    let anna = provider.user("anna").await;
    let (id, path) = created(&provider, "Wi-Fi").await;
    provider.patch(&path, &add(&anna)).await.expect(204);
    let found = "/Groups?excludedAttributes=members&filter=displayName%20eq%20%22wi-fi%22";
    let found = provider.get(found).await.expect(200).json;
    assert_eq!(
        (&found["totalResults"], &found["Resources"][0]["id"]),
        (&json!(1), &json!(id))
    );
    assert_eq!(found["Resources"][0]["members"], Value::Null);
    let read = provider
        .get(&format!("{path}?excludedAttributes=members"))
        .await
        .expect(200);
    assert_eq!(read.json["members"], Value::Null);
    assert_eq!(read.json["externalId"], "8aa1a0c0");
    let whole = provider.get(&path).await.expect(200);
    assert_eq!(whole.json["members"][0]["value"], anna);
    assert_eq!(whole.headers[header::ETAG], "W/\"2\"");
    let renamed = json!([{ "op": "Replace", "path": "displayName", "value": "VPN" }]);
    provider.patch(&path, &renamed).await.expect(204);
    assert_eq!(
        one_group(&world.app, &ACTOR, &id).await.unwrap().group.name,
        "VPN"
    );
    let replaced = provider
        .put(&path, &json!({ "displayName": "VPN", "members": [] }))
        .await
        .expect(200);
    assert_eq!(
        (&replaced.json["members"], &replaced.json["externalId"]),
        (&json!([]), &Value::Null)
    );
    provider.patch(&path, &add(&anna)).await.expect(204);
    provider.delete(&path).await.expect(204);
    provider.get(&path).await.expect(404);
    provider.patch(&path, &add(&anna)).await.expect(404);
    assert_eq!(provider.get("/Groups").await.json["totalResults"], 0);
    let kept = one_group(&world.app, &ACTOR, &id).await.unwrap();
    assert_eq!(kept.members.len(), 1, "it stays here until a person removes it");
    let back = provider
        .post("/Groups", &json!({ "displayName": "VPN" }))
        .await
        .expect(201);
    assert_eq!(
        (back.text_of("id"), &back.json["members"]),
        (id.to_string(), &json!([]))
    );
    let told: Vec<_> = activity(&world.app)
        .await
        .into_iter()
        .filter(|(who, _)| who == "scim:Entra")
        .collect();
    for action in [
        "group.add",
        "group.members",
        "group.change",
        "group.gone",
        "group.return",
    ] {
        assert!(told.iter().any(|(_, done)| done == action), "{action}: {told:?}");
    }
}

#[tokio::test]
async fn what_is_wrong_with_a_group_is_said_and_changes_nothing() {
    let world = World::new().await;
    let provider = Provider::new(&world.app, "Entra").await;
    let other = Provider::new(&world.app, "Okta").await;
    let (anna, foreign) = (provider.user("anna").await, other.user("bert").await);
    crate::groups::by_hand(&world.app, "Sales", Of::People, &[]).await;
    let (_, path) = created(&provider, "wifi").await;
    let taken = provider
        .post("/Groups", &json!({ "displayName": "Sales" }))
        .await
        .expect(409);
    assert_eq!(taken.json["scimType"], "uniqueness");
    other
        .post("/Groups", &json!({ "displayName": "wifi" }))
        .await
        .expect(409);
    let rename = json!([{ "op": "Replace", "path": "displayName", "value": "Sales" }]);
    provider.patch(&path, &rename).await.expect(409);
    other.get(&path).await.expect(404);
    other.delete(&path).await.expect(404);
    for id in [foreign.as_str(), &"0".repeat(32), "nonsense"] {
        let operations = json!([add(&anna)[0], add(id)[0]]);
        let refused = provider.patch(&path, &operations).await.expect(400);
        assert_eq!(refused.json["scimType"], "invalidValue");
        provider
            .put(
                &path,
                &json!({ "displayName": "wifi", "members": [{ "value": id }] }),
            )
            .await
            .expect(400);
    }
    provider
        .patch(&path, &json!([{ "op": "Add", "path": "owner", "value": anna }]))
        .await
        .expect(400);
    for body in [
        json!({}),
        json!({ "displayName": "" }),
        json!({ "displayName": "x".repeat(101) }),
    ] {
        provider.post("/Groups", &body).await.expect(400);
    }
    assert_eq!(provider.get(&path).await.expect(200).json["members"], json!([]));
}

#[tokio::test]
async fn a_group_of_a_source_is_changed_there_and_removed_here_once_it_is_gone() {
    let world = World::new().await;
    let provider = Provider::new(&world.app, "Entra").await;
    let anna = provider.user("anna").await;
    let (id, path) = created(&provider, "wifi").await;
    let refused = change_members(&world.app, &ACTOR, &id, vec![anna], Vec::new()).await;
    assert_eq!(refused.unwrap_err().refusals()[0].key, "error-group-from-scim");
    let form = GroupForm {
        name: "other".to_owned(),
        description: String::new(),
        of: Of::People,
        rule: None,
        members: None,
    };
    let refused = sceau::actions::groups::change_group(&world.app, &ACTOR, &id, &form).await;
    assert_eq!(refused.unwrap_err().refusals()[0].key, "error-group-from-scim");
    assert!(remove_group(&world.app, &ACTOR, &id).await.is_err());
    provider.delete(&path).await.expect(204);
    remove_group(&world.app, &ACTOR, &id).await.unwrap();
    created(&provider, "wifi").await;
}
