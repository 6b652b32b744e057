//! certmonger, which nobody here wrote, enrols through the proxy with an order.

use std::{path::Path, process::Stdio};

use domain::operator::Role;
use serde_json::json;

use crate::{api::add, laboratory::Laboratory, world::World};

const SCRIPT: &str = include_str!("../../../../tests/certmonger.sh");

/// Runs a program in a folder; gives whether it was content, and what it said.
async fn program(folder: &Path, name: &str, arguments: &[&str]) -> (bool, String) {
    let output = tokio::process::Command::new(name)
        .args(arguments)
        .current_dir(folder)
        .stdin(Stdio::null())
        .output()
        .await
        .unwrap_or_else(|error| panic!("the tests need {name}: {error}"));
    let text = [output.stdout, output.stderr].concat();
    (
        output.status.success(),
        String::from_utf8_lossy(&text).into_owned(),
    )
}

/// The public router without TLS: certmonger doesn't hand the certificate that it was given for TLS to its
/// enrolment helper, and nothing of this machine's trust is changed for a test.
async fn serve(world: &World) -> (String, tokio::task::JoinHandle<()>) {
    let socket = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", socket.local_addr().unwrap());
    let router = world.public();
    let task = tokio::spawn(async move { axum::serve(socket, router).await.unwrap() });
    (address, task)
}

#[tokio::test(flavor = "multi_thread")]
async fn certmonger_enrols_with_an_order_and_a_second_use_is_refused() {
    let laboratory = Laboratory::start(false, 5).await;
    let world = World::new().await;
    let token = world.token(Role::Owner).await;
    let authority = add(&world, &token, &laboratory).await;
    let order = json!({ "authority": authority.text_of("id"), "subject": "CN=printer.contoso.test" });
    let order = world.post(&token, "/orders", &order).await.expect(201);
    let (address, server) = serve(&world).await;
    let url = order
        .text_of("scep_url")
        .replace(&world.app.settings.public_url, &address);
    let challenge = order.text_of("challenge");

    let folder = tempfile::tempdir().unwrap();
    let run = [
        "--",
        "sh",
        "-c",
        SCRIPT,
        "enrol",
        &url,
        "printer.contoso.test",
        &challenge,
    ];
    let (is_content, told) = program(folder.path(), "dbus-run-session", &run).await;
    assert!(is_content && told.contains("status: MONITORING"), "{told}");
    let issuer = laboratory.folder().join("ca.pem").display().to_string();
    let verify = ["verify", "-partial_chain", "-CAfile", &issuer, "cert.pem"];
    let (is_verified, told) = program(folder.path(), "openssl", &verify).await;
    assert!(is_verified, "{told}");
    let (_, subject) = program(
        folder.path(),
        "openssl",
        &["x509", "-in", "cert.pem", "-noout", "-subject"],
    )
    .await;
    assert!(subject.contains("printer.contoso.test"), "{subject}");
    assert_eq!(laboratory.issued().len(), 1);
    let ledger = world.get(&token, "/challenges").await.expect(200);
    assert_eq!(
        (&ledger.json["taken"], &ledger.json["used"]),
        (&json!(1), &json!(1)),
        "{}",
        ledger.text
    );

    // An order has no timeline: its transactions tell.
    let path = format!("/orders/{}", order.text_of("id"));
    let told = world.get(&token, &path).await.expect(200);
    let transaction = &told.json["transactions"][0];
    assert_eq!(
        (&transaction["state"], &transaction["message_type"]),
        (&json!("succeeded"), &json!(19)),
        "{}",
        told.text
    );
    assert!(transaction["answered_at"].is_string() && !told.text.contains(&challenge));

    // The address is bound to the first transaction: the same order is of no use to anybody else.
    let again = tempfile::tempdir().unwrap();
    let run = [
        "--",
        "sh",
        "-c",
        SCRIPT,
        "enrol",
        &url,
        "impostor.contoso.test",
        &challenge,
    ];
    let (_, told) = program(again.path(), "dbus-run-session", &run).await;
    assert!(!told.contains("status: MONITORING"), "{told}");
    assert!(!again.path().join("cert.pem").exists());
    assert_eq!(laboratory.issued().len(), 1);
    server.abort();
    laboratory.stop().await;
}
