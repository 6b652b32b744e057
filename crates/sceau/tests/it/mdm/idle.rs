//! A session that has nothing to do: what it costs on both databases, and that nothing is lost by its being cheap.

use std::process::Command;

use domain::{
    actor::Actor,
    assignment::Scope,
    built_in::Rules,
    delivery::DeliveryState,
    device::{Device, inventory::Inventory},
    event::What,
    group::Of,
    scep_configuration::{ConfigurationForm, ConfigurationId},
};
use lab::device::{
    syncml,
    tree::{Effect, EnrolOrder, answer},
};
use sceau::{
    actions::configurations::{add_configuration, list_configurations},
    commands::start,
    secrets::{hex, random},
    settings::Settings,
};
use scep::Outcome;
use store::Statements;
use tokio::task::JoinSet;

use super::session_answers::{Asked, check};
use crate::{
    faults::postgres::Server,
    groups::{among, by_hand, by_rule, give},
    pki::client,
    site::{
        PUBLIC, Reply, Site,
        capture::{DEVICE_ID, PERSON, captured},
        computer::{Computer, identity_in},
        own_authority::distributed,
    },
};

/// What a session that has nothing to do may cost: one message, two statements that read on one snapshot, one that
/// writes and shares its COMMIT with whatever else is written.
const IDLE: Statements = Statements {
    reads: 2,
    writes: 1,
    read_transactions: 1,
    write_transactions: 1,
    commits: 1,
};
const ADA: (&str, &str) = ("ada", "secret");

/// A server on a database of its own.
async fn on_postgres() -> Site {
    let name = format!("idle_{}", hex(&random::<4>()));
    let made = Command::new("psql")
        .arg(Server::shared().url("postgres"))
        .args(["-qc", &format!("CREATE DATABASE {name}")])
        .status()
        .unwrap();
    assert!(made.success());
    let url = Server::shared().url(&name);
    Site::with(|settings| {
        settings.database.url = url;
        seldom(settings);
    })
    .await
}

/// What devices are asked about themselves comes due by chance, each at its own moment: here hardly ever.
fn seldom(settings: &mut Settings) {
    settings.devices.inventory_days = u16::MAX;
}

pub(super) async fn on_both() -> [Site; 2] {
    [Site::with(seldom).await, on_postgres().await]
}

/// Further configurations of the authority that is there, each for somebody.
async fn configurations(site: &Site, scopes: &[Scope]) -> Vec<ConfigurationId> {
    let listed = list_configurations(&site.app, &Actor::CommandLine).await.unwrap();
    let authority = listed[0].configuration.authority_id.to_string();
    let mut made = Vec::new();
    for (number, scope) in scopes.iter().enumerate() {
        let form = ConfigurationForm {
            name: format!("Further {}", listed.len() + number),
            authority_id: authority.clone(),
            subject: "CN=laboratory".to_owned(),
            ..ConfigurationForm::default()
        };
        let saved = add_configuration(&site.app, &Actor::CommandLine, &form)
            .await
            .unwrap();
        give(&site.app, &saved.configuration.id, scope.clone()).await;
        made.push(saved.configuration.id);
    }
    made
}

/// Sessions, a minute apart, until one has nothing to do. Gives how many certificates the device has then.
async fn settle(site: &Site, computer: &mut Computer) -> usize {
    for _ in 0..20 {
        if session(site, computer).await == 1 {
            return verified(site, &site.device(&computer.device_id).await).await;
        }
        site.pass(60);
    }
    panic!("there is always something to do");
}

/// A whole session, in which every certificate is got that is ordered. Gives how many messages the device sent.
async fn session(site: &Site, computer: &mut Computer) -> u32 {
    let session = computer.next_session();
    let mut package = computer.greeting(&session);
    for number in 1..40 {
        let reply = site
            .management(Some(&computer.identity), package)
            .await
            .expect(200);
        let message = syncml::read(&reply.body).unwrap();
        if message.commands.is_empty() {
            return number;
        }
        let header = computer.header(&session);
        let answered = answer(&mut computer.tree, &message, header, number + 1);
        for effect in answered.effects {
            if let Effect::Enrol(order) = effect {
                obtain(site, computer, &order).await;
            }
        }
        package = answered.package.unwrap();
    }
    panic!("the session doesn't end");
}

/// What Windows does when it is told to enrol.
async fn obtain(site: &Site, computer: &mut Computer, order: &EnrolOrder) {
    let path = order.server_urls[0].strip_prefix(PUBLIC).unwrap();
    let mut enrolment = client::enrolment(site, path, &order.challenge, client::signer(site)).await;
    let message = enrolment.write_request().unwrap();
    let reply = client::post(site, path, message).await.expect(200);
    let Outcome::Issued(certificates) = enrolment.read_reply(&reply.body).unwrap() else {
        panic!("not issued");
    };
    computer.install(&order.unique_id, &certificates[0]);
}

async fn verified(site: &Site, device: &Device) -> usize {
    let id = device.id.clone();
    let deliveries: Result<_, store::Error> = site
        .app
        .store
        .read(move |tx| Box::pin(async move { store::deliveries::of_device(tx, &id).await }))
        .await;
    let all = deliveries.unwrap();
    all.iter()
        .filter(|one| matches!(one.state, DeliveryState::Verified { .. }))
        .count()
}

async fn computer(site: &Site, number: u8) -> Computer {
    let mut computer = Computer::new(number);
    computer.enrol(site, ADA).await;
    computer
}

/// One message, and what it cost.
async fn say(site: &Site, identity: &[u8], body: impl Into<Vec<u8>>) -> (Reply, Statements) {
    let before = site.app.store.statements();
    let reply = site.management(Some(identity), body.into()).await.expect(200);
    (reply, site.app.store.statements().since(before))
}

/// A session of one message; nothing is commanded in it.
async fn idle_session(site: &Site, computer: &mut Computer) -> (String, Reply, Statements) {
    let session = computer.next_session();
    let greeting = computer.greeting(&session);
    let (reply, cost) = say(site, &computer.identity, greeting.clone()).await;
    let asked = Asked {
        session: &session,
        number: 1,
        msg_ref: "1",
        device_id: &computer.device_id,
        commands: &[("2", "Alert"), ("3", "Alert"), ("4", "Replace")],
    };
    assert!(check(&reply, &asked).is_empty(), "{}", reply.text());
    (greeting, reply, cost)
}

#[tokio::test(flavor = "multi_thread")]
async fn one_message_two_reads_and_one_write_whatever_is_distributed() {
    for site in on_both().await {
        site.person(ADA.0, Some(ADA.1)).await;
        let mut computer = computer(&site, 1).await;
        assert_eq!(
            settle(&site, &mut computer).await,
            0,
            "nothing is distributed yet"
        );
        assert_eq!(
            idle_session(&site, &mut computer).await.2,
            IDLE,
            "nothing distributed"
        );

        distributed(&site, Rules::default(), |_| {}).await;
        configurations(&site, &[Scope::All, Scope::None, Scope::None, Scope::All]).await;
        site.pass(60);
        assert_eq!(settle(&site, &mut computer).await, 3);
        for _ in 0..3 {
            site.pass(3600);
            assert_eq!(
                idle_session(&site, &mut computer).await.2,
                IDLE,
                "five distributed"
            );
        }

        let app = &site.app;
        let device = site.device(&computer.device_id).await;
        let by_hand = by_hand(app, "By hand", Of::Devices, &[device.id.as_str()]).await;
        let by_rule = by_rule(app, "By rule", Of::People, "person.username", ADA.0).await;
        let nobody = crate::groups::by_rule(app, "Others", Of::People, "person.username", "eve").await;
        let scopes = [
            among(&[&by_hand], &[]),
            among(&[&by_rule], &[&nobody]),
            among(&[&nobody], &[]),
            among(&[&by_rule], &[&by_hand]),
        ];
        configurations(&site, &scopes).await;
        site.pass(60);
        assert_eq!(settle(&site, &mut computer).await, 5);
        site.pass(3600);
        assert_eq!(idle_session(&site, &mut computer).await.2, IDLE, "with groups");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_captured_device_costs_no_more() {
    for site in on_both().await {
        site.person(PERSON.0, Some(PERSON.1)).await;
        let reply = site
            .enrolment("Enrollment", captured("07_client_rst-wstep.xml"))
            .await;
        let identity = identity_in(&reply.expect(200).body);
        let first = captured("09_client_syncml.xml");
        let (begun, cost) = say(&site, &identity, first.clone()).await;
        assert!(cost.writes > 1, "its inventory is asked for: {cost:?}");
        assert!(begun.text().contains("<Get>"));
        say(&site, &identity, captured("11_client_syncml.xml")).await;
        // The captured answers are to another server's questions: that the inventory was told is written here.
        told_its_inventory(&site).await;
        site.pass(3600);
        // Windows numbers its sessions anew: the same octets, an hour later, are another session.
        let (reply, cost) = say(&site, &identity, first).await;
        assert_eq!(cost, IDLE, "{}", reply.text());
        let asked = Asked {
            session: "1",
            number: 1,
            msg_ref: "1",
            device_id: DEVICE_ID,
            commands: &[("2", "Alert"), ("3", "Alert"), ("4", "Replace")],
        };
        assert!(check(&reply, &asked).is_empty());
    }
}

async fn told_its_inventory(site: &Site) {
    let device = Device {
        serial_number: Some(String::new()),
        inventory: Inventory {
            heard_at: Some(site.app.now()),
            ..Inventory::default()
        },
        ..site.device(DEVICE_ID).await
    };
    let written: Result<_, store::Error> = site
        .app
        .store
        .write(move |tx| {
            let device = device.clone();
            Box::pin(async move {
                store::sent_commands::forget_device(tx, &device.id).await?;
                store::devices::update(tx, &device).await
            })
        })
        .await;
    written.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_message_gets_the_same_octets_also_from_another_node() {
    for site in on_both().await {
        site.person(ADA.0, Some(ADA.1)).await;
        let mut computer = computer(&site, 1).await;
        settle(&site, &mut computer).await;
        site.pass(60);
        let (greeting, first, _) = idle_session(&site, &mut computer).await;
        let (again, cost) = say(&site, &computer.identity, greeting.clone()).await;
        assert_eq!(first.body, again.body);
        assert_eq!(cost.writes, 0, "{cost:?}");
        // What holds nothing but the database: another node, or the server that was killed and started again. Its answer
        // would be another one if it made it anew.
        let mut settings = site.app.settings.clone();
        settings.management_url = "https://elsewhere.example.org".to_owned();
        let other = Site::around(start::application(settings).await.unwrap());
        let elsewhere = other
            .management(Some(&computer.identity), greeting)
            .await
            .expect(200);
        assert_eq!(first.body, elsewhere.body);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_nodes_that_hear_a_device_at_once_give_one_answer() {
    let site = on_postgres().await;
    site.person(ADA.0, Some(ADA.1)).await;
    let mut computer = computer(&site, 1).await;
    settle(&site, &mut computer).await;
    let other = Site::around(start::application(site.app.settings.clone()).await.unwrap());
    for _ in 0..5 {
        site.pass(60);
        let session = computer.next_session();
        let greeting = computer.greeting(&session);
        let mut set = JoinSet::new();
        for turn in 0..8 {
            let node = if turn % 2 == 0 { &site } else { &other };
            let (door, body) = (node.management_door(Some(&computer.identity)), greeting.clone());
            set.spawn(async move {
                let request = axum::http::Request::post("/ManagementServer/MDM.svc");
                crate::site::send(door, request.body(body.into()).unwrap())
                    .await
                    .expect(200)
                    .body
            });
        }
        let answers = set.join_all().await;
        assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:?}");
        let device = site.device(&computer.device_id).await;
        let session = session_of(&site, &device).await.expect("a session");
        assert!(session.is_over);
        assert_eq!((session.client_message, session.server_message), (1, 1));
    }
}

async fn session_of(site: &Site, device: &Device) -> Option<domain::device::session::Session> {
    let id = device.id.clone();
    let found: Result<_, store::Error> = site
        .app
        .store
        .read(move |tx| Box::pin(async move { store::mdm_sessions::by_device(tx, &id).await }))
        .await;
    found.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_last_contact_is_exact_and_the_timeline_stays_as_it_is() {
    for site in on_both().await {
        site.person(ADA.0, Some(ADA.1)).await;
        let mut computer = computer(&site, 1).await;
        settle(&site, &mut computer).await;
        let device = site.device(&computer.device_id).await;
        let timeline = site.timeline(&device.id).await;
        let begun = |timeline: &[What]| {
            timeline
                .iter()
                .filter(|what| **what == What::SessionStarted)
                .count()
        };
        assert!(
            begun(&timeline) > 0,
            "in its first session it was asked for its inventory"
        );
        site.pass(7200);
        let before = site.app.now();
        idle_session(&site, &mut computer).await;
        let after = site.app.now();
        let device = site.device(&computer.device_id).await;
        assert!(before < device.last_seen_at && device.last_seen_at < after);
        assert_eq!(site.timeline(&device.id).await, timeline);

        // There is something to do: it is told that a session began, before what came of it.
        distributed(&site, Rules::default(), |_| {}).await;
        computer.conversation(&site).await;
        let told = site.timeline(&device.id).await;
        let news = &told[timeline.len()..];
        assert_eq!(news[0], What::SessionStarted);
        assert!(matches!(news[1], What::Planned { .. }), "{news:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_device_with_something_new_to_say_is_heard() {
    for site in on_both().await {
        site.person(ADA.0, Some(ADA.1)).await;
        let mut computer = computer(&site, 1).await;
        settle(&site, &mut computer).await;
        site.pass(60);
        let session = computer.next_session();
        let greeting = computer.greeting(&session).replace("en-US", "de-CH");
        say(&site, &computer.identity, greeting).await;
        let device = site.device(&computer.device_id).await;
        assert_eq!(device.language.as_deref(), Some("de-CH"));
        // It says so that it goes.
        let session = computer.next_session();
        site.management(Some(&computer.identity), computer.farewell(&session))
            .await
            .expect(200);
        assert!(site.device(&computer.device_id).await.unenrolled_at.is_some());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_the_device_aborts_costs_no_more_and_does_nothing() {
    let site = Site::with(seldom).await;
    site.person(ADA.0, Some(ADA.1)).await;
    let mut computer = computer(&site, 1).await;
    settle(&site, &mut computer).await;
    site.pass(60);
    let session = computer.next_session();
    // OMA-DM 1.2.1, 8.8: 1223 ends the session.
    let aborting = computer
        .greeting(&session)
        .replace("<Data>1201</Data>", "<Data>1223</Data>");
    let (reply, cost) = say(&site, &computer.identity, aborting).await;
    assert!(syncml::read(&reply.body).unwrap().commands.is_empty());
    // What it should hold isn't even looked at.
    assert_eq!(cost, Statements { reads: 1, ..IDLE });
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_sent_and_not_answered_is_forgotten_by_the_next_session() {
    for site in on_both().await {
        site.person(ADA.0, Some(ADA.1)).await;
        let mut computer = computer(&site, 1).await;
        // Its inventory is asked for, and it is switched off.
        let session = computer.next_session();
        let (reply, _) = say(&site, &computer.identity, computer.greeting(&session)).await;
        let lost = syncml::read(&reply.body).unwrap();
        assert!(!lost.commands.is_empty());
        site.pass(60);
        settle(&site, &mut computer).await;
        let device = site.device(&computer.device_id).await;
        assert_eq!(device.serial_number.as_deref(), Some("SERIAL-1"));
        assert_eq!(idle_session(&site, &mut computer).await.2, IDLE);
    }
}
