//! Enrolment tokens: shown by a provisioning package as a password, or by a program as a BinarySecurityToken.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use domain::{actor::Actor, enrolment_token::EnrolmentToken};
use sceau::actions::enrolment_tokens::{TokenForm, list_tokens, make_token, withdraw_token};

use super::{admission::of_device, password::fault};
use crate::site::{
    Site,
    capture::{PERSON, captured, enrolment_request_with},
    computer::identity_in,
};

async fn made(devices: u32) -> (Site, String, EnrolmentToken) {
    let site = Site::new().await;
    let person = site.person(PERSON.0, None).await;
    let form = TokenForm {
        name: "Lobby".to_owned(),
        person_id: person,
        devices,
        days: 7,
    };
    let fresh = make_token(&site.app, &Actor::CommandLine, form).await.unwrap();
    (site, fresh.token.to_string(), fresh.known)
}

/// A device's request with the token as a password; a provisioning package names whom it likes.
fn package(n: u8, token: &str) -> String {
    of_device(n)
        .replace(">demo<", &format!(">{token}<"))
        .replace(PERSON.0, "package@example.org")
}

/// The captured request with a BinarySecurityToken of that value.
fn binary(value: &str) -> String {
    let whole = String::from_utf8(captured("07_client_rst-wstep.xml")).unwrap();
    let (before, rest) = whole.split_once("<wsse:UsernameToken").unwrap();
    let (_, after) = rest.split_once("</wsse:UsernameToken>").unwrap();
    format!(
        "{before}<wsse:BinarySecurityToken ValueType=\"http://schemas.microsoft.com/5.0.0.0/ConfigurationManager/\
         Enrollment/DeviceEnrollmentUserToken\" EncodingType=\"http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-\
         wssecurity-secext-1.0.xsd#base64binary\">{value}</wsse:BinarySecurityToken>{after}"
    )
}

async fn used(site: &Site) -> u32 {
    list_tokens(&site.app, &Actor::CommandLine).await.unwrap()[0].used
}

#[tokio::test]
async fn a_token_enrols_as_many_devices_as_it_says_and_counts_each_once() {
    let (site, token, _) = made(2).await;
    let first = site.enrolment("Enrollment", package(1, &token)).await.expect(200);
    let again = site.enrolment("Enrollment", package(1, &token)).await.expect(200);
    assert_eq!(identity_in(&first.body), identity_in(&again.body));
    assert_eq!(used(&site).await, 1, "the lost answer given again counts nothing");
    site.enrolment("Enrollment", package(2, &token)).await.expect(200);
    let third = site.enrolment("Enrollment", package(3, &token)).await;
    assert_eq!(third.status, 500);
    assert!(
        third.text().contains("s:Authentication") && third.text().contains("used up"),
        "{}",
        third.text()
    );
    let devices = site.devices().await;
    assert_eq!(devices.len(), 2);
    let person = devices[0].person_id.clone();
    assert!(
        person.is_some() && devices[1].person_id == person,
        "the token's person, not the one that was named"
    );
}

#[tokio::test]
async fn of_several_devices_at_once_no_more_get_in_than_the_token_says() {
    let (site, token, _) = made(2).await;
    let enrol = |n: u8| site.enrolment("Enrollment", package(n, &token));
    let (a, b, c, d) = tokio::join!(enrol(1), enrol(2), enrol(3), enrol(4));
    let granted = [a, b, c, d].iter().filter(|reply| reply.status == 200).count();
    assert_eq!(granted, 2);
    assert_eq!(site.devices().await.len(), 2);
}

#[tokio::test]
async fn a_program_shows_it_bare_in_base64_or_in_json() {
    for wrap in [
        |token: &str| token.to_owned(),
        |token: &str| STANDARD.encode(token),
        |token: &str| STANDARD.encode(format!(r#"{{"token":"{token}"}}"#)),
    ] {
        let (site, token, _) = made(1).await;
        site.enrolment("Enrollment", binary(&wrap(&token)))
            .await
            .expect(200);
        assert_eq!(used(&site).await, 1);
    }
}

#[tokio::test]
async fn a_withdrawn_an_old_and_an_invented_token_enrol_nothing() {
    let (site, token, known) = made(5).await;
    let invented = format!("sceau-enrol-{}", "0".repeat(32));
    assert_eq!(
        site.enrolment("Enrollment", package(1, &invented)).await.status,
        500
    );
    site.pass(7 * 86_400);
    assert_eq!(site.enrolment("Enrollment", package(2, &token)).await.status, 500);
    let (site, token, known_too) = made(5).await;
    assert_ne!(known.id, known_too.id);
    withdraw_token(&site.app, &Actor::CommandLine, &known_too.id)
        .await
        .unwrap();
    let reply = site
        .enrolment(
            "Enrollment",
            enrolment_request_with(&[(">demo<", &format!(">{token}<"))]),
        )
        .await;
    assert_eq!(fault(&reply).0, "s:Authentication");
    assert!(site.devices().await.is_empty());
}

#[tokio::test]
async fn guessing_tokens_is_slowed_down_and_hides_no_token_elsewhere() {
    let (site, token, _) = made(5).await;
    for n in 0..8 {
        let guess = format!("sceau-enrol-{}", format!("{n}").repeat(32));
        site.enrolment_from("192.0.2.7", "Enrollment", package(1, &guess))
            .await
            .expect(500);
        site.pass(2);
    }
    site.enrolment_from("192.0.2.7", "Enrollment", package(1, &token))
        .await
        .expect(500);
    site.enrolment_from("198.51.100.1", "Enrollment", package(2, &token))
        .await
        .expect(200);
}
