//! Statuses and what they refer to (MS-MDM 2.2.3.3), and sessions that don't come to an end by themselves.

use domain::{delivery::DeliveryState, scep_configuration::CertificateStore};
use lab::device::syncml::{Outcome, Package, Verb};

use super::packages::{Talk, ordered, states};
use crate::site::{Site, pieces::Cut};

/// A session with the Atomic of an order in the server's last message.
async fn atomic() -> (Site, Talk) {
    let (site, computer) = ordered(CertificateStore::Device).await;
    let mut talk = Talk::begin(&site, computer, &Cut::NOT).await;
    talk.until_atomic(&site).await;
    (site, talk)
}

/// Statuses for everything in the server's last message: CmdRef, command.
fn references(talk: &Talk) -> Vec<(String, String)> {
    let message = talk.message();
    let all = message
        .commands
        .iter()
        .flat_map(|one| std::iter::once(one).chain(&one.children));
    all.map(|one| (one.id.clone().unwrap(), one.verb.name().to_owned()))
        .collect()
}

fn package(talk: &Talk, msg_ref: u32, statuses: &[(String, String, u16)]) -> String {
    let mut package = Package::new(talk.computer.header(&talk.session), talk.number + 1);
    for (cmd_ref, cmd, code) in statuses {
        let outcome = Outcome {
            cmd_ref: cmd_ref.clone(),
            cmd: cmd.clone(),
            target: None,
            code: *code,
        };
        package.status(msg_ref, &outcome);
    }
    package.finish()
}

fn all(references: &[(String, String)], code: u16) -> Vec<(String, String, u16)> {
    let pairs = references.iter().cloned();
    pairs.map(|(id, name)| (id, name, code)).collect()
}

async fn is_enrolling(site: &Site) -> bool {
    matches!(states(site).await.as_slice(), [DeliveryState::Enrolling])
}

#[tokio::test]
async fn a_status_given_twice_counts_once_and_the_first_word_holds() {
    let (site, mut talk) = atomic().await;
    let known = references(&talk);
    let message = talk.message().msg_id;
    let mut twice = all(&known, 200);
    twice.extend(all(&known, 200));
    let said = package(&talk, message, &twice);
    talk.say(&site, &said, &Cut::NOT).await;
    assert!(is_enrolling(&site).await);
    // The same commands again in a later message, with the contrary: they were answered.
    let mut late = all(&references(&talk), 200);
    late.extend(all(&known, 500));
    let message = talk.message().msg_id;
    let said = package(&talk, message, &late);
    talk.say(&site, &said, &Cut::NOT).await;
    assert!(is_enrolling(&site).await);
}

#[tokio::test]
async fn statuses_for_commands_of_an_earlier_message_count_whatever_message_they_name() {
    for msg_ref in [0, 1, 4000] {
        let (site, mut talk) = atomic().await;
        let known = references(&talk);
        // It says nothing at first: it is asked what became of the order.
        let message = talk.message().msg_id;
        let silent = package(&talk, message, &[]);
        talk.say(&site, &silent, &Cut::NOT).await;
        assert!(matches!(states(&site).await.as_slice(), [DeliveryState::Sent]));
        let mut late = all(&known, 200);
        late.reverse();
        let said = package(&talk, msg_ref, &late);
        talk.say(&site, &said, &Cut::NOT).await;
        assert!(is_enrolling(&site).await, "{:?}", states(&site).await);
    }
}

#[tokio::test]
async fn an_order_without_a_status_of_its_own_is_asked_about_and_given_once() {
    let (site, mut talk) = atomic().await;
    // Statuses for the members alone, none for the Atomic.
    let members: Vec<_> = references(&talk)
        .into_iter()
        .filter(|(_, name)| name != "Atomic")
        .collect();
    let message = talk.message().msg_id;
    let (_, effects) = talk.next();
    assert!(!effects.is_empty(), "it was carried out");
    let said = package(&talk, message, &all(&members, 200));
    talk.say(&site, &said, &Cut::NOT).await;
    let asked: Vec<String> = talk
        .message()
        .commands
        .into_iter()
        .flat_map(|one| one.items)
        .filter_map(|item| item.target)
        .collect();
    assert!(asked.iter().any(|node| node.ends_with("/Status")), "{asked:?}");
    assert!(!asked.iter().any(|node| node.ends_with("/Enroll")), "{asked:?}");
    talk.carry_out(&site, &Cut::NOT).await;
    assert!(is_enrolling(&site).await, "{:?}", states(&site).await);
}

#[tokio::test]
async fn statuses_of_no_command_change_nothing_and_hide_none_of_the_others() {
    let (site, mut talk) = atomic().await;
    let message = talk.message().msg_id;
    let mut said = vec![
        (String::new(), "Get".to_owned(), 500),
        ("17".to_owned(), "Atomic".to_owned(), 507),
        ("no-such-command".to_owned(), "Delete".to_owned(), 200),
    ];
    said.extend(all(&references(&talk), 200));
    let said = package(&talk, message, &said);
    talk.say(&site, &said, &Cut::NOT).await;
    assert!(is_enrolling(&site).await, "{:?}", states(&site).await);
}

#[tokio::test]
async fn a_session_is_held_for_six_rounds_while_an_outcome_is_awaited() {
    let (site, mut talk) = atomic().await;
    let (package, _) = talk.next();
    let device = site.devices().await.remove(0).id;
    let found = site
        .app
        .store
        .read(move |tx| Box::pin(async move { store::deliveries::of_device(tx, &device).await }));
    let delivery = found.await.unwrap().remove(0).id;
    let mut rounds = 0;
    let session = async {
        talk.say(&site, &package, &Cut::NOT).await;
        loop {
            let message = talk.message();
            let items = message.commands.iter().flat_map(|one| &one.items);
            let mut nodes = items.filter_map(|item| item.target.as_deref());
            if !nodes.any(|node| node.ends_with("/Status")) {
                break;
            }
            rounds += 1;
            // The device still works at it: Status 32.
            let (package, _) = talk.next();
            talk.say(&site, &package, &Cut::NOT).await;
        }
    };
    // Something seems to have happened each time, so that no round takes its two seconds.
    let ringing = async {
        loop {
            site.app.bells.ring_delivery(&delivery);
            tokio::task::yield_now().await;
        }
    };
    tokio::select! {
        () = session => {}
        () = ringing => {}
    }
    assert_eq!(rounds, 6);
    talk.finish(&site, &Cut::NOT).await;
    assert!(is_enrolling(&site).await);
}

#[tokio::test]
async fn no_session_has_more_than_60_messages() {
    let (site, mut talk) = atomic().await;
    while !talk.is_over() {
        assert!(talk.number <= 61, "it goes in circles");
        let message = talk.message().msg_id;
        let silent = package(&talk, message, &[]);
        talk.say(&site, &silent, &Cut::NOT).await;
    }
    assert_eq!(talk.number, 61, "the last one is told nothing more");
    // The next session begins afresh, and the order isn't given blindly.
    let talk = Talk::begin(&site, talk.computer, &Cut::NOT).await;
    let verbs: Vec<Verb> = talk.message().commands.into_iter().map(|one| one.verb).collect();
    assert!(!verbs.is_empty() && !verbs.contains(&Verb::Atomic), "{verbs:?}");
}

#[tokio::test]
async fn a_package_that_never_ends_is_broken_off_with_1223() {
    let (site, mut talk) = atomic().await;
    let fact = "<Replace><CmdID>5</CmdID><Item><Source><LocURI>./DevInfo/Lang</LocURI></Source><Data>fr</Data></Item>\
        </Replace>";
    loop {
        talk.number += 1;
        let message = talk.with_body(talk.number, fact);
        talk.reply = super::packages::send(&site, &talk.computer, message).await;
        if !talk.asks_for_more() {
            break;
        }
        assert!(talk.number < 70);
    }
    assert_eq!(talk.number, 61);
    let text = talk.reply.text();
    assert!(text.contains("<Data>1223</Data>"), "{text}");
    let mut talk = Talk::begin(&site, talk.computer, &Cut::NOT).await;
    talk.finish(&site, &Cut::NOT).await;
    let states = states(&site).await;
    assert!(
        matches!(states.as_slice(), [DeliveryState::Verified { .. }]),
        "{states:?}"
    );
}
