//! What a device doesn't carry out, breaks off, or holds already.

use domain::{built_in::Rules, delivery::DeliveryState, diagnosis::Cause, event::What};
use lab::device::{
    syncml::{Command, Verb},
    tree::Effect,
};
use store::trust::Trusted;

use crate::site::{Site, computer::Computer, own_authority::distributed, script::Script};

const PERSON: (&str, &str) = ("ada", "secret");

/// An enrolled computer that is to get a certificate of a built-in authority.
async fn ordered() -> (Site, Computer) {
    let site = Site::new().await;
    distributed(&site, Rules::default(), |_| {}).await;
    site.person(PERSON.0, Some(PERSON.1)).await;
    let mut computer = Computer::new(1);
    computer.enrol(&site, PERSON).await;
    (site, computer)
}

/// The session, carried out until the server's message has the Atomic of a delivery.
async fn until_atomic<'a>(site: &'a Site, computer: &'a mut Computer) -> Script<'a> {
    let mut script = Script::begin(site, computer, "user").await;
    while !script
        .message
        .commands
        .iter()
        .any(|command| command.verb == Verb::Atomic)
    {
        assert!(!script.is_over(), "no enrolment was ordered");
        script.carry_out().await;
    }
    script
}

async fn states(site: &Site) -> Vec<DeliveryState> {
    let device = site.devices().await.remove(0).id;
    let found = site
        .app
        .store
        .read(move |tx| Box::pin(async move { store::deliveries::of_device(tx, &device).await }));
    found.await.unwrap().into_iter().map(|one| one.state).collect()
}

async fn trust(site: &Site) -> Vec<Trusted> {
    let device = site.devices().await.remove(0).id;
    let found = site
        .app
        .store
        .read(move |tx| Box::pin(async move { store::trust::of_device(tx, &device).await }));
    found.await.unwrap().into_iter().map(|one| one.state).collect()
}

fn is_about(command: &Command, end: &str) -> bool {
    let mut nodes = command.items.iter().filter_map(|item| item.target.as_deref());
    nodes.any(|node| node.ends_with(end))
}

#[tokio::test]
async fn a_command_that_the_device_refuses_is_told_with_its_node_and_code() {
    for code in [405, 404, 500] {
        let (site, mut computer) = ordered().await;
        let mut script = until_atomic(&site, &mut computer).await;
        // OMA-DM 1.2.1 §10: an Atomic that fails says 507, those that were rolled back 216.
        script
            .say(|command| match command.verb {
                Verb::Atomic => 507,
                _ if is_about(command, "/Install/KeyLength") => code,
                _ => 216,
            })
            .await;
        assert!(
            script.nodes(&Verb::Exec).is_empty(),
            "what was refused is tried again later, and not in this session"
        );
        let states = states(&site).await;
        let refused = states.iter().find_map(|state| match state {
            DeliveryState::Replaced {
                cause: Some(Cause::CommandRefused { status, node }),
            } => Some((*status, node.as_str())),
            _ => None,
        });
        assert_eq!(
            refused,
            Some((i64::from(code), "/Install/KeyLength")),
            "{states:?}"
        );
    }
}

#[tokio::test]
async fn a_node_of_ones_own_that_exists_was_carried_out_before() {
    let (site, mut computer) = ordered().await;
    let mut script = until_atomic(&site, &mut computer).await;
    let unique = |command: &Command| command.verb == Verb::Add && !command.items.iter().any(has_data);
    script
        .say(|command| match command.verb {
            Verb::Atomic => 507,
            _ if unique(command) => 418,
            _ => 216,
        })
        .await;
    let states = states(&site).await;
    assert!(
        matches!(states.as_slice(), [DeliveryState::Enrolling]),
        "{states:?}"
    );
}

fn has_data(item: &lab::device::syncml::Item) -> bool {
    item.data.as_deref().is_some_and(|data| !data.is_empty())
}

#[tokio::test]
async fn a_session_that_the_device_breaks_off_gets_nothing_to_do_and_the_next_asks_what_became_of_it() {
    let (site, mut computer) = ordered().await;
    let mut script = until_atomic(&site, &mut computer).await;
    script.abort().await;
    assert!(script.is_over(), "{:?}", script.message);
    let told: Vec<&str> = script
        .message
        .statuses
        .iter()
        .map(|status| status.cmd.as_str())
        .collect();
    assert_eq!(told, ["SyncHdr", "Alert"]);
    // Nobody knows whether the order arrived: it is asked for, and sent again once it is known to be missing.
    let mut script = Script::begin(&site, &mut computer, "user").await;
    assert!(script.nodes(&Verb::Exec).is_empty(), "{:?}", script.message);
    assert!(
        script
            .nodes(&Verb::Get)
            .iter()
            .any(|node| node.ends_with("/Status")),
        "{:?}",
        script.message
    );
    script.carry_out().await;
    assert_eq!(script.nodes(&Verb::Exec).len(), 1, "{:?}", script.message);
    let effects = script.carry_out().await;
    assert!(effects.iter().any(|effect| matches!(effect, Effect::Enrol(_))));
}

#[tokio::test]
async fn an_order_is_given_once_however_often_the_device_comes_back() {
    let (site, mut computer) = ordered().await;
    let mut script = until_atomic(&site, &mut computer).await;
    let mut orders = script.nodes(&Verb::Exec);
    script.carry_out().await;
    for _ in 0..5 {
        let mut script = Script::begin(&site, &mut computer, "user").await;
        while !script.is_over() {
            orders.extend(script.nodes(&Verb::Exec));
            script.carry_out().await;
        }
        site.pass(60);
    }
    assert_eq!(orders.len(), 1, "{orders:?}");
}

#[tokio::test]
async fn a_root_that_was_there_before_is_never_given_and_remembered_as_the_devices_own() {
    let (site, mut computer) = ordered().await;
    let mut script = Script::begin(&site, &mut computer, "user").await;
    let asked = script.nodes(&Verb::Get);
    // Not the lists of the stores, which are asked for as well.
    let is_root = |node: &&String| node.contains("/RootCATrusted") && node.ends_with("/EncodedCertificate");
    let roots = asked.iter().filter(is_root);
    let count = roots.count();
    assert!(count > 0, "{asked:?}");
    script.say(|_| 200).await;
    let mut added = Vec::new();
    while !script.is_over() && script.nodes(&Verb::Exec).is_empty() {
        added.extend(script.nodes(&Verb::Add));
        script.carry_out().await;
    }
    added.extend(script.nodes(&Verb::Add));
    assert!(
        !added.iter().any(|node| node.contains("/RootCATrusted")),
        "{added:?}"
    );
    assert_eq!(trust(&site).await, vec![Trusted::Before; count]);
    let device = site.device(&computer.device_id).await;
    let told = site.timeline(&device.id).await;
    let known = told
        .iter()
        .filter(|what| matches!(what, What::AlreadyTrusted { .. }));
    assert_eq!(known.count(), count);
}

#[tokio::test]
async fn a_root_that_is_there_when_it_is_given_is_nobodys_to_take_away() {
    let (site, mut computer) = ordered().await;
    let mut script = until_atomic(&site, &mut computer).await;
    let given = script.nodes(&Verb::Add);
    let roots = given.iter().filter(|node| node.contains("/RootCATrusted"));
    let count = roots.count();
    assert!(count > 0, "{given:?}");
    script
        .say(|command| {
            if is_about(command, "/EncodedCertificate") {
                418
            } else {
                200
            }
        })
        .await;
    assert_eq!(trust(&site).await, vec![Trusted::Unknown; count]);
}

#[tokio::test]
async fn a_root_that_is_given_and_taken_is_ours() {
    let (site, mut computer) = ordered().await;
    let script = until_atomic(&site, &mut computer).await;
    script.finish().await;
    let trust = trust(&site).await;
    assert!(!trust.is_empty());
    assert!(trust.iter().all(|state| *state == Trusted::Ours), "{trust:?}");
}
