//! strongSwan 5.9.8: `pki --scepca` and `pki --scep`.

use sceau::actions::built_in::Decision;
use scep::{Digest, MessageType};
use tempfile::TempDir;

use super::{Order, Side, assert_spoken, keys::Key, openssl::Held, program, wrong};

/// One client with its files.
struct Swan {
    folder: TempDir,
    /// What is encrypted to (`--cacert-enc`).
    encryption: String,
    /// The CA that issues, which a poll names (`--cacert-sig`).
    issuing: String,
    /// What else it trusts: the root, and the RA's certificate that signs answers, which NDES's failures lack.
    others: Vec<String>,
}

/// The choices that its command line leaves.
struct Choice<'a> {
    key: &'a str,
    cipher: &'a str,
    digest: &'a str,
    challenge: &'a str,
}

impl Swan {
    /// Fetches the CA's certificates with `pki --scepca`, and tells the RA's apart by their usage.
    async fn new(scep_url: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let fetch = [
            "--scepca", "--url", scep_url, "--caout", "ca.crt", "--raout", "ra.crt",
        ];
        let (is_content, said) = program(folder.path(), "pki", &fetch).await;
        assert!(is_content, "{said}");
        let is_there = |name: &&str| folder.path().join(name).exists();
        // The root is ca.crt, and an issuing CA below it ca-1.crt.
        let cas = ["ca-1.crt", "ca.crt"].into_iter().filter(is_there);
        let mut cas: Vec<String> = cas.map(str::to_owned).collect();
        let issuing = cas.remove(0);
        let mut swan = Self {
            encryption: issuing.clone(),
            issuing,
            others: cas,
            folder,
        };
        for name in ["ra.crt", "ra-2.crt"] {
            let ask = ["x509", "-in", name, "-noout", "-ext", "keyUsage"];
            match program(swan.folder.path(), "openssl", &ask).await {
                (true, usage) if usage.contains("Key Encipherment") => swan.encryption = name.to_owned(),
                (_, said) => {
                    assert!(said.contains("Digital Signature"), "{said}");
                    swan.others.push(name.to_owned());
                }
            }
        }
        swan
    }

    /// `pki --scep`; gives whether it ended well and what it said. The certificate is in `name`.pem then.
    async fn enrol(&self, order: &Order, name: &str, choice: &Choice<'_>, more: &[&str]) -> (bool, String) {
        let dn = format!("CN={name}");
        let san = format!("{name}.example");
        let mut command = vec![
            "--scep",
            "--url",
            &order.scep_url,
            "--in",
            choice.key,
            "--dn",
            &dn,
        ];
        command.extend([
            "--san",
            &san,
            "--cipher",
            choice.cipher,
            "--digest",
            choice.digest,
        ]);
        command.extend(["--cacert-enc", &self.encryption, "--cacert-sig", &self.issuing]);
        command.extend(["--outform", "pem"]);
        for other in &self.others {
            command.extend(["--cacert", other]);
        }
        if !choice.challenge.is_empty() {
            command.extend(["--password", choice.challenge]);
        }
        command.extend(more);
        // The certificate goes to standard output, what it says to standard error.
        let line = r#"out=$1; shift; pki "$@" > "$out.pem""#;
        let shell = [&["-c", line, "sh", name][..], &command].concat();
        program(self.folder.path(), "sh", &shell).await
    }

    fn held<'a>(&'a self, certificate: &'a str, key: &'a str) -> Held<'a> {
        Held {
            folder: self.folder.path(),
            certificate,
            key,
        }
    }
}

const CIPHERS: [(&str, &str); 2] = [("aes", "AES-128"), ("des3", "DES3")];
const DIGESTS: [(&str, Digest); 4] = [
    ("sha1", Digest::Sha1),
    ("sha256", Digest::Sha256),
    ("sha384", Digest::Sha384),
    ("sha512", Digest::Sha512),
];

/// Every cipher with every digest, each at an order of its own.
pub(super) async fn enrols_in_every_algorithm(side: &Side) {
    for (cipher, spoken_cipher) in CIPHERS {
        for (digest, spoken_digest) in DIGESTS {
            let name = format!("swan-{cipher}-{digest}");
            let order = side.order(&name).await;
            let swan = Swan::new(&order.scep_url).await;
            Key::Fresh.put(swan.folder.path(), "key.pem").await;
            let choice = Choice {
                key: "key.pem",
                cipher,
                digest,
                challenge: &order.challenge,
            };
            let (is_content, said) = swan.enrol(&order, &name, &choice, &[]).await;
            assert!(
                is_content && said.contains("Issued certificate is trusted"),
                "{said}"
            );
            assert_spoken(side, MessageType::PkcsReq, spoken_digest, spoken_cipher);
            let file = format!("{name}.pem");
            let held = swan.held(&file, "key.pem");
            held.assert_good(side, &name).await;
            held.assert_dns(&format!("{name}.example")).await;
        }
    }
    assert_eq!(side.issued().await, CIPHERS.len() * DIGESTS.len());
}

/// `--rsa-padding pss` signs the request, the message and the certificate that goes with it by RSASSA-PSS.
pub(super) async fn enrols_with_pss(side: &Side) {
    let order = side.order("swan-pss").await;
    let swan = Swan::new(&order.scep_url).await;
    Key::Fresh.put(swan.folder.path(), "key.pem").await;
    let choice = Choice {
        key: "key.pem",
        cipher: "aes",
        digest: "sha256",
        challenge: &order.challenge,
    };
    let (is_content, said) = swan
        .enrol(&order, "swan-pss", &choice, &["--rsa-padding", "pss"])
        .await;
    assert!(is_content, "{said}");
    swan.held("swan-pss.pem", "key.pem")
        .assert_good(side, "swan-pss")
        .await;
}

/// What it can do and nobody here can: it is told so with HTTP 400, for want of a digest to answer in.
pub(super) async fn is_turned_away_with_sha224(side: &Side) {
    let order = side.order("swan-sha224").await;
    let swan = Swan::new(&order.scep_url).await;
    Key::Fresh.put(swan.folder.path(), "key.pem").await;
    let choice = Choice {
        key: "key.pem",
        cipher: "aes",
        digest: "sha224",
        challenge: &order.challenge,
    };
    let (is_content, said) = swan.enrol(&order, "swan-sha224", &choice, &[]).await;
    assert!(!is_content && said.contains("HTTP 400"), "{said}");
}

pub(super) async fn enrols_a_large_key(side: &Side) {
    let order = side.order("swan-large").await;
    let swan = Swan::new(&order.scep_url).await;
    Key::Large.put(swan.folder.path(), "key.pem").await;
    let choice = Choice {
        key: "key.pem",
        cipher: "aes",
        digest: "sha256",
        challenge: &order.challenge,
    };
    let (is_content, said) = swan.enrol(&order, "swan-large", &choice, &[]).await;
    assert!(is_content, "{said}");
    let held = swan.held("swan-large.pem", "key.pem");
    held.assert_good(side, "swan-large").await;
}

pub(super) async fn is_refused_with_a_wrong_challenge(side: &Side) {
    let order = side.order("swan-wrong").await;
    let swan = Swan::new(&order.scep_url).await;
    Key::Fresh.put(swan.folder.path(), "key.pem").await;
    let choice = Choice {
        key: "key.pem",
        cipher: "aes",
        digest: "sha256",
        challenge: &wrong(&order.challenge),
    };
    let (is_content, said) = swan.enrol(&order, "swan-wrong", &choice, &[]).await;
    assert!(!is_content && said.contains("failInfo:     badRequest"), "{said}");
    assert_eq!(side.issued().await, 0);
}

/// A RenewalReq, signed by the certificate that is renewed, for a new key.
pub(super) async fn renews(side: &Side) {
    let order = side.order("swan").await;
    let swan = Swan::new(&order.scep_url).await;
    Key::Fresh.put(swan.folder.path(), "old.key").await;
    Key::Fresh.put(swan.folder.path(), "key.pem").await;
    let first = Choice {
        key: "old.key",
        cipher: "aes",
        digest: "sha256",
        challenge: &order.challenge,
    };
    let (is_content, said) = swan.enrol(&order, "swan", &first, &[]).await;
    assert!(is_content, "{said}");
    let folder = swan.folder.path();
    std::fs::rename(folder.join("swan.pem"), folder.join("old.pem")).unwrap();
    let then = Choice {
        key: "key.pem",
        challenge: "",
        ..first
    };
    let old = ["--cert", "old.pem", "--key", "old.key"];
    let (is_content, said) = swan.enrol(&order, "swan", &then, &old).await;
    assert!(
        is_content && said.contains("Issued certificate is trusted"),
        "{said}"
    );
    assert_spoken(side, MessageType::RenewalReq, Digest::Sha256, "AES-128");
    let held = swan.held("swan.pem", "key.pem");
    held.assert_good(side, "swan").await;
    held.assert_dns("swan.example").await;
    assert_ne!(
        held.serial().await,
        swan.held("old.pem", "old.key").serial().await
    );
    assert_eq!(side.issued().await, 2);
}

/// It is told PENDING, polls with CertPoll, and gets what a person decided.
pub(super) async fn waits_for_a_person(side: &Side, decision: Decision) {
    let order = side.order("swan").await;
    let swan = Swan::new(&order.scep_url).await;
    Key::Fresh.put(swan.folder.path(), "key.pem").await;
    let choice = Choice {
        key: "key.pem",
        cipher: "aes",
        digest: "sha256",
        challenge: &order.challenge,
    };
    let ask = swan.enrol(
        &order,
        "swan",
        &choice,
        &["--interval", "1", "--maxpolltime", "60"],
    );
    let decide = async {
        let is_polled = side.front.await_messages(2).await;
        side.decide(decision).await;
        is_polled
    };
    let ((is_content, said), is_polled) = tokio::join!(ask, decide);
    assert!(is_polled, "{said}");
    assert_eq!(is_content, decision == Decision::Approve, "{said}");
    assert_spoken(side, MessageType::CertPoll, Digest::Sha256, "AES-128");
    if decision == Decision::Approve {
        swan.held("swan.pem", "key.pem").assert_good(side, "swan").await;
    } else {
        assert!(said.contains("failInfo:     badRequest"), "{said}");
    }
}

/// It takes the numbers of its keywords for the bits of a mask: AES is number 0, so it is never there, unless
/// SCEPStandard, number 8, is, whose one bit is that of SHA-384; DES3, number 1, is AES's bit.
pub(super) async fn misreads_keywords(side: &Side) {
    let order = side.order("swan").await;
    let swan = Swan::new(&order.scep_url).await;
    Key::Fresh.put(swan.folder.path(), "key.pem").await;
    let cases: [(&[&str], [bool; 2]); 4] = [
        (
            &[
                "POSTPKIOperation",
                "Renewal",
                "SHA-512",
                "SHA-256",
                "SHA-1",
                "DES3",
            ],
            [false, false],
        ),
        (
            &["AES", "SHA-256", "POSTPKIOperation", "SCEPStandard"],
            [false, false],
        ),
        (&["AES", "DES3", "SHA-256"], [false, true]),
        (&["AES", "DES3", "SHA-256", "SHA-384"], [true, true]),
    ];
    for (keywords, expected) in cases {
        side.front.offer(keywords);
        for ((cipher, _), is_believed) in CIPHERS.into_iter().zip(expected) {
            let choice = Choice {
                key: "key.pem",
                cipher,
                digest: "sha256",
                challenge: &wrong(&order.challenge),
            };
            let (_, said) = swan.enrol(&order, "swan", &choice, &[]).await;
            let is_misread = said.contains("algorithm not supported by CA");
            assert_eq!(!is_misread, is_believed, "{keywords:?} {cipher}: {said}");
        }
    }
}
