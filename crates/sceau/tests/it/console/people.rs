//! People in the console, and what follows from a change.

use domain::{
    actor::Actor,
    assignment::Scope,
    delivery::{Delivery, DeliveryState, Plan, Proof},
    device::Device,
    operator::Role,
    person::PersonId,
    scep_configuration::{Configuration, ConfigurationForm, ConfigurationId},
    thumbprint::Sha1,
};
use sceau::actions::{
    assignments::{self, AssignmentForm},
    authorities, configurations,
};

use super::browser::{Browser, location, value_of};
use crate::{laboratory::Laboratory, world::World};

async fn configuration(world: &World, laboratory: &Laboratory) -> Configuration {
    let actor = Actor::CommandLine;
    let form = domain::external_ca::AuthorityForm {
        name: "Laboratory".to_owned(),
        scep_url: laboratory.scep_url(),
        username: Laboratory::USER.to_owned(),
        password: Some(domain::external_ca::Password::new(
            Laboratory::PASSWORD.to_owned(),
        )),
        challenge_url: laboratory.challenge_url(),
        is_plain_http_accepted: true,
        ..Default::default()
    };
    let authority = authorities::add_authority(&world.app, &actor, &form)
        .await
        .unwrap();
    let form = ConfigurationForm {
        name: "Wi-Fi".to_owned(),
        authority_id: authority.id.to_string(),
        subject: "CN=${userEmailAddress}".to_owned(),
        ..ConfigurationForm::default()
    };
    let saved = configurations::add_configuration(&world.app, &actor, &form)
        .await
        .unwrap();
    let all = AssignmentForm {
        is_enabled: true,
        scope: Scope::All,
    };
    assignments::put_assignment(&world.app, &actor, &saved.configuration.id, all)
        .await
        .unwrap();
    saved.configuration
}

/// A device of the person that holds a verified certificate for the subject.
async fn device_with_certificate(
    world: &World,
    person: PersonId,
    configuration: &Configuration,
    subject: &str,
) -> Device {
    let now = world.app.now();
    let device = Device {
        id: world.app.fresh_id(),
        name: "PC-0001".to_owned(),
        person_id: Some(person),
        windows_id: "0".repeat(32),
        hardware_id: None,
        enrollment_type: "Device".to_owned(),
        os_version: None,
        manufacturer: None,
        model: None,
        serial_number: None,
        language: None,
        imei: None,
        wifi_mac: None,
        inventory: Default::default(),
        is_polling_fast: false,
        enrolled_at: now,
        last_seen_at: now,
        unenrolled_at: None,
        left_how: None,
        removal: None,
    };
    let plan = Plan {
        id: world.app.fresh_id(),
        device_id: device.id.clone(),
        configuration,
        attempt: 1,
        charged: 0,
        not_before: now,
    };
    let sha1 = Sha1::parse("0123456789ABCDEF0123456789ABCDEF01234567").unwrap();
    let delivery = Delivery {
        state: DeliveryState::Verified {
            sha1,
            by: Proof::Thumbprint,
        },
        subject: subject.to_owned(),
        is_on_device: true,
        ..Delivery::planned(plan, now)
    };
    let kept = device.clone();
    world
        .app
        .store
        .write(move |tx| {
            let (device, delivery) = (kept.clone(), delivery.clone());
            Box::pin(async move {
                store::devices::insert(tx, &device).await?;
                store::deliveries::insert(tx, &delivery).await
            })
        })
        .await
        .unwrap();
    device
}

async fn current(world: &World, device: &Device, configuration: &ConfigurationId) -> Delivery {
    let (device, configuration) = (device.id.clone(), configuration.clone());
    let found: Result<_, store::Error> = world
        .app
        .store
        .read(move |tx| {
            Box::pin(async move { store::deliveries::current(tx, &device, &configuration).await })
        })
        .await;
    found.unwrap().unwrap()
}

#[tokio::test]
async fn an_attribute_that_changes_has_its_certificates_issued_again() {
    let (world, laboratory) = (World::new().await, Laboratory::start(false, 5).await);
    let mut browser = Browser::signed_in(&world, Role::Administrator).await;
    browser.get("/people/new").await;
    let anne = [
        ("username", "anne"),
        ("password", "enrolment-secret"),
        ("email", "anne@lab.test"),
        ("custom", "badge=4711"),
    ];
    location(&browser.post("/people/new", &anne).await);
    let list = browser.get("/people").await.text;
    let id = list
        .split("/people/")
        .find_map(|rest| PersonId::parse(rest.get(..32)?).ok())
        .unwrap();
    let configuration = configuration(&world, &laboratory).await;
    let device = device_with_certificate(&world, id.clone(), &configuration, "CN=anne@lab.test").await;

    let path = format!("/people/{id}");
    let page = browser.get(&path).await.text;
    assert_eq!(value_of(&page, "email").as_deref(), Some("anne@lab.test"));
    assert!(page.contains("badge=4711") && !page.contains("enrolment-secret"));

    location(
        &browser
            .post(
                &path,
                &[
                    ("username", "anne"),
                    ("email", "anne@lab.test"),
                    ("department", "Sales"),
                ],
            )
            .await,
    );
    let same = current(&world, &device, &configuration.id).await;
    assert_eq!(
        (same.attempt, same.state.name()),
        (1, "verified"),
        "nothing that the certificate carries changed"
    );

    location(
        &browser
            .post(&path, &[("username", "anne"), ("email", "anne.martin@lab.test")])
            .await,
    );
    let again = current(&world, &device, &configuration.id).await;
    assert_eq!((again.attempt, again.state.name()), (2, "waiting_for_device"));
    let activity = browser.get("/admin/activity").await.text;
    assert!(activity.contains("Person changed") && !activity.contains("enrolment-secret"));
    laboratory.stop().await;
}

#[tokio::test]
async fn what_is_wrong_with_a_person_is_said_at_its_field() {
    let world = World::new().await;
    let mut browser = Browser::signed_in(&world, Role::HelpDesk).await;
    browser.get("/people/new").await;
    let answer = browser
        .post(
            "/people/new",
            &[
                ("username", "anne martin"),
                ("email", "nowhere"),
                ("custom", "no sign"),
            ],
        )
        .await;
    assert_eq!(answer.status, 422);
    assert!(
        answer.text.contains("A custom attribute is written NAME=value"),
        "{}",
        answer.text
    );
    let answer = browser
        .post(
            "/people/new",
            &[("username", "anne martin"), ("email", "nowhere")],
        )
        .await;
    for words in [
        "This user name can&#39;t be used.",
        "An e-mail address is like name@example.com.",
    ] {
        assert!(answer.text.contains(words), "{words}");
    }
    location(
        &browser
            .post("/people/new", &[("username", "anne"), ("password", "secret")])
            .await,
    );
    let answer = browser
        .post("/people/new", &[("username", "ANNE"), ("password", "secret")])
        .await;
    assert!(
        answer.text.contains("This user name is taken already."),
        "{}",
        answer.text
    );
}
