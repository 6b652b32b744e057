//! One-time codes: typed instead of a password, spent with the enrolment, worth nothing afterwards.

use domain::{actor::Actor, person::PersonId};
use sceau::actions::enrolment_codes::{code_of, make_code, take_code_back};

use super::{admission::of_device, password::fault};
use crate::site::{
    Site,
    capture::{PERSON, captured, enrolment_request_with},
    computer::identity_in,
};

async fn site() -> (Site, PersonId) {
    let site = Site::new().await;
    // No password at all: the code is the only way in.
    let person = site.person(PERSON.0, None).await;
    (site, person)
}

async fn made(site: &Site, person: &PersonId, hours: u32) -> String {
    let fresh = make_code(&site.app, &Actor::CommandLine, person, hours)
        .await
        .unwrap();
    fresh.code.to_string()
}

fn with(code: &str) -> String {
    enrolment_request_with(&[(">demo<", &format!(">{code}<"))])
}

fn other_device(n: u8, code: &str) -> String {
    of_device(n).replace(">demo<", &format!(">{code}<"))
}

#[tokio::test]
async fn a_code_enrols_one_device_however_it_is_typed_and_the_lost_answer_is_given_again() {
    let (site, person) = site().await;
    let code = made(&site, &person, 24).await;
    assert_eq!(code.len(), 11, "two groups of five");
    let typed = code.to_lowercase().replace('-', " ");
    let first = site.enrolment("Enrollment", with(&typed)).await.expect(200);
    let again = site.enrolment("Enrollment", with(&code)).await.expect(200);
    assert_eq!(identity_in(&first.body), identity_in(&again.body));
    let second = site.enrolment("Enrollment", other_device(2, &code)).await;
    assert_eq!(second.status, 500, "a second device");
    assert!(second.text().contains("s:Authentication"), "{}", second.text());
    assert_eq!(site.devices().await.len(), 1);
    let known = code_of(&site.app, &Actor::CommandLine, &person)
        .await
        .unwrap()
        .unwrap();
    assert!(known.is_spent);
}

#[tokio::test]
async fn of_two_devices_with_one_code_at_the_same_time_one_gets_in() {
    let (site, person) = site().await;
    let code = made(&site, &person, 24).await;
    let (one, two) = tokio::join!(
        site.enrolment("Enrollment", other_device(1, &code)),
        site.enrolment_from("198.51.100.1", "Enrollment", other_device(2, &code)),
    );
    let mut statuses = [one.status, two.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 500]);
    assert_eq!(site.devices().await.len(), 1);
}

#[tokio::test]
async fn an_old_a_replaced_and_a_withdrawn_code_are_worth_nothing() {
    let (site, person) = site().await;
    let old = made(&site, &person, 1).await;
    site.pass(3601);
    assert_eq!(
        fault(&site.enrolment("Enrollment", with(&old)).await).0,
        "s:Authentication"
    );
    let replaced = made(&site, &person, 24).await;
    let withdrawn = made(&site, &person, 24).await;
    assert_eq!(
        fault(&site.enrolment("Enrollment", with(&replaced)).await).0,
        "s:Authentication"
    );
    take_code_back(&site.app, &Actor::CommandLine, &person)
        .await
        .unwrap();
    site.pass(10);
    assert_eq!(
        fault(&site.enrolment("Enrollment", with(&withdrawn)).await).0,
        "s:Authentication"
    );
    let twice = take_code_back(&site.app, &Actor::CommandLine, &person).await;
    assert_eq!(
        twice.expect_err("there is none").refusals()[0].key,
        "error-code-none"
    );
    assert!(site.devices().await.is_empty());
}

#[tokio::test]
async fn the_password_goes_on_to_work_beside_a_code_and_spends_none() {
    let site = Site::new().await;
    let person = site.person(PERSON.0, Some(PERSON.1)).await;
    let code = made(&site, &person, 24).await;
    site.enrolment("Enrollment", captured("07_client_rst-wstep.xml"))
        .await
        .expect(200);
    let known = code_of(&site.app, &Actor::CommandLine, &person)
        .await
        .unwrap()
        .unwrap();
    assert!(!known.is_spent);
    site.enrolment("Enrollment", other_device(2, &code))
        .await
        .expect(200);
}

#[tokio::test]
async fn guessed_codes_are_slowed_down_like_passwords() {
    let (site, person) = site().await;
    let code = made(&site, &person, 24).await;
    for _ in 0..8 {
        let reply = site
            .enrolment_from("192.0.2.7", "Enrollment", with("00000-00000"))
            .await;
        assert_eq!(fault(&reply).0, "s:Authentication");
        site.pass(2);
    }
    let early = site.enrolment_from("192.0.2.7", "Enrollment", with(&code)).await;
    assert_eq!(fault(&early).0, "s:Authentication");
    assert!(site.devices().await.is_empty());
    site.pass(301);
    site.enrolment_from("192.0.2.7", "Enrollment", with(&code))
        .await
        .expect(200);
}

#[tokio::test]
async fn a_refused_enrolment_spends_no_code() {
    let (site, person) = site().await;
    let code = made(&site, &person, 24).await;
    let closed = domain::admission::Admission {
        is_closed: true,
        ..Default::default()
    };
    sceau::actions::admission::change_admission(&site.app, &Actor::CommandLine, closed)
        .await
        .unwrap();
    assert_eq!(site.enrolment("Enrollment", with(&code)).await.status, 500);
    let known = code_of(&site.app, &Actor::CommandLine, &person)
        .await
        .unwrap()
        .unwrap();
    assert!(!known.is_spent);
}
