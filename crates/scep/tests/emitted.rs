//! What is written, octet by octet: some peers read DER alone, and drop in silence what lacks an attribute.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::cloned_ref_to_slice_refs,
    clippy::panic
)]

mod laboratory;

use laboratory::{CA, DEVICE, ISSUED, STRANGER, enrolment};
use scep::{
    CaCertificates, Cipher, Digest, FailInfo, Identity, KeyTransport, PkiStatus, Policy, inspect,
    open_request, write_failure, write_next_ca, write_pending, write_success,
};

/// Asserts that these octets are DER values whose lengths are definite and as short as can be, also inside; how many.
fn assert_der(mut octets: &[u8]) -> usize {
    let mut count = 0;
    while !octets.is_empty() {
        let tag = octets[0];
        let (length, header) = match octets[1] {
            short @ 0..=0x7f => (usize::from(short), 2),
            0x81 => (usize::from(octets[2]), 3),
            0x82 => (usize::from(u16::from_be_bytes([octets[2], octets[3]])), 4),
            other => panic!("a length that begins with {other:#x}"),
        };
        let least = [0, 0, 0, 0x80, 0x100][header];
        assert!(length >= least, "{length} in {header} octets");
        let content = &octets[header..header + length];
        if tag & 0x20 != 0 {
            count += assert_der(content);
        } else {
            // X.690 §10.2: strings are primitive. 0x24 and the like were constructed ones.
            assert_ne!(tag & 0x1f, 0x1f);
        }
        assert!(![0x24, 0x23, 0x2c, 0x33].contains(&tag), "a constructed string");
        octets = &octets[header + length..];
        count += 1;
    }
    count
}

fn replies() -> Vec<Vec<u8>> {
    let opened = open_request(&enrolment().write_request().unwrap(), &CA, &Policy::default()).unwrap();
    let to = opened.reply_to();
    vec![
        write_success(&opened, &CA, &[ISSUED.clone(), CA.certificate.clone()], &[]).unwrap(),
        write_failure(&to, &CA, FailInfo::BadRequest, Some("no")).unwrap(),
        write_pending(&to, &CA).unwrap(),
    ]
}

#[test]
fn everything_is_der() {
    let mut all = replies();
    for cipher in [Cipher::Des3, Cipher::Aes256] {
        for transport in KeyTransport::ALL {
            let mut client = enrolment().with_cipher(cipher).with_key_transport(transport);
            all.push(client.write_request().unwrap());
            all.push(client.write_poll().unwrap());
        }
    }
    let ca =
        CaCertificates::from_certificates([CA.certificate.clone(), STRANGER.certificate.clone()]).unwrap();
    all.push(ca.to_body().unwrap().0);
    all.push(write_next_ca(&[STRANGER.certificate.clone()], &CA).unwrap());
    all.push(laboratory::csr());
    all.push(DEVICE.certificate.clone());
    for octets in all {
        assert!(assert_der(&octets) > 20);
    }
}

/// Where these octets stand.
fn find(octets: &[u8], wanted: &[u8]) -> Option<usize> {
    octets.windows(wanted.len()).position(|window| window == wanted)
}

#[test]
fn the_envelopes_content_is_primitive() {
    let opened = open_request(&enrolment().write_request().unwrap(), &CA, &Policy::default()).unwrap();
    let reply = write_success(&opened, &CA, &[ISSUED.clone()], &[]).unwrap();
    // aes128-CBC, its initialisation vector, then the content under [0].
    let cipher = [6, 9, 0x60, 0x86, 0x48, 1, 0x65, 3, 4, 1, 2, 4, 16];
    let after = find(&reply, &cipher).unwrap() + cipher.len() + 16;
    assert_eq!(reply[after], 0x80);
}

#[test]
fn a_signer_info_names_plain_rsa_encryption_in_each_digest() {
    for digest in [Digest::Sha1, Digest::Sha256, Digest::Sha384, Digest::Sha512] {
        let request = enrolment().with_digest(digest).write_request().unwrap();
        let opened = open_request(&request, &CA, &Policy::default()).unwrap();
        let pending = write_pending(&opened.reply_to(), &CA).unwrap();
        for message in [request, pending] {
            assert_eq!(
                inspect(&message).unwrap().signature_algorithm,
                "1.2.840.113549.1.1.1"
            );
        }
    }
}

#[test]
fn each_reply_carries_each_attribute_and_a_fresh_nonce() {
    let request = enrolment().write_request().unwrap();
    let asked = inspect(&request).unwrap();
    let opened = open_request(&request, &CA, &Policy::default()).unwrap();
    let to = opened.reply_to();
    let success = || write_success(&opened, &CA, &[ISSUED.clone()], &[]).unwrap();
    let failure = || write_failure(&to, &CA, FailInfo::BadTime, None).unwrap();
    let pending = || write_pending(&to, &CA).unwrap();
    let mut nonces = vec![asked.sender_nonce.clone().unwrap()];
    for (reply, status) in [
        (success(), PkiStatus::Success),
        (success(), PkiStatus::Success),
        (failure(), PkiStatus::Failure),
        (failure(), PkiStatus::Failure),
        (pending(), PkiStatus::Pending),
        (pending(), PkiStatus::Pending),
    ] {
        let seen = inspect(&reply).unwrap();
        assert_eq!(seen.message_type, Some(scep::MessageType::CertRep));
        assert_eq!(seen.transaction_id, asked.transaction_id);
        assert_eq!(seen.recipient_nonce, asked.sender_nonce);
        assert_eq!(seen.status, Some(status));
        assert_eq!(seen.fail_info.is_some(), status == PkiStatus::Failure);
        let nonce = seen.sender_nonce.unwrap();
        assert_eq!(nonce.as_bytes().len(), 16);
        assert!(!nonces.contains(&nonce));
        nonces.push(nonce);
        assert_eq!(seen.certificates, [CA.certificate.clone()]);
    }
}

#[test]
fn an_ra_sends_the_cas_certificate_behind_its_own() {
    let opened = open_request(&enrolment().write_request().unwrap(), &CA, &Policy::default()).unwrap();
    let ra = Identity::clone(&STRANGER);
    let more = [CA.certificate.clone(), ra.certificate.clone()];
    let reply = write_success(&opened, &ra, &[ISSUED.clone()], &more).unwrap();
    let expected = [ra.certificate, CA.certificate.clone()];
    assert_eq!(inspect(&reply).unwrap().certificates, expected);
}

#[test]
fn the_reply_to_a_signer_is_for_nobody_else() {
    let opened = open_request(&enrolment().write_request().unwrap(), &CA, &Policy::default()).unwrap();
    let reply = write_success(&opened, &CA, &[ISSUED.clone()], &[]).unwrap();
    let envelope = inspect(&reply).unwrap().envelope.unwrap();
    assert_eq!(envelope.recipients.len(), 1);
    assert_eq!(envelope.cipher, Some(opened.cipher()));
    assert_eq!(envelope.recipients[0].key_transport, Some(opened.key_transport()));
    assert!(
        find(&reply, &ISSUED).is_none(),
        "the certificate is in the envelope alone"
    );
}
