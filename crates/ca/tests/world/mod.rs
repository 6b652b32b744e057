//! What the tests share: a clock that stands still, an authority, and OpenSSL as a child process.
#![allow(dead_code, unreachable_pub, reason = "each test binary uses its own part")]

pub mod asking;
pub mod csr;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use ca::{CertificateAuthority, Issued, IssuingKey, Order, Profile, SigningKey, Subject, pem, serial};

/// 2026-11-23 00:00:00 UTC.
pub const NOW: i64 = 1_795_392_000;
pub const DAY: i64 = 86_400;
pub const YEAR: Duration = Duration::from_secs(365 * 86_400);

pub fn key() -> IssuingKey {
    IssuingKey::generate(2048).unwrap()
}

pub fn root() -> CertificateAuthority {
    root_of(key())
}

pub fn root_of(key: impl Into<Arc<dyn SigningKey>>) -> CertificateAuthority {
    CertificateAuthority::create_root("Laboratory Root", key, NOW, YEAR * 10, serial::random().unwrap())
        .unwrap()
}

pub fn order(profile: Profile, common_name: &str) -> Order {
    let subject = Subject::common_name(common_name);
    Order::new(
        profile,
        subject,
        key().spki(),
        serial::random().unwrap(),
        NOW,
        NOW + 365 * DAY,
    )
}

pub fn issue(authority: &CertificateAuthority, order: Order) -> Issued {
    authority.prepare(order).unwrap().lint().unwrap().sign().unwrap()
}

pub fn write(folder: &Path, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
    let path = folder.join(name);
    std::fs::write(&path, content).unwrap();
    path
}

pub fn write_certificate(folder: &Path, name: &str, der: &[u8]) -> PathBuf {
    write(folder, name, pem::certificate(der))
}

/// Runs OpenSSL in the folder; its output, whether it agreed or not.
pub fn openssl(folder: &Path, arguments: &[&str]) -> (bool, String) {
    let output = Command::new("openssl")
        .args(arguments)
        .current_dir(folder)
        .output()
        .expect("the tests need the openssl command");
    let text = [output.stdout, output.stderr].concat();
    (
        output.status.success(),
        String::from_utf8_lossy(&text).into_owned(),
    )
}

/// OpenSSL must agree; what it printed.
pub fn openssl_agrees(folder: &Path, arguments: &[&str]) -> String {
    let (agrees, text) = openssl(folder, arguments);
    assert!(agrees, "openssl {arguments:?}: {text}");
    text
}

/// A request made by OpenSSL from a configuration, with a new key.
pub fn openssl_request(folder: &Path, key: &str, configuration: &str) -> Vec<u8> {
    write(folder, "request.cnf", configuration);
    let new_key: Vec<&str> = "genpkey -out key.pem -algorithm"
        .split(' ')
        .chain(key.split(' '))
        .collect();
    openssl_agrees(folder, &new_key);
    let request = [
        "req",
        "-new",
        "-key",
        "key.pem",
        "-config",
        "request.cnf",
        "-outform",
        "DER",
        "-out",
        "request.der",
    ];
    openssl_agrees(folder, &request);
    std::fs::read(folder.join("request.der")).unwrap()
}
