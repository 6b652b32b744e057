//! The server died between handing a request to its own authority and storing what came of it: the ledger tells.

use domain::{
    actor::Actor,
    built_in::Rules,
    event::What,
    issuance::{Issuance, IssuanceState, RevocationReason},
    transaction::{Owner, Transaction, TransactionState},
};
use sceau::{
    actions::{
        built_in::{self, Decision},
        proxy::{mark_unanswered, resolve_unknown},
    },
    app::Shared,
};
use scep::{CsrBuilder, Enrolment, Identity, Outcome, RsaKey};

use super::{
    client::{issued, refusal},
    delivery::Told,
};
use crate::{pki::client, site::PUBLIC};

const APPROVED: Rules = Rules {
    needs_approval: true,
    is_legacy: false,
    crl_hours: 168,
};

pub async fn transactions(app: &Shared, owner: &Owner) -> Vec<Transaction> {
    let owner = owner.clone();
    app.store
        .read(move |tx| Box::pin(async move { store::transactions::by_owner(tx, &owner).await }))
        .await
        .unwrap()
}

pub async fn write(app: &Shared, record: &Transaction) {
    let record = record.clone();
    app.store
        .write(move |tx| {
            let record = record.clone();
            Box::pin(async move { store::transactions::update(tx, &record).await })
        })
        .await
        .unwrap();
}

/// The record as it stands while the authority has the request.
fn forgotten(record: &Transaction) -> Transaction {
    Transaction {
        state: TransactionState::Forwarded,
        answer: None,
        answered_at: None,
        ..record.clone()
    }
}

impl Told {
    async fn record(&self) -> Transaction {
        transactions(&self.site.app, &self.owner().await).await.remove(0)
    }

    async fn owner(&self) -> Owner {
        let device = self.site.device(&self.computer.device_id).await.id;
        let read = self.site.app.store.read(move |tx| {
            let device = device.clone();
            Box::pin(async move { store::deliveries::of_device(tx, &device).await })
        });
        Owner::Delivery(read.await.unwrap()[0].id.clone())
    }

    /// What a server leaves that was killed before it stored the answer; then one starts again.
    async fn crash(&self) {
        write(&self.site.app, &forgotten(&self.record().await)).await;
        self.restart().await;
    }

    async fn restart(&self) {
        let app = &self.site.app;
        assert_eq!(mark_unanswered(app, app.now()).await.unwrap(), 1);
    }

    async fn ledger(&self) -> Vec<Issuance> {
        let (app, id) = (&self.site.app, &self.authority.id);
        built_in::issuances(app, &Actor::CommandLine, id, None, 10)
            .await
            .unwrap()
    }

    /// What the ledger was found to say, oldest first.
    async fn found(&self) -> Vec<(String, Option<String>)> {
        let device = self.site.device(&self.computer.device_id).await.id;
        let told = self.site.timeline(&device).await.into_iter();
        told.filter_map(|what| match what {
            What::FoundInLedger { state, serial, .. } => Some((state, serial)),
            What::OutcomeUnknown { .. } => panic!("nothing is unknown here"),
            _ => None,
        })
        .collect()
    }

    async fn decide(&self, decision: Decision) -> Issuance {
        let id = self.ledger().await.remove(0).id;
        built_in::decide(&self.site.app, &Actor::CommandLine, &id, decision)
            .await
            .unwrap()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_that_was_issued_is_told_and_given_to_who_asks_again() {
    let told = Told::to_enrol("CN=laboratory").await;
    let mut enrolment = told.enrolment().await;
    let der = issued(told.ask(&mut enrolment).await);
    told.crash().await;
    let serial = told.ledger().await.remove(0).serial;
    assert_eq!(told.found().await, [("issued".to_owned(), Some(serial))]);
    assert_eq!(told.record().await.state, TransactionState::Succeeded);
    assert_eq!(issued(told.ask(&mut enrolment).await), der);
    assert_eq!(told.ledger().await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_that_nobody_asks_for_any_more_is_listed_as_not_installed() {
    let mut told = Told::to_enrol("CN=laboratory").await;
    let mut enrolment = told.enrolment().await;
    issued(told.ask(&mut enrolment).await);
    let first = told.record().await;
    write(&told.site.app, &forgotten(&first)).await;
    // HTTP 500, as Windows reports it: the delivery is over, and its request settled.
    let node = told.order.unique_id.clone();
    told.computer.fail(&node, -2_145_844_748);
    assert!(told.computer.talk(&told.site).await.is_none(), "not at once");
    let serial = told.ledger().await.remove(0).serial;
    assert_eq!(told.found().await, [("issued".to_owned(), Some(serial))]);
    let records = transactions(&told.site.app, &first.owner).await;
    assert_eq!(records[0].state, TransactionState::NotInstalled);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_intent_is_signed_by_itself_and_then_told() {
    let told = Told::with("CN=laboratory", APPROVED).await;
    let app = &told.site.app;
    let mut enrolment = told.enrolment().await;
    assert_eq!(told.ask(&mut enrolment).await, Outcome::Pending);
    let decided = told.ledger().await.remove(0).approved().unwrap();
    let kept = decided.clone();
    app.store
        .write(move |tx| {
            let kept = kept.clone();
            Box::pin(async move { store::issuances::decide(tx, &kept).await })
        })
        .await
        .unwrap();
    told.crash().await;
    let serial = Some(decided.serial);
    let intended = ("intended".to_owned(), serial.clone());
    assert_eq!(told.found().await, std::slice::from_ref(&intended));
    assert_eq!(told.record().await.state, TransactionState::OutcomeUnknown);
    assert_eq!(resolve_unknown(app).await.unwrap(), 0, "it isn't signed yet");

    told.site.pass(120);
    assert_eq!(built_in::resume(app, app.now()).await.unwrap(), 1);
    assert_eq!(resolve_unknown(app).await.unwrap(), 1);
    assert_eq!(told.found().await, [intended, ("issued".to_owned(), serial)]);
    assert_eq!(told.record().await.state, TransactionState::Succeeded);
    assert_eq!(resolve_unknown(app).await.unwrap(), 0, "it is told once");
    let stored = told.ledger().await.remove(0).certificate.unwrap();
    assert_eq!(issued(told.ask(&mut enrolment).await), stored);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_that_was_never_decided_is_lost_and_may_come_again() {
    let told = Told::to_enrol("CN=laboratory").await;
    let signer = client::signer(&told.site);
    let key = RsaKey::from_pkcs8(&signer.key.to_pkcs8().unwrap()).unwrap();
    let certificate = signer.certificate.clone();
    let wrong = "00112233445566778899aabbccddeeff";
    let mut lost = client::enrolment(&told.site, told.path(), wrong, signer).await;
    refusal(told.ask(&mut lost).await);
    told.crash().await;
    assert_eq!(told.found().await, [("nothing".to_owned(), None)]);
    let state = told.record().await.state;
    assert!(
        matches!(state, TransactionState::NotDelivered { .. }),
        "{state:?}"
    );
    let (path, challenge) = (told.path(), &told.order.challenge);
    let again = Identity { certificate, key };
    let mut again = client::enrolment(&told.site, path, challenge, again).await;
    assert_eq!(again.transaction_id(), lost.transaction_id());
    issued(told.ask(&mut again).await);
    assert_eq!(told.record().await.state, TransactionState::Succeeded);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_person_has_yet_to_decide_or_decided_is_told() {
    for (decision, state, name) in [
        (None, IssuanceState::Pending, "pending"),
        (Some(Decision::Refuse), IssuanceState::Refused, "refused"),
        (Some(Decision::Approve), IssuanceState::Issued, "revoked"),
    ] {
        let told = Told::with("CN=laboratory", APPROVED).await;
        let app = &told.site.app;
        let mut enrolment = told.enrolment().await;
        assert_eq!(told.ask(&mut enrolment).await, Outcome::Pending);
        if let Some(decision) = decision {
            let decided = told.decide(decision).await;
            if decision == Decision::Approve {
                let reason = RevocationReason::Superseded;
                built_in::revoke(app, &Actor::CommandLine, &decided.id, reason)
                    .await
                    .unwrap();
            }
        }
        told.crash().await;
        let entry = told.ledger().await.remove(0);
        assert_eq!(entry.state, state);
        assert_eq!(told.found().await, [(name.to_owned(), Some(entry.serial))]);
        let record = told.record().await.state;
        match decision {
            None => assert_eq!(record, TransactionState::Pending),
            Some(_) => assert!(
                matches!(
                    &record,
                    TransactionState::Refused {
                        fail_info: Some(2),
                        text: Some(_),
                        ..
                    }
                ),
                "{record:?}"
            ),
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_renewal_is_not_taken_for_the_first_certificate_of_its_name() {
    let told = Told::to_enrol("CN=laboratory").await;
    let (site, app) = (&told.site, &told.site.app);
    let form = serde_json::json!({ "authority": told.authority.id.to_string(), "subject": "CN=laboratory" });
    let form = serde_json::from_value(form).unwrap();
    let order = sceau::actions::orders::place_order(app, &Actor::CommandLine, form)
        .await
        .unwrap();
    let path = order.scep_url.strip_prefix(PUBLIC).unwrap();
    let signer = client::signer(site);
    let copy = || RsaKey::from_pkcs8(&signer.key.to_pkcs8().unwrap()).unwrap();
    let send = async |enrolment: &mut Enrolment| {
        let message = enrolment.write_request().unwrap();
        let reply = client::post(site, path, message).await.expect(200);
        issued(enrolment.read_reply(&reply.body).unwrap())
    };
    let identity = |certificate| Identity {
        certificate,
        key: copy(),
    };
    let first = identity(signer.certificate.clone());
    let mut first = client::enrolment(site, path, &order.challenge.0, first).await;
    let certificate = send(&mut first).await;
    // Under the same key and so the same name.
    let csr = CsrBuilder::new(client::SUBJECT).build(&copy()).unwrap();
    let (chain, can) = (
        client::certificates(site, path).await,
        client::capabilities(site, path).await,
    );
    let mut renewal = Enrolment::new(chain, &can, csr, identity(certificate))
        .unwrap()
        .as_renewal()
        .with_transaction_id(first.transaction_id().clone());
    send(&mut renewal).await;

    let owner = Owner::Order(order.id.clone());
    let records = transactions(app, &owner).await;
    assert_eq!(records.len(), 2);
    assert_eq!(records[0].transaction_id, records[1].transaction_id);
    let mut stranger = forgotten(&records[1]);
    stranger.renews_sha256 = Some("0".repeat(64));
    write(app, &forgotten(&records[0])).await;
    write(app, &stranger).await;
    assert_eq!(mark_unanswered(app, app.now()).await.unwrap(), 2);
    let states = |records: Vec<Transaction>| -> Vec<&str> {
        records.iter().map(|record| record.state.name()).collect()
    };
    let found = transactions(app, &owner).await;
    assert_eq!(states(found), ["succeeded", "not_delivered"]);
    write(app, &forgotten(&records[1])).await;
    assert_eq!(mark_unanswered(app, app.now()).await.unwrap(), 1);
    let found = transactions(app, &owner).await;
    assert_eq!(states(found), ["succeeded", "succeeded"]);
}
