//! The forms of external authorities: each type with its own fields, secrets asked for again, and the full test.

use domain::operator::Role;

use super::browser::{Browser, location, value_of};
use crate::{laboratory::Laboratory, world::World};

const AUTHORITIES: &str = "/admin/infrastructure/certificate-management";
const CHALLENGE: &str = "canary 0123";

fn fixed<'a>(kind: &'a str, scep_url: &'a str, challenge: &'a str) -> Vec<(&'a str, &'a str)> {
    vec![
        ("name", "Elsewhere"),
        ("shown_type", kind),
        ("type", kind),
        ("scep_url", scep_url),
        ("static_challenge", challenge),
        ("ca_name", ""),
        ("watch_minutes", "60"),
    ]
}

fn microsoft<'a>(scep_url: &'a str, challenge_url: &'a str) -> Vec<(&'a str, &'a str)> {
    vec![
        ("name", "NDES"),
        ("shown_type", "microsoft"),
        ("type", "microsoft"),
        ("scep_url", scep_url),
        ("username", Laboratory::USER),
        ("password", Laboratory::PASSWORD),
        ("challenge_url", challenge_url),
        ("is_plain_http_accepted", "yes"),
        ("max_unused", "5"),
        ("lifetime_seconds", "3600"),
        ("safe_life_seconds", "3420"),
        ("backoff_seconds", "60"),
        ("breaker_seconds", "60"),
        ("watch_minutes", "30"),
    ]
}

/// The form with other values; a field that it doesn't have is added.
fn with<'a>(form: &[(&'a str, &'a str)], changes: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let mut form = form.to_vec();
    for change in changes {
        form.retain(|(name, _)| *name != change.0);
        form.push(*change);
    }
    form
}

/// The page of what was just saved.
fn saved(answer: &crate::world::Answer) -> String {
    location(answer).split('?').next().unwrap().to_owned()
}

#[tokio::test]
async fn a_fixed_challenge_is_given_kept_and_asked_for_again_elsewhere() {
    for kind in ["ejbca", "generic_scep"] {
        let world = World::new().await;
        let laboratory = Laboratory::start_with_one_challenge(CHALLENGE).await;
        let elsewhere = Laboratory::start_with_one_challenge(CHALLENGE).await;
        let mut browser = Browser::signed_in(&world, Role::Owner).await;
        let new = format!("{AUTHORITIES}/new");
        let form = browser.get(&format!("{new}?type={kind}")).await.text;
        assert!(form.contains("name=\"static_challenge\"") && form.contains("name=\"ca_name\""));
        for foreign in [
            "username",
            "password",
            "challenge_url",
            "allows_basic",
            "kdc",
            "max_unused",
        ] {
            assert!(
                !form.contains(&format!("name=\"{foreign}\"")),
                "{kind}: {foreign}"
            );
        }
        let (here, there) = (laboratory.scep_url(), elsewhere.scep_url());
        let typed = fixed(kind, &here, CHALLENGE);
        let none = browser
            .post(&new, &with(&typed, &[("static_challenge", "")]))
            .await;
        assert_eq!(none.status, 422);
        assert!(
            none.text
                .contains("id=\"error-static_challenge\">The fixed challenge is needed")
        );
        let tried = browser.post(&new, &with(&typed, &[("do", "test")])).await;
        assert_eq!(tried.status, 200, "{}", tried.text);
        assert!(tried.text.contains("id=\"findings\"") && !tried.text.contains("canary"));
        let one = saved(&browser.post(&new, &typed).await);

        let edit = format!("{one}/edit");
        let page = browser.get(&edit).await.text;
        assert!(!page.contains("canary"), "it is never shown again");
        assert_eq!(value_of(&page, "watch_minutes").as_deref(), Some("60"));
        let kept = [
            ("static_challenge", ""),
            ("name", "Renamed"),
            ("ca_name", "issuing"),
        ];
        saved(&browser.post(&edit, &with(&typed, &kept)).await);
        let page = browser.get(&edit).await.text;
        assert_eq!(value_of(&page, "name").as_deref(), Some("Renamed"));
        assert_eq!(value_of(&page, "ca_name").as_deref(), Some("issuing"));
        let moved = [("static_challenge", ""), ("scep_url", there.as_str())];
        let refused = browser.post(&edit, &with(&typed, &moved)).await;
        assert_eq!(refused.status, 422);
        assert!(
            refused
                .text
                .contains("id=\"error-static_challenge\">The fixed challenge is needed"),
            "{}",
            refused.text
        );
        saved(&browser.post(&edit, &with(&typed, &moved[1..])).await);
        assert!(browser.get(&one).await.text.contains(&there));
        assert!(!browser.get("/admin/activity").await.text.contains("canary"));
    }
}

#[tokio::test]
async fn another_types_fields_are_refused_beside_the_form() {
    let world = World::new().await;
    let laboratory = Laboratory::start_with_one_challenge(CHALLENGE).await;
    let mut browser = Browser::signed_in(&world, Role::Owner).await;
    browser.language = "fr";
    let (new, scep) = (format!("{AUTHORITIES}/new"), laboratory.scep_url());
    browser.get(&format!("{new}?type=generic_scep")).await;
    let typed = fixed("generic_scep", &scep, "d\u{e9}fi");
    let refused = browser.post(&new, &typed).await;
    assert_eq!(refused.status, 422);
    assert!(
        refused.text.contains("id=\"error-static_challenge\">Windows n"),
        "{}",
        refused.text
    );
    let foreign = [("static_challenge", CHALLENGE), ("username", "ndes")];
    let refused = browser.post(&new, &with(&typed, &foreign)).await;
    assert_eq!(refused.status, 422);
    assert!(!refused.text.contains("canary"));
    assert!(
        browser.get(AUTHORITIES).await.text.contains("Aucune autorité"),
        "nothing is stored"
    );
}

#[tokio::test]
async fn how_ndes_is_signed_in_to_is_set_and_shown_and_tried() {
    let (world, laboratory) = (World::new().await, Laboratory::start(true, 5).await);
    let trust = laboratory.trust_pem().unwrap();
    let mut browser = Browser::signed_in(&world, Role::Owner).await;
    let new = format!("{AUTHORITIES}/new");
    let form = browser.get(&new).await.text;
    assert!(form.contains("Prefer Kerberos authentication") && !form.contains("name=\"ca_name\""));
    let (scep, challenge) = (laboratory.scep_url(), laboratory.challenge_url());
    let typed = with(&microsoft(&scep, &challenge), &[("trust_pem", trust.as_str())]);
    let wrong = [("kdc", "tcp://dc1"), ("watch_minutes", "1")];
    let refused = browser.post(&new, &with(&typed, &wrong)).await;
    assert_eq!(refused.status, 422);
    assert!(
        refused
            .text
            .contains("id=\"error-kdc\">Write the key distribution center as")
    );
    assert!(
        refused
            .text
            .contains("id=\"error-watch_minutes\">Give a whole number of minutes")
    );
    let plain = challenge.replace("https://", "http://");
    let refused = browser
        .post(
            &new,
            &with(
                &typed,
                &[("challenge_url", plain.as_str()), ("allows_basic", "yes")],
            ),
        )
        .await;
    assert_eq!(refused.status, 422);
    assert!(
        refused
            .text
            .contains("id=\"error-allows_basic\">Basic sends the password itself.")
    );

    let one = saved(
        &browser
            .post(&new, &with(&typed, &[("allows_basic", "yes")]))
            .await,
    );
    let edit = format!("{one}/edit");
    let ticked = "name=\"allows_basic\" value=\"yes\" checked";
    assert!(browser.get(&edit).await.text.contains(ticked));
    // Without its tick it is taken back, and the stored password is tried: no other was typed.
    saved(
        &browser
            .post(&edit, &with(&typed, &[("password", ""), ("watch_minutes", "45")]))
            .await,
    );
    let page = browser.get(&edit).await.text;
    assert!(!page.contains(ticked));
    assert_eq!(value_of(&page, "watch_minutes").as_deref(), Some("45"));
    // The certificates that are given are trusted alone, until the other is ticked.
    let public = "name=\"trusts_public\" value=\"yes\"";
    assert!(page.contains(&format!("{public}>")), "not ticked");
    saved(
        &browser
            .post(&edit, &with(&typed, &[("trusts_public", "yes")]))
            .await,
    );
    let page = browser.get(&edit).await.text;
    assert!(page.contains(&format!("{public} checked>")));
    saved(&browser.post(&edit, &typed).await);
    for elsewhere in [("username", r"LAB\other"), ("kdc", "evil.test")] {
        let refused = browser
            .post(&edit, &with(&typed, &[("password", ""), elsewhere]))
            .await;
        assert_eq!(refused.status, 422);
        assert!(
            refused.text.contains("id=\"error-password\">"),
            "{elsewhere:?}: {}",
            refused.text
        );
    }
}

#[tokio::test]
async fn a_full_test_is_ticked_and_shows_its_certificate() {
    let (world, laboratory) = (World::new().await, Laboratory::start(false, 5).await);
    let mut browser = Browser::signed_in(&world, Role::Owner).await;
    let new = format!("{AUTHORITIES}/new");
    browser.get(&new).await;
    let (scep, challenge) = (laboratory.scep_url(), laboratory.challenge_url());
    let one = saved(&browser.post(&new, &microsoft(&scep, &challenge)).await);
    let place = format!("{one}/full-test");
    let page = browser.get(&place).await.text;
    assert!(page.contains("name=\"takes_one_challenge\""), "{page}");
    let refused = browser.post(&place, &[("configuration", "")]).await;
    assert_eq!(refused.status, 422);
    assert!(
        refused.text.contains("id=\"error-takes_one_challenge\""),
        "{}",
        refused.text
    );
    assert!(browser.get(&one).await.text.contains("0 of 5 challenges are out"));
    assert!(laboratory.issued().is_empty());
    let done = browser
        .post(&place, &[("configuration", ""), ("takes_one_challenge", "yes")])
        .await;
    assert_eq!(done.status, 200, "{}", done.text);
    assert!(done.text.contains("-----BEGIN CERTIFICATE-----"), "{}", done.text);
    assert!(!done.text.contains("status-red"), "{}", done.text);
    assert_eq!(laboratory.issued().len(), 1);
    let reader = Browser::signed_in(&world, Role::Auditor).await;
    let mut reader = reader;
    reader.get(&place).await;
    let forbidden = reader.post(&place, &[("takes_one_challenge", "yes")]).await;
    assert_eq!(forbidden.status, 403);
    assert_eq!(laboratory.issued().len(), 1);
}
