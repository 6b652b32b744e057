//! `sceau scim …` through the binary.

use std::process::Command;

use super::{Provider, activity};
use crate::world::World;

/// What the command says; none where it fails.
fn said(world: &World, arguments: &[&str]) -> Option<String> {
    let output = Command::new(env!("CARGO_BIN_EXE_sceau"))
        .arg("scim")
        .args(arguments)
        .current_dir(world.folder.path())
        .env("SCEAU_DATA_DIR", world.folder.path().join("data"))
        .output()
        .unwrap();
    output
        .status
        .success()
        .then(|| String::from_utf8(output.stdout).unwrap())
}

#[tokio::test]
async fn a_source_is_added_its_token_rotated_and_revoked() {
    let world = World::new().await;
    let added = said(&world, &["add", "Entra"]).unwrap();
    let (url, token) = added.trim().split_once('\n').unwrap();
    assert_eq!(url, "https://localhost:8443/scim/v2");
    let mut provider = Provider::new(&world.app, "Another").await;
    provider.token = token.to_owned();
    provider.get("/Users").await.expect(200);
    let second = said(&world, &["token", "Entra"]).unwrap();
    let tokens = said(&world, &["tokens", "Entra"]).unwrap();
    let oldest = tokens.lines().last().unwrap().split('\t').next().unwrap();
    said(&world, &["revoke", "Entra", oldest]).unwrap();
    provider.get("/Users").await.expect(401);
    provider.token = second.trim().to_owned();
    provider.get("/Users").await.expect(200);
    let listed = said(&world, &["list"]).unwrap();
    assert!(
        listed.contains("\tEntra\t") && !listed.contains("sceau-scim-"),
        "{listed}"
    );
    assert_eq!(said(&world, &["add", "Entra"]), None, "the name is taken");
    assert_eq!(said(&world, &["token", "Nobody"]), None);
    let told = activity(&world.app).await;
    assert!(
        told.contains(&("command-line".to_owned(), "scim-token.revoke".to_owned())),
        "{told:?}"
    );
}
