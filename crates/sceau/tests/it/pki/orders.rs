//! Renewals at an order's address.

use domain::{actor::Actor, transaction::Transaction};
use sceau::actions::{
    authorities,
    orders::{PlacedOrder, place_order, transactions_of},
};
use scep::{CsrBuilder, Enrolment, Identity, MessageType, Outcome, RsaKey, TransactionId};
use serde_json::json;

use super::{
    client::{SUBJECT, capabilities, certificates, enrolment, post, signer},
    distribute,
};
use crate::{
    laboratory::Laboratory,
    site::{PUBLIC, Reply, Site},
};

/// An order whose certificate was issued.
struct Enrolled {
    site: Site,
    laboratory: Laboratory,
    order: PlacedOrder,
    path: String,
    holder: Identity,
}

async fn ordered(site: &Site, subject: &str) -> PlacedOrder {
    let all = authorities::list(&site.app, &Actor::CommandLine).await.unwrap();
    let form = json!({ "authority": all[0].id.to_string(), "subject": subject });
    let form = serde_json::from_value(form).unwrap();
    place_order(&site.app, &Actor::CommandLine, form).await.unwrap()
}

fn path(order: &PlacedOrder) -> String {
    order.scep_url.strip_prefix(PUBLIC).unwrap().to_owned()
}

fn copy(key: &RsaKey) -> RsaKey {
    RsaKey::from_pkcs8(&key.to_pkcs8().unwrap()).unwrap()
}

/// Enrols with an order, approving where that is wanted; the certificate with its key.
async fn enrolled(site: &Site, laboratory: &Laboratory, order: &PlacedOrder) -> Identity {
    let identity = signer(site);
    let key = copy(&identity.key);
    let path = path(order);
    let mut enrolment = enrolment(site, &path, &order.challenge.0, identity).await;
    let request = enrolment.write_request().unwrap();
    let mut reply = post(site, &path, request).await.expect(200);
    if enrolment.read_reply(&reply.body).unwrap() == Outcome::Pending {
        laboratory.approve();
        let poll = enrolment.write_poll().unwrap();
        reply = post(site, &path, poll).await.expect(200);
    }
    let Outcome::Issued(issued) = enrolment.read_reply(&reply.body).unwrap() else {
        panic!("not issued")
    };
    Identity {
        certificate: issued[0].clone(),
        key,
    }
}

impl Enrolled {
    async fn at(laboratory: Laboratory) -> Self {
        let site = Site::new().await;
        distribute(&site.app, &laboratory).await;
        let order = ordered(&site, "CN=laboratory").await;
        let holder = enrolled(&site, &laboratory, &order).await;
        Self {
            path: path(&order),
            site,
            laboratory,
            order,
            holder,
        }
    }

    /// A request for a new key, signed by the certificate that the order got.
    async fn renewal(&self, name: &str) -> Enrolment {
        let holder = Identity {
            certificate: self.holder.certificate.clone(),
            key: copy(&self.holder.key),
        };
        self.signed_by(holder, name).await
    }

    async fn signed_by(&self, holder: Identity, name: &str) -> Enrolment {
        let key = RsaKey::generate(2048).unwrap();
        let csr = CsrBuilder::new(SUBJECT).build(&key).unwrap();
        let (chain, can) = (
            certificates(&self.site, &self.path).await,
            capabilities(&self.site, &self.path).await,
        );
        Enrolment::new(chain, &can, csr, holder)
            .unwrap()
            .with_transaction_id(TransactionId::new(name).unwrap())
    }

    async fn send(&self, enrolment: &mut Enrolment) -> Reply {
        let message = enrolment.write_request().unwrap();
        post(&self.site, &self.path, message).await
    }

    async fn transactions(&self) -> Vec<Transaction> {
        transactions_of(&self.site.app, &Actor::CommandLine, &self.order.id)
            .await
            .unwrap()
    }
}

#[tokio::test]
async fn a_renewal_by_the_orders_certificate_passes_and_is_a_transaction_of_its_own() {
    let enrolled = Enrolled::at(Laboratory::start(false, 5).await).await;
    // Long after the challenge: its life limits the first request alone.
    enrolled.site.pass(30 * 86_400);
    for (name, renewal) in [
        ("renewal-17", enrolled.renewal("renewal-17").await.as_renewal()),
        ("renewal-19", enrolled.renewal("renewal-19").await),
    ] {
        let mut renewal = renewal;
        let message = renewal.write_request().unwrap();
        let reply = post(&enrolled.site, &enrolled.path, message.clone())
            .await
            .expect(200);
        assert!(
            matches!(renewal.read_reply(&reply.body), Ok(Outcome::Issued(_))),
            "{name}"
        );
        let again = post(&enrolled.site, &enrolled.path, message).await.expect(200);
        assert_eq!(again.body, reply.body, "a repeated renewal gets the same answer");
    }
    assert_eq!(enrolled.laboratory.issued().len(), 3);
    let seen: Vec<_> = enrolled
        .transactions()
        .await
        .into_iter()
        .map(|one| (one.message_type, one.renews_sha256.is_some(), one.state.name()))
        .collect();
    assert_eq!(
        seen,
        [
            (19, false, "succeeded"),
            (17, true, "succeeded"),
            (19, true, "succeeded")
        ]
    );
}

#[tokio::test]
async fn a_renewal_under_the_first_transactions_name_is_no_repetition_of_it() {
    let enrolled = Enrolled::at(Laboratory::start(false, 5).await).await;
    let name = TransactionId::of_key(enrolled.holder.key.public_key_der());
    let mut renewal = enrolled.renewal(name.as_str()).await.as_renewal();
    let reply = enrolled.send(&mut renewal).await.expect(200);
    assert!(matches!(renewal.read_reply(&reply.body), Ok(Outcome::Issued(_))));
    assert_eq!(enrolled.transactions().await.len(), 2);
}

#[tokio::test]
async fn a_renewal_by_no_certificate_of_this_order_never_reaches_the_authority() {
    let enrolled = Enrolled::at(Laboratory::start(false, 5).await).await;
    // Signed by itself, and so with the right names and a forged issuer at best.
    let forged = signer(&enrolled.site);
    let mut forged = enrolled.signed_by(forged, "forged").await.as_renewal();
    enrolled.send(&mut forged).await.expect(403);
    // Issued by this authority, for another order's subject.
    let other = ordered(&enrolled.site, "CN=somebody else").await;
    let foreign = enrolled_as(&enrolled, &other).await;
    let address = Enrolled {
        path: path(&other),
        order: other,
        holder: foreign,
        ..enrolled
    };
    let mut foreign = address.renewal("foreign").await.as_renewal();
    address.send(&mut foreign).await.expect(403);
    assert_eq!(address.laboratory.issued().len(), 2);
    assert_eq!(address.transactions().await.len(), 1);
}

/// The client behind the other order chose the laboratory's own subject, as NDES lets it.
async fn enrolled_as(enrolled: &Enrolled, other: &PlacedOrder) -> Identity {
    self::enrolled(&enrolled.site, &enrolled.laboratory, other).await
}

#[tokio::test]
async fn a_renewal_by_a_certificate_that_has_ended_is_refused() {
    let enrolled = Enrolled::at(Laboratory::start(false, 5).await).await;
    let mut renewal = enrolled.renewal("late").await.as_renewal();
    enrolled.site.pass(366 * 86_400);
    enrolled.send(&mut renewal).await.expect(403);
    assert_eq!(enrolled.laboratory.issued().len(), 1);
}

#[tokio::test]
async fn one_renewal_runs_at_a_time() {
    let enrolled = Enrolled::at(Laboratory::start_with_approval().await).await;
    let mut first = enrolled.renewal("first").await.as_renewal();
    let reply = enrolled.send(&mut first).await.expect(200);
    assert_eq!(first.read_reply(&reply.body).unwrap(), Outcome::Pending);
    let mut second = enrolled.renewal("second").await.as_renewal();
    enrolled.send(&mut second).await.expect(403);
    enrolled.laboratory.approve();
    let poll = first.write_poll().unwrap();
    let reply = post(&enrolled.site, &enrolled.path, poll).await.expect(200);
    assert!(matches!(first.read_reply(&reply.body), Ok(Outcome::Issued(_))));
    let reply = enrolled.send(&mut second).await.expect(200);
    assert_eq!(second.read_reply(&reply.body).unwrap(), Outcome::Pending);
    let kinds: Vec<_> = enrolled
        .transactions()
        .await
        .iter()
        .map(|one| one.message_type)
        .collect();
    let (poll, renewal) = (MessageType::CertPoll as i64, MessageType::RenewalReq as i64);
    assert_eq!(kinds, [poll, poll, renewal]);
}
