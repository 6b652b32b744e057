//! Groups over the API.

use axum::http::Method;
use domain::operator::Role;
use serde_json::{Value, json};

use crate::{groups::Fleet, world::World};

fn sales() -> Value {
    json!({
        "name": " Sales ",
        "of": "people",
        "rule": [{ "fact": "person.department", "is": "equals", "value": "Sales" },
                 { "fact": "person.custom.site", "is": "starts_with", "value": "B" }],
    })
}

#[tokio::test]
async fn a_group_by_rule_is_added_changed_found_and_removed() {
    let world = World::new().await;
    let token = world.token(Role::PkiOperator).await;
    let added = world.post(&token, "/groups", &sales()).await.expect(201);
    assert_eq!(added.json["name"], "Sales");
    assert_eq!(added.json["rule"], sales()["rule"]);
    let path = format!("/groups/{}", added.text_of("id"));
    let twice = world.post(&token, "/groups", &sales()).await.expect(409);
    assert_eq!(twice.field(), "name");
    let mut other = sales();
    other["name"] = json!("Buying");
    other["rule"][0]["value"] = json!("Buying");
    other["rule"].as_array_mut().unwrap().pop();
    world
        .call(&token, Method::PUT, &path, Some(&other))
        .await
        .expect(200);
    let read = world.get(&token, &path).await.expect(200);
    assert_eq!(
        (read.text_of("name"), read.json["rule"].as_array().unwrap().len()),
        ("Buying".to_owned(), 1)
    );
    let listed = world.get(&token, "/groups").await.expect(200);
    assert_eq!(listed.json["items"][0]["of"], "people");
    assert!(listed.json["items"][0].get("member_count").is_none());
    world.call(&token, Method::DELETE, &path, None).await.expect(204);
    world.get(&token, &path).await.expect(404);
    let activity = world.get(&token, "/activity").await.expect(200);
    for deed in ["group.add", "group.change", "group.remove"] {
        assert!(activity.text.contains(deed), "{deed}");
    }
}

#[tokio::test]
async fn what_is_wrong_with_a_group_is_said_at_its_field() {
    let world = World::new().await;
    let token = world.token(Role::PkiOperator).await;
    let devices = json!({ "name": "Books", "of": "devices",
        "rule": [{ "fact": "device.model", "is": "equals", "value": "Book" }] });
    let id = world
        .post(&token, "/groups", &devices)
        .await
        .expect(201)
        .text_of("id");
    let with = |field: &str, value: Value| {
        let mut form = devices.clone();
        form["name"] = json!("Other");
        form[field] = value;
        form
    };
    let stranger = "0193a000000070008000000000000001";
    for (form, field) in [
        (with("of", json!("people")), "rule"),
        (with("of", json!("everything")), "of"),
        (with("rule", json!([])), "rule"),
        (with("members", json!([stranger])), "members"),
        (with("name", json!(" ")), "name"),
        (
            json!({ "name": "x", "of": "devices", "members": [stranger] }),
            "members",
        ),
        (
            json!({ "name": "x", "of": "devices", "members": ["nobody"] }),
            "members",
        ),
    ] {
        let refused = world.post(&token, "/groups", &form).await.expect(422);
        assert_eq!(refused.field(), field, "{form}");
    }
    let refused = world
        .post(
            &token,
            "/groups",
            &with(
                "rule",
                json!([{ "fact": "device.colour", "is": "equals", "value": "x" }]),
            ),
        )
        .await
        .expect(422);
    assert!(refused.field().starts_with("rule"), "{}", refused.text);
    let people = json!({ "name": "Books", "of": "people" });
    let path = format!("/groups/{id}");
    let refused = world
        .call(&token, Method::PUT, &path, Some(&people))
        .await
        .expect(422);
    assert_eq!(refused.field(), "of");
    let none = json!({ "add": [], "remove": [] });
    let refused = world
        .post(&token, &format!("{path}/members"), &none)
        .await
        .expect(422);
    assert_eq!(refused.field(), "members", "a rule says who belongs to it");

    let help_desk = world.token(Role::HelpDesk).await;
    world.get(&help_desk, "/groups").await.expect(200);
    for (method, path, body) in [
        (Method::POST, "/groups".to_owned(), Some(&devices)),
        (Method::PUT, path.clone(), Some(&devices)),
        (Method::POST, format!("{path}/members"), Some(&none)),
        (Method::DELETE, path.clone(), None),
    ] {
        assert_eq!(
            world.call(&help_desk, method.clone(), &path, body).await.status,
            403,
            "{method} {path}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn members_devices_and_what_would_follow_are_told() {
    let fleet = Fleet::new().await;
    let world = &fleet.world;
    let token = world.token(Role::PkiOperator).await;
    let anna = fleet.person("anna", "Sales").await;
    let mut devices = Vec::new();
    for name in ["PC-1", "PC-2", "PC-3"] {
        devices.push((fleet.device(name, "Book", Some(&anna)).await.to_string(), name));
    }
    // Listed by their ids: those of one millisecond are in no order.
    devices.sort();
    let (ids, names): (Vec<String>, Vec<&str>) = devices.into_iter().unzip();
    let form = json!({ "name": "Books", "of": "devices", "members": ids });
    let id = world
        .post(&token, "/groups", &form)
        .await
        .expect(201)
        .text_of("id");
    let page = world
        .get(&token, &format!("/groups/{id}/devices?limit=2"))
        .await
        .expect(200);
    assert_eq!(page.json["count"], 3);
    assert_eq!(page.json["items"][1]["name"], names[1]);
    assert_eq!(page.json["items"][1]["username"], "anna");
    let next = page.text_of("next");
    let page = world
        .get(&token, &format!("/groups/{id}/devices?limit=2&after={next}"))
        .await
        .expect(200);
    assert_eq!(
        (
            page.json["count"].as_i64(),
            page.json["items"].as_array().unwrap().len()
        ),
        (Some(3), 1)
    );

    let assigned = json!({ "is_enabled": true, "scope": { "to": "custom", "devices": [], "people": [],
        "excluded_devices": [], "excluded_people": [], "groups": [id], "excluded_groups": [] } });
    let path = format!("/configurations/{}/assignment", fleet.configuration);
    let put = world
        .call(&token, Method::PUT, &path, Some(&assigned))
        .await
        .expect(200);
    assert_eq!(put.json["scope"]["groups"], json!([id]));
    let fewer = json!({ "name": "Books", "of": "devices", "members": [ids[0]] });
    let preview = world
        .post(&token, &format!("/groups/{id}/preview"), &fewer)
        .await
        .expect(200);
    assert_eq!(
        (preview.json["count"].as_i64(), &preview.json["effects"]),
        (
            Some(1),
            &json!([{ "configuration": "Wi-Fi", "gained": 0, "lost": 2 }])
        )
    );
    let rule = json!({ "name": "New", "of": "people",
        "rule": [{ "fact": "person.department", "is": "equals", "value": "sales" }] });
    let preview = world.post(&token, "/groups/preview", &rule).await.expect(200);
    assert_eq!(
        (preview.json["count"].as_i64(), &preview.json["effects"]),
        (Some(3), &json!([]))
    );

    let exchange = json!({ "remove": [ids[0], ids[1]] });
    let changed = world
        .post(&token, &format!("/groups/{id}/members"), &exchange)
        .await
        .expect(200);
    assert_eq!(changed.json["member_count"], 1);
    let story = world.get(&token, &format!("/groups/{id}")).await.expect(200);
    assert_eq!(story.json["members"], json!([{ "id": ids[2], "name": names[2] }]));
    assert_eq!(story.json["named_by"][0]["name"], "Wi-Fi");
    let refused = world
        .call(&token, Method::DELETE, &format!("/groups/{id}"), None)
        .await;
    assert_eq!(refused.status, 409, "{}", refused.text);
}
