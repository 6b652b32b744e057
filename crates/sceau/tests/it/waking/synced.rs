//! *Sync now*: what it does, and that it says no more than was seen.

use axum::http::Method;
use domain::{actor::Actor, event::What, operator::Role};
use sceau::{
    actions::waking::{Way, sync_device},
    jobs,
};
use serde_json::json;

use super::{Scene, double::SID};
use crate::{
    site::{Site, proved::Proved},
    world::World,
};

#[tokio::test]
async fn a_push_that_wns_took_is_told_as_that_and_the_session_looks_again() {
    let mut scene = Scene::ready().await;
    scene.site.pass(100);
    scene.computer.talk(&scene.site).await;
    scene.site.pass(100);
    let running = jobs::start(&scene.site.app).await.unwrap();
    let synced = sync_device(&scene.site.app, &Actor::CommandLine, &scene.id)
        .await
        .unwrap();
    running.stop().await;
    assert!(matches!(synced.way, Way::Pushed(_)), "{synced:?}");
    assert_eq!(scene.wns.pushes(), 1);
    assert!(
        scene
            .told()
            .await
            .iter()
            .any(|what| matches!(what, What::SyncAsked { .. }))
    );
    let (get, ..) = scene.first_message().await;
    assert_eq!(get.len(), 2, "its channel, too");
    let device = scene.site.device(&scene.computer.device_id).await;
    let waking = scene.waking().await;
    assert!(
        device.inventory.heard_at > waking.sync_at,
        "it told all of itself"
    );
    assert!(waking.last.unwrap().came_at.is_some());
    let (get, ..) = scene.first_message().await;
    assert!(get.is_empty(), "once");
}

#[tokio::test]
async fn without_a_push_it_says_when_the_device_comes() {
    let mut scene = Scene::blank().await;
    scene.computer.talk(&scene.site).await;
    let sync = async || {
        sync_device(&scene.site.app, &Actor::CommandLine, &scene.id)
            .await
            .unwrap()
    };
    let synced = sync().await;
    assert_eq!(synced.way, Way::Off);
    assert!(!synced.expected.is_overdue && synced.expected.minutes == 1440);
    scene.switch_on().await;
    assert_eq!(sync().await.way, Way::NoChannel);
    scene.site.pass(2 * super::DAY);
    assert!(sync().await.expected.is_overdue);
    assert!(scene.wns.with(|book| book.called.is_empty()));
}

#[tokio::test]
async fn the_api_calls_a_device_and_shows_no_secret() {
    let world = World::new().await;
    let mut proved = Proved::on(Site::around(world.app.clone())).await;
    let (help, owner) = (world.token(Role::HelpDesk).await, world.token(Role::Owner).await);
    let auditor = world.token(Role::Auditor).await;
    let path = format!("/devices/{}/sync", proved.device);
    world.call(&auditor, Method::POST, &path, None).await.expect(403);
    let told = world.call(&help, Method::POST, &path, None).await.expect(202);
    assert_eq!(told.json["way"], "off");
    assert!(told.json["expected_at"].is_string());
    assert!(
        told.json["words"][0]
            .as_str()
            .unwrap()
            .contains("by its schedule")
    );
    let nodes = proved.session().await;
    assert!(!nodes.is_empty(), "what it proved is looked at again");
    let stranger = "/devices/00000000000000000000000000000000/sync";
    world.call(&help, Method::POST, stranger, None).await.expect(404);
    let wrong = json!({"is_enabled": true, "pfn": "x", "client_id": SID, "client_secret": "hush"});
    let refused = world
        .call(&owner, Method::PUT, "/push", Some(&wrong))
        .await
        .expect(422);
    assert_eq!(refused.field(), "pfn");
    let right = json!({"is_enabled": true, "pfn": super::PFN, "client_id": SID, "client_secret": "hush"});
    world
        .call(&help, Method::PUT, "/push", Some(&right))
        .await
        .expect(403);
    world
        .call(&owner, Method::PUT, "/push", Some(&right))
        .await
        .expect(200);
    let shown = world.get(&auditor, "/push").await.expect(200);
    assert_eq!(shown.json["has_client_secret"], true);
    let activity = world.get(&auditor, "/activity").await.expect(200);
    for text in [&shown.text, &activity.text, &refused.text] {
        assert!(!text.contains("hush"), "{text}");
    }
    assert!(activity.text.contains("device.sync") && activity.text.contains("push.change"));
}
