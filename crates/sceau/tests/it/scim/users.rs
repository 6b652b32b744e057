//! `/Users` by the RFC: made, found, read, replaced, deleted.

use axum::http::{Method, header};
use domain::person::Attributes;
use sceau::actions::{
    directories,
    people::{PersonForm, add_person, change_person},
};
use serde_json::{Value, json};

use super::{ACTOR, CORE, ENTERPRISE, Provider, SCEAU, activity, named};
use crate::{groups::device, world::World};

/// A user with everything that fills an attribute.
fn full() -> Value {
    json!({
        "schemas": [CORE, ENTERPRISE, SCEAU],
        "externalId": "0a21f0f2-8d2a-4f8e-bf98-7363c4aed4ef",
        "userName": "anna@example.com",
        "password": "never-kept-1",
        "name": { "formatted": "Ms. Anna Muster", "givenName": "Anna", "familyName": "Muster" },
        "displayName": "Anna M.",
        "emails": [{ "value": "a.muster@example.com", "type": "work", "primary": true }],
        "preferredLanguage": "fr-FR",
        "active": true,
        ENTERPRISE: { "department": "Sales", "division": "North", "employeeNumber": "42" },
        SCEAU: { "sid": "S-1-5-21-1-2-3-1104", "samAccountName": "amuster", "dn": "CN=Anna,DC=x", "badge": "4711" },
    })
}

async fn by_hand(world: &World, username: &str) -> domain::person::Person {
    let form = PersonForm {
        username: username.to_owned(),
        password: None,
        attributes: Attributes {
            department: Some("by hand".to_owned()),
            ..Attributes::default()
        },
    };
    add_person(&world.app, &ACTOR, form).await.unwrap()
}

#[tokio::test]
async fn a_user_becomes_a_person_with_every_attribute() {
    let world = World::new().await;
    let provider = Provider::new(&world.app, "Entra").await;
    let made = provider.post("/Users", &full()).await.expect(201);
    let id = made.text_of("id");
    let place = format!("https://localhost:8443/scim/v2/Users/{id}");
    assert_eq!(made.headers[header::LOCATION], place.as_str());
    assert_eq!(made.headers[header::ETAG], "W/\"1\"");
    assert_eq!(made.json["meta"]["location"], place);
    assert_eq!(made.json["meta"]["version"], "W/\"1\"");
    assert_eq!(made.json["meta"]["resourceType"], "User");
    assert_eq!(made.json["schemas"], json!([CORE, ENTERPRISE, SCEAU]));
    assert!(
        !made.text.contains("never-kept"),
        "a password is never given back"
    );
    let person = named(&world.app, "anna@example.com").await.unwrap();
    assert_eq!(person.id.as_str(), id, "the person's own identifier is the key");
    for (name, value) in [
        ("email", "a.muster@example.com"),
        ("upn", "anna@example.com"),
        ("uid", "0a21f0f2-8d2a-4f8e-bf98-7363c4aed4ef"),
        ("display_name", "Anna M."),
        ("first_name", "Anna"),
        ("last_name", "Muster"),
        ("cn", "Ms. Anna Muster"),
        ("ou", "North"),
        ("department", "Sales"),
        ("locale", "fr-FR"),
        ("sam_account_name", "amuster"),
        ("sid", "S-1-5-21-1-2-3-1104"),
        ("dn", "CN=Anna,DC=x"),
        ("custom.badge", "4711"),
        ("custom.employeeNumber", "42"),
    ] {
        assert_eq!(person.attributes.value(name), Some(value), "{name}");
    }
    let read = provider.get(&format!("/Users/{id}")).await.expect(200);
    assert_eq!(read.json, made.json);
    assert_eq!(
        activity(&world.app).await[0],
        ("scim:Entra".to_owned(), "person.add".to_owned())
    );
    let twice = provider.post("/Users", &full()).await.expect(409);
    assert_eq!(twice.json["scimType"], "uniqueness");
}

#[tokio::test]
async fn users_are_found_by_name_external_id_and_id_and_listed_in_pages() {
    let world = World::new().await;
    let provider = Provider::new(&world.app, "Entra").await;
    let mut ids = Vec::new();
    for name in ["anna", "bert", "carl", "dora", "emil"] {
        let body = json!({ "userName": name, "externalId": format!("Ext-{name}") });
        ids.push(provider.post("/Users", &body).await.expect(201).text_of("id"));
    }
    assert_eq!(provider.found("userName eq \"BERT\"").await, ["bert"]);
    assert_eq!(provider.found("externalId eq \"Ext-carl\"").await, ["carl"]);
    assert!(
        provider.found("externalId eq \"ext-carl\"").await.is_empty(),
        "externalId is caseExact"
    );
    assert_eq!(provider.found(&format!("id eq \"{}\"", ids[3])).await, ["dora"]);
    assert!(provider.found("id eq \"nonsense\"").await.is_empty());
    assert!(provider.found("userName eq \"nobody\"").await.is_empty());
    let both = format!("userName eq \"anna\" and id eq \"{}\"", ids[1]);
    assert!(provider.found(&both).await.is_empty(), "both must hold");
    let mut seen = Vec::new();
    for start in [1, 3, 5] {
        let page = provider
            .get(&format!("/Users?startIndex={start}&count=2"))
            .await
            .expect(200)
            .json;
        assert_eq!(
            (&page["totalResults"], &page["startIndex"]),
            (&json!(5), &json!(start))
        );
        let resources = page["Resources"].as_array().unwrap();
        assert_eq!(page["itemsPerPage"], resources.len());
        seen.extend(resources.iter().map(|one| one["id"].as_str().unwrap().to_owned()));
    }
    assert_eq!(seen.len(), 5);
    assert!(ids.iter().all(|id| seen.contains(id)));
    let none = provider.get("/Users?count=0").await.expect(200).json;
    assert_eq!(
        (&none["totalResults"], &none["itemsPerPage"]),
        (&json!(5), &json!(0))
    );
    let least = provider
        .get("/Users?startIndex=-3&count=-1")
        .await
        .expect(200)
        .json;
    assert_eq!(
        (&least["startIndex"], &least["itemsPerPage"]),
        (&json!(1), &json!(0))
    );
    let beyond = provider.get("/Users?startIndex=99").await.expect(200).json;
    assert_eq!(
        (&beyond["totalResults"], &beyond["Resources"]),
        (&json!(5), &json!([]))
    );
    let few = provider
        .get("/Users?attributes=userName&count=1")
        .await
        .expect(200)
        .json;
    let names: Vec<_> = few["Resources"][0].as_object().unwrap().keys().cloned().collect();
    assert_eq!(names, ["id", "meta", "schemas", "userName"]);
}

#[tokio::test]
async fn a_replaced_user_loses_what_is_left_out_and_keeps_what_was_added_here() {
    let world = World::new().await;
    let provider = Provider::new(&world.app, "Entra").await;
    let id = provider.post("/Users", &full()).await.expect(201).text_of("id");
    let path = format!("/Users/{id}");
    let person = named(&world.app, "anna@example.com").await.unwrap();
    let mut attributes = person.attributes.clone();
    attributes.custom.insert("desk".to_owned(), "7".to_owned());
    let form = |attributes: Attributes, username: &str| PersonForm {
        username: username.to_owned(),
        password: None,
        attributes,
    };
    change_person(
        &world.app,
        &ACTOR,
        &person.id,
        form(attributes.clone(), "anna@example.com"),
    )
    .await
    .unwrap();
    attributes.department = Some("other".to_owned());
    let refused = change_person(&world.app, &ACTOR, &person.id, form(attributes, "annie")).await;
    let keys: Vec<_> = refused
        .unwrap_err()
        .refusals()
        .iter()
        .map(|one| one.key.clone())
        .collect();
    assert_eq!(
        keys, ["error-person-from-scim"; 2],
        "what the source gives is changed there"
    );
    provider
        .patch(
            &path,
            &json!([{ "op": "replace", "path": "active", "value": false }]),
        )
        .await
        .expect(200);
    let body = json!({ "schemas": [CORE], "id": id, "userName": "anna.new@example.com", "title": "Dr" });
    let replaced = provider.put(&path, &body).await.expect(200);
    assert_eq!(
        replaced.json["active"], false,
        "nobody becomes active by being left out"
    );
    assert_eq!(replaced.json["externalId"], Value::Null);
    let person = named(&world.app, "anna.new@example.com").await.unwrap();
    assert_eq!(person.id.as_str(), id);
    let attributes = person.attributes;
    assert_eq!((attributes.department, attributes.sid), (None, None));
    let custom: Vec<_> = attributes
        .custom
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    assert_eq!(custom, ["desk=7", "title=Dr"]);
    let before = activity(&world.app).await.len();
    let again = provider.put(&path, &body).await.expect(200);
    assert_eq!(again.json, replaced.json);
    assert_eq!(
        activity(&world.app).await.len(),
        before,
        "the same again is no change"
    );
    provider.user("bert").await;
    let taken = provider
        .put(&path, &json!({ "userName": "Bert" }))
        .await
        .expect(409);
    assert_eq!(taken.json["scimType"], "uniqueness");
    provider
        .put(&path, &json!({ "displayName": "nameless" }))
        .await
        .expect(400);
}

#[tokio::test]
async fn versions_guard_against_lost_changes() {
    let world = World::new().await;
    let provider = Provider::new(&world.app, "Entra").await;
    let path = format!("/Users/{}", provider.user("anna").await);
    let body = json!({ "userName": "anna", "title": "Dr" });
    let changed = provider
        .with(Method::PUT, &path, Some(&body), &[("if-match", "W/\"1\"")])
        .await
        .expect(200);
    assert_eq!(changed.headers[header::ETAG], "W/\"2\"");
    for tag in ["W/\"1\"", "\"nonsense\""] {
        provider
            .with(Method::PUT, &path, Some(&body), &[("if-match", tag)])
            .await
            .expect(412);
        provider
            .with(Method::DELETE, &path, None, &[("if-match", tag)])
            .await
            .expect(412);
    }
    let known = provider
        .with(Method::GET, &path, None, &[("if-none-match", "W/\"2\"")])
        .await
        .expect(304);
    assert!(known.text.is_empty());
    provider
        .with(Method::GET, &path, None, &[("if-none-match", "W/\"1\"")])
        .await
        .expect(200);
    provider
        .with(Method::DELETE, &path, None, &[("if-match", "*")])
        .await
        .expect(204);
}

#[tokio::test]
async fn who_was_made_by_hand_is_taken_over_only_where_an_administrator_allows_it() {
    let world = World::new().await;
    let strict = Provider::new(&world.app, "Strict").await;
    let person = by_hand(&world, "anna").await;
    assert!(
        strict.found("userName eq \"anna\"").await.is_empty(),
        "not the source's"
    );
    let refused = strict
        .post("/Users", &json!({ "userName": "Anna" }))
        .await
        .expect(409);
    assert_eq!(refused.json["scimType"], "uniqueness");
    assert!(refused.text.contains("made by hand"), "{}", refused.text);
    strict.get(&format!("/Users/{}", person.id)).await.expect(404);
    let bert = strict.user("bert").await;
    strict
        .put(&format!("/Users/{bert}"), &json!({ "userName": "anna" }))
        .await
        .expect(409);
    let adopting = Provider::adopting(&world.app, "Adopting").await;
    let body = json!({ "userName": "Anna", "displayName": "Anna M." });
    let taken = adopting.post("/Users", &body).await.expect(201);
    assert_eq!(taken.text_of("id"), person.id.as_str());
    let after = named(&world.app, "anna").await.unwrap();
    assert_eq!(after.attributes.display_name.as_deref(), Some("Anna M."));
    assert_eq!(after.attributes.department.as_deref(), Some("by hand"));
    assert_eq!(
        activity(&world.app).await[0],
        ("scim:Adopting".to_owned(), "person.adopt".to_owned())
    );
    let origin = directories::person_origin(&world.app, &ACTOR, &person.id)
        .await
        .unwrap()
        .unwrap();
    assert_eq!((origin.giver.kind(), origin.name.as_str()), ("scim", "Adopting"));
    adopting
        .post("/Users", &json!({ "userName": "bert" }))
        .await
        .expect(409);
}

#[tokio::test]
async fn who_is_deleted_is_gone_for_the_source_and_comes_back_as_the_same() {
    let world = World::new().await;
    let provider = Provider::new(&world.app, "Entra").await;
    let made = provider.post("/Users", &full()).await.expect(201);
    let path = format!("/Users/{}", made.text_of("id"));
    provider.delete(&path).await.expect(204);
    provider.get(&path).await.expect(404);
    provider.delete(&path).await.expect(404);
    provider
        .patch(
            &path,
            &json!([{ "op": "replace", "path": "active", "value": true }]),
        )
        .await
        .expect(404);
    assert!(
        provider
            .found("userName eq \"anna@example.com\"")
            .await
            .is_empty()
    );
    assert_eq!(provider.get("/Users").await.json["totalResults"], 0);
    assert_eq!(
        activity(&world.app).await[0],
        ("scim:Entra".to_owned(), "person.gone".to_owned())
    );
    let person = named(&world.app, "anna@example.com")
        .await
        .expect("the person stays");
    device(&world.app, "PC-1", "M", Some(&person.id)).await;
    let mut other = full();
    other["externalId"] = json!("somebody else");
    let refused = provider.post("/Users", &other).await.expect(409);
    assert!(refused.text.contains("removes those first"), "{}", refused.text);
    let back = provider.post("/Users", &full()).await.expect(201);
    assert_eq!(back.text_of("id"), person.id.as_str());
    assert_eq!(back.json["active"], true);
    assert_eq!(
        activity(&world.app).await[0],
        ("scim:Entra".to_owned(), "person.return".to_owned())
    );
}
