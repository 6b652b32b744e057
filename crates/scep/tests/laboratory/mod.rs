//! A CA and a device with keys of their own, and OpenSSL beside them.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]
#![allow(dead_code)]

use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::LazyLock;

use scep::{
    CaCertificates, Capabilities, Capability, CsrBuilder, Enrolment, ExtendedKeyUsage, GeneralName, Identity,
    KeyUsage, RsaKey, SignerCertificate,
};

/// 2026-11-23, and a hundred years later.
pub(crate) const NOW: i64 = 1_795_392_000;
pub(crate) const LATER: i64 = NOW + 36_524 * 86_400;

/// A CA that signs and decrypts with one key.
pub(crate) static CA: LazyLock<Identity> = LazyLock::new(|| {
    let certificate = SignerCertificate::new(name("Laboratory CA"), NOW, LATER);
    certificate.issue(RsaKey::generate(2048).unwrap()).unwrap()
});

/// A device under the self-signed certificate that Windows makes.
pub(crate) static DEVICE: LazyLock<Identity> = LazyLock::new(|| {
    let certificate = SignerCertificate::windows(NOW, LATER);
    certificate.issue(RsaKey::generate(2048).unwrap()).unwrap()
});

/// Someone else.
pub(crate) static STRANGER: LazyLock<Identity> = LazyLock::new(|| {
    let certificate = SignerCertificate::new(name("Stranger"), NOW, LATER);
    certificate.issue(RsaKey::generate(2048).unwrap()).unwrap()
});

/// What the CA issues to the device: any certificate with its key does here.
pub(crate) static ISSUED: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let certificate = SignerCertificate::new(name("Device 1"), NOW, LATER);
    certificate.issue(DEVICE.key.clone()).unwrap().certificate
});

pub(crate) const CHALLENGE: &str = "9F86D081884C7D65";

/// A Name of one common name, DER.
pub(crate) fn name(common_name: &str) -> Vec<u8> {
    let text = common_name.as_bytes();
    let length = u8::try_from(text.len()).unwrap();
    assert!(length < 0x70);
    let mut der = vec![
        0x30,
        length + 11,
        0x31,
        length + 9,
        0x30,
        length + 7,
        6,
        3,
        0x55,
        4,
        3,
        0x0c,
        length,
    ];
    der.extend_from_slice(text);
    der
}

pub(crate) fn csr() -> Vec<u8> {
    CsrBuilder::new(name("Device 1"))
        .challenge(CHALLENGE)
        .name(GeneralName::Upn("ada@example.org".into()))
        .name(GeneralName::Dns("device-1.example.org".into()))
        .name(GeneralName::Email("ada@example.org".into()))
        .name(GeneralName::Uri(
            "tag:microsoft.com,2022-09-14:sid:S-1-5-21-1-2-3-1001".into(),
        ))
        .name(GeneralName::Ip([192, 0, 2, 7].into()))
        .key_usage(KeyUsage::BOTH)
        .extended_key_usage(ExtendedKeyUsage::client_authentication())
        .build(&DEVICE.key)
        .unwrap()
}

pub(crate) fn ca_certificates() -> CaCertificates {
    CaCertificates::from_certificates([CA.certificate.clone()]).unwrap()
}

pub(crate) fn enrolment() -> Enrolment {
    let capabilities = Capabilities::new([Capability::ScepStandard]);
    Enrolment::new(ca_certificates(), &capabilities, csr(), DEVICE.clone()).unwrap()
}

/// Runs OpenSSL; what it printed, or a test that fails with its complaint.
pub(crate) fn openssl(folder: &Path, arguments: &[&str]) -> Vec<u8> {
    let output = Command::new("openssl")
        .args(arguments)
        .current_dir(folder)
        .stdin(Stdio::null())
        .output();
    let output = output.expect("OpenSSL's command line is installed");
    assert!(
        output.status.success(),
        "openssl {}: {}",
        arguments.join(" "),
        String::from_utf8_lossy(&output.stderr)
    );
    output.stdout
}

/// Writes an identity as `NAME.cert.pem` and `NAME.key.pem`.
pub(crate) fn save(folder: &Path, file: &str, identity: &Identity) {
    let (certificate, key) = (format!("{file}.cert.der"), format!("{file}.key.der"));
    std::fs::write(folder.join(&certificate), &identity.certificate).unwrap();
    std::fs::write(folder.join(&key), identity.key.to_pkcs8().unwrap()).unwrap();
    let pem = format!("{file}.cert.pem");
    openssl(
        folder,
        &["x509", "-inform", "DER", "-in", &certificate, "-out", &pem],
    );
    let pem = format!("{file}.key.pem");
    openssl(folder, &["pkey", "-inform", "DER", "-in", &key, "-out", &pem]);
}
