//! Revocation lists, judged by OpenSSL.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail"
)]

mod world;

use ca::{
    CertificateAuthority, CertificateRevocationList, Error, Profile, RevocationReason, RevokedCertificate,
    pem,
};
use tempfile::tempdir;
use world::{DAY, NOW, issue, key, openssl, openssl_agrees, order, root, write, write_certificate};

#[test]
fn openssl_takes_the_revocation_list() {
    let folder = tempdir().unwrap();
    let root = root();
    let revoked = issue(&root, order(Profile::device_identity(), "lost"));
    let kept = issue(&root, order(Profile::device_identity(), "kept"));
    let list = |revoked| CertificateRevocationList {
        number: 300,
        this_update: NOW,
        next_update: NOW + 7 * DAY,
        revoked,
    };
    let serial = revoked.serial.clone();
    let full = root
        .sign_revocation_list(&list(vec![RevokedCertificate {
            serial,
            revoked_at: NOW,
            reason: None,
        }]))
        .unwrap();
    write_certificate(folder.path(), "root.pem", root.certificate());
    write_certificate(folder.path(), "lost.pem", &revoked.der);
    write_certificate(folder.path(), "kept.pem", &kept.der);
    write(folder.path(), "crl.pem", pem::revocation_list(&full));

    let at = (NOW + DAY).to_string();
    let verify = [
        "verify",
        "-attime",
        &at,
        "-CAfile",
        "root.pem",
        "-CRLfile",
        "crl.pem",
        "-crl_check",
    ];
    openssl_agrees(folder.path(), &[&verify[..], &["kept.pem"]].concat());
    let (passes, text) = openssl(folder.path(), &[&verify[..], &["lost.pem"]].concat());
    assert!(!passes && text.contains("certificate revoked"), "{text}");
    let text = openssl_agrees(
        folder.path(),
        &["crl", "-in", "crl.pem", "-noout", "-text", "-crlnumber"],
    );
    assert!(text.contains("0x012C") || text.contains("300"), "{text}");

    let empty = root.sign_revocation_list(&list(vec![])).unwrap();
    write(folder.path(), "crl.pem", pem::revocation_list(&empty));
    openssl_agrees(folder.path(), &[&verify[..], &["lost.pem"]].concat());
}

#[test]
fn openssl_reads_every_reason() {
    let folder = tempdir().unwrap();
    let root = root();
    let mut revoked: Vec<RevokedCertificate> = RevocationReason::ALL
        .into_iter()
        .map(Some)
        .chain([None])
        .map(|reason| RevokedCertificate {
            serial: ca::serial::random().unwrap(),
            revoked_at: NOW,
            reason,
        })
        .collect();
    let list = |revoked| CertificateRevocationList {
        number: u64::MAX,
        this_update: NOW,
        next_update: NOW + DAY,
        revoked,
    };
    let der = root.sign_revocation_list(&list(revoked.clone())).unwrap();
    write(folder.path(), "crl.pem", pem::revocation_list(&der));
    write_certificate(folder.path(), "root.pem", root.certificate());
    let text = openssl_agrees(
        folder.path(),
        &["crl", "-in", "crl.pem", "-CAfile", "root.pem", "-noout", "-text"],
    );
    assert!(text.contains("verify OK") && text.contains("Version 2"), "{text}");
    for reason in [
        "Key Compromise",
        "CA Compromise",
        "Affiliation Changed",
        "Superseded",
        "Cessation Of Operation",
        "Privilege Withdrawn",
        "AA Compromise",
    ] {
        assert_eq!(text.matches(reason).count(), 1, "{reason} in {text}");
    }
    assert_eq!(text.matches("Reason Code").count(), 7, "{text}");
    assert!(text.contains("X509v3 CRL Number"), "{text}");
    assert!(!text.contains("Delta") && !text.contains("critical"), "{text}");

    // The order of the entries and the number of them is the caller's.
    revoked.reverse();
    assert_ne!(root.sign_revocation_list(&list(revoked)).unwrap(), der);
}

#[test]
fn reasons_are_known_by_their_numbers() {
    for reason in RevocationReason::ALL {
        assert_eq!(RevocationReason::of_number(reason.number()), Some(reason));
    }
    // Unspecified, hold, the number that nobody uses, removal from a list.
    for number in [0, 6, 7, 8, 11] {
        assert_eq!(RevocationReason::of_number(number), None);
    }
}

#[test]
fn a_list_ends_after_it_begins() {
    let list = CertificateRevocationList {
        number: 1,
        this_update: NOW,
        next_update: NOW,
        revoked: Vec::new(),
    };
    assert_eq!(
        root().sign_revocation_list(&list),
        Err(Error::Invalid("the next update of the revocation list"))
    );
}

#[test]
fn an_imported_authority_without_the_usage_signs_no_list() {
    let folder = tempdir().unwrap();
    let secret = key();
    let pkcs8 = secret.to_pkcs8().unwrap();
    write(folder.path(), "key.pem", pem::private_key(&pkcs8).as_bytes());
    let make = [
        "req",
        "-x509",
        "-key",
        "key.pem",
        "-subj",
        "/CN=Old",
        "-addext",
        "keyUsage=critical,keyCertSign",
        "-outform",
        "DER",
        "-out",
        "old.der",
    ];
    openssl_agrees(folder.path(), &make);
    let certificate = std::fs::read(folder.path().join("old.der")).unwrap();
    let old = CertificateAuthority::open(certificate, secret).unwrap();
    assert!(!old.signs_revocation_lists());
    let list = CertificateRevocationList {
        number: 1,
        this_update: NOW,
        next_update: NOW + DAY,
        revoked: Vec::new(),
    };
    assert_eq!(
        old.sign_revocation_list(&list),
        Err(Error::Invalid(
            "a revocation list of an authority without cRLSign"
        ))
    );
}
