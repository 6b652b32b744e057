//! The same request again: one answer, one certificate, and what is known is not forgotten.

use domain::{event::What, transaction::TransactionState};
use sceau::actions::proxy::mark_unanswered;
use scep::Outcome;

use super::{
    Ordered,
    client::{ordered_enrolment, post},
};

#[tokio::test]
async fn a_repeated_request_gets_the_identical_answer_and_one_certificate_is_issued() {
    let ordered = Ordered::new().await;
    let mut enrolment = ordered_enrolment(&ordered).await;
    let message = enrolment.write_request().unwrap();
    let first = post(&ordered.site, ordered.path(), message.clone())
        .await
        .expect(200);
    for _ in 0..3 {
        ordered.site.pass(60);
        let again = post(&ordered.site, ordered.path(), message.clone())
            .await
            .expect(200);
        assert_eq!(again.body, first.body);
    }
    assert_eq!(ordered.laboratory.issued().len(), 1);
}

#[tokio::test]
async fn the_same_request_several_times_at_once_gets_one_answer_and_one_certificate() {
    let ordered = Ordered::new().await;
    let mut enrolment = ordered_enrolment(&ordered).await;
    let message = enrolment.write_request().unwrap();
    let send = || post(&ordered.site, ordered.path(), message.clone());
    let (one, two, three) = tokio::join!(send(), send(), send());
    for reply in [&one, &two, &three] {
        assert_eq!(reply.status, 200, "{}", reply.text());
        assert!(matches!(
            enrolment.read_reply(&reply.body),
            Ok(Outcome::Issued(_))
        ));
    }
    assert!(one.body == two.body && two.body == three.body);
    assert_eq!(ordered.laboratory.issued().len(), 1);
    let forwarded = ordered.timeline().await;
    let forwarded = forwarded
        .iter()
        .filter(|what| matches!(what, What::Forwarded { .. }));
    assert_eq!(forwarded.count(), 1, "it was handed on once");
}

#[tokio::test]
async fn a_later_refusal_does_not_undo_a_success() {
    let ordered = Ordered::new().await;
    let mut enrolment = ordered_enrolment(&ordered).await;
    let message = enrolment.write_request().unwrap();
    let first = post(&ordered.site, ordered.path(), message.clone())
        .await
        .expect(200);
    // The same transaction and key with a fresh nonce: NDES has spent the challenge and refuses.
    let renewed = enrolment.write_request().unwrap();
    assert_ne!(renewed, message);
    post(&ordered.site, ordered.path(), renewed).await;
    let transaction = ordered.transaction().await.unwrap();
    assert_eq!(transaction.state, TransactionState::Succeeded);
    let again = post(&ordered.site, ordered.path(), message).await.expect(200);
    assert_eq!(again.body, first.body);
    assert_eq!(ordered.laboratory.issued().len(), 1);
}

#[tokio::test]
async fn a_request_that_was_handed_on_and_never_answered_stands_as_outcome_unknown_for_good() {
    let ordered = Ordered::new().await;
    let mut enrolment = ordered_enrolment(&ordered).await;
    let message = enrolment.write_request().unwrap();
    post(&ordered.site, ordered.path(), message.clone())
        .await
        .expect(200);
    // What a server leaves that was killed before it stored the authority's answer.
    let mut lost = ordered.transaction().await.unwrap();
    lost.state = TransactionState::Forwarded;
    (lost.answer, lost.answered_at) = (None, None);
    let store = &ordered.site.app.store;
    store
        .write(move |tx| {
            let lost = lost.clone();
            Box::pin(async move { store::transactions::update(tx, &lost).await })
        })
        .await
        .unwrap();
    let marked = mark_unanswered(&ordered.site.app, ordered.site.app.now())
        .await
        .unwrap();
    assert_eq!(marked, 1);
    let id = enrolment.transaction_id().as_str().to_owned();
    let told = What::OutcomeUnknown {
        transaction_id: id,
        trouble: "nothing".to_owned(),
        detail: None,
    };
    assert!(ordered.timeline().await.contains(&told));
    // The client tries again: a second copy could make the authority issue twice.
    post(&ordered.site, ordered.path(), message).await.expect(403);
    assert_eq!(ordered.refusals().await, ["outcome-unknown"]);
    let transaction = ordered.transaction().await.unwrap();
    assert_eq!(transaction.state, TransactionState::OutcomeUnknown);
    assert_eq!(ordered.laboratory.issued().len(), 1);
}

#[tokio::test]
async fn the_challenge_is_kept_no_longer_than_it_is_needed() {
    let ordered = Ordered::new().await;
    let mut enrolment = ordered_enrolment(&ordered).await;
    let device = ordered.site.device(&ordered.computer.device_id).await.id;
    let has_secret = || async {
        let device = device.clone();
        let store = &ordered.site.app.store;
        let deliveries = store
            .read(move |tx| {
                let device = device.clone();
                Box::pin(async move { store::deliveries::of_device(tx, &device).await })
            })
            .await
            .unwrap();
        deliveries[0].secret.is_some()
    };
    assert!(has_secret().await, "sealed, to send the same command again");
    let message = enrolment.write_request().unwrap();
    post(&ordered.site, ordered.path(), message).await.expect(200);
    assert!(!has_secret().await);
}
