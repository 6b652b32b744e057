//! `sceau ca …` through the binary.

use std::{
    io::Write as _,
    process::{Command, Output, Stdio},
};

use super::{
    House,
    client::{ask, enrolment, issued, signer},
    openssl::{agrees, authority},
};
use crate::world::World;

fn sceau(world: &World, arguments: &[&str], input: &str) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_sceau"))
        .arg("ca")
        .args(arguments)
        .current_dir(world.folder.path())
        .env("SCEAU_DATA_DIR", world.folder.path().join("data"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A command that refuses before it reads has closed its end.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    child.wait_with_output().unwrap()
}

fn said(world: &World, arguments: &[&str], input: &str) -> String {
    let output = sceau(world, arguments, input);
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{arguments:?}: {error}");
    String::from_utf8(output.stdout).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_command_line_makes_lists_and_revokes() {
    let world = World::new().await;
    let id = said(
        &world,
        &["create", "Shell CA", "--years", "5", "--crl-hours", "48"],
        "",
    );
    assert!(said(&world, &["list"], "").contains("\tShell CA\n"));
    let id = domain::id::Id::parse(id.trim()).unwrap();
    let authority = sceau::actions::authorities::one(&world.app, &domain::actor::Actor::CommandLine, &id);
    let authority = authority.await.unwrap();
    let house = House { world, authority };
    let order = house.order("CN=ada").await;
    let mut one = enrolment(&house, "ada", Some(&order.challenge.0), signer(&house, "x")).await;
    issued(ask(&house, &mut one).await);

    let world = &house.world;
    let ledger = said(world, &["issued", "shell ca"], "");
    let fields: Vec<&str> = ledger.trim_end().split('\t').collect();
    assert_eq!(
        (fields.len(), fields[1], fields[4]),
        (5, "issued", "CN=ada"),
        "{ledger}"
    );
    let serial = said(world, &["revoke", fields[0], "--reason", "superseded"], "");
    assert_eq!(serial.trim(), fields[2]);
    assert!(said(world, &["issued", "Shell CA"], "").contains("\trevoked (superseded)\t"));
    said(world, &["crl", "Shell CA", "--out", "list.der"], "");
    let list = ["crl", "-inform", "DER", "-in", "list.der", "-noout", "-text"];
    assert!(agrees(world.folder.path(), &list).contains("Superseded"));
    let shown = said(world, &["show", "Shell CA"], "");
    assert!(
        shown.contains("revocation list\t2, until") && shown.contains("valid certificates\t0"),
        "{shown}"
    );
    assert_eq!(
        said(world, &["show", "Shell CA", "--pem"], "")
            .matches("BEGIN CERTIFICATE")
            .count(),
        2
    );
    said(world, &["next", "Shell CA", "--years", "5"], "");
    assert_eq!(said(world, &["activate", "Shell CA"], "").trim().len(), 40);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_command_line_brings_in_pem_and_pkcs12() {
    let world = World::new().await;
    authority(world.folder.path());
    for (name, file) in [("One", "ca.pem"), ("Two", "ca.p12")] {
        let arguments = ["import", name, file, "--passphrase-stdin"];
        let refused = sceau(&world, &arguments, "wrong\n");
        let error = String::from_utf8_lossy(&refused.stderr).into_owned();
        assert!(
            !refused.status.success() && error.contains("passphrase is wrong"),
            "{error}"
        );
        said(&world, &arguments, "secret\n");
    }
    let list = said(&world, &["list"], "");
    assert!(list.contains("\tOne\n") && list.contains("\tTwo\n"), "{list}");
}

#[cfg(not(feature = "pkcs11"))]
#[tokio::test]
async fn a_build_without_tokens_says_so() {
    let world = World::new().await;
    let arguments = [
        "import-token",
        "Token",
        "--module",
        "/m",
        "--token",
        "t",
        "--key",
        "k",
        "--certificates",
        "c",
        "--pin-stdin",
    ];
    let refused = sceau(&world, &arguments, "1234\n");
    let error = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(
        !refused.status.success() && error.contains("no PKCS#11"),
        "{error}"
    );
}
