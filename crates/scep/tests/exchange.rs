//! Client and server of this crate against each other.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::cloned_ref_to_slice_refs
)]

mod laboratory;

use laboratory::{
    CA, CHALLENGE, DEVICE, ISSUED, LATER, NOW, STRANGER, ca_certificates, csr, enrolment, name,
};
use scep::{
    Cipher, Content, CsrBuilder, Digest, Enrolment, Error, FailInfo, KeyTransport, MessageType, Outcome,
    PkiStatus, Policy, RsaKey, SignerCertificate, TransactionId, open_request, peek_reply, peek_request,
    write_failure, write_ndes_failure, write_pending, write_success,
};

fn old_clients() -> Policy {
    Policy {
        permits_single_des: true,
        permits_md5: true,
        ..Policy::default()
    }
}

#[test]
fn each_cipher_digest_and_key_transport_goes_there_and_back() {
    for cipher in Cipher::ALL {
        for digest in Digest::ALL {
            for transport in KeyTransport::ALL {
                let mut client = enrolment()
                    .with_cipher(cipher)
                    .with_digest(digest)
                    .with_key_transport(transport);
                let request = client.write_request().unwrap();
                let opened = open_request(&request, &CA, &old_clients()).unwrap();
                assert_eq!((opened.cipher(), opened.key_transport()), (cipher, transport));
                assert_eq!(opened.summary().digest, digest);
                assert_eq!(opened.csr(), Some(csr().as_slice()));
                let issued = [ISSUED.clone(), CA.certificate.clone()];
                let reply = write_success(&opened, &CA, &issued, &[]).unwrap();
                assert_eq!(
                    client.read_reply(&reply).unwrap(),
                    Outcome::Issued(issued.to_vec()),
                    "{cipher:?} {digest:?} {transport:?}"
                );
            }
        }
    }
}

#[test]
fn a_server_sees_the_challenge_and_whose_key_it_is() {
    let opened = open_request(&enrolment().write_request().unwrap(), &CA, &Policy::default()).unwrap();
    assert_eq!(opened.challenge().unwrap().as_str(), CHALLENGE);
    assert!(opened.is_for_signers_key());
    let summary = opened.summary();
    assert_eq!(summary.message_type, MessageType::PkcsReq);
    assert_eq!(summary.signer_certificate, DEVICE.certificate);
    assert_eq!(
        summary.transaction_id,
        TransactionId::of_key(DEVICE.key.public_key_der())
    );
}

#[test]
fn a_request_for_another_key_is_not_for_the_signers() {
    let csr = CsrBuilder::new(name("Device 1")).build(&STRANGER.key).unwrap();
    let mut client = Enrolment::new(ca_certificates(), &<_>::default(), csr, DEVICE.clone()).unwrap();
    let opened = open_request(&client.write_request().unwrap(), &CA, &Policy::default()).unwrap();
    assert!(!opened.is_for_signers_key());
    assert_eq!(opened.challenge(), None);
}

#[test]
fn a_proxy_sees_what_stands_in_clear() {
    let mut client = enrolment().with_transaction_id(TransactionId::new("8D 1A+/=").unwrap());
    let request = client.write_request().unwrap();
    let summary = peek_request(&request).unwrap();
    assert_eq!(summary.transaction_id.as_str(), "8D 1A+/=");
    let opened = open_request(&request, &CA, &Policy::default()).unwrap();
    let reply = write_success(&opened, &CA, &[ISSUED.clone()], &[]).unwrap();
    let summary = peek_reply(&reply).unwrap();
    assert_eq!(
        (summary.status, summary.is_signature_verified),
        (PkiStatus::Success, true)
    );
    assert_eq!(summary.transaction_id.as_str(), "8D 1A+/=");
}

#[test]
fn a_pending_request_is_polled_until_it_is_granted() {
    let mut client = enrolment();
    let opened = open_request(&client.write_request().unwrap(), &CA, &Policy::default()).unwrap();
    let reply = write_pending(&opened.reply_to(), &CA).unwrap();
    assert_eq!(client.read_reply(&reply).unwrap(), Outcome::Pending);

    let poll = open_request(&client.write_poll().unwrap(), &CA, &Policy::default()).unwrap();
    assert_eq!(poll.summary().message_type, MessageType::CertPoll);
    assert_eq!(poll.summary().transaction_id, opened.summary().transaction_id);
    assert_ne!(poll.summary().sender_nonce, opened.summary().sender_nonce);
    let names = Content::IssuerAndSubject {
        issuer: name("Laboratory CA"),
        subject: name("Device 1"),
    };
    assert_eq!(*poll.content(), names);
    assert_eq!(client.read_reply(&reply), Err(Error::Mismatch("recipientNonce")));
    let reply = write_success(&poll, &CA, &[ISSUED.clone()], &[]).unwrap();
    assert_eq!(
        client.read_reply(&reply).unwrap(),
        Outcome::Issued(vec![ISSUED.clone()])
    );
}

#[test]
fn a_failure_arrives_with_its_reason_and_words() {
    let mut client = enrolment();
    let summary = peek_request(&client.write_request().unwrap()).unwrap();
    let text = Some("The challenge was refused: déjà utilisé");
    let reply = write_failure(&(&summary).into(), &CA, FailInfo::BadRequest, text).unwrap();
    let expected = Outcome::Failed {
        fail_info: Some(FailInfo::BadRequest),
        text: text.map(str::to_owned),
        microsoft_hresult: None,
    };
    assert_eq!(client.read_reply(&reply).unwrap(), expected);
}

#[test]
fn failure_and_pending_carry_an_empty_content_and_the_signers_certificate() {
    let summary = peek_request(&enrolment().write_request().unwrap()).unwrap();
    let failure = write_failure(&(&summary).into(), &CA, FailInfo::BadAlg, None).unwrap();
    let pending = write_pending(&(&summary).into(), &CA).unwrap();
    // id-data, then [0] EXPLICIT with an OCTET STRING of no octets.
    let empty = [
        0x06, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 7, 1, 0xa0, 2, 4, 0,
    ];
    for reply in [failure, pending] {
        assert!(reply.windows(empty.len()).any(|window| window == empty));
        assert!(
            reply
                .windows(CA.certificate.len())
                .any(|window| window == CA.certificate)
        );
        assert!(peek_reply(&reply).unwrap().is_signature_verified);
    }
}

#[test]
fn a_failure_in_the_shape_of_ndes_is_believed_without_any_certificate_in_it() {
    let mut client = enrolment();
    let summary = peek_request(&client.write_request().unwrap()).unwrap();
    let reply = write_ndes_failure(&(&summary).into(), &CA, FailInfo::BadRequest, -2_146_885_613).unwrap();
    let seen = peek_reply(&reply).unwrap();
    assert_eq!(
        (seen.fail_info, seen.microsoft_hresult),
        (Some(FailInfo::BadRequest), Some(-2_146_885_613))
    );
    assert!(!seen.is_signature_verified);
    assert!(
        !reply
            .windows(CA.certificate.len())
            .any(|window| window == CA.certificate)
    );
    let expected = Outcome::Failed {
        fail_info: Some(FailInfo::BadRequest),
        text: None,
        microsoft_hresult: Some(-2_146_885_613),
    };
    assert_eq!(client.read_reply(&reply).unwrap(), expected);
    let forged = write_ndes_failure(&(&summary).into(), &STRANGER, FailInfo::BadRequest, 1).unwrap();
    assert_eq!(client.read_reply(&forged), Err(Error::UnknownSigner));
}

#[test]
fn a_reply_signed_by_a_stranger_is_not_believed() {
    let mut client = enrolment();
    let opened = open_request(&client.write_request().unwrap(), &CA, &Policy::default()).unwrap();
    let forged = write_success(&opened, &STRANGER, &[ISSUED.clone()], &[CA.certificate.clone()]).unwrap();
    assert_eq!(client.read_reply(&forged), Err(Error::UnknownSigner));
    // Under the CA's certificate, but with another key.
    let impostor = scep::Identity {
        certificate: CA.certificate.clone(),
        key: STRANGER.key.clone(),
    };
    let forged = write_success(&opened, &impostor, &[ISSUED.clone()], &[]).unwrap();
    assert_eq!(client.read_reply(&forged), Err(Error::Signature));
}

#[test]
fn a_reply_to_another_transaction_is_not_believed() {
    let mut other = enrolment().with_transaction_id(TransactionId::new("other").unwrap());
    let opened = open_request(&other.write_request().unwrap(), &CA, &Policy::default()).unwrap();
    let reply = write_success(&opened, &CA, &[ISSUED.clone()], &[]).unwrap();
    let mut client = enrolment();
    client.write_request().unwrap();
    assert_eq!(client.read_reply(&reply), Err(Error::Mismatch("transactionID")));
    assert_eq!(
        enrolment()
            .with_transaction_id(TransactionId::new("other").unwrap())
            .read_reply(&reply),
        { Err(Error::Mismatch("recipientNonce")) }
    );
}

#[test]
fn a_certificate_on_another_key_is_not_taken() {
    let mut client = enrolment();
    let opened = open_request(&client.write_request().unwrap(), &CA, &Policy::default()).unwrap();
    let reply = write_success(&opened, &CA, &[STRANGER.certificate.clone()], &[]).unwrap();
    assert_eq!(client.read_reply(&reply), Err(Error::OtherKey));
}

#[test]
fn the_issued_certificate_comes_first_wherever_it_lay() {
    let mut client = enrolment();
    let opened = open_request(&client.write_request().unwrap(), &CA, &Policy::default()).unwrap();
    let sent = [
        CA.certificate.clone(),
        STRANGER.certificate.clone(),
        ISSUED.clone(),
    ];
    let reply = write_success(&opened, &CA, &sent, &[]).unwrap();
    let [first, second, third] = sent;
    assert_eq!(
        client.read_reply(&reply).unwrap(),
        Outcome::Issued(vec![third, first, second])
    );
}

#[test]
fn a_renewal_is_signed_by_the_old_certificate() {
    let old = scep::Identity {
        certificate: ISSUED.clone(),
        key: DEVICE.key.clone(),
    };
    let new_key = RsaKey::generate(2048).unwrap();
    let csr = CsrBuilder::new(name("Device 1")).build(&new_key).unwrap();
    let mut client = Enrolment::new(ca_certificates(), &<_>::default(), csr, old)
        .unwrap()
        .as_renewal();
    let opened = open_request(&client.write_request().unwrap(), &CA, &Policy::default()).unwrap();
    assert_eq!(opened.summary().message_type, MessageType::RenewalReq);
    assert_eq!(opened.summary().signer_certificate, *ISSUED);
    assert!(!opened.is_for_signers_key());
    let renewed = SignerCertificate::new(name("Device 1"), NOW, LATER)
        .issue(new_key)
        .unwrap();
    let reply = write_success(&opened, &CA, &[renewed.certificate.clone()], &[]).unwrap();
    assert_eq!(
        client.read_reply(&reply).unwrap(),
        Outcome::Issued(vec![renewed.certificate])
    );
}

#[test]
fn a_policy_refuses_before_anything_is_decrypted_and_can_still_answer() {
    let single_des = enrolment().with_cipher(Cipher::Des).write_request().unwrap();
    let refused = open_request(&single_des, &CA, &Policy::default()).unwrap_err();
    assert_eq!(refused.error, Error::Algorithm("content encryption"));
    assert_eq!(refused.error.fail_info(), FailInfo::BadAlg);
    assert!(write_failure(&refused.reply_to.unwrap(), &CA, FailInfo::BadAlg, None).is_ok());

    let only_polls = Policy {
        message_types: vec![MessageType::CertPoll],
        ..Policy::default()
    };
    let request = enrolment().write_request().unwrap();
    let refused = open_request(&request, &STRANGER, &only_polls).unwrap_err();
    assert_eq!(refused.error, Error::UnexpectedMessageType(MessageType::PkcsReq));
}

#[test]
fn debug_output_shows_neither_keys_nor_challenges() {
    let builder = CsrBuilder::new(name("Device 1")).challenge(CHALLENGE);
    let opened = open_request(&enrolment().write_request().unwrap(), &CA, &Policy::default()).unwrap();
    let shown = format!("{builder:?} {:?} {opened:?} {:?}", DEVICE.key, enrolment());
    assert!(!shown.contains(CHALLENGE));
    assert!(shown.contains("RsaKey"));
    let digits = CHALLENGE
        .bytes()
        .map(|byte| byte.to_string())
        .collect::<Vec<_>>()
        .join(", ");
    assert!(!shown.contains(&digits));
}

#[test]
fn a_later_process_goes_on_with_what_is_pending() {
    let mut first = enrolment();
    let opened = open_request(&first.write_request().unwrap(), &CA, &Policy::default()).unwrap();
    let kept = first.transaction_id().as_str().to_owned();
    let pending = write_pending(&opened.reply_to(), &CA).unwrap();
    assert_eq!(first.read_reply(&pending).unwrap(), Outcome::Pending);
    drop(first);

    let mut later = enrolment().with_transaction_id(TransactionId::new(kept).unwrap());
    let poll = open_request(&later.write_poll().unwrap(), &CA, &Policy::default()).unwrap();
    assert_eq!(poll.summary().transaction_id, opened.summary().transaction_id);
    let reply = write_success(&poll, &CA, &[ISSUED.clone()], &[]).unwrap();
    assert_eq!(
        later.read_reply(&reply).unwrap(),
        Outcome::Issued(vec![ISSUED.clone()])
    );
}

#[test]
fn a_renewal_is_a_new_transaction_that_a_retry_keeps() {
    let old = scep::Identity {
        certificate: ISSUED.clone(),
        key: DEVICE.key.clone(),
    };
    let renewal = || Enrolment::new(ca_certificates(), &<_>::default(), csr(), old.clone()).unwrap();
    let first = enrolment().transaction_id().clone();
    let id = renewal().as_renewal().transaction_id().clone();
    assert_ne!(id, first);
    assert_eq!(*renewal().as_renewal().transaction_id(), id);
    let chosen = TransactionId::new("chosen").unwrap();
    let renewed = renewal().with_transaction_id(chosen.clone()).as_renewal();
    assert_eq!(*renewed.transaction_id(), chosen);
}

#[test]
fn a_renewal_is_a_renewal_req_only_where_the_ca_advertises_it() {
    let old = scep::Identity {
        certificate: ISSUED.clone(),
        key: DEVICE.key.clone(),
    };
    let kinds = [
        (&b"Renewal\nAES"[..], MessageType::RenewalReq),
        (b"AES", MessageType::PkcsReq),
    ];
    for (body, expected) in kinds {
        let capabilities = scep::Capabilities::parse(body);
        let mut client = Enrolment::new(ca_certificates(), &capabilities, csr(), old.clone())
            .unwrap()
            .as_renewal_for(&capabilities);
        let summary = peek_request(&client.write_request().unwrap()).unwrap();
        assert_eq!(summary.message_type, expected);
        assert_eq!(summary.signer_certificate, *ISSUED);
    }
}
