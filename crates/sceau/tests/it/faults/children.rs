//! The laboratory's NDES and the devices die too, and few challenges make everything slow.

use super::{
    agreement::agree,
    alone,
    demonstration::{Demonstration, Run},
    processes::signal,
};

fn run(seed: u64, devices: usize, challenges_max: usize) -> Run<'static> {
    Run {
        devices,
        seed,
        minute: 0.2,
        challenges_max,
        database: None,
    }
}

#[tokio::test]
async fn every_list_agrees_after_ndes_and_the_devices_were_killed() {
    let _turn = alone().await;
    let run = run(21, 30, 5);
    let mut demonstration = Demonstration::start(&run);
    for (part, issued) in [("ndes", 4), ("devices", 10), ("ndes", 16), ("devices", 20)] {
        demonstration.wait_until("certificates are issued", |it| it.issued() >= issued);
        assert!(signal(&demonstration.part(part), "KILL"), "{part} runs");
    }
    let ended = demonstration.end();
    let figures = Box::pin(agree(&ended, run.devices)).await;
    println!(
        "{:.1} s, {figures:?}, ledger {}",
        ended.seconds, ended.report["ledger"]
    );
}

#[tokio::test]
async fn one_challenge_at_a_time_is_enough() {
    let _turn = alone().await;
    let run = run(22, 8, 1);
    let ended = Demonstration::start(&run).end();
    let figures = Box::pin(agree(&ended, run.devices)).await;
    let ledger = &ended.report["ledger"];
    println!("{:.1} s, {figures:?}, ledger {ledger}", ended.seconds);
    assert_eq!(ledger["most_out"], 1, "{ledger}");
    assert_eq!(
        (&ledger["taken"], &ledger["used"]),
        (&8.into(), &8.into()),
        "{ledger}"
    );
    assert_eq!(
        (figures.issued, figures.unknown),
        (8, 0),
        "without faults nothing is lost"
    );
}

#[tokio::test]
async fn five_challenges_serve_a_crowd_and_nothing_is_lost() {
    let _turn = alone().await;
    let run = run(23, 30, 5);
    let ended = Demonstration::start(&run).end();
    let figures = Box::pin(agree(&ended, run.devices)).await;
    let ledger = &ended.report["ledger"];
    println!("{:.1} s, {figures:?}, ledger {ledger}", ended.seconds);
    assert!(
        ledger["most_out"].as_i64().is_some_and(|most| most <= 5),
        "{ledger}"
    );
    assert_eq!(ledger["used"], 30, "{ledger}");
    assert_eq!(
        (figures.issued, figures.unknown),
        (30, 0),
        "without faults nothing is lost"
    );
}
