//! What is kept of a person, or of a device that left, is erased by law: nothing of it is left in either database but what
//! must stay, and the chain of the audit goes on to hold.

use axum::http::Method;
use domain::{
    Sealed,
    actor::Actor,
    built_in::Rules,
    device::{Device, DeviceId},
    directory::{Directory, DirectoryKind, PersonLink, Reading, Refused, Settings, State},
    event::What,
    group::Of as GroupOf,
    issuance::Issuance,
    operator::Role,
    person::{Attributes, PersonId},
    scep_configuration::{San, SanKind},
};
use sceau::actions::{
    built_in,
    device_revocation::revoke_device,
    enrolment_codes,
    enrolment_tokens::{TokenForm, make_token},
    erasure::{Erased, Of, erase},
    groups::{GroupForm, add_group, remove_group},
    people::{PersonForm, add_person, one_person},
};
use scep::Outcome;
use serde_json::json;
use x509_parser::prelude::{CertificateRevocationList, FromDer as _};
use zeroize::Zeroizing;

use super::idle::on_both;
use crate::{
    console::browser::{Browser, location},
    pki::client,
    site::{PUBLIC, Site, computer::Computer, own_authority::distributed},
    world::World,
};

const BOSS: Actor = Actor::CommandLine;
const PERSON: (&str, &str) = ("ada.lovelace", "secret of enrolment");
const EMAIL: &str = "ada@contoso.example";

/// What tells of the person and of the device.
const MARKS: [&str; 8] = [
    PERSON.0,
    EMAIL,
    "Augusta Ada Byron",
    "S-1-5-21-1004336348-1177238915-682003330-512",
    "badge 4711",
    "SERIAL-7",
    "00000000000000000000000000000007",
    "token for countess",
];

/// A device of hers with a certificate of an authority of the server's own.
struct Enrolled {
    person: PersonId,
    computer: Computer,
    device: DeviceId,
    issued: Issuance,
    /// Path of the address that it was given, and its request.
    path: String,
    request: Vec<u8>,
}

async fn person(site: &Site) -> PersonId {
    let text = |text: &str| Some(text.to_owned());
    let form = PersonForm {
        username: PERSON.0.to_owned(),
        password: Some(Zeroizing::new(PERSON.1.to_owned())),
        attributes: Attributes {
            email: text(EMAIL),
            display_name: text(MARKS[2]),
            sid: text(MARKS[3]),
            custom: [("badge".to_owned(), MARKS[4].to_owned())].into(),
            ..Attributes::default()
        },
    };
    add_person(&site.app, &BOSS, form).await.unwrap().id
}

async fn enrolled(site: &Site) -> Enrolled {
    let authority = distributed(site, Rules::default(), |form| {
        form.sans = vec![San {
            kind: SanKind::Email,
            value: "${userEmailAddress}".to_owned(),
        }];
    })
    .await;
    let person = person(site).await;
    let mut computer = Computer::new(7);
    let wrong = computer.request((PERSON.0, "a wrong one"));
    site.enrolment("Enrollment", wrong).await.expect(500);
    computer.enrol(site, PERSON).await;
    let order = computer.talk(site).await.expect("an enrolment is ordered");
    let path = order.server_urls[0].strip_prefix(PUBLIC).unwrap().to_owned();
    let mut enrolment = client::enrolment(site, &path, &order.challenge, client::signer(site)).await;
    let request = enrolment.write_request().unwrap();
    let reply = client::post(site, &path, request.clone()).await.expect(200);
    let Outcome::Issued(issued) = enrolment.read_reply(&reply.body).unwrap() else {
        panic!("not issued")
    };
    computer.install(&order.unique_id, &issued[0]);
    assert!(computer.talk(site).await.is_none());
    let listed = built_in::issuances(&site.app, &BOSS, &authority.id, None, 10).await;
    Enrolled {
        person,
        device: site.device(&computer.device_id).await.id,
        computer,
        issued: listed.unwrap().remove(0),
        path,
        request,
    }
}

/// What operators do about her: a code, a token, and a group that is there no more.
async fn spoken_of(site: &Site, person: &PersonId) {
    enrolment_codes::make_code(&site.app, &BOSS, person, 24)
        .await
        .unwrap();
    let token = TokenForm {
        name: MARKS[7].to_owned(),
        person_id: person.clone(),
        devices: 2,
        days: 3,
    };
    make_token(&site.app, &BOSS, token).await.unwrap();
    let group = GroupForm {
        name: "Analysts".to_owned(),
        description: format!("Write to {EMAIL}."),
        of: GroupOf::People,
        rule: None,
        members: Some(vec![person.to_string()]),
    };
    let group = add_group(&site.app, &BOSS, &group).await.unwrap();
    remove_group(&site.app, &BOSS, &group.id).await.unwrap();
}

/// The tables in which a mark stands, as text or as octets.
async fn tables_with(site: &Site, mark: &str) -> Vec<String> {
    let mark = mark.to_lowercase();
    let octets = sceau::secrets::hex(mark.as_bytes());
    let mut found: Vec<String> = store::contents::everything(&site.app.store)
        .await
        .unwrap()
        .into_iter()
        .map(|(table, row)| (table, row.to_lowercase()))
        .filter(|(_, row)| row.contains(&mark) || row.contains(&octets))
        .map(|(table, _)| table)
        .collect();
    found.dedup();
    found
}

async fn chain_holds(site: &Site) {
    let store = &site.app.store;
    let report = store
        .read(|tx| Box::pin(store::audit::verify_chain(tx)))
        .await
        .unwrap();
    assert!(report.sealed > 0, "{report:?}");
    assert_eq!(report.broken_at, None, "{report:?}");
}

async fn refusal(site: &Site, of: &Of) -> String {
    let refused = erase(&site.app, &BOSS, of).await.unwrap_err();
    refused.refusals()[0].key.clone()
}

async fn leaves(site: &Site, computer: &mut Computer) {
    let session = computer.next_session();
    site.management(Some(&computer.identity), computer.farewell(&session))
        .await
        .expect(200);
}

async fn is_refused(site: &Site, computer: &Computer) {
    let greeting = computer.greeting("99");
    let reply = site.management(Some(&computer.identity), greeting).await;
    assert_eq!(reply.status, 403, "{}", reply.text());
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_of_a_person_is_left_in_either_database_but_what_must_stay() {
    for site in on_both().await {
        let mut ada = enrolled(&site).await;
        spoken_of(&site, &ada.person).await;
        let of = Of::Person(ada.person.clone());
        assert_eq!(refusal(&site, &of).await, "error-erase-person-devices");
        let of_device = Of::Device(ada.device.clone());
        assert_eq!(refusal(&site, &of_device).await, "error-erase-device-managed");
        leaves(&site, &mut ada.computer).await;
        for mark in MARKS {
            assert!(!tables_with(&site, mark).await.is_empty(), "{mark} was there");
        }
        let done = erase(&site.app, &BOSS, &of).await.unwrap();
        assert_eq!((done.devices, done.revoked), (1, 1));
        assert!(done.activity > 5, "{done:?}");
        for mark in MARKS {
            let tables = tables_with(&site, mark).await;
            assert!(tables.is_empty(), "{mark} stands in {tables:?}");
        }
        chain_holds(&site).await;
        stays(&site, &ada).await;
        comes_back(&site, &mut ada.computer).await;
        chain_holds(&site).await;
    }
}

/// The ledger and the revocation list know the serial number; nobody gets anything any more.
async fn stays(site: &Site, ada: &Enrolled) {
    let kept = built_in::one_issuance(&site.app, &BOSS, &ada.issued.id)
        .await
        .unwrap();
    assert_eq!(
        (&kept.serial, kept.not_after, kept.state),
        (&ada.issued.serial, ada.issued.not_after, ada.issued.state)
    );
    assert!(kept.revoked.is_some() && kept.certificate.is_none() && kept.public_key.is_empty());
    assert!(kept.wanted.subject.is_empty() && kept.wanted.sans.is_empty());
    let list = client::get(site, "/ca/own/crl", "").await.expect(200);
    let (_, list) = CertificateRevocationList::from_der(&list.body).unwrap();
    assert_eq!(list.iter_revoked_certificates().count(), 1);
    let again = client::post(site, &ada.path, ada.request.clone()).await;
    assert_ne!(again.status, 200, "its address is worth nothing");
    let again = client::post(site, "/ca/own/scep", ada.request.clone()).await;
    assert!(!again.text().contains("contoso"));
    is_refused(site, &ada.computer).await;
    assert!(one_person(&site.app, &BOSS, &ada.person).await.is_err());
    assert!(site.devices().await.is_empty());
}

/// The same name and the same machine begin afresh.
async fn comes_back(site: &Site, computer: &mut Computer) {
    person(site).await;
    computer.enrol_again(site, PERSON).await;
    let device: Device = site.device(&computer.device_id).await;
    let steps = site.timeline(&device.id).await;
    assert!(
        matches!(&steps[0], What::Enrolled { username } if username == PERSON.0),
        "{steps:?}"
    );
    assert!(computer.talk(site).await.is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_devices_records_go_and_its_person_and_other_devices_stay() {
    for site in on_both().await {
        let ada = enrolled(&site).await;
        let mut other = Computer::new(8);
        other.hardware_id.clone_from(&ada.computer.hardware_id);
        other.enrol(&site, PERSON).await;
        let other_id = site.device(&other.device_id).await.id;
        let is_told = |what: &What| matches!(what, What::SameHardware { .. });
        assert!(site.timeline(&other_id).await.iter().any(is_told));
        revoke_device(&site.app, &BOSS, &ada.device).await.unwrap();
        let of = Of::Device(ada.device.clone());
        let done = erase(&site.app, &BOSS, &of).await.unwrap();
        assert!(
            matches!(
                done,
                Erased {
                    devices: 1,
                    revoked: 0,
                    ..
                }
            ),
            "{done:?}"
        );
        let tables = tables_with(&site, "SERIAL-7").await;
        assert!(tables.is_empty(), "{tables:?}");
        let steps = site.timeline(&other_id).await;
        assert!(!steps.iter().any(is_told), "{steps:?}");
        assert!(matches!(&steps[0], What::Enrolled { .. }), "{steps:?}");
        assert!(one_person(&site.app, &BOSS, &ada.person).await.is_ok());
        assert!(!tables_with(&site, EMAIL).await.is_empty(), "hers are hers");
        is_refused(&site, &ada.computer).await;
        leaves(&site, &mut other).await;
        chain_holds(&site).await;
    }
}

/// A directory in which she is, or isn't any more since a moment.
async fn comes_from_a_directory(site: &Site, person: &PersonId) -> PersonLink {
    let now = site.app.now();
    let directory = Directory {
        id: site.app.fresh_id(),
        name: "Contoso LDAP".to_owned(),
        settings: Settings {
            kind: DirectoryKind::OpenLdap,
            addresses: vec!["ldaps://127.0.0.1".to_owned()],
            trust_pem: None,
            bind_dn: "cn=reader".to_owned(),
            base_dn: "dc=contoso".to_owned(),
            user_filter: "(uid=*)".to_owned(),
            group_filter: String::new(),
            mapping: Default::default(),
            read_minutes: 60,
            adopts: false,
            is_enabled: false,
        },
        bind_password: Sealed(vec![1]),
        state: State {
            last: Some(Reading {
                left_out: vec![
                    ("left-out-taken".to_owned(), format!("uid={}", PERSON.0)),
                    ("left-out-taken".to_owned(), "uid=eve".to_owned()),
                ],
                ..Reading::default()
            }),
            ..State::default()
        },
        created_at: now,
        updated_at: now,
    };
    let link = PersonLink {
        person_id: person.clone(),
        directory_id: directory.id.clone(),
        external_id: "1234".to_owned(),
        dn: format!("uid={},dc=contoso", PERSON.0),
        fields: Vec::new(),
        is_disabled: false,
        gone_at: None,
    };
    let refused = Refused {
        at: now,
        username: format!("CONTOSO\\{}", PERSON.0),
        key: "refused".to_owned(),
        detail: String::new(),
    };
    let kept = link.clone();
    site.app
        .store
        .write(move |tx| {
            let (directory, link, refused) = (directory.clone(), kept.clone(), refused.clone());
            Box::pin(async move {
                store::directories::insert(tx, &directory).await?;
                store::directories::note_refusal(tx, &directory.id, &refused, [7; 10], 9).await?;
                store::directories::link_person(tx, &link).await
            })
        })
        .await
        .unwrap();
    link
}

#[tokio::test(flavor = "multi_thread")]
async fn whom_a_directory_would_bring_back_is_not_erased_before_it_is_gone_there() {
    for site in on_both().await {
        let id = person(&site).await;
        let link = comes_from_a_directory(&site, &id).await;
        let of = Of::Person(id);
        assert_eq!(refusal(&site, &of).await, "error-erase-person-directory");
        let gone = PersonLink {
            gone_at: Some(site.app.now()),
            ..link
        };
        let store = &site.app.store;
        store
            .write(move |tx| {
                let gone = gone.clone();
                Box::pin(async move { store::directories::relink_person(tx, &gone).await })
            })
            .await
            .unwrap();
        erase(&site.app, &BOSS, &of).await.unwrap();
        let tables = tables_with(&site, PERSON.0).await;
        assert!(tables.is_empty(), "{tables:?}");
        assert_eq!(tables_with(&site, "uid=eve").await, ["directories"]);
        chain_holds(&site).await;
    }
}

#[tokio::test]
async fn over_the_api_only_owners_and_administrators_erase() {
    let world = World::new().await;
    let site = Site::around(world.app.clone());
    let id = person(&site).await;
    let mut computer = Computer::new(7);
    computer.enrol(&site, PERSON).await;
    let device = site.device(&computer.device_id).await.id;
    let paths = [
        format!("/devices/{device}/erasure"),
        format!("/people/{id}/erasure"),
    ];
    for role in [Role::HelpDesk, Role::PkiOperator, Role::Auditor] {
        let token = world.token(role).await;
        for path in &paths {
            world.call(&token, Method::PUT, path, None).await.expect(403);
        }
    }
    let token = world.token(Role::Administrator).await;
    for path in &paths {
        let before = world.get(&token, path).await.expect(200);
        assert_eq!(before.json["is_possible"], false, "{}", before.text);
        assert!(before.text.contains("managed still"), "{}", before.text);
        world.call(&token, Method::PUT, path, None).await.expect(409);
    }
    revoke_device(&world.app, &BOSS, &device).await.unwrap();
    let before = world.get(&token, &paths[1]).await.expect(200);
    assert_eq!(before.json["devices"], json!([device.to_string()]));
    assert_eq!(before.json["is_possible"], true, "{}", before.text);
    let activity = before.json["activity"].clone();
    let done = world.call(&token, Method::PUT, &paths[1], None).await.expect(200);
    assert_eq!(
        (&done.json["devices"], &done.json["activity"]),
        (&json!(1), &activity),
        "{}",
        done.text
    );
    for path in &paths {
        world.get(&token, path).await.expect(404);
        world.call(&token, Method::PUT, path, None).await.expect(404);
    }
    let told = world.get(&token, "/activity").await.expect(200);
    assert!(
        told.text.contains("records.erase") && !told.text.contains(PERSON.0),
        "{}",
        told.text
    );
}

#[tokio::test]
async fn the_console_asks_first_and_says_what_stays() {
    let world = World::new().await;
    let site = Site::around(world.app.clone());
    let id = person(&site).await;
    let mut computer = Computer::new(7);
    computer.enrol(&site, PERSON).await;
    let device = site.device(&computer.device_id).await.id;
    let (of_device, of_person) = (format!("/devices/{device}/erase"), format!("/people/{id}/erase"));
    let mut browser = Browser::signed_in(&world, Role::Administrator).await;
    let page = browser.get(&of_person).await.expect(200).text;
    assert!(
        !page.contains("btn-danger") && page.contains("managed still"),
        "{page}"
    );
    browser.post(&of_person, &[]).await.expect(409);
    revoke_device(&world.app, &BOSS, &device).await.unwrap();
    let shown = browser.get(&format!("/devices/{device}")).await.expect(200).text;
    assert!(shown.contains(&of_device), "{shown}");
    for (language, words) in [("en", "What must stay"), ("fr", "Ce qui doit rester")] {
        browser.language = language;
        for path in [&of_device, &of_person] {
            let page = browser.get(path).await.expect(200).text;
            assert!(page.contains("btn-danger") && page.contains(words), "{page}");
        }
    }
    assert_eq!(
        location(&browser.post(&of_device, &[]).await),
        "/devices?done=erased"
    );
    browser.get(&of_device).await.expect(404);
    assert_eq!(
        location(&browser.post(&of_person, &[]).await),
        "/people?done=erased"
    );
    let page = browser.get("/admin/activity").await.expect(200).text;
    assert!(
        page.contains("Données effacées") && page.contains("a été effacé"),
        "{page}"
    );
    let mut helper = Browser::signed_in(&world, Role::HelpDesk).await;
    helper.post(&of_person, &[]).await.expect(403);
}
