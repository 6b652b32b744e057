//! The removal of an authority over the API: told before, confirmed by name, refused while something is in the way.

use axum::http::Method;
use domain::{actor::Actor, operator::Role};
use serde_json::json;

use super::add;
use crate::{laboratory::Laboratory, world::World};

#[tokio::test]
async fn what_a_removal_would_do_is_told_and_nothing_is_changed() {
    let (world, laboratory) = (World::new().await, Laboratory::start(false, 5).await);
    let token = world.token(Role::PkiOperator).await;
    let id = add(&world, &token, &laboratory).await.text_of("id");
    let path = format!("/authorities/{id}");
    let bare = world.get(&token, &format!("{path}/removal")).await.expect(200);
    assert_eq!(bare.json["name"], "Laboratory");
    assert_eq!(bare.json["is_possible"], true);
    assert_eq!(bare.json["what"][0]["key"], "removal-password");
    assert_eq!(bare.json["what"][0]["detail"], "The stored password is erased.");

    let order = json!({ "authority": id, "subject": "CN=printer" });
    for _ in 0..2 {
        world.post(&token, "/orders", &order).await.expect(201);
    }
    let configuration = json!({ "name": "Wi-Fi", "authority_id": id, "subject": "CN=${userEmailAddress}" });
    world
        .post(&token, "/configurations", &configuration)
        .await
        .expect(201);
    let told = world.get(&token, &format!("{path}/removal")).await.expect(200);
    assert_eq!(told.json["is_possible"], false);
    let used = &told.json["configurations"][0];
    assert_eq!(used["name"], "Wi-Fi");
    assert_eq!(
        (&used["devices"], &used["waiting"], &used["verified"]),
        (&json!(0), &json!(0), &json!(0))
    );
    assert_eq!(told.json["held_slots"], 2);
    assert_eq!(told.json["open_orders"], 2);
    assert_eq!(told.json["open_requests"], 0);
    let keys: Vec<_> = told.json["what"]
        .as_array()
        .unwrap()
        .iter()
        .map(|what| {
            (
                what["key"].as_str().unwrap(),
                what["is_in_the_way"].as_bool().unwrap(),
            )
        })
        .collect();
    assert_eq!(
        keys,
        [
            ("removal-configurations", true),
            ("removal-slots", false),
            ("removal-orders", false),
            ("removal-password", false),
            ("removal-history", false),
        ]
    );
    world.get(&token, &path).await.expect(200);
    let auditor = world.token(Role::Auditor).await;
    world.get(&auditor, &format!("{path}/removal")).await.expect(200);
    world
        .call(
            &auditor,
            Method::DELETE,
            &format!("{path}?confirm=Laboratory"),
            None,
        )
        .await
        .expect(403);
    world
        .get(&token, "/authorities/00000000000000000000000000000000/removal")
        .await
        .expect(404);
}

#[tokio::test]
async fn it_is_confirmed_with_the_exact_name() {
    let (world, laboratory) = (World::new().await, Laboratory::start(false, 5).await);
    let token = world.token(Role::PkiOperator).await;
    let id = add(&world, &token, &laboratory).await.text_of("id");
    let path = format!("/authorities/{id}");
    for query in ["", "?confirm=", "?confirm=laboratory"] {
        let refused = world
            .call(&token, Method::DELETE, &format!("{path}{query}"), None)
            .await
            .expect(422);
        assert_eq!(refused.field(), "confirm");
    }
    world.get(&token, &path).await.expect(200);
    world
        .call(
            &token,
            Method::DELETE,
            &format!("{path}?confirm=Laboratory"),
            None,
        )
        .await
        .expect(204);
    world.get(&token, &path).await.expect(404);
    let activity = world.get(&token, "/activity").await.expect(200);
    assert!(activity.text.contains("authority.remove"));
}

#[tokio::test]
async fn the_configurations_in_the_way_are_named() {
    let (world, laboratory) = (World::new().await, Laboratory::start(false, 5).await);
    let token = world.token(Role::PkiOperator).await;
    let id = add(&world, &token, &laboratory).await.text_of("id");
    let path = format!("/authorities/{id}?confirm=Laboratory");
    let mut made = Vec::new();
    for name in ["Wi-Fi", "VPN"] {
        let configuration = json!({ "name": name, "authority_id": id, "subject": "CN=${userEmailAddress}" });
        let used = world.post(&token, "/configurations", &configuration).await;
        made.push(used.expect(201).text_of("id"));
    }
    let refused = world.call(&token, Method::DELETE, &path, None).await.expect(409);
    assert!(
        refused.text_of("detail").ends_with(": VPN, Wi-Fi"),
        "{}",
        refused.text
    );
    for configuration in made {
        world
            .call(
                &token,
                Method::DELETE,
                &format!("/configurations/{configuration}"),
                None,
            )
            .await
            .expect(204);
    }
    world.call(&token, Method::DELETE, &path, None).await.expect(204);
}

#[tokio::test]
async fn a_built_in_one_tells_of_its_key_and_of_the_certificates_that_count() {
    let world = World::new().await;
    let token = world.token(Role::PkiOperator).await;
    let form = json!({ "name": "Own", "kind": "built_in" });
    let id = world
        .post(&token, "/authorities", &form)
        .await
        .expect(201)
        .text_of("id");
    let told = world
        .get(&token, &format!("/authorities/{id}/removal"))
        .await
        .expect(200);
    assert_eq!(told.json["is_possible"], true);
    assert_eq!(told.json["what"][0]["key"], "removal-key");
    let removal = sceau::actions::authorities::removal(
        &world.app,
        &Actor::CommandLine,
        &domain::Id::parse(&id).unwrap(),
    )
    .await
    .unwrap();
    assert_eq!(removal.valid_certificates, 0);
}
