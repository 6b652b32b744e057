//! Authorities that exist already, as OpenSSL writes them.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail"
)]

mod world;

use std::path::Path;

use ca::{
    CertificateAuthority, ImportError, Imported, IssuingKey, Profile, import_pem, import_pkcs12, pem, serial,
};
use proptest::prelude::*;
use tempfile::{TempDir, tempdir};
use world::{DAY, NOW, YEAR, issue, key, openssl_agrees, order, root, write, write_certificate};

/// A root, an authority below it whose key is `key.pem`, and both certificates in the folder.
struct Site {
    folder: TempDir,
    root: CertificateAuthority,
    issuing: CertificateAuthority,
}

impl Site {
    fn new() -> Self {
        let folder = tempdir().unwrap();
        let root = root();
        let key = key();
        write(
            folder.path(),
            "key.pem",
            pem::private_key(&key.to_pkcs8().unwrap()).as_bytes(),
        );
        let issuing = root
            .create_intermediate("Issuing", key, NOW, YEAR * 5, serial::random().unwrap())
            .unwrap();
        write_certificate(folder.path(), "root.pem", root.certificate());
        write_certificate(folder.path(), "issuing.pem", issuing.certificate());
        Self {
            folder,
            root,
            issuing,
        }
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    fn read(&self, file: &str) -> Vec<u8> {
        std::fs::read(self.path().join(file)).unwrap()
    }

    fn text(&self, files: &[&str]) -> Vec<u8> {
        files.iter().flat_map(|file| self.read(file)).collect()
    }

    fn openssl(&self, arguments: &str) {
        let arguments: Vec<&str> = arguments.split_whitespace().collect();
        openssl_agrees(self.path(), &arguments);
    }

    /// The key, the certificate and the root above it came through, and the key issues.
    fn is_whole(&self, imported: Imported) {
        assert_eq!(imported.certificate, self.issuing.certificate());
        assert_eq!(imported.chain, [self.root.certificate().to_vec()]);
        let authority = CertificateAuthority::open(imported.certificate, imported.key).unwrap();
        let issued = issue(&authority, order(Profile::device_identity(), "device"));
        assert!(self.issuing.has_issued(&issued.der));
    }
}

fn refused(result: Result<Imported, ImportError>) -> ImportError {
    match result {
        Ok(_) => panic!("it was imported"),
        Err(error) => error,
    }
}

#[test]
fn keys_in_every_form_of_pem_are_read() {
    let site = Site::new();
    site.openssl("rsa -in key.pem -traditional -out pkcs1.pem");
    for key in ["key.pem", "pkcs1.pem"] {
        let text = site.text(&["root.pem", key, "issuing.pem"]);
        site.is_whole(import_pem(&text, None, NOW).unwrap());
    }
    let schemes = [
        "-v2 aes-256-cbc -v2prf hmacWithSHA256",
        "-v2 aes-128-cbc -v2prf hmacWithSHA512",
        "-v2 aes-192-cbc -v2prf hmacWithSHA384 -iter 100000",
        "-v2 aes-256-cbc -v2prf hmacWithSHA1",
        "-v2 des3",
        "-v1 PBE-SHA1-3DES",
    ];
    for scheme in schemes {
        site.openssl(&format!(
            "pkcs8 -topk8 -in key.pem -passout pass:Zoé-1 -out encrypted.pem {scheme}"
        ));
        let text = site.text(&["encrypted.pem", "issuing.pem", "root.pem"]);
        site.is_whole(import_pem(&text, Some("Zoé-1"), NOW).unwrap());
        let wrong = refused(import_pem(&text, Some("Zoe-1"), NOW));
        assert_eq!(wrong, ImportError::WrongPassphrase, "{scheme}");
        let none = refused(import_pem(&text, None, NOW));
        assert_eq!(none, ImportError::PassphraseNeeded, "{scheme}");
    }
}

#[test]
fn carriage_returns_and_text_around_the_blocks_pass() {
    let site = Site::new();
    let text = String::from_utf8(site.text(&["key.pem", "issuing.pem", "root.pem"])).unwrap();
    let text = format!("Bag Attributes\n    friendlyName: CA\n{text}that was all").replace('\n', "\r\n");
    site.is_whole(import_pem(text.as_bytes(), None, NOW).unwrap());
}

/// What Windows writes: 3DES over the key and RC2 over the certificates with SHA-1 (`-legacy`,
/// and its choice "TripleDES-SHA1"), or AES-256 with SHA-256.
#[test]
fn pkcs12_of_every_age_is_read() {
    let site = Site::new();
    let schemes = [
        "",
        "-legacy",
        "-legacy -certpbe PBE-SHA1-3DES -keypbe PBE-SHA1-3DES -macalg SHA1",
        "-legacy -certpbe PBE-SHA1-RC2-128 -keypbe PBE-SHA1-3DES",
        "-keypbe AES-256-CBC -certpbe AES-256-CBC -macalg SHA256 -iter 2000",
        "-keypbe AES-128-CBC -certpbe AES-128-CBC -macalg SHA384",
        "-macalg SHA512 -iter 10000",
        "-certpbe NONE",
        "-keypbe NONE -certpbe NONE",
        "-nomac",
        "-nomaciter",
    ];
    for scheme in schemes {
        site.openssl(&format!(
            "pkcs12 -export -inkey key.pem -in issuing.pem -certfile root.pem -name CA -passout pass:Zoé-1 -out ca.p12 {scheme}"
        ));
        let file = site.read("ca.p12");
        site.is_whole(import_pkcs12(&file, "Zoé-1", NOW).unwrap_or_else(|error| panic!("{scheme}: {error}")));
        let wrong = refused(import_pkcs12(&file, "Zoe-1", NOW));
        assert_eq!(wrong, ImportError::WrongPassphrase, "{scheme}");
    }
}

#[test]
fn an_empty_passphrase_is_one() {
    let site = Site::new();
    site.openssl(
        "pkcs12 -export -inkey key.pem -in issuing.pem -certfile root.pem -passout pass: -out ca.p12",
    );
    site.is_whole(import_pkcs12(&site.read("ca.p12"), "", NOW).unwrap());
}

#[test]
fn a_damaged_file_is_said_to_be_damaged() {
    let site = Site::new();
    site.openssl(
        "pkcs12 -export -inkey key.pem -in issuing.pem -certfile root.pem -passout pass:x -out ca.p12",
    );
    let file = site.read("ca.p12");
    for length in (0..file.len()).step_by(7) {
        assert!(import_pkcs12(&file[..length], "x", NOW).is_err(), "{length}");
    }
    assert!(matches!(
        refused(import_pkcs12(b"-----BEGIN", "x", NOW)),
        ImportError::Malformed(_)
    ));
    let text = site.text(&["key.pem", "issuing.pem"]);
    for (damaged, reason) in [
        (&b"no PEM at all"[..], "it is no PEM text"),
        (&text[..text.len() - 40], "a block has no end"),
        (
            b"-----BEGIN CERTIFICATE-----\n!!\n-----END CERTIFICATE-----\n",
            "a block is no base64",
        ),
    ] {
        assert_eq!(
            refused(import_pem(damaged, None, NOW)),
            ImportError::Malformed(reason)
        );
    }
    let large = refused(import_pem(&vec![b'\n'; 1_048_577], None, NOW));
    assert_eq!(large, ImportError::TooLarge { limit: 1_048_576 });
}

#[test]
fn exactly_one_key_is_wanted() {
    let site = Site::new();
    site.openssl("pkcs12 -export -nokeys -in issuing.pem -passout pass:x -out none.p12");
    let none = refused(import_pkcs12(&site.read("none.p12"), "x", NOW));
    assert_eq!(none, ImportError::NoKey);
    let none = refused(import_pem(&site.read("issuing.pem"), None, NOW));
    assert_eq!(none, ImportError::NoKey);
    let other = pem::private_key(&key().to_pkcs8().unwrap());
    write(site.path(), "other.pem", other.as_bytes());
    let two = site.text(&["key.pem", "other.pem", "issuing.pem"]);
    assert_eq!(
        refused(import_pem(&two, None, NOW)),
        ImportError::SeveralKeys { count: 2 }
    );
    let none = refused(import_pem(&site.read("key.pem"), None, NOW));
    assert_eq!(none, ImportError::NoCertificate);
    let foreign = site.text(&["other.pem", "issuing.pem", "root.pem"]);
    assert_eq!(refused(import_pem(&foreign, None, NOW)), ImportError::KeyMismatch);
}

#[test]
fn only_rsa_of_2048_bits_and_more_is_imported() {
    let site = Site::new();
    let small = "req -x509 -newkey rsa:1024 -nodes -keyout small.pem -out small-ca.pem -subj /CN=Small";
    site.openssl(small);
    let text = site.text(&["small.pem", "small-ca.pem"]);
    assert_eq!(
        refused(import_pem(&text, None, NOW)),
        ImportError::KeyTooSmall { bits: 1024 }
    );
    site.openssl("ecparam -name prime256v1 -genkey -noout -out ec1.pem");
    site.openssl("pkcs8 -topk8 -nocrypt -in ec1.pem -out ec8.pem");
    for key in ["ec1.pem", "ec8.pem"] {
        site.openssl(&format!("req -x509 -key {key} -out ec-ca.pem -subj /CN=Curve"));
        let text = site.text(&[key, "ec-ca.pem"]);
        assert_eq!(
            refused(import_pem(&text, None, NOW)),
            ImportError::NotRsa,
            "{key}"
        );
    }
}

#[test]
fn only_a_valid_certificate_of_an_authority_is_imported() {
    let site = Site::new();
    let text = site.text(&["key.pem", "issuing.pem", "root.pem"]);
    let (end, begin) = (NOW + 5 * 365 * DAY, NOW - DAY);
    assert!(import_pem(&text, None, end).is_ok());
    assert_eq!(
        refused(import_pem(&text, None, end + 1)),
        ImportError::Expired { not_after: end }
    );
    assert_eq!(
        refused(import_pem(&text, None, begin - 1)),
        ImportError::NotYetValid { not_before: begin }
    );

    let leaf_key = key();
    write(
        site.path(),
        "leaf-key.pem",
        pem::private_key(&leaf_key.to_pkcs8().unwrap()).as_bytes(),
    );
    let mut leaf = order(Profile::tls_server(), "server");
    leaf.names = vec![ca::GeneralName::Dns("server.example".into())];
    leaf.public_key = leaf_key.spki().to_vec();
    write_certificate(site.path(), "leaf.pem", &issue(&site.issuing, leaf).der);
    let text = site.text(&["leaf-key.pem", "leaf.pem"]);
    assert_eq!(refused(import_pem(&text, None, NOW)), ImportError::NotAnAuthority);

    // CA:TRUE whose key usage doesn't let it sign certificates.
    site.openssl("req -x509 -key leaf-key.pem -out odd.pem -subj /CN=Odd -addext keyUsage=digitalSignature");
    let text = site.text(&["leaf-key.pem", "odd.pem"]);
    assert_eq!(refused(import_pem(&text, None, NOW)), ImportError::NotAnAuthority);
}

#[test]
fn the_chain_is_ordered_and_strangers_are_left_out() {
    let folder = tempdir().unwrap();
    let top = root();
    let stranger = root();
    let serial = || serial::random().unwrap();
    // `create_intermediate` allows none below it, so the middle is a root of its own, certified again.
    let (middle_key, issuing_key) = (key(), key());
    let (middle_pkcs8, issuing_pkcs8) = (middle_key.to_pkcs8().unwrap(), issuing_key.to_pkcs8().unwrap());
    let middle_root =
        CertificateAuthority::create_root("Middle", middle_key, NOW, YEAR * 8, serial()).unwrap();
    let issuing = middle_root
        .create_intermediate("Issuing", issuing_key, NOW, YEAR * 5, serial())
        .unwrap();
    let middle_key = IssuingKey::from_pkcs8(&middle_pkcs8).unwrap();
    let middle = top
        .create_intermediate("Middle", middle_key, NOW, YEAR * 8, serial())
        .unwrap();
    let text: String = [
        stranger.certificate(),
        top.certificate(),
        issuing.certificate(),
        middle.certificate(),
    ]
    .map(pem::certificate)
    .concat();
    let text = format!("{}{}", pem::private_key(&issuing_pkcs8).as_str(), text);
    write(folder.path(), "bundle.pem", &text);
    let imported = import_pem(text.as_bytes(), None, NOW).unwrap();
    assert_eq!(imported.certificate, issuing.certificate());
    assert_eq!(
        imported.chain,
        [middle.certificate().to_vec(), top.certificate().to_vec()]
    );
}

#[test]
fn the_renewed_certificate_is_preferred_to_the_one_before() {
    let (old, pkcs8) = {
        let key = key();
        let pkcs8 = key.to_pkcs8().unwrap();
        let serial = serial::random().unwrap();
        let old = CertificateAuthority::create_root("Root", key, NOW, YEAR, serial).unwrap();
        (old, pkcs8)
    };
    let key = IssuingKey::from_pkcs8(&pkcs8).unwrap();
    let new =
        CertificateAuthority::create_root("Root", key, NOW, YEAR * 2, serial::random().unwrap()).unwrap();
    let text = format!(
        "{}{}{}",
        pem::certificate(old.certificate()),
        pem::certificate(new.certificate()),
        pem::private_key(&pkcs8).as_str()
    );
    let imported = import_pem(text.as_bytes(), None, NOW).unwrap();
    assert_eq!(imported.certificate, new.certificate());
    assert!(imported.chain.is_empty());
}

#[test]
fn the_old_encryption_of_openssl_is_named() {
    let site = Site::new();
    site.openssl("rsa -in key.pem -traditional -aes128 -passout pass:secret -out old.pem");
    let error = refused(import_pem(
        &site.text(&["old.pem", "issuing.pem"]),
        Some("secret"),
        NOW,
    ));
    assert!(matches!(error, ImportError::UnsupportedEncryption(_)));
    assert_eq!(error.key(), "unsupported-encryption");
    site.openssl("pkcs8 -topk8 -in key.pem -passout pass:secret -scrypt -out scrypt.pem");
    let error = refused(import_pem(
        &site.text(&["scrypt.pem", "issuing.pem"]),
        Some("secret"),
        NOW,
    ));
    assert_eq!(
        error.to_string(),
        "the encryption of the file is not supported: PBKDF2 is the only key derivation that is read"
    );
}

#[test]
fn no_changed_octet_makes_the_reader_of_pkcs12_panic() {
    let site = Site::new();
    site.openssl(
        "pkcs12 -export -inkey key.pem -in issuing.pem -passout pass:x -out ca.p12 -nomac -keypbe NONE -certpbe NONE",
    );
    let file = site.read("ca.p12");
    proptest!(ProptestConfig::with_cases(512), |(position in 0..file.len(), value in any::<u8>())| {
        let mut changed = file.clone();
        changed[position] = value;
        let _ = import_pkcs12(&changed, "x", NOW);
    });
}
