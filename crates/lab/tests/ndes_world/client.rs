//! A SCEP client at the look-alike, with curl as its wire.
#![allow(
    dead_code,
    unreachable_pub,
    clippy::unwrap_used,
    reason = "each test binary uses its own part, and a test may fail"
)]

use scep::{
    CaCertificates, Capabilities, CsrBuilder, Enrolment, FailInfo, Identity, Outcome, RsaKey,
    SignerCertificate,
};

use super::{World, curl};

/// `CN=device` as DER.
pub const SUBJECT: &[u8] = b"\x30\x11\x31\x0f\x30\x0d\x06\x03\x55\x04\x03\x0c\x06device";

/// A key with a self-signed certificate, as Windows makes one for each enrolment.
pub fn signer() -> Identity {
    let now = i64::try_from(std::time::UNIX_EPOCH.elapsed().unwrap().as_secs()).unwrap();
    SignerCertificate::windows(now - 600, now + 86_400)
        .issue(RsaKey::generate(2048).unwrap())
        .unwrap()
}

pub async fn ca_certificates(world: &World) -> CaCertificates {
    let answer = curl(&[&world.url("/certsrv/mscep/mscep.dll?operation=GetCACert&message=default")]).await;
    CaCertificates::parse(&answer.body).unwrap()
}

pub async fn capabilities(world: &World) -> Capabilities {
    let answer = curl(&[&world.url("/certsrv/mscep/mscep.dll?operation=GetCACaps&message=default")]).await;
    Capabilities::parse(&answer.body)
}

/// An enrolment with this challenge in its request, or none.
pub async fn enrolment(world: &World, signer: Identity, challenge: Option<&str>) -> Enrolment {
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
pub async fn post(world: &World, message: &[u8]) -> (u16, Vec<u8>) {
    let file = world.file("message.der");
    std::fs::write(&file, message).unwrap();
    let data = format!("@{}", file.to_str().unwrap());
    let url = world.url("/certsrv/mscep/mscep.dll/pkiclient.exe?operation=PKIOperation");
    let answer = curl(&["--data-binary", &data, "-H", "Content-Type:", &url]).await;
    (answer.status, answer.body)
}

pub async fn outcome(world: &World, mut enrolment: Enrolment) -> Outcome {
    let message = enrolment.write_request().unwrap();
    let (status, body) = post(world, &message).await;
    assert_eq!(status, 200, "{}", String::from_utf8_lossy(&body));
    enrolment.read_reply(&body).unwrap()
}

/// Refused for this reason, and with the HRESULT that a real NDES was seen to give.
pub fn assert_refused(outcome: &Outcome, fail_info: FailInfo) {
    let expected = Outcome::Failed {
        fail_info: Some(fail_info),
        text: None,
        microsoft_hresult: Some(-2_147_024_809),
    };
    assert_eq!(*outcome, expected);
}
