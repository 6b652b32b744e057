//! Envelopes that OpenSSL made, as DER and as BER with indefinite lengths.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

use std::path::Path;
use std::process::Command;

use super::*;
use crate::attributes::of_message;
use crate::signed::Outgoing;
use crate::{CsrBuilder, Digest, MessageType, Nonce, Policy, RsaKey, SignerCertificate, TransactionId};

fn identity() -> Identity {
    SignerCertificate::new([0x30, 0], 0, 4_000_000_000)
        .issue(RsaKey::generate(2048).unwrap())
        .unwrap()
}

fn encrypted_by_openssl(folder: &Path, options: &str) -> Vec<u8> {
    let line = format!("cms -encrypt -binary -in content -outform DER -out envelope {options}");
    let output = Command::new("openssl")
        .args(line.split_whitespace())
        .current_dir(folder)
        .output();
    let output = output.expect("OpenSSL's command line is installed");
    assert!(
        output.status.success(),
        "{line}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    std::fs::read(folder.join("envelope")).unwrap()
}

#[test]
fn what_openssl_encrypted_opens_in_each_cipher_transport_and_encoding() {
    let identity = identity();
    let folder = tempfile::tempdir().unwrap();
    // More than one block of 4,096 octets, so that a streamed OCTET STRING has several segments.
    let content: Vec<u8> = (0..20_000u32).map(|number| number.to_le_bytes()[0]).collect();
    std::fs::write(folder.path().join("content"), &content).unwrap();
    std::fs::write(folder.path().join("cert"), &identity.certificate).unwrap();
    let ciphers = [
        ("-des3", Cipher::Des3),
        ("-aes128", Cipher::Aes128),
        ("-aes192", Cipher::Aes192),
        ("-aes256", Cipher::Aes256),
    ];
    let oaep_sha1 = "-keyopt rsa_padding_mode:oaep";
    let oaep_sha256 = "-keyopt rsa_padding_mode:oaep -keyopt rsa_oaep_md:sha256";
    let transports = [
        ("", KeyTransport::Pkcs1),
        (oaep_sha1, KeyTransport::OaepSha1),
        (oaep_sha256, KeyTransport::OaepSha256),
    ];
    for (cipher_option, cipher) in ciphers {
        for (transport_option, key_transport) in transports {
            for stream in ["", "-stream"] {
                let options = format!("{cipher_option} {stream} -recip cert {transport_option}");
                let envelope = encrypted_by_openssl(folder.path(), &options);
                let is_indefinite = envelope.starts_with(&[0x30, 0x80]);
                assert_eq!(is_indefinite, stream == "-stream");
                let opened = open(&envelope, &identity, false).unwrap();
                assert_eq!(*opened.content, content, "{options}");
                assert_eq!((opened.cipher, opened.key_transport), (cipher, key_transport));
            }
        }
    }
    let by_key_identifier = identity_with_key_identifier();
    std::fs::write(folder.path().join("cert"), &by_key_identifier.certificate).unwrap();
    let envelope = encrypted_by_openssl(folder.path(), "-aes128 -stream -recip cert");
    assert_eq!(
        *open(&envelope, &by_key_identifier, false).unwrap().content,
        content
    );
    assert_eq!(
        open(&envelope, &identity, false).err(),
        Some(Error::UnknownRecipient)
    );
}

fn identity_with_key_identifier() -> Identity {
    SignerCertificate::windows(0, 4_000_000_000)
        .issue(RsaKey::generate(2048).unwrap())
        .unwrap()
}

#[test]
fn a_request_with_indefinite_lengths_inside_and_outside_is_opened() {
    let identity = identity();
    let folder = tempfile::tempdir().unwrap();
    let csr = CsrBuilder::new([0x30, 0]).build(&identity.key).unwrap();
    std::fs::write(folder.path().join("content"), &csr).unwrap();
    std::fs::write(folder.path().join("cert"), &identity.certificate).unwrap();
    let envelope = encrypted_by_openssl(folder.path(), "-aes128 -stream -recip cert");
    let transaction_id = TransactionId::new("ber").unwrap();
    let message = Outgoing {
        content: &envelope,
        attributes: of_message(MessageType::PkcsReq, &transaction_id, &Nonce::random().unwrap()),
        digest: Digest::Sha256,
        certificates: Some(&[]),
    };
    let der = message.write(&identity).unwrap();
    let ber = streamed(&der);
    assert!(ber.starts_with(&[0x30, 0x80]) && ber.windows(2).any(|window| window == [0x24, 0x80]));
    let opened = crate::open_request(&ber, &identity, &Policy::default()).unwrap();
    assert_eq!(opened.csr(), Some(csr.as_slice()));
    for length in 0..ber.len() {
        assert!(crate::open_request(ber.get(..length).unwrap(), &identity, &Policy::default()).is_err());
    }
}

/// The same SignedData with indefinite lengths, and its content cut into a constructed OCTET STRING, as BouncyCastle
/// and Apple write it.
fn streamed(der: &[u8]) -> Vec<u8> {
    let mut data = content_of(der, &asn1::SIGNED_DATA, "").unwrap();
    let [version, digests] = [(); 2].map(|()| data.any().unwrap().whole);
    let mut encapsulated = data.sequence().unwrap();
    let plain_data = encapsulated.any().unwrap().whole;
    let content = encapsulated.any().unwrap().content;
    let content = Value::take(content).unwrap().0.content;
    let segments: Vec<u8> = content
        .chunks(1000)
        .flat_map(|part| asn1::tlv(asn1::OCTET_STRING, part))
        .collect();
    let encapsulated = indefinite(
        0x30,
        &[plain_data, &indefinite(0xa0, &[&indefinite(0x24, &[&segments])])],
    );
    let certificates = indefinite(0xa0, &[data.any().unwrap().content]);
    let signer_infos = data.any().unwrap().whole;
    let inner = indefinite(
        0x30,
        &[version, digests, &encapsulated, &certificates, signer_infos],
    );
    indefinite(0x30, &[&asn1::SIGNED_DATA.der(), &indefinite(0xa0, &[&inner])])
}

fn indefinite(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    [&[tag, 0x80], parts.concat().as_slice(), &[0, 0]].concat()
}

static RECIPIENT: std::sync::LazyLock<Identity> = std::sync::LazyLock::new(identity);

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(64))]

    #[test]
    fn any_content_goes_there_and_back_in_each_cipher_and_transport(
        content in proptest::collection::vec(proptest::num::u8::ANY, 0..200),
    ) {
        let recipient = Certificate::read(&RECIPIENT.certificate).unwrap();
        for cipher in Cipher::ALL {
            for transport in KeyTransport::ALL {
                let sealed = seal(&content, &recipient, cipher, transport).unwrap();
                let opened = open(&sealed, &RECIPIENT, true).unwrap();
                proptest::prop_assert_eq!(&*opened.content, &content);
                proptest::prop_assert_eq!((opened.cipher, opened.key_transport), (cipher, transport));
            }
        }
    }
}
