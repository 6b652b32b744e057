//! `sceau ca …` through the binary.

use std::{
    io::Write as _,
    process::{Command, Output, Stdio},
    time::{Duration, Instant},
};

use axum::http::StatusCode;
use domain::{actor::Actor, id::Id};
use sceau::actions::authorities;
use scep::{CaCertificates, Outcome};

use super::{
    House,
    client::{ask, certificates, enrolment, get, issued, post, refusal, signer},
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

/// What a command said that couldn't do what it should: nothing on standard output, and the reason.
fn complaint(world: &World, arguments: &[&str], code: i32) -> String {
    let output = sceau(world, arguments, "");
    let (out, error) = (
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr),
    );
    assert_eq!(output.status.code(), Some(code), "{arguments:?}: {out}{error}");
    assert_eq!(out, "", "{arguments:?}");
    error.trim().to_owned()
}

/// The authority that a command made.
async fn house(world: World, id: &str) -> House {
    let id = Id::parse(id.trim()).unwrap();
    let authority = authorities::one(&world.app, &Actor::CommandLine, &id).await;
    House {
        authority: authority.unwrap(),
        world,
    }
}

/// Identifier, state, serial number, end and subject of the newest certificate.
fn newest(world: &World) -> Vec<String> {
    let ledger = said(world, &["issued", "Shell CA"], "");
    let line = ledger.lines().next().unwrap();
    line.split('\t').map(str::to_owned).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_command_line_approves_and_refuses() {
    let world = World::new().await;
    let id = said(&world, &["create", "Shell CA", "--needs-approval"], "");
    let house = house(world, &id).await;
    let world = &house.world;
    assert!(said(world, &["show", "Shell CA"], "").contains("approval\ttrue\n"));
    for (command, state) in [("approve", "issued"), ("refuse", "refused")] {
        let order = house.order("CN=ada").await;
        let mut client = enrolment(&house, "ada", Some(&order.challenge.0), signer(&house, "x")).await;
        assert_eq!(ask(&house, &mut client).await, Outcome::Pending);
        let waiting = newest(world);
        assert_eq!((&*waiting[1], &*waiting[4]), ("pending", "CN=ada"));
        let told = said(world, &[command, &waiting[0]], "");
        let (_, body) = post(&house, house.path(), client.write_poll().unwrap()).await;
        let outcome = client.read_reply(&body).unwrap();
        if command == "approve" {
            assert_eq!(told.trim(), waiting[2], "its serial number");
            issued(outcome);
        } else {
            assert_eq!(told, "");
            assert_eq!(refusal(outcome), "the request was not approved");
        }
        let decided = newest(world);
        assert_eq!((&*decided[0], &*decided[1]), (&*waiting[0], state));
        for again in ["approve", "refuse"] {
            let error = complaint(world, &[again, &waiting[0]], 1);
            assert!(error.contains("only a pending one is decided"), "{error}");
        }
    }
    for command in ["approve", "refuse"] {
        let unknown = complaint(world, &[command, &"0".repeat(32)], 1);
        assert_eq!(unknown, "sceau: there is no such certificate");
        let wrong = complaint(world, &[command, "ada"], 2);
        assert!(wrong.contains("invalid value 'ada' for '<ID>'"), "{wrong}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_command_line_announces_the_next_certificate_and_prints_lists() {
    let world = World::new().await;
    let id = said(&world, &["create", "Shell CA"], "");
    let house = house(world, &id).await;
    let world = &house.world;
    let list = said(world, &["crl", "Shell CA"], "");
    assert!(list.starts_with("-----BEGIN X509 CRL-----\n"), "{list}");
    std::fs::write(world.folder.path().join("list.pem"), list).unwrap();
    let text = agrees(
        world.folder.path(),
        &["crl", "-in", "list.pem", "-noout", "-text"],
    );
    assert!(text.contains("No Revoked Certificates"), "{text}");
    let unwritable = complaint(world, &["crl", "Shell CA", "--out", "nowhere/list.der"], 1);
    assert!(unwritable.contains("writing nowhere/list.der"), "{unwritable}");

    let next = format!("{}?operation=GetNextCACert", house.path());
    let present = certificates(&house).await;
    let none = complaint(world, &["activate", "Shell CA"], 1);
    assert!(
        none.contains("no next certificate of this authority is announced"),
        "{none}"
    );
    for years in ["0", "31"] {
        let error = complaint(world, &["next", "Shell CA", "--years", years], 1);
        assert!(error.contains("1 to 30 years"), "{error}");
    }
    assert!(complaint(world, &["next", "Shell CA"], 2).contains("--years <YEARS>"));
    assert_eq!(get(&house, &next).await.0, 404);
    assert_eq!(said(world, &["next", "Shell CA", "--years", "5"], ""), "");
    assert!(said(world, &["show", "Shell CA"], "").contains("next certificate announced\ttrue\n"));
    // The server that runs beside it keeps what it opened for some seconds, and then shows it too.
    let deadline = Instant::now() + Duration::from_secs(30);
    let body = loop {
        match get(&house, &next).await {
            (StatusCode::OK, body) => break body,
            (status, _) => assert_eq!(status, 404),
        }
        assert!(Instant::now() < deadline, "it is never shown");
        tokio::time::sleep(Duration::from_millis(100)).await;
    };
    let announced = CaCertificates::parse_next(&body, &present).unwrap();
    assert_ne!(announced.issuer(), present.issuer());
    for command in [
        &["next", "Another", "--years", "5"][..],
        &["crl", "Another"],
        &["issued", "Another"],
    ] {
        let error = complaint(world, command, 1);
        assert_eq!(error, "sceau: there is no built-in authority \"Another\"");
    }
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
    let house = house(world, &id).await;
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
