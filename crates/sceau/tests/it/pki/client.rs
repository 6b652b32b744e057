//! A SCEP client at the server's router.

use axum::{
    body::Body,
    http::{Request, header},
};
use lab::device::tree::EnrolOrder;
use sceau::routes;
use scep::{
    CONTENT_TYPE_MESSAGE, CaCertificates, Capabilities, CsrBuilder, Enrolment, Identity, Operation, Query,
    RsaKey, SignerCertificate,
};

use super::Ordered;
use crate::site::{Reply, Site, send};

/// `CN=laboratory` as DER.
pub const SUBJECT: &[u8] = b"\x30\x15\x31\x13\x30\x11\x06\x03\x55\x04\x03\x0c\x0alaboratory";

/// A key under the self-signed certificate that Windows makes for each enrolment.
pub fn signer(site: &Site) -> Identity {
    let now = site.app.now().seconds();
    SignerCertificate::windows(now - 600, now + 86_400)
        .issue(RsaKey::generate(2048).unwrap())
        .unwrap()
}

pub async fn get(site: &Site, path: &str, query: &str) -> Reply {
    let request = Request::get(format!("{path}?{query}"))
        .header(header::ACCEPT_ENCODING, "gzip, deflate, br")
        .body(Body::empty());
    send(routes::public(site.app.clone()), request.unwrap()).await
}

/// PKIOperation by POST, at the address to which Windows adds its suffix.
pub async fn post(site: &Site, path: &str, message: impl Into<Body>) -> Reply {
    let request = Request::post(format!("{path}/pkiclient.exe?operation=PKIOperation"))
        .header(header::CONTENT_TYPE, CONTENT_TYPE_MESSAGE)
        .header(header::ACCEPT_ENCODING, "gzip, deflate, br")
        .body(message.into());
    send(routes::public(site.app.clone()), request.unwrap()).await
}

pub async fn certificates(site: &Site, path: &str) -> CaCertificates {
    let query = Query::write(Operation::GetCaCert, Some("default"));
    CaCertificates::parse(&get(site, path, &query).await.expect(200).body).unwrap()
}

pub async fn capabilities(site: &Site, path: &str) -> Capabilities {
    let query = Query::write(Operation::GetCaCaps, Some("default"));
    Capabilities::parse(&get(site, path, &query).await.expect(200).body)
}

/// A common name of less than 100 octets as a whole name, DER.
pub fn common_name(name: &str) -> Vec<u8> {
    let length = u8::try_from(name.len()).unwrap();
    assert!(length < 100);
    let head = [0x30, length + 11, 0x31, length + 9, 0x30, length + 7];
    let attribute = [0x06, 0x03, 0x55, 0x04, 0x03, 0x0c, length];
    [&head, &attribute[..], name.as_bytes()].concat()
}

/// An enrolment with this challenge.
pub async fn enrolment(site: &Site, path: &str, challenge: &str, signer: Identity) -> Enrolment {
    enrolment_of(site, path, challenge, signer, SUBJECT).await
}

/// The same for another subject.
pub async fn enrolment_of(
    site: &Site,
    path: &str,
    challenge: &str,
    signer: Identity,
    subject: &[u8],
) -> Enrolment {
    let csr = CsrBuilder::new(subject)
        .challenge(challenge)
        .build(&signer.key)
        .unwrap();
    let (certificates, capabilities) = (certificates(site, path).await, capabilities(site, path).await);
    Enrolment::new(certificates, &capabilities, csr, signer).unwrap()
}

/// The enrolment that the device was told to make, with a fresh key.
pub async fn ordered_enrolment(ordered: &Ordered) -> Enrolment {
    let EnrolOrder { challenge, .. } = &ordered.order;
    enrolment(&ordered.site, ordered.path(), challenge, signer(&ordered.site)).await
}
