//! Which request may pass at an address.

use scep::{Outcome, TransactionId};

use super::{
    Ordered,
    client::{enrolment, ordered_enrolment, post, signer},
};

#[tokio::test]
async fn another_transaction_at_a_bound_address_is_refused_and_stands_on_the_timeline() {
    let ordered = Ordered::new().await;
    let mut first = ordered_enrolment(&ordered).await;
    let message = first.write_request().unwrap();
    let answer = post(&ordered.site, ordered.path(), message.clone())
        .await
        .expect(200);
    let mut other = ordered_enrolment(&ordered).await;
    assert_ne!(first.transaction_id(), other.transaction_id());
    let refused = post(&ordered.site, ordered.path(), other.write_request().unwrap())
        .await
        .expect(403);
    assert!(!refused.text().contains(first.transaction_id().as_str()));
    assert_eq!(ordered.refusals().await, ["other-transaction"]);
    assert_eq!(ordered.laboratory.issued().len(), 1);
    let again = post(&ordered.site, ordered.path(), message).await.expect(200);
    assert_eq!(again.body, answer.body, "the rightful one is not disturbed");
}

#[tokio::test]
async fn a_dead_challenge_never_reaches_the_authority() {
    let ordered = Ordered::new().await;
    let mut enrolment = ordered_enrolment(&ordered).await;
    ordered.site.pass(3601);
    let message = enrolment.write_request().unwrap();
    post(&ordered.site, ordered.path(), message).await.expect(403);
    assert_eq!(ordered.refusals().await, ["challenge-expired"]);
    assert!(ordered.transaction().await.is_none());
    assert!(ordered.laboratory.issued().is_empty());
}

#[tokio::test]
async fn a_bound_transaction_outlives_its_challenge() {
    let ordered = Ordered::new().await;
    let mut enrolment = ordered_enrolment(&ordered).await;
    let message = enrolment.write_request().unwrap();
    let answer = post(&ordered.site, ordered.path(), message.clone())
        .await
        .expect(200);
    ordered.site.pass(20 * 3600);
    let again = post(&ordered.site, ordered.path(), message).await.expect(200);
    assert_eq!(answer.body, again.body);
}

#[tokio::test]
async fn a_renewal_may_not_pass_at_a_deliverys_address() {
    let ordered = Ordered::new().await;
    let mut renewal = ordered_enrolment(&ordered).await.as_renewal();
    let message = renewal.write_request().unwrap();
    post(&ordered.site, ordered.path(), message).await.expect(403);
    assert_eq!(ordered.refusals().await, ["message-type"]);
    assert!(ordered.transaction().await.is_none(), "it binds nothing");
    let mut honest = ordered_enrolment(&ordered).await;
    let message = honest.write_request().unwrap();
    let reply = post(&ordered.site, ordered.path(), message).await.expect(200);
    assert!(matches!(honest.read_reply(&reply.body), Ok(Outcome::Issued(_))));
}

#[tokio::test]
async fn a_poll_before_any_request_may_not_pass() {
    let ordered = Ordered::new().await;
    let mut enrolment = ordered_enrolment(&ordered).await;
    let poll = enrolment.write_poll().unwrap();
    post(&ordered.site, ordered.path(), poll).await.expect(403);
    assert_eq!(ordered.refusals().await, ["unknown-transaction"]);
}

#[tokio::test]
async fn another_key_under_the_same_transaction_gets_no_certificate() {
    let ordered = Ordered::new().await;
    let mut first = ordered_enrolment(&ordered).await;
    let message = first.write_request().unwrap();
    let answer = post(&ordered.site, ordered.path(), message.clone())
        .await
        .expect(200);
    let id = TransactionId::new(first.transaction_id().as_str()).unwrap();
    let thief = signer(&ordered.site);
    let challenge = &ordered.order.challenge;
    let mut thief = enrolment(&ordered.site, ordered.path(), challenge, thief)
        .await
        .with_transaction_id(id);
    let request = thief.write_request().unwrap();
    post(&ordered.site, ordered.path(), request).await.expect(403);
    let poll = thief.write_poll().unwrap();
    post(&ordered.site, ordered.path(), poll).await.expect(403);
    assert_eq!(ordered.refusals().await, ["other-key", "other-key"]);
    assert_eq!(ordered.laboratory.issued().len(), 1);
    let again = post(&ordered.site, ordered.path(), message).await.expect(200);
    assert_eq!(again.body, answer.body, "the rightful one is not disturbed");
}

#[tokio::test]
async fn the_address_of_a_delivery_that_was_replaced_is_dead() {
    let mut ordered = Ordered::new().await;
    let mut enrolment = ordered_enrolment(&ordered).await;
    let message = enrolment.write_request().unwrap();
    let path = ordered.path().to_owned();
    // The device is set up anew: what was under way starts over.
    ordered.computer.message_id = "00000000-0000-4000-8000-000000000099".to_owned();
    ordered.computer.enrol(&ordered.site, super::PERSON).await;
    post(&ordered.site, &path, message).await.expect(403);
    assert_eq!(ordered.refusals().await, ["not-awaited"]);
    assert!(ordered.laboratory.issued().is_empty());
}
