//! A device is told to get its certificate from a built-in authority.

use domain::{
    actor::Actor, assignment::Scope, issuance::IssuanceState, scep_configuration::ConfigurationForm,
    transaction::Owner,
};
use sceau::actions::{
    assignments::{AssignmentForm, put_assignment},
    built_in::{self, BuiltInForm},
    configurations::add_configuration,
};
use scep::Outcome;

use crate::{
    pki::client,
    site::{PUBLIC, Site, computer::Computer},
};

#[tokio::test(flavor = "multi_thread")]
async fn a_device_gets_the_certificate_that_its_configuration_orders() {
    let (site, administrator) = (Site::new().await, Actor::CommandLine);
    let form = BuiltInForm {
        name: "Own".to_owned(),
        ..BuiltInForm::default()
    };
    let authority = built_in::add_built_in(&site.app, &administrator, &form)
        .await
        .unwrap();
    let form = ConfigurationForm {
        name: "Wi-Fi".to_owned(),
        authority_id: authority.id.to_string(),
        subject: "CN=laboratory".to_owned(),
        ..ConfigurationForm::default()
    };
    let saved = add_configuration(&site.app, &administrator, &form).await.unwrap();
    let form = AssignmentForm {
        is_enabled: true,
        scope: Scope::All,
    };
    put_assignment(&site.app, &administrator, &saved.configuration.id, form)
        .await
        .unwrap();
    let person = ("ada", "secret of enrolment");
    site.person(person.0, Some(person.1)).await;
    let mut computer = Computer::new(1);
    computer.enrol(&site, person).await;
    let order = computer.talk(&site).await.expect("an enrolment is ordered");

    let path = order.server_urls[0].strip_prefix(PUBLIC).unwrap();
    let signer = client::signer(&site);
    let mut enrolment = client::enrolment(&site, path, &order.challenge, signer).await;
    let message = enrolment.write_request().unwrap();
    let reply = client::post(&site, path, message).await.expect(200);
    match enrolment.read_reply(&reply.body).unwrap() {
        Outcome::Issued(certificates) => assert!(!certificates.is_empty()),
        other => panic!("not issued: {other:?}"),
    }
    let ledger = built_in::issuances(&site.app, &administrator, &authority.id, None, 10)
        .await
        .unwrap();
    assert_eq!(ledger.len(), 1);
    assert_eq!(ledger[0].state, IssuanceState::Issued);
    assert!(matches!(ledger[0].owner, Owner::Delivery(_)));
}
