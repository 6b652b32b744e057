//! Many devices and one slot: they are served in their order, and those far behind stay away meanwhile.

use std::time::{Duration, Instant};

use http::Method;
use serde_json::{Value, json};

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
    // A challenge lives long enough for all of them to arrive while the first one has it.
    let mut parts = Box::pin(Parts::start_at(DEVICES, 1, 1, "proxy", 1.0)).await;
    parts.relay.keep_requests(true);
    parts.start_devices(DEVICES);
    parts.await_state("waiting_for_challenge", DEVICES - 1).await;
    parts.relay.keep_requests(false);
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

const BESIDE_ORDERS: usize = 8;

/// What a program is told that orders and gets nothing.
fn problem(refused: &anyhow::Error) -> Value {
    let text = refused.to_string();
    assert!(text.contains(" 503 "), "{text}");
    let body = text.find('{').and_then(|at| text.get(at..)).expect("a body");
    serde_json::from_str(body).expect("a problem")
}

#[tokio::test]
async fn a_flood_of_orders_and_a_crowd_of_devices_share_the_one_slot() {
    let _turn = alone().await;
    let mut parts = Box::pin(Parts::start(BESIDE_ORDERS, 1, 1)).await;
    let authorities = parts
        .administrator
        .read_all("/authorities")
        .await
        .expect("authorities");
    let authority = authorities[0]["id"].as_str().expect("an id").to_owned();
    let ledger = format!("/authorities/{authority}/challenges");
    let progress = format!("/configurations/{}/progress", parts.configuration);
    parts.start_devices(BESIDE_ORDERS);
    let deadline = Instant::now() + Duration::from_mins(4);
    let (mut placed, mut beside, mut told) = (0, 0, 0);
    // Nobody ever comes with the challenges of the orders: each holds the slot for all its life.
    loop {
        let waiting = parts.administrator.read(&ledger).await.expect("the ledger")["waiting"] != 0;
        let order = json!({ "authority": authority, "subject": format!("CN=printer-{placed}") });
        match parts
            .administrator
            .call(Method::POST, "/orders", Some(&order))
            .await
        {
            Ok(_) => {
                placed += 1;
                beside += usize::from(waiting);
            }
            Err(refused) => {
                let problem = problem(&refused);
                assert!(problem["place"].as_u64() >= Some(1), "{problem}");
                assert!(problem["retry_after"].as_u64() >= Some(1), "{problem}");
                told += 1;
            }
        }
        if parts.administrator.read(&progress).await.expect("the progress")["states"]["verified"]
            == BESIDE_ORDERS
        {
            break;
        }
        assert!(
            Instant::now() < deadline,
            "the devices starve: {placed} orders were placed"
        );
    }
    assert!(beside > 0, "no order got a challenge while devices waited");
    assert!(told > 0, "no order ever had to wait");
    for delivery in parts.deliveries().await {
        assert_eq!(delivery["attempt"], 1, "waiting is no attempt: {delivery}");
    }
    let ledger = parts.administrator.read("/challenges").await.expect("the ledger");
    assert_eq!(ledger["most_out"], 1, "{ledger}");
}
