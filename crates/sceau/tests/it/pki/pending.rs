//! An authority whose requests wait for a person.

use domain::{event::What, transaction::TransactionState};
use scep::{Enrolment, Outcome, TransactionId};

use super::{
    Ordered,
    client::{ordered_enrolment, post, signer},
};
use crate::{laboratory::Laboratory, site::Site};

/// A request that waits at the authority.
async fn waiting() -> (Ordered, Enrolment) {
    let ordered = Ordered::at(Site::new().await, Laboratory::start_with_approval().await).await;
    let mut enrolment = ordered_enrolment(&ordered).await;
    let message = enrolment.write_request().unwrap();
    let reply = post(&ordered.site, ordered.path(), message).await.expect(200);
    assert_eq!(enrolment.read_reply(&reply.body).unwrap(), Outcome::Pending);
    (ordered, enrolment)
}

async fn poll(ordered: &Ordered, enrolment: &mut Enrolment) -> Outcome {
    let message = enrolment.write_poll().unwrap();
    let reply = post(&ordered.site, ordered.path(), message).await.expect(200);
    enrolment.read_reply(&reply.body).unwrap()
}

#[tokio::test]
async fn a_pending_request_is_polled_for_hours_and_issued_once() {
    let (ordered, mut enrolment) = waiting().await;
    for _ in 0..3 {
        ordered.site.pass(5 * 3600);
        assert_eq!(poll(&ordered, &mut enrolment).await, Outcome::Pending);
    }
    let transaction = ordered.transaction().await.unwrap();
    assert_eq!(transaction.state, TransactionState::Pending);
    ordered.laboratory.approve();
    let Outcome::Issued(first) = poll(&ordered, &mut enrolment).await else {
        panic!("not issued")
    };
    // The answer was lost: the next poll gets the same certificate under its own nonce.
    let Outcome::Issued(again) = poll(&ordered, &mut enrolment).await else {
        panic!("not issued again")
    };
    assert_eq!(first[0], again[0]);
    assert_eq!(ordered.laboratory.issued().len(), 1);
    let transaction = ordered.transaction().await.unwrap();
    assert_eq!(transaction.state, TransactionState::Succeeded);
    let told = ordered.timeline().await;
    let answers = told.iter().filter_map(|what| match what {
        What::Answered {
            message_type, status, ..
        } => Some((*message_type, status.as_str())),
        _ => None,
    });
    let mut answers: Vec<_> = answers.collect();
    answers.sort_unstable();
    let pending = (20, "pending");
    let issued = (20, "success");
    assert_eq!(
        answers,
        [(19, "pending"), pending, pending, pending, issued, issued]
    );
}

#[tokio::test]
async fn a_pending_request_that_a_person_denies_is_refused_with_its_reason() {
    let (ordered, mut enrolment) = waiting().await;
    ordered.laboratory.deny();
    assert!(matches!(
        poll(&ordered, &mut enrolment).await,
        Outcome::Failed { .. }
    ));
    let refused = TransactionState::Refused {
        fail_info: Some(2),
        hresult: Some(-2_146_877_420),
        text: None,
    };
    assert_eq!(ordered.transaction().await.unwrap().state, refused);
    assert!(ordered.timeline().await.iter().any(|what| matches!(
        what,
        What::Answered { status, fail_info: Some(2), hresult: Some(-2_146_877_420), .. } if status == "failure"
    )));
    assert!(ordered.laboratory.issued().is_empty());
}

#[tokio::test]
async fn a_poll_with_another_key_or_transaction_never_reaches_the_authority() {
    let (ordered, mut enrolment) = waiting().await;
    let challenge = &ordered.order.challenge;
    let stranger =
        super::client::enrolment(&ordered.site, ordered.path(), challenge, signer(&ordered.site)).await;
    let name = TransactionId::new(enrolment.transaction_id().as_str()).unwrap();
    let mut thief = stranger.with_transaction_id(name);
    let message = thief.write_poll().unwrap();
    post(&ordered.site, ordered.path(), message).await.expect(403);
    let mut other = ordered_enrolment(&ordered).await;
    let message = other.write_poll().unwrap();
    post(&ordered.site, ordered.path(), message).await.expect(403);
    assert_eq!(ordered.refusals().await, ["other-key", "other-transaction"]);
    ordered.laboratory.approve();
    assert!(matches!(poll(&ordered, &mut enrolment).await, Outcome::Issued(_)));
}

#[tokio::test]
async fn a_poll_that_the_authority_does_not_answer_says_nothing() {
    let (ordered, mut enrolment) = waiting().await;
    let message = enrolment.write_poll().unwrap();
    let path = ordered.path().to_owned();
    let Ordered {
        site,
        laboratory,
        computer,
        order,
    } = ordered;
    laboratory.stop().await;
    post(&site, &path, message).await.expect(502);
    let ordered = Ordered {
        site,
        laboratory: Laboratory::start(false, 5).await,
        computer,
        order,
    };
    let transaction = ordered.transaction().await.unwrap();
    assert_eq!(transaction.state, TransactionState::Pending);
    assert!(transaction.trouble.is_some(), "and why is kept");
    assert!(ordered.timeline().await.iter().any(|what| matches!(
        what,
        What::Answered { status, message_type: 20, .. } if status == "unreachable"
    )));
}
