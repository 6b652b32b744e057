//! Deliveries from an authority with one fixed challenge: every device gets it, none waits for another, and it stands
//! nowhere but in what devices are told.

use domain::{
    actor::Actor,
    assignment::Scope,
    delivery::{Delivery, DeliveryState, Proof},
    external_ca::{Authority, AuthorityForm, AuthorityKind, Password},
    scep_configuration::ConfigurationForm,
};
use lab::device::tree::EnrolOrder;
use sceau::actions::{
    assignments::{AssignmentForm, put_assignment},
    authorities, configurations,
};
use scep::Outcome;

use crate::{
    laboratory::Laboratory,
    pki::client::{enrolment, post, signer},
    site::{PUBLIC, Site, computer::Computer},
};

const CHALLENGE: &str = "canary-of-all 77,(x)";
const PERSON: (&str, &str) = ("ada", "secret of enrolment");
const ACTOR: Actor = Actor::CommandLine;

/// An authority with the fixed challenge, and a configuration of it for everyone.
async fn distributed(site: &Site, laboratory: &Laboratory) -> Authority {
    let form = AuthorityForm {
        name: "Elsewhere".to_owned(),
        kind: AuthorityKind::GenericScep,
        scep_url: laboratory.scep_url(),
        static_challenge: Some(Password::new(CHALLENGE.to_owned())),
        ..AuthorityForm::default()
    };
    let authority = authorities::add_authority(&site.app, &ACTOR, &form)
        .await
        .unwrap();
    let form = ConfigurationForm {
        name: "Wi-Fi".to_owned(),
        authority_id: authority.id.to_string(),
        subject: "CN=laboratory".to_owned(),
        ..ConfigurationForm::default()
    };
    let saved = configurations::add_configuration(&site.app, &ACTOR, &form)
        .await
        .unwrap();
    let form = AssignmentForm {
        is_enabled: true,
        scope: Scope::All,
    };
    put_assignment(&site.app, &ACTOR, &saved.configuration.id, form)
        .await
        .unwrap();
    authority
}

/// More devices than an authority has slots, each told to enrol and none of them doing it yet.
async fn told(site: &Site, devices: u8) -> Vec<(Computer, EnrolOrder)> {
    site.person(PERSON.0, Some(PERSON.1)).await;
    let mut told = Vec::new();
    for number in 1..=devices {
        let mut computer = Computer::new(number);
        computer.enrol(site, PERSON).await;
        let order = computer.talk(site).await;
        told.push((computer, order.unwrap_or_else(|| panic!("device {number} waits"))));
    }
    told
}

async fn delivery(site: &Site, computer: &Computer) -> Delivery {
    let device = site.device(&computer.device_id).await.id;
    let read = site.app.store.read(move |tx| {
        let device = device.clone();
        Box::pin(async move { store::deliveries::of_device(tx, &device).await })
    });
    read.await.unwrap().remove(0)
}

#[tokio::test]
async fn everyone_is_given_it_and_no_slot_is_held() {
    let site = Site::new().await;
    let laboratory = Laboratory::start_with_one_challenge(CHALLENGE).await;
    let authority = distributed(&site, &laboratory).await;
    let mut told = told(&site, 7).await;
    for (_, order) in &told {
        assert_eq!(*order.challenge, CHALLENGE);
    }
    let usage = authorities::usage(&site.app, &ACTOR, &authority.id)
        .await
        .unwrap();
    assert_eq!(
        usage.held_slots, 0,
        "seven are out, and five slots would be the limit"
    );
    let (id, now) = (authority.id.clone(), site.app.now());
    let ledger = site.app.store.read(move |tx| {
        let id = id.clone();
        Box::pin(async move { store::challenges::totals(tx, Some(&id), now).await })
    });
    assert_eq!(ledger.await.unwrap(), store::challenges::Totals::default());

    let (computer, order) = &mut told[0];
    let path = order.server_urls[0].strip_prefix(PUBLIC).unwrap().to_owned();
    let mut asked = enrolment(&site, &path, &order.challenge, signer(&site)).await;
    let reply = post(&site, &path, asked.write_request().unwrap())
        .await
        .expect(200);
    let Outcome::Issued(issued) = asked.read_reply(&reply.body).unwrap() else {
        panic!("not issued")
    };
    computer.install(&order.unique_id, &issued[0]);
    assert!(
        computer.talk(&site).await.is_none(),
        "nothing is ordered a second time"
    );
    let state = delivery(&site, computer).await.state;
    let proved = DeliveryState::Verified {
        sha1: domain::thumbprint::Sha1::of(&issued[0]),
        by: Proof::Certificate,
    };
    assert_eq!(state, proved);
    assert_eq!(laboratory.issued().len(), 1);
}

#[tokio::test]
async fn it_stands_in_no_file_and_on_no_timeline() {
    let site = Site::new().await;
    let laboratory = Laboratory::start_with_one_challenge(CHALLENGE).await;
    distributed(&site, &laboratory).await;
    let told = told(&site, 1).await;
    let (computer, order) = &told[0];
    let device = site.device(&computer.device_id).await;
    let timeline = format!("{:?}", site.timeline(&device.id).await);
    assert!(!timeline.contains("canary"), "{timeline}");
    let token = order.server_urls[0].rsplit('/').next().unwrap();
    let mut has_read_the_database = false;
    for entry in std::fs::read_dir(&site.app.settings.data_dir).unwrap() {
        let octets = std::fs::read(entry.unwrap().path()).unwrap();
        let stands = |needle: &str| octets.windows(needle.len()).any(|at| at == needle.as_bytes());
        assert!(
            !stands(CHALLENGE) && !stands(token),
            "a secret stands in the data folder"
        );
        has_read_the_database |= stands(PERSON.0) && stands("Elsewhere");
    }
    assert!(has_read_the_database);
}
