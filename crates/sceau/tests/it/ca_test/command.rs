//! `sceau ca test` through the binary: its exit code and its language.

use std::process::{Command, Output};

use domain::operator::Role;
use serde_json::Value;

use crate::{api, laboratory::Laboratory, world::World};

fn sceau(world: &World, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_sceau"))
        .args(["ca", "test"])
        .args(arguments)
        .current_dir(world.folder.path())
        .env("SCEAU_DATA_DIR", world.folder.path().join("data"))
        .output()
        .unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_exit_code_tells_good_from_bad_from_not_made() {
    let (world, laboratory) = (World::new().await, Laboratory::start(false, 5).await);
    let token = world.token(Role::PkiOperator).await;
    api::add(&world, &token, &laboratory).await;

    let good = sceau(&world, &["laboratory", "--language", "fr"]);
    let text = String::from_utf8(good.stdout).unwrap();
    let complaint = String::from_utf8_lossy(&good.stderr);
    assert_eq!(good.status.code(), Some(0), "{text}{complaint}");
    assert!(text.contains("[Bon] Authentification ("), "{text}");
    assert!(text.ends_with("Rien n'a échoué.\n"), "{text}");

    let unknown = sceau(&world, &["Elsewhere"]);
    assert_eq!(unknown.status.code(), Some(2));
    assert!(unknown.stdout.is_empty());

    laboratory.stop().await;
    let bad = sceau(&world, &["Laboratory", "--json"]);
    assert_eq!(bad.status.code(), Some(1));
    let json: Value = serde_json::from_slice(&bad.stdout).unwrap();
    assert_eq!(json["is_good"], false);
    let steps = json["steps"].as_array().unwrap();
    let of = |step: &str| steps.iter().find(|one| one["step"] == step).unwrap();
    assert_eq!(of("scep_name")["result"], "good");
    assert_eq!(of("scep_connection")["key"], "test-connection-refused");
    assert_eq!(of("certificates")["result"], "skipped");
    assert_eq!(of("sign_in")["result"], "skipped");
}
