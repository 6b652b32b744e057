//! Hostile requests: made with the crate's own parts, since nobody else signs such things.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

mod accepted;
mod oracles;

use std::sync::LazyLock;

use super::*;
use crate::asn1::Oid;
use crate::attributes::{attribute, of_message};
use crate::certificate::Certificate;
use crate::signed::{Outgoing, content_info, content_of};
use crate::write_failure;
use crate::{Cipher, CsrBuilder, FailInfo, KeyTransport, Nonce, RsaKey, SignerCertificate, TransactionId};

/// RFC 2985 §5.5.1: beside a challenge in Java's requests.
const FRIENDLY_NAME: [u8; 11] = [6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 20];

static CA: LazyLock<Identity> = LazyLock::new(identity);
static CLIENT: LazyLock<Identity> = LazyLock::new(identity);

fn identity() -> Identity {
    SignerCertificate::windows(0, 4_000_000_000)
        .issue(RsaKey::generate(2048).unwrap())
        .unwrap()
}

fn csr() -> Vec<u8> {
    CsrBuilder::new([0x30, 0])
        .challenge("0123")
        .build(&CLIENT.key)
        .unwrap()
}

fn sealed(content: &[u8]) -> Vec<u8> {
    let recipient = Certificate::read(&CA.certificate).unwrap();
    envelope::seal(content, &recipient, Cipher::Aes128, KeyTransport::Pkcs1).unwrap()
}

fn attributes() -> Vec<Vec<u8>> {
    let transaction_id = TransactionId::new("transaction").unwrap();
    of_message(MessageType::PkcsReq, &transaction_id, &Nonce::random().unwrap())
}

fn without(kind: &Oid) -> Vec<Vec<u8>> {
    let kind = kind.der();
    let holds = |octets: &[u8]| octets.windows(kind.len()).any(|window| window == kind);
    attributes().into_iter().filter(|octets| !holds(octets)).collect()
}

fn with(kind: &Oid, tag: u8, value: &[u8]) -> Vec<Vec<u8>> {
    let mut all = without(kind);
    all.push(attribute(kind, &asn1::tlv(tag, value)));
    all
}

fn signed_by_client(envelope: &[u8], attributes: Vec<Vec<u8>>) -> Vec<u8> {
    signed_with(envelope, attributes, &[])
}

fn signed_with(content: &[u8], attributes: Vec<Vec<u8>>, certificates: &[Vec<u8>]) -> Vec<u8> {
    let message = Outgoing {
        content,
        attributes,
        digest: Digest::Sha256,
        certificates: Some(certificates),
    };
    message.write(&CLIENT).unwrap()
}

fn refused(message: &[u8]) -> Refused {
    open_request(message, &CA, &Policy::default()).unwrap_err()
}

#[test]
fn an_undefined_message_type_is_refused_but_can_be_answered() {
    for number in [
        "18",
        "99",
        "",
        "0",
        "03",
        "-19",
        "19 ",
        "1e1",
        "4294967315",
        "PKCSReq",
    ] {
        let attributes = with(&asn1::MESSAGE_TYPE, asn1::PRINTABLE_STRING, number.as_bytes());
        let message = signed_by_client(&sealed(&csr()), attributes);
        if number == "03" {
            // A number all the same: CertRep, which no client sends.
            assert_eq!(
                refused(&message).error,
                Error::UnexpectedMessageType(MessageType::CertRep)
            );
            continue;
        }
        let refused = refused(&message);
        assert_eq!(refused.error, Error::UndefinedMessageType, "{number}");
        assert_eq!(refused.error.fail_info(), FailInfo::BadRequest);
        assert_eq!(peek_request(&message).unwrap_err(), refused);
        let reply = write_failure(&refused.reply_to.unwrap(), &CA, FailInfo::BadRequest, None).unwrap();
        assert_eq!(
            crate::peek_reply(&reply).unwrap().transaction_id.as_str(),
            "transaction"
        );
    }
}

#[test]
fn a_request_without_one_of_its_attributes_is_refused() {
    let kinds = [
        (&asn1::MESSAGE_TYPE, Error::Missing("messageType")),
        (&asn1::TRANSACTION_ID, Error::Missing("transactionID")),
        (&asn1::SENDER_NONCE, Error::Missing("senderNonce")),
    ];
    for (kind, expected) in kinds {
        assert_eq!(
            refused(&signed_by_client(&sealed(&csr()), without(kind))).error,
            expected
        );
    }
}

#[test]
fn odd_transaction_ids_are_refused_and_unusual_ones_taken() {
    let of = |tag: u8, value: &[u8]| {
        let message = signed_by_client(&sealed(&csr()), with(&asn1::TRANSACTION_ID, tag, value));
        peek_request(&message)
            .map(|summary| summary.transaction_id.to_string())
            .map_err(|refused| refused.error)
    };
    let invalid = Err(Error::Invalid("transactionID"));
    for value in [
        b"".as_slice(),
        b"a\nb",
        b"a\0",
        &[b'a'; 256],
        &[b'a'; 2000],
        "é".as_bytes(),
        b"\x7f",
    ] {
        assert_eq!(of(asn1::PRINTABLE_STRING, value), invalid);
    }
    assert_eq!(of(asn1::OCTET_STRING, b"abc"), invalid);
    for value in [b"8D 1A".as_slice(), b"a+b/c=", &[b'7'; 77], &[b'a'; 255]] {
        assert_eq!(
            of(asn1::PRINTABLE_STRING, value),
            Ok(String::from_utf8(value.to_vec()).unwrap())
        );
    }
    assert_eq!(of(asn1::BMP_STRING, b"\0a\0b"), Ok("ab".to_owned()));
}

#[test]
fn a_nonce_of_no_or_4096_octets_is_refused() {
    for length in [0, 65, 4096] {
        let attributes = with(&asn1::SENDER_NONCE, asn1::OCTET_STRING, &vec![7; length]);
        let message = signed_by_client(&sealed(&csr()), attributes);
        assert_eq!(refused(&message).error, Error::Invalid("nonce"));
    }
}

#[test]
fn an_attribute_that_stands_twice_is_refused() {
    let mut twice = attributes();
    twice.push(attribute(
        &asn1::TRANSACTION_ID,
        &asn1::tlv(asn1::PRINTABLE_STRING, b"another"),
    ));
    let message = signed_by_client(&sealed(&csr()), twice);
    assert_eq!(
        refused(&message).error,
        Error::Invalid("set of signed attributes")
    );
    let many = (0..100).map(|arc| {
        let kind = asn1::tlv(asn1::OBJECT_IDENTIFIER, &[0x2a, 3, arc]);
        asn1::sequence(&[&kind, &[asn1::SET, 2, 5, 0]])
    });
    let message = signed_by_client(&sealed(&csr()), attributes().into_iter().chain(many).collect());
    assert_eq!(
        refused(&message).error,
        Error::TooLarge("set of signed attributes")
    );
}

/// The parts of a SignedData, each a value of its own.
struct Parts {
    version: Vec<u8>,
    digests: Vec<u8>,
    content: Vec<u8>,
    certificates: Vec<u8>,
    signers: Vec<u8>,
}

/// Takes a message apart, changes its SignedData, and puts it together again.
fn changed(message: &[u8], change: impl FnOnce(&mut Parts)) -> Vec<u8> {
    let mut data = content_of(message, &asn1::SIGNED_DATA, "").unwrap();
    let [version, digests, content, certificates, signers] =
        [(); 5].map(|()| data.any().unwrap().whole.to_vec());
    let mut parts = Parts {
        version,
        digests,
        content,
        certificates,
        signers,
    };
    change(&mut parts);
    let Parts {
        version,
        digests,
        content,
        certificates,
        signers,
    } = parts;
    content_info(
        &asn1::SIGNED_DATA,
        &[&version, &digests, &content, &certificates, &signers],
    )
}

/// An EncapsulatedContentInfo of these octets.
fn encapsulated(content: &[u8]) -> Vec<u8> {
    let content = asn1::tlv(asn1::CONSTRUCTED_0, &asn1::tlv(asn1::OCTET_STRING, content));
    asn1::sequence(&[&asn1::DATA.der(), &content])
}

#[test]
fn signers_certificates_and_content_are_as_the_protocol_wants() {
    let message = signed_by_client(&sealed(&csr()), attributes());
    assert!(open_request(&changed(&message, |_| ()), &CA, &Policy::default()).is_ok());
    let no_signer = changed(&message, |parts| parts.signers = vec![asn1::SET, 0]);
    assert_eq!(refused(&no_signer).error, Error::Missing("signer"));
    let two_signers = changed(&message, |parts| {
        let one = asn1::read(&parts.signers, "").unwrap().content;
        parts.signers = asn1::tlv(asn1::SET, &[one, one].concat());
    });
    assert_eq!(refused(&two_signers).error, Error::Invalid("number of signers"));
    let no_certificate = changed(&message, |parts| parts.certificates = Vec::new());
    assert_eq!(refused(&no_certificate), Refused::from(Error::UnknownSigner));
    let another_content = changed(&message, |parts| parts.content = encapsulated(&sealed(b"other")));
    assert_eq!(refused(&another_content), Refused::from(Error::Signature));
    let no_content = changed(&message, |parts| {
        parts.content = asn1::sequence(&[&asn1::DATA.der()]);
    });
    assert_eq!(refused(&no_content), Refused::from(Error::Signature));
    let signed_nothing = signed_by_client(&[], attributes());
    assert_eq!(
        refused(&signed_nothing).error,
        Error::Missing("encrypted content")
    );
    let another_key = changed(&message, |parts| {
        let certificate = SignerCertificate::windows(0, 4_000_000_000)
            .issue(CA.key.clone())
            .unwrap()
            .certificate;
        parts.certificates = asn1::tlv(asn1::CONSTRUCTED_0, &certificate);
    });
    assert_eq!(refused(&another_key), Refused::from(Error::UnknownSigner));
}

#[test]
fn a_reply_goes_to_the_signer_alone_when_there_are_two_certificates() {
    let message = signed_with(
        &sealed(&csr()),
        attributes(),
        std::slice::from_ref(&CA.certificate),
    );
    let opened = open_request(&message, &CA, &Policy::default()).unwrap();
    assert_eq!(opened.summary().signer_certificate, CLIENT.certificate);
}

#[test]
fn too_many_certificates_or_octets_are_refused() {
    let message = signed_by_client(&sealed(&csr()), attributes());
    let many = changed(&message, |parts| {
        let all = vec![CLIENT.certificate.as_slice(); crate::MAX_CERTIFICATES + 1];
        parts.certificates = asn1::tlv(asn1::CONSTRUCTED_0, &all.concat());
    });
    assert_eq!(refused(&many).error, Error::TooLarge("set of certificates"));
    assert_eq!(refused(&vec![0x30; 3 << 20]).error, Error::TooLarge("message"));
}

#[test]
fn a_request_for_a_certificate_or_crl_names_issuer_and_serial() {
    let names = asn1::sequence(&[&[0x30, 0], &[0x02, 2, 0x12, 0x34]]);
    for number in [21, 22] {
        let attributes = with(
            &asn1::MESSAGE_TYPE,
            asn1::PRINTABLE_STRING,
            number.to_string().as_bytes(),
        );
        let message = signed_by_client(&sealed(&names), attributes.clone());
        let opened = open_request(&message, &CA, &Policy::default()).unwrap();
        let expected = Content::IssuerAndSerial {
            issuer: vec![0x30, 0],
            serial: vec![0x12, 0x34],
        };
        assert_eq!(*opened.content(), expected);
        assert_eq!(opened.csr(), None);
        assert_eq!(
            refused(&signed_by_client(&sealed(&csr()), attributes)).error,
            Error::Undecipherable
        );
    }
}

#[test]
fn a_challenge_is_read_in_each_string_type() {
    let challenge_of = |tag: u8, value: &[u8]| {
        let all = [
            attribute(&asn1::EXTENSION_REQUEST, &[0x30, 0]),
            vec![0x30, 3, 6, 1, 0x2a],
            attribute(&asn1::EXTENSION_REQUEST, &[0x30, 0]),
            asn1::sequence(&[&FRIENDLY_NAME, &[asn1::SET, 4, asn1::BMP_STRING, 2, 0, b'a']]),
            attribute(&asn1::CHALLENGE_PASSWORD, &asn1::tlv(tag, value)),
        ];
        let info = asn1::sequence(&[
            &asn1::ZERO,
            &[0x30, 0],
            CLIENT.key.public_key_der(),
            &asn1::tlv(asn1::CONSTRUCTED_0, &all.concat()),
        ]);
        let csr = crate::csr_builder::sign(&info, &CLIENT.key, Digest::Sha256).unwrap();
        let message = signed_by_client(&sealed(&csr), attributes());
        let opened = open_request(&message, &CA, &Policy::default()).unwrap();
        opened.challenge().map(|challenge| challenge.as_str().to_owned())
    };
    let values = [
        (asn1::PRINTABLE_STRING, b"9F86".as_slice()),
        (asn1::UTF8_STRING, b"9F86"),
        (asn1::T61_STRING, b"9F86"),
        (asn1::IA5_STRING, b"9F86"),
        (asn1::BMP_STRING, b"\x009\0F\x008\x006"),
    ];
    for (tag, value) in values {
        assert_eq!(challenge_of(tag, value).as_deref(), Some("9F86"), "{tag:#x}");
    }
    assert_eq!(challenge_of(asn1::OCTET_STRING, b"9F86"), None);
}

#[test]
fn nothing_that_is_no_message_makes_it_panic() {
    let deep: Vec<u8> = std::iter::repeat_n([0x30, 0x80], 50_000).flatten().collect();
    let deep_strings: Vec<u8> = std::iter::repeat_n([0x24, 0x80], 50_000).flatten().collect();
    let message = signed_by_client(&sealed(&csr()), attributes());
    let deep_content = changed(&message, |parts| {
        parts.certificates = asn1::tlv(asn1::CONSTRUCTED_0, &deep);
    });
    let huge = [0x30, 0x88, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff];
    let pem = b"-----BEGIN PKCS7-----\nMIIB\n-----END PKCS7-----\n";
    for message in [
        b"".as_slice(),
        pem,
        b"<html></html>",
        &huge,
        &huge[..2],
        &deep,
        &deep_strings,
        &deep_content,
    ] {
        assert!(refused(message).reply_to.is_none());
        assert!(crate::peek_reply(message).is_err());
    }
}

#[test]
fn attributes_without_values_or_with_two_are_as_good_as_missing() {
    let kinds = [
        (&asn1::MESSAGE_TYPE, Error::Missing("messageType")),
        (&asn1::TRANSACTION_ID, Error::Missing("transactionID")),
        (&asn1::SENDER_NONCE, Error::Missing("senderNonce")),
    ];
    for (kind, expected) in kinds {
        for values in [&[][..], &[0x13, 1, b'1', 0x13, 1, b'1']] {
            let mut all = without(kind);
            all.push(asn1::sequence(&[&kind.der(), &asn1::tlv(asn1::SET, values)]));
            assert_eq!(refused(&signed_by_client(&sealed(&csr()), all)).error, expected);
        }
    }
    let text_for_a_nonce = with(&asn1::SENDER_NONCE, asn1::PRINTABLE_STRING, b"0123456789abcdef");
    let message = signed_by_client(&sealed(&csr()), text_for_a_nonce);
    assert_eq!(refused(&message).error, Error::Invalid("senderNonce"));
}

#[test]
fn the_signature_is_verified_before_anything_is_decrypted() {
    // Encrypted to nobody, and the signature broken: the signature is what is wrong.
    let mut message = signed_by_client(&[0x30, 0], attributes());
    assert_eq!(refused(&message).error, Error::Malformed("EnvelopedData"));
    *message.last_mut().unwrap() ^= 1;
    assert_eq!(refused(&message), Refused::from(Error::Signature));
}

#[test]
fn a_request_with_ten_thousand_attributes_is_read_and_has_no_challenge() {
    let many = [0x30, 7, 6, 3, 0x2a, 3, 4, asn1::SET, 0].repeat(10_000);
    let info = asn1::sequence(&[
        &asn1::ZERO,
        &[0x30, 0],
        CLIENT.key.public_key_der(),
        &asn1::tlv(asn1::CONSTRUCTED_0, &many),
    ]);
    let csr = crate::csr_builder::sign(&info, &CLIENT.key, Digest::Sha256).unwrap();
    let message = signed_by_client(&sealed(&csr), attributes());
    let opened = open_request(&message, &CA, &Policy::default()).unwrap();
    assert_eq!(opened.challenge(), None);
}

#[test]
fn a_message_cut_off_anywhere_is_refused_and_never_answered() {
    let message = signed_by_client(&sealed(&csr()), attributes());
    for length in 0..message.len() {
        assert_eq!(refused(&message[..length]).reply_to, None, "{length}");
    }
}
