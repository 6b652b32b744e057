//! What Microsoft Entra ID sends, after Microsoft's guide to SCIM endpoints and its list of known issues.

use serde_json::json;

use super::{ENTERPRISE, Provider, SCEAU, activity, named};
use crate::world::World;

/// Creates as Entra does.
async fn created(provider: &Provider) -> String {
    let body = json!({
        "schemas": [super::CORE, ENTERPRISE],
        "externalId": "0a21f0f2",
        "userName": "test_user@testuser.com",
        "active": true,
        "emails": [{ "primary": true, "type": "work", "value": "t@testuser.com" }],
        "meta": { "resourceType": "User" },
        "name": { "formatted": "givenName familyName", "familyName": "familyName", "givenName": "givenName" },
        "roles": [],
    });
    let made = provider.post("/Users?aadOptscim062020", &body).await.expect(201);
    format!("/Users/{}", made.text_of("id"))
}

#[tokio::test]
async fn it_tries_the_connection_creates_changes_disables_and_deletes() {
    let world = World::new().await;
    let provider = Provider::new(&world.app, "Entra").await;
    let trial = provider
        .found("userName eq \"3c1e2b1a-7f0a-4d0f-9d1e-0d2f4b8c7a6e\"")
        .await;
    assert!(trial.is_empty());
    let path = created(&provider).await;
    let changed = provider
        .patch(
            &path,
            &json!([
                { "op": "Replace", "path": "displayName", "value": "Pvlo" },
                { "op": "Replace", "path": "emails[type eq \"work\"].value", "value": "new@testuser.com" },
                { "op": "Replace", "path": "name.givenName", "value": "Gtfd" },
                { "op": "Replace", "path": "externalId", "value": "Eqpj" },
                { "op": "Replace", "path": format!("{ENTERPRISE}:department"), "value": "IT" },
                { "op": "Add", "path": format!("{SCEAU}:sid"), "value": "S-1-5-21-9" },
                { "op": "Add", "path": "phoneNumbers[type eq \"mobile\"].value", "value": "5555" },
            ]),
        )
        .await
        .expect(200);
    assert_eq!(
        changed.json["emails"],
        json!([{ "primary": true, "type": "work", "value": "new@testuser.com" }])
    );
    assert_eq!(
        changed.json["phoneNumbers"],
        json!([{ "type": "mobile", "value": "5555" }])
    );
    let person = named(&world.app, "test_user@testuser.com").await.unwrap();
    for (name, value) in [
        ("display_name", "Pvlo"),
        ("email", "new@testuser.com"),
        ("first_name", "Gtfd"),
        ("last_name", "familyName"),
        ("uid", "Eqpj"),
        ("department", "IT"),
        ("sid", "S-1-5-21-9"),
    ] {
        assert_eq!(person.attributes.value(name), Some(value), "{name}");
    }
    assert_eq!(
        provider.found("externalId eq \"Eqpj\"").await,
        ["test_user@testuser.com"]
    );
    assert!(
        provider.found("externalId eq \"0a21f0f2\"").await.is_empty(),
        "it changes, and is no key"
    );
    let off = json!([{ "op": "Replace", "path": "active", "value": "False" }]);
    let disabled = provider.patch(&path, &off).await.expect(200);
    assert_eq!(
        disabled.json["active"],
        json!(false),
        "a flag, not the text that was sent"
    );
    assert_eq!(
        provider
            .found("userName eq \"test_user@testuser.com\"")
            .await
            .len(),
        1,
        "who isn't active is still found"
    );
    assert_eq!(
        activity(&world.app).await[0],
        ("scim:Entra".to_owned(), "person.disable".to_owned())
    );
    let on = json!([{ "op": "Replace", "path": "active", "value": "True" }]);
    assert_eq!(
        provider.patch(&path, &on).await.expect(200).json["active"],
        json!(true)
    );
    assert_eq!(activity(&world.app).await[0].1, "person.enable");
    provider.delete(&path).await.expect(204);
}

#[tokio::test]
async fn with_the_flag_of_2020_several_attributes_come_without_a_path() {
    let world = World::new().await;
    let provider = Provider::new(&world.app, "Entra").await;
    let path = created(&provider).await;
    let operations = json!([
        { "op": "replace", "path": "emails[type eq \"work\"].value", "value": "test@microsoft.com" },
        { "op": "replace", "value": {
            "displayName": "Bjfe",
            "name.givenName": "Kkom",
            "name.familyName": "Unua",
            format!("{ENTERPRISE}:employeeNumber"): "Aklq",
            "active": false,
        } },
    ]);
    let changed = provider.patch(&path, &operations).await.expect(200);
    assert_eq!(changed.json["active"], false);
    let person = named(&world.app, "test_user@testuser.com").await.unwrap();
    for (name, value) in [
        ("display_name", "Bjfe"),
        ("first_name", "Kkom"),
        ("last_name", "Unua"),
        ("custom.employeeNumber", "Aklq"),
        ("email", "test@microsoft.com"),
    ] {
        assert_eq!(person.attributes.value(name), Some(value), "{name}");
    }
}

#[tokio::test]
async fn one_wrong_operation_undoes_all_of_them() {
    let world = World::new().await;
    let provider = Provider::new(&world.app, "Entra").await;
    let path = created(&provider).await;
    let before = provider.get(&path).await.expect(200).json;
    for (wrong, scim_type) in [
        (
            json!({ "op": "Replace", "path": "unheardOf", "value": "x" }),
            "invalidPath",
        ),
        (
            json!({ "op": "Replace", "path": "id", "value": "x" }),
            "mutability",
        ),
        (
            json!({ "op": "Replace", "path": "userName", "value": "" }),
            "invalidValue",
        ),
        (json!({ "op": "Remove", "path": "userName" }), "invalidValue"),
        (
            json!({ "op": "Replace", "path": "active", "value": "perhaps" }),
            "invalidValue",
        ),
        (
            json!({ "op": "Replace", "path": "emails[type eq \"work\"].value", "value": "no address" }),
            "invalidValue",
        ),
        (
            json!({ "op": "Replace", "path": format!("{SCEAU}:sid"), "value": "S-1-5-x" }),
            "invalidValue",
        ),
        (json!({ "op": "Remove" }), "noTarget"),
        (json!({ "op": "Copy", "path": "title" }), "invalidSyntax"),
    ] {
        let operations = json!([{ "op": "Replace", "path": "active", "value": false }, wrong]);
        let refused = provider.patch(&path, &operations).await.expect(400);
        assert_eq!(refused.json["scimType"], scim_type, "{}", refused.text);
    }
    assert_eq!(provider.get(&path).await.expect(200).json, before);
}
