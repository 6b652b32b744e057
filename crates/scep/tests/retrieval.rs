//! GetCert, GetCRL and GetNextCACert, client and server.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::cloned_ref_to_slice_refs
)]

mod laboratory;

use std::path::Path;

use laboratory::{CA, DEVICE, ISSUED, STRANGER, ca_certificates, openssl, save};
use scep::{
    CaCertificates, Capabilities, Content, Error, FailInfo, Identity, MessageType, OpenedRequest, Outcome,
    Policy, Retrieval, Retrieved, inspect, open_request, write_failure, write_next_ca, write_pending,
    write_revocation_list, write_success,
};

fn run(folder: &Path, line: &str) -> Vec<u8> {
    openssl(folder, &line.split_whitespace().collect::<Vec<_>>())
}

/// A certificate with the serial number 0x00c3, issued by the laboratory's CA, and that CA's CRL, made by OpenSSL.
fn certificate_and_list(issuer: &Identity) -> (Vec<u8>, Vec<u8>) {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    save(folder, "ca", issuer);
    save(folder, "device", &DEVICE);
    let options =
        "[ca]\ndefault_ca=a\n[a]\ndatabase=index\ncrlnumber=number\ndefault_md=sha256\ndefault_crl_days=9\n";
    std::fs::write(folder.join("ca.cnf"), options).unwrap();
    std::fs::write(folder.join("index"), "").unwrap();
    std::fs::write(folder.join("number"), "01").unwrap();
    run(
        folder,
        "req -new -key device.key.pem -subj /CN=Device -out device.csr",
    );
    let by = "-CA ca.cert.pem -CAkey ca.key.pem -set_serial 0xc3";
    run(
        folder,
        &format!("x509 -req -in device.csr {by} -days 9 -outform DER -out device.der"),
    );
    run(
        folder,
        "ca -config ca.cnf -gencrl -cert ca.cert.pem -keyfile ca.key.pem -out list.pem",
    );
    let list = run(folder, "crl -in list.pem -outform DER");
    (std::fs::read(folder.join("device.der")).unwrap(), list)
}

const SERIAL: [u8; 2] = [0, 0xc3];

fn for_certificate() -> Retrieval {
    Retrieval::certificate(
        ca_certificates(),
        &Capabilities::default(),
        SERIAL,
        DEVICE.clone(),
    )
    .unwrap()
}

fn for_list() -> Retrieval {
    Retrieval::revocation_list(
        ca_certificates(),
        &Capabilities::default(),
        SERIAL,
        DEVICE.clone(),
    )
    .unwrap()
}

fn opened(client: &mut Retrieval) -> OpenedRequest {
    open_request(&client.write_request().unwrap(), &CA, &Policy::default()).unwrap()
}

#[test]
fn a_certificate_is_asked_for_by_issuer_and_serial_and_comes_first() {
    let (certificate, _) = certificate_and_list(&CA);
    let mut client = for_certificate();
    let request = opened(&mut client);
    assert_eq!(request.summary().message_type, MessageType::GetCert);
    let expected = Content::IssuerAndSerial {
        issuer: laboratory::name("Laboratory CA"),
        serial: SERIAL.to_vec(),
    };
    assert_eq!(*request.content(), expected);
    let sent = [CA.certificate.clone(), certificate.clone()];
    let reply = write_success(&request, &CA, &sent, &[]).unwrap();
    let expected = Retrieved::Certificates(vec![certificate, CA.certificate.clone()]);
    assert_eq!(client.read_reply(&reply).unwrap(), expected);
}

#[test]
fn another_certificate_than_the_one_asked_for_is_not_taken() {
    let mut client = for_certificate();
    let request = opened(&mut client);
    let reply = write_success(&request, &CA, &[ISSUED.clone()], &[]).unwrap();
    assert_eq!(client.read_reply(&reply), Err(Error::Mismatch("certificate")));
    let (of_stranger, _) = certificate_and_list(&STRANGER);
    let reply = write_success(&request, &CA, &[of_stranger], &[]).unwrap();
    assert_eq!(client.read_reply(&reply), Err(Error::Mismatch("certificate")));
}

#[test]
fn a_revocation_list_of_the_ca_is_taken_and_no_other() {
    let (_, list) = certificate_and_list(&CA);
    let mut client = for_list();
    let request = opened(&mut client);
    assert_eq!(request.summary().message_type, MessageType::GetCrl);
    let reply = write_revocation_list(&request, &CA, &list, &[]).unwrap();
    assert_eq!(
        client.read_reply(&reply).unwrap(),
        Retrieved::RevocationList(list.clone())
    );
    let (_, of_stranger) = certificate_and_list(&STRANGER);
    let reply = write_revocation_list(&request, &CA, &of_stranger, &[]).unwrap();
    assert_eq!(client.read_reply(&reply), Err(Error::Mismatch("revocation list")));
    let mut forged = list;
    *forged.last_mut().unwrap() ^= 1;
    let reply = write_revocation_list(&request, &CA, &forged, &[]).unwrap();
    assert_eq!(client.read_reply(&reply), Err(Error::Signature));
    let reply = write_success(&request, &CA, &[ISSUED.clone()], &[]).unwrap();
    assert_eq!(client.read_reply(&reply), Err(Error::Missing("revocation list")));
    assert_eq!(
        write_revocation_list(&request, &CA, &[], &[]),
        Err(Error::Missing("revocation list"))
    );
}

#[test]
fn openssl_finds_the_revocation_list_in_the_envelope() {
    let (_, list) = certificate_and_list(&CA);
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    save(folder, "ca", &CA);
    save(folder, "device", &DEVICE);
    let reply = write_revocation_list(&opened(&mut for_list()), &CA, &list, &[]).unwrap();
    std::fs::write(folder.join("reply.der"), reply).unwrap();
    let verify = "cms -verify -CAfile ca.cert.pem -binary -inform DER -in reply.der -out envelope.der";
    run(folder, verify);
    let decrypt =
        "cms -decrypt -binary -inform DER -in envelope.der -inkey device.key.pem -recip device.cert.pem";
    std::fs::write(folder.join("list.p7b"), run(folder, decrypt)).unwrap();
    std::fs::write(
        folder.join("list.pem"),
        run(folder, "pkcs7 -inform DER -in list.p7b -print_certs"),
    )
    .unwrap();
    assert_eq!(run(folder, "crl -in list.pem -outform DER"), list);
}

#[test]
fn what_the_server_does_not_know_is_a_failure_with_bad_cert_id() {
    for mut client in [for_certificate(), for_list()] {
        let request = opened(&mut client);
        let reply = write_failure(&request.reply_to(), &CA, FailInfo::BadCertId, None).unwrap();
        let expected = Retrieved::Failed {
            fail_info: Some(FailInfo::BadCertId),
            text: None,
            microsoft_hresult: None,
        };
        assert_eq!(client.read_reply(&reply).unwrap(), expected);
        let reply = write_pending(&request.reply_to(), &CA).unwrap();
        assert_eq!(client.read_reply(&reply), Err(Error::Invalid("pkiStatus")));
        let forged = write_failure(&request.reply_to(), &STRANGER, FailInfo::BadCertId, None).unwrap();
        assert_eq!(client.read_reply(&forged), Err(Error::UnknownSigner));
    }
}

#[test]
fn each_retrieval_is_a_transaction_of_its_own() {
    let (one, mut other) = (for_certificate(), for_certificate());
    assert_ne!(one.transaction_id(), other.transaction_id());
    let reply = write_failure(&opened(&mut other).reply_to(), &CA, FailInfo::BadCertId, None).unwrap();
    assert_eq!(one.read_reply(&reply), Err(Error::Mismatch("transactionID")));
    let empty = Retrieval::certificate(ca_certificates(), &Capabilities::default(), [], DEVICE.clone());
    assert_eq!(empty.unwrap_err(), Error::Invalid("serial number"));
}

#[test]
fn the_next_ca_is_believed_under_the_present_ones_signature_alone() {
    let next = [STRANGER.certificate.clone()];
    let body = write_next_ca(&next, &CA).unwrap();
    let read = CaCertificates::parse_next(&body, &ca_certificates()).unwrap();
    assert_eq!(read.issuer().der(), STRANGER.certificate);
    assert_eq!(inspect(&body).unwrap().message_type, None);

    let by_itself = write_next_ca(&next, &STRANGER).unwrap();
    assert_eq!(
        CaCertificates::parse_next(&by_itself, &ca_certificates()),
        Err(Error::UnknownSigner)
    );
    let impostor = Identity {
        certificate: CA.certificate.clone(),
        key: STRANGER.key.clone(),
    };
    assert_eq!(
        CaCertificates::parse_next(&write_next_ca(&next, &impostor).unwrap(), &ca_certificates()),
        Err(Error::Signature)
    );
    assert_eq!(write_next_ca(&[], &CA), Err(Error::Missing("CA certificate")));
    let unsigned = ca_certificates().to_degenerate_body().unwrap().0;
    assert_eq!(
        CaCertificates::parse_next(&unsigned, &ca_certificates()),
        Err(Error::Missing("signer"))
    );
    for length in 0..body.len() {
        assert!(CaCertificates::parse_next(&body[..length], &ca_certificates()).is_err());
    }
}

#[test]
fn a_next_ca_that_openssl_signed_is_read_with_and_without_attributes() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    save(folder, "ca", &CA);
    let next = CaCertificates::from_certificates([STRANGER.certificate.clone()]).unwrap();
    std::fs::write(folder.join("next"), next.to_degenerate_body().unwrap().0).unwrap();
    for option in ["", "-noattr", "-stream"] {
        let sign = "cms -sign -binary -nodetach -in next -signer ca.cert.pem -inkey ca.key.pem -outform DER";
        let body = run(folder, &format!("{sign} {option}"));
        assert_eq!(
            CaCertificates::parse_next(&body, &ca_certificates()).unwrap(),
            next
        );
    }
    std::fs::write(
        folder.join("body"),
        write_next_ca(&[STRANGER.certificate.clone()], &CA).unwrap(),
    )
    .unwrap();
    let content = run(
        folder,
        "smime -verify -CAfile ca.cert.pem -binary -inform DER -in body",
    );
    assert_eq!(CaCertificates::parse(&content).unwrap(), next);
}

#[test]
fn a_reply_to_an_enrolment_is_none_to_a_retrieval() {
    let mut enrolment = laboratory::enrolment();
    let request = open_request(&enrolment.write_request().unwrap(), &CA, &Policy::default()).unwrap();
    let reply = write_success(&request, &CA, &[ISSUED.clone()], &[]).unwrap();
    assert!(matches!(enrolment.read_reply(&reply), Ok(Outcome::Issued(_))));
    assert_eq!(
        for_certificate().read_reply(&reply),
        Err(Error::Mismatch("transactionID"))
    );
}
