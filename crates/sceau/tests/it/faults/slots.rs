//! NDES holds fewer challenges than the server was told: a full cache is a reason to wait, nothing more.

use super::{beside_another, parts::Parts};

const DEVICES: usize = 8;

#[tokio::test]
async fn a_full_cache_makes_devices_wait_and_fails_none() {
    let _turn = beside_another().await;
    let mut parts = Box::pin(Parts::start(DEVICES, 1, 5)).await;
    parts.start_devices(DEVICES);
    parts.await_state("verified", DEVICES).await;
    for delivery in parts.deliveries().await {
        assert_eq!(delivery["attempt"], 1, "a full cache is no attempt: {delivery}");
    }
    let ledger = parts.administrator.read("/challenges").await.expect("the ledger");
    assert_eq!(ledger["used"], DEVICES, "{ledger}");
    assert!(
        ledger["refused"].as_u64().is_some_and(|refused| refused > 0),
        "the cache was never full, so nothing was shown: {ledger}"
    );
    let mut was_told = false;
    for device in parts.administrator.read_all("/devices").await.expect("devices") {
        let path = format!("/devices/{}/timeline", device["id"].as_str().expect("an id"));
        let timeline = parts.administrator.read_all(&path).await.expect("a timeline");
        was_told |= timeline
            .iter()
            .any(|event| event.to_string().contains("cache_full"));
    }
    assert!(was_told, "a timeline says that the cache was full");
}
