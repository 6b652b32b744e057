//! A whole delivery without sockets: sessions, the exchange through the proxy, and the proof. Every answer in it
//! keeps OMA-DM's grammar.

use aws_lc_rs::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};
use domain::{
    attempt,
    certificate::Certificate,
    challenge::Purpose,
    delivery::{Delivery, DeliveryState, Proof},
    external_ca::ProvedBy,
};
use scep::Outcome;

use super::{
    Ordered, PERSON,
    client::{ordered_enrolment, post},
    distribute,
};
use crate::{
    laboratory::Laboratory,
    mdm::session_answers::{Asked, check},
    site::{Reply, Site, computer::Computer},
};

/// Holds all answers of a session to the rules; the names of the commands in each.
fn checked(replies: &[Reply], session: &str, device_id: &str) -> Vec<Vec<String>> {
    let greeting = [("2", "Alert"), ("3", "Alert"), ("4", "Replace")];
    (1..)
        .zip(replies)
        .map(|(number, reply): (u32, _)| {
            let asked = Asked {
                session,
                number,
                msg_ref: &number.to_string(),
                device_id,
                commands: if number == 1 { &greeting } else { &[] },
            };
            check(reply, &asked).into_iter().map(|(_, name)| name).collect()
        })
        .collect()
}

async fn deliveries(site: &Site, computer: &Computer) -> Vec<Delivery> {
    let device = site.device(&computer.device_id).await.id;
    let read = site.app.store.read(move |tx| {
        let device = device.clone();
        Box::pin(async move { store::deliveries::of_device(tx, &device).await })
    });
    read.await.unwrap()
}

async fn certificates(site: &Site, computer: &Computer) -> Vec<Certificate> {
    let device = site.device(&computer.device_id).await.id;
    let read = site.app.store.read(move |tx| {
        let device = device.clone();
        Box::pin(async move { store::certificates::of_device(tx, &device).await })
    });
    read.await.unwrap()
}

#[tokio::test]
async fn the_root_comes_before_the_atomic_in_one_session() {
    let (site, laboratory) = (Site::new().await, Laboratory::start(false, 5).await);
    distribute(&site.app, &laboratory).await;
    site.person(PERSON.0, Some(PERSON.1)).await;
    let mut computer = Computer::new(1);
    computer.enrol(&site, PERSON).await;
    let (replies, order) = computer.conversation(&site).await;
    assert!(order.is_some());
    let told = checked(&replies, "1", &computer.device_id);
    assert!(
        told[0].iter().all(|name| name == "Get"),
        "questions first: {told:?}"
    );
    let last = told.last().unwrap();
    assert_eq!(*last, ["Add", "Atomic"], "{told:?}");
    let text = replies.last().unwrap().text();
    let (root, atomic) = text.split_once("<Atomic>").unwrap();
    assert!(
        root.contains("./Device/Vendor/MSFT/RootCATrustedCertificates/Root/"),
        "{root}"
    );
    assert!(atomic.contains("/Install/Enroll"));
    assert!(!text.contains(Laboratory::PASSWORD));
}

#[tokio::test]
async fn a_challenge_for_a_delivery_proves_the_permission_and_is_noted_as_an_attempt() {
    let ordered = Ordered::new().await;
    let delivery = deliveries(&ordered.site, &ordered.computer).await[0].clone();
    let of = delivery.clone();
    let read = ordered.site.app.store.read(move |tx| {
        let of = of.clone();
        Box::pin(async move {
            Ok::<_, store::Error>((
                store::authorities::by_id(tx, &of.authority_id).await?.unwrap(),
                store::attempts::since(tx, &of.authority_id, of.created_at).await?,
                store::challenges::by_delivery(tx, &of.id).await?.unwrap(),
            ))
        })
    });
    let (authority, attempts, challenge) = read.await.unwrap();
    assert_eq!(authority.proved_by, Some(ProvedBy::Delivery(delivery.id.clone())));
    assert_eq!(challenge.purpose, Purpose::Delivery);
    assert_eq!(attempts.len(), 1, "{attempts:?}");
    assert_eq!(
        (attempts[0].asked, attempts[0].outcome.as_str()),
        (attempt::Asked::Challenge, "good")
    );
    assert_eq!(attempts[0].delivery_id, Some(delivery.id));
}

#[tokio::test]
async fn an_acknowledged_command_is_no_certificate_and_a_shown_one_is() {
    let mut ordered = Ordered::new().await;
    let mut enrolment = ordered_enrolment(&ordered).await;
    let message = enrolment.write_request().unwrap();
    let reply = post(&ordered.site, ordered.path(), message).await.expect(200);
    let Outcome::Issued(issued) = enrolment.read_reply(&reply.body).unwrap() else {
        panic!("not issued")
    };
    let before = deliveries(&ordered.site, &ordered.computer).await;
    assert!(before[0].state.is_open(), "{:?}", before[0].state);
    assert!(certificates(&ordered.site, &ordered.computer).await.is_empty());

    let id = ordered.order.unique_id.clone();
    ordered.computer.install(&id, &issued[0]);
    let (replies, again) = ordered.computer.conversation(&ordered.site).await;
    assert!(again.is_none(), "nothing is ordered a second time");
    checked(&replies, "2", &ordered.computer.device_id);
    let after = deliveries(&ordered.site, &ordered.computer).await;
    assert_eq!(after.len(), 1);
    assert!(
        matches!(
            after[0].state,
            DeliveryState::Verified {
                by: Proof::Certificate,
                ..
            }
        ),
        "{:?}",
        after[0].state
    );
    let held = certificates(&ordered.site, &ordered.computer).await;
    assert_eq!(held.len(), 1);
    assert_eq!(held[0].der.as_deref(), Some(issued[0].as_slice()));
    let sha1 = digest(&SHA1_FOR_LEGACY_USE_ONLY, &issued[0]);
    assert_eq!(held[0].sha1.octets().as_slice(), sha1.as_ref());
    assert_eq!(ordered.laboratory.issued().len(), 1);
}

#[tokio::test]
async fn a_certificate_of_another_key_and_name_is_not_taken_for_the_ordered_one() {
    let mut ordered = Ordered::new().await;
    let stranger = super::client::signer(&ordered.site);
    let id = ordered.order.unique_id.clone();
    ordered.computer.install(&id, &stranger.certificate);
    let (replies, _) = ordered.computer.conversation(&ordered.site).await;
    checked(&replies, "2", &ordered.computer.device_id);
    assert!(certificates(&ordered.site, &ordered.computer).await.is_empty());
    let all = deliveries(&ordered.site, &ordered.computer).await;
    assert!(
        !all.iter()
            .any(|one| matches!(one.state, DeliveryState::Verified { .. })),
        "{all:?}"
    );
}

#[tokio::test]
async fn a_device_that_failed_gets_a_new_node_and_key_later_and_the_challenge_that_nobody_presented() {
    let mut ordered = Ordered::new().await;
    let id = ordered.order.unique_id.clone();
    // HTTP 500, as Windows reports it.
    ordered.computer.fail(&id, -2_145_844_748);
    assert!(
        ordered.computer.talk(&ordered.site).await.is_none(),
        "not at once"
    );
    // Beyond the wait before the next attempt.
    ordered.site.pass(900);
    let again = ordered
        .computer
        .talk(&ordered.site)
        .await
        .expect("another attempt");
    assert_ne!(again.unique_id, id);
    assert_ne!(again.server_urls, ordered.order.server_urls);
    // It holds one of the authority's slots as long as it lives: another would take a second one.
    assert_eq!(*again.challenge, *ordered.order.challenge);
    let mut late = ordered_enrolment(&ordered).await;
    let message = late.write_request().unwrap();
    post(&ordered.site, ordered.path(), message).await.expect(403);
    assert_eq!(ordered.refusals().await, ["not-awaited"]);
    assert!(ordered.laboratory.issued().is_empty());

    // Beyond its life there is another.
    ordered.computer.fail(&again.unique_id, -2_145_844_748);
    assert!(ordered.computer.talk(&ordered.site).await.is_none());
    ordered.site.pass(3600);
    let last = ordered
        .computer
        .talk(&ordered.site)
        .await
        .expect("a third attempt");
    assert_ne!(*last.challenge, *ordered.order.challenge);
}
