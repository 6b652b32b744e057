//! Whose a device is: said by an administrator, and what follows for its certificates.

use std::process::Command;

use axum::http::Method;
use domain::{
    assignment::Scope, delivery::DeliveryState, event::What, group::Of, operator::Role, person::PersonId,
    scep_configuration::CertificateStore,
};
use sceau::actions::{
    Error, activity,
    device_removal::remove_device,
    device_user::{set_user, user_outlook},
};
use serde_json::{Value, json};

use crate::{
    console::browser::{Browser, location},
    groups::{among, by_hand, give},
    site::{
        Site,
        computer::Computer,
        named::{BOSS, Named, seldom},
    },
    world::World,
};

async fn give_to(named: &Named, person: Option<&PersonId>) {
    set_user(&named.site.app, &BOSS, &named.device, person)
        .await
        .unwrap();
}

fn for_people(people: &[&PersonId]) -> Scope {
    Scope::Custom {
        devices: Vec::new(),
        people: people.iter().map(|id| (*id).clone()).collect(),
        excluded_devices: Vec::new(),
        excluded_people: Vec::new(),
        groups: Vec::new(),
        excluded_groups: Vec::new(),
    }
}

fn refusal(error: &Error) -> String {
    error.refusals()[0].key.clone()
}

fn world(named: &Named) -> World {
    World {
        app: named.site.app.clone(),
        folder: tempfile::tempdir().unwrap(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_device_that_gets_another_user_gets_a_certificate_with_that_name_before_it_loses_the_old_one() {
    let mut named = Named::new().await;
    let former = named.node.clone();
    give_to(&named, Some(&named.bob)).await;
    assert!(named.holds(&former), "nothing is taken away yet");
    named.get("Bob").await;
    named.session().await;
    assert!(!named.holds(&former), "the new one is proved: the old one goes");
    let told = named.site.timeline(&named.device).await;
    let changed = What::UserChanged {
        before: "ada".to_owned(),
        username: "bob".to_owned(),
        by: "command-line".to_owned(),
    };
    assert!(told.contains(&changed), "{told:?}");
    let entries = activity::list_activity(&named.site.app, &BOSS, None, 50)
        .await
        .unwrap();
    let entry = entries
        .iter()
        .find(|row| row.entry.action == "device.user")
        .unwrap();
    assert_eq!(entry.entry.target_id, named.device.as_str());
    assert!(entry.entry.before.as_ref().unwrap().contains("\"ada\""));
    assert!(entry.entry.after.as_ref().unwrap().contains("\"bob\""));
    for _ in 0..3 {
        named.site.pass(60);
        assert!(named.session().await.is_empty(), "nothing more follows");
    }
    assert_eq!(
        named.deliveries().await.len(),
        2,
        "one change, one new certificate"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn assignments_by_user_and_by_group_of_users_follow_the_new_user() {
    let mut named = Named::with(seldom, |_| {}).await;
    let app = named.site.app.clone();
    let wifi = named.configuration().await;
    give(&app, &wifi, for_people(&[&named.ada])).await;
    named.get("Ada").await;
    let former = named.node.clone();
    let group = by_hand(&app, "Sales", Of::People, &[named.bob.as_str()]).await;
    let vpn = named
        .further("VPN", |form| {
            "CN=${userDisplayName}".clone_into(&mut form.subject);
        })
        .await;
    give(&app, &vpn, among(&[&group], &[])).await;

    let outlook = user_outlook(&app, &BOSS, &named.device, Some(&named.bob))
        .await
        .unwrap();
    assert_eq!(
        (outlook.delivered, outlook.withdrawn),
        (vec!["VPN".to_owned()], vec!["Wi-Fi".to_owned()])
    );
    assert!(outlook.reissued.is_empty() && outlook.lacking.is_empty());
    assert_eq!(named.current().await.subject, "CN=Ada", "to ask changes nothing");

    give_to(&named, Some(&named.bob)).await;
    named.get("Bob").await;
    named.session().await;
    assert!(!named.holds(&former), "what was for the former user is withdrawn");
    let current = named.current().await;
    assert_eq!(current.configuration_id, vpn);

    let last = named.node.clone();
    give_to(&named, None).await;
    let deleted = named.session().await;
    assert!(
        deleted
            .iter()
            .any(|one| one.starts_with("Delete") && one.contains(&last)),
        "{deleted:?}"
    );
    assert!(!named.holds(&last), "and what was for the last one");
    let told = named.site.timeline(&named.device).await;
    assert!(
        told.iter()
            .any(|what| matches!(what, What::UserRemoved { before, .. } if before == "bob"))
    );
    let device = named.site.device(&named.computer.device_id).await;
    assert_eq!(device.person_id, None);
    give_to(&named, Some(&named.ada)).await;
    named.get("Ada").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_user_without_the_value_leaves_the_certificate_where_it_is() {
    let mut named = Named::new().await;
    named.rename(&named.bob, None).await;
    let app = named.site.app.clone();
    let outlook = user_outlook(&app, &BOSS, &named.device, Some(&named.bob))
        .await
        .unwrap();
    assert_eq!(outlook.lacking.len(), 1);
    assert_eq!(
        (outlook.lacking[0].0.as_str(), outlook.lacking[0].1.key().as_str()),
        ("Wi-Fi", "cause-variable-missing")
    );
    give_to(&named, Some(&named.bob)).await;
    assert!(named.session().await.is_empty());
    assert!(named.holds(&named.node));
    assert!(matches!(
        named.current().await.state,
        DeliveryState::Verified { .. }
    ));
    named.rename(&named.bob, Some("Bob")).await;
    named.get("Bob").await;
}

#[tokio::test]
async fn who_can_t_be_the_user_is_refused_and_nothing_changes() {
    let named = Named::with(seldom, |_| {}).await;
    let app = &named.site.app;
    let nobody = PersonId::new(app.now(), [9; 10]);
    let error = set_user(app, &BOSS, &named.device, Some(&nobody))
        .await
        .unwrap_err();
    assert_eq!(refusal(&error), "error-device-user-unknown");
    // The same machine, enrolled by both.
    let mut again = Computer::new(2);
    again.device_id.clone_from(&named.computer.device_id);
    again.enrol(&named.site, ("bob", "secret")).await;
    let error = set_user(app, &BOSS, &named.device, Some(&named.bob))
        .await
        .unwrap_err();
    assert_eq!(refusal(&error), "error-device-user-twin");
    let told = named.site.timeline(&named.device).await;
    set_user(app, &BOSS, &named.device, Some(&named.ada))
        .await
        .unwrap();
    assert_eq!(
        named.site.timeline(&named.device).await,
        told,
        "the same user is no change"
    );
    remove_device(app, &BOSS, &named.device, true).await.unwrap();
    let error = set_user(app, &BOSS, &named.device, None).await.unwrap_err();
    assert_eq!(refusal(&error), "error-device-leaves");
    let unknown = domain::device::DeviceId::new(app.now(), [9; 10]);
    let error = set_user(app, &BOSS, &unknown, None).await.unwrap_err();
    assert_eq!(refusal(&error), "error-not-found");
}

#[tokio::test]
async fn over_the_api_owners_and_administrators_say_whose_it_is() {
    let named = Named::with(seldom, |form| form.store = CertificateStore::User).await;
    let world = world(&named);
    let path = format!("/devices/{}/user", named.device);
    let wanted = json!({ "person_id": named.bob });
    for role in [Role::HelpDesk, Role::PkiOperator, Role::Auditor] {
        let token = world.token(role).await;
        world
            .call(&token, Method::PUT, &path, Some(&wanted))
            .await
            .expect(403);
        world.call(&token, Method::DELETE, &path, None).await.expect(403);
    }
    let token = world.token(Role::Administrator).await;
    let ada = json!({ "person_id": named.ada, "username": "ada" });
    assert_eq!(world.get(&token, &path).await.expect(200).json, ada);
    let preview = world
        .post(&token, &format!("{path}/preview"), &wanted)
        .await
        .expect(200);
    assert_eq!(preview.json["before"], ada);
    assert_eq!(preview.json["after"]["username"], "bob");
    assert_eq!(preview.json["in_users_store"], json!(["Wi-Fi"]));
    let none = world
        .post(&token, &format!("{path}/preview"), &json!({ "person_id": null }))
        .await
        .expect(200);
    assert_eq!(none.json["lacking"][0]["cause"]["variable"], "userDisplayName");
    assert_eq!(
        world.get(&token, &path).await.expect(200).json,
        ada,
        "a preview changes nothing"
    );
    for wrong in [
        json!({ "person_id": "x" }),
        json!({ "person_id": "0".repeat(32) }),
    ] {
        let answer = world
            .call(&token, Method::PUT, &path, Some(&wrong))
            .await
            .expect(422);
        assert_eq!(answer.field(), "person_id");
    }
    let set = world
        .call(&token, Method::PUT, &path, Some(&wanted))
        .await
        .expect(200);
    assert_eq!(set.json["username"], "bob");
    world.call(&token, Method::DELETE, &path, None).await.expect(204);
    let nobody: Value = json!({ "person_id": null, "username": null });
    assert_eq!(world.get(&token, &path).await.expect(200).json, nobody);
    world
        .get(&token, &format!("/devices/{}/user", "0".repeat(32)))
        .await
        .expect(404);
}

#[tokio::test]
async fn the_page_says_what_follows_before_it_is_done() {
    let named = Named::with(seldom, |_| {}).await;
    let world = world(&named);
    let place = format!("/devices/{}/user", named.device);
    let mut helper = Browser::signed_in(&world, Role::HelpDesk).await;
    let shown = helper
        .get(&format!("{place}?username=bob"))
        .await
        .expect(200)
        .text;
    assert!(
        shown.contains("id=\"effects\"") && !shown.contains(">Change the user<"),
        "{shown}"
    );
    helper
        .post(&place, &[("person", named.bob.as_str())])
        .await
        .expect(403);
    let mut browser = Browser::signed_in(&world, Role::Administrator).await;
    for (language, words, unknown) in [
        (
            "fr",
            "bob devient l&#39;utilisateur de l&#39;appareil à la place de ada.",
            "Cette personne n&#39;existe pas.",
        ),
        (
            "en",
            "bob becomes the user of the device in place of ada.",
            "There is no such person.",
        ),
    ] {
        browser.language = language;
        let blank = browser.get(&place).await.expect(200).text;
        assert!(!blank.contains("id=\"effects\""), "{blank}");
        let asked = browser
            .get(&format!("{place}?username=bob"))
            .await
            .expect(200)
            .text;
        assert!(
            asked.contains(words) && asked.contains(named.bob.as_str()),
            "{asked}"
        );
        let refused = browser
            .get(&format!("{place}?username=zoe"))
            .await
            .expect(422)
            .text;
        assert!(refused.contains(unknown), "{refused}");
    }
    assert_eq!(
        named.site.device(&named.computer.device_id).await.person_id,
        Some(named.ada.clone())
    );
    let device = format!("/devices/{}", named.device);
    let done = browser.post(&place, &[("person", named.bob.as_str())]).await;
    assert_eq!(location(&done), format!("{device}?done=user-set"));
    let page = browser.get(&device).await.expect(200).text;
    assert!(
        page.contains("made bob the user of the device in place of ada."),
        "{page}"
    );
    browser.get(&format!("{place}?remove=yes")).await.expect(200);
    let done = browser.post(&place, &[("person", "")]).await;
    assert_eq!(location(&done), format!("{device}?done=user-removed"));
    assert_eq!(named.site.device(&named.computer.device_id).await.person_id, None);
}

#[tokio::test]
async fn the_former_user_who_enrols_the_machine_again_gets_a_device_of_their_own() {
    let mut named = Named::with(seldom, |_| {}).await;
    give_to(&named, Some(&named.bob)).await;
    named.computer.enrol_again(&named.site, ("ada", "secret")).await;
    let devices = named.site.devices().await;
    assert_eq!(devices.len(), 2);
    let of = |person: &PersonId| {
        devices
            .iter()
            .find(|one| one.person_id.as_ref() == Some(person))
            .unwrap()
    };
    assert_eq!(of(&named.bob).id, named.device, "what became Bob's stays Bob's");
    named.computer.talk(&named.site).await;
    named.computer.enrol_again(&named.site, ("bob", "secret")).await;
    assert_eq!(
        named.site.devices().await.len(),
        2,
        "Bob's own machine is known again"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_command_line_says_what_follows_and_does_it_with_yes_alone() {
    let world = World::new().await;
    let site = Site::around(world.app.clone());
    site.person("ada", Some("secret")).await;
    site.person("bob", None).await;
    let mut computer = Computer::new(1);
    computer.enrol(&site, ("ada", "secret")).await;
    let id = site.device(&computer.device_id).await.id.to_string();
    let run = |arguments: &[&str]| {
        let output = Command::new(env!("CARGO_BIN_EXE_sceau"))
            .args(["device", "user", &id])
            .args(arguments)
            .current_dir(world.folder.path())
            .env("SCEAU_DATA_DIR", world.folder.path().join("data"))
            .output()
            .unwrap();
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        (output.status.success(), text)
    };
    let whose = || {
        let (is_good, text) = run(&[]);
        assert!(is_good, "{text}");
        text.trim().to_owned()
    };
    assert_eq!(whose(), "ada");
    let (is_good, text) = run(&["bob"]);
    assert!(
        is_good && text.contains("bob becomes the user of the device in place of ada."),
        "{text}"
    );
    assert!(text.contains("Add --yes"), "{text}");
    assert_eq!(whose(), "ada", "nothing was changed");
    assert!(run(&["bob", "--yes"]).0);
    assert_eq!(whose(), "bob");
    assert!(!run(&["zoe", "--yes"]).0, "there is no such person");
    assert!(!run(&["ada", "--remove", "--yes"]).0, "one of the two");
    let (is_good, text) = run(&["--remove"]);
    assert!(is_good && text.contains("it was bob"), "{text}");
    assert!(run(&["--remove", "--yes"]).0);
    assert_eq!(whose(), "none");
}
