//! Old algorithms: read and answered in kind where the policy says so, and not at all where it doesn't.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::cloned_ref_to_slice_refs
)]

mod laboratory;

use laboratory::{CA, ISSUED, LATER, NOW, ca_certificates, enrolment, name, openssl, save};
use scep::{
    Capabilities, Cipher, CsrBuilder, Digest, Enrolment, Error, FailInfo, Identity, KeyTransport, Outcome,
    Policy, RsaKey, SignerCertificate, inspect, open_request, peek_reply, peek_request, write_failure,
    write_pending, write_success,
};

fn permitting(change: impl FnOnce(&mut Policy)) -> Policy {
    let mut policy = Policy::default();
    change(&mut policy);
    policy
}

#[test]
fn a_request_signed_with_sha1_is_answered_with_sha1() {
    let mut client = enrolment().with_digest(Digest::Sha1);
    let opened = open_request(&client.write_request().unwrap(), &CA, &Policy::default()).unwrap();
    let replies = [
        write_success(&opened, &CA, &[ISSUED.clone()], &[]).unwrap(),
        write_pending(&opened.reply_to(), &CA).unwrap(),
        write_failure(&opened.reply_to(), &CA, FailInfo::BadRequest, None).unwrap(),
    ];
    for reply in replies {
        assert_eq!(inspect(&reply).unwrap().digest, Digest::Sha1);
        assert!(peek_reply(&reply).unwrap().is_signature_verified);
        client.read_reply(&reply).unwrap();
    }
}

#[test]
fn openssl_verifies_a_reply_signed_with_sha1_or_md5() {
    for digest in [Digest::Sha1, Digest::Md5] {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path();
        save(folder, "ca", &CA);
        let request = enrolment().with_digest(digest).write_request().unwrap();
        let policy = permitting(|policy| policy.permits_md5 = true);
        let opened = open_request(&request, &CA, &policy).unwrap();
        let reply = write_pending(&opened.reply_to(), &CA).unwrap();
        std::fs::write(folder.join("reply.der"), reply).unwrap();
        let line = "cms -verify -noverify -binary -inform DER -in reply.der -certfile ca.cert.pem";
        openssl(folder, &line.split_whitespace().collect::<Vec<_>>());
    }
}

#[test]
fn md5_needs_its_own_switch_and_is_refused_with_sha256() {
    let mut client = enrolment().with_digest(Digest::Md5);
    let request = client.write_request().unwrap();
    assert_eq!(
        peek_request(&request).unwrap_err().error,
        Error::Algorithm("digest")
    );
    for policy in [
        Policy::default(),
        permitting(|policy| policy.permits_single_des = true),
    ] {
        let refused = open_request(&request, &CA, &policy).unwrap_err();
        assert_eq!(refused.error, Error::Algorithm("digest"));
        assert_eq!(refused.error.fail_info(), FailInfo::BadAlg);
        let reply = write_failure(&refused.reply_to.unwrap(), &CA, FailInfo::BadAlg, None).unwrap();
        assert_eq!(inspect(&reply).unwrap().digest, Digest::Sha256);
        assert!(matches!(
            client.read_reply(&reply).unwrap(),
            Outcome::Failed {
                fail_info: Some(FailInfo::BadAlg),
                ..
            }
        ));
    }
    let policy = permitting(|policy| policy.permits_md5 = true);
    let opened = open_request(&request, &CA, &policy).unwrap();
    let reply = write_success(&opened, &CA, &[ISSUED.clone()], &[]).unwrap();
    assert_eq!(inspect(&reply).unwrap().digest, Digest::Md5);
    assert!(!peek_reply(&reply).unwrap().is_signature_verified);
    assert_eq!(
        client.read_reply(&reply).unwrap(),
        Outcome::Issued(vec![ISSUED.clone()])
    );
    assert_eq!(
        enrolment().read_reply(&reply),
        Err(Error::Algorithm("digest")),
        "a client that didn't sign with MD5 believes none"
    );
}

#[test]
fn sha1_can_be_switched_off_and_is_then_refused_with_sha256() {
    let request = enrolment().with_digest(Digest::Sha1).write_request().unwrap();
    let policy = permitting(|policy| policy.permits_sha1 = false);
    let refused = open_request(&request, &CA, &policy).unwrap_err();
    assert_eq!(refused.error, Error::Algorithm("digest"));
    let reply = write_failure(&refused.reply_to.unwrap(), &CA, FailInfo::BadAlg, None).unwrap();
    assert_eq!(inspect(&reply).unwrap().digest, Digest::Sha256);
}

#[test]
fn single_des_needs_its_own_switch() {
    let request = enrolment().with_cipher(Cipher::Des).write_request().unwrap();
    let with_md5_alone = permitting(|policy| policy.permits_md5 = true);
    for policy in [Policy::default(), with_md5_alone] {
        let refused = open_request(&request, &CA, &policy).unwrap_err();
        assert_eq!(refused.error, Error::Algorithm("content encryption"));
    }
    let policy = permitting(|policy| policy.permits_single_des = true);
    assert_eq!(
        open_request(&request, &CA, &policy).unwrap().cipher(),
        Cipher::Des
    );
}

fn old_device(bits: usize) -> Identity {
    SignerCertificate::new(name("Device 1"), NOW, LATER)
        .digest(Digest::Sha1)
        .issue(RsaKey::generate(bits).unwrap())
        .unwrap()
}

#[test]
fn a_requester_with_a_key_of_1024_bits_is_answered() {
    let device = old_device(1024);
    let csr = CsrBuilder::new(name("Device 1"))
        .challenge("1")
        .digest(Digest::Sha1)
        .build(&device.key)
        .unwrap();
    for digest in [Digest::Sha1, Digest::Sha256, Digest::Sha512] {
        for transport in KeyTransport::ALL {
            let capabilities = Capabilities::default();
            let client = Enrolment::new(ca_certificates(), &capabilities, &csr, device.clone()).unwrap();
            let mut client = client.with_digest(digest).with_key_transport(transport);
            let opened = open_request(&client.write_request().unwrap(), &CA, &Policy::default()).unwrap();
            let issued = vec![device.certificate.clone()];
            let reply = write_success(&opened, &CA, &issued, &[]).unwrap();
            assert_eq!(client.read_reply(&reply).unwrap(), Outcome::Issued(issued));
        }
    }
}

#[test]
fn a_ra_with_a_key_of_1024_bits_serves_too() {
    let ca = old_device(1024);
    let all = scep::CaCertificates::from_certificates([ca.certificate.clone()]).unwrap();
    let csr = laboratory::csr();
    let mut client = Enrolment::new(all, &<_>::default(), csr, laboratory::DEVICE.clone()).unwrap();
    let opened = open_request(&client.write_request().unwrap(), &ca, &Policy::default()).unwrap();
    let reply = write_success(&opened, &ca, &[ISSUED.clone()], &[]).unwrap();
    assert_eq!(
        client.read_reply(&reply).unwrap(),
        Outcome::Issued(vec![ISSUED.clone()])
    );
}

#[test]
fn a_request_of_an_old_client_verifies_in_openssl() {
    let folder = tempfile::tempdir().unwrap();
    let key = RsaKey::generate(1024).unwrap();
    let builder = CsrBuilder::new(name("Device 1")).digest(Digest::Sha1);
    std::fs::write(folder.path().join("csr.der"), builder.build(&key).unwrap()).unwrap();
    let line = "req -inform DER -in csr.der -verify -text -noout";
    let printed = openssl(folder.path(), &line.split_whitespace().collect::<Vec<_>>());
    let printed = String::from_utf8(printed).unwrap();
    for expected in ["sha1WithRSAEncryption", "1024 bit"] {
        assert!(printed.contains(expected), "{expected} is not in {printed}");
    }
    let again = RsaKey::from_pkcs8(&key.to_pkcs8().unwrap()).unwrap();
    assert_eq!(again.public_key_der(), key.public_key_der());
}

#[test]
fn keys_that_are_too_small_or_no_keys_are_refused() {
    for bits in [0, 512, 1023, 1025, 16_384] {
        assert!(matches!(RsaKey::generate(bits), Err(Error::Key(_))), "{bits}");
    }
    let folder = tempfile::tempdir().unwrap();
    let line = "genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:768 -outform DER -out key.der";
    openssl(folder.path(), &line.split_whitespace().collect::<Vec<_>>());
    let small = std::fs::read(folder.path().join("key.der")).unwrap();
    assert!(matches!(RsaKey::from_pkcs8(&small), Err(Error::Key(_))));
    let key = CA.key.to_pkcs8().unwrap();
    for octets in [&key[..0], &key[..100], &key[1..], b"-----BEGIN PRIVATE KEY-----"] {
        assert!(matches!(RsaKey::from_pkcs8(octets), Err(Error::Key(_))));
    }
}
