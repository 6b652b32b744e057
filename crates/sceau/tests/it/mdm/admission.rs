//! Who may enrol, how many devices, and what the others read on theirs.

use std::collections::BTreeSet;

use domain::{
    actor::Actor,
    admission::{Admission, GroupLimit},
    group::{GroupId, Of},
};
use sceau::actions::{
    activity,
    admission::change_admission,
    groups::{GroupForm, add_group, remove_group},
};

use crate::site::{
    Site,
    capture::{DEVICE_ID, PERSON, captured, enrolment_request_with},
    computer::CAPTURED_MESSAGE,
    xml::{parsed, text},
};

/// The captured request, of another device.
pub fn of_device(n: u8) -> String {
    enrolment_request_with(&[(DEVICE_ID, &format!("{n:032X}")), (CAPTURED_MESSAGE, &message(n))])
}

fn message(n: u8) -> String {
    format!("a5e5b4e8-9a3a-4d0e-8f5d-0000000000{n:02x}")
}

async fn site(admission: Admission) -> Site {
    let site = Site::new().await;
    site.person(PERSON.0, Some(PERSON.1)).await;
    change_admission(&site.app, &Actor::CommandLine, admission)
        .await
        .unwrap();
    site
}

async fn group(site: &Site, name: &str, members: &[&str]) -> GroupId {
    let form = GroupForm {
        name: name.to_owned(),
        description: String::new(),
        of: Of::People,
        rule: None,
        members: Some(members.iter().map(|id| (*id).to_owned()).collect()),
    };
    add_group(&site.app, &Actor::CommandLine, &form).await.unwrap().id
}

/// The subcode, the kind of error in the detail, and what the person reads.
async fn refused(site: &Site, request: String) -> (String, String, String) {
    let reply = site.enrolment("Enrollment", request).await.expect(500);
    let document = parsed(&reply.body);
    let of = |path: &str| text(document.root_element(), path).to_owned();
    let detail = "Body/Fault/Detail/DeviceEnrollmentServiceError/ErrorType";
    let kind = if reply.text().contains("DeviceEnrollmentServiceError") {
        of(detail)
    } else {
        String::new()
    };
    (
        of("Body/Fault/Code/Subcode/Value"),
        kind,
        of("Body/Fault/Reason/Text"),
    )
}

#[tokio::test]
async fn while_nobody_enrols_the_device_is_told_to_come_back_in_its_own_language() {
    let closed = Admission {
        is_closed: true,
        ..Admission::default()
    };
    let site = site(closed).await;
    let (subcode, kind, words) = refused(&site, of_device(1)).await;
    assert_eq!(
        (subcode.as_str(), kind.as_str()),
        ("s:Authorization", "InMaintenance")
    );
    assert!(words.contains("Try again later"), "{words}");
    let french = of_device(1).replace(">en-US<", ">fr-FR<");
    let (_, _, words) = refused(&site, french).await;
    assert!(words.contains("Réessayez plus tard"), "{words}");
    assert!(site.devices().await.is_empty(), "nothing was kept");
    // A wrong password is told as such: who doesn't prove who they are learns nothing else.
    let wrong = of_device(1).replace(">demo<", ">guess<");
    assert_eq!(refused(&site, wrong).await.0, "s:Authentication");
    change_admission(&site.app, &Actor::CommandLine, Admission::default())
        .await
        .unwrap();
    site.enrolment("Enrollment", of_device(1)).await.expect(200);
}

#[tokio::test]
async fn a_person_has_as_many_devices_as_are_allowed_and_the_same_one_again_is_no_other() {
    let two = Admission {
        devices_per_person: Some(2),
        ..Admission::default()
    };
    let site = site(two.clone()).await;
    for n in [1, 2] {
        site.enrolment("Enrollment", of_device(n)).await.expect(200);
    }
    let (subcode, kind, words) = refused(&site, of_device(3)).await;
    assert_eq!(
        (subcode.as_str(), kind.as_str()),
        ("s:Authorization", "DeviceCapReached")
    );
    assert!(words.contains("has 2 devices"), "{words}");
    let again = of_device(2).replace(&message(2), &message(9));
    site.enrolment("Enrollment", again).await.expect(200);
    // Whoever can change it finds who was refused, and why.
    let rows = activity::list_activity(&site.app, &Actor::CommandLine, None, 50)
        .await
        .unwrap();
    let row = rows
        .iter()
        .find(|row| row.entry.action == "device.enrol-refused")
        .unwrap();
    assert_eq!(row.entry.actor, format!("person:{}", PERSON.0));
    assert!(row.entry.after.as_deref().unwrap().contains("2 devices"));
    // One that leaves makes room.
    let first = site.device(&format!("{:032X}", 1)).await;
    let device = domain::device::Device {
        unenrolled_at: Some(site.app.now()),
        ..first
    };
    site.app
        .store
        .write(move |tx| {
            let device = device.clone();
            Box::pin(async move { store::devices::update(tx, &device).await })
        })
        .await
        .unwrap();
    site.enrolment("Enrollment", of_device(3)).await.expect(200);
}

#[tokio::test]
async fn groups_say_who_may_who_may_not_and_how_many() {
    let site = site(Admission::default()).await;
    let person = site.person("other@example.org", Some("demo")).await;
    let ada = site.person("ada@example.org", Some("demo")).await;
    let sales = group(&site, "Sales", &[person.as_str(), ada.as_str()]).await;
    let interns = group(&site, "Interns", &[ada.as_str()]).await;
    let admission = Admission {
        groups: BTreeSet::from([sales.clone()]),
        excluded: BTreeSet::from([interns.clone()]),
        limits: vec![GroupLimit {
            group: sales.clone(),
            devices: 1,
        }],
        ..Admission::default()
    };
    change_admission(&site.app, &Actor::CommandLine, admission)
        .await
        .unwrap();
    let of = |n: u8, name: &str| of_device(n).replace(PERSON.0, name);
    for name in [PERSON.0, "ada@example.org"] {
        let (subcode, kind, words) = refused(&site, of(1, name)).await;
        assert_eq!(
            (subcode.as_str(), kind.as_str()),
            ("s:Authorization", ""),
            "{name}"
        );
        assert!(words.contains("may not enrol"), "{words}");
    }
    site.enrolment("Enrollment", of(1, "other@example.org"))
        .await
        .expect(200);
    let (_, kind, _) = refused(&site, of(2, "other@example.org")).await;
    assert_eq!(kind, "DeviceCapReached");
    let removed = remove_group(&site.app, &Actor::CommandLine, &interns).await;
    let refusal = removed.expect_err("the group is named");
    assert_eq!(refusal.refusals()[0].key, "error-group-admits");
}

#[tokio::test]
async fn what_was_enrolled_before_it_was_closed_gets_its_answer_again() {
    let site = Site::new().await;
    site.person(PERSON.0, Some(PERSON.1)).await;
    let request = captured("07_client_rst-wstep.xml");
    site.enrolment("Enrollment", request.clone()).await.expect(200);
    let closed = Admission {
        is_closed: true,
        ..Admission::default()
    };
    change_admission(&site.app, &Actor::CommandLine, closed)
        .await
        .unwrap();
    site.enrolment("Enrollment", request).await.expect(200);
    let other = site.enrolment("Enrollment", of_device(7)).await;
    assert_eq!(other.status, 500);
}

#[tokio::test]
async fn a_windows_that_is_too_old_is_told_what_it_needs_and_one_that_is_not_gets_in() {
    let site = site(Admission::default()).await;
    let version = |told: &str| {
        let whole = of_device(1);
        let (before, rest) = whole.split_once("Name=\"OSVersion\"").unwrap();
        let (_, rest) = rest.split_once("Value>").unwrap();
        let (_, after) = rest.split_once('<').unwrap();
        format!("{before}Name=\"OSVersion\"><ac:Value>{told}<{after}")
    };
    let (subcode, kind, words) = refused(&site, version("6.3.9600.0").replace(">en-US<", ">fr-FR<")).await;
    assert_eq!(
        (subcode.as_str(), kind.as_str()),
        ("s:Authorization", "DeviceNotSupported")
    );
    assert!(
        words.contains("Le Windows de cet appareil est en version 6.3.9600.0"),
        "{words}"
    );
    let lowest = Admission {
        lowest_build: Some(22_631),
        ..Admission::default()
    };
    change_admission(&site.app, &Actor::CommandLine, lowest)
        .await
        .unwrap();
    let (_, kind, words) = refused(&site, version("10.0.19045.1")).await;
    assert_eq!(kind, "DeviceNotSupported");
    assert!(words.contains("10.0.22631 or later"), "{words}");
    site.enrolment("Enrollment", version("10.0.22631.1"))
        .await
        .expect(200);
}

#[tokio::test]
async fn a_wrong_password_of_somebody_who_is_known_stands_under_activity_and_an_invented_name_does_not() {
    let site = site(Admission::default()).await;
    let wrong = of_device(1).replace(">demo<", ">guess<");
    assert_eq!(refused(&site, wrong.clone()).await.0, "s:Authentication");
    let invented = wrong.replace(PERSON.0, "nobody@example.org");
    assert_eq!(refused(&site, invented).await.0, "s:Authentication");
    let rows = activity::list_activity(&site.app, &Actor::CommandLine, None, 50)
        .await
        .unwrap();
    let told: Vec<_> = rows
        .iter()
        .filter(|row| row.entry.action == "device.enrol-refused")
        .collect();
    assert_eq!(told.len(), 1);
    assert_eq!(told[0].entry.actor, format!("person:{}", PERSON.0));
    assert_eq!(told[0].entry.source_ip.as_deref(), Some("192.0.2.1"));
    let after = told[0].entry.after.as_deref().unwrap();
    assert!(
        after.contains("password is wrong") && !after.contains("guess"),
        "{after}"
    );
}
