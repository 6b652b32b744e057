//! A device is told to get its certificate from a built-in authority.

use domain::{
    actor::Actor, built_in::Rules, external_ca::Authority, issuance::IssuanceState, operator::Role,
    transaction::Owner,
};
use lab::device::tree::EnrolOrder;
use sceau::actions::built_in;
use scep::Outcome;

use super::client::refusal;
use crate::{
    console::browser::Browser,
    pki::client,
    site::{PUBLIC, Site, computer::Computer, own_authority::distributed},
    world::World,
};

/// A device that was told to enrol with an authority of the server's own.
pub struct Told {
    pub site: Site,
    pub authority: Authority,
    pub computer: Computer,
    pub order: EnrolOrder,
}

impl Told {
    /// The configuration orders certificates for this subject.
    pub async fn to_enrol(subject: &str) -> Self {
        Self::with(subject, Rules::default()).await
    }

    /// The same at an authority with these rules.
    pub async fn with(subject: &str, rules: Rules) -> Self {
        let site = Site::new().await;
        let authority = distributed(&site, rules, |form| subject.clone_into(&mut form.subject)).await;
        let person = ("ada", "secret of enrolment");
        site.person(person.0, Some(person.1)).await;
        let mut computer = Computer::new(1);
        computer.enrol(&site, person).await;
        let order = computer.talk(&site).await.expect("an enrolment is ordered");
        Self {
            site,
            authority,
            computer,
            order,
        }
    }

    /// Path of the address that the device was given.
    pub fn path(&self) -> &str {
        self.order.server_urls[0].strip_prefix(PUBLIC).unwrap()
    }

    /// The enrolment that the device was told to make, for `CN=laboratory`.
    pub async fn enrolment(&self) -> scep::Enrolment {
        let signer = client::signer(&self.site);
        client::enrolment(&self.site, self.path(), &self.order.challenge, signer).await
    }

    /// Sends a message and reads the answer to it.
    pub async fn ask(&self, enrolment: &mut scep::Enrolment) -> Outcome {
        let message = enrolment.write_request().unwrap();
        let reply = client::post(&self.site, self.path(), message).await.expect(200);
        enrolment.read_reply(&reply.body).unwrap()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_device_gets_the_certificate_that_its_configuration_orders() {
    let told = Told::to_enrol("CN=laboratory").await;
    let mut enrolment = told.enrolment().await;
    match told.ask(&mut enrolment).await {
        Outcome::Issued(certificates) => assert!(!certificates.is_empty()),
        other => panic!("not issued: {other:?}"),
    }
    let (app, id) = (&told.site.app, &told.authority.id);
    let ledger = built_in::issuances(app, &Actor::CommandLine, id, None, 10)
        .await
        .unwrap();
    assert_eq!(ledger.len(), 1);
    assert_eq!(ledger[0].state, IssuanceState::Issued);
    assert!(matches!(ledger[0].owner, Owner::Delivery(_)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_stands_on_the_devices_timeline_in_the_readers_language() {
    let told = Told::to_enrol("CN=somebody").await;
    let mut enrolment = told.enrolment().await;
    // The client's person is told in English (RFC 8894 §3.2.1.4).
    assert_eq!(
        refusal(told.ask(&mut enrolment).await),
        "the subject's attribute 2.5.4.3 with the value \"laboratory\" was not ordered"
    );
    let world = World {
        app: told.site.app.clone(),
        folder: tempfile::tempdir().unwrap(),
    };
    let mut browser = Browser::signed_in(&world, Role::Administrator).await;
    let device = told.site.device(&told.computer.device_id).await;
    for (language, words) in [
        (
            "fr",
            "La demande veut CN « laboratory » dans le sujet, ce qui n&#39;était pas commandé.",
        ),
        (
            "en",
            "The request asks for CN “laboratory” in the subject, which was not ordered.",
        ),
    ] {
        browser.language = language;
        let page = browser
            .get(&format!("/devices/{}", device.id))
            .await
            .expect(200)
            .text;
        assert!(page.contains(words), "{words}: {page}");
        assert!(!page.contains("the subject&#39;s attribute"), "{page}");
    }
}
