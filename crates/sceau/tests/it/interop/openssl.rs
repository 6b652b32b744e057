//! What OpenSSL says of a certificate.

use std::path::Path;

use super::{Side, program};

/// A certificate and its key, by the names of their files in one folder.
pub(super) struct Held<'a> {
    pub(super) folder: &'a Path,
    pub(super) certificate: &'a str,
    pub(super) key: &'a str,
}

async fn openssl(folder: &Path, arguments: &[&str]) -> String {
    let (is_content, said) = program(folder, "openssl", arguments).await;
    assert!(is_content, "openssl {arguments:?}: {said}");
    said
}

impl Held<'_> {
    /// Asserts that it chains to the CA, serves as a client's certificate, names this subject and nothing beside it,
    /// and is for the key.
    pub(super) async fn assert_good(&self, side: &Side, name: &str) {
        let (root, issuing) = (side.root(), side.issuing());
        let verify = [
            "verify",
            "-x509_strict",
            "-purpose",
            "sslclient",
            "-untrusted",
            issuing.to_str().unwrap(),
            "-CAfile",
            root.to_str().unwrap(),
            self.certificate,
        ];
        openssl(self.folder, &verify).await;
        let subject = self.print(&["-subject", "-nameopt", "RFC2253"]).await;
        assert_eq!(subject, format!("subject=CN={name}\n"));
        let of_certificate = self.print(&["-pubkey"]).await;
        let of_key = openssl(self.folder, &["pkey", "-in", self.key, "-pubout"]).await;
        assert_eq!(of_certificate, of_key);
    }

    /// Asserts that it names this DNS name alone.
    pub(super) async fn assert_dns(&self, expected: &str) {
        let names = self.print(&["-ext", "subjectAltName"]).await;
        let (_, names) = names.split_once('\n').unwrap();
        assert_eq!(names.trim(), format!("DNS:{expected}"));
    }

    pub(super) async fn serial(&self) -> String {
        self.print(&["-serial"]).await
    }

    pub(super) fn key_text(&self) -> String {
        std::fs::read_to_string(self.folder.join(self.key)).unwrap()
    }

    async fn print(&self, what: &[&str]) -> String {
        let ask = ["x509", "-in", self.certificate, "-noout"];
        openssl(self.folder, &[&ask[..], what].concat()).await
    }
}
