#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

use ms_mdm::digest::{credential, proves};

/// The example of the SyncML 1.1 specification.
#[test]
fn the_specifications_example_comes_out() {
    assert_eq!(
        credential("Bruce2", "OhBehave", b"Nonce"),
        "Zz6EivR3yeaaENcRN6lpAQ=="
    );
}

#[test]
fn another_nonce_name_or_secret_proves_nothing() {
    let right = credential("device", "secret", &[0, 255, 7]);
    assert!(proves(&format!(" {right}\n"), "device", "secret", &[0, 255, 7]));
    assert!(!proves(&right, "device", "secret", &[0, 255, 8]));
    assert!(!proves(&right, "device2", "secret", &[0, 255, 7]));
    assert!(!proves(&right, "device", "Secret", &[0, 255, 7]));
    assert!(!proves("", "device", "secret", &[0, 255, 7]));
    assert!(!proves(&format!("{right}A"), "device", "secret", &[0, 255, 7]));
}
