//! micromdm's scepclient 2.1.0, Debian's package `scep`: it speaks single DES and SHA-1 and nothing else.

use sceau::actions::built_in::Decision;
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

pub(super) async fn is_refused_with_a_wrong_challenge(side: &Side) {
    let order = side.order_without_names("micro-wrong").await;
    let folder = tempfile::tempdir().unwrap();
    Key::Fresh.put(folder.path(), "key.pem").await;
    let (is_content, said) = run(&folder, &order, "micro-wrong", &wrong(&order.challenge)).await;
    assert!(!is_content && said.contains("failInfo: badRequest (2)"), "{said}");
    assert_eq!(side.issued().await, 0);
}

pub(super) async fn is_refused_without_the_switch(side: &Side) {
    let order = side.order_without_names("micro").await;
    let folder = tempfile::tempdir().unwrap();
    Key::Fresh.put(folder.path(), "key.pem").await;
    let (is_content, said) = run(&folder, &order, "micro", &order.challenge).await;
    assert!(!is_content && said.contains("failInfo: badAlg (0)"), "{said}");
    assert_eq!(side.issued().await, 0);
}

pub(super) async fn enrols_small_and_large_keys(side: &Side) {
    enrols_with(side, Key::Fresh, "micro").await;
    enrols_with(side, Key::Large, "micro-large").await;
    assert_eq!(side.issued().await, 2);
}

/// A RenewalReq under the same key; it sends no challenge.
pub(super) async fn renews(side: &Side) {
    let (folder, order) = enrols_with(side, Key::Fresh, "micro").await;
    let old = held(&folder).serial().await;
    // It would send the request that lies there, challenge and all.
    std::fs::remove_file(folder.path().join("csr.pem")).unwrap();
    let (is_content, said) = run(&folder, &order, "micro", "").await;
    assert!(is_content, "{said}");
    assert_spoken(side, MessageType::RenewalReq, Digest::Sha1, "DES");
    held(&folder).assert_good(side, "micro").await;
    assert_ne!(held(&folder).serial().await, old);
    assert_eq!(side.issued().await, 2);
}

/// It is told PENDING, sends its PKCSReq again half a minute later, and gets what a person decided.
pub(super) async fn waits_for_a_person(side: &Side, decision: Decision) {
    let order = side.order_without_names("micro").await;
    let folder = tempfile::tempdir().unwrap();
    Key::Fresh.put(folder.path(), "key.pem").await;
    let ask = run(&folder, &order, "micro", &order.challenge);
    let ((is_content, said), ()) = tokio::join!(ask, side.decide(decision));
    assert!(said.contains("sleeping for 30 seconds"), "{said}");
    let kinds: Vec<MessageType> = side.front.spoken().iter().map(|spoken| spoken.kind).collect();
    assert_eq!(kinds, [MessageType::PkcsReq; 2]);
    if decision == Decision::Approve {
        assert!(is_content, "{said}");
        held(&folder).assert_good(side, "micro").await;
        assert_eq!(side.issued().await, 1);
    } else {
        assert!(!is_content && said.contains("failInfo: badRequest (2)"), "{said}");
        assert!(!folder.path().join("cert.pem").exists());
    }
}
