//! Keys in a token, with SoftHSM as the token. Compiled with the feature `pkcs11` alone; needs
//! the Debian package softhsm2.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail"
)]

mod world;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use ca::{CertificateAuthority, Error, Profile, SigningKey, Token, TokenAddress, TokenKey};
use cryptoki::context::{CInitializeArgs, CInitializeFlags, Pkcs11};
use cryptoki::mechanism::Mechanism;
use cryptoki::object::Attribute;
use cryptoki::session::{Session, UserType};
use cryptoki::types::AuthPin;
use tempfile::tempdir;
use world::{DAY, NOW, issue, openssl_agrees, order, root_of, write, write_certificate};

const PIN: &str = "2468-ok";
const LABEL: &str = "Sceau test";

/// Set in the child process alone.
const INSIDE: &str = "SCEAU_TEST_TOKEN";

/// Runs the story in a process of its own with an empty token of its own: SoftHSM reads its
/// configuration from the environment, once.
fn with_token(test: &str, story: impl FnOnce()) {
    if std::env::var_os(INSIDE).is_some() {
        return story();
    }
    let folder = tempdir().unwrap();
    std::fs::create_dir(folder.path().join("tokens")).unwrap();
    let tokens = folder.path().join("tokens");
    let configuration = format!(
        "directories.tokendir = {}\nobjectstore.backend = file\n",
        tokens.display()
    );
    let file = write(folder.path(), "softhsm2.conf", configuration);
    let initialized = Command::new("softhsm2-util")
        .args(["--init-token", "--free", "--label", LABEL])
        .args(["--pin", PIN, "--so-pin", "13579-so"])
        .env("SOFTHSM2_CONF", &file)
        .output()
        .expect("the tests need the Debian package softhsm2");
    assert!(initialized.status.success(), "{initialized:?}");
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", test, "--nocapture"])
        .env("SOFTHSM2_CONF", &file)
        .env(INSIDE, "1")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
    assert!(output.status.success() && said.contains("1 passed"), "{said}");
}

fn module() -> PathBuf {
    let places = [
        "/usr/lib/softhsm/libsofthsm2.so",
        "/usr/lib64/softhsm/libsofthsm2.so",
    ];
    let found = places.iter().map(Path::new).find(|place| place.exists());
    found
        .expect("the tests need the Debian package softhsm2")
        .to_owned()
}

fn address(key: &str) -> TokenAddress {
    TokenAddress {
        module: module(),
        token: Token::Label(LABEL.into()),
        key: key.into(),
    }
}

/// The module as another part of the process uses it.
fn neighbour() -> Pkcs11 {
    let neighbour = Pkcs11::new(module()).unwrap();
    // Initialized already when a key is open.
    let _ = neighbour.initialize(CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK));
    neighbour
}

fn session(neighbour: &Pkcs11) -> Session {
    let slot = neighbour.get_slots_with_initialized_token().unwrap()[0];
    neighbour.open_rw_session(slot).unwrap()
}

#[test]
fn a_root_in_a_token_issues_what_openssl_verifies() {
    with_token("a_root_in_a_token_issues_what_openssl_verifies", || {
        let folder = tempdir().unwrap();
        let key = TokenKey::generate(address("root"), PIN, 2048).unwrap();
        let root = root_of(key);
        let order = order(Profile::device_identity(), "device");
        let device = issue(&root, order.clone());
        write_certificate(folder.path(), "root.pem", root.certificate());
        write_certificate(folder.path(), "device.pem", &device.der);
        let at = (NOW + DAY).to_string();
        let verify = ["verify", "-x509_strict", "-attime", &at, "-CAfile", "root.pem"];
        openssl_agrees(folder.path(), &[&verify[..], &["device.pem"]].concat());

        let again = TokenKey::open(address("root"), PIN).unwrap();
        assert!(!format!("{again:?}").contains(PIN));
        let reopened = CertificateAuthority::open(root.certificate().to_vec(), again).unwrap();
        assert_eq!(issue(&reopened, order), device);
    });
}

#[test]
fn threads_share_one_key() {
    with_token("threads_share_one_key", || {
        let key: Arc<dyn SigningKey> = TokenKey::generate(address("shared"), PIN, 2048).unwrap().into();
        let expected = key.sign(b"message").unwrap();
        let threads: Vec<_> = (0..8)
            .map(|_| {
                let key = Arc::clone(&key);
                std::thread::spawn(move || [(); 20].map(|()| key.sign(b"message").unwrap()))
            })
            .collect();
        for thread in threads {
            assert!(
                thread
                    .join()
                    .unwrap()
                    .iter()
                    .all(|signature| *signature == expected)
            );
        }
    });
}

#[test]
fn a_token_that_was_away_works_again() {
    with_token("a_token_that_was_away_works_again", || {
        let key = TokenKey::generate(address("away"), PIN, 2048).unwrap();
        let before = key.sign(b"message").unwrap();
        // Ends every session and the login, and leaves the module uninitialized.
        neighbour().finalize().unwrap();
        assert_eq!(key.sign(b"message").unwrap(), before);

        let neighbour = neighbour();
        let slot = neighbour.get_slots_with_initialized_token().unwrap()[0];
        session(&neighbour).logout().unwrap();
        assert_eq!(key.sign(b"message").unwrap(), before);
        assert!(neighbour.get_token_info(slot).is_ok());
    });
}

#[test]
fn a_refused_pin_is_not_tried_again() {
    with_token("a_refused_pin_is_not_tried_again", || {
        let refused = || Error::Token("it refused the PIN, which is not tried again".into());
        let key = TokenKey::generate(address("key"), PIN, 2048).unwrap();
        let neighbour = neighbour();
        let change = |from: &str, to: &str| {
            let session = session(&neighbour);
            session.set_pin(&AuthPin::from(from), &AuthPin::from(to)).unwrap();
        };
        change(PIN, "another");
        session(&neighbour).logout().unwrap();
        assert_eq!(key.sign(b"message"), Err(refused()));
        // The PIN is right again: that it still is refused shows that it isn't asked again.
        let renamed = session(&neighbour);
        renamed
            .login(UserType::User, Some(&AuthPin::from("another")))
            .unwrap();
        change("another", PIN);
        assert_eq!(key.sign(b"message"), Err(refused()));
        renamed.logout().unwrap();
        assert!(TokenKey::open(address("key"), PIN).is_ok());
    });
}

#[test]
fn what_is_missing_is_said() {
    with_token("what_is_missing_is_said", || {
        let said = |address, pin: &str| match TokenKey::open(address, pin) {
            Ok(_) => panic!("it opened"),
            Err(error) => error.to_string(),
        };
        let refused = "the token that holds the key: it refused the PIN, which is not tried again";
        assert_eq!(said(address("none"), "0000-no"), refused);
        assert_eq!(
            said(address("none"), PIN),
            "the token that holds the key: it has no RSA private key of this label"
        );
        let elsewhere = TokenAddress {
            token: Token::Label("no such token".into()),
            ..address("none")
        };
        assert_eq!(
            said(elsewhere, PIN),
            "the token that holds the key: the module has no such token"
        );
        let nothing = TokenAddress {
            module: "/nowhere/libnone.so".into(),
            ..address("none")
        };
        assert_eq!(
            said(nothing, PIN),
            "the token that holds the key: its PKCS#11 module cannot be loaded"
        );
    });
}

#[test]
fn labels_are_used_once_and_small_keys_refused() {
    with_token("labels_are_used_once_and_small_keys_refused", || {
        let key = TokenKey::generate(address("once"), PIN, 2048).unwrap();
        assert_eq!(key.address(), &address("once"));
        let again = TokenKey::generate(address("once"), PIN, 2048).err();
        assert_eq!(
            again,
            Some(Error::Token("it has a key of this label already".into()))
        );
        let size = TokenKey::generate(address("small"), PIN, 1024).err();
        assert!(matches!(size, Some(Error::Key(_))));

        let neighbour = neighbour();
        let small = [
            Attribute::Token(true),
            Attribute::ModulusBits(1024.into()),
            Attribute::PublicExponent(vec![1, 0, 1]),
        ];
        let label = [
            Attribute::Token(true),
            Attribute::Sign(true),
            Attribute::Label(b"small".to_vec()),
        ];
        session(&neighbour)
            .generate_key_pair(&Mechanism::RsaPkcsKeyPairGen, &small, &label)
            .unwrap();
        let opened = TokenKey::open(address("small"), PIN).err();
        assert_eq!(
            opened,
            Some(Error::Key("no RSA key of 2048 bits or more in the token"))
        );
    });
}
