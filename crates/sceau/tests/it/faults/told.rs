//! Each way in which NDES can be wrong is told as what it is, at the delivery that it strikes.

use std::time::{Duration, Instant};

use serde_json::Value;

use super::{beside_another, parts::Parts};

/// The one delivery through the proxy once it stands in this state, for this cause.
async fn stands(faults: &str, state: &str, cause: &str) -> Value {
    stands_on("proxy", faults, state, cause).await
}

async fn stands_on(route: &str, faults: &str, state: &str, cause: &str) -> Value {
    let mut parts = Box::pin(Parts::start_on(1, 5, 5, route)).await;
    parts.break_ndes(5, faults).await;
    let looked = parts.look().await;
    assert!(
        looked.is_ok() || faults.contains("http-500"),
        "{faults}: {looked:?}"
    );
    parts.start_devices(1);
    let deadline = Instant::now() + Duration::from_mins(2);
    loop {
        let deliveries = parts.deliveries().await;
        if let [delivery] = deliveries.as_slice()
            && delivery["state"] == state
            && (cause.is_empty() || delivery["cause"]["cause"] == cause)
        {
            return delivery.clone();
        }
        assert!(
            Instant::now() < deadline,
            "{faults}: not {state}, {cause}: {deliveries:?}"
        );
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

#[tokio::test]
async fn pages_in_other_words_and_what_windows_does_not_look_at_keep_nobody_from_a_certificate() {
    let _turn = beside_another().await;
    for faults in [
        "language=fr,encoding=utf8",
        "language=ja",
        "wrong-thumbprint",
        "single-password",
        "pending-approved=1",
        "no-crl",
        "front-end-redirect",
        "page-without-slash",
    ] {
        Box::pin(stands(faults, "verified", "")).await;
    }
}

#[tokio::test]
async fn what_keeps_ndes_from_giving_a_challenge_is_why_the_delivery_waits() {
    let _turn = beside_another().await;
    for (faults, cause) in [
        ("language=fr,cache-full=100000", "cache_full"),
        ("language=ja,no-permission", "no_permission"),
        ("sign-in-refused=0", "sign_in_refused"),
        ("no-password", "challenge_not_asked"),
        ("http-500=1", "authority_unreachable"),
        ("policy-module", "policy_module"),
        ("kerberos-only", "authority_unreachable"),
    ] {
        let delivery = Box::pin(stands(faults, "waiting_for_challenge", cause)).await;
        assert_eq!(delivery["attempt"], 1, "{faults}: waiting is no attempt");
    }
}

#[tokio::test]
async fn what_the_ca_says_of_a_request_is_why_the_delivery_failed() {
    let _turn = beside_another().await;
    for (faults, cause, code) in [
        ("denied=1", "authority_refused", Some(0x8009_4014_u32)),
        ("templates=80", "authority_refused", Some(0x8009_4800)),
        ("pending-forever", "still_pending", None),
    ] {
        let delivery = Box::pin(stands(faults, "failed", cause)).await;
        let told = delivery["cause"]["hresult"].as_i64();
        assert_eq!(told, code.map(|code| i64::from(code.cast_signed())), "{delivery}");
        // A person must act: nothing is spent on another try.
        assert_eq!(delivery["attempt"], 1, "{delivery}");
    }
}

#[tokio::test]
async fn on_the_direct_route_the_devices_code_tells_the_same() {
    let _turn = beside_another().await;
    for (faults, cause, code) in [
        ("denied=1", "device_error", Some(0x8009_4014_u32)),
        ("templates=80", "device_error", Some(0x8009_4800)),
        ("pending-forever", "still_pending", None),
        ("renewed-ca", "thumbprint_of_another", None),
    ] {
        let delivery = Box::pin(stands_on("direct", faults, "failed", cause)).await;
        let told = delivery["cause"]["code"].as_i64();
        assert_eq!(told, code.map(|code| i64::from(code.cast_signed())), "{delivery}");
        assert_eq!(delivery["attempt"], 1, "{delivery}");
    }
}

#[tokio::test]
async fn a_renewed_ca_is_told_with_the_thumbprint_that_was_ordered_and_the_one_that_is_right() {
    let _turn = beside_another().await;
    let delivery = Box::pin(stands("renewed-ca", "failed", "thumbprint_of_another")).await;
    let cause = &delivery["cause"];
    assert_ne!(cause["ordered"], cause["issuer"], "{delivery}");
}
