//! Rollouts that a fault of NDES strikes: who has a certificate keeps it, the others wait for a reason that is told, and
//! all go on once it is over.

use std::time::{Duration, Instant};

use serde_json::Value;

use super::{
    beside_another,
    ordinary::{is_charged, settled},
    parts::{PASSWORD, Parts},
};

/// Waits for what is read to be so.
async fn until<T: std::fmt::Debug>(
    parts: &mut Parts,
    what: &str,
    mut read: impl AsyncFnMut(&mut Parts) -> T,
    is_so: impl Fn(&T) -> bool,
) -> T {
    let deadline = Instant::now() + Duration::from_mins(3);
    loop {
        let seen = read(parts).await;
        if is_so(&seen) {
            return seen;
        }
        assert!(Instant::now() < deadline, "{what}: {seen:?}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

async fn ledger(parts: &mut Parts) -> Value {
    parts.administrator.read("/challenges").await.expect("the ledger")
}

fn waits_for(delivery: &Value, cause: &str) -> bool {
    delivery["state"] == "waiting_for_challenge" && delivery["cause"]["cause"] == cause
}

/// Nothing that anybody is shown holds a run of hexadecimal digits as long as a challenge's.
fn holds_no_challenge(text: &str) {
    let is_digit = |octet: u8| octet.is_ascii_digit() || (b'A'..=b'F').contains(&octet);
    let is_part = |run: &&[u8]| run.len() > 8 && run.len() <= 16 && run.iter().any(u8::is_ascii_alphabetic);
    let runs = text.as_bytes().split(|octet| !is_digit(*octet));
    let found: Vec<_> = runs.filter(is_part).map(String::from_utf8_lossy).collect();
    assert!(found.is_empty(), "{found:?}");
}

#[test]
#[should_panic(expected = "9F86D08188")]
fn a_part_of_a_challenge_would_be_found() {
    holds_no_challenge("{\"excerpt\": \"password is: 9F86D08188\"}");
}

#[tokio::test]
async fn after_an_hour_the_sign_in_is_refused_once_and_who_was_before_it_is_verified() {
    const DEVICES: usize = 24;
    let _turn = beside_another().await;
    let mut parts = Box::pin(Parts::start(DEVICES, 1, 1)).await;
    // One slot and slow answers: the hour (12 seconds here) ends in the middle.
    parts.break_ndes(1, "slow=120,sign-in-refused=60").await;
    parts.start_devices(DEVICES);
    let deliveries = until(
        &mut parts,
        "the hour ends",
        Parts::deliveries,
        |deliveries: &Vec<Value>| {
            let verified = deliveries.iter().filter(|one| one["state"] == "verified");
            let waiting = deliveries.iter().filter(|one| waits_for(one, "sign_in_refused"));
            let (verified, waiting) = (verified.count(), waiting.count());
            waiting > 0 && verified + waiting == DEVICES
        },
    )
    .await;
    let verified = deliveries.iter().filter(|one| one["state"] == "verified").count();
    assert!(verified > 0, "nobody came before the hour was over");
    assert!(deliveries.iter().all(|one| one["attempt"] == 1), "{deliveries:?}");
    // They poll each fifth of a second: none of them tries again.
    tokio::time::sleep(Duration::from_secs(3)).await;
    assert_eq!(parts.strikes("ndes")["sign-in-refused"], 1);
    let issued = std::fs::read_to_string(parts.folder.path().join("ndes/issued.tsv")).expect("the list");
    assert_eq!(issued.lines().count(), verified);

    // The domain knows the password again, and a person enters it anew.
    parts.change_password(1, PASSWORD).await;
    parts.enter_password().await;
    parts.await_state("verified", DEVICES).await;
    let ledger = settled(&mut parts).await;
    assert_eq!(ledger["used"], DEVICES, "{ledger}");
}

#[tokio::test]
async fn half_pages_are_told_as_what_they_are_and_their_challenges_stand_in_the_ledger() {
    let _turn = beside_another().await;
    let mut parts = Box::pin(Parts::start(2, 5, 5)).await;
    // The page ends after ten of the challenge's sixteen digits.
    parts.break_ndes(5, "truncated=1@0.73").await;
    parts.start_devices(2);
    let is_told = |deliveries: &Vec<Value>| deliveries.iter().any(|one| waits_for(one, "page_truncated"));
    let deliveries = until(&mut parts, "half a page", Parts::deliveries, is_told).await;
    assert!(deliveries.iter().all(|one| one["attempt"] == 1), "{deliveries:?}");
    let wasted = until(&mut parts, "lost", ledger, |ledger| {
        ledger["lost"].as_i64() > Some(0)
    })
    .await;
    assert_eq!(wasted["used"], 0, "{wasted}");
    assert_eq!(wasted["taken"], wasted["lost"], "{wasted}");
    assert_eq!(wasted["refused"], 0, "nobody knows that none was given: {wasted}");
    let told = format!("{:?} {:?}", parts.deliveries().await, parts.timelines().await);
    holds_no_challenge(&told);
    let log = std::fs::read_to_string(parts.folder.path().join("server.log")).expect("the log");
    holds_no_challenge(&log);

    parts.break_ndes(5, "").await;
    parts.await_state("verified", 2).await;
    let ledger = settled(&mut parts).await;
    let of = |name: &str| ledger[name].as_i64().expect("a number");
    assert_eq!(of("used"), 2, "{ledger}");
    assert_eq!(of("taken"), of("used") + of("lost"), "{ledger}");
    assert!(parts.deliveries().await.iter().all(|one| one["attempt"] == 1));
}

#[tokio::test]
async fn bursts_of_http_500_pass_and_nobody_is_charged_for_them() {
    const DEVICES: usize = 24;
    let _turn = beside_another().await;
    let mut parts = Box::pin(Parts::start(DEVICES, 2, 2)).await;
    // A quarter of the time from the third second on, and two slots: a burst strikes before all are served.
    parts.break_ndes(2, "slow=60,bursts=4/15").await;
    parts.start_devices(DEVICES);
    parts.await_state("verified", DEVICES).await;
    assert!(parts.strikes("ndes")["bursts"].as_u64() > Some(0));
    let steps = parts.timelines().await;
    assert!(!steps.iter().any(|step| step["what"] == "failed"), "{steps:?}");
    let told = |step: &&Value| {
        let cause = &step["cause"];
        cause["cause"] == "authority_unreachable" && (cause["place"] == "500" || cause["what"] == "http")
            || cause["code"] == i64::from(0x8019_01F4_u32.cast_signed())
    };
    assert!(steps.iter().any(|step| told(&step)), "nobody was told: {steps:?}");
    for step in steps.iter().filter(|step| step["what"] == "retried") {
        assert!(!is_charged(&step["cause"]), "{step}");
    }
}

#[tokio::test]
async fn an_expired_registration_stops_devices_before_their_challenge_goes_out_until_it_is_renewed() {
    let _turn = beside_another().await;
    let mut parts = Box::pin(Parts::start(1, 5, 5)).await;
    parts.break_ndes(5, "expired-ra").await;
    parts.look().await.expect("it answers");
    let warnings = parts.administrator.read("/warnings").await.expect("warnings");
    assert!(warnings.to_string().contains("certificate_expired"), "{warnings}");
    parts.start_devices(1);
    let expired = i64::from(0x800B_0101_u32.cast_signed());
    let is_told = |steps: &Vec<Value>| {
        let is_retried = |step: &Value| step["what"] == "retried" && step["cause"]["code"] == expired;
        steps.iter().filter(|step| is_retried(step)).count() >= 2
    };
    until(&mut parts, "expired, twice", Parts::timelines, is_told).await;
    let wasted = ledger(&mut parts).await;
    assert_eq!(
        (&wasted["used"], &wasted["taken"]),
        (&0.into(), &1.into()),
        "the challenge that was given is left to the next attempt: {wasted}"
    );
    parts.break_ndes(5, "").await;
    parts.look().await.expect("it answers");
    parts.await_state("verified", 1).await;
    for step in parts.timelines().await {
        assert!(step["what"] != "retried" || !is_charged(&step["cause"]), "{step}");
    }
}
