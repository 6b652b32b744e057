//! What strangers send to a responder: each is refused, and the next honest request is served.

use axum::http::StatusCode;
use scep::{CsrBuilder, Enrolment, ExtendedKeyUsage, GeneralName, KeyUsage, RsaKey};

use super::{
    House,
    client::{ask, capabilities, certificates, enrolment, get, issued, post, refusal, signer, subject},
};

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_message_is_answered_with_400_or_413_and_nothing_more() {
    let house = House::new().await;
    let order = house.order("CN=ada").await;
    let mut honest = enrolment(&house, "ada", Some(&order.challenge.0), signer(&house, "x")).await;
    let message = honest.write_request().unwrap();
    let nested: Vec<u8> = std::iter::repeat_n([0x30, 0x80], 50_000).flatten().collect();
    let cases: Vec<(&str, Vec<u8>)> = vec![
        ("empty", Vec::new()),
        ("HTML", b"<html><body>SCEP?</body></html>".to_vec()),
        (
            "PEM",
            b"-----BEGIN PKCS7-----\nMIIB\n-----END PKCS7-----\n".to_vec(),
        ),
        ("nested headers", nested),
        (
            "a length of 2^63",
            vec![0x30, 0x88, 0x80, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3],
        ),
        ("half a message", message[..message.len() / 2].to_vec()),
    ];
    for (what, body) in cases {
        let (status, answer) = post(&house, house.path(), body).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{what}");
        assert_eq!(answer, b"the SCEP message can't be read", "{what}");
    }
    let (status, _) = post(&house, house.path(), vec![0x30; 3 << 20]).await;
    assert_eq!(status, StatusCode::PAYLOAD_TOO_LARGE);
    let path = format!("{}?operation=PKIOperation&message=%00", house.path());
    assert_eq!(get(&house, &path).await.0, StatusCode::BAD_REQUEST);
    assert_eq!(get(&house, house.path()).await.0, StatusCode::BAD_REQUEST);
    assert_eq!(
        get(&house, "/ca/nobody/scep?operation=GetCACaps").await.0,
        StatusCode::NOT_FOUND
    );
    issued(ask(&house, &mut honest).await);
}

/// A request that asks for more than was ordered.
async fn asks(
    house: &House,
    challenge: &str,
    key: RsaKey,
    more: impl FnOnce(CsrBuilder) -> CsrBuilder,
) -> String {
    let mut signer = signer(house, "x");
    let now = house.world.app.now().seconds();
    if key.public_key_der() != signer.key.public_key_der() {
        signer = scep::SignerCertificate::new(subject("x"), now - 60, now + 3600)
            .issue(key)
            .unwrap();
    }
    let csr = more(CsrBuilder::new(subject("ada")).challenge(challenge))
        .build(&signer.key)
        .unwrap();
    let mut enrolment =
        Enrolment::new(certificates(house).await, &capabilities(house).await, csr, signer).unwrap();
    refusal(ask(house, &mut enrolment).await)
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_gets_more_than_was_ordered() {
    let house = House::new().await;
    let order = house.order("CN=ada").await;
    let challenge = order.challenge.0.as_str();
    let key = || RsaKey::generate(2048).unwrap();
    let smart_card = ExtendedKeyUsage::new("1.3.6.1.4.1.311.20.2.2").unwrap();
    let words = asks(&house, challenge, key(), |csr| csr.extended_key_usage(smart_card)).await;
    assert_eq!(words, "the usage for smart-card logon was not ordered");
    let upn = GeneralName::Upn("administrator@example.com".to_owned());
    let words = asks(&house, challenge, key(), |csr| csr.name(upn)).await;
    assert!(words.contains("administrator@example.com"), "{words}");
    let sid = GeneralName::Uri("tag:microsoft.com,2022-09-14:sid:S-1-5-21-1-2-3-500".to_owned());
    let words = asks(&house, challenge, key(), |csr| csr.name(sid)).await;
    assert!(words.contains("S-1-5-21-1-2-3-500"), "{words}");
    let words = asks(&house, challenge, key(), |csr| csr.key_usage(KeyUsage(0x04))).await;
    assert_eq!(words, "the key usage of an authority was not ordered");
    // After all of them the challenge is still its owner's.
    let mut owner = enrolment(&house, "ada", Some(challenge), signer(&house, "x")).await;
    issued(ask(&house, &mut owner).await);
    assert_eq!(house.ledger().await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_key_that_is_certified_signs_the_message() {
    let house = House::new().await;
    let order = house.order("CN=ada").await;
    let csr = CsrBuilder::new(subject("ada"))
        .challenge(&order.challenge.0)
        .build(&RsaKey::generate(2048).unwrap())
        .unwrap();
    let other = signer(&house, "x");
    let mut enrolment = Enrolment::new(
        certificates(&house).await,
        &capabilities(&house).await,
        csr,
        other,
    )
    .unwrap();
    let words = "the message isn't signed by the key that it asks a certificate for";
    assert_eq!(refusal(ask(&house, &mut enrolment).await), words);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_challenge_counts_at_its_own_address_alone() {
    let house = House::new().await;
    let (one, two) = (house.order("CN=ada").await, house.order("CN=ada").await);
    let base = &house.world.app.settings.public_url;
    let address = two.scep_url.strip_prefix(base).unwrap();
    let mut enrolment = enrolment(&house, "ada", Some(&one.challenge.0), signer(&house, "x")).await;
    let (status, body) = post(&house, address, enrolment.write_request().unwrap()).await;
    assert_eq!(status, 200);
    let words = "the challenge belongs to another address";
    assert_eq!(refusal(enrolment.read_reply(&body).unwrap()), words);
    // At its own address it works.
    let address = one.scep_url.strip_prefix(base).unwrap();
    let (_, body) = post(&house, address, enrolment.write_request().unwrap()).await;
    issued(enrolment.read_reply(&body).unwrap());
}
