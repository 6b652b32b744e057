//! Asking a device again over the API.

use axum::http::Method;
use domain::operator::Role;
use serde_json::Value;

use crate::{
    site::{Site, proved::Proved},
    world::World,
};

#[tokio::test]
async fn a_device_is_asked_again_for_what_it_proved() {
    let world = World::new().await;
    let mut proved = Proved::on(Site::around(world.app.clone())).await;
    let (help, auditor) = (
        world.token(Role::HelpDesk).await,
        world.token(Role::Auditor).await,
    );
    let one = format!("/devices/{}", proved.device);
    let path = format!("{one}/check");
    world.call(&auditor, Method::POST, &path, None).await.expect(403);
    let shown = world.get(&auditor, &one).await.expect(200);
    assert_eq!(shown.json["deliveries"][0]["checked_at"], Value::Null);
    let told = world.call(&help, Method::POST, &path, None).await.expect(202);
    assert_eq!(told.json["certificates"], 1);
    assert!(!proved.session().await.is_empty());
    let shown = world.get(&auditor, &one).await.expect(200);
    assert!(
        shown.json["deliveries"][0]["checked_at"].is_string(),
        "{}",
        shown.text
    );
    let activity = world.get(&auditor, "/activity").await.expect(200).text;
    assert!(activity.contains("device.check"));
    // Nothing is proved any more.
    assert!(proved.computer.tree.remove(&proved.node_path()));
    world.call(&help, Method::POST, &path, None).await.expect(202);
    proved.session().await;
    let refused = world.call(&help, Method::POST, &path, None).await.expect(409);
    assert!(
        refused.text.contains("has proved no certificate"),
        "{}",
        refused.text
    );
    let stranger = "/devices/00000000000000000000000000000000/check";
    world.call(&help, Method::POST, stranger, None).await.expect(404);
}
