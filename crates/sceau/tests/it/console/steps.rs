//! The three steps: authority, configuration, distribution.

use domain::operator::Role;

use super::browser::{Browser, location, value_of};
use crate::{laboratory::Laboratory, world::World};

const AUTHORITIES: &str = "/admin/infrastructure/certificate-management";
const NEW: &str = "/configurations/new/windows/identity-certificate";

fn authority_form<'a>(
    scep_url: &'a str,
    challenge_url: &'a str,
    password: &'a str,
) -> Vec<(&'a str, &'a str)> {
    vec![
        ("name", "Laboratory"),
        ("type", "microsoft"),
        ("scep_url", scep_url),
        ("username", Laboratory::USER),
        ("password", password),
        ("challenge_url", challenge_url),
        ("is_plain_http_accepted", "yes"),
        ("max_unused", "5"),
        ("lifetime_seconds", "3600"),
        ("safe_life_seconds", "3420"),
        ("backoff_seconds", "60"),
        ("breaker_seconds", "60"),
    ]
}

fn configuration_form<'a>(
    authority: &'a str,
    subject: &'a str,
    thumbprint: &'a str,
) -> Vec<(&'a str, &'a str)> {
    vec![
        ("name", "Wi-Fi"),
        ("description", ""),
        ("kind", "windows"),
        ("authority_id", authority),
        ("subject", subject),
        ("san_kind", "upn"),
        ("san_value", "${userUPN}"),
        ("san_kind", "email"),
        ("san_value", ""),
        ("retries", "3"),
        ("retry_delay_seconds", "300"),
        ("key_length", "2048"),
        ("has_digital_signature", "yes"),
        ("eku", "1.3.6.1.5.5.7.3.2"),
        ("eku_more", ""),
        ("validity", "1"),
        ("validity_unit", "years"),
        ("thumbprint", thumbprint),
        ("hash", "SHA-2"),
        ("key_storage", "tpm_if_present"),
        ("store", "device"),
        ("renew_at_percent", "20"),
        ("route", "proxy"),
        ("do", "next"),
    ]
}

/// Adds the laboratory's authority and gives its identifier.
async fn add_authority(browser: &mut Browser<'_>, laboratory: &Laboratory) -> String {
    browser.get(&format!("{AUTHORITIES}/new")).await;
    let (scep, challenge) = (laboratory.scep_url(), laboratory.challenge_url());
    let answer = browser
        .post(
            &format!("{AUTHORITIES}/new"),
            &authority_form(&scep, &challenge, Laboratory::PASSWORD),
        )
        .await;
    let path = location(&answer);
    path.rsplit('/')
        .next()
        .unwrap()
        .split('?')
        .next()
        .unwrap()
        .to_owned()
}

#[tokio::test]
async fn a_wrong_ndes_password_is_said_at_its_field_and_nothing_is_saved() {
    let (world, laboratory) = (World::new().await, Laboratory::start(false, 5).await);
    let mut browser = Browser::signed_in(&world, Role::Owner).await;
    browser.get(&format!("{AUTHORITIES}/new")).await;
    let (scep, challenge) = (laboratory.scep_url(), laboratory.challenge_url());
    let form = authority_form(&scep, &challenge, "not the password");
    let answer = browser.post(&format!("{AUTHORITIES}/new"), &form).await;
    assert_eq!(answer.status, 422, "{}", answer.text);
    assert!(answer.text.contains("refused the user name or this password"));
    assert_eq!(
        value_of(&answer.text, "scep_url").as_deref(),
        Some(scep.as_str()),
        "what was typed is kept"
    );
    assert!(!answer.text.contains("not the password"), "but for the password");
    assert!(
        browser
            .get(AUTHORITIES)
            .await
            .text
            .contains("No certificate authority yet")
    );
    laboratory.stop().await;
}

#[tokio::test]
async fn a_test_of_the_connection_tells_what_it_found_and_takes_no_challenge() {
    let (world, laboratory) = (World::new().await, Laboratory::start(false, 1).await);
    let mut browser = Browser::signed_in(&world, Role::Owner).await;
    let (scep, challenge) = (laboratory.scep_url(), laboratory.challenge_url());
    let mut form = authority_form(&scep, &challenge, Laboratory::PASSWORD);
    form.push(("do", "test"));
    for _ in 0..3 {
        browser.get(&format!("{AUTHORITIES}/new")).await;
        let answer = browser.post(&format!("{AUTHORITIES}/new"), &form).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        assert!(
            answer.text.contains("was let in. No challenge was taken."),
            "{}",
            answer.text
        );
        assert!(answer.text.contains("Only a challenge proves it"));
    }
    let id = add_authority(&mut browser, &laboratory).await;
    let page = browser.get(&format!("{AUTHORITIES}/{id}")).await.text;
    assert!(
        page.contains("Issuing CA: its SHA-1 is what Windows checks"),
        "{page}"
    );
    assert!(page.contains("0 of 5 challenges are out"));
    laboratory.stop().await;
}

#[tokio::test]
async fn the_misprint_of_the_help_page_is_corrected_in_one_click() {
    let (world, laboratory) = (World::new().await, Laboratory::start(false, 5).await);
    let mut browser = Browser::signed_in(&world, Role::Owner).await;
    let authority = add_authority(&mut browser, &laboratory).await;
    for misprint in [r"CN=$\{userEmailAddress}", r"CN=$\\{userEmailAddress}"] {
        browser.get(NEW).await;
        let answer = browser
            .post(NEW, &configuration_form(&authority, misprint, ""))
            .await;
        assert_eq!(answer.status, 422);
        assert!(
            answer.text.contains("written without a backslash"),
            "{}",
            answer.text
        );
        let right = value_of(&answer.text, "correct_subject").unwrap();
        assert_eq!(right, "CN=${userEmailAddress}");
        let mut form = configuration_form(&authority, misprint, "");
        form.push(("correct_subject", &right));
        let answer = browser.post(NEW, &form).await;
        assert_eq!(
            value_of(&answer.text, "subject").as_deref(),
            Some("CN=${userEmailAddress}")
        );
        assert_eq!(value_of(&answer.text, "name").as_deref(), Some("Wi-Fi"));
    }
    assert!(
        browser
            .get("/configurations")
            .await
            .text
            .contains("No configuration yet")
    );
    laboratory.stop().await;
}

#[tokio::test]
async fn a_thumbprint_of_no_certificate_of_the_chain_is_refused_and_one_of_a_file_is_taken() {
    let (world, laboratory) = (World::new().await, Laboratory::start(false, 5).await);
    let mut browser = Browser::signed_in(&world, Role::Owner).await;
    let authority = add_authority(&mut browser, &laboratory).await;
    let page = browser.get(NEW).await.text;
    let filled = value_of(&page, "thumbprint").unwrap();
    assert_eq!(filled.len(), 40, "filled in from the authority");
    let wrong = "0".repeat(64);
    let answer = browser
        .post(NEW, &configuration_form(&authority, "CN=x", &wrong))
        .await;
    assert_eq!(answer.status, 422);
    assert!(
        answer
            .text
            .contains("belongs to no certificate of this authority"),
        "{}",
        answer.text
    );
    let file = std::fs::read(laboratory.folder().join("ca.pem")).unwrap();
    let mut form = configuration_form(&authority, "CN=x", "");
    form.retain(|(name, _)| *name != "do");
    form.push(("do", "from_certificate"));
    let answer = browser.upload(NEW, &form, &file).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    assert_eq!(value_of(&answer.text, "thumbprint").unwrap(), filled);
    let answer = browser.upload(NEW, &form, b"no certificate").await;
    assert_eq!(answer.status, 422);
    assert!(answer.text.contains("neither PEM nor DER"));
    laboratory.stop().await;
}

#[tokio::test]
async fn the_three_steps_end_on_the_progress_page_with_a_job_to_do() {
    let (world, laboratory) = (World::new().await, Laboratory::start(false, 5).await);
    let mut browser = Browser::signed_in(&world, Role::Owner).await;
    let authority = add_authority(&mut browser, &laboratory).await;
    browser.get(NEW).await;
    let form = configuration_form(&authority, "CN=${userEmailAddress}", "");
    let distribution = location(&browser.upload(NEW, &form, b"").await);
    assert!(distribution.ends_with("/distribution"), "{distribution}");
    let page = browser.get(&distribution).await.text;
    assert!(page.contains("No device would get it."));
    let preview = browser
        .post(&format!("{distribution}/preview"), &[("to", "all")])
        .await;
    assert_eq!(preview.status, 200);
    let answer = browser
        .post(
            &distribution,
            &[("is_enabled", "yes"), ("to", "all"), ("do", "done")],
        )
        .await;
    let progress = location(&answer);
    let page = browser.get(&progress).await;
    assert!(page.text.contains("The distribution is saved."), "{}", page.text);
    let live = progress.replace("?done=distributed", "/live");
    assert_eq!(browser.get(&live).await.status, 200);
    let activity = browser.get("/admin/activity").await.text;
    for done in [
        "Authority added",
        "Configuration added",
        "Distribution changed",
        "Operator signed in",
    ] {
        assert!(activity.contains(done), "{done}");
    }
    assert!(!activity.contains(Laboratory::PASSWORD));
    laboratory.stop().await;
}

#[tokio::test]
async fn every_wrong_field_of_a_configuration_is_named() {
    let (world, laboratory) = (World::new().await, Laboratory::start(false, 5).await);
    let mut browser = Browser::signed_in(&world, Role::Owner).await;
    browser.language = "fr";
    let authority = add_authority(&mut browser, &laboratory).await;
    browser.get(NEW).await;
    let mut form = configuration_form(&authority, "CN=${userEmailAdress}", "");
    form.retain(|(name, _)| {
        ![
            "name",
            "has_digital_signature",
            "hash",
            "retry_delay_seconds",
            "validity",
        ]
        .contains(name)
    });
    form.extend([("retry_delay_seconds", "90"), ("validity", "soon")]);
    let answer = browser.post(NEW, &form).await;
    assert_eq!(answer.status, 422);
    assert!(
        answer.text.contains("Il faut un nombre entier."),
        "{}",
        answer.text
    );
    form.retain(|(name, _)| *name != "validity");
    form.push(("validity", "1"));
    let text = browser.post(NEW, &form).await.text.replace('\u{a0}', " ");
    for words in [
        "Il faut un nom.",
        "Peut-être ${userEmailAddress} ?",
        "90 secondes n&#39;est pas un multiple de 60",
        "Sélectionnez au moins une option d&#39;utilisation du certificat.",
        "Choisissez au moins une famille d&#39;algorithmes de hachage.",
    ] {
        assert!(text.contains(words), "{words}: {text}");
    }
    laboratory.stop().await;
}

#[tokio::test]
async fn what_does_not_exist_is_said_so() {
    let world = World::new().await;
    let mut browser = Browser::signed_in(&world, Role::Owner).await;
    let id = "0".repeat(32);
    for path in [
        "/no/such/page".to_owned(),
        format!("/devices/{id}"),
        "/devices/x".to_owned(),
        format!("/configurations/{id}"),
        format!("/configurations/{id}/progress"),
        format!("{AUTHORITIES}/{id}"),
        format!("/people/{id}"),
        format!("/certificates/{id}/0123456789abcdef0123456789abcdef01234567"),
    ] {
        let answer = browser.get(&path).await;
        assert_eq!(answer.status, 404, "{path}");
        assert!(answer.text.contains("There is no such page"), "{path}");
    }
}
