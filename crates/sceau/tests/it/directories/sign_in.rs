//! Enrolment over MDE2 with the directory's password.

use domain::{
    actor::Actor,
    directory::{DirectoryForm, PersonLink, Refused},
    event::What,
    person::PersonId,
};
use sceau::{
    actions::{
        directories,
        enrolment_codes::make_code,
        enrolment_tokens::{TokenForm, make_token},
    },
    console::{examined, language::Language},
};

use super::{
    add, form, named, read_well,
    slapd::{PASSWORD, Slapd, person},
    story,
};
use crate::{
    mdm::password::fault,
    site::{
        Reply, Site,
        capture::{PERSON, enrolment_request_with},
    },
};

async fn enrol(site: &Site, username: &str, password: &str) -> Reply {
    enrol_from(site, "192.0.2.1", username, password).await
}

async fn enrol_from(site: &Site, address: &str, username: &str, password: &str) -> Reply {
    let request = enrolment_request_with(&[(PERSON.0, username), (">demo<", &format!(">{password}<"))]);
    site.enrolment_from(address, "Enrollment", request).await
}

async fn refusals(site: &Site, id: &domain::directory::DirectoryId) -> Vec<Refused> {
    story(&site.app, id).await.refusals
}

#[tokio::test]
async fn a_device_enrols_with_the_directorys_password_under_any_name_of_its_person() {
    for username in ["anna", "ANNA@example.com", r"CORP\anna"] {
        let slapd = Slapd::start(&person("anna", "departmentNumber: Sales")).await;
        let site = Site::new().await;
        // Not read yet: who is new in the directory needn't wait for the next reading.
        let id = add(&site.app, &form(&slapd)).await;
        enrol(&site, username, &format!("{PASSWORD}anna"))
            .await
            .expect(200);
        let devices = site.devices().await;
        assert_eq!(devices.len(), 1, "{username}");
        let anna = named(&site.app, "anna").await.unwrap();
        assert_eq!(devices[0].person_id.as_ref(), Some(&anna.id));
        assert_eq!(anna.attributes.department.as_deref(), Some("Sales"));
        let timeline = site.timeline(&devices[0].id).await;
        let enrolled = What::Enrolled {
            username: "anna".to_owned(),
        };
        assert!(timeline.contains(&enrolled), "{timeline:?}");
        assert_eq!(refusals(&site, &id).await, []);
        let reading = read_well(&site.app, &id).await;
        assert_eq!((reading.added, reading.changed), (0, 0), "it knew her already");
    }
}

#[tokio::test]
async fn wrong_and_empty_passwords_are_one_fault_and_a_silent_directory_is_another() {
    let mut slapd = Slapd::start(&format!("{}{}", person("anna", ""), person("bob", ""))).await;
    let site = Site::new().await;
    let id = add(&site.app, &form(&slapd)).await;
    read_well(&site.app, &id).await;
    let right = format!("{PASSWORD}anna");
    let wrong = enrol(&site, "anna", "guess").await;
    assert_eq!(fault(&wrong).0, "s:Authentication");
    assert_eq!(
        fault(&wrong),
        fault(&enrol_from(&site, "192.0.2.2", "nobody", "guess").await)
    );
    assert_eq!(
        fault(&wrong),
        fault(&enrol_from(&site, "192.0.2.3", "anna", "").await)
    );
    // What is typed stays a value: it finds nobody else.
    for username in ["a*", "*", "anna)(uid=*"] {
        let reply = enrol_from(&site, "192.0.2.4", username, &right).await;
        assert_eq!(fault(&reply), fault(&wrong), "{username}");
    }
    let told = refusals(&site, &id).await;
    assert_eq!(told.len(), 1, "{told:?}");
    assert_eq!(
        (told[0].username.as_str(), told[0].key.as_str()),
        ("anna", "directory-account-wrong-password")
    );
    slapd.kill();
    for _ in 0..6 {
        let down = enrol(&site, "anna", &right).await;
        let (subcode, words) = fault(&down);
        assert_eq!(subcode, "s:EnrollmentServer", "never counted as a guess: {words}");
        assert!(words.contains("can't be asked now"), "{words}");
    }
    let told = refusals(&site, &id).await;
    assert_eq!(told[0].key, "directory-refused-unavailable");
    assert!(told[0].detail.contains("refuses connections"), "{told:?}");
    assert!(site.devices().await.is_empty(), "nothing was changed");
    slapd.start_again().await;
    enrol(&site, "anna", &right).await.expect(200);
}

#[tokio::test]
async fn guesses_are_slowed_down_whichever_name_is_typed_and_a_person_who_is_gone_enrols_nothing() {
    let slapd = Slapd::start(&format!("{}{}", person("anna", ""), person("bob", ""))).await;
    let site = Site::new().await;
    let id = add(&site.app, &form(&slapd)).await;
    read_well(&site.app, &id).await;
    for username in ["anna", "anna@example.com", "anna", "anna@example.com"] {
        let reply = enrol(&site, username, "guess").await;
        assert_eq!(fault(&reply).0, "s:Authentication");
    }
    let early = enrol(&site, "anna@example.com", &format!("{PASSWORD}anna")).await;
    assert!(fault(&early).1.contains("Try again in"), "{}", fault(&early).1);
    slapd.modify("dn: uid=bob,ou=people,dc=example,dc=com\nchangetype: delete\n\n");
    let reply = enrol(&site, "bob", &format!("{PASSWORD}bob")).await;
    assert_eq!(fault(&reply).0, "s:Authentication");
    assert!(site.devices().await.is_empty());
}

#[tokio::test]
async fn a_person_made_by_hand_keeps_their_password_and_a_directory_that_is_off_lets_nobody_in() {
    let slapd = Slapd::start(&format!("{}{}", person("anna", ""), person("bob", ""))).await;
    let site = Site::new().await;
    site.person("anna", Some("own password")).await;
    let id = add(&site.app, &form(&slapd)).await;
    let reply = enrol(&site, "anna", &format!("{PASSWORD}anna")).await;
    assert_eq!(fault(&reply).0, "s:Authentication");
    enrol(&site, "anna", "own password").await.expect(200);
    let off = DirectoryForm {
        is_enabled: false,
        ..form(&slapd)
    };
    directories::change_directory(&site.app, &Actor::CommandLine, &id, &off)
        .await
        .unwrap();
    let reply = enrol_from(&site, "192.0.2.9", "bob", &format!("{PASSWORD}bob")).await;
    assert_eq!(fault(&reply).0, "s:Authentication");
}

#[tokio::test]
async fn a_name_of_two_directories_is_nobody_and_the_operator_reads_why() {
    let (one, other) = (
        Slapd::start(&person("anna", "")).await,
        Slapd::start(&person("anna", "")).await,
    );
    let site = Site::new().await;
    let id = add(&site.app, &form(&one)).await;
    let second = DirectoryForm {
        name: "Paris".to_owned(),
        ..form(&other)
    };
    add(&site.app, &second).await;
    let reply = enrol(&site, "anna", &format!("{PASSWORD}anna")).await;
    assert_eq!(fault(&reply).0, "s:Authentication");
    let told = refusals(&site, &id).await;
    let words = examined::refusal(&directories::refusal_error(&told[0]), Language::French);
    assert!(words.starts_with("Plusieurs entrées"), "{words}");
}

#[tokio::test]
async fn whom_the_directory_disabled_enrols_by_no_code_and_no_token() {
    let slapd = Slapd::start(&person("anna", "")).await;
    let site = Site::new().await;
    let id = add(&site.app, &form(&slapd)).await;
    read_well(&site.app, &id).await;
    let anna = named(&site.app, "anna").await.unwrap();
    let boss = Actor::CommandLine;
    let code = make_code(&site.app, &boss, &anna.id, 1).await.unwrap().code;
    let wanted = TokenForm {
        name: "Lobby".to_owned(),
        person_id: anna.id.clone(),
        devices: 5,
        days: 1,
    };
    let token = make_token(&site.app, &boss, wanted).await.unwrap().token;
    set_disabled(&site, &anna.id, true).await;
    for shown in [&code, &token] {
        let reply = enrol(&site, "anna", shown).await;
        assert_eq!(fault(&reply).0, "s:Authentication");
    }
    assert!(site.devices().await.is_empty());
    set_disabled(&site, &anna.id, false).await;
    enrol_from(&site, "192.0.2.9", "anna", &code).await.expect(200);
}

async fn set_disabled(site: &Site, person: &PersonId, is_disabled: bool) {
    let person = person.clone();
    site.app
        .store
        .write(move |tx| {
            let person = person.clone();
            Box::pin(async move {
                let link = store::directories::person_link(tx, &person).await?;
                let link = link.expect("the person comes from a directory");
                let link = PersonLink { is_disabled, ..link };
                store::directories::relink_person(tx, &link).await
            })
        })
        .await
        .unwrap();
}
