//! A lost or stolen device is revoked at once: what is worth nothing from that moment, and who may do it.

use std::process::Command;

use axum::http::Method;
use domain::{
    actor::Actor,
    device::LeftHow,
    issuance::{IssuanceState, RevocationReason},
    operator::Role,
};
use sceau::actions::{built_in, device_revocation::revoke_device};
use scep::Outcome;
use serde_json::{Value, json};
use x509_parser::prelude::{CertificateRevocationList, FromDer as _};

use crate::{
    built_in::delivery::Told,
    console::browser::{Browser, location},
    pki::{
        Ordered,
        client::{get, ordered_enrolment, post},
    },
    site::{Site, computer::Computer},
    world::World,
};

const BOSS: Actor = Actor::CommandLine;

async fn is_refused(site: &Site, computer: &Computer) {
    let reply = site
        .management(Some(&computer.identity), computer.greeting("99"))
        .await
        .expect(403);
    assert!(reply.text().contains("must enrol again"), "{}", reply.text());
}

/// How many certificates the authority's published list revokes.
async fn listed(told: &Told) -> usize {
    let list = get(&told.site, "/ca/own/crl", "").await.expect(200);
    let (_, list) = CertificateRevocationList::from_der(&list.body).unwrap();
    list.iter_revoked_certificates().count()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_own_authority_issued_is_revoked_and_listed_at_once() {
    let told = Told::to_enrol("CN=laboratory").await;
    assert_eq!(listed(&told).await, 0);
    let mut enrolment = told.enrolment().await;
    let Outcome::Issued(_) = told.ask(&mut enrolment).await else {
        panic!("not issued")
    };
    let app = &told.site.app;
    let id = told.site.device(&told.computer.device_id).await.id;
    let holdings = revoke_device(app, &BOSS, &id).await.unwrap();
    assert_eq!((holdings.own.len(), holdings.elsewhere.len()), (1, 0));
    assert_eq!(listed(&told).await, 1);
    let ledger = built_in::issuances(app, &BOSS, &told.authority.id, None, 10)
        .await
        .unwrap();
    assert_eq!(ledger[0].state, IssuanceState::Issued);
    let revoked = ledger[0].revoked.unwrap();
    assert_eq!(revoked.reason, RevocationReason::CessationOfOperation);
    is_refused(&told.site, &told.computer).await;
    let device = told.site.device(&told.computer.device_id).await;
    assert_eq!(device.left_how, Some(LeftHow::Revoked));
    let again = revoke_device(app, &BOSS, &id).await.unwrap_err();
    assert_eq!(again.refusals()[0].key, "error-device-left");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_challenge_that_the_device_holds_gets_nothing_any_more() {
    for path in [None, Some("/ca/own/scep")] {
        let told = Told::to_enrol("CN=laboratory").await;
        let mut enrolment = told.enrolment().await;
        let message = enrolment.write_request().unwrap();
        let id = told.site.device(&told.computer.device_id).await.id;
        revoke_device(&told.site.app, &BOSS, &id).await.unwrap();
        let reply = post(&told.site, path.unwrap_or(told.path()), message).await;
        if reply.status == 200 {
            let outcome = enrolment.read_reply(&reply.body).unwrap();
            assert!(matches!(outcome, Outcome::Failed { .. }), "{outcome:?}");
        }
        let ledger = built_in::issuances(&told.site.app, &BOSS, &told.authority.id, None, 10).await;
        assert!(ledger.unwrap().is_empty(), "nothing was issued at {path:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_another_authority_issued_is_listed_to_be_revoked_there() {
    let mut ordered = Ordered::new().await;
    let mut enrolment = ordered_enrolment(&ordered).await;
    let message = enrolment.write_request().unwrap();
    let reply = post(&ordered.site, ordered.path(), message).await.expect(200);
    let Outcome::Issued(issued) = enrolment.read_reply(&reply.body).unwrap() else {
        panic!("not issued")
    };
    let unique_id = ordered.order.unique_id.clone();
    ordered.computer.install(&unique_id, &issued[0]);
    assert!(ordered.computer.talk(&ordered.site).await.is_none());
    let (site, computer) = (&ordered.site, &ordered.computer);
    let world = World {
        app: site.app.clone(),
        folder: tempfile::tempdir().unwrap(),
    };
    let id = site.device(&computer.device_id).await.id;
    let place = format!("/devices/{id}/revoke");
    let mut helper = Browser::signed_in(&world, Role::HelpDesk).await;
    assert!(!helper.get(&place).await.text.contains("btn-danger"));
    helper.post(&place, &[]).await.expect(403);
    let mut browser = Browser::signed_in(&world, Role::Administrator).await;
    let before = browser.get(&place).await.expect(200).text;
    assert!(
        before.contains("btn-danger") && before.contains("id=\"elsewhere\""),
        "{before}"
    );
    assert_eq!(location(&browser.post(&place, &[]).await), place);
    let sha1 = domain::thumbprint::Sha1::of(&issued[0]).to_string();
    for (language, words) in [
        ("en", "Sceau can&#39;t revoke these"),
        ("fr", "Sceau ne peut pas"),
    ] {
        browser.language = language;
        let after = browser.get(&place).await.expect(200).text;
        assert!(!after.contains("btn-danger") && after.contains(words), "{after}");
        assert!(after.contains(&sha1), "{after}");
    }
    is_refused(site, computer).await;
}

#[tokio::test]
async fn over_the_api_only_owners_and_administrators_revoke() {
    let world = World::new().await;
    let site = Site::around(world.app.clone());
    site.person("ada", Some("secret")).await;
    let mut computer = Computer::new(1);
    computer.enrol(&site, ("ada", "secret")).await;
    let id = site.device(&computer.device_id).await.id;
    let path = format!("/devices/{id}/revocation");
    for role in [Role::HelpDesk, Role::PkiOperator, Role::Auditor] {
        let token = world.token(role).await;
        world.call(&token, Method::PUT, &path, None).await.expect(403);
    }
    assert!(site.device(&computer.device_id).await.is_staying());
    let token = world.token(Role::Administrator).await;
    let before = world.get(&token, &path).await.expect(200);
    assert_eq!(
        before.json,
        json!({ "revoked_at": null, "own": [], "elsewhere": [] })
    );
    let done = world.call(&token, Method::PUT, &path, None).await.expect(200);
    assert_ne!(done.json["revoked_at"], Value::Null);
    world.call(&token, Method::PUT, &path, None).await.expect(409);
    let shown = world.get(&token, &format!("/devices/{id}")).await.expect(200);
    assert_eq!(shown.json["left_how"], "revoked");
    let activity = world.get(&token, "/activity").await.expect(200).text;
    assert!(activity.contains("device.revoke"), "{activity}");
    is_refused(&site, &computer).await;

    computer.enrol_again(&site, ("ada", "secret")).await;
    assert!(
        site.device(&computer.device_id).await.is_staying(),
        "it comes back afresh"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_command_line_lists_sends_away_keeps_and_revokes() {
    let world = World::new().await;
    let site = Site::around(world.app.clone());
    site.person("ada", Some("secret")).await;
    let mut computer = Computer::new(1);
    computer.enrol(&site, ("ada", "secret")).await;
    let id = site.device(&computer.device_id).await.id.to_string();
    let run = |arguments: &[&str]| {
        let output = Command::new(env!("CARGO_BIN_EXE_sceau"))
            .arg("device")
            .args(arguments)
            .current_dir(world.folder.path())
            .env("SCEAU_DATA_DIR", world.folder.path().join("data"))
            .output()
            .unwrap();
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        (output.status.success(), text)
    };
    let stands = |how: &str| {
        let (is_good, text) = run(&["list"]);
        assert!(is_good && text.trim().ends_with(how), "{how}: {text}");
    };
    stands("\tstays");
    assert!(run(&["remove", &id]).0);
    stands("\tleaves");
    assert!(run(&["stay", &id]).0);
    stands("\tstays");
    assert!(!run(&["stay", &id]).0, "nobody asked that it leave");
    let (is_good, text) = run(&["revoke", &id]);
    assert!(is_good && text.contains("is revoked"), "{text}");
    stands("\trevoked");
    assert!(!run(&["revoke", &id]).0, "it left already");
    is_refused(&site, &computer).await;
}
