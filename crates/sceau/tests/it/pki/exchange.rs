//! An honest client at the address that a device was given.

use axum::http::header;
use domain::{event::What, transaction::TransactionState};
use scep::{
    CONTENT_TYPE_CA_RA_CERTIFICATES, CONTENT_TYPE_CAPABILITIES, CONTENT_TYPE_MESSAGE, Operation, Outcome,
    Query,
};
use x509_parser::prelude::{FromDer as _, X509Certificate};

use super::{
    Ordered,
    client::{capabilities, certificates, get, ordered_enrolment, post},
};

#[tokio::test]
async fn the_device_is_given_the_proxys_address_with_a_random_token() {
    let ordered = Ordered::new().await;
    let token = ordered.path().strip_prefix("/scep/").unwrap();
    assert_eq!(token.len(), 32, "128 bits as hexadecimal digits");
    assert!(token.bytes().all(|octet| octet.is_ascii_hexdigit()));
    assert!(!ordered.order.challenge.is_empty());
    assert_eq!(ordered.order.subject, "CN=laboratory");
    assert_eq!(ordered.order.ca_thumbprint.len(), 40);
}

#[tokio::test]
async fn capabilities_and_certificates_are_answered_again_and_again() {
    let ordered = Ordered::new().await;
    let site = &ordered.site;
    let suffixed = format!("{}/pkiclient.exe", ordered.path());
    for path in [ordered.path(), suffixed.as_str()] {
        for message in [None, Some(""), Some("0"), Some("default")] {
            let caps = get(site, path, &Query::write(Operation::GetCaCaps, message)).await;
            assert_eq!(
                (caps.status, caps.header(header::CONTENT_TYPE)),
                (200, CONTENT_TYPE_CAPABILITIES)
            );
            assert!(caps.is_in_one_piece());
            assert!(caps.text().lines().any(|line| line == "POSTPKIOperation"));
            let chain = get(site, path, &Query::write(Operation::GetCaCert, message)).await;
            assert_eq!(
                (chain.status, chain.header(header::CONTENT_TYPE)),
                (200, CONTENT_TYPE_CA_RA_CERTIFICATES)
            );
            assert!(chain.is_in_one_piece());
        }
    }
    let chain = certificates(site, ordered.path()).await;
    assert_eq!(chain.all().len(), 3, "the CA and the two RA certificates of NDES");
    assert!(capabilities(site, ordered.path()).await.to_body().len() > 10);
    assert!(
        ordered.transaction().await.is_none(),
        "none of it binds the address"
    );
}

#[tokio::test]
async fn the_authoritys_certificate_reaches_the_device_and_the_timeline_tells_it() {
    let ordered = Ordered::new().await;
    let mut enrolment = ordered_enrolment(&ordered).await;
    let message = enrolment.write_request().unwrap();
    let reply = post(&ordered.site, ordered.path(), message).await.expect(200);
    assert_eq!(reply.header(header::CONTENT_TYPE), CONTENT_TYPE_MESSAGE);
    assert!(reply.is_in_one_piece());
    let Outcome::Issued(issued) = enrolment.read_reply(&reply.body).unwrap() else {
        panic!("not issued")
    };
    let (_, certificate) = X509Certificate::from_der(&issued[0]).unwrap();
    assert_eq!(certificate.subject().to_string(), "CN=laboratory");
    assert_eq!(ordered.laboratory.issued().len(), 1);
    let id = enrolment.transaction_id().as_str().to_owned();
    let transaction = ordered.transaction().await.unwrap();
    assert_eq!(transaction.state, TransactionState::Succeeded);
    assert_eq!(
        (transaction.transaction_id.as_str(), transaction.message_type),
        (id.as_str(), 19)
    );
    let timeline = ordered.timeline().await;
    assert!(timeline.contains(&What::Forwarded {
        transaction_id: id.clone(),
        message_type: 19,
    }));
    assert!(timeline.iter().any(|what| matches!(
        what,
        What::Answered { transaction_id, status, fail_info: None, .. }
            if *transaction_id == id && status == "success"
    )));
}

#[tokio::test]
async fn a_message_by_get_works_as_well() {
    let ordered = Ordered::new().await;
    let mut enrolment = ordered_enrolment(&ordered).await;
    let query = Query::write_message(&enrolment.write_request().unwrap());
    let reply = get(&ordered.site, ordered.path(), &query).await.expect(200);
    assert!(matches!(
        enrolment.read_reply(&reply.body),
        Ok(Outcome::Issued(_))
    ));
}

#[tokio::test]
async fn an_authoritys_refusal_reaches_the_device_and_its_reasons_are_kept() {
    let ordered = Ordered::new().await;
    let signer = super::client::signer(&ordered.site);
    let mut enrolment =
        super::client::enrolment(&ordered.site, ordered.path(), "0000000000000000", signer).await;
    let message = enrolment.write_request().unwrap();
    let reply = post(&ordered.site, ordered.path(), message).await.expect(200);
    assert!(matches!(
        enrolment.read_reply(&reply.body),
        Ok(Outcome::Failed { .. })
    ));
    let transaction = ordered.transaction().await.unwrap();
    assert!(
        matches!(
            transaction.state,
            TransactionState::Refused {
                fail_info: Some(2),
                hresult: Some(_),
                ..
            }
        ),
        "{:?}",
        transaction.state
    );
    assert!(ordered.laboratory.issued().is_empty());
}

#[tokio::test]
async fn an_authority_that_is_away_is_told_as_such_and_nothing_is_lost() {
    let ordered = Ordered::new().await;
    let mut enrolment = ordered_enrolment(&ordered).await;
    let message = enrolment.write_request().unwrap();
    let path = ordered.path().to_owned();
    let Ordered { site, laboratory, .. } = ordered;
    laboratory.stop().await;
    let reply = post(&site, &path, message.clone()).await.expect(502);
    assert!(reply.text().contains("gave no usable answer"));
    // The same request again is handed on again: it never reached anyone.
    post(&site, &path, message).await.expect(502);
}
