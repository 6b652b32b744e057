//! A SCEP client at the router.

use axum::{
    body::{Body, to_bytes},
    http::{Request, StatusCode},
};
use scep::{
    CONTENT_TYPE_MESSAGE, CaCertificates, Capabilities, CsrBuilder, Enrolment, Identity, Outcome, RsaKey,
    SignerCertificate,
};
use tower::ServiceExt as _;

use super::House;

/// `CN=` and this name, as DER.
pub fn subject(name: &str) -> Vec<u8> {
    let length = u8::try_from(name.len()).unwrap();
    let mut der = vec![
        0x30,
        length + 11,
        0x31,
        length + 9,
        0x30,
        length + 7,
        6,
        3,
        0x55,
        4,
        3,
        0x0c,
        length,
    ];
    der.extend_from_slice(name.as_bytes());
    der
}

/// A fresh key under a self-signed certificate.
pub fn signer(house: &House, name: &str) -> Identity {
    let now = house.world.app.now().seconds();
    SignerCertificate::new(subject(name), now - 600, now + 86_400)
        .issue(RsaKey::generate(2048).unwrap())
        .unwrap()
}

pub async fn get(house: &House, path: &str) -> (StatusCode, Vec<u8>) {
    send(house, Request::get(path).body(Body::empty()).unwrap()).await
}

/// PKIOperation by POST.
pub async fn post(house: &House, path: &str, message: Vec<u8>) -> (StatusCode, Vec<u8>) {
    let request = Request::post(format!("{path}/pkiclient.exe?operation=PKIOperation"))
        .header("content-type", CONTENT_TYPE_MESSAGE)
        .body(Body::from(message));
    send(house, request.unwrap()).await
}

async fn send(house: &House, request: Request<Body>) -> (StatusCode, Vec<u8>) {
    let response = house.world.public().oneshot(request).await.unwrap();
    let (head, body) = response.into_parts();
    assert!(
        head.headers.contains_key("content-length"),
        "an answer in one piece"
    );
    (head.status, to_bytes(body, 1 << 20).await.unwrap().to_vec())
}

pub async fn certificates(house: &House) -> CaCertificates {
    let (status, body) = get(
        house,
        &format!("{}?operation=GetCACert&message=default", house.path()),
    )
    .await;
    assert_eq!(status, 200);
    CaCertificates::parse(&body).unwrap()
}

pub async fn capabilities(house: &House) -> Capabilities {
    let (status, body) = get(house, &format!("{}?operation=GetCACaps", house.path())).await;
    assert_eq!(status, 200);
    Capabilities::parse(&body)
}

/// An enrolment of this name with this challenge.
pub async fn enrolment(house: &House, name: &str, challenge: Option<&str>, signer: Identity) -> Enrolment {
    let builder = CsrBuilder::new(subject(name));
    let builder = match challenge {
        Some(challenge) => builder.challenge(challenge),
        None => builder,
    };
    let csr = builder.build(&signer.key).unwrap();
    Enrolment::new(certificates(house).await, &capabilities(house).await, csr, signer).unwrap()
}

/// Sends the request and reads the answer.
pub async fn ask(house: &House, enrolment: &mut Enrolment) -> Outcome {
    let message = enrolment.write_request().unwrap();
    let (status, body) = post(house, house.path(), message).await;
    assert_eq!(status, 200, "{}", String::from_utf8_lossy(&body));
    enrolment.read_reply(&body).unwrap()
}

/// The certificate, DER.
pub fn issued(outcome: Outcome) -> Vec<u8> {
    match outcome {
        Outcome::Issued(mut all) => all.remove(0),
        other => panic!("not issued: {other:?}"),
    }
}

/// The words of a refusal.
pub fn refusal(outcome: Outcome) -> String {
    match outcome {
        Outcome::Failed { text, .. } => text.unwrap_or_default(),
        other => panic!("not refused: {other:?}"),
    }
}
