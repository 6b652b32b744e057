//! What a device's page says of certificates that are looked at again.

use askama::Template as _;
use domain::{
    delivery::{Delivery, DeliveryState, Proof},
    device::Device,
    scep_configuration::CertificateStore,
};

use super::{
    super::{devices::shown, language::Language, page::Page},
    samples::{delivery, device, failed, now, person, sha1},
};
use crate::actions::devices::{DeviceStory, Reach};

const DAY: i64 = 86_400;

/// The page so many days after the certificate was proved.
fn page_after(language: Language, days: i64, change: impl FnOnce(Delivery) -> Delivery) -> String {
    let verified = DeliveryState::Verified {
        sha1: sha1(),
        by: Proof::Certificate,
    };
    let story = DeviceStory {
        lacking: Vec::new(),
        twins: Vec::new(),
        trust: Vec::new(),
        device: Device {
            unenrolled_at: None,
            left_how: None,
            removal: None,
            ..device()
        },
        person: Some(person()),
        identity: None,
        deliveries: vec![(change(delivery(verified)), "Wi-Fi".to_owned())],
        listing: None,
        certificates: Vec::new(),
        silence: Default::default(),
        check_days: 7,
        reach: Reach::default(),
    };
    let at = now().plus_seconds(days * DAY);
    let page = shown(Page::sample(language), story, Vec::new(), None, at);
    page.render().unwrap()
}

#[test]
fn it_says_when_the_certificate_was_last_seen_and_what_the_next_look_waits_for() {
    let minute = super::super::moment::minute(now());
    let fresh = page_after(Language::English, 0, |delivery| delivery);
    assert!(!fresh.contains("looked at"), "{fresh}");
    let seen = page_after(Language::English, 1, |delivery| delivery.still_there(now()));
    assert!(
        seen.contains(&format!("looked at again on {minute} UTC: still there")),
        "{seen}"
    );
    let due = page_after(Language::English, 11, |delivery| delivery);
    assert!(
        due.contains(&format!("not looked at since {minute} UTC: the device is asked")),
        "{due}"
    );
    let users = page_after(Language::French, 11, |delivery| Delivery {
        store: Some(CertificateStore::User),
        ..delivery
    });
    assert!(
        users.contains(&format!("pas revu depuis le {minute} UTC")),
        "{users}"
    );
    assert!(users.contains("dans une session de cet utilisateur"), "{users}");
}

#[test]
fn the_button_is_there_while_something_is_proved() {
    let button = "/check\"";
    assert!(page_after(Language::French, 0, |delivery| delivery).contains(button));
    let none = page_after(Language::French, 0, |delivery| Delivery {
        state: failed(),
        ..delivery
    });
    assert!(!none.contains(button));
}
