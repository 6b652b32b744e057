//! certmonger 0.79: `getcert request`, `resubmit`, `rekey`.

use sceau::actions::built_in::Decision;
use scep::{Digest, MessageType};
use serde_json::json;
use tempfile::TempDir;

use super::{Order, Side, assert_spoken, keys::Key, openssl::Held, program, wrong};

const SCRIPT: &str = include_str!("../../../../../tests/certmonger.sh");

/// A folder with this key in it: certmonger takes a key that is there.
async fn folder(key: Key) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    key.put(folder.path(), "key.pem").await;
    folder
}

/// Asks for a certificate, goes on with these steps, and gives what `getcert list` says after each.
async fn run(folder: &TempDir, order: &Order, name: &str, challenge: &str, steps: &[&str]) -> String {
    let start = [
        "--",
        "sh",
        "-c",
        SCRIPT,
        "enrol",
        &order.scep_url,
        name,
        challenge,
    ];
    let (is_content, said) = program(folder.path(), "dbus-run-session", &[&start[..], steps].concat()).await;
    let log = std::fs::read_to_string(folder.path().join("certmonger.log")).unwrap_or_default();
    assert!(is_content, "{said}\n{log}");
    said
}

fn held(folder: &TempDir) -> Held<'_> {
    Held {
        folder: folder.path(),
        certificate: "cert.pem",
        key: "key.pem",
    }
}

/// What certmonger's own settings ask for, what the server says that it can, and what certmonger makes of it.
struct Choice {
    name: &'static str,
    setting: Option<&'static str>,
    offer: Option<&'static [&'static str]>,
    digest: Digest,
    cipher: &'static str,
}

const AES: Option<&[&str]> = Some(&["AES", "DES3", "SHA-1", "SHA-256", "SHA-384", "SHA-512"]);
const DES3: Option<&[&str]> = Some(&["DES3", "SHA-1", "SHA-256", "SHA-512"]);

/// AES-192 and AES-128 are never among them: it takes AES-256 where it sees AES, and triple DES else.
const CHOICES: &[Choice] = &[
    choice("monger-sha1", Some("sha1"), AES, Digest::Sha1, "AES-256"),
    choice("monger-sha256", None, AES, Digest::Sha256, "AES-256"),
    choice("monger-sha384", Some("sha384"), AES, Digest::Sha384, "AES-256"),
    choice("monger-sha512", Some("sha512"), AES, Digest::Sha512, "AES-256"),
    choice("monger-des3", None, DES3, Digest::Sha256, "DES3"),
];

const fn choice(
    name: &'static str,
    setting: Option<&'static str>,
    offer: Option<&'static [&'static str]>,
    digest: Digest,
    cipher: &'static str,
) -> Choice {
    Choice {
        name,
        setting,
        offer,
        digest,
        cipher,
    }
}

async fn enrols_as_chosen(side: &Side, choice: &Choice) {
    if let Some(keywords) = choice.offer {
        side.front.offer(keywords);
    }
    let order = side.order(choice.name).await;
    let folder = folder(Key::Fresh).await;
    if let Some(digest) = choice.setting {
        let settings = folder.path().join("cm/conf");
        std::fs::create_dir_all(&settings).unwrap();
        let text = format!("[defaults]\ndigest = {digest}\n");
        std::fs::write(settings.join("certmonger.conf"), text).unwrap();
    }
    let said = run(&folder, &order, choice.name, &order.challenge, &[]).await;
    assert!(said.contains("status: MONITORING"), "{said}");
    assert_spoken(side, MessageType::PkcsReq, choice.digest, choice.cipher);
    held(&folder).assert_good(side, choice.name).await;
    held(&folder)
        .assert_dns(&format!("{}.example", choice.name))
        .await;
}

pub(super) async fn enrols_a_large_key(side: &Side) {
    let order = side.order("monger-large").await;
    let folder = folder(Key::Large).await;
    let said = run(&folder, &order, "monger-large", &order.challenge, &[]).await;
    assert!(said.contains("status: MONITORING"), "{said}");
    held(&folder).assert_good(side, "monger-large").await;
}

pub(super) async fn is_refused_with_a_wrong_challenge(side: &Side) {
    let order = side.order("monger-wrong").await;
    let folder = folder(Key::Fresh).await;
    let said = run(&folder, &order, "monger-wrong", &wrong(&order.challenge), &[]).await;
    assert!(said.contains("status: CA_REJECTED"), "{said}");
    assert!(!folder.path().join("cert.pem").exists());
    assert_eq!(side.issued().await, 0);
}

pub(super) async fn enrols_in_every_algorithm(side: &Side) {
    for choice in CHOICES {
        enrols_as_chosen(side, choice).await;
    }
    assert_eq!(side.issued().await, CHOICES.len());
}

/// A renewal with the same key, and then one with a new key: both are signed by the certificate that is renewed.
pub(super) async fn renews_and_changes_its_key(side: &Side) {
    let order = side.order("monger").await;
    let folder = folder(Key::Fresh).await;
    let said = run(
        &folder,
        &order,
        "monger",
        &order.challenge,
        &["resubmit", "rekey"],
    )
    .await;
    assert_eq!(said.matches("status: MONITORING").count(), 3, "{said}");
    let kinds: Vec<MessageType> = side.front.spoken().iter().map(|spoken| spoken.kind).collect();
    assert_eq!(kinds, [MessageType::PkcsReq; 3]);
    held(&folder).assert_good(side, "monger").await;
    held(&folder).assert_dns("monger.example").await;
    let old = Held {
        folder: folder.path(),
        certificate: "old-cert.pem",
        key: "old-key.pem",
    };
    old.assert_good(side, "monger").await;
    assert_ne!(old.serial().await, held(&folder).serial().await);
    assert_ne!(old.key_text(), held(&folder).key_text());
    assert_eq!(side.issued().await, 3);
}

/// It is told PENDING, sends its PKCSReq again when it is asked to look (`getcert refresh`), and gets what a person
/// decided; one certificate, however often it asked.
pub(super) async fn waits_for_a_person(side: &Side, decision: Decision) {
    let order = side.order("monger").await;
    let folder = folder(Key::Fresh).await;
    let ask = run(&folder, &order, "monger", &order.challenge, &[]);
    let decide = async {
        let is_polled = side.front.await_messages(2).await;
        side.decide(decision).await;
        is_polled
    };
    let (said, is_polled) = tokio::join!(ask, decide);
    assert!(is_polled, "{said}");
    assert!(folder.path().join("pending").exists());
    let kinds: Vec<MessageType> = side.front.spoken().iter().map(|spoken| spoken.kind).collect();
    let is_repeated = kinds.iter().all(|kind| *kind == MessageType::PkcsReq);
    assert!(kinds.len() >= 2 && is_repeated, "{kinds:?} {said}");
    if decision == Decision::Approve {
        assert!(said.contains("status: MONITORING"), "{said}");
        held(&folder).assert_good(side, "monger").await;
        assert_eq!(side.issued().await, 1);
    } else {
        assert!(said.contains("status: CA_REJECTED"), "{said}");
        assert!(!folder.path().join("cert.pem").exists());
    }
}

/// The address of an order is bound to the first transaction: it is of no use to anybody else.
pub(super) async fn is_refused_at_an_address_that_was_used(side: &Side) {
    let order = side.order("monger").await;
    let first = folder(Key::Fresh).await;
    let said = run(&first, &order, "monger", &order.challenge, &[]).await;
    assert!(said.contains("status: MONITORING"), "{said}");
    let ledger = side.world.get(&side.token, "/challenges").await.expect(200);
    let (taken, used) = (&ledger.json["taken"], &ledger.json["used"]);
    assert_eq!((taken, used), (&json!(1), &json!(1)), "{}", ledger.text);
    // An order has no timeline: its transactions tell.
    let path = format!("/orders/{}", order.id);
    let told = side.world.get(&side.token, &path).await.expect(200);
    let transaction = &told.json["transactions"][0];
    let (state, kind) = (&transaction["state"], &transaction["message_type"]);
    assert_eq!((state, kind), (&json!("succeeded"), &json!(19)), "{}", told.text);
    assert!(transaction["answered_at"].is_string() && !told.text.contains(&order.challenge));

    let second = folder(Key::Fresh).await;
    let said = run(&second, &order, "impostor", &order.challenge, &[]).await;
    assert!(!said.contains("status: MONITORING"), "{said}");
    assert!(!second.path().join("cert.pem").exists());
    assert_eq!(side.issued().await, 1);
}
