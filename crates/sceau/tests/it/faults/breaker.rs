//! NDES is down: one asks it, ever more seldom, and all go on by themselves when it is back.

use std::time::Duration;

use super::{
    alone,
    parts::{PASSWORD, Parts},
};

const DEVICES: usize = 12;

#[tokio::test]
async fn an_authority_that_is_down_gets_single_probes_and_no_herd() {
    let _turn = alone().await;
    let mut parts = Box::pin(Parts::start(DEVICES, 5, 5)).await;
    parts.stop_ndes();
    let before = parts.relay.connections();
    parts.start_devices(DEVICES);
    parts.await_state("waiting_for_challenge", DEVICES).await;
    // They poll each fifth of a second; the first wait is one second here, then two, four and eight.
    tokio::time::sleep(Duration::from_secs(8)).await;
    let asked = parts.relay.connections() - before;
    assert!((2..=6).contains(&asked), "asked {asked} times");
    parts.change_password(5, PASSWORD).await;
    parts.await_state("verified", DEVICES).await;
    for delivery in parts.deliveries().await {
        assert_eq!(delivery["attempt"], 1, "an outage is no attempt: {delivery}");
    }
}
