//! Envelopes with something wrong in them: in clear it is said, behind the private key there is one answer.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

use rasn::prelude::{Integer, OctetString, SetOf};

use super::{CA, CLIENT, attributes, csr, refused, signed_by_client};
use crate::asn1::{self, CertificateIdentifier, ContentInfo, KeyTransRecipientInfo, oid};
use crate::certificate::Certificate;
use crate::{Cipher, Error, KeyTransport, crypto};

/// Envelopes that fail behind the private key: each with another thing wrong.
fn oracles() -> Vec<(&'static str, Vec<u8>)> {
    let recipient = Certificate::read(&CA.certificate).unwrap();
    let key_info = recipient.rsa_key_info().unwrap();
    let transport = |key: &[u8]| crypto::transport_key(KeyTransport::Pkcs1, &key_info, key).unwrap();
    let (key, vector) = ([7; 16], [9; 16]);
    let encrypted = crypto::encrypt(Cipher::Aes128, &key, &vector, &csr()).unwrap();
    let garbage = crypto::encrypt(Cipher::Aes128, &key, &vector, &[0xa5; 400]).unwrap();
    let broken = crypto::encrypt(Cipher::Aes128, &key, &vector, &[0x30, 3, 2, 1, 0]).unwrap();
    let mut bad_padding = encrypted.clone();
    // In CBC mode a bit of one block turns the same bit of the next: the last octet of the padding here.
    bad_padding[encrypted.len() - 17] ^= 0x40;
    let envelope = |encrypted_key: Vec<u8>, content: &[u8]| {
        let info = KeyTransRecipientInfo {
            version: Integer::from(0),
            rid: CertificateIdentifier::IssuerAndSerial(recipient.issuer_and_serial()),
            key_encryption_algorithm: KeyTransport::Pkcs1.write().unwrap(),
            encrypted_key: OctetString::from(encrypted_key),
        };
        enveloped(&info, Cipher::Aes128, &vector, content)
    };
    vec![
        ("bad PKCS#1 padding", envelope(vec![0x42; 256], &encrypted)),
        (
            "a number above the modulus",
            envelope(vec![0xff; 256], &encrypted),
        ),
        (
            "an encrypted key of another length",
            envelope(vec![0x42; 31], &encrypted),
        ),
        ("no encrypted key", envelope(Vec::new(), &encrypted)),
        ("a wrong key", envelope(transport(&[8; 16]), &encrypted)),
        (
            "a key of another length",
            envelope(transport(&[7; 24]), &encrypted),
        ),
        ("an empty key", envelope(transport(&[]), &encrypted)),
        ("bad block padding", envelope(transport(&key), &bad_padding)),
        ("garbage inside", envelope(transport(&key), &garbage)),
        ("a broken PKCS#10 inside", envelope(transport(&key), &broken)),
    ]
}

fn enveloped(info: &KeyTransRecipientInfo, cipher: Cipher, vector: &[u8], content: &[u8]) -> Vec<u8> {
    let data = crate::asn1::EnvelopedData {
        version: Integer::from(0),
        originator_info: None,
        recipient_infos: SetOf::from_vec(vec![asn1::any(info, "").unwrap()]),
        encrypted_content_info: crate::asn1::EncryptedContentInfo {
            content_type: oid(asn1::DATA),
            content_encryption_algorithm: cipher.write(vector),
            encrypted_content: Some(OctetString::from(content.to_vec())),
        },
        unprotected_attrs: None,
    };
    let content = asn1::any(&data, "").unwrap();
    asn1::write(
        &ContentInfo {
            content_type: oid(asn1::ENVELOPED_DATA),
            content,
        },
        "",
    )
    .unwrap()
}

#[test]
fn whatever_is_wrong_behind_the_private_key_there_is_one_answer() {
    let mut answers = Vec::new();
    for (what, envelope) in oracles() {
        let message = signed_by_client(envelope, attributes());
        let refused = refused(&message);
        assert_eq!(refused.error, Error::Undecipherable, "{what}");
        let reply_to = refused.reply_to.expect(what);
        answers.push((
            refused.error.to_string(),
            refused.error.fail_info(),
            reply_to.transaction_id,
        ));
    }
    answers.dedup();
    assert_eq!(answers.len(), 1);
}

#[test]
fn what_is_wrong_in_clear_is_said() {
    let recipient = Certificate::read(&CA.certificate).unwrap();
    let info = KeyTransRecipientInfo {
        version: Integer::from(0),
        rid: CertificateIdentifier::IssuerAndSerial(recipient.issuer_and_serial()),
        key_encryption_algorithm: KeyTransport::Pkcs1.write().unwrap(),
        encrypted_key: OctetString::from(vec![1; 256]),
    };
    let error = |info: &KeyTransRecipientInfo, cipher: Cipher, vector: &[u8], content: &[u8]| {
        refused(&signed_by_client(
            enveloped(info, cipher, vector, content),
            attributes(),
        ))
        .error
    };
    let length = Error::Invalid("length of the encrypted content");
    assert_eq!(error(&info, Cipher::Aes128, &[0; 16], &[]), length);
    assert_eq!(error(&info, Cipher::Aes128, &[0; 16], &[0; 17]), length);
    let vector = Error::Invalid("initialisation vector");
    assert_eq!(error(&info, Cipher::Aes128, &[0; 8], &[0; 16]), vector);
    assert_eq!(error(&info, Cipher::Des3, &[], &[0; 16]), vector);
    let single_des = error(&info, Cipher::Des, &[0; 8], &[0; 16]);
    assert_eq!(single_des, Error::Algorithm("content encryption"));
    let stranger = Certificate::read(&CLIENT.certificate).unwrap();
    let rid = CertificateIdentifier::IssuerAndSerial(stranger.issuer_and_serial());
    let to_another = KeyTransRecipientInfo { rid, ..info };
    assert_eq!(
        error(&to_another, Cipher::Aes128, &[0; 16], &[0; 16]),
        Error::UnknownRecipient
    );
}

/// What the attacker can work out without the key (a number above the modulus, a wrong length) may be faster; the
/// other rows must not differ. By hand (`cargo test --release -p scep -- --ignored --nocapture`): a busy machine would make it fail for nothing.
#[test]
#[ignore = "measures time"]
fn the_time_of_a_refusal_does_not_tell_what_was_wrong() {
    let messages: Vec<_> = oracles()
        .into_iter()
        .map(|(what, envelope)| (what, signed_by_client(envelope, attributes())))
        .collect();
    let mut times = vec![Vec::new(); messages.len()];
    for _ in 0..400 {
        for ((_, message), times) in messages.iter().zip(&mut times) {
            let start = std::time::Instant::now();
            assert_eq!(refused(message).error, Error::Undecipherable);
            times.push(start.elapsed());
        }
    }
    for ((what, _), times) in messages.iter().zip(&mut times) {
        times.sort_unstable();
        println!(
            "{:>8.1?} {:>8.1?} {:>8.1?}  {what}",
            times[100], times[200], times[300]
        );
    }
}
