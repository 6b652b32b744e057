//! certmonger 0.79: `getcert request`, `resubmit`, `rekey`.

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
    assert!(is_content, "{said}");
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
    let folder = folder(Key::First).await;
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

async fn enrols_a_large_key(side: &Side) {
    let order = side.order("monger-large").await;
    let folder = folder(Key::Large).await;
    let said = run(&folder, &order, "monger-large", &order.challenge, &[]).await;
    assert!(said.contains("status: MONITORING"), "{said}");
    held(&folder).assert_good(side, "monger-large").await;
}

async fn is_refused_with_a_wrong_challenge(side: &Side) {
    let order = side.order("monger-wrong").await;
    let folder = folder(Key::First).await;
    let said = run(&folder, &order, "monger-wrong", &wrong(&order.challenge), &[]).await;
    assert!(said.contains("status: CA_REJECTED"), "{said}");
    assert!(!folder.path().join("cert.pem").exists());
    assert_eq!(side.issued(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn certmonger_enrols_through_the_proxy_in_every_algorithm() {
    let side = Side::proxy().await;
    for choice in CHOICES {
        enrols_as_chosen(&side, choice).await;
    }
    assert_eq!(side.issued(), CHOICES.len());
    side.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn certmonger_enrols_a_large_key_through_the_proxy() {
    let side = Side::proxy().await;
    enrols_a_large_key(&side).await;
    side.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn certmonger_is_refused_through_the_proxy_with_a_wrong_challenge() {
    let side = Side::proxy().await;
    is_refused_with_a_wrong_challenge(&side).await;
    side.end().await;
}

/// The address of an order is bound to the first transaction: it is of no use to anybody else.
#[tokio::test(flavor = "multi_thread")]
async fn certmonger_is_refused_at_the_address_of_an_order_that_was_used() {
    let side = Side::proxy().await;
    let order = side.order("monger").await;
    let first = folder(Key::First).await;
    let said = run(&first, &order, "monger", &order.challenge, &[]).await;
    assert!(said.contains("status: MONITORING"), "{said}");
    let ledger = side.world.get(&side.token, "/challenges").await.expect(200);
    let (taken, used) = (&ledger.json["taken"], &ledger.json["used"]);
    assert_eq!((taken, used), (&json!(1), &json!(1)), "{}", ledger.text);

    let second = folder(Key::Second).await;
    let said = run(&second, &order, "impostor", &order.challenge, &[]).await;
    assert!(!said.contains("status: MONITORING"), "{said}");
    assert!(!second.path().join("cert.pem").exists());
    assert_eq!(side.issued(), 1);
    side.end().await;
}
