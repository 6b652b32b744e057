//! Devices are switched off with every challenge that NDES may give: those that come after them are told so, and wait.
//! Nobody is charged for it.

use std::time::{Duration, Instant};

use serde_json::Value;

use super::{
    beside_another,
    ordinary::{is_charged, settled},
    parts::Parts,
};

/// All of NDES's challenges.
const SLOTS: usize = 5;
const OTHERS: usize = 6;
/// A challenge lives for a minute then, and a device is silent after five seconds.
pub const MINUTE: f64 = 1.0;
/// They are switched off as soon as they are told to enrol, for longer than any test takes.
pub const GONE: &str = "vanish=1@100000";

/// Waits until something is so, and gives what it was last read as.
pub async fn until(parts: &mut Parts, path: &str, limit: u64, is_so: impl Fn(&Value) -> bool) -> Value {
    let deadline = Instant::now() + Duration::from_secs(limit);
    loop {
        let value = parts.administrator.read(path).await.expect("an answer");
        if is_so(&value) {
            return value;
        }
        assert!(Instant::now() < deadline, "{path} stays {value}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

pub async fn authority(parts: &mut Parts) -> String {
    let all = parts.administrator.read_all("/authorities").await;
    all.expect("authorities")[0]["id"]
        .as_str()
        .expect("an id")
        .to_owned()
}

fn is_warned(warnings: &Value, is_over: bool) -> bool {
    let of_slots = |one: &Value| one["kind"] == "slots_silent" && one["ended_at"].is_null() != is_over;
    warnings["items"]
        .as_array()
        .expect("warnings")
        .iter()
        .any(of_slots)
}

/// Silent devices hold every slot, and the API says so; gives how the authority's challenges stand.
async fn held_by_silent_devices(parts: &mut Parts, slots: usize) -> Value {
    let path = format!("/authorities/{}/challenges", authority(parts).await);
    parts.start_faulty_devices(slots, GONE);
    let stands = until(parts, &path, 60, |stands| !stands["silent"].is_null()).await;
    let held = stands["held"].as_array().expect("slots");
    assert!(
        held.len() == slots && held.iter().all(|slot| slot["device"]["is_silent"] == true),
        "{stands}"
    );
    let silent = &stands["silent"];
    assert_eq!(silent["cause"], "slots_held_silent", "{stands}");
    assert_eq!((&silent["held"], &silent["max"]), (&slots.into(), &slots.into()));
    let first = held.iter().filter_map(|slot| slot["until"].as_str()).min();
    assert_eq!(
        silent["until"].as_str(),
        first,
        "the first of them ends then: {stands}"
    );
    stands
}

/// Those that come now read why they wait.
async fn others_wait(parts: &mut Parts, first: usize, others: usize) {
    parts.start_others(first, others);
    let deadline = Instant::now() + Duration::from_secs(45);
    loop {
        let deliveries = parts.deliveries().await;
        let told = deliveries
            .iter()
            .filter(|one| one["state"] == "waiting_for_challenge")
            .filter(|one| one["cause"]["cause"] == "slots_held_silent")
            .count();
        if told == others {
            return;
        }
        assert!(
            Instant::now() < deadline,
            "only {told} read why they wait: {deliveries:?}"
        );
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// Nothing failed, and no attempt was charged to a device.
pub async fn nobody_is_charged(parts: &mut Parts) {
    for device in parts.administrator.read_all("/devices").await.expect("devices") {
        let path = format!("/devices/{}/timeline", device["id"].as_str().expect("an id"));
        let timeline = parts.administrator.read_all(&path).await.expect("a timeline");
        for step in timeline {
            assert_ne!(step["what"], "failed", "{step}");
            assert!(step["what"] != "retried" || !is_charged(&step["cause"]), "{step}");
        }
    }
}

#[tokio::test]
async fn silent_devices_with_every_challenge_are_told_of_until_their_challenges_end() {
    let _turn = beside_another().await;
    let started = Parts::start_at(SLOTS + OTHERS, SLOTS, SLOTS, "proxy", MINUTE);
    let mut parts = Box::pin(started).await;
    held_by_silent_devices(&mut parts, SLOTS).await;
    others_wait(&mut parts, SLOTS, OTHERS).await;

    let warnings = until(&mut parts, "/warnings", 20, |all| is_warned(all, false)).await;
    assert!(warnings.to_string().contains("\"max\":\"5\""), "{warnings}");
    let page = format!(
        "/admin/infrastructure/certificate-management/{}",
        authority(&mut parts).await
    );
    for (language, cause, advice, warning) in [
        (
            "en",
            "5 of 5 challenges are held by silent devices until ",
            "raise PasswordMax on the NDES server",
            "Silent devices hold every challenge that it may give: 5 of 5.",
        ),
        (
            "fr",
            "5 défis sur 5 sont retenus par des appareils muets ",
            "augmentez PasswordMax sur le serveur NDES",
            "Des appareils muets retiennent tous les défis ",
        ),
    ] {
        let html = parts.page(&page, language).await;
        for words in [cause, advice, warning] {
            assert!(html.contains(words), "{words} is missing:\n{html}");
        }
        let dashboard = parts.page("/", language).await;
        assert!(dashboard.contains(warning), "{dashboard}");
    }

    // NDES drops the challenges that nobody used: the others get on though the silent ones stay away.
    parts.await_state("verified", OTHERS).await;
    until(&mut parts, "/warnings", 20, |all| is_warned(all, true)).await;
    let html = parts.page(&page, "en").await;
    assert!(!html.contains("are held by silent devices"), "{html}");
    // The last of the silent ones got theirs later than the first: they end later.
    let ledger = settled(&mut parts).await;
    assert_eq!(
        (&ledger["expired"], &ledger["used"], &ledger["most_out"]),
        (&SLOTS.into(), &OTHERS.into(), &SLOTS.into()),
        "{ledger}"
    );
    parts.start_devices(SLOTS);
    parts.await_state("verified", SLOTS + OTHERS).await;
    nobody_is_charged(&mut parts).await;
}

#[tokio::test]
async fn silent_devices_that_come_back_in_time_give_the_slots_to_the_others() {
    const SILENT: usize = 2;
    let _turn = beside_another().await;
    let started = Parts::start_at(SILENT + 3, SILENT, SILENT, "proxy", MINUTE);
    let mut parts = Box::pin(started).await;
    let stands = held_by_silent_devices(&mut parts, SILENT).await;
    others_wait(&mut parts, SILENT, 3).await;
    parts.start_devices(SILENT);
    parts.await_state("verified", SILENT + 3).await;
    let ledger = parts.administrator.read("/challenges").await.expect("the ledger");
    assert_eq!(
        (&ledger["expired"], &ledger["used"]),
        (&0.into(), &(SILENT + 3).into()),
        "each of them used its own challenge before it ended: {ledger}, {stands}"
    );
    until(&mut parts, "/warnings", 20, |all| !is_warned(all, false)).await;
    nobody_is_charged(&mut parts).await;
}
