//! NDES is restarted while challenges are out: it forgot them, and everybody gets another.

use std::time::{Duration, Instant};

use super::{
    alone,
    parts::{PASSWORD, Parts},
};

const DEVICES: usize = 15;
const SLOTS: usize = 5;

#[tokio::test]
async fn a_restart_that_forgets_is_recognised_and_everybody_gets_another() {
    let _turn = alone().await;
    let mut parts = Box::pin(Parts::start(DEVICES, SLOTS, SLOTS)).await;
    // Each challenge is out until its request arrives.
    parts.relay.keep_requests(true);
    parts.start_devices(DEVICES);
    let deadline = Instant::now() + Duration::from_mins(1);
    loop {
        let ledger = parts.administrator.read("/challenges").await.expect("the ledger");
        if ledger["out"] == SLOTS {
            break;
        }
        assert!(Instant::now() < deadline, "never were all out: {ledger}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    parts.change_password(SLOTS, PASSWORD).await;
    parts.relay.keep_requests(false);
    parts.await_state("verified", DEVICES).await;
    let mut forgotten = 0;
    for device in parts.administrator.read_all("/devices").await.expect("devices") {
        let path = format!("/devices/{}/timeline", device["id"].as_str().expect("an id"));
        let timeline = parts.administrator.read_all(&path).await.expect("a timeline");
        forgotten += usize::from(
            timeline
                .iter()
                .any(|event| event.to_string().contains("challenge_forgotten")),
        );
    }
    assert!(forgotten > 0, "nobody was told that NDES forgot its challenge");
    let ledger = parts.administrator.read("/challenges").await.expect("the ledger");
    let warnings = parts.administrator.read("/warnings").await.expect("warnings");
    assert!(warnings.to_string().contains("restart_seen"), "{warnings}");
    let of = |name: &str| ledger[name].as_i64().expect("a number");
    assert_eq!(
        of("taken"),
        of("used") + of("expired") + of("lost") + of("out"),
        "{ledger}"
    );
}
