//! Devices that aren't heard of any more: people are told first, then they leave, and come back by enrolling again.

use domain::{
    actor::Actor,
    built_in::Rules,
    device::{Device, LeftHow},
    event::What,
    external_ca::AuthorityId,
    operator::Role,
    warning::WarningKind,
};
use sceau::{
    actions::{
        built_in,
        device_removal::remove_device,
        device_revocation::revoke_device,
        device_silence::{list_silent, look},
        devices::{DeviceFilter, list_devices},
        warnings::list_warnings,
    },
    settings::Settings,
};
use scep::Outcome;
use x509_parser::prelude::{CertificateRevocationList, FromDer as _};

use crate::{
    console::browser::Browser,
    pki::client,
    site::{PUBLIC, Site, computer::Computer, own_authority::distributed},
    world::World,
};

const BOSS: Actor = Actor::CommandLine;
const ADA: (&str, &str) = ("ada", "secret");
const DAY: i64 = 86_400;

fn ninety_days(settings: &mut Settings) {
    settings.devices.silence_days = 90;
    settings.devices.silence_notice_days = 14;
}

async fn enrolled(site: &Site, number: u8) -> Computer {
    let mut computer = Computer::new(number);
    computer.enrol(site, ADA).await;
    computer.talk(site).await;
    computer
}

/// A site with a device that has a certificate of an authority of the server's own.
async fn certified(change: impl FnOnce(&mut Settings)) -> (Site, AuthorityId, Computer) {
    let site = Site::with(change).await;
    let authority = distributed(&site, Rules::default(), |_| {}).await;
    site.person(ADA.0, Some(ADA.1)).await;
    let mut computer = Computer::new(1);
    computer.enrol(&site, ADA).await;
    let order = computer.talk(&site).await.expect("an enrolment is ordered");
    let path = order.server_urls[0].strip_prefix(PUBLIC).unwrap();
    let mut enrolment = client::enrolment(&site, path, &order.challenge, client::signer(&site)).await;
    let request = enrolment.write_request().unwrap();
    let reply = client::post(&site, path, request).await.expect(200);
    let Outcome::Issued(issued) = enrolment.read_reply(&reply.body).unwrap() else {
        panic!("not issued")
    };
    computer.install(&order.unique_id, &issued[0]);
    computer.talk(&site).await;
    (site, authority.id, computer)
}

async fn device(site: &Site, computer: &Computer) -> Device {
    site.device(&computer.device_id).await
}

async fn told(site: &Site, computer: &Computer, is_wanted: fn(&What) -> bool) -> usize {
    let id = device(site, computer).await.id;
    site.timeline(&id).await.into_iter().filter(is_wanted).count()
}

fn is_told(what: &What) -> bool {
    matches!(what, What::SilenceTold { .. })
}

async fn open(site: &Site) -> Vec<(WarningKind, String)> {
    let all = list_warnings(&site.app, &BOSS).await.unwrap();
    all.into_iter()
        .filter(|listed| listed.warning.ended_at.is_none())
        .map(|listed| {
            assert_eq!(
                (&listed.warning.authority_id, &listed.authority_name),
                (&None, &None)
            );
            let matter = listed.warning.matter;
            (matter.kind, matter.values["count"].clone())
        })
        .collect()
}

async fn listed(site: &Site, state: &str) -> Vec<String> {
    let filter = DeviceFilter {
        state: Some(state.to_owned()),
        ..DeviceFilter::default()
    };
    let all = list_devices(&site.app, &BOSS, filter, None, 50).await.unwrap();
    all.into_iter().map(|listed| listed.device.windows_id).collect()
}

async fn revoked(site: &Site) -> usize {
    let list = client::get(site, "/ca/own/crl", "").await.expect(200);
    let (_, list) = CertificateRevocationList::from_der(&list.body).unwrap();
    list.iter_revoked_certificates().count()
}

#[tokio::test(flavor = "multi_thread")]
async fn people_are_told_first_then_the_device_leaves_and_comes_back_by_enrolling_again() {
    let (site, authority, mut computer) = certified(ninety_days).await;
    site.pass(75 * DAY);
    look(&site.app).await.unwrap();
    assert_eq!(told(&site, &computer, is_told).await, 0);
    site.pass(DAY);
    for _ in 0..2 {
        look(&site.app).await.unwrap();
        assert_eq!(told(&site, &computer, is_told).await, 1, "once");
    }
    let silent = list_silent(&site.app, &BOSS).await.unwrap();
    assert_eq!(silent.len(), 1);
    let left = silent[0].leaves_at.since(site.app.now());
    assert!((13 * DAY..=14 * DAY).contains(&(left / 1000)), "{left}");
    assert_eq!(open(&site).await, [(WarningKind::DevicesSilent, "1".to_owned())]);
    assert_eq!(listed(&site, "silent").await, [computer.device_id.clone()]);
    site.pass(13 * DAY);
    look(&site.app).await.unwrap();
    assert!(device(&site, &computer).await.is_staying(), "not before its time");
    site.pass(DAY + 60);
    look(&site.app).await.unwrap();
    let gone = device(&site, &computer).await;
    assert_eq!(gone.left_how, Some(LeftHow::Silent));
    assert!(open(&site).await.is_empty() && listed(&site, "silent").await.is_empty());
    let ledger = built_in::issuances(&site.app, &BOSS, &authority, None, 9)
        .await
        .unwrap();
    assert!(ledger[0].revoked.is_none(), "nobody asked for that");
    for _ in 0..2 {
        let greeting = computer.greeting("99");
        let reply = site
            .management(Some(&computer.identity), greeting)
            .await
            .expect(403);
        assert!(reply.text().contains("must enrol again"), "{}", reply.text());
    }
    let came = |what: &What| matches!(what, What::CameAfterSilence);
    assert_eq!(told(&site, &computer, came).await, 1, "once a day");
    computer.enrol_again(&site, ADA).await;
    let back = device(&site, &computer).await;
    assert!(back.is_staying() && back.id == gone.id);
    assert!(
        computer.talk(&site).await.is_some(),
        "it gets its certificate anew"
    );
    look(&site.app).await.unwrap();
    assert!(device(&site, &computer).await.is_staying());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_own_authority_issued_is_revoked_where_the_settings_say_so() {
    let (site, _, computer) = certified(|settings| {
        ninety_days(settings);
        settings.devices.silence_revokes = true;
    })
    .await;
    site.pass(76 * DAY);
    look(&site.app).await.unwrap();
    assert_eq!(revoked(&site).await, 0);
    site.pass(15 * DAY);
    look(&site.app).await.unwrap();
    assert_eq!(device(&site, &computer).await.left_how, Some(LeftHow::Silent));
    assert_eq!(revoked(&site).await, 1);
}

#[tokio::test]
async fn who_speaks_in_time_stays_and_is_told_of_again_only_after_a_new_silence() {
    let site = Site::with(ninety_days).await;
    site.person(ADA.0, Some(ADA.1)).await;
    let mut computer = enrolled(&site, 1).await;
    site.pass(76 * DAY);
    look(&site.app).await.unwrap();
    computer.talk(&site).await;
    site.pass(20 * DAY);
    look(&site.app).await.unwrap();
    assert!(device(&site, &computer).await.is_staying());
    assert!(open(&site).await.is_empty() && list_silent(&site.app, &BOSS).await.unwrap().is_empty());
    site.pass(60 * DAY);
    look(&site.app).await.unwrap();
    assert_eq!(told(&site, &computer, is_told).await, 2);
}

#[tokio::test]
async fn a_server_that_was_down_for_long_lets_nobody_go_before_the_time_of_the_notice() {
    let site = Site::with(ninety_days).await;
    site.person(ADA.0, Some(ADA.1)).await;
    let mut computer = enrolled(&site, 1).await;
    site.pass(200 * DAY);
    look(&site.app).await.unwrap();
    site.pass(13 * DAY);
    look(&site.app).await.unwrap();
    assert!(device(&site, &computer).await.is_staying());
    computer.talk(&site).await;
    site.pass(2 * DAY);
    look(&site.app).await.unwrap();
    assert!(device(&site, &computer).await.is_staying());
}

#[tokio::test]
async fn without_the_setting_nobody_leaves_and_identities_that_end_are_warned_of() {
    let site = Site::new().await;
    site.person(ADA.0, Some(ADA.1)).await;
    let first = enrolled(&site, 1).await;
    site.pass(DAY);
    enrolled(&site, 2).await;
    site.pass(343 * DAY + 60);
    look(&site.app).await.unwrap();
    let late = |count: &str| vec![(WarningKind::IdentitiesLate, count.to_owned())];
    assert_eq!(open(&site).await, late("1"));
    let before = list_warnings(&site.app, &BOSS).await.unwrap().remove(0).warning;
    look(&site.app).await.unwrap();
    let same = list_warnings(&site.app, &BOSS).await.unwrap();
    assert_eq!((same.len(), &same[0].warning.id), (1, &before.id), "told once");
    site.pass(DAY);
    look(&site.app).await.unwrap();
    assert_eq!(open(&site).await, late("2"), "the other one is told of too");
    let all = list_warnings(&site.app, &BOSS).await.unwrap();
    assert_eq!(all.len(), 2, "{all:?}");
    assert!(device(&site, &first).await.is_staying());
    assert_eq!(told(&site, &first, is_told).await, 0);
    revoke_device(&site.app, &BOSS, &device(&site, &first).await.id)
        .await
        .unwrap();
    look(&site.app).await.unwrap();
    assert_eq!(open(&site).await, late("1"));
}

#[tokio::test]
async fn the_list_is_narrowed_to_those_that_leave_are_silent_or_were_revoked() {
    let site = Site::new().await;
    site.person(ADA.0, Some(ADA.1)).await;
    let quiet = enrolled(&site, 1).await;
    site.pass(31 * DAY);
    let (leaving, revoked, gone) = (
        enrolled(&site, 2).await,
        enrolled(&site, 3).await,
        enrolled(&site, 4).await,
    );
    enrolled(&site, 5).await;
    let id = async |computer: &Computer| device(&site, computer).await.id;
    remove_device(&site.app, &BOSS, &id(&leaving).await, true)
        .await
        .unwrap();
    revoke_device(&site.app, &BOSS, &id(&revoked).await)
        .await
        .unwrap();
    let farewell = gone.farewell("9");
    site.management(Some(&gone.identity), farewell).await.expect(200);
    for (state, computer) in [("leaving", &leaving), ("silent", &quiet), ("revoked", &revoked)] {
        assert_eq!(
            listed(&site, state).await,
            std::slice::from_ref(&computer.device_id),
            "{state}"
        );
    }
}

#[tokio::test]
async fn pages_tell_of_silence_and_of_a_return_in_both_languages() {
    let site = Site::with(ninety_days).await;
    site.person(ADA.0, Some(ADA.1)).await;
    let computer = enrolled(&site, 1).await;
    let place = format!("/devices/{}", device(&site, &computer).await.id);
    site.pass(80 * DAY);
    look(&site.app).await.unwrap();
    let world = World {
        app: site.app.clone(),
        folder: tempfile::tempdir().unwrap(),
    };
    let mut browser = Browser::signed_in(&world, Role::Auditor).await;
    for (language, silent, soon) in [
        ("en", "Nothing was heard of this device since", "leave soon"),
        ("fr", "pas manifesté depuis le", "partiront bientôt"),
    ] {
        browser.language = language;
        let page = browser.get(&place).await.expect(200).text;
        assert!(page.contains("id=\"silence\"") && page.contains(silent), "{page}");
        let page = browser.get("/").await.expect(200).text;
        assert!(page.contains("id=\"silent\"") && page.contains(soon), "{page}");
        assert!(page.contains("/devices?state=silent"), "{page}");
        let page = browser.get("/devices?state=silent").await.expect(200).text;
        assert!(page.contains(&place), "{page}");
        let page = browser.get("/devices?state=revoked").await.expect(200).text;
        assert!(!page.contains(&place), "{page}");
    }
    site.pass(15 * DAY);
    look(&site.app).await.unwrap();
    let mut later = Browser::signed_in(&world, Role::HelpDesk).await;
    site.management(Some(&computer.identity), computer.greeting("99"))
        .await
        .expect(403);
    for (language, words) in [("en", "It must enrol again."), ("fr", "Il doit se réinscrire.")] {
        later.language = language;
        let page = later.get(&place).await.expect(200).text;
        assert!(page.contains("id=\"silence\"") && page.contains(words), "{page}");
    }
    let token = world.token(Role::Auditor).await;
    let shown = world.get(&token, &place).await.expect(200);
    assert_eq!(shown.json["left_how"], "silent", "{}", shown.text);
    assert!(shown.json["returned_at"].is_string() && shown.json["silence"].is_null());
}
