//! The server is killed at random instants while devices run.

use super::{
    agreement::agree,
    alone,
    demonstration::{Demonstration, Run},
    postgres::Server,
    processes::Dice,
};

async fn survive(run: &Run<'_>, kills: usize) {
    let mut demonstration = Demonstration::start(run);
    let instants = demonstration.kill_server(kills, &mut Dice(run.seed));
    let ended = demonstration.end();
    let figures = agree(&ended, run.devices).await;
    println!(
        "seed {}: {} devices, killed {} times at {instants:?} s, {:.1} s, {figures:?}, ledger {}",
        run.seed,
        run.devices,
        instants.len(),
        ended.seconds,
        ended.report["ledger"]
    );
    assert!(
        instants.len() >= kills / 2,
        "it was over after {} of {kills} kills: nothing was shown",
        instants.len()
    );
}

#[tokio::test]
async fn every_list_agrees_after_the_server_was_killed_on_sqlite() {
    let _turn = alone().await;
    let run = Run {
        devices: 40,
        seed: 11,
        minute: 0.2,
        challenges_max: 5,
        database: None,
    };
    Box::pin(survive(&run, 8)).await;
}

#[tokio::test]
async fn every_list_agrees_after_the_server_was_killed_on_postgresql() {
    let _turn = alone().await;
    let database = fresh_database("killed");
    let run = Run {
        devices: 30,
        seed: 12,
        minute: 0.2,
        challenges_max: 5,
        database: Some(&database),
    };
    Box::pin(survive(&run, 6)).await;
}

/// The long proof: three seeds on SQLite and one on PostgreSQL, a hundred devices, fifteen kills each.
#[tokio::test]
#[ignore = "five minutes"]
async fn every_list_agrees_after_many_kills_of_many_devices() {
    let _turn = alone().await;
    for seed in [101, 102, 103] {
        let run = Run {
            devices: 100,
            seed,
            minute: 0.3,
            challenges_max: 5,
            database: None,
        };
        Box::pin(survive(&run, 15)).await;
    }
    let database = fresh_database("killed_often");
    let run = Run {
        devices: 100,
        seed: 104,
        minute: 0.3,
        challenges_max: 5,
        database: Some(&database),
    };
    Box::pin(survive(&run, 15)).await;
}

/// An empty database of the throwaway PostgreSQL server.
pub fn fresh_database(name: &str) -> String {
    let name = format!("sceau_{name}_{}", std::process::id());
    let made = std::process::Command::new("psql")
        .args(["--quiet", "--no-psqlrc", "--command"])
        .arg(format!("CREATE DATABASE {name}"))
        .arg(Server::shared().url("postgres"))
        .output()
        .expect("psql starts");
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    Server::shared().url(&name)
}
