//! First certificates: who gets one, once.

use domain::{
    actor::Actor,
    built_in::Rules,
    issuance::{IssuanceState, OneTimeChallenge, WantedCertificate},
    transaction::Owner,
};
use sceau::{
    actions::built_in::{self, Decision},
    secrets::token_sha256,
};
use scep::Outcome;
use x509_parser::prelude::{FromDer as _, X509Certificate};

use super::{
    House,
    client::{ask, enrolment, issued, post, refusal, signer},
};

#[tokio::test(flavor = "multi_thread")]
async fn an_order_gets_the_certificate_that_was_ordered_and_no_second_one() {
    let house = House::new().await;
    let order = house.order("CN=ada").await;
    let mut first = enrolment(&house, "ada", Some(&order.challenge.0), signer(&house, "anyone")).await;
    let der = issued(ask(&house, &mut first).await);
    let (_, certificate) = X509Certificate::from_der(&der).unwrap();
    assert_eq!(certificate.subject().to_string(), "CN=ada");
    assert!(certificate.raw_serial().len() >= 8);
    let urls = format!("{:?}", certificate.extensions());
    assert!(urls.contains("/ca/sceau-test-ca/crl") && urls.contains("/ca/sceau-test-ca/certificate"));

    // The same transaction again, in a fresh wrapping, gets the same certificate.
    assert_eq!(issued(ask(&house, &mut first).await), der);
    // Another transaction finds the challenge spent.
    let mut second = enrolment(&house, "ada", Some(&order.challenge.0), signer(&house, "x")).await;
    assert_eq!(
        refusal(ask(&house, &mut second).await),
        "the challenge was used before"
    );
    let ledger = house.ledger().await;
    assert_eq!(ledger.len(), 1);
    assert_eq!(ledger[0].state, IssuanceState::Issued);
    assert_eq!(ledger[0].certificate.as_deref(), Some(der.as_slice()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_without_a_right_challenge_is_refused_and_spends_nothing() {
    let house = House::new().await;
    let order = house.order("CN=ada").await;
    for (challenge, words) in [
        (None, "the request has no challenge"),
        (Some(""), "the request has no challenge"),
        (
            Some("00112233445566778899aabbccddeeff"),
            "the challenge is not one of this authority",
        ),
    ] {
        let mut wrong = enrolment(&house, "ada", challenge, signer(&house, "x")).await;
        assert_eq!(refusal(ask(&house, &mut wrong).await), words);
    }
    // The moment in it is part of it.
    let moved = order.challenge.0.replacen('0', "1", 1);
    let mut wrong = enrolment(&house, "ada", Some(&moved), signer(&house, "x")).await;
    assert_eq!(
        refusal(ask(&house, &mut wrong).await),
        "the challenge is not one of this authority"
    );
    // Another name than the ordered one: refused, and the challenge still works for its owner.
    let mut thief = enrolment(
        &house,
        "administrator",
        Some(&order.challenge.0),
        signer(&house, "x"),
    )
    .await;
    assert!(refusal(ask(&house, &mut thief).await).contains("administrator"));
    let mut owner = enrolment(&house, "ada", Some(&order.challenge.0), signer(&house, "x")).await;
    issued(ask(&house, &mut owner).await);
    assert_eq!(house.ledger().await.len(), 1);
}

/// Challenges had no moment once, and were found by their hash alone.
#[tokio::test(flavor = "multi_thread")]
async fn a_challenge_of_an_earlier_version_counts_once() {
    let house = House::new().await;
    let app = &house.world.app;
    let challenge = "0123456789abcdef0123456789abcdef";
    let record = OneTimeChallenge {
        key: token_sha256(challenge),
        authority_id: house.authority.id.clone(),
        owner: Owner::Order(house.order("CN=other").await.id),
        wanted: WantedCertificate {
            subject: "CN=ada".to_owned(),
            sans: Vec::new(),
            key_usage_bits: 0xa0,
            ekus: vec!["1.3.6.1.5.5.7.3.2".to_owned()],
            key_length: None,
            validity_seconds: 86_400,
        },
        created_at: app.now(),
        expires_at: app.now().plus_seconds(3600),
    };
    let keep = app.store.write(move |tx| {
        let record = record.clone();
        Box::pin(async move { store::one_time_challenges::insert(tx, &record).await })
    });
    keep.await.unwrap();
    let mut first = enrolment(&house, "ada", Some(challenge), signer(&house, "x")).await;
    issued(ask(&house, &mut first).await);
    let mut second = enrolment(&house, "ada", Some(challenge), signer(&house, "x")).await;
    assert_eq!(
        refusal(ask(&house, &mut second).await),
        "the challenge was used before"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_message_many_times_at_once_gets_one_certificate() {
    let house = House::new().await;
    let order = house.order("CN=ada").await;
    let mut enrolment = enrolment(&house, "ada", Some(&order.challenge.0), signer(&house, "x")).await;
    let message = enrolment.write_request().unwrap();
    let answers = futures_join(&house, message).await;
    let certificates: std::collections::BTreeSet<Vec<u8>> = answers
        .iter()
        .map(|body| issued(enrolment.read_reply(body).unwrap()))
        .collect();
    assert_eq!(certificates.len(), 1);
    assert_eq!(house.ledger().await.len(), 1);
}

async fn futures_join(house: &House, message: Vec<u8>) -> Vec<Vec<u8>> {
    let mut set = tokio::task::JoinSet::new();
    for _ in 0..16 {
        let (router, path, message) = (house.world.public(), house.path().to_owned(), message.clone());
        set.spawn(async move {
            use tower::ServiceExt as _;
            let request = axum::http::Request::post(format!("{path}?operation=PKIOperation"))
                .body(axum::body::Body::from(message))
                .unwrap();
            let response = router.oneshot(request).await.unwrap();
            let body = axum::body::to_bytes(response.into_body(), 1 << 20).await.unwrap();
            body.to_vec()
        });
    }
    set.join_all().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_that_needs_approval_waits_and_is_polled() {
    let house = House::with(Rules {
        needs_approval: true,
        ..Rules::default()
    })
    .await;
    let order = house.order("CN=ada").await;
    let mut enrolment = enrolment(&house, "ada", Some(&order.challenge.0), signer(&house, "x")).await;
    assert_eq!(ask(&house, &mut enrolment).await, Outcome::Pending);
    let poll = |enrolment: &mut scep::Enrolment| enrolment.write_poll().unwrap();
    let (_, body) = post(&house, house.path(), poll(&mut enrolment)).await;
    assert_eq!(enrolment.read_reply(&body).unwrap(), Outcome::Pending);
    let waiting = house.ledger().await.remove(0);
    assert_eq!(waiting.state, IssuanceState::Pending);
    built_in::decide(
        &house.world.app,
        &Actor::CommandLine,
        &waiting.id,
        Decision::Approve,
    )
    .await
    .unwrap();
    let (_, body) = post(&house, house.path(), poll(&mut enrolment)).await;
    issued(enrolment.read_reply(&body).unwrap());
    assert_eq!(house.ledger().await.len(), 1);
}
