//! What a person sees of a message without any key.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::cloned_ref_to_slice_refs
)]

mod laboratory;

use laboratory::{CA, DEVICE, ISSUED, enrolment};
use scep::{
    Cipher, Digest, FailInfo, KeyTransport, MessageType, PkiStatus, Policy, RecipientName, inspect,
    open_request, write_failure, write_ndes_failure, write_success,
};

const CERTMONGER: &[u8] = include_bytes!("fixtures/certmonger-req.der");
const NDES: &[u8] = include_bytes!("fixtures/ndes-srv2012-getcrl-failure.der");
const MICROMDM: &[u8] = include_bytes!("fixtures/micromdm-rep.der");

#[test]
fn a_request_shows_its_signature_and_its_envelope() {
    let mut client = enrolment()
        .with_cipher(Cipher::Aes256)
        .with_key_transport(KeyTransport::OaepSha256);
    let seen = inspect(&client.write_request().unwrap()).unwrap();
    assert_eq!(seen.message_type, Some(MessageType::PkcsReq));
    assert_eq!(seen.transaction_id.as_ref(), Some(client.transaction_id()));
    assert_eq!(seen.sender_nonce.unwrap().as_bytes().len(), 16);
    assert_eq!(
        (seen.recipient_nonce, seen.status, seen.fail_info),
        (None, None, None)
    );
    assert_eq!(
        (seen.digest, seen.signature_algorithm.as_str()),
        (Digest::Sha256, "1.2.840.113549.1.1.1")
    );
    assert!(seen.is_signature_verified);
    assert_eq!(seen.signer_certificate.as_ref(), Some(&DEVICE.certificate));
    assert_eq!(seen.certificates, [DEVICE.certificate.clone()]);
    assert_eq!(seen.other_attributes, [""; 0]);
    let envelope = seen.envelope.unwrap();
    assert_eq!(envelope.cipher, Some(Cipher::Aes256));
    assert_eq!(envelope.cipher_oid, "2.16.840.1.101.3.4.1.42");
    assert_eq!(envelope.encrypted_length % 16, 0);
    assert!(envelope.encrypted_length < seen.content_length);
    let [recipient] = envelope.recipients.as_slice() else {
        panic!("one recipient");
    };
    assert_eq!(recipient.key_transport, Some(KeyTransport::OaepSha256));
    assert_eq!(recipient.key_transport_oid, "1.2.840.113549.1.1.7");
    assert_eq!(recipient.encrypted_key_length, 256);
    assert!(matches!(
        &recipient.name,
        RecipientName::IssuerAndSerial { issuer, serial }
            if *issuer == laboratory::name("Laboratory CA") && serial.len() == 16
    ));
}

#[test]
fn a_reply_shows_its_status_nonces_and_words() {
    let mut client = enrolment();
    let opened = open_request(&client.write_request().unwrap(), &CA, &Policy::default()).unwrap();
    let nonce = &opened.summary().sender_nonce;
    let success = write_success(&opened, &CA, &[ISSUED.clone()], &[]).unwrap();
    let seen = inspect(&success).unwrap();
    assert_eq!(
        (seen.message_type, seen.status),
        (Some(MessageType::CertRep), Some(PkiStatus::Success))
    );
    assert_eq!(seen.recipient_nonce.as_ref(), Some(nonce));
    assert_ne!(seen.sender_nonce.as_ref(), Some(nonce));
    let failure = write_failure(&opened.reply_to(), &CA, FailInfo::BadTime, Some("tôt")).unwrap();
    let seen = inspect(&failure).unwrap();
    assert_eq!(seen.fail_info, Some(FailInfo::BadTime));
    assert_eq!(seen.fail_info_text.as_deref(), Some("tôt"));
    assert_eq!((seen.content_length, seen.envelope), (0, None));
    let ndes = write_ndes_failure(&opened.reply_to(), &CA, FailInfo::BadRequest, -1).unwrap();
    let seen = inspect(&ndes).unwrap();
    assert_eq!(seen.microsoft_hresult, Some(-1));
    assert!(seen.certificates.is_empty() && !seen.is_signature_verified);
    assert_eq!((seen.content_length, seen.envelope), (1, None));
}

#[test]
fn messages_of_others_are_shown_whole() {
    let seen = inspect(CERTMONGER).unwrap();
    assert_eq!(seen.envelope.unwrap().cipher, Some(Cipher::Aes256));
    assert!(seen.is_signature_verified);
    let seen = inspect(MICROMDM).unwrap();
    assert_eq!(seen.envelope.unwrap().cipher, Some(Cipher::Des));
    let seen = inspect(NDES).unwrap();
    assert_eq!(seen.microsoft_hresult, Some(-2_147_024_809));
    for whole in [CERTMONGER, MICROMDM, NDES] {
        for length in 0..whole.len() {
            assert!(inspect(&whole[..length]).is_err(), "{length}");
        }
    }
}
