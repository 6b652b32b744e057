//! A value that stands in a certificate changes: one new certificate, the old one until that is proved, and nothing is
//! taken away where a value is gone.

use axum::http::Method;
use domain::{Timestamp, delivery::DeliveryState, event::What, operator::Role};
use lab::device::tree::Format;
use sceau::actions::device_user::set_user;
use serde_json::json;

use crate::{
    console::browser::{Browser, location},
    groups,
    site::{
        forged,
        named::{BOSS, Named, seldom},
        proved::issued,
    },
    world::World,
};

const WEEK: i64 = 7 * 86_400;
const SERIAL: &str = "./DevDetail/Ext/Microsoft/SMBIOSSerialNumber";
const NAME: &str = "./DevDetail/Ext/Microsoft/DeviceName";

/// What was told of values, in order: the former and the new one, or none where it is gone.
async fn told(named: &Named) -> Vec<Option<(String, String)>> {
    let all = named.site.timeline(&named.device).await.into_iter();
    all.filter_map(|what| match what {
        What::ValuesChanged { before, after, .. } => Some(Some((before, after))),
        What::ValueGone { .. } => Some(None),
        _ => None,
    })
    .collect()
}

fn from(before: &str, after: &str) -> Option<(String, String)> {
    Some((format!("CN={before}"), format!("CN={after}")))
}

/// Nothing follows any more, however often the device comes.
async fn is_settled(named: &mut Named, deliveries: usize) {
    for _ in 0..4 {
        named.site.pass(3600);
        assert_eq!(named.session().await, [""; 0]);
    }
    assert_eq!(named.deliveries().await.len(), deliveries);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_change_of_the_user_is_one_new_certificate_and_the_old_one_goes_after_it() {
    let mut named = Named::new().await;
    let former = named.node.clone();
    named.rename(&named.ada, Some("Ada King")).await;
    named.rename(&named.ada, Some("Ada Lovelace")).await;
    let order = named
        .computer
        .talk(&named.site)
        .await
        .expect("it is ordered again");
    assert_eq!(
        order.subject, "CN=Ada Lovelace",
        "as the values are when it is sent"
    );
    assert!(named.holds(&former), "the new one is not proved");
    let certificate = issued(&named.site, &order).await;
    named.computer.install(&order.unique_id, &certificate);
    named.session().await;
    named.session().await;
    assert!(!named.holds(&former) && named.holds(&order.unique_id));
    assert_eq!(named.current().await.subject, "CN=Ada Lovelace");
    assert_eq!(told(&named).await, [from("Ada", "Ada King")]);
    is_settled(&mut named, 2).await;
    named.rename(&named.ada, Some("Ada Lovelace")).await;
    is_settled(&mut named, 2).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_changes_while_a_certificate_is_under_way_follows_once_that_is_proved() {
    let mut named = Named::with(seldom, |_| {}).await;
    let order = named.computer.talk_and_answer(&named.site).await.unwrap();
    assert_eq!(order.subject, "CN=Ada");
    named.rename(&named.ada, Some("Ada King")).await;
    assert_eq!(told(&named).await, []);
    let certificate = issued(&named.site, &order).await;
    named.computer.install(&order.unique_id, &certificate);
    let mut next = None;
    for _ in 0..3 {
        next = next.or(named.computer.talk_and_answer(&named.site).await);
    }
    let next = next.expect("another is ordered");
    assert_eq!(next.subject, "CN=Ada King");
    assert_eq!(told(&named).await, [from("Ada", "Ada King")]);
    let certificate = issued(&named.site, &next).await;
    named.computer.install(&next.unique_id, &certificate);
    named.session().await;
    named.session().await;
    assert!(!named.holds(&order.unique_id));
    is_settled(&mut named, 2).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_value_that_is_gone_is_told_once_and_takes_nothing_away() {
    let mut named = Named::new().await;
    named.rename(&named.ada, None).await;
    is_settled(&mut named, 1).await;
    assert!(named.holds(&named.node));
    assert!(matches!(
        named.current().await.state,
        DeliveryState::Verified { .. }
    ));
    assert_eq!(told(&named).await, [None]);
    let world = World {
        app: named.site.app.clone(),
        folder: tempfile::tempdir().unwrap(),
    };
    let mut browser = Browser::signed_in(&world, Role::Auditor).await;
    for (language, words) in [
        ("fr", "Ce que porte le certificat ne peut plus être rempli"),
        (
            "en",
            "What the certificate carries can&#39;t be filled in any more",
        ),
    ] {
        browser.language = language;
        let page = browser
            .get(&format!("/devices/{}", named.device))
            .await
            .expect(200)
            .text;
        assert!(
            page.contains(words) && page.contains("${userDisplayName}"),
            "{page}"
        );
    }
    let token = world.token(Role::Auditor).await;
    let path = format!("/devices/{}", named.device);
    let shown = world.get(&token, &path).await.expect(200).json;
    assert_eq!(shown["deliveries"][0]["lacking"]["variable"], "userDisplayName");
    named.rename(&named.ada, Some("Ada")).await;
    is_settled(&mut named, 1).await;
    let shown = world.get(&token, &path).await.expect(200).json;
    assert!(shown["deliveries"][0]["lacking"].is_null());
    set_user(&named.site.app, &BOSS, &named.device, None)
        .await
        .unwrap();
    is_settled(&mut named, 1).await;
    assert_eq!(told(&named).await, [None, None], "nobody has no name");
}

#[tokio::test(flavor = "multi_thread")]
async fn another_serial_number_at_the_inventory_is_another_certificate_and_another_name_is_none() {
    let mut named = Named::with(|_| {}, |form| "CN=${deviceSN}".clone_into(&mut form.subject)).await;
    named.get("SERIAL-1").await;
    named.computer.tree.set(SERIAL, Format::Chr, "SERIAL-2");
    named.computer.tree.set(NAME, Format::Chr, "OTHER");
    named.site.pass(2 * WEEK);
    named.get("SERIAL-2").await;
    let changed: Vec<_> = told(&named).await;
    assert_eq!(changed, [from("SERIAL-1", "SERIAL-2")]);
    let device = named.site.device(&named.computer.device_id).await;
    assert_eq!(device.inventory.name.as_deref(), Some("OTHER"));
    assert_ne!(device.name, "OTHER", "a device could call itself as another does");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_that_an_administrator_took_over_is_another_certificate() {
    let mut named = Named::with(|_| {}, |form| "CN=${deviceName}".clone_into(&mut form.subject)).await;
    let former = named.site.device(&named.computer.device_id).await.name;
    named.get(&former).await;
    let app = named.site.app.clone();
    let world = World {
        app: app.clone(),
        folder: tempfile::tempdir().unwrap(),
    };
    let (api, page) = (
        format!("/devices/{}/name", named.device),
        format!("/devices/{}", named.device),
    );
    let wanted = json!({ "name": "COMPUTER" });
    let helper = world.token(Role::HelpDesk).await;
    world
        .call(&helper, Method::PUT, &api, Some(&wanted))
        .await
        .expect(403);
    let token = world.token(Role::Administrator).await;
    let other = json!({ "name": "DC-1" });
    world
        .call(&token, Method::PUT, &api, Some(&other))
        .await
        .expect(409);
    named.site.pass(60);
    assert!(
        named.session().await.is_empty(),
        "what it calls itself is nothing by itself"
    );
    let mut browser = Browser::signed_in(&world, Role::Administrator).await;
    let shown = browser.get(&page).await.expect(200).text;
    assert!(shown.contains("id=\"name-form\""), "{shown}");
    let done = browser
        .post(&format!("{page}/name"), &[("name", "COMPUTER")])
        .await;
    assert_eq!(location(&done), format!("{page}?done=name-taken"));
    let shown = browser.get(&page).await.expect(200).text;
    assert!(!shown.contains("id=\"name-form\""), "{shown}");
    named.get("COMPUTER").await;
    assert_eq!(told(&named).await, [from(&former, "COMPUTER")]);
    let all = named.site.timeline(&named.device).await;
    let taken = all.iter().filter(|what| matches!(what, What::NameTaken { .. }));
    assert_eq!(taken.count(), 1);
    world
        .call(&token, Method::PUT, &api, Some(&wanted))
        .await
        .expect(200);
    named.session().await;
    is_settled(&mut named, 2).await;
    let again = named.site.timeline(&named.device).await;
    let taken = again.iter().filter(|what| matches!(what, What::NameTaken { .. }));
    assert_eq!(taken.count(), 1, "the same name again is no change");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_crowd_is_issued_again_one_after_the_other() {
    const CROWD: usize = 100;
    let mut named = Named::new().await;
    for number in 0..CROWD {
        let (app, name) = (&named.site.app, format!("PC-{number:04}"));
        let device = groups::device(app, &name, "Book", Some(&named.ada)).await;
        forged::verified(app, &named.configuration().await, &device, "CN=Ada").await;
    }
    let before = named.site.app.now();
    named.rename(&named.ada, Some("Ada King")).await;
    let changed = named.site.app.now();
    let begins = waiting(&named).await;
    assert_eq!(begins.len(), CROWD + 1);
    let at_once = begins.iter().filter(|begins| **begins <= changed).count();
    assert_eq!(at_once, 61);
    let after = |index: usize| begins[index].since(before) / 1000;
    assert_eq!((after(61), after(62), after(CROWD)), (1, 2, 40));
    // The computer enrolled first, and is among the first.
    named.get("Ada King").await;
    let former = named.node.clone();
    // While the crowd has its turns, one more change waits behind it: nothing is missing meanwhile.
    named.rename(&named.bob, Some("Bob King")).await;
    set_user(&named.site.app, &BOSS, &named.device, Some(&named.bob))
        .await
        .unwrap();
    let waits = named.current().await;
    assert!(waits.not_before > named.site.app.now(), "{waits:?}");
    named.session().await;
    assert!(named.holds(&former));
    let world = World {
        app: named.site.app.clone(),
        folder: tempfile::tempdir().unwrap(),
    };
    let mut browser = Browser::signed_in(&world, Role::Auditor).await;
    let page = browser
        .get(&format!("/devices/{}", named.device))
        .await
        .expect(200)
        .text;
    assert!(page.contains("each has its turn"), "{page}");
    named.site.pass(60);
    named.get("Bob King").await;
}

/// When what waits for Ada's devices begins, in order.
async fn waiting(named: &Named) -> Vec<Timestamp> {
    let ada = named.ada.clone();
    let read = named.site.app.store.read(move |tx| {
        let ada = ada.clone();
        Box::pin(async move {
            let mut all = Vec::new();
            for device in store::devices::of_person(tx, &ada).await? {
                all.extend(store::deliveries::of_device(tx, &device.id).await?);
            }
            Ok::<_, store::Error>(all)
        })
    });
    let mut all = read.await.unwrap();
    all.retain(|delivery| delivery.state == DeliveryState::WaitingForDevice);
    let mut begins: Vec<Timestamp> = all.into_iter().map(|delivery| delivery.not_before).collect();
    begins.sort();
    begins
}
