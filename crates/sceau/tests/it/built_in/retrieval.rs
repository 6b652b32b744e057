//! What an authority publishes: certificates, revocation lists, the next certificate.

use domain::{actor::Actor, issuance::RevocationReason};
use sceau::actions::built_in;
use scep::{CaCertificates, Retrieval, Retrieved};
use x509_parser::prelude::{CertificateRevocationList, FromDer as _, X509Certificate};

use super::{
    House,
    client::{ask, capabilities, certificates, enrolment, get, issued, post, signer},
};

async fn certificate(house: &House) -> Vec<u8> {
    let order = house.order("CN=ada").await;
    let mut first = enrolment(house, "ada", Some(&order.challenge.0), signer(house, "x")).await;
    issued(ask(house, &mut first).await)
}

fn serial(der: &[u8]) -> Vec<u8> {
    let (_, parsed) = X509Certificate::from_der(der).unwrap();
    parsed.raw_serial().to_vec()
}

async fn retrieve(house: &House, mut retrieval: Retrieval) -> Retrieved {
    let message = retrieval.write_request().unwrap();
    let (status, body) = post(house, house.path(), message).await;
    assert_eq!(status, 200);
    retrieval.read_reply(&body).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn certificates_and_lists_are_given_by_serial_number() {
    let house = House::new().await;
    let der = certificate(&house).await;
    let (ca, can) = (certificates(&house).await, capabilities(&house).await);
    let asks = |serial: &[u8]| Retrieval::certificate(ca.clone(), &can, serial, signer(&house, "x")).unwrap();
    match retrieve(&house, asks(&serial(&der))).await {
        Retrieved::Certificates(all) => assert_eq!(all[0], der),
        other => panic!("{other:?}"),
    }
    match retrieve(&house, asks(&[0x12, 0x34])).await {
        Retrieved::Failed { fail_info, .. } => assert_eq!(fail_info, Some(scep::FailInfo::BadCertId)),
        other => panic!("{other:?}"),
    }
    let list = Retrieval::revocation_list(ca.clone(), &can, serial(&der), signer(&house, "x")).unwrap();
    match retrieve(&house, list).await {
        Retrieved::RevocationList(list) => {
            let (_, published) = get(&house, "/ca/sceau-test-ca/crl").await;
            assert_eq!(list, published);
        }
        other => panic!("{other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revoked_certificate_stands_in_the_next_list_with_its_reason() {
    let house = House::new().await;
    let der = certificate(&house).await;
    let (_, before) = get(&house, "/ca/sceau-test-ca/crl").await;
    let (_, before) = CertificateRevocationList::from_der(&before).unwrap();
    assert_eq!(before.iter_revoked_certificates().count(), 0);
    let issuance = house.ledger().await.remove(0);
    let app = &house.world.app;
    let reason = RevocationReason::CessationOfOperation;
    built_in::revoke(app, &Actor::CommandLine, &issuance.id, reason)
        .await
        .unwrap();
    let again = built_in::revoke(app, &Actor::CommandLine, &issuance.id, reason).await;
    assert_eq!(
        again.unwrap_err().refusals()[0].key,
        "error-issuance-not-revocable"
    );

    let (_, after) = get(&house, "/ca/sceau-test-ca/crl").await;
    let (_, after) = CertificateRevocationList::from_der(&after).unwrap();
    let revoked: Vec<_> = after.iter_revoked_certificates().collect();
    assert_eq!(revoked.len(), 1);
    assert_eq!(revoked[0].raw_serial(), serial(&der));
    assert_eq!(revoked[0].reason_code().unwrap().1.0, 5);
    assert!(after.crl_number() > before.crl_number());
    let (_, issuer) = get(&house, "/ca/sceau-test-ca/certificate").await;
    let (_, issuer) = X509Certificate::from_der(&issuer).unwrap();
    after.verify_signature(issuer.public_key()).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_next_certificate_is_announced_under_the_present_one_and_then_used() {
    let house = House::new().await;
    let query = format!("{}?operation=GetNextCACert", house.path());
    assert_eq!(get(&house, &query).await.0, 404);
    let (app, id) = (&house.world.app, &house.authority.id);
    built_in::announce_next(app, &Actor::CommandLine, id, 10)
        .await
        .unwrap();
    let present = certificates(&house).await;
    let can = capabilities(&house).await;
    assert!(can.has(scep::Capability::GetNextCaCert));
    let (status, body) = get(&house, &query).await;
    assert_eq!(status, 200);
    let next = CaCertificates::parse_next(&body, &present).unwrap();
    assert_ne!(next.issuer(), present.issuer());
    let old = certificate(&house).await;

    built_in::activate_next(app, &Actor::CommandLine, id)
        .await
        .unwrap();
    assert_eq!(certificates(&house).await.issuer(), next.issuer());
    assert_eq!(get(&house, &query).await.0, 404);
    // The key is the same: what was issued before verifies under the new certificate too.
    let (_, issuer) = X509Certificate::from_der(next.issuer().der()).unwrap();
    let (_, old) = X509Certificate::from_der(&old).unwrap();
    old.verify_signature(Some(issuer.public_key())).unwrap();
    certificate(&house).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_authority_says_what_it_can_do_and_shows_itself_as_ndes_does_whatever_the_message() {
    let house = House::new().await;
    let path = house.path().to_owned();
    for message in [
        "",
        "&message=",
        "&message=0",
        "&message=CAIdentifier",
        "&message=default",
    ] {
        let (status, body) = get(
            &house,
            &format!("{path}/pkiclient.exe?operation=GetCACaps{message}"),
        )
        .await;
        assert_eq!(status, 200);
        let text = String::from_utf8(body).unwrap();
        let keywords: Vec<&str> = text.lines().collect();
        let all = [
            "AES",
            "DES3",
            "POSTPKIOperation",
            "Renewal",
            "SHA-1",
            "SHA-256",
            "SHA-384",
            "SHA-512",
            "SCEPStandard",
        ];
        assert_eq!(keywords, all, "GetNextCACert is said where there is one");
        let (status, body) = get(&house, &format!("{path}?operation=GetCACert{message}")).await;
        assert_eq!(status, 200);
        let ca = CaCertificates::parse(&body).unwrap();
        // Two certificates of the registration authority, the issuing one, the root.
        assert_eq!(ca.all().len(), 4);
        assert_ne!(ca.ra_signing(), ca.ra_encryption());
        assert_eq!(ca.issuer().sha1(), house.authority.issuer_sha1.octets());
        assert_eq!(ca.chain().len(), 2);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_comes_by_get_too() {
    let house = House::new().await;
    let order = house.order("CN=ada").await;
    let mut first = enrolment(&house, "ada", Some(&order.challenge.0), signer(&house, "x")).await;
    let query = scep::Query::write_message(&first.write_request().unwrap());
    let (status, body) = get(&house, &format!("{}?{query}", house.path())).await;
    assert_eq!(status, 200);
    issued(first.read_reply(&body).unwrap());
}

#[tokio::test(flavor = "multi_thread")]
async fn old_algorithms_are_answered_in_kind_and_the_broken_ones_where_a_switch_says_so() {
    use scep::{Cipher, Digest, KeyTransport};
    for is_legacy in [false, true] {
        let rules = domain::built_in::Rules {
            is_legacy,
            ..domain::built_in::Rules::default()
        };
        let house = House::with(rules).await;
        for (cipher, digest) in [
            (Cipher::Aes256, Digest::Sha512),
            (Cipher::Aes192, Digest::Sha256),
            (Cipher::Des3, Digest::Sha1),
            (Cipher::Des, Digest::Sha1),
            (Cipher::Aes128, Digest::Md5),
        ] {
            let order = house.order("CN=ada").await;
            let mut first = enrolment(&house, "ada", Some(&order.challenge.0), signer(&house, "x"))
                .await
                .with_cipher(cipher)
                .with_digest(digest)
                .with_key_transport(KeyTransport::OaepSha256);
            let (_, body) = post(&house, house.path(), first.write_request().unwrap()).await;
            let is_broken = cipher == Cipher::Des || digest == Digest::Md5;
            match first.read_reply(&body).unwrap() {
                scep::Outcome::Issued(_) => assert!(is_legacy || !is_broken, "{cipher:?} {digest:?}"),
                scep::Outcome::Failed { fail_info, .. } => {
                    assert!(is_broken && !is_legacy, "{cipher:?} {digest:?}");
                    assert_eq!(fail_info, Some(scep::FailInfo::BadAlg));
                }
                scep::Outcome::Pending => panic!("nothing waits here"),
            }
            let shown = scep::inspect(&body).unwrap();
            let answered = if is_broken && !is_legacy && digest == Digest::Md5 {
                Digest::Sha256
            } else {
                digest
            };
            assert_eq!(shown.digest, answered);
        }
    }
}
