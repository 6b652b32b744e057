//! Many devices and one slot: they are served in their order, and those far behind stay away meanwhile.

use serde_json::Value;

use super::{alone, parts::Parts};

const DEVICES: usize = 24;

/// What a device's timeline says of waiting: the causes, in the order in which they were told.
fn causes(timeline: &[Value]) -> Vec<String> {
    let told = timeline
        .iter()
        .filter(|event| event["what"] == "waiting_for_challenge");
    told.map(|event| event["cause"].to_string()).collect()
}

#[tokio::test]
async fn a_crowd_waits_in_its_order_and_is_told_once() {
    let _turn = alone().await;
    let mut parts = Box::pin(Parts::start(DEVICES, 1, 1)).await;
    parts.start_devices(DEVICES);
    parts.await_state("verified", DEVICES).await;
    for delivery in parts.deliveries().await {
        assert_eq!(delivery["attempt"], 1, "waiting is no attempt: {delivery}");
    }
    let mut queued = 0;
    for device in parts.administrator.read_all("/devices").await.expect("devices") {
        let path = format!("/devices/{}/timeline", device["id"].as_str().expect("an id"));
        let timeline = parts.administrator.read_all(&path).await.expect("a timeline");
        let told = causes(&timeline);
        assert!(told.len() <= 1, "it is told once why it waits: {told:?}");
        queued += usize::from(told.iter().any(|cause| cause.contains("queued_behind")));
    }
    assert!(
        queued > DEVICES / 2,
        "most of them had somebody before them: {queued}"
    );
    let ledger = parts.administrator.read("/challenges").await.expect("the ledger");
    assert_eq!(
        (&ledger["used"], &ledger["most_out"]),
        (&DEVICES.into(), &1.into()),
        "{ledger}"
    );
}
