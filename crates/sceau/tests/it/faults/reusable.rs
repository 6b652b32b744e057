//! NDES gives one challenge to everybody (UseSinglePassword): nothing runs out, whoever is silent, until it is changed.

use serde_json::Value;

use super::{
    beside_another,
    parts::Parts,
    silent::{GONE, MINUTE, authority, nobody_is_charged, until},
};

const DEVICES: usize = 12;
const AFTERWARDS: usize = 3;
const FAULT: &str = "single-password";

fn number(ledger: &Value, name: &str) -> i64 {
    ledger[name].as_i64().expect("a number")
}

#[tokio::test]
async fn one_challenge_for_everybody_takes_no_slot_and_is_fetched_afresh_when_it_is_changed() {
    let _turn = beside_another().await;
    let started = Parts::start_at(DEVICES + AFTERWARDS, 1, 1, "proxy", MINUTE);
    let mut parts = Box::pin(started).await;
    parts.break_ndes(1, FAULT).await;
    // The first device leaves with the only slot that there is believed to be.
    parts.start_faulty_devices(1, GONE);
    until(&mut parts, "/challenges", 60, |ledger| ledger["out"] == 1).await;
    parts.start_others(1, DEVICES - 1);
    parts.await_state("verified", DEVICES - 1).await;
    let ledger = parts.administrator.read("/challenges").await.expect("the ledger");
    assert_eq!(
        ledger["expired"], 0,
        "nobody waited for the end of its life: {ledger}"
    );
    // Two pages prove it; a third may have been under way.
    let taken = number(&ledger, "taken");
    assert!((2..=3).contains(&taken), "{ledger}");
    let path = format!("/authorities/{}/challenges", authority(&mut parts).await);
    let stands = parts.administrator.read(&path).await.expect("how they stand");
    assert!(stands["reusable_since"].is_string(), "{stands}");
    assert!(
        stands["silent"].is_null(),
        "nobody waits for a silent device: {stands}"
    );
    says_so(&mut parts).await;
    parts.start_devices(1);
    parts.await_state("verified", DEVICES).await;
    nobody_is_charged(&mut parts).await;

    // Begun anew, NDES has another one for everybody.
    parts.break_ndes(1, FAULT).await;
    parts.start_others(DEVICES, AFTERWARDS);
    parts.await_state("verified", DEVICES + AFTERWARDS).await;
    let again = parts.administrator.read(&path).await.expect("how they stand");
    assert_ne!(again["reusable_since"], stands["reusable_since"], "{again}");
    let ledger = parts.administrator.read("/challenges").await.expect("the ledger");
    assert!(
        number(&ledger, "taken") > taken,
        "the new one was asked for: {ledger}"
    );
    nobody_is_charged(&mut parts).await;
}

async fn says_so(parts: &mut Parts) {
    let page = format!(
        "/admin/infrastructure/certificate-management/{}",
        authority(parts).await
    );
    for (language, words) in [
        ("en", "This NDES gives the same challenge to everybody"),
        ("fr", "Ce NDES donne le même défi à tout le monde"),
    ] {
        let html = parts.page(&page, language).await;
        assert!(html.contains(words), "{words} is missing:\n{html}");
    }
}
