//! The password was changed at the domain: one refusal, and nobody knocks again before a person acts.

use std::time::Duration;

use super::{
    beside_another,
    parts::{PASSWORD, Parts},
};

const DEVICES: usize = 5;

#[tokio::test]
async fn a_refused_sign_in_is_the_last_one_until_a_person_acts() {
    let _turn = beside_another().await;
    let mut parts = Box::pin(Parts::start(DEVICES + 1, 5, 5)).await;
    // The password was good until now.
    parts.start_devices(1);
    parts.await_state("verified", 1).await;
    parts.change_password(5, "another one").await;
    let before = parts.relay.sign_ins();
    parts.start_devices(DEVICES + 1);
    parts.await_state("waiting_for_challenge", DEVICES).await;
    // Devices that come back meanwhile must not try again: they poll each fifth of a second.
    tokio::time::sleep(Duration::from_secs(4)).await;
    assert_eq!(
        parts.relay.sign_ins() - before,
        1,
        "a refused sign-in is not repeated"
    );
    let waiting = parts.deliveries().await;
    for delivery in waiting.iter().filter(|delivery| delivery["state"] != "verified") {
        assert_eq!(delivery["state"], "waiting_for_challenge", "{delivery}");
        assert_eq!(
            delivery["attempt"], 1,
            "it counts as none of the device's attempts: {delivery}"
        );
        assert!(
            delivery["cause"].to_string().contains("sign_in_refused"),
            "the person reads why: {delivery}"
        );
    }

    // The person acts: the domain knows the password again, and it is entered anew.
    parts.change_password(5, PASSWORD).await;
    parts.enter_password().await;
    parts.await_state("verified", DEVICES + 1).await;
}
