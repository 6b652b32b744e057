//! After a device was sent away: how it comes back, and what became of a challenge that it had.

use domain::{delivery::DeliveryState, device::LeftHow, event::What};
use sceau::actions::device_removal::end_unheard;

use super::leaving::{DAY, deliveries, enrolled, is_refused, record, says_goodbye, send_away, slots, told};
use crate::pki::{
    Ordered, PERSON,
    client::{ordered_enrolment, post},
};

#[tokio::test]
async fn it_comes_back_afresh_whichever_way_it_went() {
    let (site, _laboratory, mut computer) = enrolled().await;
    let mut former = Vec::new();
    for how in [LeftHow::User, LeftHow::SentAway, LeftHow::Unheard] {
        let order = computer.talk(&site).await.expect("it is told to enrol");
        assert!(!former.contains(&order.unique_id));
        former.push(order.unique_id);
        if how != LeftHow::User {
            send_away(&site, &computer, false).await;
            computer.talk(&site).await;
            assert!(computer.is_sent_away);
        }
        match how {
            LeftHow::Unheard => {
                site.pass(3 * DAY);
                assert_eq!(end_unheard(&site.app).await.unwrap(), 1);
            }
            _ => says_goodbye(&site, &computer).await,
        }
        let gone = record(&site, &computer).await;
        assert_eq!(gone.left_how, Some(how));
        assert!(
            deliveries(&site, &computer)
                .await
                .iter()
                .all(|one| !one.state.is_open())
        );
        is_refused(&site, &computer).await;
        let old = computer.identity.clone();
        // Beyond the life of the challenge that it didn't use.
        site.pass(2 * 3600);
        computer.enrol_again(&site, PERSON).await;
        assert_ne!(computer.identity, old);
        let back = record(&site, &computer).await;
        assert_eq!(back.id, gone.id, "the same machine of the same person");
        assert!(back.is_staying() && back.left_how.is_none());
    }
    let order = computer.talk(&site).await.expect("it is told to enrol");
    assert!(!former.contains(&order.unique_id));
}

#[tokio::test]
async fn a_new_enrolment_makes_a_waiting_removal_void() {
    let (site, _laboratory, mut computer) = enrolled().await;
    send_away(&site, &computer, false).await;
    computer.enrol_again(&site, PERSON).await;
    let device = record(&site, &computer).await;
    assert!(device.is_staying());
    let steps = site.timeline(&device.id).await;
    assert!(steps.contains(&What::RemovalSuperseded));
    assert!(computer.talk(&site).await.is_some());
}

#[tokio::test]
async fn a_challenge_that_was_given_holds_its_slot_as_long_as_the_authority_holds_it() {
    let mut ordered = Ordered::new().await;
    let delivery = deliveries(&ordered.site, &ordered.computer).await.remove(0);
    assert_eq!(slots(&ordered.site, &delivery).await, 1);
    send_away(&ordered.site, &ordered.computer, false).await;
    // NDES still counts it.
    assert_eq!(slots(&ordered.site, &delivery).await, 1);
    let mut enrolment = ordered_enrolment(&ordered).await;
    let message = enrolment.write_request().unwrap();
    let (replies, _) = ordered.computer.conversation(&ordered.site).await;
    assert!(
        told(&replies)[0][0].ends_with(delivery.id.as_str()),
        "{:?}",
        told(&replies)
    );
    let after = deliveries(&ordered.site, &ordered.computer).await.remove(0);
    assert_eq!((after.state, after.secret), (DeliveryState::Removed, None));
    post(&ordered.site, ordered.path(), message).await.expect(403);
    assert_eq!(ordered.refusals().await, ["not-awaited"]);
    assert!(ordered.laboratory.issued().is_empty());
    says_goodbye(&ordered.site, &ordered.computer).await;
    assert_eq!(slots(&ordered.site, &delivery).await, 1);
    ordered.site.pass(3601);
    let now = ordered.site.app.now();
    let expired = ordered
        .site
        .app
        .store
        .write(move |tx| Box::pin(async move { store::challenges::expire(tx, now).await }));
    assert_eq!(expired.await.unwrap().len(), 1);
    assert_eq!(slots(&ordered.site, &delivery).await, 0);
}
