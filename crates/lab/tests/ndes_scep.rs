//! SCEP at the look-alike: capabilities, certificates, challenges, renewals, and messages that mean no good.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail"
)]

mod ndes_world;

use std::time::Duration;

use lab::ndes::start;
use ndes_world::{World, curl, openssl, options};
use scep::{
    CaCertificates, Capabilities, Cipher, CsrBuilder, Enrolment, FailInfo, Identity, KeyTransport, Outcome,
    Query, RsaKey, SignerCertificate, TransactionId,
};

/// `CN=device` as DER.
const SUBJECT: &[u8] = b"\x30\x11\x31\x0f\x30\x0d\x06\x03\x55\x04\x03\x0c\x06device";

/// A key with a self-signed certificate, as Windows makes one for each enrolment.
fn signer() -> Identity {
    let now = i64::try_from(std::time::UNIX_EPOCH.elapsed().unwrap().as_secs()).unwrap();
    SignerCertificate::windows(now - 600, now + 86_400)
        .issue(RsaKey::generate(2048).unwrap())
        .unwrap()
}

async fn ca_certificates(world: &World) -> CaCertificates {
    let answer = curl(&[&world.url("/certsrv/mscep/mscep.dll?operation=GetCACert&message=default")]).await;
    CaCertificates::parse(&answer.body).unwrap()
}

async fn capabilities(world: &World) -> Capabilities {
    let answer = curl(&[&world.url("/certsrv/mscep/mscep.dll?operation=GetCACaps&message=default")]).await;
    Capabilities::parse(&answer.body)
}

/// An enrolment with this challenge in its request, or none.
async fn enrolment(world: &World, signer: Identity, challenge: Option<&str>) -> Enrolment {
    let builder = CsrBuilder::new(SUBJECT);
    let builder = match challenge {
        Some(challenge) => builder.challenge(challenge),
        None => builder,
    };
    let csr = builder.build(&signer.key).unwrap();
    Enrolment::new(
        ca_certificates(world).await,
        &capabilities(world).await,
        csr,
        signer,
    )
    .unwrap()
}

/// POSTs the message; the status and the body.
async fn post(world: &World, message: &[u8]) -> (u16, Vec<u8>) {
    let file = world.file("message.der");
    std::fs::write(&file, message).unwrap();
    let data = format!("@{}", file.to_str().unwrap());
    let url = world.url("/certsrv/mscep/mscep.dll/pkiclient.exe?operation=PKIOperation");
    let answer = curl(&["--data-binary", &data, "-H", "Content-Type:", &url]).await;
    (answer.status, answer.body)
}

async fn outcome(world: &World, mut enrolment: Enrolment) -> Outcome {
    let message = enrolment.write_request().unwrap();
    let (status, body) = post(world, &message).await;
    assert_eq!(status, 200, "{}", String::from_utf8_lossy(&body));
    enrolment.read_reply(&body).unwrap()
}

/// Refused for this reason, and with the HRESULT that a real NDES was seen to give.
fn assert_refused(outcome: &Outcome, fail_info: FailInfo) {
    let expected = Outcome::Failed {
        fail_info: Some(fail_info),
        text: None,
        microsoft_hresult: Some(-2_147_024_809),
    };
    assert_eq!(*outcome, expected);
}

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
async fn a_missing_wrong_or_used_challenge_is_a_bad_request() {
    let world = World::new().await;
    assert_refused(
        &outcome(&world, enrolment(&world, signer(), None).await).await,
        FailInfo::BadRequest,
    );
    for wrong in ["0000000000000000", ""] {
        let refused = outcome(&world, enrolment(&world, signer(), Some(wrong)).await).await;
        assert_refused(&refused, FailInfo::BadRequest);
    }
    let challenge = world.challenge().await;
    let signer = signer();
    let first = outcome(&world, enrolment(&world, signer.clone(), Some(&challenge)).await).await;
    assert!(matches!(first, Outcome::Issued(_)));
    // The same transaction with the same key and challenge again: no second certificate.
    let again = outcome(&world, enrolment(&world, signer, Some(&challenge)).await).await;
    assert_refused(&again, FailInfo::BadRequest);
    assert_eq!(world.ledger().len(), 1);
}

#[tokio::test]
async fn a_challenge_serves_one_of_many_who_come_at_once() {
    let world = World::new().await;
    let challenge = world.challenge().await;
    let mut messages = Vec::new();
    for number in 0..8 {
        let mut enrolment = enrolment(&world, signer(), Some(&challenge)).await;
        let file = world.file(&format!("{number}.der"));
        std::fs::write(&file, enrolment.write_request().unwrap()).unwrap();
        messages.push((format!("@{}", file.to_str().unwrap()), enrolment));
    }
    let url = world.url("/certsrv/mscep/mscep.dll?operation=PKIOperation");
    let sending = messages.iter().map(|(data, _)| {
        let (data, url) = (data.clone(), url.clone());
        tokio::spawn(async move { curl(&["--data-binary", &data, &url]).await })
    });
    let mut issued = 0;
    for (sent, (_, enrolment)) in sending.collect::<Vec<_>>().into_iter().zip(&messages) {
        let reply = enrolment.read_reply(&sent.await.unwrap().body).unwrap();
        issued += usize::from(matches!(reply, Outcome::Issued(_)));
    }
    assert_eq!((issued, world.ledger().len()), (1, 1));
}

#[tokio::test]
async fn a_failed_use_spends_the_challenge() {
    let world = World::new().await;
    let challenge = world.challenge().await;
    let (ours, other) = (signer(), signer());
    // The message is signed by another key than the one in the request.
    let csr = CsrBuilder::new(SUBJECT)
        .challenge(&challenge)
        .build(&other.key)
        .unwrap();
    let ca = ca_certificates(&world).await;
    let capabilities = capabilities(&world).await;
    let foreign = Enrolment::new(ca, &capabilities, csr, ours.clone()).unwrap();
    assert_refused(&outcome(&world, foreign).await, FailInfo::BadRequest);
    let rightful = enrolment(&world, ours, Some(&challenge)).await;
    assert_refused(&outcome(&world, rightful).await, FailInfo::BadRequest);
}

#[tokio::test]
async fn an_expired_challenge_is_refused() {
    // A laboratory minute of 2 ms: a challenge lives 120 ms.
    let world = World::with(|options| options.minute_seconds = 0.002).await;
    let challenge = world.challenge().await;
    tokio::time::sleep(Duration::from_millis(130)).await;
    let refused = outcome(&world, enrolment(&world, signer(), Some(&challenge)).await).await;
    assert_refused(&refused, FailInfo::BadRequest);
}

#[tokio::test]
async fn a_restart_kills_challenges_and_keeps_ca_and_ledger() {
    let world = World::new().await;
    let (used, unused) = (world.challenge().await, world.challenge().await);
    let ca = ca_certificates(&world).await;
    assert!(matches!(
        outcome(&world, enrolment(&world, signer(), Some(&used)).await).await,
        Outcome::Issued(_)
    ));
    let World {
        running, data, files, ..
    } = world;
    running.shutdown().await;
    let running = start(options(data.path())).await.unwrap();
    let world = World::around(running, data, files);
    assert_eq!(ca_certificates(&world).await, ca);
    let refused = outcome(&world, enrolment(&world, signer(), Some(&unused)).await).await;
    assert_refused(&refused, FailInfo::BadRequest);
    assert_eq!(world.ledger().len(), 1);
}

#[tokio::test]
async fn a_certificate_from_here_renews_without_a_challenge() {
    let world = World::new().await;
    let challenge = world.challenge().await;
    let signer = signer();
    let Outcome::Issued(chain) =
        outcome(&world, enrolment(&world, signer.clone(), Some(&challenge)).await).await
    else {
        panic!("nothing was issued")
    };
    let held = Identity {
        certificate: chain[0].clone(),
        key: signer.key.clone(),
    };
    let renewed = outcome(&world, enrolment(&world, held.clone(), None).await.as_renewal()).await;
    assert!(matches!(renewed, Outcome::Issued(_)), "{renewed:?}");

    // Not for another subject, and not under a certificate that only claims to be from here.
    let other_subject = SUBJECT
        .iter()
        .map(|octet| if *octet == b'd' { b'D' } else { *octet })
        .collect::<Vec<_>>();
    let csr = CsrBuilder::new(other_subject).build(&held.key).unwrap();
    let (ca, capabilities) = (ca_certificates(&world).await, capabilities(&world).await);
    let other = Enrolment::new(ca, &capabilities, csr, held).unwrap().as_renewal();
    assert_refused(&outcome(&world, other).await, FailInfo::BadRequest);
    let self_signed = enrolment(&world, signer, None).await.as_renewal();
    assert_refused(&outcome(&world, self_signed).await, FailInfo::BadRequest);
    assert_eq!(world.ledger().len(), 2);
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

#[tokio::test]
async fn the_ledger_names_the_transaction_and_settles_what_a_kill_left() {
    let world = World::new().await;
    let challenge = world.challenge().await;
    let transaction = TransactionId::new("7E57 =/+").unwrap();
    let enrolment = enrolment(&world, signer(), Some(&challenge))
        .await
        .with_transaction_id(transaction);
    assert!(matches!(outcome(&world, enrolment).await, Outcome::Issued(_)));
    let [line] = world.ledger().try_into().unwrap();
    assert_eq!(line[2], "7E57 =/+");
    let millis: u128 = line[3].parse().unwrap();
    assert!(
        std::time::UNIX_EPOCH
            .elapsed()
            .unwrap()
            .as_millis()
            .abs_diff(millis)
            < 60_000
    );

    // A kill after the line and before the file's name; one before the line; one within a line.
    let World {
        running, data, files, ..
    } = world;
    running.shutdown().await;
    let (named, unnamed) = (
        format!("issued/{}.pem", line[0]),
        format!("issued/{}.unfinished", line[0]),
    );
    std::fs::rename(data.path().join(&named), data.path().join(&unnamed)).unwrap();
    std::fs::write(data.path().join("issued/00ff.unfinished"), "never recorded").unwrap();
    let ledger = data.path().join("issued.tsv");
    let whole = std::fs::read_to_string(&ledger).unwrap();
    std::fs::write(&ledger, format!("{whole}00ff\t01")).unwrap();
    let running = start(options(data.path())).await.unwrap();
    let world = World::around(running, data, files);
    assert_eq!(world.ledger(), [line]);
    let kept: Vec<_> = std::fs::read_dir(world.data.path().join("issued"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    assert_eq!(kept, [world.data.path().join(named)]);
}
