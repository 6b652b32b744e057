//! A rollout on an ordinary week: NDES is slow, full, restarted, broken now and then, cuts pages and lets requests wait,
//! and devices leave in the middle. Everybody comes to a certificate, and nobody is charged for what NDES did.

use std::{
    collections::BTreeSet,
    fs,
    time::{Duration, Instant},
};

use domain::diagnosis::Cause;
use serde_json::Value;

use super::{beside_another, parts::Parts};

const DEVICES: usize = 30;
const SLOTS: usize = 5;
/// Chance strikes few of thirty, and a short burst nobody: more often and longer than in an ordinary week.
const FAULTS: &str = "truncated=0.08,pending-approved=3:0.3,bursts=4/30,ordinary";
/// They are back when their challenge, good for sixty minutes, has ended.
const DEVICES_FAULTS: &str = "vanish=0.3@70";

/// What a rollout came to.
pub struct Rollout {
    pub ledger: Value,
    /// The timelines of all devices, one after the other.
    pub steps: Vec<Value>,
    /// What the proxy knows of requests whose outcome it doesn't.
    pub unknown: Value,
    /// How many certificates NDES issued.
    pub issued: usize,
}

/// Rolls out, and checks what holds on either route.
pub async fn roll_out(route: &str) -> Rollout {
    let _turn = beside_another().await;
    let mut parts = Box::pin(Parts::start_on(DEVICES, SLOTS, SLOTS, route)).await;
    parts.break_ndes(SLOTS, FAULTS).await;
    parts.start_faulty_devices(DEVICES, DEVICES_FAULTS);
    parts.await_state("verified", DEVICES).await;
    let ledger = settled(&mut parts).await;
    let of = |name: &str| ledger[name].as_i64().expect("a number");
    assert_eq!(of("taken"), of("used") + of("expired") + of("lost"), "{ledger}");
    assert!(of("most_out") <= 5, "{ledger}");
    assert!(of("used") >= 30, "each certificate took one: {ledger}");

    let struck = parts.strikes("ndes");
    for fault in ["slow", "cache-full", "restart", "bursts", "pending-approved"] {
        assert!(struck[fault].as_u64() > Some(0), "{fault} never struck: {struck}");
    }
    assert!(parts.strikes("devices")["vanish"].as_u64() > Some(0));

    let mut steps = Vec::new();
    let mut held = BTreeSet::new();
    for device in parts.administrator.read_all("/devices").await.expect("devices") {
        assert_eq!(device["state"], "verified", "{device}");
        let path = format!("/devices/{}/timeline", device["id"].as_str().expect("an id"));
        let timeline = parts.administrator.read_all(&path).await.expect("a timeline");
        assert!(
            !timeline.iter().any(|step| step["what"] == "failed"),
            "{timeline:?}"
        );
        steps.extend(timeline);
    }
    for certificate in parts
        .administrator
        .read_all("/certificates")
        .await
        .expect("certificates")
    {
        held.insert(certificate["sha1"].as_str().expect("a thumbprint").to_lowercase());
    }
    for step in steps.iter().filter(|step| step["what"] == "retried") {
        assert!(!is_charged(&step["cause"]), "{step}");
    }
    let issued = fs::read_to_string(parts.folder.path().join("ndes/issued.tsv")).expect("the list");
    let issued: BTreeSet<String> = issued
        .lines()
        .filter_map(|line| line.split('\t').next())
        .map(str::to_lowercase)
        .collect();
    assert!(held.is_subset(&issued) && held.len() >= DEVICES);
    let unknown = parts
        .administrator
        .read("/outcome-unknown")
        .await
        .expect("a list");
    Rollout {
        ledger,
        steps,
        unknown,
        issued: issued.len(),
    }
}

/// The ledger once none of its challenges is out.
pub async fn settled(parts: &mut Parts) -> Value {
    let deadline = Instant::now() + Duration::from_mins(1);
    loop {
        let ledger = parts.administrator.read("/challenges").await.expect("the ledger");
        if ledger["out"] == 0 {
            return ledger;
        }
        assert!(Instant::now() < deadline, "some are out for ever: {ledger}");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

/// Whether an attempt that failed for this cause counts against the device.
pub fn is_charged(cause: &Value) -> bool {
    match cause["cause"].as_str().expect("a cause") {
        "device_error" => {
            let code = i32::try_from(cause["code"].as_i64().expect("a code")).expect("an HRESULT");
            Cause::DeviceError { code }.is_charged()
        }
        "authority_unreachable"
        | "authority_refused"
        | "challenge_expired"
        | "challenge_forgotten"
        | "no_answer" => false,
        _ => true,
    }
}

#[tokio::test]
async fn an_ordinary_week_ends_with_everybody_verified_and_nobody_charged_for_it() {
    let rollout = Box::pin(roll_out("proxy")).await;
    // The proxy saw what NDES issued: what no device holds is named.
    let answered = |step: &&Value| step["what"] == "answered" && step["status"] == "success";
    assert!(rollout.steps.iter().filter(answered).count() >= DEVICES);
    let orphans = rollout.unknown["items"].as_array().expect("a list").len();
    assert!(
        rollout.issued <= DEVICES + orphans,
        "{} issued, {orphans} of unknown outcome",
        rollout.issued
    );
    let ledger = &rollout.ledger;
    assert!(
        ledger["refused"].as_i64() > Some(0),
        "the cache was never full: {ledger}"
    );
}
