//! What a crash leaves: a decision that stands in the ledger without its certificate.

use domain::{
    built_in::Rules,
    issuance::{Issuance, IssuanceState, RevocationReason, Revoked},
};
use sceau::actions::built_in;
use scep::{Enrolment, Outcome};
use x509_parser::prelude::{CertificateRevocationList, FromDer as _};

use super::{
    House,
    client::{ask, enrolment, issued, post, signer},
};

/// A request that was approved, and the process died before it was signed.
async fn unsigned(house: &House) -> (Enrolment, Issuance) {
    let order = house.order("CN=ada").await;
    let mut first = enrolment(house, "ada", Some(&order.challenge.0), signer(house, "x")).await;
    assert_eq!(ask(house, &mut first).await, Outcome::Pending);
    let decided = house.ledger().await.remove(0).approved().unwrap();
    let kept = decided.clone();
    house
        .world
        .app
        .store
        .write(move |tx| {
            let kept = kept.clone();
            Box::pin(async move { store::issuances::decide(tx, &kept).await })
        })
        .await
        .unwrap();
    assert_eq!(house.ledger().await[0].state, IssuanceState::Intended);
    (first, decided)
}

async fn house() -> House {
    House::with(Rules {
        needs_approval: true,
        ..Rules::default()
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_intent_is_signed_when_its_transaction_is_asked_for_again() {
    let house = house().await;
    let (mut enrolment, decided) = unsigned(&house).await;
    let der = issued(ask(&house, &mut enrolment).await);
    let (_, body) = post(&house, house.path(), enrolment.write_poll().unwrap()).await;
    assert_eq!(issued(enrolment.read_reply(&body).unwrap()), der);
    let ledger = house.ledger().await;
    assert_eq!(ledger.len(), 1);
    assert_eq!(ledger[0].serial, decided.serial);
    assert_eq!(ledger[0].certificate.as_deref(), Some(der.as_slice()));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_intent_that_nobody_asks_for_again_is_signed_by_itself() {
    let house = house().await;
    let (mut enrolment, _) = unsigned(&house).await;
    let app = &house.world.app;
    assert_eq!(
        built_in::resume(app, app.now()).await.unwrap(),
        0,
        "it may be being signed now"
    );
    let later = app.now().plus_seconds(120);
    assert_eq!(built_in::resume(app, later).await.unwrap(), 1);
    let stored = house.ledger().await.remove(0).certificate.unwrap();
    assert_eq!(issued(ask(&house, &mut enrolment).await), stored);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revocation_whose_list_was_never_published_stands_in_the_next_one() {
    let house = House::new().await;
    let order = house.order("CN=ada").await;
    let mut first = enrolment(&house, "ada", Some(&order.challenge.0), signer(&house, "x")).await;
    issued(ask(&house, &mut first).await);
    let app = &house.world.app;
    assert_eq!(built_in::publish_due(app).await.unwrap(), 0, "the list is fresh");
    let (id, at) = (house.ledger().await.remove(0).id, app.now());
    app.store
        .write(move |tx| {
            let id = id.clone();
            let reason = RevocationReason::KeyCompromise;
            Box::pin(async move { store::issuances::revoke(tx, &id, &Revoked { at, reason }).await })
        })
        .await
        .unwrap();
    assert_eq!(built_in::publish_due(app).await.unwrap(), 1);
    let (_, list) = super::client::get(&house, "/ca/sceau-test-ca/crl").await;
    let (_, list) = CertificateRevocationList::from_der(&list).unwrap();
    assert_eq!(list.iter_revoked_certificates().count(), 1);
    assert_eq!(built_in::publish_due(app).await.unwrap(), 0);
}
