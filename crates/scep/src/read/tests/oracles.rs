//! Envelopes with something wrong in them: in clear it is said, behind the private key there is one answer.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

use super::{CA, CLIENT, attributes, csr, refused, signed_by_client};
use crate::asn1;
use crate::certificate::Certificate;
use crate::{Cipher, Error, KeyTransport, crypto, envelope};

/// Envelopes that fail behind the private key: each with another thing wrong.
fn oracles() -> Vec<(&'static str, Vec<u8>)> {
    let recipient = Certificate::read(&CA.certificate).unwrap();
    let public_key = recipient.rsa_public_key().unwrap();
    let transport = |key: &[u8]| crypto::transport_key(KeyTransport::Pkcs1, public_key, key).unwrap();
    let (key, vector) = ([7; 16], [9; 16]);
    let encrypted = crypto::encrypt(Cipher::Aes128, &key, &vector, &csr()).unwrap();
    let garbage = crypto::encrypt(Cipher::Aes128, &key, &vector, &[0xa5; 400]).unwrap();
    let broken = crypto::encrypt(Cipher::Aes128, &key, &vector, &[0x30, 3, 2, 1, 0]).unwrap();
    let mut bad_padding = encrypted.clone();
    // In CBC mode a bit of one block turns the same bit of the next: the last octet of the padding here.
    bad_padding[encrypted.len() - 17] ^= 0x40;
    let padding = 16 - csr().len() % 16;
    let mut no_padding = encrypted.clone();
    no_padding[encrypted.len() - 17] ^= padding as u8;
    let envelope = |encrypted_key: Vec<u8>, content: &[u8]| {
        let recipient = to(&recipient, &encrypted_key);
        envelope::write(&[&recipient], &Cipher::Aes128.write(&vector), content)
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
        ("a padding of no octets", envelope(transport(&key), &no_padding)),
        (
            "a padding longer than a block",
            envelope(transport(&key), &bad_padding),
        ),
        ("garbage inside", envelope(transport(&key), &garbage)),
        ("a broken PKCS#10 inside", envelope(transport(&key), &broken)),
    ]
}

/// A KeyTransRecipientInfo.
fn to(recipient: &Certificate<'_>, encrypted_key: &[u8]) -> Vec<u8> {
    asn1::sequence(&[
        &asn1::ZERO,
        &recipient.issuer_and_serial(),
        &KeyTransport::Pkcs1.write(),
        &asn1::tlv(asn1::OCTET_STRING, encrypted_key),
    ])
}

#[test]
fn whatever_is_wrong_behind_the_private_key_there_is_one_answer() {
    let mut answers = Vec::new();
    for (what, envelope) in oracles() {
        let message = signed_by_client(&envelope, attributes());
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
    let info = to(&recipient, &[1; 256]);
    let error = |info: &[u8], cipher: Cipher, vector: &[u8], content: &[u8]| {
        let envelope = envelope::write(&[info], &cipher.write(vector), content);
        refused(&signed_by_client(&envelope, attributes())).error
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
    let to_another = to(&stranger, &[1; 256]);
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
        .map(|(what, envelope)| (what, signed_by_client(&envelope, attributes())))
        .collect();
    let mut times = vec![Vec::new(); messages.len()];
    // In another order each round: whoever follows a fast one is slower.
    for round in 0..2000 {
        for step in 0..messages.len() {
            let row = (round + step * 7) % messages.len();
            let start = std::time::Instant::now();
            assert_eq!(refused(&messages[row].1).error, Error::Undecipherable);
            times[row].push(start.elapsed());
        }
    }
    for ((what, _), times) in messages.iter().zip(&mut times) {
        times.sort_unstable();
        println!(
            "{:>8.1?} {:>8.1?} {:>8.1?}  {what}",
            times[500], times[1000], times[1500]
        );
    }
}
