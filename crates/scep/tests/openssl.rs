//! OpenSSL opens what this crate writes.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

mod laboratory;

use laboratory::{CA, CHALLENGE, DEVICE, ISSUED, csr, enrolment, openssl, save};
use scep::{Cipher, Error, KeyTransport, Policy, SignedContent, open_request, write_failure, write_success};

#[test]
fn openssl_verifies_and_opens_a_request() {
    for transport in [
        KeyTransport::Pkcs1,
        KeyTransport::OaepSha1,
        KeyTransport::OaepSha256,
    ] {
        for cipher in [Cipher::Des3, Cipher::Aes128, Cipher::Aes192, Cipher::Aes256] {
            let folder = tempfile::tempdir().unwrap();
            let folder = folder.path();
            save(folder, "ca", &CA);
            let mut client = enrolment().with_key_transport(transport).with_cipher(cipher);
            std::fs::write(folder.join("request.der"), client.write_request().unwrap()).unwrap();
            let verify = "cms -verify -noverify -binary -inform DER -in request.der -out envelope.der";
            openssl(folder, &words(verify));
            let decrypt =
                "cms -decrypt -binary -inform DER -in envelope.der -inkey ca.key.pem -recip ca.cert.pem";
            assert_eq!(openssl(folder, &words(decrypt)), csr());
        }
    }
}

#[test]
fn openssl_verifies_and_opens_a_reply() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    save(folder, "ca", &CA);
    save(folder, "device", &DEVICE);
    let request = enrolment().write_request().unwrap();
    let opened = open_request(&request, &CA, &Policy::default()).unwrap();
    let reply = write_success(&opened, &CA, &[ISSUED.clone(), CA.certificate.clone()], &[]).unwrap();
    std::fs::write(folder.join("reply.der"), reply).unwrap();
    openssl(
        folder,
        &words("cms -verify -CAfile ca.cert.pem -binary -inform DER -in reply.der -out envelope.der"),
    );
    let decrypt =
        "cms -decrypt -binary -inform DER -in envelope.der -inkey device.key.pem -recip device.cert.pem";
    std::fs::write(folder.join("issued.p7b"), openssl(folder, &words(decrypt))).unwrap();
    let printed = openssl(
        folder,
        &words("pkcs7 -inform DER -in issued.p7b -print_certs -noout"),
    );
    let printed = String::from_utf8(printed).unwrap();
    let (device, ca) = (
        printed.find("CN = Device 1").unwrap(),
        printed.find("CN = Laboratory CA").unwrap(),
    );
    assert!(device < ca, "{printed}");
}

#[test]
fn openssl_verifies_a_failure() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    save(folder, "ca", &CA);
    let summary = scep::peek_request(&enrolment().write_request().unwrap()).unwrap();
    let reply = write_failure(&(&summary).into(), &CA, scep::FailInfo::BadRequest, Some("no")).unwrap();
    std::fs::write(folder.join("reply.der"), reply).unwrap();
    openssl(
        folder,
        &words("cms -verify -CAfile ca.cert.pem -binary -inform DER -in reply.der"),
    );
}

#[test]
fn openssl_reads_a_certification_request_with_all_that_was_put_in() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("csr.der"), csr()).unwrap();
    let printed = openssl(
        folder.path(),
        &words("req -inform DER -in csr.der -verify -text -noout"),
    );
    let printed = String::from_utf8(printed).unwrap();
    for expected in [
        "CN = Device 1",
        CHALLENGE,
        "Digital Signature, Key Encipherment",
        "TLS Web Client Authentication",
        "othername: UPN::ada@example.org",
        "DNS:device-1.example.org",
        "email:ada@example.org",
        "URI:tag:microsoft.com,2022-09-14:sid:S-1-5-21-1-2-3-1001",
        "IP Address:192.0.2.7",
        "sha256WithRSAEncryption",
    ] {
        assert!(printed.contains(expected), "{expected} is not in {printed}");
    }
}

#[test]
fn openssl_reads_the_signer_certificate_of_windows() {
    let folder = tempfile::tempdir().unwrap();
    save(folder.path(), "device", &DEVICE);
    let printed = openssl(folder.path(), &words("x509 -in device.cert.pem -text -noout"));
    let printed = String::from_utf8(printed).unwrap();
    for expected in [
        "Issuer: CN = SCEP Protocol Certificate",
        "Not Before: Nov 23 00:00:00 2026 GMT",
        "Not After : Nov 23 00:00:00 2126 GMT",
        "X509v3 Authority Key Identifier: critical",
    ] {
        assert!(printed.contains(expected), "{expected} is not in {printed}");
    }
    openssl(
        folder.path(),
        &words("verify -CAfile device.cert.pem -ignore_critical -check_ss_sig device.cert.pem"),
    );
}

fn words(line: &str) -> Vec<&str> {
    line.split_whitespace().collect()
}

#[test]
fn what_openssl_signs_around_any_content_is_read_and_verified() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    save(folder, "ca", &CA);
    save(folder, "device", &DEVICE);
    std::fs::write(folder.join("content"), b"any content").unwrap();
    let sign = "cms -sign -binary -outform DER -in content -signer device.cert.pem -inkey device.key.pem";
    for options in [
        "-nodetach",
        "-nodetach -noattr",
        "-nodetach -stream -md sha1",
        "-nodetach -nocerts",
    ] {
        let made = openssl(folder, &words(&format!("{sign} {options}")));
        let signed = SignedContent::read(&made).unwrap();
        assert_eq!(signed.content(), Ok(&b"any content"[..]), "{options}");
        let brought = (!options.contains("-nocerts")).then_some(DEVICE.certificate.as_slice());
        assert_eq!(signed.signer_certificate(), brought, "{options}");
        assert_eq!(signed.verify(&DEVICE.certificate), Ok(()), "{options}");
        assert_eq!(signed.verify(&CA.certificate), Err(Error::UnknownSigner));
        let at = made
            .windows(11)
            .position(|window| window == b"any content")
            .unwrap();
        let mut changed = made.clone();
        changed[at] ^= 1;
        let changed = SignedContent::read(&changed).unwrap();
        assert_eq!(
            changed.verify(&DEVICE.certificate),
            Err(Error::Signature),
            "{options}"
        );
    }
    let read = |options: &str| {
        let made = openssl(folder, &words(&format!("{sign} {options}")));
        let content = SignedContent::read(&made).map(|signed| signed.content().map(<[u8]>::to_vec));
        content.and_then(|content| content).err()
    };
    assert_eq!(read(""), Some(Error::Missing("signed content")));
    assert_eq!(read("-nodetach -md md5"), Some(Error::Algorithm("digest")));
    let two = "-nodetach -signer ca.cert.pem -inkey ca.key.pem";
    assert_eq!(read(two), Some(Error::Invalid("number of signers")));
}
