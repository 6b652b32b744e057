//! Warnings about devices, and about no authority, reach people and programs too.

use domain::warning::WarningKind;
use sceau::{actions::device_silence::look, console::notified, jobs};
use serde_json::Value;

use super::{
    ADMINISTRATOR,
    mail::{USER, recipient, settings},
    open,
    receiver::{Receiver, until},
};
use crate::site::{PUBLIC, Site, computer::Computer};

const DAY: i64 = 86_400;
const PERSON: (&str, &str) = ("ada", "secret");

#[tokio::test]
async fn silence_and_identities_that_were_not_renewed_are_told_by_mail() {
    let receiver = Receiver::mail(USER, "s3cret of mail").await;
    let site = Site::with(|all| {
        all.mail = settings(&receiver, "s3cret of mail");
        all.devices.silence_days = 350;
        all.devices.silence_notice_days = 10;
    })
    .await;
    recipient(&site, "claire@example.com", "fr").await;
    recipient(&site, "john@example.com", "en").await;
    site.person(PERSON.0, Some(PERSON.1)).await;
    let mut computer = Computer::new(1);
    computer.enrol(&site, PERSON).await;
    site.pass(345 * DAY);
    look(&site.app).await.unwrap();
    let kinds = [WarningKind::IdentitiesLate, WarningKind::DevicesSilent];
    assert_eq!(open(&site.app).await, kinds.map(|kind| (kind, 0)));
    let running = jobs::start(&site.app).await.unwrap();
    let mails = until("both are told of both", || async {
        Some(receiver.mails()).filter(|mails| mails.len() >= 4)
    })
    .await;
    running.stop().await;
    assert_eq!(receiver.mails().len(), 4, "told once");
    let subjects = |address: &str| {
        let mut all: Vec<String> = mails
            .iter()
            .filter(|mail| mail["to"][0] == address)
            .map(|mail| mail["subject"].as_str().unwrap().to_owned())
            .collect();
        all.sort();
        all
    };
    assert_eq!(
        subjects("john@example.com"),
        [
            "Sceau: soon: Devices: Devices of which nothing was heard for 340 days or longer, and that leave soon: 1.",
            "Sceau: soon: Devices: Devices that should have renewed their own identity by now, and didn't: 1.",
        ]
    );
    let french = subjects("claire@example.com");
    assert!(
        french.len() == 2 && french.iter().all(|subject| subject.contains("Appareils")),
        "{french:?}"
    );
    let silent = mails
        .iter()
        .find(|mail| mail["text"].as_str().unwrap().contains("340"));
    let text = silent.unwrap()["text"].as_str().unwrap();
    assert!(text.contains(&format!("{PUBLIC}/devices?state=silent")), "{text}");
}

#[tokio::test]
async fn a_program_is_told_without_an_authority() {
    let site = Site::with(|all| all.devices.silence_days = 90).await;
    recipient(&site, "john@example.com", "en").await;
    site.person(PERSON.0, Some(PERSON.1)).await;
    Computer::new(1).enrol(&site, PERSON).await;
    site.pass(80 * DAY);
    look(&site.app).await.unwrap();
    let notices = sceau::actions::notices::list_notices(&site.app, &ADMINISTRATOR, 9).await;
    let notice = notices.unwrap().remove(0);
    let body: Value = serde_json::from_str(&notified::payload(&notice, PUBLIC)).unwrap();
    assert_eq!(body["kind"], "devices_silent");
    assert_eq!(
        (&body["authority"], &body["event"]),
        (&Value::Null, &Value::from("raised"))
    );
    assert_eq!(body["values"]["count"], "1");
    assert_eq!(body["url"], format!("{PUBLIC}/devices?state=silent"));
}
