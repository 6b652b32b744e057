//! What belongs to the device's user waits for that user (MS-MDM, LoginStatus).

use domain::{
    built_in::Rules, delivery::DeliveryState, diagnosis::Cause, scep_configuration::CertificateStore,
};
use lab::device::syncml::{Command, Verb};

use crate::site::{Site, computer::Computer, own_authority::distributed, script::Script};

const PERSON: (&str, &str) = ("ada", "secret");

async fn ordered() -> (Site, Computer) {
    let site = Site::new().await;
    distributed(&site, Rules::default(), |form| {
        form.store = CertificateStore::User;
    })
    .await;
    site.person(PERSON.0, Some(PERSON.1)).await;
    let mut computer = Computer::new(1);
    computer.enrol(&site, PERSON).await;
    (site, computer)
}

/// A whole session, in which whatever is the user's is acknowledged; the nodes of the user's tree that the server spoke
/// of.
async fn users_nodes(site: &Site, computer: &mut Computer, login: &str) -> Vec<String> {
    let mut script = Script::begin(site, computer, login).await;
    let mut nodes = Vec::new();
    while !script.is_over() {
        for verb in [Verb::Get, Verb::Add, Verb::Replace, Verb::Exec, Verb::Delete] {
            nodes.extend(script.nodes(&verb));
        }
        // The laboratory's tree has no user's part: it is spoken for.
        if script.commands().iter().any(is_users) {
            script.say(|_| 200).await;
        } else {
            script.carry_out().await;
        }
    }
    nodes.retain(|node| node.starts_with("./User/"));
    nodes
}

fn is_users(command: &Command) -> bool {
    let mut nodes = command.items.iter().filter_map(|item| item.target.as_deref());
    nodes.any(|node| node.starts_with("./User/"))
}

async fn state(site: &Site) -> DeliveryState {
    let device = site.devices().await.remove(0).id;
    let found = site
        .app
        .store
        .read(move |tx| Box::pin(async move { store::deliveries::of_device(tx, &device).await }));
    found.await.unwrap().remove(0).state
}

#[tokio::test]
async fn a_certificate_of_the_user_waits_until_the_user_is_signed_in() {
    let (site, mut computer) = ordered().await;
    for login in ["others", "none", "others"] {
        let nodes = users_nodes(&site, &mut computer, login).await;
        assert!(nodes.is_empty(), "{login}: {nodes:?}");
        assert!(matches!(
            state(&site).await,
            DeliveryState::WaitingForChallenge {
                cause: Cause::UserNotSignedIn
            }
        ));
    }
    let nodes = users_nodes(&site, &mut computer, "user").await;
    assert!(is_ordered(&nodes), "{nodes:?}");
}

#[tokio::test]
async fn without_its_user_a_device_is_not_asked_what_became_of_the_users_order() {
    let (site, mut computer) = ordered().await;
    let nodes = users_nodes(&site, &mut computer, "user").await;
    assert!(is_ordered(&nodes), "{nodes:?}");
    let before = state(&site).await;
    assert!(matches!(before, DeliveryState::Enrolling), "{before:?}");
    for login in ["none", "others"] {
        site.pass(60);
        let nodes = users_nodes(&site, &mut computer, login).await;
        assert!(nodes.is_empty(), "{login}: {nodes:?}");
        assert_eq!(state(&site).await, before);
    }
    site.pass(60);
    let nodes = users_nodes(&site, &mut computer, "user").await;
    assert!(nodes.iter().any(|node| node.ends_with("/Status")), "{nodes:?}");
    assert!(!is_ordered(&nodes), "{nodes:?}");
}

fn is_ordered(nodes: &[String]) -> bool {
    nodes.iter().any(|node| node.ends_with("/Install/Enroll"))
}
