//! Renewals: by the certificate that is renewed, for what was ordered.

use domain::{actor::Actor, issuance::RevocationReason};
use sceau::actions::built_in;
use scep::{Enrolment, Identity, RsaKey};

use super::{
    House,
    client::{ask, capabilities, certificates, enrolment, issued, refusal, signer, subject},
};

/// A certificate of an order, with its key.
async fn enrolled(house: &House, name: &str) -> Identity {
    let order = house.order(&format!("CN={name}")).await;
    let signer = signer(house, "x");
    let key = signer.key.clone();
    let mut first = enrolment(house, name, Some(&order.challenge.0), signer).await;
    Identity {
        certificate: issued(ask(house, &mut first).await),
        key,
    }
}

/// A renewal of this name under a key, signed by this identity.
async fn renewal(house: &House, name: &str, key: &RsaKey, signer: Identity) -> Enrolment {
    let csr = scep::CsrBuilder::new(subject(name)).build(key).unwrap();
    Enrolment::new(certificates(house).await, &capabilities(house).await, csr, signer).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_renews_itself_under_its_key_and_under_a_new_one() {
    let house = House::new().await;
    let old = enrolled(&house, "ada").await;
    let mut same_key = renewal(&house, "ada", &old.key, old.clone()).await.as_renewal();
    let second = issued(ask(&house, &mut same_key).await);
    assert_ne!(second, old.certificate);
    assert_eq!(
        issued(ask(&house, &mut same_key).await),
        second,
        "the same renewal again"
    );

    // Old clients renew with a PKCSReq that the old certificate signs.
    let new_key = RsaKey::generate(2048).unwrap();
    let mut rekeyed = renewal(&house, "ada", &new_key, old).await;
    issued(ask(&house, &mut rekeyed).await);
    assert_eq!(house.ledger().await.len(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_else_renews() {
    let house = House::new().await;
    let ada = enrolled(&house, "ada").await;
    let not_ours = "the signer's certificate is not one of this authority that counts now";

    let stranger = signer(&house, "ada");
    let mut forged = renewal(&house, "ada", &stranger.key.clone(), stranger)
        .await
        .as_renewal();
    assert_eq!(refusal(ask(&house, &mut forged).await), not_ours);

    // A self-signed certificate that bears the authority's name.
    let name = x509_name(certificates(&house).await.issuer().der());
    let now = house.world.app.now().seconds();
    let named = scep::SignerCertificate::new(name, now - 60, now + 3600)
        .issue(RsaKey::generate(2048).unwrap())
        .unwrap();
    let mut named = renewal(&house, "ada", &named.key.clone(), named)
        .await
        .as_renewal();
    assert_eq!(refusal(ask(&house, &mut named).await), not_ours);

    // One of another authority of the same name.
    let other = House::new().await;
    let foreign = enrolled(&other, "ada").await;
    let mut foreign = renewal(&house, "ada", &foreign.key.clone(), foreign)
        .await
        .as_renewal();
    assert_eq!(refusal(ask(&house, &mut foreign).await), not_ours);

    // Another subject.
    let mut other_name = renewal(&house, "administrator", &ada.key, ada.clone())
        .await
        .as_renewal();
    assert!(refusal(ask(&house, &mut other_name).await).contains("administrator"));

    // A revoked one.
    let issuance = house.ledger().await.remove(0);
    built_in::revoke(
        &house.world.app,
        &Actor::CommandLine,
        &issuance.id,
        RevocationReason::KeyCompromise,
    )
    .await
    .unwrap();
    let mut revoked = renewal(&house, "ada", &ada.key, ada.clone()).await.as_renewal();
    assert_eq!(refusal(ask(&house, &mut revoked).await), not_ours);
    assert_eq!(house.ledger().await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn orders_under_one_transaction_id_get_each_its_own_certificate() {
    let house = House::new().await;
    let (ada, bea) = (house.order("CN=ada").await, house.order("CN=bea").await);
    // Clients name a transaction after its key: two orders with one key share it.
    let one_key = signer(&house, "x");
    let mut first = enrolment(&house, "ada", Some(&ada.challenge.0), one_key.clone()).await;
    let mut second = enrolment(&house, "bea", Some(&bea.challenge.0), one_key).await;
    assert_eq!(first.transaction_id(), second.transaction_id());
    let (adas, beas) = (
        issued(ask(&house, &mut first).await),
        issued(ask(&house, &mut second).await),
    );
    assert_ne!(adas, beas);
    assert_eq!(issued(ask(&house, &mut first).await), adas);
    assert_eq!(issued(ask(&house, &mut second).await), beas);

    // Under another key the name opens nothing: the challenge is spent.
    let mut thief = enrolment(&house, "ada", Some(&ada.challenge.0), signer(&house, "y"))
        .await
        .with_transaction_id(first.transaction_id().clone());
    let words = "the challenge was used before";
    assert_eq!(refusal(ask(&house, &mut thief).await), words);
    assert_eq!(house.ledger().await.len(), 2);
}

fn x509_name(der: &[u8]) -> Vec<u8> {
    use x509_parser::prelude::{FromDer as _, X509Certificate};
    let (_, parsed) = X509Certificate::from_der(der).unwrap();
    parsed.subject().as_raw().to_vec()
}
