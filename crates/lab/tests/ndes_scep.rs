//! SCEP at the look-alike: capabilities, certificates, messages good and bad.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail"
)]

mod ndes_world;

use ndes_world::client::{assert_refused, ca_certificates, capabilities, enrolment, outcome, post, signer};
use ndes_world::{World, curl, openssl};
use scep::{CaCertificates, Cipher, CsrBuilder, Enrolment, FailInfo, KeyTransport, Outcome, Query};

#[tokio::test]
async fn capabilities_are_those_of_ndes_without_aes() {
    let world = World::new().await;
    for path in ["mscep.dll", "mscep.dll/pkiclient.exe", "MSCEP.DLL"] {
        for message in ["message=default", "message=0", "message="] {
            let url = world.url(&format!("/certsrv/mscep/{path}?operation=GetCACaps&{message}"));
            let answer = curl(&[&url]).await;
            assert_eq!((answer.status, answer.content_type.as_str()), (200, "text/plain"));
            assert_eq!(
                answer.text(),
                "POSTPKIOperation\nRenewal\nSHA-512\nSHA-256\nSHA-1\nDES3\n"
            );
            assert!(answer.heads.contains("content-length: 52"), "{}", answer.heads);
        }
    }
}

#[tokio::test]
async fn the_ca_comes_with_its_two_ra_certificates() {
    let world = World::new().await;
    let answer = curl(&[&world.url("/certsrv/mscep/mscep.dll?operation=GetCACert&message=default")]).await;
    assert_eq!(answer.content_type, "application/x-x509-ca-ra-cert");
    std::fs::write(world.file("ca.p7b"), &answer.body).unwrap();
    let printed = [
        "pkcs7",
        "-inform",
        "DER",
        "-in",
        "ca.p7b",
        "-print_certs",
        "-text",
        "-noout",
    ];
    let text = openssl(world.files.path(), &printed).await;
    assert_eq!(text.matches("Certificate:\n").count(), 3, "{text}");
    assert_eq!(text.matches("1.3.6.1.4.1.311.20.2.1").count(), 2, "{text}");

    let certificates = CaCertificates::parse(&answer.body).unwrap();
    let [ca, signing, encryption] = ["ca", "ra-signing", "ra-encryption"].map(|name| {
        let path = world.data.path().join(format!("{name}.pem"));
        let pem = std::fs::read_to_string(path).unwrap();
        pem.lines()
            .filter(|line| !line.starts_with('-'))
            .collect::<String>()
    });
    let base64 = |der: &[u8]| base64::Engine::encode(&base64::engine::general_purpose::STANDARD, der);
    assert_eq!(base64(certificates.issuer().der()), ca);
    assert_eq!(base64(certificates.ra_signing().der()), signing);
    assert_eq!(base64(certificates.ra_encryption().der()), encryption);
}

#[tokio::test]
async fn every_answer_wants_a_message_parameter_and_a_known_operation() {
    let world = World::new().await;
    for query in [
        "operation=GetCACaps",
        "operation=GetCACert",
        "operation=PKIOperation",
        "operation=Nonsense&message=0",
    ] {
        let answer = curl(&[&world.url(&format!("/certsrv/mscep/mscep.dll?{query}"))]).await;
        assert_eq!(answer.status, 400, "{query}");
    }
    assert_eq!(curl(&[&world.url("/certsrv/")]).await.status, 404);
}

#[tokio::test]
async fn old_clients_without_a_host_header_are_served() {
    let world = World::new().await;
    let url = world.url("/certsrv/mscep/mscep.dll?operation=GetCACaps&message=0");
    let answer = curl(&["--http1.0", "-H", "Host:", "-H", "User-Agent:", &url]).await;
    assert_eq!(answer.status, 200);
    assert!(answer.heads.contains("content-length: 52"), "{}", answer.heads);
}

#[tokio::test]
async fn a_challenge_gives_one_certificate_by_post_or_by_get() {
    let world = World::new().await;
    let challenge = world.challenge().await;
    let posted = outcome(&world, enrolment(&world, signer(), Some(&challenge)).await).await;
    let Outcome::Issued(chain) = posted else {
        panic!("{posted:?}")
    };
    assert_eq!(chain.len(), 2);

    let challenge = world.challenge().await;
    let mut by_get = enrolment(&world, signer(), Some(&challenge)).await;
    let query = Query::write_message(&by_get.write_request().unwrap());
    let answer = curl(&[&world.url(&format!("/certsrv/mscep/mscep.dll?{query}"))]).await;
    assert_eq!(
        (answer.status, answer.content_type.as_str()),
        (200, "application/x-pki-message")
    );
    assert!(matches!(
        by_get.read_reply(&answer.body).unwrap(),
        Outcome::Issued(_)
    ));
    assert_eq!(world.ledger().len(), 2);
}

#[tokio::test]
async fn every_cipher_and_key_transport_is_answered_in_kind() {
    let world = World::new().await;
    for cipher in [Cipher::Des3, Cipher::Aes128, Cipher::Aes192, Cipher::Aes256] {
        for transport in [
            KeyTransport::Pkcs1,
            KeyTransport::OaepSha1,
            KeyTransport::OaepSha256,
        ] {
            let challenge = world.challenge().await;
            let enrolment = enrolment(&world, signer(), Some(&challenge)).await;
            let enrolment = enrolment.with_cipher(cipher).with_key_transport(transport);
            let outcome = outcome(&world, enrolment).await;
            assert!(
                matches!(outcome, Outcome::Issued(_)),
                "{cipher:?} {transport:?}: {outcome:?}"
            );
        }
    }
}

#[tokio::test]
async fn a_failure_has_the_shape_of_a_real_one() {
    let world = World::new().await;
    let message = enrolment(&world, signer(), None).await.write_request().unwrap();
    let (_, body) = post(&world, &message).await;
    // As captured from Server 2012: no certificates, a content of one octet.
    assert!(body.windows(5).any(|window| window == [0xa0, 3, 4, 1, 0]));
    let summary = scep::peek_reply(&body).unwrap();
    assert_eq!(summary.status, scep::PkiStatus::Failure);
    assert!(!summary.is_signature_verified);
}

#[tokio::test]
async fn what_the_ca_denies_is_told_by_its_hresult() {
    let world = World::new().await;
    let challenge = world.challenge().await;
    let signer = signer();
    let long: Vec<u8> = [
        &b"\x30\x4e\x31\x4c\x30\x4a\x06\x03\x55\x04\x03\x0c\x43"[..],
        &[b'a'; 67],
    ]
    .concat();
    let csr = CsrBuilder::new(long)
        .challenge(&challenge)
        .build(&signer.key)
        .unwrap();
    let (ca, capabilities) = (ca_certificates(&world).await, capabilities(&world).await);
    let denied = outcome(&world, Enrolment::new(ca, &capabilities, csr, signer).unwrap()).await;
    // CERTSRV_E_BAD_REQUESTSUBJECT, 0x80094001.
    let expected = Outcome::Failed {
        fail_info: Some(FailInfo::BadRequest),
        text: None,
        microsoft_hresult: Some(0x8009_4001_u32.cast_signed()),
    };
    assert_eq!(denied, expected);
    assert!(world.ledger().is_empty());
}

#[tokio::test]
async fn polls_find_nothing_since_nothing_is_ever_pending() {
    let world = World::new().await;
    let mut enrolment = enrolment(&world, signer(), Some("0000000000000000")).await;
    let poll = enrolment.write_poll().unwrap();
    let (status, body) = post(&world, &poll).await;
    assert_eq!(status, 200);
    assert_refused(&enrolment.read_reply(&body).unwrap(), FailInfo::BadCertId);
}

#[tokio::test]
async fn what_is_no_message_gets_no_answer_and_spends_nothing() {
    let world = World::new().await;
    let challenge = world.challenge().await;
    let mut enrolment = enrolment(&world, signer(), Some(&challenge)).await;
    let message = enrolment.write_request().unwrap();
    for length in (0..message.len()).step_by(97) {
        assert_eq!(post(&world, &message[..length]).await.0, 400, "{length}");
    }
    let mut changed = message.clone();
    *changed.last_mut().unwrap() ^= 1;
    assert_eq!(post(&world, &changed).await.0, 400);
    assert_eq!(post(&world, b"<html></html>").await.0, 400);
    assert_eq!(post(&world, &vec![0x30; 3 * 1024 * 1024]).await.0, 413);

    let (_, body) = post(&world, &message).await;
    assert!(matches!(enrolment.read_reply(&body).unwrap(), Outcome::Issued(_)));
}
