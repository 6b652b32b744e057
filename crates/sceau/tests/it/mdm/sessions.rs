//! The captured session of a Windows 10 client, and what a session's answers depend on.

use crate::site::{
    Reply, Site,
    capture::{self, DEVICE_ID, PERSON, captured},
    computer::{Computer, identity_in},
    send,
};

use super::session_answers::{Asked, check};

/// A server with the captured device, and its identity.
async fn enrolled() -> (Site, Vec<u8>) {
    let site = Site::new().await;
    site.person(PERSON.0, Some(PERSON.1)).await;
    let request = captured("07_client_rst-wstep.xml");
    let reply = site.enrolment("Enrollment", request).await.expect(200);
    let identity = identity_in(&reply.body);
    (site, identity)
}

/// A captured request enters the management router over a connection that proved this identity.
async fn exchange(site: &Site, identity: &[u8], name: &str) -> Reply {
    send(site.management_door(Some(identity)), capture::request(name)).await
}

const FIRST: Asked<'static> = Asked {
    session: "1",
    number: 1,
    msg_ref: "1",
    device_id: DEVICE_ID,
    commands: &[("2", "Alert"), ("3", "Alert"), ("4", "Replace")],
};
const SECOND: Asked<'static> = Asked {
    session: "1",
    number: 2,
    msg_ref: "2",
    device_id: DEVICE_ID,
    commands: &[],
};

#[tokio::test]
async fn the_captured_session_gets_answers_by_the_rules_and_comes_to_an_end() {
    let (site, identity) = enrolled().await;
    let first = exchange(&site, &identity, "09_client_syncml").await;
    let sent = check(&first, &FIRST);
    assert!(!sent.is_empty(), "a new device is asked for its inventory");
    let second = exchange(&site, &identity, "11_client_syncml").await;
    let sent = check(&second, &SECOND);
    assert!(
        sent.is_empty(),
        "statuses alone end the session: nothing is to be done: {sent:?}"
    );
}

#[tokio::test]
async fn what_the_captured_session_says_of_the_device_is_kept() {
    let (site, identity) = enrolled().await;
    site.pass(60);
    let before = site.app.now();
    exchange(&site, &identity, "09_client_syncml").await.expect(200);
    let device = site.device(DEVICE_ID).await;
    assert_eq!(device.manufacturer.as_deref(), Some("VMware, Inc."));
    assert_eq!(device.model.as_deref(), Some("VMware7,1"));
    assert!(device.last_seen_at >= before);
}

#[tokio::test]
async fn a_message_sent_again_gets_the_identical_answer() {
    let (site, identity) = enrolled().await;
    for name in ["09_client_syncml", "11_client_syncml"] {
        let answer = exchange(&site, &identity, name).await.expect(200);
        for _ in 0..3 {
            site.pass(16);
            let again = exchange(&site, &identity, name).await.expect(200);
            assert_eq!(again.body, answer.body, "{name}");
        }
    }
}

#[tokio::test]
async fn the_same_message_several_times_at_once_gets_one_answer() {
    let (site, identity) = enrolled().await;
    let (one, two, three) = tokio::join!(
        exchange(&site, &identity, "09_client_syncml"),
        exchange(&site, &identity, "09_client_syncml"),
        exchange(&site, &identity, "09_client_syncml"),
    );
    assert_eq!(one.status, 200);
    assert!(one.body == two.body && two.body == three.body);
}

#[tokio::test]
async fn the_next_session_begins_afresh() {
    let (site, identity) = enrolled().await;
    exchange(&site, &identity, "09_client_syncml").await.expect(200);
    let next = String::from_utf8(captured("09_client_syncml.xml"))
        .unwrap()
        .replace("<SessionID>1<", "<SessionID>2<");
    let reply = site.management(Some(&identity), next).await;
    let sent = check(
        &reply,
        &Asked {
            session: "2",
            ..FIRST
        },
    );
    assert!(
        !sent.is_empty(),
        "the inventory was never answered, so it is asked for again"
    );
}

#[tokio::test]
async fn the_same_words_a_day_later_begin_a_new_session() {
    let (site, identity) = enrolled().await;
    let first = exchange(&site, &identity, "09_client_syncml").await;
    check(&first, &FIRST);
    site.pass(86_400);
    let later = exchange(&site, &identity, "09_client_syncml").await;
    check(&later, &FIRST);
    assert_ne!(first.body, later.body, "an answer of yesterday is no answer");
}

#[tokio::test]
async fn a_device_that_enrolled_again_is_not_answered_from_before() {
    let site = Site::new().await;
    site.person("ada", Some("secret")).await;
    let mut computer = Computer::new(1);
    computer.enrol(&site, ("ada", "secret")).await;
    let greeting = computer.greeting("1");
    let before = site
        .management(Some(&computer.identity), greeting.clone())
        .await
        .expect(200);
    computer.message_id = "00000000-0000-4000-8000-000000000099".to_owned();
    computer.enrol(&site, ("ada", "secret")).await;
    let after = site
        .management(Some(&computer.identity), greeting)
        .await
        .expect(200);
    assert_ne!(before.body, after.body);
}

#[tokio::test]
async fn the_inventory_is_asked_once_and_kept() {
    let site = Site::new().await;
    site.person("ada", Some("secret")).await;
    let mut computer = Computer::new(1);
    computer.enrol(&site, ("ada", "secret")).await;
    assert!(computer.talk(&site).await.is_none());
    let device = site.device(&computer.device_id).await;
    assert_eq!(device.serial_number.as_deref(), Some("SERIAL-1"));
    assert_eq!(device.os_version.as_deref(), Some("10.0.19045.1"));
    let reply = site
        .management(Some(&computer.identity), computer.greeting("2"))
        .await;
    let asked = Asked {
        session: "2",
        device_id: &computer.device_id,
        ..FIRST
    };
    assert!(check(&reply, &asked).is_empty());
}
