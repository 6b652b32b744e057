//! Requests in forms that RFC 8894 or CMS permit, or that real clients send all the same: each is taken.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use super::{CA, CLIENT, attributes, csr, sealed};
use crate::asn1::{self, Oid};
use crate::attributes::of_content;
use crate::certificate::Certificate;
use crate::signed::{content_info, content_of};
use crate::{
    Cipher, Digest, Error, Identity, KeyTransport, OpenedRequest, Policy, Refused, RsaKey, SignerCertificate,
    crypto, open_request,
};

type Forger = fn(&[u8]) -> Vec<u8>;

/// A request made by hand, part by part.
struct Request<'a> {
    signer: &'a Identity,
    version: u8,
    envelope: Vec<u8>,
    digest: Digest,
    digest_algorithm: Vec<u8>,
    signature_algorithm: Vec<u8>,
    more_attributes: Vec<Vec<u8>>,
    sorts_what_it_sends: bool,
    forged_signature: Option<Forger>,
}

impl Default for Request<'_> {
    fn default() -> Self {
        Self {
            signer: &CLIENT,
            version: 1,
            envelope: sealed(&csr()),
            digest: Digest::Sha256,
            digest_algorithm: Digest::Sha256.write(),
            signature_algorithm: with_parameters(&asn1::RSA_ENCRYPTION, &[5, 0]),
            more_attributes: Vec::new(),
            sorts_what_it_sends: true,
            forged_signature: None,
        }
    }
}

fn with_parameters(algorithm: &Oid, parameters: &[u8]) -> Vec<u8> {
    asn1::sequence(&[&algorithm.der(), parameters])
}

impl Request<'_> {
    fn write(&self) -> Vec<u8> {
        let mut all = attributes();
        all.extend(of_content(
            &asn1::DATA,
            &crypto::digest(self.digest, &self.envelope),
        ));
        all.extend(self.more_attributes.iter().cloned());
        all.sort();
        let to_sign = asn1::tlv(asn1::SET, &all.concat());
        let signature = match self.forged_signature {
            Some(forge) => forge(&to_sign),
            None => self.signer.key.sign(self.digest, &to_sign).unwrap(),
        };
        if !self.sorts_what_it_sends {
            all.reverse();
        }
        let certificate = Certificate::read(&self.signer.certificate).unwrap();
        let signer_info = asn1::sequence(&[
            &[asn1::INTEGER, 1, self.version],
            &certificate.issuer_and_serial(),
            &self.digest_algorithm,
            &asn1::tlv(asn1::CONSTRUCTED_0, &all.concat()),
            &self.signature_algorithm,
            &asn1::tlv(asn1::OCTET_STRING, &signature),
            // unsignedAttrs, with nothing that anybody knows in it.
            &[asn1::CONSTRUCTED_1, 8, 0x30, 6, 6, 2, 0x2a, 3, asn1::SET, 0],
        ]);
        content_info(
            &asn1::SIGNED_DATA,
            &[
                &[asn1::INTEGER, 1, self.version],
                &asn1::tlv(asn1::SET, &self.digest_algorithm),
                &super::encapsulated(&self.envelope),
                &asn1::tlv(asn1::CONSTRUCTED_0, &self.signer.certificate),
                &asn1::tlv(asn1::SET, &signer_info),
            ],
        )
    }

    fn open(&self) -> Result<OpenedRequest, Refused> {
        open_request(&self.write(), &CA, &Policy::default())
    }
}

#[test]
fn the_signature_algorithm_may_name_the_digest_or_not_and_have_parameters_or_not() {
    let null: &[u8] = &[5, 0];
    let named = [
        (Digest::Sha1, asn1::SHA1, asn1::SHA1_WITH_RSA),
        (Digest::Sha1, asn1::SHA1, asn1::OIW_SHA1_WITH_RSA),
        (Digest::Sha256, asn1::SHA256, asn1::SHA256_WITH_RSA),
        (Digest::Sha384, asn1::SHA384, asn1::SHA384_WITH_RSA),
        (Digest::Sha512, asn1::SHA512, asn1::SHA512_WITH_RSA),
    ];
    for (digest, hash, with_rsa) in named {
        for signature in [asn1::RSA_ENCRYPTION, with_rsa] {
            for parameters in [null, &[]] {
                let request = Request {
                    digest,
                    digest_algorithm: with_parameters(&hash, parameters),
                    signature_algorithm: with_parameters(&signature, parameters),
                    ..Request::default()
                };
                assert_eq!(request.open().unwrap().summary().digest, digest);
            }
        }
    }
    let of_another_digest = Request {
        signature_algorithm: with_parameters(&asn1::SHA512_WITH_RSA, null),
        ..Request::default()
    };
    assert_eq!(
        of_another_digest.open().unwrap_err().error,
        Error::Algorithm("signature")
    );
}

#[test]
fn versions_more_attributes_and_an_unsorted_set_do_no_harm() {
    for version in [0, 1, 2, 3] {
        let request = Request {
            version,
            ..Request::default()
        };
        assert!(request.open().is_ok());
    }
    // What Windows sends beside RFC 8894's: 1.2.840.113549.1.9.52 and 1.3.6.1.4.1.311.21.20. No signingTime.
    let cms_algorithm_protection = [6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 52];
    let request_client_info = [6, 9, 0x2b, 6, 1, 4, 1, 0x82, 0x37, 21, 20];
    let more_attributes = vec![
        asn1::sequence(&[&cms_algorithm_protection, &[asn1::SET, 2, 0x30, 0]]),
        asn1::sequence(&[&request_client_info, &[asn1::SET, 2, 0x30, 0]]),
    ];
    for sorts_what_it_sends in [true, false] {
        let request = Request {
            more_attributes: more_attributes.clone(),
            sorts_what_it_sends,
            ..Request::default()
        };
        assert!(request.open().is_ok(), "{sorts_what_it_sends}");
    }
}

#[test]
fn the_envelope_may_have_any_version_and_parameters() {
    let recipient = Certificate::read(&CA.certificate).unwrap();
    let sealed = crate::envelope::seal(&csr(), &recipient, Cipher::Aes192, KeyTransport::Pkcs1).unwrap();
    let mut parts = content_of(&sealed, &asn1::ENVELOPED_DATA, "").unwrap();
    let [_, recipients, content] = [(); 3].map(|()| parts.any().unwrap());
    for version in [0, 1, 2] {
        // KeyTransRecipientInfo without the NULL behind rsaEncryption, and unprotectedAttrs behind everything.
        let info = recipients.within(asn1::SET, "").unwrap().any().unwrap();
        let mut info = info.within(asn1::SEQUENCE, "").unwrap();
        let [_, name, _, key] = [(); 4].map(|()| info.any().unwrap().whole);
        let without_null = with_parameters(&asn1::RSA_ENCRYPTION, &[]);
        let info = asn1::sequence(&[&[asn1::INTEGER, 1, version], name, &without_null, key]);
        let envelope = content_info(
            &asn1::ENVELOPED_DATA,
            &[
                &[asn1::INTEGER, 1, version],
                &asn1::tlv(asn1::SET, &info),
                content.whole,
                &[asn1::CONSTRUCTED_1, 0],
            ],
        );
        let request = Request {
            envelope,
            ..Request::default()
        };
        assert_eq!(request.open().unwrap().cipher(), Cipher::Aes192);
    }
}

#[test]
fn any_certificate_may_sign_whatever_its_name_and_dates() {
    // CN as a PrintableString with `!` and a NUL, as Windows writes it; no name at all.
    let odd = [
        0x30, 0x10, 0x31, 0x0e, 0x30, 0x0c, 6, 3, 0x55, 4, 3, 0x13, 5, b'a', b'!', b'b', b'*', 0,
    ];
    let key = RsaKey::generate(2048).unwrap();
    let (day, now, later) = (86_400, 1_795_392_000, 4_950_000_000);
    let signers = [
        SignerCertificate::new(odd, now, now + 6 * day),
        SignerCertificate::new([0x30, 0], now, later),
        SignerCertificate::new(odd, 0, day),
        SignerCertificate::windows(now, later),
    ];
    for signer in signers {
        let signer = signer.issue(key.clone()).unwrap();
        let request = Request {
            signer: &signer,
            ..Request::default()
        };
        let opened = request.open().unwrap();
        assert_eq!(opened.summary().signer_certificate, signer.certificate);
    }
}

/// A certificate on the client's modulus with the exponent 1, under which everything signs itself.
fn with_exponent_one() -> Vec<u8> {
    let mut info = asn1::read_sequence(CLIENT.key.public_key_der(), "").unwrap();
    let (algorithm, key) = (info.any().unwrap().whole, info.bit_string().unwrap());
    let modulus = asn1::read_sequence(key, "").unwrap().any().unwrap().whole;
    let key = [&[0], asn1::sequence(&[modulus, &asn1::ONE]).as_slice()].concat();
    let key = asn1::sequence(&[algorithm, &asn1::tlv(asn1::BIT_STRING, &key)]);
    let signature_algorithm = Digest::Sha256.signature_algorithm();
    let inner = asn1::sequence(&[
        &asn1::ONE,
        &signature_algorithm,
        &[0x30, 0],
        &[0x30, 0],
        &[0x30, 0],
        &key,
    ]);
    crate::csr_builder::sign(&inner, &CLIENT.key, Digest::Sha256).unwrap()
}

/// What a signature with SHA-256 is before the private operation (RFC 8017 §9.2).
fn encoded(octets: &[u8]) -> Vec<u8> {
    let digest = asn1::tlv(asn1::OCTET_STRING, &crypto::digest(Digest::Sha256, octets));
    let info = asn1::sequence(&[&with_parameters(&asn1::SHA256, &[5, 0]), &digest]);
    let padding = vec![0xff; 256 - 3 - info.len()];
    [&[0, 1], padding.as_slice(), &[0], &info].concat()
}

#[test]
fn a_key_with_the_exponent_one_signs_nothing_and_is_not_encrypted_to() {
    let certificate = with_exponent_one();
    let read = Certificate::read(&certificate).unwrap();
    for transport in KeyTransport::ALL {
        let sealed = crate::envelope::seal(&csr(), &read, Cipher::Aes128, transport);
        assert!(matches!(sealed, Err(Error::Key(_))));
    }
    let signer = Identity {
        certificate: certificate.clone(),
        key: CLIENT.key.clone(),
    };
    let request = Request {
        signer: &signer,
        forged_signature: Some(encoded),
        ..Request::default()
    };
    assert_eq!(request.open().unwrap_err(), Refused::from(Error::Signature));
}
