//! OpenSSL as the judge: authorities made by it, certificates and lists looked at by it.

use std::path::Path;

/// Runs OpenSSL in a folder. Whether it agreed, and what it said.
pub fn openssl(folder: &Path, arguments: &[&str]) -> (bool, String) {
    let output = std::process::Command::new("openssl")
        .args(arguments)
        .current_dir(folder)
        .output()
        .unwrap();
    let said = [output.stdout, output.stderr].concat();
    (
        output.status.success(),
        String::from_utf8_lossy(&said).into_owned(),
    )
}

/// Runs OpenSSL, which must agree.
pub fn agrees(folder: &Path, arguments: &[&str]) -> String {
    let (is_good, said) = openssl(folder, arguments);
    assert!(is_good, "openssl {arguments:?}: {said}");
    said
}

/// A root made by OpenSSL: `ca.pem` (encrypted PKCS#8 and certificate) and `ca.p12`, under the passphrase `secret`.
pub fn authority(folder: &Path) {
    let request = [
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-keyout",
        "key.pem",
        "-passout",
        "pass:secret",
        "-out",
        "cert.pem",
        "-days",
        "3650",
        "-subj",
        "/CN=Old CA",
        "-addext",
        "keyUsage=critical,keyCertSign,cRLSign",
    ];
    agrees(folder, &request);
    let key = std::fs::read(folder.join("key.pem")).unwrap();
    assert!(key.starts_with(b"-----BEGIN ENCRYPTED PRIVATE KEY"));
    let both = [key, std::fs::read(folder.join("cert.pem")).unwrap()].concat();
    std::fs::write(folder.join("ca.pem"), both).unwrap();
    let export = [
        "pkcs12",
        "-export",
        "-inkey",
        "key.pem",
        "-passin",
        "pass:secret",
        "-in",
        "cert.pem",
        "-passout",
        "pass:secret",
        "-out",
        "ca.p12",
    ];
    agrees(folder, &export);
}

/// Writes a certificate as PEM.
pub fn write_certificate(folder: &Path, name: &str, der: &[u8]) {
    std::fs::write(folder.join(name), ca::pem::certificate(der)).unwrap();
}
