//! One machine that was set up anew, copies of a machine, and machines that were restored: told, and never mixed up.

use domain::{
    actor::Actor,
    built_in::Rules,
    delivery::DeliveryState,
    device::{Device, LeftHow, twin::Twin},
    event::What,
};
use lab::device::tree::Format;
use sceau::actions::{
    Error,
    device_twins::{list_copies, put_away},
    devices::one_device,
};

use crate::site::{
    Site,
    computer::{Computer, identity_in},
    own_authority::distributed,
    renewal::{Key, signed},
};

const BOSS: Actor = Actor::CommandLine;
const ADA: (&str, &str) = ("ada", "secret");
const EVE: (&str, &str) = ("eve", "secret");
const DAY: i64 = 86_400;

async fn site() -> Site {
    let site = Site::with(|settings| settings.devices.inventory_days = 1).await;
    for (name, password) in [ADA, EVE] {
        site.person(name, Some(password)).await;
    }
    site
}

/// A computer that has enrolled, spoken, and has its certificate ordered.
async fn enrolled(site: &Site, number: u8, hardware_id: &str, person: (&str, &str)) -> (Computer, Device) {
    let mut computer = Computer::new(number);
    computer.hardware_id = hardware_id.to_owned();
    computer.enrol(site, person).await;
    let device = site.device(&computer.device_id).await;
    (computer, device)
}

async fn twins(site: &Site, device: &Device) -> Vec<(Twin, String)> {
    let story = one_device(&site.app, &BOSS, &device.id).await.unwrap();
    let others = story.twins.into_iter();
    others
        .map(|other| (other.twin, other.device.id.to_string()))
        .collect()
}

async fn refusal(site: &Site, device: &Device) -> Option<String> {
    match put_away(&site.app, &BOSS, &device.id).await {
        Ok(()) => None,
        Err(Error::Refused(refusal)) => Some(refusal.key),
        Err(other) => panic!("{other}"),
    }
}

const HARDWARE: &str = "1122334455667788990011223344556677889900112233445566778899001122";

#[tokio::test]
async fn a_machine_that_was_set_up_anew_is_told_of_on_both_gets_its_own_and_the_former_one_is_put_away() {
    let site = site().await;
    distributed(&site, Rules::default(), |_| {}).await;
    let (mut old, former) = enrolled(&site, 1, HARDWARE, ADA).await;
    let ordered = old.talk(&site).await.expect("an enrolment is ordered");
    assert_eq!(twins(&site, &former).await, []);
    site.pass(DAY);
    let (mut new, device) = enrolled(&site, 2, HARDWARE, ADA).await;
    assert_ne!(former.id, device.id, "nothing is merged for what a device claims");
    assert_eq!(
        twins(&site, &former).await,
        [(Twin::Successor, device.id.to_string())]
    );
    assert_eq!(
        twins(&site, &device).await,
        [(Twin::Former, former.id.to_string())]
    );
    for (told, other, is_newer) in [(&former, &device, true), (&device, &former, false)] {
        let about = What::SameHardware {
            name: other.name.clone(),
            other: other.id.to_string(),
            is_newer,
        };
        assert!(site.timeline(&told.id).await.contains(&about));
    }
    let own = new.talk(&site).await.expect("an enrolment of its own");
    assert_ne!(own.unique_id, ordered.unique_id);
    assert!(list_copies(&site.app, &BOSS).await.unwrap().is_empty());

    assert_eq!(
        refusal(&site, &device).await.as_deref(),
        Some("error-device-not-replaced")
    );
    assert_eq!(refusal(&site, &former).await, None);
    let left = site.device(&old.device_id).await;
    assert_eq!(left.left_how, Some(LeftHow::Replaced));
    assert_eq!(twins(&site, &device).await, [], "it is no device any more");
    let story = one_device(&site.app, &BOSS, &former.id).await.unwrap();
    let is_open = |state: &DeliveryState| state.is_open();
    assert!(
        !story
            .deliveries
            .iter()
            .any(|(delivery, _)| is_open(&delivery.state))
    );
    let session = old.next_session();
    let reply = site.management(Some(&old.identity), old.greeting(&session)).await;
    assert!(reply.expect(403).text().contains("must enrol again"));
    assert!(site.device(&new.device_id).await.is_staying());
}

#[tokio::test]
async fn two_that_both_speak_are_told_of_as_copies_and_neither_is_put_away() {
    let site = site().await;
    let (mut one, first) = enrolled(&site, 1, HARDWARE, ADA).await;
    site.pass(DAY);
    let (mut other, second) = enrolled(&site, 2, HARDWARE, EVE).await;
    site.pass(DAY);
    one.talk(&site).await;
    other.talk(&site).await;
    assert_eq!(twins(&site, &first).await, [(Twin::Copy, second.id.to_string())]);
    assert_eq!(twins(&site, &second).await, [(Twin::Copy, first.id.to_string())]);
    let copies = list_copies(&site.app, &BOSS).await.unwrap();
    assert_eq!(copies.len(), 2);
    for device in [&first, &second] {
        assert_eq!(
            refusal(&site, device).await.as_deref(),
            Some("error-device-not-replaced")
        );
    }
    assert!(site.devices().await.iter().all(Device::is_staying));
}

#[tokio::test]
async fn what_names_no_hardware_or_is_the_same_device_again_makes_no_twins() {
    let site = site().await;
    for (number, hardware_id) in [
        (1, "0000000000000000"),
        (2, "0000000000000000"),
        (3, "1"),
        (4, "1"),
    ] {
        let (_, device) = enrolled(&site, number, hardware_id, ADA).await;
        assert_eq!(twins(&site, &device).await, [], "{hardware_id}");
    }
    let (mut computer, device) = enrolled(&site, 5, HARDWARE, ADA).await;
    site.pass(DAY);
    computer.enrol_again(&site, ADA).await;
    assert_eq!(twins(&site, &device).await, []);
    assert!(
        !site
            .timeline(&device.id)
            .await
            .iter()
            .any(|what| matches!(what, What::SameHardware { .. }))
    );
}

#[tokio::test]
async fn an_identity_that_was_replaced_gets_nothing_and_is_told_once_a_day() {
    let site = site().await;
    let (mut computer, device) = enrolled(&site, 1, HARDWARE, ADA).await;
    computer.talk(&site).await;
    let snapshot = computer.identity.clone();
    let next = Key::next(&computer);
    let pkcs7 = signed(&next.csr, &computer, &["-nodetach"]);
    let reply = site.renew(&computer, 1, &pkcs7).await.expect(200);
    computer.identity = identity_in(&reply.body);
    computer.talk(&site).await;
    let told = async |site: &Site| {
        let all = site.timeline(&device.id).await;
        all.iter().filter(|what| **what == What::OldIdentityShown).count()
    };
    assert_eq!(told(&site).await, 0, "a renewal is no restored machine");
    // It was restored to where it stood before.
    for (seconds, times) in [(60, 1), (60, 1), (2 * DAY, 2)] {
        site.pass(seconds);
        let session = computer.next_session();
        let reply = site
            .management(Some(&snapshot), computer.greeting(&session))
            .await;
        assert!(reply.expect(403).text().contains("must enrol again"));
        assert_eq!(told(&site).await, times);
    }
    computer.talk(&site).await;
    assert_eq!(told(&site).await, 2, "who has the new one goes on");
}

#[tokio::test]
async fn another_serial_number_under_one_identity_is_told() {
    let site = site().await;
    let (mut computer, device) = enrolled(&site, 1, HARDWARE, ADA).await;
    computer.talk(&site).await;
    site.pass(2 * DAY);
    computer.tree.set(
        "./DevDetail/Ext/Microsoft/SMBIOSSerialNumber",
        Format::Chr,
        "SERIAL-9",
    );
    computer.talk(&site).await;
    let changed = What::FactChanged {
        fact: "serial_number".to_owned(),
        before: "SERIAL-1".to_owned(),
        after: "SERIAL-9".to_owned(),
    };
    assert!(site.timeline(&device.id).await.contains(&changed));
}
