//! micromdm's scepclient 2.1.0, Debian's package `scep`: it speaks single DES and SHA-1 and nothing else.

use scep::{Digest, MessageType};
use tempfile::TempDir;

use super::{Order, Side, assert_spoken, keys::Key, openssl::Held, program, wrong};

/// One run; the certificate is in `cert.pem` then, and a run that finds one there renews it.
async fn run(folder: &TempDir, order: &Order, name: &str, challenge: &str) -> (bool, String) {
    let mut command = vec![
        "-server-url",
        &order.scep_url,
        "-cn",
        name,
        "-challenge",
        challenge,
    ];
    // Its defaults for these would stand in the subject.
    command.extend(["-organization", "", "-ou", "", "-country", ""]);
    command.extend(["-private-key", "key.pem", "-certificate", "cert.pem", "-debug"]);
    program(folder.path(), "scepclient", &command).await
}

fn held(folder: &TempDir) -> Held<'_> {
    Held {
        folder: folder.path(),
        certificate: "cert.pem",
        key: "key.pem",
    }
}

async fn enrols_with(side: &Side, key: Key, name: &str) -> (TempDir, Order) {
    let order = side.order_without_names(name).await;
    let folder = tempfile::tempdir().unwrap();
    key.put(folder.path(), "key.pem").await;
    let (is_content, said) = run(&folder, &order, name, &order.challenge).await;
    assert!(is_content, "{said}");
    assert_spoken(side, MessageType::PkcsReq, Digest::Sha1, "DES");
    held(&folder).assert_good(side, name).await;
    (folder, order)
}

async fn is_refused_with_a_wrong_challenge(side: &Side) {
    let order = side.order_without_names("micro-wrong").await;
    let folder = tempfile::tempdir().unwrap();
    Key::First.put(folder.path(), "key.pem").await;
    let (is_content, said) = run(&folder, &order, "micro-wrong", &wrong(&order.challenge)).await;
    assert!(!is_content && said.contains("failInfo: badRequest (2)"), "{said}");
    assert_eq!(side.issued(), 0);
}

async fn is_refused_without_the_switch(side: &Side) {
    let order = side.order_without_names("micro").await;
    let folder = tempfile::tempdir().unwrap();
    Key::First.put(folder.path(), "key.pem").await;
    let (is_content, said) = run(&folder, &order, "micro", &order.challenge).await;
    assert!(!is_content && said.contains("failInfo: badAlg (0)"), "{said}");
    assert_eq!(side.issued(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn scepclient_enrols_through_the_proxy_where_single_des_is_taken() {
    let side = Side::proxy_with(|options| options.is_legacy = true).await;
    enrols_with(&side, Key::First, "micro").await;
    enrols_with(&side, Key::Large, "micro-large").await;
    side.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn scepclient_is_refused_through_the_proxy_with_a_wrong_challenge() {
    let side = Side::proxy_with(|options| options.is_legacy = true).await;
    is_refused_with_a_wrong_challenge(&side).await;
    side.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn scepclient_is_refused_through_the_proxy_where_single_des_is_not_taken() {
    let side = Side::proxy().await;
    is_refused_without_the_switch(&side).await;
    side.end().await;
}
