//! GetCACert bodies with certificates that OpenSSL made.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

mod laboratory;

use std::path::Path;

use laboratory::{CA, CHALLENGE, DEVICE, csr, openssl};
use scep::{
    CONTENT_TYPE_CA_CERTIFICATE, CONTENT_TYPE_CA_RA_CERTIFICATES, CaCertificates, Enrolment, Error, Identity,
    Outcome, Policy, RsaKey, open_request, write_success,
};

/// A root, an issuing CA under it, and the two RA certificates of NDES.
struct Ndes {
    root: Vec<u8>,
    issuer: Identity,
    signing: Identity,
    encryption: Identity,
}

const EXTENSIONS: &str = "
[ca]
basicConstraints=critical,CA:TRUE
keyUsage=keyCertSign,cRLSign,digitalSignature
subjectKeyIdentifier=hash
[signing]
keyUsage=digitalSignature
extendedKeyUsage=1.3.6.1.4.1.311.20.2.1
[encryption]
keyUsage=keyEncipherment
extendedKeyUsage=1.3.6.1.4.1.311.20.2.1
";

fn ndes() -> Ndes {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    std::fs::write(folder.join("extensions"), EXTENSIONS).unwrap();
    Ndes {
        root: issue(folder, "root", "ca", "root").certificate,
        issuer: issue(folder, "issuer", "ca", "root"),
        signing: issue(folder, "signing", "signing", "issuer"),
        encryption: issue(folder, "encryption", "encryption", "issuer"),
    }
}

fn issue(folder: &Path, subject: &str, kind: &str, issuer: &str) -> Identity {
    let run = |line: String| openssl(folder, &line.split_whitespace().collect::<Vec<_>>());
    run(format!(
        "req -new -newkey rsa:2048 -nodes -keyout {subject}.key -subj /CN={subject} -out {subject}.csr"
    ));
    let by = if subject == issuer {
        format!("-signkey {issuer}.key")
    } else {
        format!("-CA {issuer}.pem -CAkey {issuer}.key -CAcreateserial")
    };
    let how = format!("-days 30 -extfile extensions -extensions {kind} -sha384");
    run(format!(
        "x509 -req -in {subject}.csr {by} {how} -out {subject}.pem"
    ));
    let certificate = run(format!("x509 -in {subject}.pem -outform DER"));
    let key = run(format!("pkcs8 -topk8 -nocrypt -in {subject}.key -outform DER"));
    Identity {
        certificate,
        key: RsaKey::from_pkcs8(&key).unwrap(),
    }
}

#[test]
fn roles_are_found_by_usage_and_signature_in_any_order() {
    let Ndes {
        root,
        issuer,
        signing,
        encryption,
    } = ndes();
    let [issuer, signing, encryption] = [issuer, signing, encryption].map(|identity| identity.certificate);
    let orders = [
        [&signing, &issuer, &encryption, &root],
        [&root, &issuer, &encryption, &signing],
        [&encryption, &root, &signing, &issuer],
    ];
    for order in orders {
        let given = CaCertificates::from_certificates(order.into_iter().cloned()).unwrap();
        let (body, content_type) = given.to_body().unwrap();
        assert_eq!(content_type, CONTENT_TYPE_CA_RA_CERTIFICATES);
        let all = CaCertificates::parse(&body).unwrap();
        assert_eq!(all, given);
        let received: Vec<_> = all.all().iter().map(scep::CaCertificate::der).collect();
        assert_eq!(received, order);
        assert_eq!(all.ra_signing().der(), signing);
        assert_eq!(all.ra_encryption().der(), encryption);
        assert_eq!(all.issuer().der(), issuer);
        assert_eq!(
            all.chain().iter().map(|one| one.der()).collect::<Vec<_>>(),
            [&issuer, &root]
        );
    }
}

#[test]
fn a_chain_without_an_ra_is_not_taken_for_one() {
    let Ndes { root, issuer, .. } = ndes();
    for order in [[&root, &issuer.certificate], [&issuer.certificate, &root]] {
        let all = CaCertificates::from_certificates(order.into_iter().cloned()).unwrap();
        for role in [all.ra_signing(), all.ra_encryption(), all.issuer()] {
            assert_eq!(role.der(), issuer.certificate);
        }
        assert_eq!(all.chain().len(), 2);
    }
}

#[test]
fn one_certificate_is_sent_bare_and_read_in_both_shapes() {
    let one = CaCertificates::from_certificates([CA.certificate.clone()]).unwrap();
    assert_eq!(
        one.to_body().unwrap(),
        (CA.certificate.clone(), CONTENT_TYPE_CA_CERTIFICATE)
    );
    let (degenerate, content_type) = one.to_degenerate_body().unwrap();
    assert_eq!(content_type, CONTENT_TYPE_CA_RA_CERTIFICATES);
    assert_eq!(CaCertificates::parse(&degenerate).unwrap(), one);
    let with_line_end = [CA.certificate.as_slice(), b"\r\n"].concat();
    assert_eq!(CaCertificates::parse(&with_line_end).unwrap(), one);
    for role in [one.ra_signing(), one.ra_encryption(), one.issuer()] {
        assert_eq!(role.der(), CA.certificate);
    }
}

#[test]
fn openssl_reads_the_body_and_agrees_on_the_thumbprint() {
    let folder = tempfile::tempdir().unwrap();
    let all = CaCertificates::from_certificates([CA.certificate.clone()]).unwrap();
    std::fs::write(folder.path().join("body"), all.to_degenerate_body().unwrap().0).unwrap();
    let pem = openssl(
        folder.path(),
        &["pkcs7", "-inform", "DER", "-in", "body", "-print_certs"],
    );
    std::fs::write(folder.path().join("pem"), pem).unwrap();
    let printed = openssl(
        folder.path(),
        &["x509", "-in", "pem", "-noout", "-fingerprint", "-sha1"],
    );
    let expected: Vec<String> = all
        .issuer()
        .sha1()
        .iter()
        .map(|octet| format!("{octet:02X}"))
        .collect();
    assert!(
        String::from_utf8(printed)
            .unwrap()
            .trim()
            .ends_with(&expected.join(":"))
    );
}

#[test]
fn our_reader_takes_a_body_that_openssl_made() {
    let folder = tempfile::tempdir().unwrap();
    laboratory::save(folder.path(), "ca", &CA);
    let line = [
        "crl2pkcs7",
        "-nocrl",
        "-certfile",
        "ca.cert.pem",
        "-outform",
        "DER",
    ];
    let body = openssl(folder.path(), &line);
    assert_eq!(
        CaCertificates::parse(&body).unwrap().issuer().der(),
        CA.certificate
    );
}

#[test]
fn a_client_enrols_through_an_ra_of_two_certificates() {
    let Ndes {
        root,
        issuer,
        signing,
        encryption,
    } = ndes();
    let certificates = [&signing, &issuer, &encryption].map(|identity| identity.certificate.clone());
    let all = CaCertificates::from_certificates(certificates.into_iter().chain([root])).unwrap();
    let mut client = Enrolment::new(all, &<_>::default(), csr(), DEVICE.clone()).unwrap();
    let request = client.write_request().unwrap();
    let wrong = open_request(&request, &signing, &Policy::default()).unwrap_err();
    assert_eq!(wrong.error, Error::UnknownRecipient);
    let opened = open_request(&request, &encryption, &Policy::default()).unwrap();
    assert_eq!(opened.challenge().unwrap().as_str(), CHALLENGE);
    let issued = [laboratory::ISSUED.clone()];
    let reply = write_success(&opened, &signing, &issued, &[issuer.certificate]).unwrap();
    assert_eq!(
        client.read_reply(&reply).unwrap(),
        Outcome::Issued(issued.to_vec())
    );
}

#[test]
fn what_is_no_certificate_is_refused() {
    let pem = b"-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n";
    for body in [
        b"".as_slice(),
        b"<html>busy</html>",
        pem,
        &[0x30, 0x80],
        &[0xff; 64],
    ] {
        assert_eq!(
            CaCertificates::parse(body),
            Err(Error::Malformed("answer to GetCACert"))
        );
    }
    assert_eq!(
        CaCertificates::from_certificates([]),
        Err(Error::Missing("CA certificate"))
    );
    let many = vec![CA.certificate.clone(); scep::MAX_CERTIFICATES + 1];
    assert_eq!(
        CaCertificates::from_certificates(many),
        Err(Error::TooLarge("set of certificates"))
    );
    for length in 0..CA.certificate.len() {
        assert!(CaCertificates::parse(&CA.certificate[..length]).is_err());
    }
}
