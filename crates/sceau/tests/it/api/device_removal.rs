//! Sending devices away over the API.

use axum::http::Method;
use domain::{device::Device, operator::Role};
use serde_json::{Value, json};

use crate::{
    site::{Site, computer::Computer},
    world::World,
};

/// A server, and the device of one person that enrolled.
async fn enrolled() -> (World, Site, Computer, Device) {
    let world = World::new().await;
    let site = Site::around(world.app.clone());
    site.person("ada", Some("secret")).await;
    let mut computer = Computer::new(1);
    computer.enrol(&site, ("ada", "secret")).await;
    let device = site.device(&computer.device_id).await;
    (world, site, computer, device)
}

fn asked(certificates: &str) -> Option<Value> {
    Some(json!({ "certificates": certificates }))
}

#[tokio::test]
async fn a_device_is_sent_away_and_that_is_taken_back() {
    let (world, site, computer, device) = enrolled().await;
    let token = world.token(Role::Administrator).await;
    let one = format!("/devices/{}", device.id);
    let path = format!("{one}/removal");
    let before = world.get(&token, &path).await.expect(200);
    assert_eq!(
        before.json,
        json!({ "nodes": 0, "trust": [], "former_trust": 0, "unsent": 0, "removal": null })
    );
    let told = world
        .call(&token, Method::PUT, &path, asked("keep").as_ref())
        .await
        .expect(202);
    assert_eq!(told.json["certificates"], "keep");
    assert_eq!(told.json["told_at"], Value::Null);
    assert!(told.text_of("by").starts_with("administrator-"), "{}", told.text);
    let shown = world.get(&token, &one).await.expect(200);
    assert_eq!(shown.json["removal"], told.json);
    assert_eq!(shown.json["left_how"], Value::Null);
    let listed = world.get(&token, "/devices").await.expect(200);
    assert_eq!(listed.json["items"][0]["removal"], told.json);

    world.call(&token, Method::DELETE, &path, None).await.expect(204);
    let again = world.call(&token, Method::DELETE, &path, None).await.expect(409);
    assert!(again.text.contains("nobody asked"), "{}", again.text);
    let activity = world.get(&token, "/activity").await.expect(200).text;
    assert!(activity.contains("device.remove") && activity.contains("device.cancel_removal"));

    world
        .call(&token, Method::PUT, &path, asked("delete").as_ref())
        .await
        .expect(202);
    let reply = site
        .management(Some(&computer.identity), computer.greeting("1"))
        .await;
    assert!(reply.expect(200).text().contains("/Unenroll"));
    let shown = world.get(&token, &path).await.expect(200);
    assert!(shown.json["removal"]["told_at"].is_string(), "{}", shown.text);
    world.call(&token, Method::DELETE, &path, None).await.expect(409);
    site.management(Some(&computer.identity), computer.farewell("2"))
        .await
        .expect(200);
    let shown = world.get(&token, &one).await.expect(200);
    assert_eq!(shown.json["left_how"], "sent_away");
    assert!(shown.json["unenrolled_at"].is_string());
    let timeline = world
        .get(&token, &format!("{one}/timeline"))
        .await
        .expect(200)
        .text;
    for what in [
        "removal_asked",
        "removal_cancelled",
        "told_to_leave",
        "unenrolled",
    ] {
        assert!(
            timeline.contains(&format!("\"what\":\"{what}\"")),
            "{what}: {timeline}"
        );
    }
}

#[tokio::test]
async fn who_may_not_is_refused_and_what_is_not_understood_too() {
    let (world, site, computer, device) = enrolled().await;
    let path = format!("/devices/{}/removal", device.id);
    for role in [Role::HelpDesk, Role::PkiOperator, Role::Auditor] {
        let token = world.token(role).await;
        world.get(&token, &path).await.expect(200);
        world
            .call(&token, Method::PUT, &path, asked("delete").as_ref())
            .await
            .expect(403);
        world.call(&token, Method::DELETE, &path, None).await.expect(403);
    }
    assert!(site.device(&computer.device_id).await.is_staying());
    let token = world.token(Role::Owner).await;
    for body in [
        json!({}),
        json!({ "certificates": "sell" }),
        json!({ "certificates": "keep", "at": 1 }),
    ] {
        world
            .call(&token, Method::PUT, &path, Some(&body))
            .await
            .expect(422);
    }
    let stranger = "/devices/00000000000000000000000000000000/removal";
    world
        .call(&token, Method::PUT, stranger, asked("keep").as_ref())
        .await
        .expect(404);
    world.get(&token, stranger).await.expect(404);
}
