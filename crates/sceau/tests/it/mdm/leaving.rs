//! A device is sent away by an administrator: what it is told and in which order, how that ends, and how it comes back.

use domain::{
    actor::Actor,
    certificate::Certificate,
    delivery::{Delivery, DeliveryState},
    device::{Device, LeftHow},
    event::What,
};
use lab::device::syncml::{self, Outcome, Package};
use sceau::{
    actions::{
        Error,
        device_removal::{cancel_removal, end_unheard, removal_outlook, remove_device},
        ledger,
    },
    jobs,
};

use crate::{
    laboratory::Laboratory,
    mdm::session_answers::{Asked, check},
    pki::{
        Ordered, PERSON,
        client::{ordered_enrolment, post},
        distribute,
    },
    site::{Reply, Site, computer::Computer},
    watch::receiver::until,
};

const BOSS: Actor = Actor::CommandLine;
pub const DAY: i64 = 86_400;

/// A device with a verified certificate, from the laboratory's NDES.
async fn certified() -> Ordered {
    let (site, laboratory, mut computer) = enrolled().await;
    let order = computer
        .talk_and_answer(&site)
        .await
        .expect("an enrolment is ordered");
    let mut ordered = Ordered {
        site,
        laboratory,
        computer,
        order,
    };
    let mut enrolment = ordered_enrolment(&ordered).await;
    let message = enrolment.write_request().unwrap();
    let reply = post(&ordered.site, ordered.path(), message).await.expect(200);
    let scep::Outcome::Issued(issued) = enrolment.read_reply(&reply.body).unwrap() else {
        panic!("not issued")
    };
    let id = ordered.order.unique_id.clone();
    ordered.computer.install(&id, &issued[0]);
    assert!(ordered.computer.talk(&ordered.site).await.is_none());
    ordered
}

/// A server with a configuration for everybody, and a computer that enrolled and hasn't spoken since.
pub async fn enrolled() -> (Site, Laboratory, Computer) {
    let (site, laboratory) = (Site::new().await, Laboratory::start(false, 5).await);
    distribute(&site.app, &laboratory).await;
    site.person(PERSON.0, Some(PERSON.1)).await;
    let mut computer = Computer::new(1);
    computer.enrol(&site, PERSON).await;
    (site, laboratory, computer)
}

pub async fn record(site: &Site, computer: &Computer) -> Device {
    site.device(&computer.device_id).await
}

pub async fn deliveries(site: &Site, computer: &Computer) -> Vec<Delivery> {
    let device = record(site, computer).await.id;
    let read = site.app.store.read(move |tx| {
        let device = device.clone();
        Box::pin(async move { store::deliveries::of_device(tx, &device).await })
    });
    read.await.unwrap()
}

async fn certificates(site: &Site, computer: &Computer) -> Vec<Certificate> {
    let device = record(site, computer).await.id;
    let read = site.app.store.read(move |tx| {
        let device = device.clone();
        Box::pin(async move { store::certificates::of_device(tx, &device).await })
    });
    read.await.unwrap()
}

pub async fn send_away(site: &Site, computer: &Computer, keeps_certificates: bool) {
    let id = record(site, computer).await.id;
    remove_device(&site.app, &BOSS, &id, keeps_certificates)
        .await
        .unwrap();
}

/// The key of the refusal.
fn refused<T: std::fmt::Debug>(outcome: Result<T, Error>) -> String {
    outcome.unwrap_err().refusals()[0].key.clone()
}

/// The commands of each answer of a session, as verb and node.
pub fn told(replies: &[Reply]) -> Vec<Vec<String>> {
    let of = |reply: &Reply| {
        let message = syncml::read(&reply.body).unwrap();
        message
            .commands
            .iter()
            .map(|command| {
                let target = command.items.first().and_then(|item| item.target.as_deref());
                format!("{} {}", command.verb.name(), target.unwrap_or_default())
            })
            .collect()
    };
    replies.iter().map(of).collect()
}

/// The paths of the computer's one SCEP node and of the authority's root, as its tree has them.
fn nodes(ordered: &Ordered, laboratory_root: &str) -> (String, String) {
    (
        format!(
            "./Vendor/MSFT/ClientCertificateInstall/SCEP/{}",
            ordered.order.unique_id
        ),
        format!("./Vendor/MSFT/RootCATrustedCertificates/Root/{laboratory_root}"),
    )
}

/// SHA-1 of the certificate that the device was given to trust.
async fn given_trust(site: &Site, computer: &Computer) -> String {
    let id = record(site, computer).await.id;
    let outlook = removal_outlook(&site.app, &BOSS, &id).await.unwrap();
    assert_eq!(outlook.trust.len(), 1);
    outlook.trust[0].to_string()
}

/// How many slots of the delivery's authority are held.
pub async fn slots(site: &Site, delivery: &Delivery) -> usize {
    let capacity = ledger::capacity(&site.app, &BOSS, &delivery.authority_id).await;
    capacity.unwrap().held.len()
}

pub async fn is_refused(site: &Site, computer: &Computer) {
    let reply = site
        .management(Some(&computer.identity), computer.greeting("99"))
        .await
        .expect(403);
    assert!(reply.text().contains("must enrol again"), "{}", reply.text());
}

pub async fn says_goodbye(site: &Site, computer: &Computer) {
    let reply = site
        .management(Some(&computer.identity), computer.farewell("77"))
        .await
        .expect(200);
    assert_eq!(told(&[reply]), [[""; 0]], "nothing is to be done any more");
}

#[tokio::test]
async fn what_was_given_goes_first_and_the_end_is_told_in_a_message_of_its_own() {
    let mut ordered = certified().await;
    let root = given_trust(&ordered.site, &ordered.computer).await;
    let (node, root) = nodes(&ordered, &root);
    assert!(ordered.computer.has(&node) && ordered.computer.has(&root));
    send_away(&ordered.site, &ordered.computer, false).await;
    let (replies, order) = ordered.computer.conversation(&ordered.site).await;
    assert!(order.is_none() && ordered.computer.is_sent_away);
    let device_node = |path: &str| path.replace("./Vendor", "./Device/Vendor");
    assert_eq!(
        told(&replies),
        [
            vec![
                format!("Delete {}", device_node(&node)),
                format!("Delete {}", device_node(&root))
            ],
            vec!["Exec ./Device/Vendor/MSFT/DMClient/Provider/Sceau/Unenroll".to_owned()],
        ]
    );
    let greeting = [("2", "Alert"), ("3", "Alert"), ("4", "Replace")];
    for (number, reply) in (1..).zip(&replies) {
        let asked = Asked {
            session: "3",
            number,
            msg_ref: &number.to_string(),
            device_id: &ordered.computer.device_id,
            commands: if number == 1 { &greeting } else { &[] },
        };
        check(reply, &asked);
    }
    assert!(!ordered.computer.has(&node) && !ordered.computer.has(&root));
    let device = record(&ordered.site, &ordered.computer).await;
    assert!(device.unenrolled_at.is_none(), "it has not said that it goes");
    assert!(device.removal.unwrap().kept.is_empty());

    says_goodbye(&ordered.site, &ordered.computer).await;
    let device = record(&ordered.site, &ordered.computer).await;
    assert!(device.unenrolled_at.is_some());
    assert_eq!(device.left_how, Some(LeftHow::SentAway));
    is_refused(&ordered.site, &ordered.computer).await;
    let delivery = deliveries(&ordered.site, &ordered.computer).await.remove(0);
    assert_eq!(
        (delivery.state, delivery.is_on_device),
        (DeliveryState::Removed, false)
    );
    let held = certificates(&ordered.site, &ordered.computer).await;
    assert!(held.len() == 1 && held[0].removed_at.is_some());
    let steps = ordered.timeline().await;
    let at = |wanted: &dyn Fn(&What) -> bool| steps.iter().position(wanted).unwrap();
    let order = [
        at(
            &|what| matches!(what, What::RemovalAsked { by, keeps_certificates: false } if by == "command-line"),
        ),
        at(&|what| matches!(what, What::NodeDeleted)),
        at(&|what| matches!(what, What::ToldToLeave)),
        at(&|what| {
            matches!(
                what,
                What::Unenrolled {
                    how: LeftHow::SentAway
                }
            )
        }),
    ];
    assert!(order.is_sorted(), "{steps:?}");
    assert!(steps.iter().any(|what| matches!(what, What::TrustRemoved { .. })));
}

#[tokio::test]
async fn certificates_and_trust_stay_where_that_was_asked() {
    let mut ordered = certified().await;
    let root = given_trust(&ordered.site, &ordered.computer).await;
    let (node, root) = nodes(&ordered, &root);
    send_away(&ordered.site, &ordered.computer, true).await;
    let (replies, _) = ordered.computer.conversation(&ordered.site).await;
    assert_eq!(
        told(&replies),
        [["Exec ./Device/Vendor/MSFT/DMClient/Provider/Sceau/Unenroll"]]
    );
    assert!(ordered.computer.has(&node) && ordered.computer.has(&root));
    says_goodbye(&ordered.site, &ordered.computer).await;
    let delivery = deliveries(&ordered.site, &ordered.computer).await.remove(0);
    assert!(matches!(delivery.state, DeliveryState::Verified { .. }));
    assert_eq!(
        certificates(&ordered.site, &ordered.computer).await[0].removed_at,
        None
    );
}

#[tokio::test]
async fn what_the_device_trusted_before_is_left_to_it() {
    let (site, laboratory) = (Site::new().await, Laboratory::start(false, 5).await);
    distribute(&site.app, &laboratory).await;
    site.person(PERSON.0, Some(PERSON.1)).await;
    let mut computer = Computer::new(1);
    let pem = std::fs::read(laboratory.folder().join("ca.pem")).unwrap();
    for certificate in x509_parser::pem::Pem::iter_from_buffer(&pem) {
        computer.trusts(&certificate.unwrap().contents);
    }
    computer.enrol(&site, PERSON).await;
    let order = computer.talk(&site).await.unwrap();
    send_away(&site, &computer, false).await;
    let (replies, _) = computer.conversation(&site).await;
    let node = format!(
        "Delete ./Device/Vendor/MSFT/ClientCertificateInstall/SCEP/{}",
        order.unique_id
    );
    assert_eq!(told(&replies)[0], [node], "the root isn't named");
    assert!(computer.is_sent_away);
}

#[tokio::test]
async fn a_removal_waits_for_a_device_that_is_away_and_can_be_taken_back() {
    let (site, _laboratory, mut computer) = enrolled().await;
    let id = record(&site, &computer).await.id;
    assert_eq!(
        deliveries(&site, &computer).await[0].state,
        DeliveryState::WaitingForDevice
    );
    assert_eq!(
        refused(cancel_removal(&site.app, &BOSS, &id).await),
        "error-device-stays"
    );
    send_away(&site, &computer, false).await;
    let withdrawn = deliveries(&site, &computer).await;
    assert_eq!(withdrawn[0].state, DeliveryState::Removed, "at once");
    site.pass(40 * DAY);
    assert_eq!(end_unheard(&site.app).await.unwrap(), 0);
    let device = record(&site, &computer).await;
    assert!(
        device.unenrolled_at.is_none() && device.removal.is_some(),
        "it waits"
    );
    // Asked again, it is the last word about the certificates that counts.
    send_away(&site, &computer, true).await;
    assert!(record(&site, &computer).await.removal.unwrap().keeps_certificates);

    cancel_removal(&site.app, &BOSS, &id).await.unwrap();
    assert!(record(&site, &computer).await.is_staying());
    let order = computer
        .talk(&site)
        .await
        .expect("it gets what it is meant to have");
    assert!(!withdrawn.iter().any(|old| old.id.as_str() == order.unique_id));
    let steps = site.timeline(&id).await;
    assert!(
        steps
            .iter()
            .any(|what| matches!(what, What::RemovalCancelled { .. }))
    );
}

#[tokio::test]
async fn after_it_was_told_nothing_can_be_taken_back() {
    let (site, _laboratory, mut computer) = enrolled().await;
    let id = record(&site, &computer).await.id;
    send_away(&site, &computer, true).await;
    computer.talk(&site).await;
    assert!(computer.is_sent_away);
    let key = "error-device-told-to-leave";
    assert_eq!(refused(cancel_removal(&site.app, &BOSS, &id).await), key);
    assert_eq!(refused(remove_device(&site.app, &BOSS, &id, false).await), key);
    says_goodbye(&site, &computer).await;
    let key = "error-device-left";
    assert_eq!(refused(cancel_removal(&site.app, &BOSS, &id).await), key);
    assert_eq!(refused(remove_device(&site.app, &BOSS, &id, false).await), key);
}

#[tokio::test]
async fn two_days_of_silence_end_it_where_the_last_word_was_lost() {
    let (site, _laboratory, mut computer) = enrolled().await;
    send_away(&site, &computer, false).await;
    computer.talk(&site).await;
    assert!(computer.is_sent_away);
    site.pass(2 * DAY - 60);
    assert_eq!(end_unheard(&site.app).await.unwrap(), 0);
    assert!(record(&site, &computer).await.unenrolled_at.is_none());
    site.pass(120);
    let running = jobs::start(&site.app).await.unwrap();
    until("it counts as gone", || async {
        record(&site, &computer).await.unenrolled_at
    })
    .await;
    running.stop().await;
    let device = record(&site, &computer).await;
    assert!(device.unenrolled_at.is_some());
    assert_eq!(device.left_how, Some(LeftHow::Unheard));
    is_refused(&site, &computer).await;
    assert_eq!(end_unheard(&site.app).await.unwrap(), 0, "once");
}

#[tokio::test]
async fn a_device_that_never_got_the_command_is_told_again_in_its_next_session() {
    let (site, _laboratory, mut computer) = enrolled().await;
    send_away(&site, &computer, true).await;
    let greeting = computer.greeting("70");
    let lost = site.management(Some(&computer.identity), greeting.clone()).await;
    let again = site
        .management(Some(&computer.identity), greeting)
        .await
        .expect(200);
    assert_eq!(lost.body, again.body, "a repeated message gets the same answer");
    // Both answers were lost. It calls a day later, which is no silence.
    site.pass(DAY);
    let (replies, _) = computer.conversation(&site).await;
    assert!(told(&replies)[0][0].starts_with("Exec "), "{:?}", told(&replies));
    site.pass(DAY + 3600);
    assert_eq!(
        end_unheard(&site.app).await.unwrap(),
        0,
        "it is counted from the last time"
    );
    says_goodbye(&site, &computer).await;
    assert_eq!(record(&site, &computer).await.left_how, Some(LeftHow::SentAway));
}

/// Answers every command of the server with this status.
fn answered(computer: &Computer, session: &str, number: u32, reply: &Reply, code: u16) -> String {
    let message = syncml::read(&reply.body).unwrap();
    let mut package = Package::new(computer.header(session), number);
    package.take_header(message.msg_id);
    for command in &message.commands {
        let outcome = Outcome {
            cmd_ref: command.id.clone().unwrap(),
            cmd: command.verb.name().to_owned(),
            target: None,
            code,
        };
        package.status(message.msg_id, &outcome);
    }
    package.finish()
}

#[tokio::test]
async fn what_the_device_refuses_is_told_and_does_not_hold_it_back() {
    let ordered = certified().await;
    let (site, computer) = (&ordered.site, &ordered.computer);
    let id = record(site, computer).await.id;
    send_away(site, computer, false).await;
    let identity = Some(computer.identity.as_slice());
    let deletions = site
        .management(identity, computer.greeting("70"))
        .await
        .expect(200);
    let package = answered(computer, "70", 2, &deletions, 500);
    let exec = site.management(identity, package).await.expect(200);
    assert!(told(std::slice::from_ref(&exec))[0][0].starts_with("Exec "));
    let removal = record(site, computer).await.removal.unwrap();
    assert_eq!(removal.kept.len(), 2, "{removal:?}");
    assert!(removal.kept.contains(&ordered.order.unique_id));
    let package = answered(computer, "70", 3, &exec, 405);
    let last = site.management(identity, package).await.expect(200);
    assert_eq!(told(&[last]), [[""; 0]], "not twice in a session");
    let steps = site.timeline(&id).await;
    for wanted in [
        What::NodeKept { status: Some(500) },
        What::LeavingRefused { status: 405 },
    ] {
        assert!(steps.contains(&wanted), "{wanted:?}: {steps:?}");
    }
    assert!(
        steps
            .iter()
            .any(|what| matches!(what, What::TrustKept { status: 500, .. }))
    );
    assert!(matches!(
        deliveries(site, computer).await[0].state,
        DeliveryState::Verified { .. }
    ));

    // The next session tries again, without what was refused before.
    let next = site
        .management(identity, computer.greeting("71"))
        .await
        .expect(200);
    assert!(told(&[next])[0][0].starts_with("Exec "));
}
